"""English names of countries and regions, from pycountry's copy of ISO 3166."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pycountry


@cache
def place_name(code: str) -> str:
    """
    The name of an ISO 3166-1 alpha-2 or 3166-2 code; the code itself when ISO knows no such place.

    Example:
        >>> place_name("US-CA")
        'California'
    """
    found = pycountry.subdivisions.get(code=code) if "-" in code else pycountry.countries.get(alpha_2=code)
    return str(getattr(found, "common_name", found.name)) if found else code


def place_names(codes: Iterable[str | None]) -> dict[str, str]:
    """Code to name, nulls left out."""
    return {code: place_name(code) for code in codes if code}
