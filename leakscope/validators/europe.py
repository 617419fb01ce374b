"""Numbers of European countries that python-stdnum does not check, or not in every form the issuer gives out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from stdnum.it import iva

from leakscope.validators.checksums import alnum_of, digits_of, is_not_repeated, luhn_holds, weighted_sum

_HETU_CENTURY = {"+": 1800, **dict.fromkeys("-YXWVU", 1900), **dict.fromkeys("ABCDEF", 2000)}
_HETU_CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_NIF_CHECK = "TRWAGMYFPDXBNJZSQVHLCKE"


def is_date(year: int, month: int, day: int) -> bool:
    """Whether the calendar has that day."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _fi_hetu(text: str) -> bool:
    """
    Personal identity code with every intermediate character in use since 2023 (Y X W V U for 19xx, B to F for 20xx).

    Source:
        Digital and Population Data Services Agency, reform of the personal identity code; decree 128/2010 as amended.
        python-stdnum 2.2 knows only `+`, `-` and `A`.
    """
    value = text.strip().upper()
    if len(value) != 11 or value[6] not in _HETU_CENTURY or not (value[:6] + value[7:10]).isdigit():
        return False
    born = is_date(_HETU_CENTURY[value[6]] + int(value[4:6]), int(value[2:4]), int(value[:2]))
    return born and int(value[7:10]) >= 2 and _HETU_CHECK[int(value[:6] + value[7:10]) % 31] == value[10]


def _es_nif(text: str) -> bool:
    """
    DNI number of one to eight digits with its check letter; old cards were written without leading zeros.

    Source:
        Real Decreto 1553/2005, article 11; Ministerio del Interior, cálculo del dígito de control del NIF.
    """
    value = alnum_of(text)
    digits, letter = value[:-1], value[-1:]
    return digits.isdigit() and _NIF_CHECK[int(digits) % 23] == letter


def _es_social_security(text: str) -> bool:
    """
    Social security number: province, serial, two check digits modulo 97.

    Source:
        Tesorería General de la Seguridad Social; for serials under ten million the province is multiplied by ten million.
    """
    d = digits_of(text)
    if len(d) not in (11, 12) or not 1 <= int(d[:2]) <= 66:
        return False
    serial = d[2:-2]
    base = int(d[:2]) * 10_000_000 + int(serial) if int(serial) < 10_000_000 else int(d[:-2])
    return base % 97 == int(d[-2:])


def _uk_driver(text: str) -> bool:
    """
    Driver number: surname, decade, month (plus 5 in its tens for women), day, year digit, initials, and two to three characters.

    Source:
        Driver and Vehicle Licensing Agency, INF1D and the driving licence codes; Road Traffic Act 1988.
    """
    value = alnum_of(text)
    month, day = int(value[6:8]), int(value[8:10])
    return 1 <= month % 50 <= 12 and month < 63 and 1 <= day <= 31


def _pl_identity_card(text: str) -> bool:
    """
    Identity card: three letters, check digit, five digits; weights 7 3 1 9 7 3 1 7 3, letters from A=10.

    Source:
        Rozporządzenie MSWiA on the identity card form; ICAO Doc 9303 weights as used by the issuer.
    """
    value = alnum_of(text)
    if len(value) != 9 or not value[:3].isalpha() or not value[3:].isdigit():
        return False
    return sum(int(c, 36) * w for c, w in zip(value, (7, 3, 1, 9, 7, 3, 1, 7, 3), strict=True)) % 10 == 0


def _pl_passport(text: str) -> bool:
    """
    Passport: two letters, check digit, six digits; weights 7 3 9 1 7 3 1 7 3.

    Source:
        Rozporządzenie MSWiA on passport documents.
    """
    value = alnum_of(text)
    if len(value) != 9 or not value[:2].isalpha() or not value[2:].isdigit():
        return False
    return sum(int(c, 36) * w for c, w in zip(value, (7, 3, 9, 1, 7, 3, 1, 7, 3), strict=True)) % 10 == 0


