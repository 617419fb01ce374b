"""Severity of one person follows from what of theirs was exposed together."""

from __future__ import annotations

import time

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakscope.schema import PERSON_ELEMENTS, conform
from leakscope.severity.circumstances import read_circumstances
from leakscope.severity.others import measures_of, score_with
from leakscope.severity.people import BY_ACCESS, element_categories, exposed_elements, person_severity, score_expression
from leakscope.severity.scheme import grounds_of, load_scheme
from leakscope.severity.score import adjust, combine
from leakscope.vocabulary import elements
from tests.severity.people import assessed, elements_of, individuals_of, one

GROUNDS = grounds_of(load_scheme())


@pytest.mark.parametrize(
    ("held", "dpc"),
    [
        (["email_personal"], 1),
        (["full_name", "ssn"], 2),
        (["full_name", "date_of_birth", "email_personal", "phone", "postal_address", "gender"], 2),
        ({"chat_or_email_content": 1}, 1),
        ({"chat_or_email_content": 10}, 2),
        ({"chat_or_email_content": 40}, 3),
        ({"gps_location": 20}, 3),
        ({"chat_or_email_content": 10, "health_record": 1}, 4),
        (["bank_account"], 2),
        (["insurance_policy"], 1),
        (["payment_card_number"], 2),
        (["payment_card_number", "payment_card_code"], 4),
        (["bank_account", "password_plain"], 4),
        (["transactions", "income_or_salary", "credit_score"], 4),
        (["transactions"], 3),
        (["diagnosis_history"], 4),
        (["health_insurance_number"], 2),
        (["password_hash"], 1),
        (["password_plain"], 2),
    ],
)
def test_what_is_exposed_together_decides_the_processing_context(held, dpc):
    """Volume, combination and nature move each category by whole steps; the highest counts."""
    assert dpc == one(held)["dpc"]


#: The levels that the annex knows for each identifier; facts from ENISA 2013 as in two secondary sources, read 2026-11.
STEPS = {
    "full_name": {0.25, 0.5, 0.75, 1.0},
    "phone": {0.25, 0.5, 0.75, 1.0},
    "postal_address": {0.25, 0.5, 0.75, 1.0},
    "photo": {0.25, 0.5, 1.0},
    **dict.fromkeys(("ssn", "national_id", "passport_number", "driver_licence", "tax_id"), {0.25, 0.75, 1.0}),
    **dict.fromkeys(("email_personal", "email_work"), {0.25, 0.75}),
    **dict.fromkeys(("unique_id", "customer_or_account_id", "username", "device_fingerprint", "ip_address", "mac_address", "social_handle", "vehicle_plate"), {0.25, 0.75}),
}


@pytest.mark.parametrize("element", STEPS)
@pytest.mark.parametrize("values", [1, 9])
@pytest.mark.parametrize("beside", [None, "chat_or_email_content", "gps_location", "date_of_birth"])
def test_an_identifier_takes_only_levels_that_the_annex_knows(element, values, beside):
    """Alone, and with content, places or a birth date."""
    assert one({element: 1, **({beside: values} if beside else {})})["ei"] in STEPS[element]


def test_a_topic_that_was_only_inferred_weighs_less_than_a_stated_value():
    """An assumption about health is one step below a diagnosis in a record."""
    inferred = one(["diagnosis_history"], entities={"diagnosis_history": "TOPIC_HEALTH"})
    stated = one(["diagnosis_history"], entities={"diagnosis_history": "MEDICAL_CONDITION"})

    assert (inferred["dpc"], stated["dpc"]) == (3, 4)


@pytest.mark.parametrize(
    ("held", "ei"),
    [
        (["unique_id"], 0.25),
        (["unique_id", "chat_or_email_content"], 0.25),
        ({"unique_id": 1, "chat_or_email_content": 5}, 0.75),
        (["unique_id", "date_of_birth"], 0.75),
        (["social_handle"], 0.75),
        (["vehicle_plate"], 0.75),
        (["photo"], 0.5),
        (["full_name"], 0.5),
        (["phone"], 0.5),
        (["email_personal"], 0.75),
        (["ssn"], 0.75),
        (["full_name", "email_personal"], 0.75),
        (["full_name", "email_personal", "phone"], 1.0),
        (["full_name", "date_of_birth"], 1.0),
        (["ssn", "date_of_birth"], 1.0),
        (["user_agent"], 0.25),
    ],
)
def test_combining_identifiers_raises_the_ease_of_identification(held, ei):
    """A code alone hardly identifies; a name with a birth date fully does."""
    assert ei == one(held)["ei"]


def test_a_child_that_can_be_reached_is_the_gravest_case():
    """A child's contact data is critical to safety."""
    grown = assessed({"p": ["full_name", "phone"]})
    child = assessed({"p": ["full_name", "phone"]}, individuals=individuals_of(["p"], child=True))

    assert (grown.bands["dpc"][0], child.bands["dpc"][0]) == (1, 4)


def test_credentials_take_the_category_of_what_they_open():
    """Stated as finance, a password opens financial data; unstated, an account's history is assumed."""
    assert one(["password_plain"])["dpc"] == 2
    assert one(["password_plain"], facts={"incident": {"sectors": ["finance"]}})["dpc"] == 3


def test_people_who_are_not_counted_are_not_scored():
    """Agents and test accounts have no severity."""
    people = pl.concat([individuals_of(["p"]), individuals_of(["bot"], counted=False, reason="software agent")])

    assert assessed({"p": ["ssn"], "bot": ["ssn"]}, individuals=people).bands["person"].to_list() == ["p"]


