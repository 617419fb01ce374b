"""Numbers that only the words before them explain: long enough, no date, no price; for VAT numbers, right for some country."""

from __future__ import annotations

import re
from functools import cache
from typing import Protocol

import stdnum

_DATE = re.compile(r"(?:19|20)[0-9]{2}[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:0?[1-9]|[12][0-9]|3[01])|(?:0?[1-9]|[12][0-9]|3[01])[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:(?:19|20)[0-9]{2}|[0-9]{2})")
_SIGNS = re.compile(r"[^0-9A-Za-z]")
_LEAST_DIGITS, _MOST = 5, 20
#: Countries whose value-added tax number python-stdnum checks.
_VAT_COUNTRIES = tuple("at be bg ch cy cz de dk ee es fi fr gb gr hr hu ie is it lt lu lv mc mt nl no pl pt ro se si sk tr".split())


class _Check(Protocol):
    """A module of python-stdnum."""

    def is_valid(self, number: str) -> bool:
        """Whether the number is one."""
        ...


def number_named(text: str) -> bool:
    """Five digits or more, most of the characters, not one digit over and over, and no date."""
    bare = _SIGNS.sub("", text)
    digits = [one for one in bare if one.isdigit()]
    if len(digits) < _LEAST_DIGITS or len(bare) > _MOST or 2 * len(digits) < len(bare):
        return False
    return len(set(digits)) > 1 and not _DATE.fullmatch(text.strip())


@cache
def _vat_checks() -> tuple[_Check, ...]:
    found = (stdnum.get_cc_module(country, "vat") for country in _VAT_COUNTRIES)
    return tuple(module for module in found if module)


def vat_named(text: str) -> bool:
    """A number that is the value-added tax number of some country, with its two letters or without."""
    return number_named(text) and any(module.is_valid(text) for module in _vat_checks())


VALIDATORS = {"number_named": number_named, "vat_named": vat_named}
