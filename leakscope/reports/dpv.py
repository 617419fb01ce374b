"""The breach as linked data in the W3C Data Privacy Vocabulary 2.3 (JSON-LD), for registers and exchange with authorities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from leakscope.reports.form import Report
from leakscope.reports.sentences import source_checked
from leakscope.reports.wording import open_duties
from leakscope.safety.escape import plain
from leakscope.vocabulary import elements

Assessment = Mapping[str, Any]
#: Source: DPV 2.3, https://w3id.org/dpv, W3C Software and Document Licence.
CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "risk": "https://w3id.org/dpv/risk#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "leakscope": "urn:leakscope:",
    "hasPersonalData": {"@id": "dpv:hasPersonalData", "@type": "@id"},
    "hasSeverity": {"@id": "dpv:hasSeverity", "@type": "@id"},
    "hasNotificationStatus": {"@id": "dpv:hasNotificationStatus", "@type": "@id"},
}
SEVERITIES = {"low": "risk:LowSeverity", "medium": "risk:ModerateSeverity", "high": "risk:HighSeverity", "very_high": "risk:VeryHighSeverity"}
_PREFIXES = {"https://w3id.org/dpv/pd#": "pd:", "https://w3id.org/dpv#": "dpv:"}


def _compact(iri: str) -> str:
    return next((prefix + iri.removeprefix(base) for base, prefix in _PREFIXES.items() if iri.startswith(base)), iri)


def _id(assessment: Assessment, local: str) -> str:
    return f"leakscope:{assessment['case']['id']}/{local}"


def _breach_types(assessment: Assessment) -> list[str]:
    exposure = (assessment.get("facts") or {}).get("exposure") or {}
    extra = [name for fact, name in (("altered", "IntegrityBreach"), ("unavailable", "AvailabilityBreach")) if exposure.get(fact) == "yes"]
    return ["eu-gdpr:DataBreach", "eu-gdpr:ConfidentialityBreach", *(f"eu-gdpr:{name}" for name in extra)]


def _personal_data(assessment: Assessment) -> list[str]:
    known = elements()
    codes = {row.get("element") for row in assessment["findings_by_entity"]}
    return sorted({_compact(known[code].dpv or "") for code in codes if code in known and known[code].dpv})


def _estimate(estimate: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not estimate:
        return None
    return {f"leakscope:{name}": estimate.get(name) for name in ("value", "low", "high", "level", "method", "basis")}


def _notice(assessment: Assessment, duty: Mapping[str, Any]) -> dict[str, Any]:
    european = str(duty["jurisdiction"]).startswith("EU") or str(duty["instrument"]).startswith("GDPR")
    to_people = duty["recipient_kind"] == "individuals"
    kind = ("eu-gdpr:DataSubjectBreachNotice" if to_people else "eu-gdpr:DPABreachNotice") if european else "dpv:DataBreachNotice"
    deadline = (duty.get("deadline") or {}).get("instant")
    node = {
        "@id": _id(assessment, duty["id"]),
        "@type": kind,
        "dct:title": plain(f"{duty['jurisdiction_name']}: {duty['recipient']}"),
        "dct:conformsTo": plain(duty.get("citation") or duty["instrument"]),
        "hasNotificationStatus": "dpv:NotificationCompleted" if duty.get("notified") else "dpv:NotificationPlanned",
        "leakscope:status": duty["status"],
        "leakscope:sourceOfTheRule": source_checked(duty),
    }
    return {**node, "dct:valid": {"@type": "xsd:dateTime", "@value": deadline}} if deadline else node


def build(assessment: Assessment) -> dict[str, Any]:
    """
    One breach node, its impact assessment, and one notice per duty that applies or may apply.

    Args:
        assessment: as in assessment.json.
    """
    incident, people = assessment["severity"]["incident"], assessment["individuals"]
    breach = {
        "@id": _id(assessment, "breach"),
        "@type": _breach_types(assessment),
        "dct:title": plain(str(assessment["case"]["title"] or assessment["case"]["id"])),
        "dct:created": {"@type": "xsd:dateTime", "@value": assessment["case"]["created"]},
        "hasPersonalData": _personal_data(assessment),
        "leakscope:peopleInEvidence": _estimate(people["estimated"]),
        "leakscope:peopleInExposure": _estimate(people.get("exposure")),
        "leakscope:recordsExamined": assessment["coverage"]["records_examined"],
    }
    rated = {**breach, "hasSeverity": SEVERITIES[incident["band"]]} if incident["band"] in SEVERITIES else breach
    impact = {
        "@id": _id(assessment, "impact-assessment"),
        "@type": "dpv:DataBreachImpactAssessment",
        "dct:subject": {"@id": breach["@id"]},
        "leakscope:scheme": incident["scheme"],
        "leakscope:score": incident.get("score"),
        "dct:rights": (assessment.get("method") or {}).get("disclaimer") or "Not legal advice.",
    }
    duties = [duty for duty in open_duties(assessment) if duty["status"] in ("applies", "may_apply")]
    graph = [rated, impact, *(_notice(assessment, duty) for duty in duties)]
    return {"@context": CONTEXT, "@graph": [{name: value for name, value in node.items() if value is not None} for node in graph]}


def render(assessment: Assessment, *, now: datetime) -> str:
    """The graph as JSON-LD; `now` is not used."""
    return orjson.dumps(build(assessment), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


REPORT = Report(name="dpv", suffix=".jsonld", title="W3C Data Privacy Vocabulary, JSON-LD", render=render)
