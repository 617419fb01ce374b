"""Places as people write them in a facts file, as ISO 3166 codes: a name that nothing matches would quietly keep a law away."""

from __future__ import annotations

from functools import cache

import pycountry

from leakscope.notification.law import jurisdictions

#: Written for a whole that is no country, and codes of the European institutions that differ from ISO 3166-1 (Interinstitutional style guide, 7.1.1).
_OWN = {"EU": "EU", "EEA": "EEA", "UK": "GB", "EL": "GR"}


@cache
def _of_law() -> frozenset[str]:
    """Codes that the rows of law use, those of free zones and of Kosovo among them, which ISO 3166 does not have."""
    return frozenset(code for row in jurisdictions().values() for code in (*row.scope.residence, *row.scope.establishment))


def place_code(text: str) -> str | None:
    """
    The ISO 3166-1 or 3166-2 code of a place given by code or by a country's name; null when there is none.

    Example:
        >>> place_code("Germany"), place_code("us-ca"), place_code("uk"), place_code("Atlantis")
        ('DE', 'US-CA', 'GB', None)
    """
    code = text.strip().upper()
    if code in _OWN:
        return _OWN[code]
    if code in _of_law() or pycountry.subdivisions.get(code=code) is not None:
        return code
    try:
        return str(pycountry.countries.lookup(code).alpha_2)
    except LookupError:
        return None
