"""Numbers that only a word explains: what can be one, and which are right VAT numbers of some country."""

from __future__ import annotations

import pytest
from stdnum.fr import tva

from leakscope.validators import validator


@pytest.mark.parametrize(("text", "expected"), [("4471-20983", True), ("AL J 91402501", True), ("12.03.2019", False), ("2019-03-12", False), ("00000000", False), ("1234", False), ("A1B2C3D4E5F6G7", True), ("ABCDEF12345", False)])
def test_a_named_number_is_long_and_no_date(text: str, expected: bool) -> None:
    """Five digits that are not all one, at least half of the characters, and no day."""
    assert expected == validator("number_named")(text)


@pytest.mark.parametrize("text", ["980 7806 84", "Fr 40 303 265 045", "SK 202 274 96 19", "995525828MVA"])
def test_a_vat_number_of_any_country_counts(text: str) -> None:
    """With the two letters or without, grouped or not."""
    assert validator("vat_named")(text)


def test_no_vat_number_fails_every_country() -> None:
    """A number that python-stdnum takes for no country's is none; the French one is right in one digit of ninety-seven."""
    right = [f"{key:02d}303265045" for key in range(97) if tva.is_valid(f"{key:02d}303265045")]
    assert (["40303265045"], False) == (right, validator("vat_named")("12345678901234"))
