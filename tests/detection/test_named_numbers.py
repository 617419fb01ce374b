"""Numbers of countries that are not known, by their names; a country's own form stays surer."""

from __future__ import annotations

import orjson
import pytest

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey


@pytest.fixture(scope="module")
def kernel() -> Kernel:
    """The whole catalogue."""
    return Kernel(load(), IncidentKey(b"n" * 32))


def entities(kernel: Kernel, text: str) -> set[str]:
    """Types of what is found in `text`."""
    line = orjson.dumps({"line": text}) + b"\n"
    return set(kernel.find_batch(Batch(source="t", first_record=0, records=1, lines=line))["entity"])


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("Tax identification number: 66-20938/114", "TAX_ID"),
        ("National identity number 4471-20983", "NATIONAL_ID"),
        ("vozačka dozvola 10448822", "DRIVER_LICENSE"),
        ("VAT: 980 7806 84", "VAT_ID"),
        ("business number 88 301 4472", "COMPANY_NUMBER"),
        ("SSN (U.S. Social Security Number) 536-90-4399", "US_SSN"),
        ("Taxpayer number, codice fiscale MRTMTT91D08F205J", "IT_FISCAL_CODE"),
    ],
)
def test_named_numbers_have_the_type_of_their_word(kernel: Kernel, text: str, entity: str) -> None:
    """The word gives the type, and a country's own form is not undone by a general word nearer to it."""
    assert entity in entities(kernel, text)


@pytest.mark.parametrize("text", ["national id 24611883", "tax number 660120944"])
def test_a_general_word_names_no_country(kernel: Kernel, text: str) -> None:
    """Eight digits called national id are not Kenyan, nor nine called tax number Maltese."""
    assert set() == entities(kernel, text) & {"KE_NATIONAL_ID", "MT_TAX_NUMBER"}


@pytest.mark.parametrize("text", ["identity card issued 12.03.2019", "tax year 2024", "VAT rate 20", "driving licence valid until 12.03.2031"])
def test_days_and_rates_are_no_numbers_of_people(kernel: Kernel, text: str) -> None:
    """What forms say behind the words is not taken."""
    assert set() == entities(kernel, text) & {"NATIONAL_ID", "TAX_ID", "VAT_ID", "DRIVER_LICENSE"}
