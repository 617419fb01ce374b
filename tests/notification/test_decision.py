"""The decision as callers get it: shape, order, reasons, what would change, overrides, records."""

from datetime import date

import pytest

from leakscope.errors import FactsError
from leakscope.notification import DISCLAIMER, decide
from leakscope.notification.facts import load
from leakscope.notification.worked import facts_of
from tests.notification.make import exact, frames, sampled

DAY = date(2026, 11, 24)
GROUPS = [("DE", ("full_name", "ssn"), 6), ("US-CA", ("full_name", "ssn", "health_record"), 6), ("US-NY", ("email_personal", "password_plain"), 2), (None, ("full_name",), 1)]
HERE = {"incident.establishments": ["US-CA", "DE", "FR"], "incident.main_establishment": "DE"}
OVERRIDE = {"target": "duty-US-CA-regulator", "value": "applies", "who": "A. Counsel", "when": "2026-11-05T10:00:00Z", "why": "cautious reading"}


def decided(stated=None, *, counts=None, groups=GROUPS, on=DAY):
    """A decision on the groups."""
    people, held = frames(groups)
    counts = counts or {"individuals": exact(people.height), "exposure": exact(people.height)}
    return decide(individuals=people, person_elements=held, counts=counts, facts=facts_of({**HERE, **(stated or {})}), on=on)


def duty_of(decision, name):
    """The duty of an id without its prefix."""
    return next(duty for duty in decision.duties if duty["id"] == f"duty-{name}")


def test_a_duty_has_the_shape_every_report_reads():
    """All keys are there in every duty, whatever its status."""
    keys = {"id", "jurisdiction", "jurisdiction_name", "instrument", "recipient_kind", "recipient", "status", "probability", "why", "deadline", "content", "citation", "in_force", "confidence", "missing_facts", "people"}
    deadline = {"instant", "from", "starts", "text", "calendar", "outer_limit"}

    for duty in decided().duties:
        assert keys <= set(duty)
        assert deadline <= set(duty["deadline"])
        assert duty["why"]
        assert set(duty["confidence"]) == {"level", "sources", "addresses", "as_of", "note", "unverified"}


def test_duties_come_with_the_earliest_deadline_first_and_those_that_do_not_apply_last():
    """The order a responder reads in."""
    decision = decided()
    instants = [duty["deadline"]["instant"] for duty in decision.duties if duty["status"] != "does_not_apply"]
    dated = [instant for instant in instants if instant]

    assert instants[: len(dated)] == sorted(dated)
    assert decision.duties[0]["id"] == "duty-EU-GDPR-regulator"
    assert [duty["status"] == "does_not_apply" for duty in decision.duties] == sorted(duty["status"] == "does_not_apply" for duty in decision.duties)


def test_the_lead_authority_is_that_of_the_main_establishment():
    """One notice covers the other states of the EEA."""
    decision = decided()

    assert "Germany" in duty_of(decision, "EU-GDPR-regulator")["recipient"]
    assert not [duty for duty in decision.duties if duty["jurisdiction"] in ("EU-DE", "EU-FR")]


def test_codes_may_be_small_and_the_union_may_stand_for_its_states():
    """`de` is Germany; an establishment somewhere in the EU has a lead authority, which the recipient leaves open."""
    small = decided({"incident.establishments": ["de"], "incident.main_establishment": "de"})
    union = decided({"incident.establishments": ["EU"], "incident.main_establishment": "unknown"})

    assert "Germany" in duty_of(small, "EU-GDPR-regulator")["recipient"]
    assert duty_of(union, "EU-GDPR-regulator")["recipient"].startswith("competent supervisory authority")
    assert not [duty for duty in union.duties if duty["jurisdiction"] == "EU-DE"]


def test_outside_the_eea_each_affected_authority_is_told():
    """No establishment, no lead authority (EDPB Guidelines 9/2022)."""
    decision = decided({"incident.establishments": ["US-CA"], "incident.main_establishment": "US", "incident.targets": ["EU"]})

    assert duty_of(decision, "EU-DE-regulator")["status"] == "applies"


