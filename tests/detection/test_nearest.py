"""Of two words near a number the nearer one says what it is."""

from __future__ import annotations

import orjson
import pytest

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey


@pytest.fixture(scope="module")
def kernel() -> Kernel:
    """A kernel over the whole catalogue."""
    return Kernel(load(), IncidentKey(b"n" * 32))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("passport 536221235, SSN 536-22-1234", {("US_PASSPORT", "536221235"), ("US_SSN", "536-22-1234")}),
        ("SSN and passport: 536221235", {("US_PASSPORT", "536221235")}),
        ("ssn: 536221235 / passport: 536221236", {("US_SSN", "536221235"), ("US_PASSPORT", "536221236")}),
        ("Social security: none. Passport No. 536221235", {("US_PASSPORT", "536221235")}),
        ("routing number 021000021, account number 536221235", {("ABA_ROUTING_NUMBER", "021000021"), ("US_BANK_NUMBER", "536221235")}),
        ("His NHS number is 943 476 5919 and his phone is 020 7946 0018", {("UK_NHS", "943 476 5919"), ("PHONE_NUMBER", "020 7946 0018")}),
        ("number 536221235, ssn 536221237", {("US_SSN", "536221237")}),
    ],
)
def test_the_nearest_word_names_a_number(kernel: Kernel, text: str, expected: set[tuple[str, str]]) -> None:
    """Words before count more than those behind, and words behind a comma are the next number's."""
    lines = orjson.dumps({"text": text}) + b"\n"
    found = kernel.find_batch(Batch(source="s", first_record=0, records=1, lines=lines))
    assert set(found.select("entity", "value").iter_rows()) == expected


def test_the_other_reading_is_told(kernel: Kernel) -> None:
    """What stands farther off is an alternative of the finding."""
    lines = orjson.dumps({"text": "SSN and passport: 536221235"}) + b"\n"
    row = kernel.find_batch(Batch(source="s", first_record=0, records=1, lines=lines)).row(0, named=True)
    assert "US_SSN" in {one["entity"] for one in orjson.loads(row["attributes"])["alternatives"]}
