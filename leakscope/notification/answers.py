"""What the assessment and the facts can answer of a regulator's question; null where only people can."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from leakscope.notification.law import jurisdictions
from leakscope.vocabulary import elements

Assessment = Mapping[str, Any]


def _table(assessment: Assessment, name: str) -> Mapping[str, Any]:
    return assessment["facts"].get(name) or {}


def _fact(table: str, name: str) -> Callable[[Assessment], str | None]:
    def read(assessment: Assessment) -> str | None:
        value = _table(assessment, table).get(name)
        if value in (None, "", "unknown", [], {}):
            return None
        return "; ".join(map(str, value)) if isinstance(value, list) else str(value).replace("_", " ")

    return read


def _together(*names: str, joined: str = "; ") -> Callable[[Assessment], str | None]:
    return lambda assessment: joined.join(said for name in names if (said := ANSWERS[name](assessment))) or None


def _tri(table: str, name: str, yes: str, no: str) -> Callable[[Assessment], str | None]:
    return lambda assessment: {"yes": yes, "no": no}.get(_table(assessment, table).get(name) or "")


def people(assessment: Assessment) -> Mapping[str, Any]:
    """The estimate of people that a notice states: of the whole exposure, or of the evidence when no more can be said."""
    held = assessment["individuals"]
    return held.get("exposure") or held["estimated"]


def phrase(estimate: Mapping[str, Any] | None) -> str | None:
    """An estimate in words a form takes: exact, approximate with its interval, or a lower bound."""
    if not estimate or estimate.get("value") is None:
        return None
    value, low, high = estimate["value"], estimate.get("low"), estimate.get("high")
    if low == high == value:
        return f"{value:,.0f}"
    if high is None:
        return f"at least {low or 0:,.0f}; the total is being established"
    return f"approximately {value:,.0f} ({(estimate.get('level') or 0.95) * 100:g}% interval {low or 0:,.0f} to {high:,.0f})"


def _people_number(assessment: Assessment) -> str | None:
    value = people(assessment).get("value")
    return None if value is None else f"{value:.0f}"


def _status(estimate: Mapping[str, Any]) -> str:
    if estimate.get("value") is None:
        return "to be determined"
    return "exact" if estimate.get("low") == estimate.get("high") == estimate["value"] else "approximate"


def _people_detail(assessment: Assessment) -> str:
    held = assessment["individuals"]
    roles = ", ".join(f"{row['role'].replace('_', ' ')} {row['people']:,}" for row in held.get("by_role") or ())
    return f"{phrase(people(assessment)) or 'number being established'}; method: {people(assessment).get('method')}" + (f"; by role: {roles}" if roles else "")


def _categories(assessment: Assessment) -> str | None:
    names = {"account_holder": "users or subscribers", "chat_author": "users", "third_party": "other people named in the data", "employee": "employees", "business_contact": "business contacts", "child": "children"}
    found = [names[row["role"]] for row in assessment["individuals"].get("by_role") or () if row["role"] in names and row["people"]]
    return ", ".join(dict.fromkeys(found)) or None


def _elements(assessment: Assessment) -> list[str]:
    return [row["element"] for row in assessment["individuals"].get("by_element") or ()]


def _data_types(assessment: Assessment) -> str | None:
    known = elements()
    return ", ".join(known[code].name if code in known else code for code in _elements(assessment)) or None


def _data_types_edpb(assessment: Assessment) -> str | None:
    known = elements()
    letters = {known[code].edpb_field_70 for code in _elements(assessment) if code in known}
    return ", ".join(sorted(letter for letter in letters if letter)) or None


def _records(assessment: Assessment) -> tuple[str | None, str]:
    population = assessment["sample"].get("population") or []
    total = sum(row["records"] for row in population)
    if total:
        return f"{total:,}", "exact" if all(row.get("basis") == "counted" for row in population) else "approximate"
    return f"at least {assessment['coverage']['records_collected']:,} (the evidence; the whole exposure is being established)", "to be determined"


def _nature(assessment: Assessment) -> str | None:
    facts = _table(assessment, "exposure")
    shown = any(facts.get(name) == "yes" for name in ("access", "exfiltration", "lost", "posted")) or facts.get("recipients") in ("known", "trusted", "unknown_persons", "public")
    found = [word for word, held in (("confidentiality", shown), ("integrity", facts.get("altered") == "yes"), ("availability", facts.get("unavailable") == "yes")) if held]
    return ", ".join(found) or None


def _exfiltrated(assessment: Assessment) -> str | None:
    return {"yes": "exfiltrated", "no": "not exfiltrated", "unknown": "not yet assessable"}.get(_table(assessment, "exposure").get("exfiltration") or "unknown")


def _cause(assessment: Assessment) -> str | None:
    facts = _table(assessment, "exposure")
    inside = {"yes": "internal", "no": "external"}.get(facts.get("insider") or "")
    purpose = {"yes": "malicious", "no": "not malicious"}.get(facts.get("malicious") or "")
    return ", ".join(part for part in (inside, purpose) if part) or None


def _when(assessment: Assessment) -> str | None:
    start, end = _fact("clocks", "occurrence_start")(assessment), _fact("clocks", "occurrence_end")(assessment)
    return f"{start} to {end}" if start and end else (start and f"from {start}, end not known") or None


def _unintelligible(assessment: Assessment) -> str | None:
    facts = _table(assessment, "exposure")
    if facts.get("encryption") == "encrypted":
        return {"safe": "yes: encrypted, key safe", "compromised": "no: the key is compromised"}.get(facts.get("key") or "", "encrypted; state of the key not known")
    return {"none": "no", "pseudonymised": "pseudonymised"}.get(facts.get("encryption") or "")


def _severity(words: Mapping[str, str]) -> Callable[[Assessment], str | None]:
    return lambda assessment: words.get((assessment.get("severity") or {}).get("incident", {}).get("band") or "")


def _status_of(assessment: Assessment, duty: str) -> str | None:
    return next((row["status"] for row in assessment["duties"] if row["id"] == duty), None)


def _risk(jurisdiction: str) -> Callable[[Assessment], str | None]:
    def read(assessment: Assessment) -> str | None:
        told, authority = _status_of(assessment, f"duty-{jurisdiction}-individuals"), _status_of(assessment, f"duty-{jurisdiction}-regulator")
        if told == "applies":
            return "high risk"
        if "may_apply" in (told, authority):
            return "more information needed"
        return {"applies": "risk", "does_not_apply": "risk unlikely"}.get(authority or "")

    return read


def _risk_method(assessment: Assessment) -> str | None:
    incident = (assessment.get("severity") or {}).get("incident") or {}
    duty = next((row for row in assessment["duties"] if row["id"] in ("duty-EU-GDPR-individuals", "duty-UK-individuals")), None)
    parts = [f"{incident['scheme']}: {incident['working']}" if incident.get("working") else "", "; ".join(duty["why"]) if duty else "", f"law data {str(assessment['versions'].get('law'))[:12]}"]
    return ". ".join(part for part in parts if part)


def _eea(assessment: Assessment) -> list[Mapping[str, Any]]:
    codes = set(jurisdictions()["EU-GDPR"].scope.residence)
    return [row for row in assessment["individuals"].get("by_residence") or () if (row.get("residence") or "").split("-")[0] in codes]


def _affected(assessment: Assessment) -> str | None:
    return ", ".join(sorted(row["residence"] for row in _eea(assessment))) or None


def _per_country(assessment: Assessment) -> str | None:
    return "; ".join(f"{row['residence']}: {phrase(row['people']) or 'not known'}" for row in sorted(_eea(assessment), key=lambda row: row["residence"])) or None


def _seated(assessment: Assessment) -> bool | None:
    places = _table(assessment, "incident").get("establishments")
    if places is None:
        return None
    return any(place.split("-")[0] in jurisdictions()["EU-GDPR"].scope.establishment for place in places)


def _cross_border(assessment: Assessment) -> str | None:
    seated = _seated(assessment)
    return None if seated is None else ("yes" if len(_eea(assessment)) > 1 else "no") if seated else "not established in the EEA"


def _outside(assessment: Assessment) -> str | None:
    seated = _seated(assessment)
    return None if seated is None else "no" if seated else "yes"


def _lead(assessment: Assessment) -> str | None:
    return next((row["recipient"] for row in assessment["duties"] if row["id"] == "duty-EU-GDPR-regulator" and _seated(assessment)), None)


def _told(assessment: Assessment) -> str | None:
    return "informed" if _fact("clocks", "notice_to_individuals")(assessment) else {"high risk": "will be informed", "risk unlikely": "not informed: no high risk", "risk": "not informed: no high risk"}.get(ANSWERS["risk_outcome"](assessment) or "", "to be decided")


def _exempt(assessment: Assessment) -> str | None:
    harm = _table(assessment, "harm")
    facts = _table(assessment, "exposure")
    found = [
        letter
        for letter, held in (
            ("(a) data unintelligible", facts.get("encryption") == "encrypted" and facts.get("key") == "safe"),
            ("(b) later measures", harm.get("subsequent_measures") == "yes"),
            ("(c) disproportionate effort: public communication instead", harm.get("disproportionate_effort") == "yes"),
        )
        if held
    ]
    return ", ".join(found) or None


def _others(assessment: Assessment) -> str | None:
    found = [row["duty"].removeprefix("duty-") for row in assessment["facts"].get("notices") or () if row.get("when")]
    return ", ".join(found) or None


ANSWERS: Mapping[str, Callable[[Assessment], str | None]] = {
    "notification_type": lambda assessment: "follow-up" if assessment["facts"].get("notices") else "new",
    "completeness": lambda assessment: "incomplete, further information follows" if assessment["missing_facts"] else "complete",
    "reference": _fact("incident", "reference"),
    "organisation": _fact("incident", "organisation"),
    "organisation_address": _fact("incident", "organisation_address"),
    "organisation_contact": _together("organisation", "organisation_address", joined=", "),
    "public_private": _tri("incident", "public_body", "public", "private"),
    "sectors": _fact("incident", "sectors"),
    "reporter_name": _fact("contacts", "reporter_name"),
    "reporter_contact": _fact("contacts", "reporter_contact"),
    "reporter_function": _fact("contacts", "reporter_function"),
    "reporter_all": _together("reporter_name", "reporter_function", "reporter_contact", joined=", "),
    "dpo_designated": lambda assessment: "yes" if _fact("contacts", "dpo_name")(assessment) else None,
    "dpo_name": _fact("contacts", "dpo_name"),
    "dpo_contact": _fact("contacts", "dpo_contact"),
    "contacts_all": _together("dpo_name", "dpo_contact", "reporter_all"),
    "other_parties": _fact("incident", "other_parties"),
    "other_parties_yes": lambda assessment: "yes" if _table(assessment, "incident").get("other_parties") else None,
    "when_occurred": _when,
    "occurrence_start": _fact("clocks", "occurrence_start"),
    "occurrence_end": _fact("clocks", "occurrence_end"),
    "awareness": _fact("clocks", "awareness"),
    "discovery": _fact("clocks", "discovery"),
    "processor_notice": _fact("clocks", "processor_notice"),
    "notice_to_individuals": _fact("clocks", "notice_to_individuals"),
    "dates_both": lambda assessment: "; ".join(f"{name}: {said}" for name, said in (("occurred", _when(assessment)), ("discovered", ANSWERS["discovery"](assessment)), ("aware", ANSWERS["awareness"](assessment))) if said) or None,
    "reasons_for_delay": _fact("narrative", "reasons_for_delay"),
    "how_discovered": _fact("narrative", "how_discovered"),
    "discovered_all": _together("how_discovered", "discovery"),
    "nature_cia": _nature,
    "exfiltrated": _exfiltrated,
    "unintelligible": _unintelligible,
    "integrity": _tri("exposure", "altered", "altered", "not altered"),
    "availability": lambda assessment: {"yes": f"unavailable; restored: {_table(assessment, 'exposure').get('restored', 'not known')}", "no": "available throughout"}.get(_table(assessment, "exposure").get("unavailable") or ""),
    "incident_kind": _fact("exposure", "kind"),
    "cause": _cause,
    "summary": _fact("narrative", "summary"),
    "what_happened_all": _together("summary", "root_cause", "measures_before"),
    "root_cause": _fact("narrative", "root_cause"),
    "systems": _fact("exposure", "systems"),
    "people_categories": _categories,
    "people_detail": _people_detail,
    "people_status": lambda assessment: _status(people(assessment)),
    "people_number": _people_number,
    "people_phrase": lambda assessment: phrase(people(assessment)),
    "people_and_dates": _together("people_phrase", "dates_both"),
    "data_types": _data_types,
    "data_types_edpb": _data_types_edpb,
    "data_types_detail": _data_types,
    "records_status": lambda assessment: _records(assessment)[1],
    "records_number": lambda assessment: _records(assessment)[0],
    "measures_before": _fact("narrative", "measures_before"),
    "measures_all": _together("measures_before", "response"),
    "consequences": _fact("narrative", "consequences"),
    "severity_edpb": _severity({"low": "minor", "medium": "moderate", "high": "severe", "very_high": "severe"}),
    "severity_cnil": _severity({"low": "negligible", "medium": "limited", "high": "significant", "very_high": "maximal"}),
    "risk_outcome": _risk("EU-GDPR"),
    "risk_outcome_uk": _risk("UK"),
    "risk_method": _risk_method,
    "response": _fact("narrative", "response"),
    "prevention": _fact("narrative", "prevention"),
    "advice": _fact("narrative", "advice"),
    "services_offered": _fact("narrative", "services_offered"),
    "individuals_told_status": _told,
    "exemption_34_3": _exempt,
    "exemption_why": lambda assessment: "; ".join(row["why"][0] for row in assessment["duties"] if row["id"] == "duty-EU-GDPR-individuals" and row["status"] == "does_not_apply") or None,
    "police": _tri("law_enforcement", "reported", "yes", "no"),
    "law_enforcement_hold": _tri("law_enforcement", "hold", "yes", "no"),
    "other_authorities_yes": lambda assessment: "yes" if _others(assessment) else None,
    "other_authorities": _others,
    "cross_border": _cross_border,
    "outside_eea": _outside,
    "lead_authority": _lead,
    "establishments": _fact("incident", "establishments"),
    "affected_eea": _affected,
    "people_per_eea": _per_country,
    "hipaa_role": _fact("regimes", "hipaa"),
}


def answer_to(source: str, assessment: Assessment) -> str | None:
    """
    The answer to a form's source: a name of the table above, `residents:CODE`, or `over:CODE:N`.

    Raises:
        KeyError: there is no such source.
    """
    kind, _, rest = source.partition(":")
    if kind == "residents":
        return phrase(residents(assessment, rest))
    if kind == "over":
        code, _, number = rest.partition(":")
        low, high = ((residents(assessment, code) or {}).get(name) for name in ("low", "high"))
        return "yes" if (low or 0) > int(number) else "no" if high is not None and high <= int(number) else None
    return ANSWERS[source](assessment)


def residents(assessment: Assessment, code: str) -> Mapping[str, Any] | None:
    """People who live in `code`, as the duties counted them, else as the assessment did."""
    duty: Iterable[Mapping[str, Any]] = (row for row in assessment["duties"] if row["jurisdiction"] == code and row.get("people"))
    lived = (row for row in assessment["individuals"].get("by_residence") or () if row.get("residence") == code)
    return next((row["people"] for row in (*duty, *lived)), None)
