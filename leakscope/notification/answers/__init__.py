"""What the assessment and the facts can answer of a regulator's question; null where only people can."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from leakscope.notification.answers import decided, incident, people
from leakscope.notification.answers.people import exceeds, phrase, residents
from leakscope.notification.answers.reading import Answer, Assessment, fact, moment, together, yes_or_no

_reporter = together(fact("contacts", "reporter_name"), fact("contacts", "reporter_function"), fact("contacts", "reporter_contact"), joined=", ")

ANSWERS: Mapping[str, Answer] = {
    "notification_type": lambda assessment: "follow-up" if assessment["facts"].get("notices") else "new",
    "completeness": lambda assessment: "incomplete, further information follows" if assessment["missing_facts"] else "complete",
    "reference": fact("incident", "reference"),
    "organisation": fact("incident", "organisation"),
    "organisation_address": fact("incident", "organisation_address"),
    "organisation_contact": together(fact("incident", "organisation"), fact("incident", "organisation_address"), joined=", "),
    "public_private": yes_or_no("incident", "public_body", "public", "private"),
    "sectors": fact("incident", "sectors"),
    "establishments": fact("incident", "establishments"),
    "other_parties": fact("incident", "other_parties"),
    "other_parties_yes": incident.other_parties_yes,
    "reporter_name": fact("contacts", "reporter_name"),
    "reporter_contact": fact("contacts", "reporter_contact"),
    "reporter_function": fact("contacts", "reporter_function"),
    "reporter_all": _reporter,
    "dpo_designated": incident.dpo_designated,
    "dpo_name": fact("contacts", "dpo_name"),
    "dpo_contact": fact("contacts", "dpo_contact"),
    "contacts_all": together(fact("contacts", "dpo_name"), fact("contacts", "dpo_contact"), _reporter),
    "when_occurred": incident.when,
    "occurrence_start": moment("occurrence_start"),
    "occurrence_end": moment("occurrence_end"),
    "awareness": moment("awareness"),
    "discovery": moment("discovery"),
    "processor_notice": moment("processor_notice"),
    "notice_to_individuals": moment("notice_to_individuals"),
    "dates_both": incident.dates,
    "reasons_for_delay": fact("narrative", "reasons_for_delay"),
    "how_discovered": fact("narrative", "how_discovered"),
    "discovered_all": together(fact("narrative", "how_discovered"), moment("discovery")),
    "nature_cia": incident.nature,
    "exfiltrated": incident.exfiltrated,
    "unintelligible": incident.unintelligible,
    "integrity": yes_or_no("exposure", "altered", "altered", "not altered"),
    "availability": incident.availability,
    "incident_kind": fact("exposure", "kind"),
    "cause": incident.cause,
    "summary": fact("narrative", "summary"),
    "what_happened_all": together(fact("narrative", "summary"), fact("narrative", "root_cause"), fact("narrative", "measures_before")),
    "root_cause": fact("narrative", "root_cause"),
    "systems": fact("exposure", "systems"),
    "people_categories": people.categories,
    "people_detail": people.people_detail,
    "people_status": people.people_status,
    "people_number": people.people_number,
    "people_phrase": people.people_phrase,
    "people_and_dates": together(people.people_phrase, incident.dates),
    "people_per_eea": people.people_per_eea,
    "affected_eea": people.affected_eea,
    "data_types": people.data_types,
    "data_types_edpb": people.data_types_edpb,
    "records_status": lambda assessment: incident.records(assessment)[1],
    "records_number": lambda assessment: incident.records(assessment)[0],
    "measures_before": fact("narrative", "measures_before"),
    "measures_all": together(fact("narrative", "measures_before"), fact("narrative", "response")),
    "consequences": decided.consequences,
    "severity_edpb": decided.severity({"low": "minor", "medium": "moderate", "high": "severe", "very_high": "severe"}),
    "severity_cnil": decided.severity({"low": "negligible", "medium": "limited", "high": "significant", "very_high": "maximal"}),
    "risk_outcome": decided.risk("EU-GDPR"),
    "risk_outcome_uk": decided.risk("UK"),
    "risk_method": decided.risk_method,
    "response": fact("narrative", "response"),
    "prevention": fact("narrative", "prevention"),
    "advice": fact("narrative", "advice"),
    "services_offered": fact("narrative", "services_offered"),
    "individuals_told_status": decided.told,
    "exemption_34_3": decided.exempt,
    "exemption_why": decided.exempt_why,
    "police": yes_or_no("law_enforcement", "reported", "yes", "no"),
    "law_enforcement_hold": yes_or_no("law_enforcement", "hold", "yes", "no"),
    "other_authorities_yes": lambda assessment: "yes" if decided.other_authorities(assessment) else None,
    "other_authorities": decided.other_authorities,
    "cross_border": decided.cross_border,
    "outside_eea": decided.outside,
    "lead_authority": decided.lead,
    "hipaa_role": fact("regimes", "hipaa"),
}


def _about_residents(assessment: Assessment, code: str) -> str | None:
    """People who live in `code`, then everybody."""
    there, everywhere = phrase(residents(assessment, code)), people.people_phrase(assessment)
    return f"{there} among residents; {everywhere} in all" if there and everywhere else everywhere


#: Sources with a place: `residents:US-ME`, `residents_and_all:UK`, `data_types_of:US-MA`, `over:US-CA:500`.
_PLACED: Mapping[str, Callable[[Assessment, str], str | None]] = {
    "residents": lambda assessment, rest: phrase(residents(assessment, rest)),
    "residents_and_all": _about_residents,
    "data_types_of": people.data_types_of,
    "over": lambda assessment, rest: exceeds(assessment, rest.partition(":")[0], int(rest.partition(":")[2])),
}


def answer_to(source: str, assessment: Assessment) -> str | None:
    """
    The answer to a form's source: a name of `ANSWERS`, or one of the sources with a place.

    Raises:
        KeyError: there is no such source.
    """
    kind, _, rest = source.partition(":")
    return _PLACED[kind](assessment, rest) if rest else ANSWERS[source](assessment)
