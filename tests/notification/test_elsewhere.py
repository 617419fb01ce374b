"""What a place nobody stated may bring is said before anybody takes silence for safety."""

from __future__ import annotations

from datetime import date

import pytest

from leakscope.errors import FactsError
from leakscope.model import Basis, Estimate
from leakscope.notification.elsewhere import PLACE, changes_elsewhere, elsewhere
from leakscope.notification.engine import answer
from leakscope.notification.facts import Facts, from_mapping
from leakscope.notification.headcount import Headcount
from leakscope.notification.law import jurisdictions
from leakscope.notification.people import Profile
from leakscope.notification.place_codes import place_code
from leakscope.notification.questions import missing_facts
from tests.notification.test_decision import decided

ON = date(2026, 11, 28)
NAMED = frozenset({"full_name", "email_personal", "ssn"})


def _people(*rows: tuple[str | None, int]) -> Headcount:
    count = sum(number for _, number in rows)
    exact = Estimate(value=count, low=count, high=count, method="counted", basis=Basis.EXACT)
    held = tuple(Profile(residence=place, certain=NAMED, possible=frozenset(), count=number) for place, number in rows)
    return Headcount(rows=held, total=exact, open_ended=False, observed=count)


def _found(people: Headcount, facts: Facts) -> dict[str, list[str]]:
    return {one.row.id: [duty["id"] for duty in one.duties] for one in elsewhere(answer(people, facts, ON), people, facts, ON)}


def _stated(**incident: object) -> Facts:
    return from_mapping({"incident": incident})


def test_without_any_place_no_duty_is_told_and_every_law_that_may_reach_is():
    """Europe, Britain and American states are among them; laws of a sector are asked for by their own questions."""
    people, facts = _people((None, 3000)), Facts()
    found = _found(people, facts)

    assert not [duty for duty in answer(people, facts, ON).duties if duty["status"] != "does_not_apply"]
    assert {"EU-GDPR", "UK", "US-CA"} <= set(found)
    assert not [name for name in found if jurisdictions()[name].scope.basis in ("regime", "member_state")]


@pytest.mark.parametrize("name", ["EU-GDPR", "UK", "BR", "US-TX"])
def test_what_is_supposed_is_what_the_engine_says_once_it_is_stated(name):
    """The duties named are those that apply or are open when the people live there and the organisation is there."""
    row = jurisdictions()[name]
    place = row.scope.residence[0]
    supposed = set(_found(_people((None, 3000)), Facts())[name])
    then = answer(_people((place, 3000)), _stated(establishments=[place]), ON)

    assert supposed == {duty["id"] for duty in then.duties if duty["jurisdiction"] == name and duty["status"] != "does_not_apply"}


def test_a_law_that_reaches_already_is_not_supposed():
    """What has a duty that applies or is open is in the answer itself."""
    people = _people((None, 10), ("DE", 5))

    assert "EU-GDPR" not in _found(people, _stated(establishments=["DE"], targets=["DE"]))


def test_places_that_are_all_stated_leave_nothing_to_suppose():
    """Nobody of unknown residence, and the organisation's places known."""
    assert _found(_people(("DE", 5)), _stated(establishments=["DE"], targets=["DE"])) == {}


def test_people_of_an_unknown_state_may_live_in_any_but_in_no_other_country():
    """The United States are known, the state is not."""
    found = _found(_people(("US", 800)), _stated(establishments=["US-CA"], targets=["US"]))

    assert "US-CA" in found
    assert all(name.startswith("US-") for name in found)


def test_the_entries_name_regions_with_the_shortest_limit():
    """A hundred laws are four lines, and 72 hours are seen."""
    people, facts = _people((None, 3000)), Facts()
    rows = changes_elsewhere(elsewhere(answer(people, facts, ON), people, facts, ON), people)

    assert [row["id"] for row in rows] == [f"{PLACE}{name}" for name in ("EEA", "GB", "US", "other")]
    assert "3,000" in rows[0]["change"] and "72 hours from awareness" in rows[0]["effect"]


def test_many_kinds_of_people_are_looked_at_together_without_losing_a_duty():
    """A group that stands for many has for certain only what all of them have."""
    many = tuple(Profile(residence=None, certain=NAMED | {f"x{number}"}, possible=frozenset(), count=1) for number in range(700))
    exact = Estimate(value=700, low=700, high=700, method="counted", basis=Basis.EXACT)
    people = Headcount(rows=many, total=exact, open_ended=False, observed=700)

    assert _found(people, Facts()) == _found(_people((None, 700)), Facts())


def test_the_missing_facts_say_which_duties_wait_for_them():
    """Residence and establishments are asked for with what hangs on them."""
    people, facts = _people((None, 3000)), Facts()
    before = answer(people, facts, ON)
    asked = {row["fact"]: row for row in missing_facts(before, people, facts, elsewhere(before, people, facts, ON))}

    assert "duty-EU-GDPR-regulator" in asked["incident.establishments"]["matters_for"]
    assert "duty-US-CA-individuals" in asked["residence"]["matters_for"]


def test_a_stated_residence_places_those_of_whom_the_evidence_does_not_tell():
    """People with a residence of their own keep it."""
    groups = [(None, ("full_name", "ssn"), 6), ("US-CA", ("full_name", "ssn"), 6)]
    open_, stated = decided(groups=groups), decided({"population.residence": "BR"}, groups=groups)

    assert [row["fact"] for row in open_.missing_facts if row["fact"] == "residence"] == ["residence"]
    assert not [row for row in stated.missing_facts if row["fact"] == "residence"]
    assert "duty-BR-individuals" in {duty["id"] for duty in stated.duties}
    assert [duty["people"]["value"] for duty in stated.duties if duty["id"] == "duty-US-CA-individuals"] == [6]


@pytest.mark.parametrize(("text", "code"), [("Germany", "DE"), ("germany", "DE"), ("deu", "DE"), ("uk", "GB"), ("EL", "GR"), ("us-ca", "US-CA"), ("EEA", "EEA"), (" fr ", "FR")])
def test_places_are_read_as_people_write_them(text, code):
    """Codes of two and three letters, of states, and names of countries."""
    assert place_code(text) == code


@pytest.mark.parametrize("path", ["establishments", "targets"])
def test_a_place_that_nothing_matches_is_refused(path):
    """It would keep a law away without a word."""
    with pytest.raises(FactsError, match="ISO 3166"):
        from_mapping({"incident": {path: ["Atlantis"]}})
