"""The incident's severity: its worksheet adds up, every factor can be overridden, and it says what would move it."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakscope.errors import UsageError
from leakscope.notification.facts import Facts, from_mapping
from leakscope.severity import Override
from tests.severity.people import assessed, findings_of

PEOPLE = {"a": ["full_name", "date_of_birth", "email_personal"], "b": ["unique_id"], "c": ["payment_card_number", "payment_card_code", "full_name", "postal_address"]}


def incident(**more):
    return assessed(PEOPLE, **more).section()["incident"]


def factor(section, name):
    return next(row for row in section["factors"] if row["factor"] == name)


def test_the_factors_multiply_and_add_to_the_score():
    """SE = DPC x EI + CB with the values shown."""
    section = incident()
    dpc, ei, cb = (factor(section, name)["value"] for name in ("DPC", "EI", "CB"))

    assert dpc * ei + cb == pytest.approx(section["score"])
    assert (dpc, ei, cb, section["score"], section["band"]) == (4, 1.0, 0.5, 4.5, "very_high")


def test_the_incident_is_as_bad_as_the_worst_that_a_person_meets():
    """Category and identification come from the same person, not from two."""
    section = assessed({"ill": {"health_record": 1}, "named": ["full_name", "date_of_birth"]}).section()["incident"]

    assert section["score"] == 4 * 0.25 + 0.5


@pytest.mark.parametrize("names", [("a", "b", "c"), ("c", "b", "a"), ("b", "c", "a")])
def test_pseudonyms_do_not_decide_how_the_worst_is_identified(names):
    """Two people of an e-mail address and one of a name with a telephone score alike: what most of them have is shown, under any key."""
    held = [["email_personal"], ["email_personal"], ["full_name", "phone_number"]]
    section = assessed(dict(zip(names, held, strict=True))).section()["incident"]

    assert factor(section, "EI")["value"] == 0.75
    assert factor(section, "EI")["why"] == factor(assessed({"p": ["email_personal"]}).section()["incident"], "EI")["why"]


def test_every_factor_names_its_evidence():
    """People and ids behind DPC and EI, the state of each circumstance behind CB."""
    section = incident()

    assert factor(section, "DPC")["evidence"]["ids"] == ["c"]
    assert factor(section, "DPC")["evidence"]["people"] == 1
    assert {"confidentiality", "integrity", "availability", "malicious"} == {part["name"] for part in factor(section, "CB")["parts"]}


def test_an_unstated_circumstance_says_that_it_was_assumed():
    """Recipients of a store that anyone could reach are taken as unknown, at 0.5, and the range shows the rest."""
    section = incident()
    part = next(part for part in factor(section, "CB")["parts"] if part["name"] == "confidentiality")

    assert (part["state"], part["value"], part["source"]) == ("assumed", 0.5, "assumed, not stated")
    assert (section["low"], section["high"]) == (4.0, 6.0)


@pytest.mark.parametrize(
    ("exposure", "cb"),
    [
        ({"recipients": "nobody", "malicious": "no", "altered": "no", "unavailable": "no"}, 0.0),
        ({"recipients": "known", "malicious": "no", "altered": "no", "unavailable": "no"}, 0.25),
        ({"recipients": "trusted"}, 0.25),
        ({"recipients": "unknown_persons"}, 0.5),
        ({"recipients": "nobody", "posted": "yes"}, 0.5),
        ({"recipients": "public", "malicious": "yes"}, 1.0),
        ({"recipients": "public", "malicious": "yes", "altered": "yes", "restored": "no", "unavailable": "yes"}, 2.0),
        ({"recipients": "nobody", "altered": "yes", "restored": "yes"}, 0.25),
        ({"access": "no", "exfiltration": "no"}, 0.0),
        ({"kind": "ransomware", "access": "no", "exfiltration": "no"}, 0.5),
        ({}, 0.5),
    ],
)
def test_the_facts_decide_the_circumstances(exposure, cb):
    """The facts file's own words, from its parser."""
    facts = from_mapping({"exposure": exposure})

    assert cb == factor(incident(facts=facts), "CB")["value"]
    assert cb == factor(incident(facts=facts.to_dict()), "CB")["value"]


def test_facts_that_state_nothing_are_like_no_facts():
    """Unknown is never read as no."""
    assert incident(facts=Facts()) == incident(facts=None)


@pytest.mark.parametrize(("target", "value"), [("DPC", 1), ("EI", 1), ("CB", 1), ("DPC.financial", 1), ("CB.malicious", 0.5), ("severity.CB", 1)])
def test_every_factor_can_be_overridden_with_a_reason(target, value):
    """The new value holds, and before, who, when and why are kept."""
    override = {"target": target, "value": value, "who": "A. Example", "when": datetime(2026, 1, 2, tzinfo=UTC), "why": "checked by hand"}
    result = assessed(PEOPLE, overrides=[override])
    recorded = result.overrides[0]

    assert value == recorded["after"]
    assert (recorded["who"], recorded["why"]) == ("A. Example", "checked by hand")
    assert recorded["before"] is not None
    assert f"severity.{target.removeprefix('severity.')}" == recorded["target"]


