"""Unfolding: every leaf, its path, its key and its place, through each nesting and encoding."""

from __future__ import annotations

import base64
import gzip
import json

import orjson
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey
from leakscope.schema import RECORDS, VALUES
from leakscope.text.leaf import place
from leakscope.text.unfold import describe, expand, leaves, unfold

KEY = IncidentKey(b"t" * 32)


def batch(*rows: object) -> Batch:
    """Records as JSON lines."""
    return Batch(source="s", first_record=0, records=len(rows), lines=b"".join(orjson.dumps(row) + b"\n" for row in rows))


def values(row: object) -> dict[str, str]:
    """Field -> value of one record."""
    return {leaf.field: leaf.value for leaf in leaves(row, KEY)}


def base(text: str) -> str:
    """`text` in base64."""
    return base64.b64encode(text.encode()).decode()


def test_a_frame_of_values_has_the_declared_schema() -> None:
    """The columns are those of VALUES, also for no records."""
    assert unfold(batch({"a": 1})).schema == VALUES
    assert unfold(Batch(source="s", first_record=0, records=0, lines=b"")).schema == VALUES


def test_nested_objects_and_lists_give_paths() -> None:
    """Objects add a dot, lists an index in brackets."""
    assert values({"messages": [{"content": "a"}, {"content": "b"}], "n": 3}) == {"messages[1].content": "b", "messages[0].content": "a", "n": "3"}


def test_json_in_a_string_three_levels_deep() -> None:
    """Each level adds an arrow; the outermost text itself is not repeated."""
    row = {"a": json.dumps({"b": json.dumps({"c": json.dumps({"d": "ana"})})})}
    assert values(row) == {"a->$.b->$.c->$.d": "ana"}


def test_parallel_arrays_take_the_name_as_key() -> None:
    """`string.names` and `string.values` become one field per name."""
    found = list(leaves({"string.names": ["message", "user"], "string.values": ["hi", "ana"]}, KEY))
    assert [(one.field, one.key, one.value) for one in found] == [("string.values[message]", "message", "hi"), ("string.values[user]", "user", "ana")]


def test_key_value_lists_of_telemetry() -> None:
    """OTLP attributes become one field per key."""
    row = {"attributes": [{"key": "enduser.id", "value": {"stringValue": "ana"}}, {"key": "n", "value": {"intValue": "7"}}]}
    assert values(row) == {"attributes[enduser.id]": "ana", "attributes[n]": "7"}


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        ("https://x/?e=a%40b.com", "v->percent", "https://x/?e=a@b.com"),
        ("a&#64;b.com &amp; c", "v->entities", "a@b.com & c"),
        (r"name \u0041na", "v->escapes", "name Ana"),
        ("４５３９ 5", "v->plain", "4539 5"),
        ("4539\u200b5787", "v->plain", "45395787"),
        (base("ana@gmail.com is here"), "v->base64", "ana@gmail.com is here"),
        (base(base("ana@gmail.com is here")), "v->base64->base64", "ana@gmail.com is here"),
        (base64.b64encode(gzip.compress(b"ana@gmail.com", mtime=0)).decode(), "v->base64+gzip", "ana@gmail.com"),
        (base('{"mail": "ana@gmail.com"}'), "v->base64->$.mail", "ana@gmail.com"),
        ("Basic " + base("ana:pw"), "v->base64", "ana:pw"),
        ("ana and bob".encode("utf-16-le").decode("latin-1"), "v->utf16", "ana and bob"),
    ],
)
def test_encodings_are_read(text: str, field: str, says: str) -> None:
    """What is written in another form is a value of its own, with the form in its path."""
    assert says == values({"v": text})[field]


def test_a_name_that_is_data_prints_as_a_pseudonym_and_is_read() -> None:
    """An address used as a JSON key never stands in a path, but is a value."""
    found = list(leaves({"users": {"ana@gmail.com": {"age": 3}}}, KEY))
    assert not any("ana@" in one.field for one in found)
    assert "ana@gmail.com" in {one.value for one in found}


def test_long_numbers_keep_their_digits() -> None:
    """An integer in nested JSON is the digits as written, however many."""
    assert values({"a": '{"n": 123456789012345678901234567890}'})["a->$.n"] == "123456789012345678901234567890"


def test_a_damaged_line_is_still_read_as_text() -> None:
    """A line that is no JSON becomes the field `line`."""
    frame = unfold(Batch(source="s", first_record=0, records=1, lines=b'{"a": "ana@gmail.com"\n'))
    assert frame["field"].to_list() == ["line"]


def test_expansion_is_bounded() -> None:
    """Layers inside layers end after a fixed depth."""
    text = "ana"
    for _ in range(12):
        text = json.dumps([text])
    assert all(leaf.field.count("->") <= 6 for leaf in expand(text))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40), st.integers(1, 3))
def test_offsets_round_trip_through_json(text: str, depth: int) -> None:
    """Every character of a nested value points at the characters that write it, in order and without overlap."""
    written = text
    for _ in range(depth):
        written = json.dumps({"k": written}, ensure_ascii=len(text) % 2 == 0)
    found = [leaf for leaf in leaves({"v": written}, KEY) if leaf.field == "v" + "->$.k" * depth]
    if not found or found[0].value != text or not text:
        return
    leaf, end = found[0], 0
    for index, character in enumerate(text):
        start, after = place(leaf, index, index + 1)
        assert start == end or index == 0
        if after - start == 1:
            assert written[start] == character
        end = after
    assert (leaf.start, leaf.end) == (place(leaf, 0, 1)[0], end)


def test_records_are_described_by_the_names_logs_use() -> None:
    """Timestamp in UTC, service and host."""
    frame = describe(batch({"timestamp": "2025-01-06 00:00:23.239882000", "_service": "api", "_host": "h1"}))
    assert frame.schema == RECORDS
    assert frame.select(pl.col("timestamp").map_elements(str, pl.String), "service", "host").rows() == [("2025-01-06 00:00:23.239882+00:00", "api", "h1")]


@pytest.mark.parametrize(("written", "says"), [(r"a \ud83d\ude00 b", "a 😀 b"), (r"a \ud800 \u0041", r"a \ud800 A"), (r"\ud800\ud800", None), (r"\udc00\ud800\udc00", r"\udc00" + "\U00010000")])
def test_halves_of_surrogate_pairs_stay_as_they_are(written: str, says: str | None) -> None:
    """Half a pair means nothing, and no text may hold one; a whole pair is one character."""
    found = [leaf.value for leaf in leaves({"m": written}, KEY)]

    assert found == ([written] if says is None else [written, says])
