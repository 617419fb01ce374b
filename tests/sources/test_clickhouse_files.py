"""
ClickHouse's binary files.

`clickhouse/` holds one query's answer as ClickHouse 26.9 wrote it (chdb, 2026-11-27) in Native, RowBinaryWithNamesAndTypes and JSONEachRow:
every type in it, five rows.
"""

import json
from pathlib import Path

import orjson
import pytest

FOLDER = Path(__file__).parent / "clickhouse"


def _records(batches):
    return [orjson.loads(line) for batch in batches for line in batch.lines.splitlines()]


@pytest.mark.parametrize(("file", "form"), [("people.native", "clickhouse-native"), ("people.rowbinary", "clickhouse-rowbinary")])
def test_every_type_is_read_as_clickhouse_prints_it(reading, file, form):
    """Strings, dictionaries, nulls, lists, maps, tuples, moments, addresses, decimals; null is left out."""
    batches, aside, used = reading(file, (FOLDER / file).read_bytes())
    printed = [json.loads(line, parse_int=int) for line in (FOLDER / "people.ndjson").read_text().splitlines()]
    records = _records(batches)

    assert (used, aside, len(records)) == ([form], [], 5)
    for record, row in zip(records, printed, strict=True):
        for name, value in row.items():
            if name in ("big", "dec"):
                assert float(record[name]) == float(value)
            elif name == "t64":
                assert record[name].startswith("2024-05-01T10:00:00.123")
            else:
                assert record.get(name) == (value.replace(" ", "T") + "Z" if name == "t" else value.rstrip("\x00") if name == "fs" else value), name


def test_numbers_over_64_bits_in_json_lines_cost_no_record(reading):
    """ClickHouse prints them bare, Python prints NaN; both are read."""
    batches, aside, used = reading("p.ndjson", (FOLDER / "people.ndjson").read_bytes() + b'{"id": 6, "x": NaN}\n')
    records = _records(batches)

    assert (used, aside, len(records)) == (["ndjson"], [], 6)
    assert (records[0]["big"], records[5]["x"]) == ("170141183460469231731687303715884105727", "NaN")


def test_blocks_follow_one_another(reading):
    """A file of many blocks is one table."""
    content = (FOLDER / "people.native").read_bytes()
    batches, aside, _ = reading("x.native", content * 3)

    assert (len(_records(batches)), aside) == (15, [])


@pytest.mark.parametrize("file", ["people.native", "people.rowbinary"])
def test_a_file_cut_off_keeps_whole_rows(reading, file):
    """What is missing has a reason."""
    content = (FOLDER / file).read_bytes()
    whole, end = (content, content[:100]) if file == "people.native" else (content[:-40], b"")
    batches, aside, _ = reading(file, whole + end)

    assert [piece.reason for piece in aside] == ["truncated"]
    assert len(_records(batches)) in (4, 5)


def test_a_type_that_cannot_be_read_is_named(reading):
    """Columns of JSON have bytes of their own."""
    content = b"\x01\x01\x01j\x04JSON" + bytes(30)
    _, aside, used = reading("x.native", content)

    assert (used, [piece.reason for piece in aside]) == (["clickhouse-native"], ["unsupported"])