@pytest.mark.parametrize(("target", "before"), [("EI", 1.0), ("DPC", 4.0), ("DPC.financial", 4.0), ("CB", 0.5), ("CB.confidentiality", 0.5)])
def test_what_was_overridden_is_kept(target, before):
    """The value that the machine found stands beside the one that holds."""
    value = {"EI": 0.5, "CB.confidentiality": 0.25}.get(target, 1)
    recorded = assessed(PEOPLE, overrides=[{"target": target, "value": value, "who": "x", "when": "2026-01-02", "why": "y"}]).overrides[0]

    assert (recorded["before"], recorded["after"]) == (before, value)


def test_an_overridden_factor_changes_the_score():
    """Without the assumed recipients the score falls by half a point."""
    calm = incident(overrides=[Override(target="CB", after=0.0, who="x", when="2026-01-02", why="store was never reachable")])

    assert calm["score"] == 4.0
    assert factor(calm, "CB")["overridden"]["why"] == "store was never reachable"


def test_overrides_in_the_facts_are_taken():
    """A person writes them into the facts file once."""
    facts = SimpleNamespace(overrides=(SimpleNamespace(target="severity.EI", value=0.25, who="x", when=None, why="hashed"),), exposure=None)

    assert factor(incident(facts=facts), "EI")["value"] == 0.25


@pytest.mark.parametrize("override", [{"target": "DPC", "value": 2, "why": " "}, {"target": "DPC", "value": 7, "why": "x"}, {"target": "EI", "value": "high", "why": "x"}, {"target": "CB", "value": True, "why": "x"}, {"target": "CB.malicious", "value": 1, "why": "x"}])
def test_an_override_without_reason_or_outside_the_scale_is_refused(override):
    """Bad use, with a hint."""
    with pytest.raises(UsageError):
        incident(overrides=[override])


def test_overrides_of_duties_are_left_to_the_law():
    """A target that is no factor of severity is not ours."""
    assert assessed(PEOPLE, overrides=[{"target": "duty-UK-regulator", "value": "applies", "who": "x", "why": "y"}]).overrides == ()


def test_more_than_a_hundred_people_are_reported_beside_the_score():
    """A flag, not a factor."""
    many = assessed({f"p{number}": ["unique_id"] for number in range(101)}).section()["incident"]
    few = assessed({f"p{number}": ["unique_id"] for number in range(100)}).section()["incident"]

    assert ([flag["flag"] for flag in many["flags"]], [flag["flag"] for flag in few["flags"]]) == (["many_people"], [])
    assert many["score"] == few["score"]


def test_without_personal_data_there_is_no_score():
    """The scheme scores breaches of personal data; none found is not scored as harmless."""
    section = assessed({}).section()["incident"]

    assert (section["score"], section["band"]) == (None, "not_assessed")


def test_findings_that_nobody_could_be_linked_to_are_scored_as_one():
    """Data classes without people still make the incident severe, and the flag says so."""
    result = assessed({}, findings=findings_of(("US_SSN", 0, "a"), ("US_SSN", 1, "b"), ("PERSON", 0, "c")))

    assert "not_linked" in [flag["flag"] for flag in result.section()["incident"]["flags"]]
    assert result.bands.is_empty()
    assert result.section()["incident"]["score"] == 2 * 1.0 + 0.5


def test_people_by_band_add_up_and_list_every_band():
    """Bands without people are listed with zero."""
    rows = assessed(PEOPLE).section()["individuals_by_band"]

    assert [row["band"] for row in rows] == ["very_high", "high", "medium", "low"]
    assert sum(row["people"] for row in rows) == 3


def test_each_change_that_would_move_the_score_is_scored():
    """Both directions of every factor within its scale."""
    changes = [row["change"] for row in incident()["sensitivity"]]

    assert any("data processing context 3 instead of 4" in change for change in changes)
    assert any("ease of identification 0.75" in change for change in changes)
    assert any(change.startswith("malicious") for change in changes)
    assert any("without the 1 person with the worst combination" in change for change in changes)


def test_other_schemes_stand_beside_the_leading_one():
    """Each bundled scheme gives its own level for the same incident."""
    rows = {row["scheme_id"]: row for row in assessed(PEOPLE).section()["other_schemes"]}

    assert {"nist-800-122", "cnil", "breach-level-index", "four-tier"} == set(rows)
    assert tuple(rows[name]["band"] for name in ("nist-800-122", "cnil", "four-tier")) == ("high", "maximum", "restricted")


@pytest.mark.parametrize("scheme", ["nist-800-122", "cnil", "four-tier", "breach-level-index"])
def test_another_scheme_can_lead(scheme):
    """It bands people and incident, and ENISA moves beside it."""
    result = assessed(PEOPLE, scheme=scheme)
    section = result.section()

    assert scheme == section["incident"]["scheme_id"]
    assert "enisa-2013" in [row["scheme_id"] for row in section["other_schemes"]]
    assert sum(row["people"] for row in section["individuals_by_band"]) == 3


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["full_name", "ssn", "email_personal", "phone", "bank_account", "diagnosis_history", "unique_id"]), min_size=1, max_size=5, unique=True))
def test_exposing_more_of_a_person_never_lowers_the_identification(held):
    """Adding an element can only make it easier to tell who it is."""
    fewer = assessed({"p": held[:-1] or held}).bands["ei"][0]
    more = assessed({"p": held}).bands["ei"][0]

    assert more >= fewer


