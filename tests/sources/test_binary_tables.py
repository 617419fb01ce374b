"""Columnar files, databases, spreadsheets, BSON: written by their own libraries, read back the same."""

import io
import sqlite3
import struct

import orjson
import polars as pl
import pytest

from leakscope.model import SetAside
from leakscope.sources import expand, read
from leakscope.sources.evidence import gather

ROWS = [{"name": "Ana", "email": "ana@x.org", "age": 31}, {"name": "Zoë", "email": None, "age": 40}]
FRAME = pl.DataFrame(ROWS)


def _dicts(batches):
    """source -> rows."""
    found = {}
    for batch in batches:
        rows = batch.frame.to_dicts() if batch.frame is not None else [orjson.loads(line) for line in batch.lines.splitlines()]
        found.setdefault(batch.source, []).extend(rows)
    return found


def _from_disk(path):
    """Pieces of one file on disk."""
    pieces = []
    for evidence in gather([str(path)]):
        for found in expand(evidence):
            pieces += [found] if isinstance(found, SetAside) else list(read(*found))
    return [one for one in pieces if not isinstance(one, SetAside)], [one for one in pieces if isinstance(one, SetAside)]


def _written(kind):
    target = io.BytesIO()
    if kind == "avro":
        import fastavro

        schema = {"type": "record", "name": "r", "fields": [{"name": "name", "type": "string"}, {"name": "email", "type": ["null", "string"]}, {"name": "age", "type": "long"}]}
        fastavro.writer(target, schema, ROWS)
    elif kind == "orc":
        from pyarrow import orc

        orc.write_table(FRAME.to_arrow(), target)
        target = io.BytesIO(target.getvalue()) if not target.closed else target
    else:
        {"parquet": FRAME.write_parquet, "arrow": FRAME.write_ipc, "arrows": FRAME.write_ipc_stream}[kind](target)
    return target.getvalue()


@pytest.mark.parametrize("kind", ["parquet", "arrow", "arrows", "avro"])
def test_a_columnar_file_comes_back(reading, kind):
    """What pyarrow, Polars and fastavro wrote is read in the child and comes back row by row."""
    batches, aside, _ = reading(f"t.{kind}", _written(kind))

    assert (aside, _dicts(batches)) == ([], {f"t.{kind}": ROWS})


def test_an_orc_file_comes_back(tmp_path):
    """As pyarrow writes it."""
    from pyarrow import orc

    orc.write_table(FRAME.to_arrow(), str(tmp_path / "t.orc"))
    batches, aside = _from_disk(tmp_path / "t.orc")

    assert (aside, _dicts(batches)) == ([], {"t.orc": ROWS})


@pytest.mark.parametrize("packed", [False, True])
def test_every_table_of_a_sqlite_file_is_a_source(tmp_path, reading, packed):
    """On disk and inside a compressed file; views are not run, texts that are not UTF-8 do not stop the table."""
    import gzip

    path = tmp_path / "a.db"
    with sqlite3.connect(path) as database:
        database.executescript("CREATE TABLE people (name text, photo blob); CREATE TABLE empty (a); CREATE VIEW v AS SELECT load_extension('x'); CREATE TABLE \"odd \"\" name\" (a);")
        database.executemany("INSERT INTO people VALUES (?, ?)", [("Ana", b"\xff\x00"), (b"\xff\xfe", None)])
        database.execute("INSERT INTO people VALUES (CAST(x'fffe41' AS TEXT), 'x')")
        database.execute('INSERT INTO "odd "" name" VALUES (5)')
    if packed:
        batches, aside, _ = reading("a.db.gz", gzip.compress(path.read_bytes()))
    else:
        batches, aside = _from_disk(path)

    assert (aside, {source: len(rows) for source, rows in _dicts(batches).items()}) == ([], {"a.db:people": 3, 'a.db:odd " name': 1})
    assert _dicts(batches)["a.db:people"][0] == {"name": "Ana", "photo": "ff00"}


