"""Numbers of South American countries that python-stdnum does not check."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from leakscope.validators.checksums import digits_of, is_not_repeated, weighted_sum


def _br_pis(text: str) -> bool:
    """
    PIS/PASEP/NIS: eleven digits, weights 3 2 9 8 7 6 5 4 3 2, modulus 11.

    Source:
        Caixa Econômica Federal; Ministério do Trabalho, layout of the CNIS.
    """
    d = digits_of(text)
    if len(d) != 11 or not is_not_repeated(d):
        return False
    rest = 11 - weighted_sum(d[:10], (3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return (0 if rest > 9 else rest) == int(d[10])


def _br_driver(text: str) -> bool:
    """
    CNH registration: nine digits and two check digits modulus 11, the second less two where the first was ten.

    Source:
        SENATRAN (DENATRAN), RENACH layout.
    """
    d = digits_of(text)
    if len(d) != 11 or not is_not_repeated(d):
        return False
    first = weighted_sum(d[:9], range(9, 0, -1)) % 11
    less = 2 if first > 9 else 0
    second = weighted_sum(d[:9], range(1, 10)) % 11 - less
    second = second + 11 if second < 0 else second
    return (0 if first > 9 else first) == int(d[9]) and (0 if second > 9 else second) == int(d[10])


def _br_voter(text: str) -> bool:
    """
    Voter registration: serial, state 01 to 28, two check digits modulus 11.

    Source:
        Tribunal Superior Eleitoral, Resolução 23.659/2021; São Paulo and Minas Gerais take 1 for 0.
    """
    d = digits_of(text)
    if len(d) != 12 or not is_not_repeated(d) or not 1 <= int(d[8:10]) <= 28:
        return False
    first = weighted_sum(d[:8], range(2, 10)) % 11
    one_for_zero = d[8:10] in ("01", "02")
    first = 0 if first > 9 else 1 if first == 0 and one_for_zero else first
    second = (int(d[8]) * 7 + int(d[9]) * 8 + first * 9) % 11
    second = 0 if second > 9 else 1 if second == 0 and one_for_zero else second
    return first == int(d[10]) and second == int(d[11])


def _br_cns(text: str) -> bool:
    """
    National health card: fifteen digits whose weighted sum 15 to 1 is divisible by 11.

    Source:
        Ministério da Saúde, DATASUS, algoritmo de validação do Cartão Nacional de Saúde.
    """
    d = digits_of(text)
    return len(d) == 15 and d[0] in "12789" and is_not_repeated(d) and weighted_sum(d, range(15, 0, -1)) % 11 == 0


VALIDATORS: Mapping[str, Callable[[str], bool]] = {"br_pis": _br_pis, "br_driver": _br_driver, "br_voter": _br_voter, "br_cns": _br_cns}
