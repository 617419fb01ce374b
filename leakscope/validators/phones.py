"""Phone numbers in national form, whose country is not written beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

import phonenumbers

from leakscope.validators.checksums import digits_of, is_not_repeated

#: Countries whose national forms are tried, by number of subscribers; together they cover the trunk prefixes 0, 8, 06 and none.
REGIONS = (
    "US", "GB", "IN", "DE", "FR", "BR", "JP", "CN", "IT", "ES", "NL", "AU", "PL", "SE", "FI", "MX", "KR", "TR", "BE", "CH",
    "AT", "IL", "ZA", "ID", "PT", "IE", "DK", "NO", "NZ", "SG", "PH", "TH", "RU", "AR", "NG", "HK", "MY",
)  # fmt: skip


#: Two years with a dash between them, which the plans of some countries take for a number.
_YEARS = re.compile(r"\(?(?:1[5-9]|20)[0-9]{2}\)? ?[-/] ?(?:1[5-9]|20)[0-9]{2}")
#: Four dotted numbers are the address of a host.
_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_DATE = re.compile(r"[0-3]?[0-9][./ -][0-3]?[0-9][./ -](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}[./ -][0-3]?[0-9][./ -][0-3]?[0-9]")
#: Area codes that companies pay for, so that nobody is reached who lives somewhere.
_TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888", "900"})


def _holds(text: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=16384)
def phone_region(text: str) -> str | None:
    """
    A country in whose plan `text` is a number that can be called, the largest first; null when there is none.

    Example:
        >>> phone_region("020 7946 0958")
        'GB'
    """
    digits = digits_of(text)
    if (
        not 7 <= len(digits) <= 15
        or any(odd.match(text) for odd in (_YEARS, _DATE, _ADDRESS))
        or not is_not_repeated(digits)
        or digits in "12345678901234567890"
    ):
        return None
    if text.lstrip("( ").startswith("+"):
        return "001" if _holds(text, None) else None
    if text.count("(") != text.count(")"):
        return None
    return next((region for region in REGIONS if _holds(text, region)), None)


def _nanp(text: str) -> bool:
    """Whether a number of the North American plan can be called and is not toll-free: area code given out, exchange from 200."""
    digits = digits_of(text.lower().split("x")[0].split("e")[0])
    return digits[-10:-7] not in _TOLL_FREE and is_not_repeated(digits[-10:]) and _holds(digits[-10:], "US")


def _phone_shape(text: str) -> bool:
    """Whether eight to fifteen digits stand in groups that are neither a date, a range of years nor an address of a host."""
    digits = digits_of(re.split("[xe]", text.lower())[0])
    return (8 if digits == text.strip() else 7) <= len(digits) <= 15 and is_not_repeated(digits) and not any(odd.match(text) for odd in (_YEARS, _DATE, _ADDRESS))


#: Money, measures and quantities that are grouped as phone numbers are: `1.000.000`, `12,50`.
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[. ][0-9]{3})+")


def _phone_grouped(text: str) -> bool:
    """Whether seven to fifteen digits stand in two or more groups, no plain thousands, date, years or address of a host."""
    bare = re.split("[xe]", text.lower())[0]
    digits = digits_of(bare)
    odd = any(one.match(text) for one in (_YEARS, _DATE, _ADDRESS)) or _THOUSANDS.fullmatch(bare.strip())
    return 7 <= len(digits) <= 15 and is_not_repeated(digits) and not odd and bare.count("(") == bare.count(")") and len(re.findall("[0-9]+", bare)) > 1


VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "phone_national": lambda text: phone_region(text) is not None,
    "phone_nanp": _nanp,
    "phone_shape": _phone_shape,
    "phone_grouped": _phone_grouped,
}
