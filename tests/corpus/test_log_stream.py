"""The generated log table keeps its promises."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import orjson
import polars as pl
import pytest

from leakscope.corpus import generators, make
from leakscope.errors import UsageError

from .walking import at, lines

ROWS = 6_000


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log table of `ROWS` rows."""
    folder = tmp_path_factory.mktemp("log_stream")
    make("log_stream", rows=ROWS, seed=11, folder=folder)
    return folder


@cache
def truth(corpus: Path, table: str) -> pl.DataFrame:
    """One truth table."""
    return pl.read_parquet(corpus / "truth" / f"{table}.parquet")


@cache
def records(corpus: Path) -> list[dict]:
    """All rows, parsed."""
    return [orjson.loads(line) for line in lines(corpus / "log_stream.ndjson")]


def test_it_writes_as_many_rows_as_asked(corpus: Path) -> None:
    """The file has exactly the rows that were asked for."""
    assert sum(1 for _ in lines(corpus / "log_stream.ndjson")) == ROWS


def test_rows_have_the_columns_of_the_table(corpus: Path) -> None:
    """Every row has the columns of HyperDX's log_stream, and its arrays are parallel."""
    expected = [
        "timestamp", "observed_timestamp", "trace_id", "span_name", "span_id", "severity_text", "string.names", "string.values",
        "number.names", "number.values", "_service", "_source", "_host", "_platform", "_namespace",
    ]  # fmt: skip
    rows = records(corpus)
    assert all(list(row) == expected for row in rows)
    assert all(len(row["string.names"]) == len(row["string.values"]) and len(row["number.names"]) == len(row["number.values"]) for row in rows)


def test_the_message_is_repeated_as_the_body(corpus: Path) -> None:
    """`_hdx_body` holds the message once more."""
    assert all(at(row, "string.values[_hdx_body]") == at(row, "string.values[message]") for row in records(corpus))


def test_a_row_is_a_kilobyte_or_more_on_average(corpus: Path) -> None:
    """The mean row is at least 1 KB."""
    assert (corpus / "log_stream.ndjson").stat().st_size / ROWS >= 1024


def test_timestamps_never_go_back(corpus: Path) -> None:
    """Rows stand in the order in which they happened."""
    stamps = [row["timestamp"] for row in records(corpus)]
    assert stamps == sorted(stamps)


def test_the_shares_are_as_promised(corpus: Path) -> None:
    """About 8% of rows hold personal data, 0.5% secrets, 30% chat."""
    findings = truth(corpus, "findings")
    personal = findings.filter(pl.col("person").is_not_null() & (pl.col("entity") != "ONLINE_IDENTIFIER") & pl.col("secret").is_null())
    assert personal["record"].n_unique() / ROWS == pytest.approx(0.08, abs=0.01)
    assert findings.filter(pl.col("secret").is_not_null())["record"].n_unique() / ROWS == pytest.approx(0.005, abs=0.0015)
    assert truth(corpus, "turns")["record"].n_unique() / ROWS == pytest.approx(0.30, abs=0.03)


def test_every_true_value_stands_where_the_truth_says(corpus: Path) -> None:
    """Each finding's value is found in its field and in all its copies, walking the JSON independently."""
    rows = records(corpus)
    wrong = [
        (finding["record"], field)
        for finding in truth(corpus, "findings").iter_rows(named=True)
        for field in [finding["field"], *finding["copies"]]
        if finding["value"] not in at(rows[finding["record"]], field)
    ]
    assert wrong == []


def test_every_true_turn_stands_where_the_truth_says(corpus: Path) -> None:
    """Each turn's field leads to a text, and a repeated turn reads as when it was first seen."""
    rows, first, unequal = records(corpus), {}, []
    for turn in truth(corpus, "turns").iter_rows(named=True):
        text = at(rows[turn["record"]], turn["field"])
        known = first.setdefault((turn["conversation"], turn["position"]), text)
        if known != text or not text:
            unequal.append(turn["record"])
    assert unequal == []


def test_a_turn_is_new_exactly_once(corpus: Path) -> None:
    """Of the rows that show a turn, only the first does not count as repeated."""
    turns = truth(corpus, "turns")
    fresh = turns.filter(~pl.col("repeated"))
    assert fresh.height == fresh.n_unique(["conversation", "position"]) == turns.n_unique(["conversation", "position"])


