"""German numbers that python-stdnum does not check."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from stdnum.de import vat

from leakscope.validators.checksums import alnum_of, digits_of, is_not_repeated, weighted_sum


def _digit_sums(digits: str, weights: tuple[int, ...]) -> int:
    """Sum of the cross sums of digit times weight."""
    return sum(sum(divmod(int(d) * w, 10)) for d, w in zip(digits, weights, strict=False))


def _letter_digits(letter: str) -> str:
    return f"{ord(letter) - 64:02d}"


def _social_security(text: str) -> bool:
    """
    Pension insurance number: area, birth date (day plus 50 for twins of date), letter, serial, check digit.

    Source:
        Verordnung über die Versicherungsnummer (VKVV) section 2 and annex 1; Deutsche Rentenversicherung.
    """
    value = alnum_of(text)
    if len(value) != 12 or not value[8].isalpha():
        return False
    day, month = int(value[2:4]), int(value[4:6])
    dated = (1 <= day <= 31 or 51 <= day <= 81 or day == 0) and month <= 12
    digits = value[:8] + _letter_digits(value[8]) + value[9:11]
    return dated and _digit_sums(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)) % 10 == int(value[11])


def _health_insurance(text: str) -> bool:
    """
    Lifelong health insurance number: letter, eight digits, check digit.

    Source:
        SGB V section 290; GKV-Spitzenverband, Richtlinie KVNR, annex 1.
    """
    value = alnum_of(text)
    if len(value) != 10 or not value[0].isalpha():
        return False
    return _digit_sums(_letter_digits(value[0]) + value[1:9], (1, 2) * 5) % 10 == int(value[9])


def _doctor_number(text: str) -> bool:
    """
    Lifelong doctor number: six digits, check digit by weights 4 and 9, two digits for the speciality.

    Source:
        Kassenärztliche Bundesvereinigung, Richtlinie nach section 75 (7) SGB V on LANR and BSNR.
    """
    digits = digits_of(text)
    return len(digits) == 9 and is_not_repeated(digits) and -weighted_sum(digits[:6], (4, 9) * 3) % 10 == int(digits[6])


def _vat(text: str) -> bool:
    """
    VAT number: nine digits, not beginning with 0, ISO 7064 MOD 11,10.

    Source:
        Umsatzsteuergesetz section 27a; separators of any kind are accepted here.
    """
    return vat.is_valid(digits_of(text))


VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "de_social_security": _social_security,
    "de_health_insurance": _health_insurance,
    "de_doctor_number": _doctor_number,
    "de_vat": _vat,
}