def test_nothing_stated_leaves_duties_open_and_lists_what_is_missing():
    """With an empty facts file nothing is denied that facts could bring."""
    people, held = frames(GROUPS)
    decision = decide(individuals=people, person_elements=held, counts={"individuals": exact(15)}, facts=load(None), on=DAY)

    assert {duty["status"] for duty in decision.duties if duty["jurisdiction"] in ("EU-GDPR", "US-NY")} == {"may_apply"}
    assert {"incident.role", "exposure.exfiltration", "regimes.hipaa", "residence", "population.records"} <= {row["fact"] for row in decision.missing_facts}


def test_a_threshold_inside_the_interval_may_apply_with_its_probability():
    """About 500 Californians in the exposure: notice to the attorney general is open, with P(more than 500)."""
    counts = {"individuals": exact(15), "exposure": sampled(1250, 800, 2000)}
    duty = duty_of(decided(counts=counts), "US-CA-regulator")

    assert duty["status"] == "may_apply"
    assert 0.3 < duty["probability"] < 0.7
    assert any(row["id"] == "change-count-US-CA-regulator" for row in decided(counts=counts).what_would_change)


def test_a_floor_below_a_threshold_leaves_it_open():
    """The evidence is a sample of unknown share: 6 Californians seen do not exclude more than 500."""
    duty = duty_of(decided(counts={"individuals": exact(15)}), "US-CA-regulator")

    assert (duty["status"], duty["probability"]) == ("may_apply", None)
    assert "population.records" in duty["missing_facts"]


def test_what_would_change_names_the_facts_that_end_or_bring_duties():
    """Encryption with a safe key would end the state duties; 495 more Californians would bring one."""
    rows = {row["id"]: row for row in decided().what_would_change}

    assert "duty-US-CA-individuals" in rows["change-exposure.encryption-encrypted+exposure.key-safe"]["duties"]
    assert "495 more people" in rows["change-count-US-CA-regulator"]["change"]


def test_a_change_that_is_listed_does_change_the_answer():
    """Each listed single fact, applied, moves the duties that it names."""
    before = {duty["id"]: duty["status"] for duty in decided().duties}
    for row in decided().what_would_change:
        path, _, value = row["id"].removeprefix("change-").rpartition("-")
        if "+" in row["id"] or path.startswith(("count", "place")):
            continue
        after = {duty["id"]: duty["status"] for duty in decided({path: value}).duties}
        assert all(before.get(name, "does_not_apply") != after.get(name, "does_not_apply") for name in row["duties"]), row["id"]


def test_an_override_is_applied_and_recorded_with_before_and_after():
    """The duty changes, the reason leads, and who, when and why are kept."""
    decision = decided({"override": [OVERRIDE]})

    assert duty_of(decision, "US-CA-regulator")["status"] == "applies"
    assert "A. Counsel" in duty_of(decision, "US-CA-regulator")["why"][0]
    assert decision.overrides == [{"target": "duty-US-CA-regulator", "before": "does_not_apply", "after": "applies", "who": "A. Counsel", "when": "2026-11-05T10:00:00Z", "why": "cautious reading"}]


def test_an_override_with_a_status_that_does_not_exist_is_refused():
    """A slip of the pen must not silence a duty."""
    with pytest.raises(FactsError, match="must be one of"):
        decided({"override": [{**OVERRIDE, "value": "never"}]})


def test_a_notice_already_given_is_shown_on_its_duty():
    """Earlier notices are facts."""
    decision = decided({"notice": [{"duty": "duty-EU-GDPR-regulator", "when": "2026-11-04T10:00:00Z"}]})

    assert duty_of(decision, "EU-GDPR-regulator")["notified"] == "2026-11-04T10:00:00Z"


def test_reasons_for_not_notifying_are_kept_with_their_period():
    """New York: a documented inadvertent disclosure excuses, and the determination is kept five years."""
    quiet = {"harm.misuse_likely": "no", "harm.determination_documented": "yes", "exposure.inadvertent": "yes", "exposure.malicious": "no"}
    kept = {row["duty"]: row for row in decided(quiet).records}

    assert kept["duty-US-NY-individuals"]["retain_years"] == 5
    assert any("excused after investigation" in reason for reason in kept["duty-US-NY-individuals"]["reasons"])


