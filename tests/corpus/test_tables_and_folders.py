"""The smaller corpora: what the truth says stands in the files."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import orjson
import polars as pl
import pytest

from leakscope.corpus import make

from .walking import follow, table, text_lines


@pytest.fixture(scope="module", params=["customers", "sql_dump", "mixed_folder"])
def corpus(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One small corpus of each kind."""
    folder = tmp_path_factory.mktemp(request.param)
    make(request.param, rows=600, seed=5, folder=folder)
    return folder


@cache
def content(path: Path) -> list:
    """Records of a file by its kind."""
    if path.suffix == ".csv":
        return table(path)
    return orjson.loads(path.read_bytes()) if path.suffix == ".json" else text_lines(path)


def text_at(corpus: Path, finding: dict) -> str:
    """The text at a finding's field."""
    file, _, table_name = finding["source"].partition(":")
    path = corpus / file
    if finding["field"] == "":
        return path.read_text("utf-8")
    if finding["line"] is not None:
        return sql_value(content(path)[finding["line"]], table_name, finding["field"])
    record = content(path)[finding["record"]]
    return part_of(record, finding["field"]) if isinstance(record, str) else follow(record, finding["field"])


def part_of(line: str, field: str) -> str:
    """The part of a line of text that readers call `field`: of `address:password`, `time level message`, `machine ... password`, or the line."""
    address, _, word = line.partition(":")
    return {"email": address, "password": word or line.rpartition(" ")[2], "message": line.split(" ", 2)[-1]}.get(field, line)


def sql_value(line: str, name: str, column: str) -> str:
    """A column's value in an INSERT statement, read with the CSV module's quoting."""
    head, _, values = line.removesuffix(");").partition(") VALUES (")
    assert head.startswith(f"INSERT INTO `{name}` (")
    columns = [part.strip("` ") for part in head.partition("(")[2].split(",")]
    row = next(csv.reader([values], quotechar="'", escapechar="\\", doublequote=False, skipinitialspace=True))
    return row[columns.index(column)]


def test_every_true_value_stands_where_the_truth_says(corpus: Path) -> None:
    """Each finding's value is in its field."""
    findings = pl.read_parquet(corpus / "truth" / "findings.parquet")
    wrong = [(f["source"], f["record"], f["field"]) for f in findings.iter_rows(named=True) if not _holds(text_at(corpus, f), f["value"])]
    assert findings.height > 500
    assert wrong == []


def _holds(text: str, value: str) -> bool:
    return value in text or value.replace("\n", "n") in text  # the CSV module drops the backslash of \n


def test_people_are_listed_once_with_their_records(corpus: Path) -> None:
    """The table of people agrees with the findings."""
    people = pl.read_parquet(corpus / "truth" / "people.parquet")
    findings = pl.read_parquet(corpus / "truth" / "findings.parquet").drop_nulls("person")
    counted = findings.unique(["source", "record", "person"]).group_by("person").agg(pl.len().cast(pl.UInt64).alias("records"))
    assert people["person"].is_duplicated().sum() == 0
    assert people.select("person", "records").sort("person").equals(counted.sort("person"))


def test_the_same_seed_gives_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    """Made again, every file is the same."""
    name = "customers" if (corpus / "customers.csv").exists() else "sql_dump" if (corpus / "dump.sql").exists() else "mixed_folder"
    make(name, rows=600, seed=5, folder=tmp_path)
    files = sorted(path.relative_to(corpus) for path in corpus.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert all((corpus / file).read_bytes() == (tmp_path / file).read_bytes() for file in files)
