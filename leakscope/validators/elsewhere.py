"""Numbers of countries outside Europe, the Americas and East Asia that python-stdnum does not check."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import phonenumbers

from leakscope.validators.checksums import alnum_of, digits_of, is_not_repeated, luhn_holds, weighted_sum
from leakscope.validators.europe import is_date

_HK_FIRST = 36


def _is_sequence(digits: str) -> bool:
    return digits in "01234567890123456789" or digits in "98765432109876543210"


def _tr_phone(text: str) -> bool:
    """
    Ten digits after the country code or trunk 0 that the numbering plan has given out.

    Source:
        BTK, national numbering plan of Türkiye, as libphonenumber holds it.
    """
    d = digits_of(text)
    national = d.removeprefix("00").removeprefix("90") if len(d) > 11 else d.removeprefix("0")
    return len(national) == 10 and is_not_repeated(national) and phonenumbers.is_valid_number(phonenumbers.parse(national, "TR"))


def _za_identity(text: str) -> bool:
    """
    Identity number: date, serial, citizenship 0 to 2, a digit, Luhn.

    Source:
        Identification Act 68 of 1997; Refugees Act 130 of 1998 for 2.
    """
    d = digits_of(text)
    if len(d) != 13 or d[10] not in "012" or not luhn_holds(d):
        return False
    return any(is_date(century + int(d[:2]), int(d[2:4]), int(d[4:6])) for century in (1900, 2000))


def _ng_nin(text: str) -> bool:
    """Eleven digits, neither all alike nor in sequence; the National Identity Management Commission publishes no check digit."""
    d = digits_of(text)
    return len(d) == 11 and is_not_repeated(d) and not _is_sequence(d)


def _ph_tin(text: str) -> bool:
    """
    Taxpayer number: eight digits with weights 9 to 2 and a ninth that is their sum modulo 11, then the branch.

    Source:
        Bureau of Internal Revenue, revenue memorandum on TIN structure; 10 cannot be given out.
    """
    d = digits_of(text)
    if len(d) not in (9, 12, 13, 14) or d[0] not in "0123456789" or not is_not_repeated(d[:9]):
        return False
    return weighted_sum(d[:8], range(9, 1, -1)) % 11 == int(d[8])


def _ph_mobile(text: str) -> bool:
    """
    Ten digits that begin with 9 after the country code or trunk 0.

    Source:
        National Telecommunications Commission of the Philippines, numbering plan.
    """
    d = digits_of(text)
    national = d.removeprefix("00").removeprefix("63") if len(d) > 11 else d.removeprefix("0")
    return len(national) == 10 and national[0] == "9" and is_not_repeated(national)


def _eg_national(text: str) -> bool:
    """
    National number: century 2 or 3, date, governorate, serial; the check digit's rule is not published.

    Source:
        Civil Status Organization of Egypt.
    """
    d = digits_of(text)
    return len(d) == 14 and is_date((1900 if d[0] == "2" else 2000) + int(d[1:3]), int(d[3:5]), int(d[5:7]))


def _nz_nhi(text: str) -> bool:
    """
    Health index: three letters without I and O, digits, check digit modulo 11; or the new form with a check letter modulo 24.

    Source:
        HISO 10046:2024, consumer health identity standard.
    """
    value = alnum_of(text)
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    if any(c.isalpha() and c not in letters for c in value):
        return False
    total = sum((letters.index(c) + 1 if c.isalpha() else int(c)) * w for c, w in zip(value[:6], (7, 6, 5, 4, 3, 2), strict=False))
    if value[6:].isdigit():
        return total % 11 != 0 and (11 - total % 11) % 10 == int(value[6])
    return letters[23 - total % 24] == value[6]


def _hk_id(text: str) -> bool:
    """
    Identity card: one or two letters, six digits, check digit 0 to 9 or A by modulus 11 with a blank as 36.

    Source:
        Immigration Department of Hong Kong; Registration of Persons Regulations.
    """
    value = alnum_of(text)
    body, check = value[:-1], value[-1]
    codes = [int(c, 36) for c in body]
    if len(body) == 7:
        codes = [_HK_FIRST, *codes]
    total = sum(code * weight for code, weight in zip(codes, range(9, 1, -1), strict=True)) + int(check, 16)
    return total % 11 == 0


def _tw_national(text: str) -> bool:
    """
    National or residence number: letter as two digits, eight digits, check digit, weights 1 9 8 7 6 5 4 3 2 1 1.

    Source:
        Ministry of the Interior of Taiwan; residence numbers of 2021 begin with 8 or 9 in second place.
    """
    value = alnum_of(text)
    code = str(10 + "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(value[0]))
    return len(value) == 10 and weighted_sum(code + value[1:], (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0


def _lk_nic(text: str) -> bool:
    """
    Identity card: year, day of year (plus 500 for women), serial.

    Source:
        Department for Registration of Persons of Sri Lanka; the forms of 1972 and 2016.
    """
    value = alnum_of(text)
    day = int(value[2:5]) if len(value) == 10 else int(value[4:7])
    return 1 <= day % 500 <= 366 and day < 870


def _ae_emirates(text: str) -> bool:
    """
    Emirates ID: 784, year of birth, seven digits, Luhn.

    Source:
        Federal Authority for Identity of the United Arab Emirates.
    """
    d = digits_of(text)
    return len(d) == 15 and d.startswith("784") and luhn_holds(d)


def _kw_civil(text: str) -> bool:
    """
    Civil number: century, date, serial, check digit by weights 2 1 6 3 7 9 10 5 8 4 2 modulo 11.

    Source:
        Public Authority for Civil Information of Kuwait.
    """
    d = digits_of(text)
    if len(d) != 12 or not is_date((1900 if d[0] == "2" else 2000) + int(d[1:3]), int(d[3:5]), int(d[5:7])):
        return False
    return 11 - weighted_sum(d[:11], (2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11 == int(d[11])


def _ir_national(text: str) -> bool:
    """
    National code: ten digits, weights 10 to 2 modulo 11.

    Source:
        National Organization for Civil Registration of Iran.
    """
    d = digits_of(text)
    if len(d) != 10 or not is_not_repeated(d):
        return False
    rest = weighted_sum(d[:9], range(10, 1, -1)) % 11
    return int(d[9]) == (rest if rest < 2 else 11 - rest)


def _kz_iin(text: str) -> bool:
    """
    Individual or business number: weights 1 to 11, and once more 3 to 11, 1, 2 where the rest is ten.

    Source:
        Law of Kazakhstan 223-III on national registers of identification numbers, article 10.
    """
    d = digits_of(text)
    if len(d) != 12 or not is_not_repeated(d):
        return False
    rest = weighted_sum(d[:11], range(1, 12)) % 11
    rest = weighted_sum(d[:11], (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11 if rest == 10 else rest
    return rest == int(d[11])


VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "tr_phone": _tr_phone,
    "za_identity": _za_identity,
    "ng_nin": _ng_nin,
    "ph_tin": _ph_tin,
    "ph_mobile": _ph_mobile,
    "eg_national": _eg_national,
    "nz_nhi": _nz_nhi,
    "hk_id": _hk_id,
    "tw_national": _tw_national,
    "lk_nic": _lk_nic,
    "ae_emirates": _ae_emirates,
    "kw_civil": _kw_civil,
    "ir_national": _ir_national,
    "kz_iin": _kz_iin,
}
