"""Coordinates, dates of birth and identifiers of devices: ranges rather than check digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_NUMBERS = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?")
_YEAR = re.compile(r"(?:18|19|20)[0-9]{2}")
#: Years of birth of people who can be alive; the upper end moves with the standard's century, not with the clock of the run.
_BIRTH_YEARS = range(1900, 2031)


def _coordinates(text: str) -> bool:
    """
    Two decimals within 90 and 180 degrees, not both next to zero, and not the same twice.

    Source:
        ISO 6709.
    """
    pair = [float(number) for number in _NUMBERS.findall(text)]
    if len(pair) != 2:
        return False
    latitude, longitude = pair
    near_zero = abs(latitude) < 0.01 and abs(longitude) < 0.01
    return abs(latitude) <= 90 and abs(longitude) <= 180 and not near_zero and latitude != longitude


def _birth_date(text: str) -> bool:
    """Whether a four-digit year in `text`, if there is one, can be that of a living person."""
    years = [int(year) for year in _YEAR.findall(text)]
    return not years or any(year in _BIRTH_YEARS for year in years)


def _device_number(text: str) -> bool:
    """Whether hex digits are more than one or two repeated and hold both letters and digits, or are a UUID that is not nil."""
    digits = text.replace("-", "").lower()
    return len(set(digits)) > 3 and any(c.isdigit() for c in digits)


def _uuid_not_nil(text: str) -> bool:
    """Whether a UUID is not the nil one, which systems send when tracking is refused."""
    return len(set(text.replace("-", ""))) > 3


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)


VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "coordinates": _coordinates,
    "birth_date": _birth_date,
    "device_number": _device_number,
    "uuid_not_nil": _uuid_not_nil,
    "has_digit": _has_digit,
}
