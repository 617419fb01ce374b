"""Two cases of one incident, compared in words that a follow-up notice can use."""

from copy import deepcopy

import pytest

from leakscope.assessment.diff import diff, have_different_keys


@pytest.fixture
def pair(assessed):
    """The small case twice, the second to be changed."""
    return deepcopy(dict(assessed.data)), deepcopy(dict(assessed.data))


def test_a_case_does_not_differ_from_itself(pair):
    """Nothing is said."""
    assert diff(*pair) == []


def test_a_fact_is_named_by_its_question(pair):
    """The name in the facts file stays with it for programs."""
    before, after = pair
    after["facts"]["exposure"]["posted"] = "yes"
    change = diff(before, after)[0]

    assert (change.section, change.what, change.name, change.before, change.after) == ("facts", "exposure.posted", "Were the data published or offered somewhere?", "-", "yes")


def test_people_carry_their_interval(pair):
    """Before and after."""
    before, after = pair
    after["individuals"]["estimated"] = {**after["individuals"]["estimated"], "value": 5, "low": 4, "high": 8}
    change = next(one for one in diff(before, after) if one.what == "estimated")

    assert (change.name, change.after) == ("people in the evidence", "5 (95%: 4 to 8)")


def test_causes_stand_before_consequences(pair):
    """What was stated, then people, then severity, then duties."""
    before, after = pair
    after["facts"]["exposure"]["posted"] = "yes"
    after["individuals"]["observed"]["value"] += 1
    after["severity"]["incident"]["working"] = "1 x 1 + 1 = 2"
    after["duties"] = [{**duty, "status": "applies"} for duty in after["duties"]]
    sections = list(dict.fromkeys(change.section for change in diff(before, after)))

    assert sections == ["facts", "individuals", "severity", "duties"]


def test_cases_of_different_keys_are_told(pair):
    """Their secrets cannot be compared."""
    before, after = pair
    for row in after["secrets"]:
        row["id"] += "0"

    assert (have_different_keys(before, before), have_different_keys(before, after)) == (False, True)
