"""JSON that programs write and the standard does not allow."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakscope.sources.json_lenient import lenient, whole_pairs, written

_ANY = st.text(alphabet=st.characters(min_codepoint=0, max_codepoint=0x1FFFF, categories=None))


@given(_ANY)
def test_a_text_with_halves_of_pairs_reads_as_utf16_does(text):
    """What stands for half of a pair is the replacement character; everything else, backslashes included, stays."""
    read = orjson.loads(whole_pairs(json.dumps({"a": text}).encode()))["a"]

    assert read == text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | _ANY, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_ANY, inner, max_size=4), max_leaves=12))
def test_whatever_python_holds_is_written_as_standard_json(value):
    """Halves of pairs, endless numbers and long ones never stop a reader."""
    line = written(value)

    assert b"\n" not in line
    assert type(orjson.loads(line)) in {type(value), type(None) if isinstance(value, float) else type(value), str}


def test_a_whole_pair_in_escapes_stays_one_character():
    """An emoji is not taken for two halves."""
    assert lenient(rb'{"a":"\ud83d\ude00", "b":NaN}') == {"a": "😀", "b": "NaN"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.ndjson", '{"a":"first"}\n{"a":"cut HALF"}\n{"a":"last"}\n'),
        ("x.json", '[{"a":"first"},\n {"a":"cut HALF"},\n {"a":"last"}]'),
        ("x.json", '{"u1":{"a":"first"},"u2":{"a":"cut HALF"},"u3":{"a":"last"}}'),
        ("x.json", '[{"_id":{"$oid":"65a1b2c3d4e5f60718293a4b"},"a":"first"},{"_id":{"$oid":"65a1b2c3d4e5f60718293a4c"},"a":"cut HALF"},'
                   '{"_id":{"$oid":"65a1b2c3d4e5f60718293a4d"},"a":"last"}]'),
        ("x.yaml", '- a: first\n- a: "cut HALF"\n- a: last\n'),
    ],
)  # fmt: skip
def test_a_text_cut_within_an_emoji_costs_no_record(reading, name, content):
    """Programs in JavaScript cut texts by halves of pairs, so that chat logs are full of them."""
    batches, aside, _ = reading(name, content.replace("HALF", r"\ud83d").encode())
    found = str([batch.frame.to_dicts() if batch.frame is not None else [orjson.loads(line) for line in batch.lines.splitlines()] for batch in batches])

    assert aside == []
    assert all(word in found for word in ("first", "cut", "last"))


def test_a_line_over_a_mebibyte_with_half_a_pair_is_read(reading):
    """Long conversations are no exception."""
    batches, aside, _ = reading("x.ndjson", b'{"a":"' + b"x" * (2 << 20) + rb'\udc00"}' + b"\n")

    assert (aside, sum(batch.records for batch in batches)) == ([], 1)