def _se_personnummer(text: str) -> bool:
    """
    Personal or coordination number (day plus 60): date and Luhn over the last ten digits.

    Source:
        Skatteverket, SKV 704 (personnummer) and SKV 707 (samordningsnummer).
    """
    d = digits_of(text)
    if len(d) not in (10, 12):
        return False
    if len(d) == 12 and d[:2] not in ("18", "19", "20"):
        return False
    short = d[-10:]
    day = int(short[4:6])
    year = int(d[:4]) if len(d) == 12 else 2000 + int(short[:2])
    day = day - 60 if day > 60 else day
    dated = is_date(year, int(short[2:4]), day) or (len(d) == 10 and is_date(1900 + int(short[:2]), int(short[2:4]), day))
    return dated and luhn_holds(short)


def _it_vat(text: str) -> bool:
    """
    Partita IVA: seven digits, province office, Luhn; separators of any kind are accepted here.

    Source:
        DPR 633/1972 article 35; Agenzia delle Entrate.
    """
    return iva.is_valid(digits_of(text))


def _dk_cpr(text: str) -> bool:
    """
    CPR number: a date and a serial; the modulus 11 digit has not been given since 2007 and is not asked for.

    Source:
        CPR-kontoret, Personnummeret i CPR-systemet; persons without modulus 11 control.
    """
    d = digits_of(text)
    if len(d) != 10:
        return False
    year = int(d[4:6])
    return any(is_date(century + year, int(d[2:4]), int(d[:2])) for century in (1900, 2000))


def _birth_number_11(text: str) -> bool:
    """
    Number of the former Yugoslav family (JMBG, EMŠO): date, region, serial, modulus 11.

    Source:
        Law on the unique citizen number (SFRJ 58/1976) and its successors.
    """
    d = digits_of(text)
    if len(d) != 13:
        return False
    year = int(d[4:7])
    born = is_date((1000 if year >= 800 else 2000) + year, int(d[2:4]), int(d[:2]))
    check = 11 - weighted_sum(d[:12], (7, 6, 5, 4, 3, 2) * 2) % 11
    return born and (0 if check > 9 else check) == int(d[12])


def _fr_siren(text: str) -> bool:
    """
    SIREN of nine digits or SIRET of fourteen, by Luhn (La Poste's establishments: sum of digits divisible by five).

    Source:
        INSEE, SIREN and SIRET; décret 73-314.
    """
    d = digits_of(text)
    post = len(d) == 14 and d.startswith("356000000") and sum(map(int, d)) % 5 == 0
    return len(d) in (9, 14) and is_not_repeated(d) and luhn_holds(d[:9]) and (luhn_holds(d) or post)


def _fr_rib(text: str) -> bool:
    """
    Bank, branch, account and key of a RIB: 97 - (89 bank + 15 branch + 3 account) mod 97, letters as digits.

    Source:
        Comité français d'organisation et de normalisation bancaires, brochure on the RIB.
    """
    value = alnum_of(text)
    letters = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
    if len(value) != 23:
        return False
    d = value.translate(letters)
    total = 89 * int(d[:5]) + 15 * int(d[5:10]) + 3 * int(d[10:21]) + int(d[21:])
    return is_not_repeated(d) and total % 97 == 0


def _uk_vehicle(text: str) -> bool:
    """
    Current marks: age identifier 01 to 29 or 51 to 79 and no I, Q or Z in the area code; older marks by form alone.

    Source:
        DVLA, INF104, vehicle registration numbers and number plates.
    """
    value = alnum_of(text)
    if len(value) == 7 and value[:2].isalpha() and value[2:4].isdigit():
        return 1 <= int(value[2:4]) % 50 <= 29
    return True


def _de_postal_code(text: str) -> bool:
    """
    Five digits whose leading pair is in use and which do not end in 000 at the lower end.

    Source:
        Deutsche Post, Leitregionen; 00, 05, 43 and 62 are not given out.
    """
    d = digits_of(text)
    return len(d) == 5 and d[:2] not in ("00", "05", "43", "62") and d not in ("01000", "99999")


VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "fi_hetu": _fi_hetu,
    "es_nif": _es_nif,
    "es_social_security": _es_social_security,
    "uk_driver": _uk_driver,
    "pl_identity_card": _pl_identity_card,
    "pl_passport": _pl_passport,
    "se_personnummer": _se_personnummer,
    "it_vat": _it_vat,
    "fr_siren": _fr_siren,
    "fr_rib": _fr_rib,
    "uk_vehicle": _uk_vehicle,
    "de_plz": _de_postal_code,
    "dk_cpr": _dk_cpr,
    "jmbg": _birth_number_11,
}
