"""Numbers of the United States, Canada and Mexico that python-stdnum does not check, or not as strictly as the issuer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from stdnum.us import rtn

from leakscope.validators.checksums import alnum_of, digits_of, is_not_repeated, luhn_holds, weighted_sum


def _us_ssn(text: str) -> bool:
    """
    Area not 000, 666 or 9xx, group not 00, serial not 0000; published ones are known to the benign catalogue.

    Source:
        Social Security Administration, POMS RM 10201.035, invalid social security numbers.
    """
    d = digits_of(text)
    possible = len(d) == 9 and d[:3] not in ("000", "666") and d[0] != "9" and d[3:5] != "00" and d[5:] != "0000"
    return possible and is_not_repeated(d)


def _us_npi(text: str) -> bool:
    """
    Ten digits that begin with 1 or 2 and pass Luhn behind the prefix 80840.

    Source:
        45 CFR 162.406; CMS, requirements for NPI check digit.
    """
    d = digits_of(text)
    return len(d) == 10 and d[0] in "12" and luhn_holds("80840" + d)


def _us_dea(text: str) -> bool:
    """
    DEA registration: the last digit is that of d1+d3+d5 + 2(d2+d4+d6).

    Source:
        21 CFR 1301; DEA Diversion Control, registration numbers.
    """
    d = alnum_of(text)[-7:]
    return d.isdigit() and is_not_repeated(d) and weighted_sum(d, (1, 2, 1, 2, 1, 2)) % 10 == int(d[6])


def _us_routing(text: str) -> bool:
    """
    Routing number: check digit and a leading pair that the Federal Reserve has given out.

    Source:
        ABA routing number policy; leading pairs 00-12, 21-32, 61-72, 80.
    """
    d = digits_of(text)
    lead = int(d[:2] or -1)
    ranges = lead <= 12 or 21 <= lead <= 32 or 61 <= lead <= 72 or lead == 80
    return len(d) == 9 and is_not_repeated(d) and ranges and rtn.is_valid(d)


def _ca_sin(text: str) -> bool:
    """
    Luhn, and not beginning with 8, which has not been given out; 0 only for tax filers without one.

    Source:
        Employment and Social Development Canada, the social insurance number code of practice.
    """
    d = digits_of(text)
    return len(d) == 9 and d[0] not in "08" and is_not_repeated(d) and luhn_holds(d)


def _ontario_health(text: str) -> bool:
    """
    Ontario health number: ten digits by Luhn, not beginning with 0.

    Source:
        Ontario Ministry of Health, health card validation reference manual.
    """
    d = digits_of(text)
    return len(d) == 10 and d[0] != "0" and is_not_repeated(d) and luhn_holds(d)


def _mx_nss(text: str) -> bool:
    """
    Mexican social security number: eleven digits by Luhn.

    Source:
        Instituto Mexicano del Seguro Social, acuerdo on the NSS structure.
    """
    d = digits_of(text)
    return len(d) == 11 and is_not_repeated(d) and luhn_holds(d)


def _mx_clabe(text: str) -> bool:
    """
    CLABE: eighteen digits, weights 3, 7, 1 modulo 10.

    Source:
        Asociación de Bancos de México; Banco de México, SPEI rules.
    """
    d = digits_of(text)
    total = sum(int(c) * (3, 7, 1)[i % 3] % 10 for i, c in enumerate(d[:17]))
    return len(d) == 18 and is_not_repeated(d) and (10 - total % 10) % 10 == int(d[17])


VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "us_ssn": _us_ssn,
    "us_npi": _us_npi,
    "us_dea": _us_dea,
    "us_routing": _us_routing,
    "ca_sin": _ca_sin,
    "ca_ontario_health": _ontario_health,
    "mx_nss": _mx_nss,
    "mx_clabe": _mx_clabe,
}
