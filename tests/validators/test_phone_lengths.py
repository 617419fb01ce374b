"""How many digits a country's numbers have: no number that its plan assigns is refused for its length."""

from __future__ import annotations

import random

import phonenumbers
import pytest

from leakscope.validators.phone_lengths import may_be_whole

CODES = [str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE]


@pytest.mark.parametrize("seed", range(4))
def test_no_number_that_phonenumbers_holds_valid_is_too_short(seed: int) -> None:
    """Digits of any count behind any code, with anything between them that people write: what the library accepts may be whole."""
    draw = random.Random(seed)
    for _ in range(4_000):
        text = "+" + "".join(one + draw.choice(["", "", "", "", "", " ", "-", "/", "(", ") ", "."]) for one in _number(draw))
        assert may_be_whole(text) or not _is_valid(text), "a valid number is refused"


def test_every_countrys_own_example_may_be_whole() -> None:
    """The example that libphonenumber gives for each country, of each kind, in its written forms."""
    kinds = (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.TOLL_FREE, phonenumbers.PhoneNumberType.VOIP)
    examples = [phonenumbers.example_number_for_type(region, kind) for region in sorted(phonenumbers.SUPPORTED_REGIONS) for kind in kinds]
    forms = (phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    written = [phonenumbers.format_number(one, form) for one in examples if one for form in forms]

    assert len(written) > 800
    assert [text for text in written if not may_be_whole(text)] == []


@pytest.mark.parametrize("text", ["+94 16000", "+49 1", "+0 44 20", "+999 123456", "+ ( )"])
def test_what_no_country_assigns_is_told_without_the_library(text: str) -> None:
    """Too few digits for the country, a code that begins with 0, one that nobody has, none at all."""
    assert not may_be_whole(text)
    assert not _is_valid(text)


@pytest.mark.parametrize("text", ["+49 89 1234567 ext. 12", "＋49 89 1234567", "tel:+49-89-1234567"])
def test_what_is_written_otherwise_is_left_to_the_library(text: str) -> None:
    """Extensions, full-width signs, anything but digits and what stands between them."""
    assert may_be_whole(text)


def _number(draw: random.Random) -> str:
    code = draw.choice(CODES) if draw.random() < 0.9 else str(draw.randrange(1000))
    return code + draw.choice(["", "", "0"]) + "".join(draw.choices("0123456789", k=draw.randrange(14)))


def _is_valid(text: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, None))
    except phonenumbers.NumberParseException:
        return False
