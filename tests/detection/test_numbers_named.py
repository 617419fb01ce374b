"""A field that is called by an official number holds one, also where the check digit fails or digits are masked."""

from __future__ import annotations

import random
import string

import pytest

from leakscope.catalogue import load
from leakscope.catalogue.model import Detector
from leakscope.detection.expressions import expression_of
from leakscope.detection.kernel import Kernel
from leakscope.detection.matching import is_valid
from leakscope.detection.numbers_named import numbers_of
from leakscope.detection.sight import Sight
from leakscope.safety.keys import IncidentKey
from leakscope.vocabulary import element_of, entities

KERNEL = Kernel(load(), IncidentKey(b"t" * 32))
FAILED = "field.failed_check"


def standing(key: str, value: str) -> list[Sight]:
    """What stands in a value of a field."""
    return list(KERNEL.standing(key, key, value))


def mistyped(rule: Detector) -> str | None:
    """One of the rule's examples with another digit, of its form but with a check digit that fails."""
    drawn = random.Random(rule.id)
    for example in rule.examples:
        found = expression_of(rule).search(example)
        text = found.group("value" if "value" in expression_of(rule).groupindex else 0) if found else ""
        places = [at for at, sign in enumerate(text) if sign in string.digits]
        for _ in range(60 if places else 0):
            at = drawn.choice(places)
            other = f"{text[:at]}{drawn.randrange(10)}{text[at + 1 :]}"
            if expression_of(rule).fullmatch(other) and not is_valid(rule.validator or "", other):
                return other
    return None


@pytest.mark.parametrize(
    ("key", "value", "entity"),
    [
        ("cpf", "52998224726", "BR_CPF"), ("customerCpf", "529.982.247-26", "BR_CPF"), ("pesel", "85021512349", "PL_PESEL"), ("NIR", "285057512345668", "FR_NIR"),
        ("nhs_number", "943 476 5918", "UK_NHS"), ("CURP", "DEBD731007MNLDBD02", "MX_CURP"), ("个人番号", "", None), ("personnr", "19850215-1234", "SE_PERSONNUMMER"), ("ИНН", "500100732250", "RU_INN"),
    ],
)  # fmt: skip
def test_a_failed_check_digit_is_found_less_surely(key: str, value: str, entity: str | None) -> None:
    """As what the field says, with the reason."""
    assert [(one.entity, one.validated, one.attributes) for one in standing(key, value)] == ([(entity, False, '{"check":"fails"}')] if entity else [])


def test_numbers_of_all_countries_are_kept_where_their_field_names_them() -> None:
    """Of each country's rules with a check digit, an example with another digit gives a number of the same kind."""
    lost = []
    countries = set()
    for rule in load().detectors:
        known = entities().get(rule.entity)
        name = next((word for word in rule.keywords or rule.context if rule.id in numbers_of(word).rules), None)
        value = mistyped(rule) if name and known and known.country else None
        if name and value and known:
            found = standing(name, value)
            countries.add(known.country)
            if not found or not {element_of(one.entity) for one in found} & {known.element, "national_id", "tax_id", "ssn", "health_insurance_number", "driver_licence"}:
                lost.append((rule.id, name))
    assert len(countries) >= 60
    assert lost == []


@pytest.mark.parametrize(("key", "value"), [("ssn", "XXX-XX-1234"), ("ssn", "***-**-1234"), ("cpf", "***.982.247-**"), ("Aadhaar", "XXXX XXXX 1234"), ("document_number", "●●●●●1234")])
def test_a_masked_number_is_a_type_of_its_own(key: str, value: str) -> None:
    """No law counts it as the number, and it joins no people."""
    assert [one.entity for one in standing(key, value)] == ["NATIONAL_ID_MASKED"]
    assert entities()["NATIONAL_ID_MASKED"].linkage == "none"


@pytest.mark.parametrize(("key", "value"), [("cpf", "00000000000"), ("cpf", "12345678901"), ("cpf", "pending"), ("order_no", "52998224726"), ("patient", "9434765918"), ("license", "A1234567"), ("note", "my cpf is 52998224726")])
def test_stand_ins_and_other_fields_hold_none(key: str, value: str) -> None:
    """One digit throughout, digits in order, and numbers in text or under other names."""
    assert [one for one in standing(key, value) if one.detector in (FAILED, "field.masked_number")] == []


def test_the_right_number_is_as_sure_as_before() -> None:
    """Its check digit says so."""
    assert [(one.entity, one.detector, one.validated) for one in standing("cpf", "52998224725")] == [("BR_CPF", "id.br.cpf_bare", True)]