def test_every_table_of_a_duckdb_file_is_a_source(tmp_path):
    """Types as DuckDB has them."""
    import duckdb

    with duckdb.connect(tmp_path / "a.duckdb") as database:
        database.execute("CREATE TABLE people AS SELECT 'Ana' AS name, DATE '1990-01-02' AS born")
        database.execute("CREATE TABLE two AS SELECT range AS n FROM range(30000)")
    batches, aside = _from_disk(tmp_path / "a.duckdb")

    assert (aside, {source: len(rows) for source, rows in _dicts(batches).items()}) == ([], {"a.duckdb:people": 1, "a.duckdb:two": 30_000})


def test_every_sheet_of_a_workbook_is_a_source(reading):
    """Hidden sheets included; numbers and dates as text; the first row names the columns."""
    import datetime

    import openpyxl

    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Kunden"
    sheet.append(["Name", "Phone", "Born"])
    sheet.append(["Ana", 4930123456, datetime.date(1990, 1, 2)])
    hidden = workbook.create_sheet("Keys")
    hidden.sheet_state = "hidden"
    hidden.append(["sk-1", "x"])
    target = io.BytesIO()
    workbook.save(target)
    batches, aside, used = reading("k.xlsx", target.getvalue())

    assert (used, aside) == (["spreadsheet"], [])
    assert _dicts(batches)["k.xlsx:Kunden"] == [{"Name": "Ana", "Phone": "4930123456", "Born": "1990-01-02"}]
    assert sum(batch.records for batch in batches) >= 1


def test_titles_above_the_header_of_a_sheet_are_records_of_their_own(reading):
    """A report's title and date stand above its table; the table keeps its columns."""
    import openpyxl

    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (["Payroll", "May 2026", None, "CONFIDENTIAL"], [], ["No", "Surname", "Forename", "Tax code", "Gross", "Union"], [1, "Doe", "Ann", "1257L", 2100, "GMB"], [2, "Roe", "Tom", "1257L", 1900, None], ["Total", None, None, None, 4000]):
        sheet.append(row)
    target = io.BytesIO()
    workbook.save(target)
    batches, aside, _ = reading("p.xlsx", target.getvalue())

    rows = _dicts(batches)["p.xlsx:Sheet"]
    told = [{name: value for name, value in row.items() if value is not None} for row in rows]
    assert (aside, told[:2]) == ([], [{"line": "Payroll May 2026 CONFIDENTIAL"}, {"No": "1", "Surname": "Doe", "Forename": "Ann", "Tax code": "1257L", "Gross": "2100", "Union": "GMB"}])


def test_a_mongodump_collection_comes_back(reading):
    """Object ids, dates and nested documents as JSON."""
    import datetime

    import bson

    documents = [{"_id": bson.ObjectId("65a000000000000000000001"), "email": "a@x.org", "at": datetime.datetime(2024, 1, 2, tzinfo=datetime.UTC), "n": {"k": [1, b"x"]}}] * 3
    content = b"".join(bson.encode(one) for one in documents)
    batches, aside, used = reading("users.bson", content)
    cut, cut_aside, _ = reading("users.bson", content[:-5])

    assert (used, aside) == (["bson"], [])
    assert _dicts(batches)["users.bson"][0] == {"_id": "65a000000000000000000001", "email": "a@x.org", "at": "2024-01-02T00:00:00+00:00", "n": {"k": [1, "x"]}}
    assert (sum(batch.records for batch in cut), [piece.reason for piece in cut_aside]) == (2, ["truncated"])


def test_a_mongodump_archive_gives_its_collections(reading):
    """Blocks of two collections, interleaved as mongodump writes them."""
    import bson

    end = struct.pack("<I", 0xFFFFFFFF)
    block = lambda name, rows: bson.encode({"db": "shop", "collection": name, "EOF": False, "CRC": 0}) + b"".join(bson.encode(row) for row in rows) + end  # noqa: E731
    content = b"\x6d\xe2\x99\x81" + bson.encode({"version": "0.1"}) + end + block("users", [{"a": 1}, {"a": 2}]) + block("logs", [{"b": 1}]) + block("users", [{"a": 3}])
    batches, aside, _ = reading("d.archive", content)

    assert (aside, _dicts(batches)) == ([], {"d.archive:shop.users": [{"a": 1}, {"a": 2}, {"a": 3}], "d.archive:shop.logs": [{"b": 1}]})
