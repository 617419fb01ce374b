"""
How topics, about whom, and named persons are told on a made exposure whose truth somebody else wrote.

    leakscope corpus make log_stream --rows 10000 --seed 3 -o demo
    python benchmarks/topics_corpus.py demo
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import polars as pl

from leakscope.detection.chat import turns
from leakscope.detection.names import find_names
from leakscope.detection.subjects import about_whom
from leakscope.detection.topics import NONE, classify
from leakscope.model import Batch
from leakscope.safety.keys import new_key
from leakscope.text.unfold import describe, unfold

ROWS = 5_000


def read_turns(path: Path) -> pl.DataFrame:
    """All turns of a made exposure."""
    key, lines, parts = new_key(), path.read_bytes().splitlines(keepends=True), []
    for begin in range(0, len(lines), ROWS):
        batch = Batch(source=path.name, first_record=begin, records=len(lines[begin : begin + ROWS]), lines=b"".join(lines[begin : begin + ROWS]))
        parts.append(turns(unfold(batch, key), describe(batch), key))
    return pl.concat(parts)


def main() -> None:
    """Print recall of turns, then topics by language and by kind."""
    folder = Path(sys.argv[1])
    said = read_turns(next(folder.glob("*.ndjson")))
    truth = pl.read_parquet(folder / "truth" / "turns.parquet")
    joined = truth.drop("source", "conversation", "language").join(said, on=["record", "field"], how="left", suffix="_found")
    print(f"turns of the truth not found: {joined['text'].is_null().sum()} of {truth.height}; role wrong: {(joined['role'] != joined['role_found']).sum()}")
    print(f"conversations: truth {truth['conversation'].n_unique()}, found {said['conversation'].n_unique()}; users: truth {truth['person'].n_unique()}, found {said['user'].n_unique()}")
    asked = joined.filter((pl.col("role") == "user") & ~pl.col("repeated")).unique("turn", keep="first", maintain_order=True)
    places = first_named(asked["text"].to_list())
    told = classify(asked["text"].to_list(), asked["language"].to_list(), named=places)
    whom = [about_whom(text, language, place) for text, language, place in zip(asked["text"], asked["language"], places, strict=True)]
    rows = asked.select("language", "topic", "about", "names_person").with_columns(guess=told["topic"], whom=pl.Series(whom, dtype=pl.String), named=pl.Series([place is not None for place in places], dtype=pl.Boolean))
    by_language(rows)
    by_topic(rows)


def first_named(texts: list[str]) -> list[int | None]:
    """Where the first person found in each text stands; null where nobody is."""
    return [min((span.start for span in spans if span.entity == "PERSON"), default=None) for spans in find_names(texts)]


def by_language(rows: pl.DataFrame) -> None:
    """One line a language with at least 20 turns."""
    print("\n| language | user turns | sensitive found | false alarms | topic right, of those found | about whom right | naming a person found | flagged, naming nobody |\n|---|---|---|---|---|---|---|---|")
    counts = rows.group_by("language").len().filter(pl.col("len") >= 20).sort("len", descending=True)["language"].to_list()
    for language in [*counts, "all"]:
        mine = rows if language == "all" else rows.filter(pl.col("language") == language)
        true, none = mine.filter(pl.col("topic") != NONE), mine.filter(pl.col("topic") == NONE)
        found = true.filter(pl.col("guess") != NONE)
        shares = (
            share(found.height, true.height), share((none["guess"] != NONE).sum(), none.height), share((found["guess"] == found["topic"]).sum(), found.height),
            share((true["whom"] == true["about"]).sum(), true.height), share(mine.filter("names_person")["named"].sum(), int(mine["names_person"].sum())),
            share(mine.filter(~pl.col("names_person"))["named"].sum(), int((~mine["names_person"]).sum())),
        )  # fmt: skip
        print(f"| {language} | {mine.height} | {' | '.join(shares)} |")


def by_topic(rows: pl.DataFrame) -> None:
    """One line a topic."""
    print("\n| topic | user turns | called sensitive | called by its name | most confused with |\n|---|---|---|---|---|")
    for topic in sorted(rows["topic"].unique()):
        mine = rows.filter(pl.col("topic") == topic)["guess"].to_list()
        wrong = Counter(guess for guess in mine if guess not in (topic, NONE)).most_common(2)
        print(f"| {topic} | {len(mine)} | {share(sum(g != NONE for g in mine), len(mine))} | {share(mine.count(topic), len(mine))} | {', '.join(f'{name} {count}' for name, count in wrong)} |")


def share(part: int, whole: int) -> str:
    """A percentage, or nothing of nothing."""
    return f"{part / whole:.1%}" if whole else ""


if __name__ == "__main__":
    main()