def test_every_decoy_stands_where_the_truth_says(corpus: Path) -> None:
    """Each decoy's string is in its field."""
    rows = records(corpus)
    decoys = truth(corpus, "decoys")
    assert decoys.height > 0
    assert all(decoy["value"] in at(rows[decoy["record"]], decoy["field"]) for decoy in decoys.iter_rows(named=True))


def test_people_are_listed_once_and_completely(corpus: Path) -> None:
    """People of the findings and people of the table are the same, each once, with the records that show them."""
    people = truth(corpus, "people")
    counted = truth(corpus, "findings").drop_nulls("person").group_by("person").agg(pl.col("record").n_unique().cast(pl.UInt64).alias("records"))
    assert people["person"].is_duplicated().sum() == 0
    assert people.select("person", "records").sort("person").equals(counted.sort("person"))


def test_secrets_are_listed_once_and_completely(corpus: Path) -> None:
    """Secrets of the findings and of the table are the same, each once, with the records that show them."""
    secrets = truth(corpus, "secrets")
    counted = truth(corpus, "findings").drop_nulls("secret").group_by("secret").agg(pl.col("record").n_unique().cast(pl.UInt64).alias("records"))
    assert secrets.select("secret", "records").sort("secret").equals(counted.sort("secret"))


def test_few_people_come_often(corpus: Path) -> None:
    """The busiest tenth of people fill more rows than the quieter half."""
    counts = truth(corpus, "people")["records"].sort(descending=True)
    assert counts.head(len(counts) // 10).sum() > counts.tail(len(counts) // 2).sum()


def test_accounts_of_nobody_are_not_counted_as_people(corpus: Path) -> None:
    """Bots and test accounts are marked with a reason, everybody else is counted."""
    people = truth(corpus, "people")
    assert set(people.filter(~pl.col("counted"))["reason"]) == {"service_account", "test_account"}
    assert people.filter("counted")["reason"].null_count() == people.filter("counted").height


def test_people_chat_in_many_languages_about_many_things(corpus: Path) -> None:
    """At least ten languages and every topic occur, and most turns are harmless."""
    asked = truth(corpus, "turns").filter((pl.col("role") == "user") & ~pl.col("repeated"))
    assert asked["language"].n_unique() >= 10
    assert asked["topic"].n_unique() >= 12
    assert 0.6 < (asked["topic"] == "none").mean() < 0.95


def test_texts_vary(corpus: Path) -> None:
    """More than three in four distinct turns of the users have a text of their own."""
    rows = records(corpus)
    asked = truth(corpus, "turns").filter((pl.col("role") == "user") & ~pl.col("repeated"))
    texts = {at(rows[record], field) for record, field in asked.select("record", "field").iter_rows()}
    assert len(texts) / asked.height > 0.75


def test_same_name_rows_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    """Another process with another hash seed writes the same evidence and the same truth; another seed does not."""
    script = "import sys; from pathlib import Path; from leakscope.corpus import make; make('log_stream', rows=400, seed=int(sys.argv[2]), folder=Path(sys.argv[1]))"
    for name, seed, hashing in (("a", "5", "1"), ("b", "5", "2"), ("c", "6", "1")):
        subprocess.run([sys.executable, "-c", script, str(tmp_path / name), seed], check=True, env={"PYTHONHASHSEED": hashing, "PYTHONPATH": str(Path.cwd())})
    first, second, third = (tmp_path / name for name in "abc")
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert all((first / file).read_bytes() == (second / file).read_bytes() for file in files)
    assert (first / "log_stream.ndjson").read_bytes() != (third / "log_stream.ndjson").read_bytes()


def test_an_unknown_name_is_bad_use(tmp_path: Path) -> None:
    """The message names the corpora there are."""
    with pytest.raises(UsageError, match="log_stream"):
        make("nothing", rows=1, folder=tmp_path)


def test_all_generators_are_found() -> None:
    """The registry knows the four kinds of exposure."""
    assert {"customers", "log_stream", "mixed_folder", "sql_dump"} <= set(generators())


@pytest.mark.slow
def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """Eight times the rows take less than 60 MB more, with caches filled by the smaller run."""
    script = "import resource, sys; from pathlib import Path; from leakscope.corpus import make; make('log_stream', rows=int(sys.argv[1]), seed=1, folder=Path(sys.argv[2])); print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"

    def peak(rows: int) -> int:
        done = subprocess.run([sys.executable, "-c", script, str(rows), str(tmp_path)], check=True, capture_output=True, text=True)
        return int(done.stdout)

    assert peak(240_000) - peak(30_000) < 60_000
