"""
How topics, about whom, names, ages and dates of birth are told on situations written apart from what trains.

    python benchmarks/situations.py
    python benchmarks/situations.py 1
    python benchmarks/situations.py plain_talk

With a part behind it only that part is read: part 1 may be looked into, part 2 is for figures alone. With the name of another
corpus that one is read. Everything is read as the tool reads it: the language is told, not given. See
`corpora/situations/README.md` and `corpora/plain_talk/README.md`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import polars as pl

from leakscope.detection.language import tell_all
from leakscope.detection.names import find_names
from leakscope.detection.subjects import NOBODY, about_whom, details
from leakscope.detection.topics import NONE, classify

CORPORA = Path(__file__).resolve().parents[1] / "corpora"
Row = dict[str, Any]


def read(corpus: str, part: int | None) -> list[Row]:
    """The turns of a part of a corpus, or all, each with what the tool says of it."""
    rows = [row for row in map(json.loads, (CORPORA / corpus / "turns.ndjson").open(encoding="utf-8")) if part in (None, row.get("part"))]
    texts = [row["text"] for row in rows]
    spoken = tell_all(pl.Series(texts)).to_list()
    named = [[(span.start, span.end) for span in spans if span.entity == "PERSON"] for spans in find_names(texts, languages=spoken)]
    first = [min((start for start, _ in spans), default=None) for spans in named]
    told = classify(texts, spoken, named=first)
    for number, row in enumerate(rows):
        whom = about_whom(row["text"], spoken[number], first[number])
        row |= {"told": spoken[number], "named": named[number], "guess": told["topic"][number], "whom": whom, "known": details(row["text"], spoken[number])}
    return rows


def touches(one: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    """Whether a span shares a character with any of others."""
    return any(one[0] < end and start < one[1] for start, end in others)


def known(row: Row, wanted: Row) -> bool:
    """Whether an age or date of birth was found, and given to the author or somebody else as it is."""
    return any(one.entity == wanted["entity"] and one.about == wanted["about"] and touches((one.start, one.end), [(wanted["start"], wanted["end"])]) for one in row["known"])


def share(found: Iterable[bool]) -> str:
    """A percentage of how many, or nothing of nothing."""
    every = list(found)
    return f"{sum(every) / len(every):.1%} of {len(every)}" if every else ""


def line(rows: list[Row]) -> list[str]:
    """The figures of some rows."""
    true, plain = [row for row in rows if row["topic"] != NONE], [row for row in rows if row["topic"] == NONE]
    found = [row for row in true if row["guess"] != NONE]
    judged = [row for row in rows if row["persons"] is not None]
    return [
        share(row["guess"] != NONE for row in true),
        share(row["guess"] != NONE for row in plain),
        share(row["guess"] == row["topic"] for row in found),
        share(row["whom"] == row["about"] for row in true if row["topic"] != "code"),
        share(touches(tuple(person), row["named"]) for row in judged for person in row["persons"]),
        share(bool(row["named"]) for row in judged if not row["persons"]),
        share(known(row, wanted) for row in rows for wanted in row.get("details", ())),
    ]


def table(rows: list[Row], of: Callable[[Row], str], title: str) -> None:
    """One line a group, and one for all."""
    groups = list(dict.fromkeys(map(of, rows)))
    print(f"\n| {title} | turns | sensitive found | harmless called sensitive | topic right, of those found | about whom right, of all sensitive | persons found | flagged for a person, naming nobody | ages and births found, and whose |\n|{'---|' * 9}")
    for name in [*groups, "all"]:
        mine = rows if name == "all" else [row for row in rows if of(row) == name]
        print(f"| {name} | {len(mine)} | {' | '.join(line(mine))} |")


def main() -> None:
    """Print tables by language, by topic and, where there are such, by harmless situation or by twins of long texts."""
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    rows = read(asked if asked and not asked.isdigit() else "situations", int(asked) if asked.isdigit() else None)
    table(rows, lambda row: row["language"], "language")
    table(rows, lambda row: row["topic"], "topic")
    if "situation" not in rows[0]:
        table(rows, lambda row: "long" if row["long"] else "short", "length")
        return
    wrong = [(row["situation"], row["guess"] != NONE) for row in rows if row["about"] == NOBODY]
    flagged = {situation: share(flag for one, flag in wrong if one == situation) for situation in dict.fromkeys(one for one, _ in wrong)}
    print("\n| harmless situation | called sensitive |\n|---|---|")
    for situation, figure in flagged.items():
        print(f"| {situation} | {figure} |")


if __name__ == "__main__":
    main()
