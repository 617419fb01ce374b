"""Findings as they are written."""

from __future__ import annotations

import io

import orjson
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from leakscope.catalogue import load
from leakscope.detection.output import write_ndjson
from leakscope.schema import FINDINGS

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(texts=st.lists(TEXTS, min_size=1, max_size=4), confidence=st.floats(0, 1), attributes=st.dictionaries(TEXTS, st.one_of(TEXTS, st.integers(0, 99)), max_size=2))
def test_each_line_is_the_finding_as_a_json_object(texts: list[str], confidence: float, attributes: dict[str, object]) -> None:
    """Names in the contract's order, attributes as an object; line ends of any kind inside a text do not end a line. orjson is the oracle."""
    rows = [
        ("source", number, text, 0, 3, "EMAIL_ADDRESS", "pii.email", confidence, None, text, text, orjson.dumps(attributes).decode() if number else None)
        for number, text in enumerate(texts)
    ]
    out = io.StringIO()
    write_ndjson(iter([pl.DataFrame(rows, schema=FINDINGS, orient="row")]), out, load())
    written = [orjson.dumps({**dict(zip(FINDINGS.names(), row, strict=True)), "attributes": orjson.loads(row[-1] or "{}")}) for row in rows]
    assert out.getvalue().encode() == b"".join(line + b"\n" for line in written)