@pytest.mark.parametrize("target", ["severity.weigth.ssn", "DPC.simpel", "CB.intent", "weight.snn", "four-tier.clas"])
def test_an_override_of_nothing_that_exists_is_refused(target):
    """A typing error is not passed over in silence; the nearest name is the hint."""
    with pytest.raises(UsageError) as caught:
        incident(overrides=[{"target": target, "value": 1, "who": "x", "why": "y"}])

    assert "Did you mean" in caught.value.hint


@pytest.mark.parametrize(("target", "value"), [("four-tier.class", 2), ("nist-800-122.quantity", 3), ("cnil.effect", 1), ("breach-level-index.action", 5)])
def test_a_factor_of_another_scheme_can_be_overridden(target, value):
    """Whether it leads or stands beside; what it replaced is kept."""
    scheme, _, name = target.partition(".")
    override = {"target": f"severity.{target}", "value": value, "who": "x", "when": "2026-01-02", "why": "policy"}
    for more in ({}, {"scheme": scheme}):
        result = assessed(PEOPLE, overrides=[override], **more)
        section = result.section()
        scored = next(row for row in (section["incident"], *section["other_schemes"]) if row["scheme_id"] == scheme)
        moved = next(row for row in scored["factors"] if row["factor"] == name)

        assert (moved["value"], moved["overridden"]["why"]) == (value, "policy")
        assert result.overrides[0]["before"] == moved["overridden"]["before"] != value


def test_a_leading_scheme_of_another_kind_shows_its_working_range_and_sensitivity():
    """The same worksheet, whatever the scheme."""
    section = assessed(PEOPLE, scheme="cnil").section()["incident"]

    assert section["working"] == "4 + 4 = 8"
    assert section["low"] <= section["score"] <= section["high"]
    assert {"change": "prejudicial effect 3 instead of 4", "score": 7.0, "band": "maximum"} in section["sensitivity"]
    assert [row["band"] for row in section["scale"]["bands"]] == ["negligible", "limited", "significant", "maximum"]


def test_the_scale_of_the_leading_scheme_travels_with_the_result():
    """A reader of the result needs no scheme file."""
    scale = incident()["scale"]

    assert [(row["band"], row["at_least"]) for row in scale["bands"]] == [("low", 0.0), ("medium", 2.0), ("high", 3.0), ("very_high", 4.0)]
    assert (scale["low"], scale["high"]) == (0.0, 6.0)


def test_the_cost_is_reckoned_only_when_asked():
    """An option, and where it was not taken the reason stands."""
    asked, not_asked = (assessed(PEOPLE, cost=wanted).section()["cost"] for wanted in (True, False))

    assert asked["available"] and asked["methods"]
    assert not not_asked["available"] and "--cost" in not_asked["why"]


CHATS = {"p": {"full_name": 1, "email_personal": 1, "chat_or_email_content": 10}, "q": {"full_name": 1, "health_record": 1}, "r": {"full_name": 1, "transactions": 1}}


@pytest.mark.parametrize(
    ("fact", "steps"),
    [("already_public", {"DPC.behavioural": 1, "DPC.financial": 3, "DPC.sensitive": 1}), ("inaccurate", {"DPC.behavioural": 1, "DPC.financial": 2, "DPC.sensitive": 3})],
)
def test_data_that_were_public_or_are_wrong_weigh_less_when_the_facts_show_it(fact, steps):
    """Each by the step of the annex, with what shows it beside the step."""
    facts = {"exposure": {fact: "yes", "context_evidence": "the register of the town, 2024"}}
    parts = {part["id"]: part for part in factor(assessed(CHATS, facts=facts).section()["incident"], "DPC")["parts"]}
    said = [step["why"] for part in parts.values() for step in part["adjustments"] if "stated in the facts" in step["why"]]

    assert {name: parts[name]["value"] for name in steps} == steps
    assert all("(the register of the town, 2024)" in why for why in said)
    assert said


@pytest.mark.parametrize("fact", ["already_public", "inaccurate"])
def test_a_claim_without_what_shows_it_lowers_nothing_and_is_said(fact):
    """The score is as without it."""
    claimed = assessed(CHATS, facts={"exposure": {fact: "yes"}}).section()["incident"]

    assert claimed["score"] == assessed(CHATS).section()["incident"]["score"]
    assert any("without what shows it" in flag["text"] for flag in claimed["flags"])


def test_the_new_facts_are_facts_of_the_file():
    """As people state them."""
    facts = from_mapping({"exposure": {"already_public": True, "context_evidence": "the register"}})

    assert assessed(CHATS, facts=facts).section()["incident"]["score"] < assessed(CHATS).section()["incident"]["score"]
