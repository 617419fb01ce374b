"""Exports of stores as JSON lines with wrapped values."""

from datetime import UTC, datetime
from uuid import UUID

import bson.json_util
import orjson
import pytest
from bson import Binary, Decimal128, Int64, ObjectId


def _records(batches):
    return [orjson.loads(line) for batch in batches for line in batch.lines.splitlines()]


_DOCUMENT = {
    "_id": ObjectId("5f3c00000000000000000001"), "mail": "a@x.test", "at": datetime(2021, 1, 1, tzinfo=UTC), "big": Int64(1 << 40),
    "sum": Decimal128("1.5"), "token": Binary.from_uuid(UUID(int=7)), "inner": {"at": [datetime(2022, 1, 1, tzinfo=UTC)]},
}  # fmt: skip
_PLAIN = {"_id": "5f3c00000000000000000001", "mail": "a@x.test", "big": 1 << 40, "sum": "1.5", "token": str(UUID(int=7))}


@pytest.mark.parametrize("mode", [bson.json_util.RELAXED_JSON_OPTIONS, bson.json_util.CANONICAL_JSON_OPTIONS])
@pytest.mark.parametrize("is_array", [False, True])
def test_wrappers_of_mongodb_are_taken_off(reading, mode, is_array):
    """As MongoDB's own library writes documents, line by line or as an array."""
    line = bson.json_util.dumps(_DOCUMENT, json_options=mode)
    content = f"[{line},\n{line}]" if is_array else f"{line}\n{line}\n"
    batches, aside, used = reading("users.json", content.encode())
    records = _records(batches)

    assert (used, aside, len(records)) == (["json" if is_array else "mongoexport"], [], 2)
    assert {name: records[1][name] for name in _PLAIN} == _PLAIN
    assert (records[1]["at"][:19], records[1]["inner"]["at"][0][:19]) == ("2021-01-01T00:00:00", "2022-01-01T00:00:00")


def test_an_action_and_its_document_are_one_record(reading):
    """Bulk lines of Elasticsearch; a deletion has no document."""
    content = b'{"index":{"_index":"users","_id":"1"}}\n{"mail":"a@x.test"}\n{"delete":{"_index":"users","_id":"2"}}\n{"create":{"_index":"users","_id":"3"}}\n{"mail":"c@x.test"}\n'
    batches, aside, used = reading("bulk.ndjson", content)

    assert (used, aside) == (["elastic-bulk"], [])
    assert _records(batches) == [{"_index": "users", "_id": "1", "mail": "a@x.test"}, {"_index": "users", "_id": "2", "action": "delete"}, {"_index": "users", "_id": "3", "mail": "c@x.test"}]


def test_a_broken_line_has_a_reason(reading):
    """And costs no other."""
    batches, aside, _ = reading("u.json", b'{"_id":{"$oid":"1"}}\n{"_id":\n{"_id":{"$oid":"3"}}\n')

    assert ([record["_id"] for record in _records(batches)], [piece.reason for piece in aside]) == (["1", "3"], ["not-json"])