def test_an_element_seen_with_little_confidence_does_not_weigh_and_is_counted():
    """It stays out of the score and in the section on what was not weighed."""
    result = assessed({"p": ["ssn"]}, confidence=0.2)

    assert result.bands.is_empty()
    assert result.section()["not_weighed"] == {"elements": 1, "people": 1, "minimum_confidence": 0.5}


def test_unreadable_data_hardly_identifies():
    """Encrypted with a safe key, every person stands at the lowest level and the flag is up."""
    facts = {"exposure": {"encryption": "encrypted", "key": "safe"}}
    result = assessed({"p": ["full_name", "date_of_birth"]}, facts=facts)

    assert result.bands["ei"][0] == 0.25
    assert "unintelligible" in [flag["flag"] for flag in result.section()["incident"]["flags"]]


def test_pseudonymised_data_identifies_one_level_less():
    """From maximum to significant, never below negligible."""
    facts = {"exposure": {"encryption": "pseudonymised"}}

    assert (one(["full_name", "date_of_birth"], facts=facts)["ei"], one(["unique_id"], facts=facts)["ei"]) == (0.75, 0.25)


WEIGHED = sorted(code for code, element in elements().items() if element.enisa)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(WEIGHED), st.integers(1, 60), min_size=1, max_size=8), st.booleans())
def test_the_vectorised_score_is_the_worksheet_of_one_person(held, child):
    """Expressions over all people give what the scalar rules give for each."""
    frame = exposed_elements(elements_of({"p": held}), individuals_of(["p"], child=child), minimum_confidence=0.5)
    circumstances = read_circumstances(None)
    row = person_severity(frame, GROUNDS, circumstances).row(0, named=True)
    categories = element_categories(GROUNDS, circumstances)

    for code, category in GROUNDS.categories.items():
        fired = [trigger.adjustment for trigger in GROUNDS.triggers if trigger.category == code and row[f"trigger:{trigger.id}"]]
        expected = adjust(category, fired) if code in {categories[name] for name in held} else None
        assert expected == row[f"dpc:{code}"]
    assert row["dpc"] == max(row[f"dpc:{code}"] or 1 for code in GROUNDS.categories)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(WEIGHED), st.integers(1, 60), min_size=1, max_size=6), st.randoms())
def test_the_order_of_rows_does_not_matter(held, random):
    """Shuffled elements give the same score."""
    frame = elements_of({"p": held, "q": held})
    order = list(range(frame.height))
    random.shuffle(order)
    shuffled = frame[order]
    scored = [person_severity(exposed_elements(part, individuals_of(["p", "q"]), minimum_confidence=0.5), GROUNDS, read_circumstances(None)) for part in (frame, shuffled)]

    assert scored[0].equals(scored[1])


def test_every_credential_has_a_category():
    """Nothing with the category of what it opens stays without one."""
    categories = element_categories(GROUNDS, read_circumstances(None))

    assert BY_ACCESS not in categories.values()
    assert set(categories.values()) <= set(GROUNDS.categories)


@pytest.mark.slow
def test_a_hundred_thousand_people_are_scored_in_seconds():
    """Linear, vectorised: 100,000 people with some 400,000 elements."""
    generator, frames = np.random.default_rng(0), []
    for element in ("full_name", "email_personal", "chat_or_email_content", "unique_id", "diagnosis_history", "phone", "ssn", "bank_account"):
        chosen = np.nonzero(generator.random(100_000) < 0.5)[0]
        frames.append(pl.DataFrame({"person": [f"p{number}" for number in chosen], "element": element, "values": generator.integers(1, 50, len(chosen))}))
    rest = {"entity": "X", "confidence": 0.9, "findings": 1, "source": "a", "record": 0, "field": "f", "role": "own"}
    frame = conform(pl.concat(frames).with_columns(**{name: pl.lit(value) for name, value in rest.items()}), PERSON_ELEMENTS)
    people = individuals_of([f"p{number}" for number in range(100_000)])

    start = time.perf_counter()
    scored = person_severity(exposed_elements(frame, people, minimum_confidence=0.5), GROUNDS, read_circumstances(None))

    assert scored.height > 99_000
    assert time.perf_counter() - start < 20


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(WEIGHED), st.integers(1, 60), min_size=1, max_size=6), st.sampled_from(["nist-800-122", "cnil", "four-tier", "breach-level-index", "enisa-2013"]))
def test_every_scheme_scores_a_person_as_its_arithmetic_does(held, name):
    """The expression over all people and the plain function agree, for every scheme."""
    scheme, circumstances = load_scheme(name), read_circumstances(None)
    frame = exposed_elements(elements_of({"p": held}), individuals_of(["p"]), minimum_confidence=0.5)
    row = person_severity(frame, GROUNDS, circumstances)
    scored = row.select(score_expression(scheme, people=1, circumstances=circumstances, grounds=GROUNDS).cast(pl.Float64)).item()
    measures = measures_of(row, int(row["records"][0]), circumstances=circumstances, grounds=GROUNDS, cb=float(row["cb"][0]))
    expected = combine(scheme, measures) if name == "enisa-2013" else score_with(scheme, measures, set(held), circumstances=circumstances, grounds=GROUNDS)["score"]

    assert expected == pytest.approx(scored, abs=1e-3)
