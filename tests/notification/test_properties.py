"""Properties that hold for all people, facts and laws, tried on random ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from leakscope.notification.decision import decide
from leakscope.notification.engine import answer
from leakscope.notification.facts import TABLES
from leakscope.notification.headcount import Headcount
from leakscope.notification.law import jurisdictions
from leakscope.notification.people import Profile
from leakscope.notification.questions import missing_facts
from leakscope.notification.risk import assess
from leakscope.notification.setting import Setting
from leakscope.notification.thresholds import covered_count
from leakscope.notification.worked import BASE, DAY, facts_of, people_of
from tests.notification.make import exact, frames

PLACES = ("DE", "FR", "US-CA", "US-NY", "US-TX", "US-MA", "US-MD", "US-IN", "GB", "BR", "JP", "AU", "CA-QC", "SG", None)
CODES = ("full_name", "email_personal", "password_plain", "ssn", "driver_licence", "payment_card_number", "payment_card_code", "bank_account", "health_record", "date_of_birth", "username", "national_id", "education", "insurance_policy")
ROW = st.tuples(st.sampled_from(PLACES), st.frozensets(st.sampled_from(CODES), min_size=1, max_size=5), st.sampled_from((1, 9, 250, 499, 500, 501, 1000, 1001)))
ROWS = st.lists(ROW, min_size=1, max_size=4)
OPEN = [(f"{table}.{name}", spec.metadata["choices"]) for table in ("exposure", "harm") for name, spec in TABLES[table].__dataclass_fields__.items() if spec.metadata["choices"]]
STATED = st.dictionaries(st.sampled_from([path for path, _ in OPEN]), st.integers(0, 7), max_size=6).map(
    lambda drawn: {path: dict(OPEN)[path][number % len(dict(OPEN)[path])] for path, number in drawn.items()}
)
PLACE = {"incident.establishments": ["DE", "US-CA"], "incident.main_establishment": "DE", "incident.targets": ["EU", "GB", "BR", "JP", "AU", "CA", "SG"], "regimes.hipaa": "covered_entity"}
SOME = settings(max_examples=60, deadline=None, derandomize=True)


def headcount(rows: list[tuple[str | None, frozenset[str], int]]) -> Headcount:
    """People who are the whole exposure."""
    return people_of([{"elements": sorted(codes), "count": count, **({"residence": place} if place else {})} for place, codes, count in rows])


def setting_of(name: str) -> Setting:
    """A setting of a jurisdiction with one person, for asking single conditions."""
    row, people, facts = jurisdictions()[name], headcount([("DE", frozenset({"full_name"}), 1)]), facts_of({})
    version = row.versions[0]
    affected = covered_count(people, version, None)
    return Setting(jurisdiction=row, version=version, facts=facts, people=people, everybody=True, rows=people.rows, affected=affected, risk=assess(people.rows, affected, facts))


def statuses(people: Headcount, stated: dict[str, Any]) -> dict[str, str]:
    """Status by duty."""
    return {duty["id"]: duty["status"] for duty in answer(people, facts_of({**PLACE, **stated}), DAY).duties}


def removed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Duties that were owed, or open, and no longer are."""
    return [name for name, status in before.items() if (status == "applies" and after.get(name) != "applies") or (status != "does_not_apply" and after.get(name, "does_not_apply") == "does_not_apply")]


@SOME
@given(ROWS, ROW, STATED)
def test_adding_people_never_removes_a_duty(rows, more, stated):
    """Wherever the added people live and whatever was exposed of them."""
    assert removed(statuses(headcount(rows), stated), statuses(headcount([*rows, more]), stated)) == []


@SOME
@given(ROWS, st.sampled_from(CODES), STATED)
def test_adding_an_element_never_removes_a_duty(rows, code, stated):
    """More data exposed of the same people."""
    richer = [(place, codes | {code}, count) for place, codes, count in rows]

    assert removed(statuses(headcount(rows), stated), statuses(headcount(richer), stated)) == []


