"""Numbers of further European and Latin American countries that python-stdnum does not check, or checks differently from the issuer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from stdnum import verhoeff
from stdnum.ch import uid

from leakscope.validators.checksums import digits_of, is_not_repeated, luhn_holds, weighted_sum
from leakscope.validators.europe import is_date


def _at_social(text: str) -> bool:
    """
    Social insurance number: serial, check digit by weights 3 7 9 5 8 4 2 1 6 modulo 11, date (months to 15 where dates ran out).

    Source:
        Dachverband der Sozialversicherungsträger, Versicherungsnummer.
    """
    d = digits_of(text)
    return len(d) == 10 and d[0] != "0" and weighted_sum(d[:3] + d[4:], (3, 7, 9, 5, 8, 4, 2, 1, 6)) % 11 == int(d[3])


def _be_national(text: str) -> bool:
    """
    National or BIS number: date (months plus 20 or 40 for BIS), serial, 97 minus the rest, with a 2 in front since 2000.

    Source:
        Arrêté royal du 3 avril 1984, article 1 and following.
    """
    d = digits_of(text)
    if len(d) != 11 or int(d[4:6]) > 31 or int(d[2:4]) % 20 > 12:
        return False
    return int(d[9:]) in (97 - int(d[:9]) % 97, 97 - int("2" + d[:9]) % 97)


def _ch_uid(text: str) -> bool:
    return uid.is_valid("CHE" + digits_of(text))


def _cz_ico(text: str) -> bool:
    """
    Company number of Czechia and Slovakia: seven digits, weights 8 to 2 modulo 11.

    Source:
        Český statistický úřad, identifikační číslo osoby.
    """
    d = digits_of(text)
    return len(d) == 8 and is_not_repeated(d) and (11 - weighted_sum(d[:7], range(8, 1, -1)) % 11) % 10 == int(d[7])


def _hu_personal(text: str) -> bool:
    """
    Personal identifier: sex and century, date, serial, weights 1 to 10 (10 to 1 since 1997) modulo 11.

    Source:
        1996. évi XX. törvény, annex 1.
    """
    d = digits_of(text)
    if len(d) != 11:
        return False
    up, down = weighted_sum(d[:10], range(1, 11)) % 11, weighted_sum(d[:10], range(10, 0, -1)) % 11
    return int(d[10]) in (up, down)


def _hu_tax(text: str) -> bool:
    """
    Tax identifier: 8, days since 1867, serial, weights 1 to 9 modulo 11.

    Source:
        2017. évi CL. törvény, annex 1.
    """
    d = digits_of(text)
    return len(d) == 10 and d[0] == "8" and weighted_sum(d[:9], range(1, 10)) % 11 == int(d[9])


def _hu_taj(text: str) -> bool:
    """
    TAJ: eight digits, weights 3 and 7 modulo 10.

    Source:
        1996. évi XX. törvény, annex 2.
    """
    d = digits_of(text)
    return len(d) == 9 and is_not_repeated(d) and weighted_sum(d[:8], (3, 7) * 4) % 10 == int(d[8])


def _lu_matricule(text: str) -> bool:
    """
    National number: date, serial, Luhn over eleven digits and Verhoeff over the same.

    Source:
        Règlement grand-ducal du 28 novembre 2013.
    """
    d = digits_of(text)
    dated = len(d) == 13 and is_date(int(d[:4]), int(d[4:6]), int(d[6:8]))
    return dated and luhn_holds(d[:12]) and verhoeff.is_valid(d[:11] + d[12])


def _lv_personal(text: str) -> bool:
    """
    Personal code: a date and check digit, or 32 and digits without meaning for those given out since July 2017.

    Source:
        Fizisko personu reģistra likums; weights 1 6 3 7 9 10 5 8 4 2.
    """
    d = digits_of(text)
    if len(d) != 11:
        return False
    if d.startswith("32"):
        return is_not_repeated(d[2:])
    return (1101 - weighted_sum(d[:10], (1, 6, 3, 7, 9, 10, 5, 8, 4, 2))) % 11 % 10 == int(d[10])


def _no_birth_number(text: str) -> bool:
    """
    National identity or D-number (day plus 40), months plus 40 or 80 for test and synthetic people: two digits modulus 11.

    Source:
        Skatteetaten, fødselsnummer; forskrift til folkeregisterloven section 2-2-1.
    """
    d = digits_of(text)
    if len(d) != 11 or not 1 <= int(d[:2]) % 40 <= 31 or not 1 <= int(d[2:4]) % 40 <= 12:
        return False
    first = -weighted_sum(d[:9], (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    second = -weighted_sum(d[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return first == int(d[9]) and second == int(d[10])


def _pt_niss(text: str) -> bool:
    """
    Social security number: ten digits with the primes 29 to 2 as weights, 9 minus the rest of 10.

    Source:
        Instituto da Segurança Social, NISS.
    """
    d = digits_of(text)
    return len(d) == 11 and is_not_repeated(d) and 9 - weighted_sum(d[:10], (29, 23, 19, 17, 13, 11, 7, 5, 3, 2)) % 10 == int(d[10])


def _ru_snils(text: str) -> bool:
    """
    Insurance number: nine digits, weights 9 to 1, modulo 101.

    Source:
        Пенсионный фонд РФ, постановление 192п; numbers below 001-001-998 have no check digits.
    """
    d = digits_of(text)
    return len(d) == 11 and is_not_repeated(d) and weighted_sum(d[:9], range(9, 0, -1)) % 101 % 100 == int(d[9:])


def _uy_ci(text: str) -> bool:
    """
    Identity number: seven digits, weights 2 9 8 7 6 3 4 modulo 10.

    Source:
        Dirección Nacional de Identificación Civil of Uruguay.
    """
    d = digits_of(text)
    return len(d) == 8 and is_not_repeated(d) and -weighted_sum(d[:7], (2, 9, 8, 7, 6, 3, 4)) % 10 == int(d[7])


def _gt_cui(text: str) -> bool:
    """
    Identification code: eight digits, check digit by weights 2 to 9 modulo 11, department 1 to 22 and municipality.

    Source:
        RENAP, código único de identificación.
    """
    d = digits_of(text)
    if len(d) != 13 or not 1 <= int(d[9:11]) <= 22 or d[11:] == "00":
        return False
    return weighted_sum(d[:8], range(2, 10)) % 11 == int(d[8])


def _sv_dui(text: str) -> bool:
    """
    Identity document: eight digits, weights 9 to 2 modulo 10.

    Source:
        RNPN, documento único de identidad.
    """
    d = digits_of(text)
    return len(d) == 9 and is_not_repeated(d) and -weighted_sum(d[:8], range(9, 1, -1)) % 10 == int(d[8])


def _md_idnp(text: str) -> bool:
    """
    Personal number: twelve digits, weights 7 3 1 modulo 10.

    Source:
        Agenția Servicii Publice of Moldova; the same sum as the IDNO.
    """
    d = digits_of(text)
    return len(d) == 13 and is_not_repeated(d) and weighted_sum(d[:12], (7, 3, 1) * 4) % 10 == int(d[12])


VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "at_social": _at_social,
    "be_national": _be_national,
    "ch_uid": _ch_uid,
    "cz_ico": _cz_ico,
    "hu_personal": _hu_personal,
    "hu_tax": _hu_tax,
    "hu_taj": _hu_taj,
    "lu_matricule": _lu_matricule,
    "lv_personal": _lv_personal,
    "no_birth_number": _no_birth_number,
    "pt_niss": _pt_niss,
    "ru_snils": _ru_snils,
    "uy_ci": _uy_ci,
    "gt_cui": _gt_cui,
    "sv_dui": _sv_dui,
    "md_idnp": _md_idnp,
}
