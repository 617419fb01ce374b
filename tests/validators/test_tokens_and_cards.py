"""Checks of cards, tokens and phrases, held to libraries that are not ours."""

from __future__ import annotations

import random

import pytest
from mnemonic import Mnemonic
from stdnum import luhn as stdnum_luhn

from leakscope.validators import validator


def test_luhn_agrees_with_stdnum_on_random_numbers() -> None:
    """On 100,000 seeded candidates."""
    draw, luhn = random.Random(5), validator("luhn")
    numbers = ("".join(draw.choices("0123456789", k=draw.randint(12, 19))) for _ in range(100_000))
    assert all(luhn(number) == stdnum_luhn.is_valid(number) for number in numbers)


def test_seed_phrases_agree_with_the_reference_library() -> None:
    """Generated ones hold, and one exchanged word is refused as often as the checksum says."""
    reference, bip39 = Mnemonic("english"), validator("bip39")
    for strength in (128, 160, 192, 224, 256):
        phrase = reference.generate(strength)
        assert bip39(phrase)
        changed = " ".join([phrase.split()[-1], *phrase.split()[1:]])
        assert bip39(changed) == reference.check(changed)


@pytest.mark.parametrize(
    ("name", "text", "valid"),
    [
        ("card", "4539 5787 6362 1486", True), ("card", "4539 5787 6362 1487", False), ("card", "9999999999999995", False),
        ("email", "logo@2x.png", False), ("email", "a..b@host.net", False), ("email", "ana@host.net", True),
        ("ipv6", "2a00:1450:4001:82b::200e", True), ("ipv6", "7::", False), ("ipv6", "12:34:56", False),
        ("jwt", "eyJhbGciOiJIUzI1NiJ9.e30.x", True), ("jwt", "eyJub3QiOiJhIn0.e30.x", False),
        ("password", "********", False), ("password", "${DB_PASSWORD}", False), ("password", "Sommer!2719", True),
        ("password_strong", "incorrect", False), ("password_strong", "hunter2", True),
        ("email_password", "ana@host.net:8080", False), ("email_password", "ana@host.net:Sommer2719", True),
        ("url_with_password", "https://user:${PASSWORD}@host.net", False), ("token", "your_api_key_goes_here1", False),
    ],
)  # fmt: skip
def test_verdicts(name: str, text: str, valid: bool) -> None:
    """Structure that is right, and its near misses."""
    assert valid == validator(name)(text)
