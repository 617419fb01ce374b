"""
How many digits a country's numbers have at least: most numbers that are no telephone's are told apart by that alone.

Asking libphonenumber takes 30 to 70 µs and reads a country's whole plan. Parts of timestamps and serial numbers that begin like a number
from abroad (`009416000`) are mostly too short for the country that they would be in.
"""

from __future__ import annotations

import re
from functools import cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

#: What is only digits and what people put between them; anything else is left to the library.
_PLAIN = re.compile(r"[( ]*\+[0-9 ().\/-]+")
_NOT_DIGITS = str.maketrans("", "", " ()+./-")
#: Digits of a country's code at most (ITU-T E.164).
_CODE_DIGITS = 3


def may_be_whole(text: str) -> bool:
    """
    Whether a number that is written with + and its country's code can have enough digits; true wherever that is not sure.

    Example:
        >>> may_be_whole("+44 20 7946 0958"), may_be_whole("+94 16000")
        (True, False)
    """
    if not _PLAIN.fullmatch(text):
        return True
    digits = text.translate(_NOT_DIGITS)
    for size in range(1, _CODE_DIGITS + 1):
        code = int(digits[:size] or 0)
        if code in COUNTRY_CODE_TO_REGION_CODE and digits[0] != "0":
            return len(digits) - size >= _fewest(code)
    return False


@cache
def _fewest(code: int) -> int:
    """
    Digits behind a country's code in any of its numbers; 0 where the plan of the code's main country, by which the library reads them all,
    rewrites numbers before they are looked at. Otherwise digits are left out, never added.
    """
    plans = [PhoneMetadata.metadata_for_region_or_calling_code(code, region) for region in COUNTRY_CODE_TO_REGION_CODE[code]]
    if plans[0] is None or plans[0].national_prefix_transform_rule:
        return 0
    lengths = [tuple(plan.general_desc.possible_length) if plan and plan.general_desc else () for plan in plans]
    return min(map(min, lengths)) if all(lengths) else 0
