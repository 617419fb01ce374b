"""Our checks against those of python-stdnum and phonenumbers, candidate by candidate."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import phonenumbers
import pytest

from leakscope.catalogue import load
from leakscope.validators import validator

SAMPLE, ALL = 1_500, 100_000
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _shape(shape: str) -> Callable[[random.Random], str]:
    """Candidates of a shape: `#` a digit, `@` a letter, `%` either, `Y`, `D` and `F` six- and eight-digit dates; others stand for themselves."""

    def make(rng: random.Random) -> str:
        day = date(1921, 1, 1) + timedelta(days=rng.randrange(38_000))
        dates = {"Y": f"{day:%y%m%d}", "D": f"{day:%d%m%y}", "F": f"{day:%Y%m%d}"}
        draw = {"#": lambda: rng.choice("0123456789"), "@": lambda: rng.choice(LETTERS), "%": lambda: rng.choice(LETTERS + "0123456789")}
        return "".join(draw[c]() if c in draw else dates.get(c, c) for c in shape)

    return make


@dataclass(frozen=True)
class Comparison:
    """
    One of our checks and the library's.

    Args:
        ours, theirs: names of validators.
        shape: of the candidates.
        relation: same, stricter (we refuse more) or wider (we accept more); the rule that has the check says why.
    """

    ours: str
    theirs: str
    shape: str
    relation: str = "same"


COMPARISONS = (
    Comparison("card", "stdnum:luhn", "4###############"),
    Comparison("us_routing", "stdnum:us.rtn", "#########", "stricter"),
    Comparison("us_ssn", "stdnum:us.ssn", "#########", "stricter"),
    Comparison("ca_sin", "stdnum:ca.sin", "#########", "stricter"),
    Comparison("de_vat", "stdnum:de.vat", "#########"),
    Comparison("es_nif", "stdnum:es.dni", "########@"),
    Comparison("fi_hetu", "stdnum:fi.hetu", "D-###%", "wider"),
    Comparison("fi_hetu", "stdnum:fi.hetu", "D%###%", "wider"),
    Comparison("se_personnummer", "stdnum:se.personnummer", "Y-####"),
    Comparison("it_vat", "stdnum:it.iva", "###########"),
    Comparison("fr_siren", "stdnum:fr.siren", "#########", "stricter"),
    Comparison("dk_cpr", "stdnum:dk.cpr", "D####", "wider"),
    Comparison("no_birth_number", "stdnum:no.fodselsnummer", "D#####", "wider"),
    Comparison("be_national", "stdnum:be.nn", "Y#####", "wider"),
    Comparison("in_aadhaar", "stdnum:in_.aadhaar", "############"),
    Comparison("cn_resident", "stdnum:cn.ric", "110101F####"),
    Comparison("kr_resident", "stdnum:kr.rrn", "Y-1######", "wider"),
    Comparison("kr_resident", "stdnum:kr.rrn", "Y-8######", "wider"),
    Comparison("kr_business", "stdnum:kr.brn", "##########", "stricter"),
    Comparison("za_identity", "stdnum:za.idnr", "Y#######", "wider"),
    Comparison("th_national", "stdnum:th.pin", "#############", "stricter"),
    Comparison("jmbg", "stdnum:si.emso", "#############"),
    Comparison("bic", "stdnum:bic", "@@@@DE%%"),
    Comparison("cz_ico", "stdnum:cz.dic", "########", "wider"),
    Comparison("ch_uid", "stdnum:ch.uid", "CHE#########"),
    Comparison("iban", "stdnum:iban", "DE####################"),
    Comparison("iban", "stdnum:iban", "NO#############", "wider"),
    Comparison("at_social", "stdnum:at.vnr", "####D"),
    Comparison("md_idnp", "stdnum:md.idno", "#############"),
    Comparison("lv_personal", "stdnum:lv.pvn", "D-#####", "wider"),
    Comparison("lv_personal", "stdnum:lv.pvn", "32####-#####", "wider"),
)


def compared(one: Comparison, candidates: int, seed: int) -> tuple[list[str], list[str]]:
    """Of random candidates, those that only our check accepts, and those that only the library's does."""
    ours, theirs, make, rng = validator(one.ours), validator(one.theirs), _shape(one.shape), random.Random(seed)
    made = [make(rng) for _ in range(candidates)]
    judged = [(text, ours(text), theirs(text)) for text in made]
    return [text for text, a, b in judged if a and not b], [text for text, a, b in judged if b and not a]


def _disagreements(one: Comparison, candidates: int, seed: int) -> list[str]:
    wider, stricter = compared(one, candidates, seed)
    return (wider if one.relation != "wider" else []) + (stricter if one.relation != "stricter" else [])


@pytest.mark.parametrize("one", COMPARISONS, ids=lambda one: f"{one.ours}-{one.shape}")
def test_check_agrees_with_python_stdnum_but_for_stated_reasons(one: Comparison) -> None:
    """On random candidates our check answers as python-stdnum's, or differs only in the stated direction."""
    assert _disagreements(one, SAMPLE, 7) == []


@pytest.mark.slow
@pytest.mark.parametrize("one", COMPARISONS, ids=lambda one: f"{one.ours}-{one.shape}")
def test_check_agrees_with_python_stdnum_on_a_hundred_thousand_candidates(one: Comparison) -> None:
    """The same on 100,000 candidates."""
    assert _disagreements(one, ALL, 11) == []


def test_every_difference_is_explained_in_a_rule_file() -> None:
    """A comparison that is not the same has a rule with that check that says why."""
    told = {rule.validator for rule in load().detectors if rule.differs}
    assert {one.ours for one in COMPARISONS if one.relation != "same"} == told


def phones(count: int, seed: int) -> list[str]:
    """International numbers of every country code, most of them none."""
    rng = random.Random(seed)
    codes = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
    return [f"+{rng.choice(codes)}{_digits(rng, rng.randint(6, 11))}" for _ in range(count)]


def valid_phone(text: str) -> bool:
    """What phonenumbers says."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, None))
    except phonenumbers.NumberParseException:
        return False


def test_international_phone_numbers_are_those_of_phonenumbers() -> None:
    """A number with its country code is valid exactly when phonenumbers says so."""
    check = validator("phone_international")
    assert [text for text in phones(SAMPLE, 3) if check(text) != valid_phone(text)] == []


@pytest.mark.slow
def test_a_hundred_thousand_international_phone_numbers_are_those_of_phonenumbers() -> None:
    """The same on 100,000 candidates."""
    check = validator("phone_international")
    assert [text for text in phones(ALL, 5) if check(text) != valid_phone(text)] == []


def test_north_american_numbers_are_those_of_phonenumbers_without_toll_free_ones() -> None:
    """A ten-digit number is valid exactly when phonenumbers says so, toll-free and premium codes left out."""
    check, rng = validator("phone_nanp"), random.Random(9)
    for _ in range(SAMPLE):
        digits = f"{rng.randint(200, 999)}{rng.randint(200, 999)}{_digits(rng, 4)}"
        free = digits[:3] in ("800", "833", "844", "855", "866", "877", "888", "900")
        expected = valid_phone(f"+1{digits}") and not free and not re.fullmatch(r"(.)\1{9}", digits)
        assert expected == check(f"({digits[:3]}) {digits[3:6]}-{digits[6:]}")
