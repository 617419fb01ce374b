"""The rules for personal data and national identifiers, each with its own examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakscope.catalogue import Detector, load
from leakscope.detection.context import Context
from leakscope.detection.matching import candidates
from leakscope.validators import own_validators, validator
from leakscope.vocabulary import elements, entities

RULES = tuple(rule for rule in load().detectors if rule.file.startswith("identifiers/"))
FILES = sorted({rule.file for rule in RULES})
#: Elements that a state gives a person a number for.
STATE_GIVEN = frozenset({"national_id", "ssn", "tax_id", "health_insurance_number", "passport_number", "driver_licence"})
#: Entity types of Presidio's recognisers that stand for a document, number or place of one country.
PRESIDIO = """
    ABA_ROUTING_NUMBER AU_ABN AU_ACN AU_MEDICARE AU_TFN CA_SIN CREDIT_CARD CRYPTO DATE_TIME DE_BSNR DE_FUEHRERSCHEIN DE_HANDELSREGISTER
    DE_HEALTH_INSURANCE DE_ID_CARD DE_KFZ DE_LANR DE_PASSPORT DE_PLZ DE_SOCIAL_SECURITY DE_TAX_ID DE_TAX_NUMBER DE_VAT_ID EMAIL_ADDRESS ES_NIE
    ES_NIF ES_PASSPORT FI_PERSONAL_IDENTITY_CODE IBAN_CODE IN_AADHAAR IN_GSTIN IN_PAN IN_PASSPORT IN_VEHICLE_REGISTRATION IN_VOTER IP_ADDRESS
    IT_DRIVER_LICENSE IT_FISCAL_CODE IT_IDENTITY_CARD IT_PASSPORT IT_VAT_CODE KR_BRN KR_DRIVER_LICENSE KR_FRN KR_PASSPORT KR_RRN MAC_ADDRESS
    MEDICAL_LICENSE NG_NIN NG_VEHICLE_REGISTRATION PHONE_NUMBER PH_MOBILE_NUMBER PH_TIN PL_PESEL SE_ORGANISATIONSNUMMER SE_PERSONNUMMER
    SG_NRIC_FIN SG_UEN TH_TNIN TR_LICENSE_PLATE TR_NATIONAL_ID TR_PHONE_NUMBER UK_DRIVING_LICENCE UK_NHS UK_NINO UK_PASSPORT UK_POSTCODE
    UK_VEHICLE_REGISTRATION URL US_BANK_NUMBER US_DRIVER_LICENSE US_ITIN US_MBI US_NPI US_PASSPORT US_SSN ZA_ID_NUMBER
""".split()


def _found(rule: Detector, text: str) -> bool:
    return any(one.confidence > 0.05 * rule.confidence for one in candidates(rule, Context(), text) if one.validated is not False)


@pytest.mark.parametrize("file", FILES)
def test_each_example_is_found_by_its_rule(file: str) -> None:
    """A rule finds what its examples hold."""
    assert [(rule.id, text) for rule in RULES if rule.file == file for text in rule.examples if not _found(rule, text)] == []


@pytest.mark.parametrize("file", FILES)
def test_no_counter_example_is_found_by_its_rule(file: str) -> None:
    """A rule finds nothing in its counter-examples."""
    assert [(rule.id, text) for rule in RULES if rule.file == file for text in rule.counter_examples if _found(rule, text)] == []


def test_sixty_countries_have_a_number_of_the_state() -> None:
    """At least sixty countries have a rule for a national, tax, health or social number, a passport or a driving licence."""
    known = entities()
    countries = {known[rule.entity].country for rule in RULES if known[rule.entity].element in STATE_GIVEN}
    assert len(countries - {None}) >= 60


def test_every_entity_of_presidio_has_a_rule() -> None:
    """Each of Presidio's entity types that patterns can find is found by some rule."""
    assert sorted(set(PRESIDIO) - {rule.entity for rule in load().detectors}) == []


def test_national_entities_name_their_country_and_element() -> None:
    """An entity declared in a country's file has that country and a known element."""
    national = [one for one in entities().values() if one.country]
    assert [one.name for one in national if one.element not in elements() and one.family != "context"] == []


def test_company_numbers_are_not_personal() -> None:
    """What identifies an organisation is of the family `organisation` and never links people."""
    company = [one for one in entities().values() if one.element == "organisation"]
    assert [one.name for one in company if one.family != "organisation" or one.linkage != "none"] == []


def test_every_rule_is_complete() -> None:
    """A rule has three examples and counter-examples, a reference, what it exposes and a severity."""
    assert [
        rule.id
        for rule in RULES
        if min(len(rule.examples), len(rule.counter_examples)) < 3 or not rule.references or not rule.exposes or not rule.severity
    ] == []


@given(st.text(max_size=40))
def test_checks_answer_for_any_text(text: str) -> None:
    """No check stumbles over any text."""
    assert {type(validator(name)(text)) for name in own_validators()} == {bool}
