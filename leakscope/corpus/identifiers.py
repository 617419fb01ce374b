"""Invented identifiers with right structure and check digits, one function per issuer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from stdnum import iban as stdnum_iban
from stdnum import luhn, verhoeff
from stdnum.iso7064 import mod_11_10

from leakscope.corpus.draw import DIGITS, UPPER, Draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """What an issuer knows of the person an identifier is made for."""

    born: date
    female: bool
    first: str
    last: str


def us_ssn(draw: Draw, bearer: Bearer) -> str:
    """A number of the shape issued since 2011: no area 000, 666 or 9xx, no group 00, no serial 0000."""
    area = draw.between(1, 898)
    return f"{area if area != 666 else 665:03d}-{draw.between(1, 99):02d}-{draw.between(1, 9999):04d}"


def uk_nino(draw: Draw, bearer: Bearer) -> str:
    """National insurance number: prefixes that were never issued are avoided by using a few that were."""
    prefix = draw.pick(("AB", "CE", "JK", "LM", "PR", "SN", "WX", "YZ", "HE", "RA"))
    return f"{prefix}{draw.digits(6)}{draw.pick('ABCD')}"


def uk_nhs(draw: Draw, bearer: Bearer) -> str:
    """NHS number: weights 10 to 2, remainder modulo 11, no number whose check would be 10."""
    while True:
        body = str(draw.between(4, 7)) + draw.digits(8)
        check = 11 - sum(int(digit) * weight for digit, weight in zip(body, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return f"{body[:3]} {body[3:6]} {body[6:]}{check % 11}"


def de_tax_id(draw: Draw, bearer: Bearer) -> str:
    """German IdNr: exactly one digit stands twice in the first ten, ISO 7064 mod 11, 10 check digit."""
    digits = list(DIGITS)
    for place in range(9, 0, -1):
        other = draw.below(place + 1)
        digits[place], digits[other] = digits[other], digits[place]
    digits[9] = digits[draw.between(0, 8)]
    if digits[0] == "0":
        place = next(i for i, digit in enumerate(digits) if digit != "0")
        digits[0], digits[place] = digits[place], digits[0]
    body = "".join(digits)
    return body + mod_11_10.calc_check_digit(body)


def fr_nir(draw: Draw, bearer: Bearer) -> str:
    """NIR: sex, year, month, department, commune, order, key 97 minus the rest."""
    body = f"{2 if bearer.female else 1}{bearer.born:%y%m}{draw.between(21, 95):02d}{draw.between(1, 400):03d}{draw.between(1, 300):03d}"
    return f"{body}{97 - int(body) % 97:02d}"


def es_nif(draw: Draw, bearer: Bearer) -> str:
    """DNI with its letter: number modulo 23 into the official table."""
    number = draw.between(10_000_000, 79_999_999)
    return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


_MONTHS_IT = "ABCDEHLMPRST"
_ODD_IT = dict(
    zip(DIGITS + UPPER, (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23), strict=True)
)
_TOWNS_IT = ("H501", "F205", "L219", "F839", "D612", "A944", "G273", "A662")


def _consonants_first(name: str) -> str:
    letters = [letter for letter in name.upper() if letter in UPPER]
    consonants = [letter for letter in letters if letter not in "AEIOU"]
    vowels = [letter for letter in letters if letter in "AEIOU"]
    return "".join([*consonants, *vowels, "X", "X", "X"][:3])


def it_fiscal_code(draw: Draw, bearer: Bearer) -> str:
    """Codice fiscale: consonants of the names, birth date (day plus 40 for women), birthplace, check letter."""
    day = bearer.born.day + (40 if bearer.female else 0)
    names = _consonants_first(bearer.last) + _consonants_first(bearer.first)
    body = f"{names}{bearer.born:%y}{_MONTHS_IT[bearer.born.month - 1]}{day:02d}{draw.pick(_TOWNS_IT)}"
    even = sum((DIGITS + UPPER).index(c) if c in DIGITS else UPPER.index(c) for c in body[1::2])
    return body + UPPER[(even + sum(_ODD_IT[c] for c in body[0::2])) % 26]


def nl_bsn(draw: Draw, bearer: Bearer) -> str:
    """BSN: the eleven test with weights 9 to 2 and minus 1."""
    while True:
        body = str(draw.between(1, 9)) + draw.digits(7)
        check = sum(int(digit) * weight for digit, weight in zip(body, range(9, 1, -1), strict=True)) % 11
        if check != 10:
            return f"{body}{check}"


def pl_pesel(draw: Draw, bearer: Bearer) -> str:
    """PESEL: birth date (month plus 20 from 2000), serial with sex in its last digit, check digit."""
    month = bearer.born.month + (20 if bearer.born.year >= 2000 else 0)
    sex = draw.pick("02468" if bearer.female else "13579")
    body = f"{bearer.born:%y}{month:02d}{bearer.born.day:02d}{draw.digits(3)}{sex}"
    return body + str(-sum(int(d) * w for d, w in zip(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), strict=True)) % 10)


def br_cpf(draw: Draw, bearer: Bearer) -> str:
    """CPF: two check digits modulo 11."""
    body = draw.digits(9)
    for _ in range(2):
        total = sum(int(d) * w for d, w in zip(body, range(len(body) + 1, 1, -1), strict=True))
        body += str((11 - total % 11) % 11 % 10)
    return f"{body[:3]}.{body[3:6]}.{body[6:9]}-{body[9:]}"


def in_aadhaar(draw: Draw, bearer: Bearer) -> str:
    """Aadhaar: first digit 2 to 9, Verhoeff check digit, no palindrome."""
    body = str(draw.between(2, 9)) + draw.digits(10)
    number = body + verhoeff.calc_check_digit(body)
    return f"{number[:4]} {number[4:8]} {number[8:]}"


def ca_sin(draw: Draw, bearer: Bearer) -> str:
    """SIN: first digit 1 to 7, Luhn."""
    body = str(draw.between(1, 7)) + draw.digits(7)
    number = body + luhn.calc_check_digit(body)
    return f"{number[:3]}-{number[3:6]}-{number[6:]}"


_REGIONS_CN = ("110101", "310104", "440304", "330106", "320102", "420103", "120101")


def cn_ric(draw: Draw, bearer: Bearer) -> str:
    """Resident identity number: region, birth date, sequence with sex, ISO 7064 mod 11-2."""
    sex = draw.pick("02468" if bearer.female else "13579")
    body = f"{draw.pick(_REGIONS_CN)}{bearer.born:%Y%m%d}{draw.digits(2)}{sex}"
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def tr_kimlik(draw: Draw, bearer: Bearer) -> str:
    """T.C. kimlik no: tenth digit from the odd and even places, eleventh from the sum."""
    body = [draw.between(1, 9), *(draw.below(10) for _ in range(8))]
    tenth = (sum(body[0::2]) * 7 - sum(body[1::2])) % 10
    return "".join(str(digit) for digit in [*body, tenth, (sum(body) + tenth) % 10])


def pt_nif(draw: Draw, bearer: Bearer) -> str:
    """NIF of a person: first digit 1 to 3, modulo 11."""
    body = str(draw.between(1, 3)) + draw.digits(7)
    rest = sum(int(d) * w for d, w in zip(body, range(9, 1, -1), strict=True)) % 11
    return f"{body}{0 if rest < 2 else 11 - rest}"


def ru_inn(draw: Draw, bearer: Bearer) -> str:
    """INN of a person: twelve digits, the last two check digits."""
    body = f"{draw.between(1, 78):02d}{draw.digits(8)}"
    for weights in ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)):
        body += str(sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11 % 10)
    return body


def ch_ahv(draw: Draw, bearer: Bearer) -> str:
    """AHV number: 756 and an EAN-13 check digit."""
    body = f"756{draw.digits(9)}"
    check = -sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(body)) % 10
    return f"756.{body[3:7]}.{body[7:11]}.{body[11]}{check}"


def au_tfn(draw: Draw, bearer: Bearer) -> str:
    """Tax file number: weights 1, 4, 3, 7, 5, 8, 6, 9, 10, sum divisible by 11."""
    while True:
        body = str(draw.between(1, 8)) + draw.digits(7)
        total = sum(int(d) * w for d, w in zip(body, (1, 4, 3, 7, 5, 8, 6, 9), strict=True))
        check = total % 11  # total + 10 * check must be 0 modulo 11, and 10 is -1
        if check != 10:
            return f"{body[:3]} {body[3:6]} {body[6:]}{check}"


def jp_my_number(draw: Draw, bearer: Bearer) -> str:
    """My Number: eleven digits and a modulo 11 check digit."""
    body = draw.digits(11)
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    rest = sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11
    return f"{body}{0 if rest <= 1 else 11 - rest}"


#: Country -> entity type and how a number is made. Entity names are those of the catalogue.
NATIONAL_IDS: Mapping[str, tuple[str, Callable[[Draw, Bearer], str]]] = {
    "US": ("US_SSN", us_ssn),
    "GB": ("UK_NINO", uk_nino),
    "DE": ("DE_TAX_ID", de_tax_id),
    "FR": ("FR_NIR", fr_nir),
    "ES": ("ES_NIF", es_nif),
    "IT": ("IT_FISCAL_CODE", it_fiscal_code),
    "NL": ("NL_BSN", nl_bsn),
    "PL": ("PL_PESEL", pl_pesel),
    "BR": ("BR_CPF", br_cpf),
    "IN": ("IN_AADHAAR", in_aadhaar),
    "CA": ("CA_SIN", ca_sin),
    "CN": ("CN_RESIDENT_ID", cn_ric),
    "TR": ("TR_KIMLIK", tr_kimlik),
    "PT": ("PT_NIF", pt_nif),
    "RU": ("RU_INN", ru_inn),
    "CH": ("CH_AHV", ch_ahv),
    "AU": ("AU_TFN", au_tfn),
    "JP": ("JP_MY_NUMBER", jp_my_number),
}


def card_number(draw: Draw) -> str:
    """A Luhn-valid number in ranges of large issuers, not one of the published test cards."""
    prefix, length = draw.pick((("4539", 16), ("4916", 16), ("5212", 16), ("5434", 16), ("3742", 15), ("4485", 16)))
    body = prefix + draw.digits(length - len(prefix) - 1)
    number = body + luhn.calc_check_digit(body)
    if length == 15 or draw.chance(0.4):
        return number
    return " ".join(number[place : place + 4] for place in range(0, 16, 4))


_BBAN: Mapping[str, tuple[str, ...]] = {
    "DE": ("37040044", "10050000", "70150000", "20050550"),
    "FR": ("2004101005", "3000203650", "1027806000"),
    "ES": ("21000418", "00491500", "20385778"),
    "NL": ("ABNA0", "RABO0", "INGB0"),
    "GB": ("NWBK601613", "BARC200000", "LOYD309634"),
    "PL": ("10901014", "11402004", "10201042"),
    "AT": ("19043", "20111", "32000"),
    "CH": ("00762", "00230", "09000"),
}
_BBAN_LENGTH = {"DE": 18, "FR": 21, "ES": 18, "NL": 14, "GB": 18, "PL": 24, "AT": 16, "CH": 17}


def iban(draw: Draw, country: str) -> str | None:
    """A valid IBAN of `country`; null where we make none."""
    if country not in _BBAN:
        return None
    prefix = draw.pick(_BBAN[country])
    account = prefix + draw.digits(_BBAN_LENGTH[country] - len(prefix))
    account = _with_national_checks(country, account)
    number = country + stdnum_iban.calc_check_digits(f"{country}00{account}") + account
    return stdnum_iban.format(number) if draw.chance(0.5) else number


def _with_national_checks(country: str, account: str) -> str:
    """National check digits inside the account part, where the country has them."""
    if country == "FR":
        return account + f"{97 - int(account + '00') % 97:02d}"
    if country == "ES":
        return account[:8] + _spanish_checks(account[:8], account[8:]) + account[8:]
    return account


def _spanish_checks(bank: str, number: str) -> str:
    weights = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)
    checks = (11 - sum(int(d) * w for d, w in zip(part, weights, strict=True)) % 11 for part in (bank.zfill(10), number))
    return "".join("1" if check == 10 else "0" if check == 11 else str(check) for check in checks)
