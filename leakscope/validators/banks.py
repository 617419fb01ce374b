"""Bank codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import phonenumbers

#: ISO 3166-1 alpha-2 codes in use, from the numbering plans, and those that banks have beside them.
_COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS) | {"XK", "AQ", "BV", "GS", "HM", "PN", "TF", "UM"}


def _bic(text: str) -> bool:
    """
    Eight or eleven characters with a country in the fifth and sixth.

    Source:
        ISO 9362:2022. python-stdnum does not look at the country.
    """
    value = text.upper()
    return len(value) in (8, 11) and value.isalnum() and value[:6].isalpha() and value[4:6] in _COUNTRIES


VALIDATORS: Mapping[str, Callable[[str], bool]] = {"bic": _bic}
