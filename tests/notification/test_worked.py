"""The worked cases in the jurisdictions' files and in the European guideline come out right."""

import tomllib
from pathlib import Path

import pytest

from leakscope.notification.engine import answer
from leakscope.notification.law import jurisdictions
from leakscope.notification.worked import DAY, facts_of, failures, fires, people_of

ROWS = jurisdictions()
CASES = tomllib.loads((Path(__file__).parent / "edpb.toml").read_text("utf-8"))["case"]
#: Rows whose law imposes nothing today: their cases show that nothing fires.
NOTHING_FIRES = {"AR", "HK", "LK", "PK", "UA", "US-CIRCIA"}


@pytest.mark.parametrize("name", ROWS)
def test_the_worked_cases_of_a_jurisdiction_come_out_as_stated(name):
    """Every `[[case]]` of a jurisdiction's file gives the statuses and deadlines that it states."""
    assert list(failures(ROWS[name])) == []


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if not row.versions[0].confidence.unverified])
def test_a_verified_jurisdiction_has_two_cases_that_fire_and_one_that_does_not(name):
    """At least three worked cases, two of which fire, unless the law imposes nothing today."""
    cases = ROWS[name].cases
    fire = sum(fires(case) for case in cases)
    quiet = sum("does_not_apply" in case["expect"].values() for case in cases)

    assert len(cases) >= 3
    assert quiet >= 1
    assert fire >= (0 if name in NOTHING_FIRES else 2)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"case-{case['id']}")
def test_a_case_of_the_european_guideline_is_decided_as_the_guideline_does(case):
    """Authority and people are told, or not, as EDPB Guidelines 01/2021 say, from the facts alone."""
    people = people_of([{**row, "residence": "DE"} for row in case["people"]])
    found = answer(people, facts_of({"incident.establishments": ["DE"], **case["facts"]}), DAY, only=("EU-GDPR",))
    status = {duty["id"]: duty["status"] for duty in found.duties}

    assert status["duty-EU-GDPR-regulator"] == ("applies" if case["authority"] else "does_not_apply")
    assert status["duty-EU-GDPR-individuals"] == ("applies" if case["individuals"] else "does_not_apply")