def test_massachusetts_says_that_counting_is_no_reason_to_wait():
    """Where the law forbids waiting for the count, the duty says so."""
    duty = duty_of(decided(groups=[("US-MA", ("full_name", "ssn"), 2)]), "US-MA-individuals")

    assert any("no reason to wait" in sentence for sentence in duty["why"])
    assert "must not contain: nature of breach" in duty["content"]
    assert "description of the incident" not in duty["content"]


def test_the_general_public_is_told_instead_when_each_person_would_take_disproportionate_effort():
    """Art. 34(3)(c) changes the means, not the duty."""
    duty = duty_of(decided({"harm.disproportionate_effort": "yes"}), "EU-GDPR-individuals")

    assert duty["status"] == "applies"
    assert "public" in duty["recipient"]


def test_a_securities_filing_is_a_prompt_until_materiality_is_determined():
    """Nobody but the company can say what is material."""
    assert duty_of(decided({"regimes.public_company": "yes"}), "US-SEC-8K-regulator")["status"] == "unknown"
    assert duty_of(decided({"regimes.public_company": "yes", "determinations.material": "yes"}), "US-SEC-8K-regulator")["status"] == "applies"


def test_privilege_prints_a_banner_and_the_disclaimer_is_always_there():
    """Both belong to the decision itself."""
    assert decided().banner is None
    assert "Privileged" in decided({"incident.privileged": True}).banner
    assert decided().to_dict()["disclaimer"] == DISCLAIMER


def test_a_lost_device_leaves_acquisition_open_a_stolen_one_does_not():
    """What was lost may lie where nobody finds it; what was stolen is in somebody's hands."""
    open_yet = {"exposure.exfiltration": "unknown", "exposure.access": "unknown", "exposure.recipients": "unknown", "exposure.lost": "yes", "exposure.malicious": "unknown"}
    lost, stolen = (decided({**open_yet, "exposure.kind": kind}) for kind in ("loss", "theft"))

    assert duty_of(lost, "US-CA-individuals")["status"] == "may_apply"
    assert duty_of(stolen, "US-CA-individuals")["status"] == "applies"


def test_hipaa_lists_the_four_factors_and_presumes_a_breach():
    """The presumption holds until a documented assessment demonstrates otherwise."""
    presumed, shown = (decided({"regimes.hipaa": "covered_entity", "harm.low_probability": said}) for said in ("unknown", "yes"))

    assert duty_of(presumed, "US-HIPAA-individuals")["status"] == "applies"
    assert any("four factors" in sentence and "acquired or viewed: yes" in sentence for sentence in duty_of(presumed, "US-HIPAA-individuals")["why"])
    assert duty_of(shown, "US-HIPAA-individuals")["status"] == "does_not_apply"


def test_grave_data_of_people_who_may_live_elsewhere_leave_the_risk_open():
    """A Briton's contact data, and health data of somebody whose country is unknown: high risk in the United Kingdom is open."""
    stated = {"incident.establishments": ["US"], "incident.main_establishment": "US", "incident.targets": ["GB"]}
    contact = ("GB", ("full_name", "email_personal"), 30)
    open_yet = decided(stated, groups=[contact, (None, ("full_name", "health_record"), 1)])
    settled = decided(stated, groups=[contact, ("GB", ("full_name", "health_record"), 1)])

    assert duty_of(open_yet, "UK-individuals")["status"] == "may_apply"
    assert duty_of(settled, "UK-individuals")["status"] == "applies"


def test_a_processor_with_several_controllers_tells_each():
    """The evidence of a processor holds the people of more than one controller."""
    import polars as pl

    people, held = frames(GROUPS)
    people = people.with_columns(controller=pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.lit("tenant-1")).otherwise(pl.lit("tenant-2")))
    decision = decide(individuals=people, person_elements=held, counts={"individuals": exact(15)}, facts=facts_of({**HERE, "incident.role": "processor"}), on=DAY)

    assert "each of the 2" in duty_of(decision, "EU-GDPR-controller")["recipient"]


def test_a_processor_owes_notice_to_its_controller_and_the_rest_is_the_controller_s():
    """Role decides who owes what."""
    decision = decided({"incident.role": "processor"})

    assert duty_of(decision, "EU-GDPR-controller")["status"] == "applies"
    assert duty_of(decision, "EU-GDPR-regulator")["status"] == "does_not_apply"
    assert duty_of(decision, "US-CA-controller")["status"] == "applies"
