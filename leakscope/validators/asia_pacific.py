"""Numbers of Asian and Pacific countries that python-stdnum does not check, or not in every form the issuer gives out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from stdnum import verhoeff

from leakscope.validators.checksums import alnum_of, digits_of, is_not_repeated, weighted_sum
from leakscope.validators.europe import is_date

_SG_CHECK = {"ST": "JZIHGFEDCBA", "FG": "XWUTRQPNMLK", "M": "XWUTRQPNJLK"}
_SG_OFFSET = {"S": 0, "F": 0, "T": 4, "G": 4, "M": 3}
_KR_CENTURY = {"1": 1900, "2": 1900, "3": 2000, "4": 2000, "5": 1900, "6": 1900, "7": 2000, "8": 2000}


def _sg_nric(text: str) -> bool:
    """
    NRIC or FIN with its check letter, series M of 2022 included.

    Source:
        Immigration and Checkpoints Authority of Singapore, FIN series M from 1 January 2022; check letters as published
        by users of the scheme, the issuer does not print the table.
    """
    value = alnum_of(text)
    if len(value) != 9 or not value[1:8].isdigit():
        return False
    total = weighted_sum(value[1:8], (2, 7, 6, 5, 4, 3, 2)) + _SG_OFFSET.get(value[0], 0)
    table = next((letters for prefixes, letters in _SG_CHECK.items() if value[0] in prefixes), None)
    return table is not None and table[total % 11] == value[8]


def _kr_resident(text: str) -> bool:
    """
    Resident or foreigner registration number: a date, and a seventh digit that says century and sex.

    Numbers given out since October 2020 have random last digits, so the old check digit is not asked for.

    Source:
        Ministry of the Interior and Safety, enforcement rule of the Resident Registration Act, article 2 (2020-10-05).
    """
    d = digits_of(text)
    return len(d) == 13 and d[6] in _KR_CENTURY and is_date(_KR_CENTURY[d[6]] + int(d[:2]), int(d[2:4]), int(d[4:6]))


def _kr_checked(text: str) -> bool:
    """The same with the check digit that numbers given out before October 2020 carry (foreigners: plus 2)."""
    d = digits_of(text)
    if not _kr_resident(text):
        return False
    check = (11 - weighted_sum(d[:12], (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10
    return int(d[12]) == ((check + 2) % 10 if d[6] in "5678" else check)


def _kr_business(text: str) -> bool:
    """
    Business registration number: weights 1 3 7 1 3 7 1 3 5 and the carry of the ninth digit.

    Source:
        National Tax Service of Korea, 사업자등록번호 검증; python-stdnum 2.2 checks length and tax office only.
    """
    d = digits_of(text)
    if len(d) != 10 or not is_not_repeated(d) or d[:3] < "101" or d[3:5] == "00" or d[5:9] == "0000":
        return False
    total = weighted_sum(d[:9], (1, 3, 7, 1, 3, 7, 1, 3, 5)) + int(d[8]) * 5 // 10
    return -total % 10 == int(d[9])


def _au_medicare(text: str) -> bool:
    """
    Medicare card: eight digits that begin with 2 to 6, check digit, issue number, and perhaps the person's reference.

    Source:
        Services Australia, Medicare card number; weights 1 3 7 9.
    """
    d = digits_of(text)
    return len(d) in (10, 11) and d[0] in "23456" and d[9] != "0" and weighted_sum(d[:8], (1, 3, 7, 9) * 2) % 10 == int(d[8])


def _in_aadhaar(text: str) -> bool:
    """
    Aadhaar number: twelve digits, Verhoeff, not beginning with 0 or 1.

    Source:
        Unique Identification Authority of India, numbering scheme (2010); separators of any kind are accepted here.
    """
    d = digits_of(text)
    return len(d) == 12 and d[0] not in "01" and d != d[::-1] and verhoeff.is_valid(d)


def _in_vehicle(text: str) -> bool:
    """Whether the letters are a state's or union territory's mark (Ministry of Road Transport and Highways)."""
    return alnum_of(text)[:2] in _IN_STATES


_IN_STATES = frozenset(
    [
        "AN",
        "AP",
        "AR",
        "AS",
        "BR",
        "CG",
        "CH",
        "DD",
        "DL",
        "DN",
        "GA",
        "GJ",
        "HP",
        "HR",
        "JH",
        "JK",
        "KA",
        "KL",
        "LA",
        "LD",
        "MH",
        "ML",
        "MN",
        "MP",
        "MZ",
        "NL",
        "OD",
        "OR",
        "PB",
        "PY",
        "RJ",
        "SK",
        "TN",
        "TR",
        "TS",
        "TG",
        "UK",
        "UA",
        "UP",
        "WB",
    ]
)


def _jp_driver(text: str) -> bool:
    """
    Driving licence: prefecture of issue 10 to 97, check digit as eleventh, reissue count as twelfth.

    Source:
        National Police Agency; weights 5 4 3 2 7 6 5 4 3 2 modulo 11.
    """
    d = digits_of(text)
    if len(d) != 12 or not is_not_repeated(d):
        return False
    rest = 11 - weighted_sum(d[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return 10 <= int(d[:2]) <= 97 and (0 if rest > 9 else rest) == int(d[10])


def _th_national(text: str) -> bool:
    """
    Population identification code: category 1 to 8, a province between 10 and 96, modulus 11.

    Source:
        Department of Provincial Administration; ISO 3166-2:TH province codes end at 96.
    """
    d = digits_of(text)
    if len(d) != 13 or d[0] not in "12345678" or not 10 <= int(d[1:3]) <= 96:
        return False
    return (11 - weighted_sum(d[:12], range(13, 1, -1)) % 11) % 10 == int(d[12])


def _in_vehicle_or_bharat(text: str) -> bool:
    """A mark of a state, or of the Bharat series (year, BH, digits, letters)."""
    value = alnum_of(text)
    return value[2:4] == "BH" or value[:2] in _IN_STATES


def _cn_resident(text: str) -> bool:
    """
    Citizen identification number: a date of birth not in the future's century and ISO 7064 MOD 11-2.

    Source:
        GB 11643-1999. The district is not compared with a list, because districts are dissolved and live on in numbers.
    """
    value = alnum_of(text)
    if len(value) != 18 or not value[:17].isdigit() or not is_date(int(value[6:10]), int(value[10:12]), int(value[12:14])):
        return False
    total = weighted_sum(value[:17], (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
    return "10X98765432"[total % 11] == value[17] and 11 <= int(value[:2]) <= 91


def _sg_vehicle(text: str) -> bool:
    """
    Number plate with its check letter over the last two prefix letters and four digits, weights 9 4 5 4 3 2.

    Source:
        Land Transport Authority of Singapore, vehicle registration numbers.
    """
    value = alnum_of(text)
    prefix = "".join(c for c in value[:-1] if c.isalpha())[-2:]
    number = "".join(c for c in value if c.isdigit()).rjust(4, "0")
    letters = [ord(c) - 64 for c in prefix]
    total = sum(v * w for v, w in zip([*letters, *map(int, number)], (9, 4, 5, 4, 3, 2), strict=True))
    return "AZYXUTSRPMLKJHGEDCB"[total % 19] == value[-1]


VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "sg_nric": _sg_nric,
    "kr_resident": _kr_resident,
    "kr_resident_checked": _kr_checked,
    "kr_business": _kr_business,
    "au_medicare": _au_medicare,
    "in_aadhaar": _in_aadhaar,
    "in_vehicle": _in_vehicle,
    "in_vehicle_or_bh": _in_vehicle_or_bharat,
    "cn_resident": _cn_resident,
    "sg_vehicle": _sg_vehicle,
    "jp_driver": _jp_driver,
    "th_national": _th_national,
}
