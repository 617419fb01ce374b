"""The impact summary: shares add up, weights have sources, and the interval is carried."""

from __future__ import annotations

import pytest

from leakscope.model import Basis, Estimate
from leakscope.severity.impact import scaled
from leakscope.severity.scheme import grounds_of, load_scheme
from leakscope.severity.weights import weight_of
from leakscope.vocabulary import elements
from tests.severity.people import assessed, findings_of
from tests.severity.test_secrets import secret, secrets_of

GROUNDS = grounds_of(load_scheme())
PEOPLE = {"a": ["full_name", "ssn"], "b": ["full_name", "email_personal"], "c": {"chat_or_email_content": 9, "unique_id": 1}}


def test_the_shares_add_up_to_one_and_fall():
    """The largest share comes first."""
    rows = assessed(PEOPLE, secrets=secrets_of(secret("critical"))).impact_summary()
    shares = [row["share_of_impact"] for row in rows]

    assert pytest.approx(1.0, abs=1e-4) == sum(shares)
    assert sorted(shares, reverse=True) == shares


def test_the_impact_of_a_class_is_people_times_weight():
    """Two names at 0.5 weigh 1, one social security number at 3 weighs 3."""
    rows = {row["data_class"]: row for row in assessed(PEOPLE).impact_summary()}

    assert (rows["full_name"]["impact"], rows["ssn"]["impact"]) == (1.0, 3.0)
    assert rows["full_name"]["people"]["value"] == 2.0


@pytest.mark.parametrize("code", sorted(elements()))
def test_every_element_has_a_weight_with_a_source(code):
    """Between 0 and 4, and never without saying where it comes from."""
    weight = weight_of(code, GROUNDS)

    assert 0 <= weight.value <= 4
    assert weight.source


def test_a_weight_can_be_overridden():
    """The row shows the new weight and whose it is."""
    override = {"target": "weight.ssn", "value": 4, "who": "A. Example", "when": "2026-01-02", "why": "policy"}
    rows = {row["data_class"]: row for row in assessed(PEOPLE, overrides=[override]).impact_summary()}

    assert rows["ssn"]["severity_weight"] == 4.0
    assert "policy" in rows["ssn"]["weight_source"]


def test_the_people_of_a_class_carry_the_interval_of_all_individuals():
    """Relative width is kept; nothing is scaled beyond the evidence."""
    whole = Estimate(value=100.0, low=95.0, high=110.0, method="m", basis=Basis.MODEL)

    assert (scaled(20, whole).low, scaled(20, whole).high) == (19, 22)
    assert scaled(20, whole).value == 20.0


def test_topics_read_in_a_sample_bring_their_own_estimate():
    """Where the chat section estimates more people than were seen, its estimate stands."""
    people = {"value": 9.0, "low": 5.0, "high": 15.0, "level": 0.95, "method": "double sampling", "basis": "sample"}
    chat = {"topics": [{"id": "topic-health", "topic": "health", "title": "Health", "people": people, "conversations": people}]}
    rows = {row["data_class"]: row for row in assessed({"a": ["diagnosis_history"]}, chat=chat).impact_summary()}

    assert people == rows["diagnosis_history"]["people"]


def test_findings_without_people_say_that_nobody_was_linked():
    """No number is invented; bounds only."""
    found = findings_of(*(("IBAN_CODE", record, f"v{record % 3}") for record in range(4)))
    rows = assessed({"a": ["full_name"]}, findings=found).impact_summary()
    row = next(row for row in rows if row["data_class"] == "bank_account")

    assert (row["people"]["value"], row["people"]["basis"]) == (None, "bounds")
    assert (row["records"], row["values"]) == (4, 3)


def test_the_ten_worst_combinations_come_worst_first():
    """At most ten, by score, then people."""
    people = {f"p{number}": ["full_name", *(["ssn"] if number % 2 else []), *(["phone"] if number % 3 else []), *(["gender"] if number % 5 else []), *(["age"] if number % 7 else [])] for number in range(60)}
    rows = assessed(people).section()["worst_combinations"]
    scores = [row["score"] for row in rows]

    assert len(rows) == 10
    assert sorted(scores, reverse=True) == scores
    assert "ssn" in rows[0]["elements"]


def test_a_table_whose_people_have_the_same_is_one_combination():
    """Named by its six heaviest elements, with how many more."""
    row, = assessed({f"p{number}": ["full_name", "ssn", "phone", "gender", "age", "postal_address", "date_of_birth", "email_personal"] for number in range(40)}).section()["worst_combinations"]

    assert (row["people"], len(row["elements"]), row["more"]) == (40, 6, 2)


def test_people_who_hardly_share_a_set_are_told_by_what_weighs_most():
    """Sixty people in as many sets: two elements each, and not ten single people."""
    light = ["phone", "gender", "age", "place", "username", "postal_code"]
    people = {f"p{number}": ["full_name", "ssn", "bank_account", *(code for bit, code in enumerate(light) if number >> bit & 1)] for number in range(60)}
    rows = assessed(people).section()["worst_combinations"]

    assert rows[0]["elements"][:2] == ["bank_account", "ssn"]
    assert rows[0]["people"] >= 3


def test_a_class_says_how_its_share_moves():
    """A heavier weight raises the share, a lighter one lowers it."""
    row = next(row for row in assessed(PEOPLE).impact_summary() if row["data_class"] == "ssn")

    assert row["sensitivity"]["weight_lower"] < row["share_of_impact"] < row["sensitivity"]["weight_higher"]


def test_an_estimate_below_the_count_widens_the_low_end_only():
    """Some of those observed are one person: the count stays, nobody is said to be certain."""
    whole = Estimate(value=90.0, low=85.0, high=95.0, method="m", basis=Basis.MODEL)
    people = scaled(50, whole, 100)

    assert (people.value, people.low, people.high) == (50.0, 42, 50)
