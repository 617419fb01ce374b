"""The law files are complete, well formed and dated."""

import re
from datetime import date

import pytest

from leakscope.errors import CatalogueError
from leakscope.notification.conditions import condition
from leakscope.notification.content import items
from leakscope.notification.elements import group
from leakscope.notification.engine import answer
from leakscope.notification.facts import Facts
from leakscope.notification.law import jurisdictions, law_hash, read_jurisdiction
from leakscope.notification.worked import facts_of, people_of
from tests.notification.test_properties import setting_of

ROWS = jurisdictions()
RULES = [(name, rule) for name, row in ROWS.items() for version in row.versions for rule in version.duties]


def test_all_researched_rows_are_there():
    """195 jurisdictions and regimes, 54 of them US states and territories, 30 states of the EEA."""
    assert len(ROWS) >= 195
    assert sum(row.group == "US-state" for row in ROWS.values()) == 54
    assert sum(row.group == "EEA-member" for row in ROWS.values()) == 30


@pytest.mark.parametrize("name", ROWS)
def test_a_version_names_its_law_and_how_far_it_was_checked(name):
    """Citation, confidence level and, unless from memory, the month of its sources."""
    for version in ROWS[name].versions:
        assert version.citation
        assert version.confidence.level in ("verified-primary", "verified-secondary", "verified-weak", "inherits-verified", "memory")
        assert version.confidence.unverified or re.match(r"20\d\d-\d\d", version.confidence.as_of)


def test_every_condition_a_rule_names_exists():
    """A rule with a word that no condition has would fail only when it is needed; here it fails at once."""
    setting = setting_of("EU-GDPR")
    for name in {name for _, rule in RULES for name in (*rule.all_of, *rule.any_of) if name != "count"}:
        condition(name, setting)


def test_every_content_profile_a_rule_names_exists():
    """The content of every notice is known."""
    for _, rule in RULES:
        assert rule.content is None or items(rule.content, ROWS["US-CA"].versions[0])


def test_every_group_of_elements_is_made_of_known_elements():
    """Groups speak of elements that the vocabulary has."""
    from leakscope.notification.law import tables
    from leakscope.vocabulary import elements

    unknown = {code for codes in tables("groups")["group"].values() for code in codes} - set(elements())

    assert unknown == set()
    assert "health_record" in group("special")


def test_versions_of_a_jurisdiction_do_not_overlap():
    """On any day at most one version is in force."""
    days = [date(2020, 1, 1), date(2023, 9, 1), date(2024, 12, 21), date(2025, 3, 20), date(2025, 12, 31), date(2026, 1, 1), date(2027, 6, 1)]
    for row in ROWS.values():
        for day in days:
            held = [version for version in row.versions if version.status == "in_force" and (version.start or date.min) <= day < (version.end or date.max)]
            assert len(held) <= 1, (row.id, day)


def test_california_has_no_fixed_days_before_2026_and_30_after():
    """Law as of a date: the version in force on that day decides."""
    people, facts = people_of([{"residence": "US-CA", "elements": ["full_name", "ssn"], "count": 3}]), facts_of({})
    before = answer(people, facts, date(2025, 12, 31), only=("US-CA",)).duties
    after = answer(people, facts, date(2026, 1, 1), only=("US-CA",)).duties
    limit = {duty["id"]: duty["deadline"] for duty in before}, {duty["id"]: duty["deadline"] for duty in after}

    assert limit[0]["duty-US-CA-individuals"]["instant"] is None
    assert limit[1]["duty-US-CA-individuals"]["instant"] == "2026-12-02T07:59:59Z"


def test_pending_law_is_shown_with_the_day_it_begins():
    """Chile's new law does not apply on the last day of November 2026, and says from when it will."""
    people = people_of([{"residence": "CL", "elements": ["full_name", "health_record"], "count": 3}])
    facts = facts_of({"incident.establishments": ["CL"]})
    duties = answer(people, facts, date(2026, 11, 30), only=("CL",)).duties

    assert {duty["status"] for duty in duties} == {"does_not_apply"}
    assert "in force from 2026-12-01" in duties[0]["why"][0]


def test_proposed_law_counts_only_when_asked_for():
    """The Digital Omnibus: 96 hours, and only on high risk."""
    people = people_of([{"residence": "DE", "elements": ["full_name", "email_personal"], "count": 30}])
    facts = facts_of({"incident.establishments": ["DE"]})
    now = {duty["id"]: duty for duty in answer(people, facts, date(2026, 11, 24), only=("EU-GDPR",)).duties}
    then = {duty["id"]: duty for duty in answer(people, facts, date(2026, 11, 24), only=("EU-GDPR",), proposed=frozenset({"EU-GDPR"})).duties}

    assert now["duty-EU-GDPR-regulator"]["status"] == "applies"
    assert then["duty-EU-GDPR-regulator"]["status"] == "does_not_apply"


def test_a_row_from_memory_says_so_in_every_duty():
    """Unverified rows carry the warning wherever they appear."""
    row = next(row for row in ROWS.values() if row.scope.basis == "territorial" and row.versions[0].confidence.unverified and len(row.versions[0].duties) >= 2)
    people = people_of([{"residence": row.scope.residence[0], "elements": ["full_name", "health_record"], "count": 3}])
    duties = answer(people, facts_of({"incident.establishments": [row.scope.establishment[0]]}), date(2026, 11, 24), only=(row.id,)).duties

    assert len(duties) >= 2
    assert all(duty["confidence"]["unverified"] and "unverified: check before relying" in duty["why"] for duty in duties)


def test_a_malformed_file_is_refused_with_its_name():
    """A missing table is named; nothing half-read goes on."""
    with pytest.raises(CatalogueError, match=r"xx\.toml"):
        read_jurisdiction("schema_version = 1\n[jurisdiction]\nid = 'XX'\n", "xx.toml")


def test_the_hash_of_the_law_is_stable():
    """The same files give the same hash."""
    assert law_hash() == law_hash()
    assert len(law_hash()) == 64


def test_facts_have_a_place_for_every_regime_a_rule_asks_for():
    """No file names a fact that does not exist."""
    for row in ROWS.values():
        for path in (f"regimes.{row.scope.regime}" if row.scope.regime else None, row.scope.only, *row.scope.exempt):
            assert path is None or Facts().value(path) == "unknown"