@SOME
@given(ROWS, STATED)
def test_encryption_with_the_key_lost_equals_plaintext_where_the_rule_says_so(rows, stated):
    """In every jurisdiction whose safe harbour is lost with the key."""
    people = headcount(rows)
    lost = {row.id for row in jurisdictions().values() if (row.at(DAY) or row.versions[0]).encryption.get("lost_if_key_compromised") is True}
    plain = statuses(people, {**stated, "exposure.encryption": "none"})
    broken = statuses(people, {**stated, "exposure.encryption": "encrypted", "exposure.key": "compromised"})
    concerned = [name for name in {*plain, *broken} if any(name.startswith(f"duty-{one}-") for one in lost)]

    assert {name: plain[name] for name in concerned} == {name: broken[name] for name in concerned}


@SOME
@given(ROWS, st.integers(0, 40), st.sampled_from(("discovery", "awareness", "determination")))
def test_a_later_clock_never_makes_a_deadline_earlier(rows, days, clock):
    """Moving one clock forward moves deadlines forward or leaves them."""
    people = headcount(rows)
    later = {f"clocks.{clock}": BASE["clocks"][clock] + timedelta(days=days)}
    before = {duty["id"]: duty["deadline"]["instant"] for duty in answer(people, facts_of(PLACE), DAY).duties}
    after = {duty["id"]: duty["deadline"]["instant"] for duty in answer(people, facts_of({**PLACE, **later}), DAY).duties}

    assert [name for name, instant in before.items() if instant and after[name] and after[name] < instant] == []


@SOME
@given(ROWS, STATED, st.sampled_from([path for path, _ in OPEN]), st.integers(0, 7))
def test_what_is_unknown_never_turns_into_no(rows, stated, path, number):
    """A duty that some answer to an open question would bring is open now, or was never in doubt."""
    people = headcount(rows)
    choice = dict(OPEN)[path][number % len(dict(OPEN)[path])]
    unknown = statuses(people, {**stated, path: "unknown"})
    answered = statuses(people, {**stated, path: choice})

    assert [name for name, status in answered.items() if status == "applies" and unknown.get(name, "does_not_apply") == "does_not_apply"] == []


@SOME
@given(ROWS)
def test_a_regime_nobody_stated_is_asked_for(rows):
    """Who you are is unknown: the duty is not decided, its question is put when the data make it worth asking."""
    people, facts = headcount(rows), facts_of({})
    asked = {row["fact"] for row in missing_facts(answer(people, facts, DAY), people, facts)}
    health = any("health_record" in codes and (place is None or place.startswith("US")) for place, codes, _ in rows)

    assert not health or "regimes.hipaa" in asked


@settings(max_examples=10, deadline=None, derandomize=True)
@given(st.permutations(range(6)))
def test_the_same_facts_give_the_same_answer_byte_for_byte(order):
    """The order of rows in the frames does not matter."""
    groups = [("DE", ("full_name", "ssn"), 2), ("US-CA", ("full_name", "ssn", "health_record"), 1), (None, ("email_personal", "password_plain"), 2), ("US", ("full_name",), 1)]
    people, held = frames(groups)
    decided = [
        decide(individuals=one, person_elements=two, counts={"individuals": exact(6)}, facts=facts_of(PLACE), on=DAY).to_dict()
        for one, two in ((people, held), (people[list(order)], held.reverse()))
    ]

    assert orjson.dumps(decided[0]) == orjson.dumps(decided[1])


def test_a_profile_with_a_possible_element_is_open_not_absent():
    """A finding too weak to be sure leaves the duty open."""
    sure = Profile("US-CA", frozenset({"full_name"}), frozenset({"ssn"}), 600)
    found = answer(Headcount.of((sure,), {}, full=True), facts_of({}), DAY, only=("US-CA",))

    assert {duty["status"] for duty in found.duties} == {"may_apply"}
