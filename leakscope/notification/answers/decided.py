"""What the decision and the severity answer: risk, consequences, whom else it concerns, what people are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakscope.notification.answers.people import exposed, in_the_eea
from leakscope.notification.answers.reading import Answer, Assessment, fact, table
from leakscope.notification.law import jurisdictions
from leakscope.notification.words import ENGLISH, languages


def consequences(assessment: Assessment) -> str | None:
    """Likely consequences for people (Art. 33(3)(c)): as stated, else proposed from the kinds of data and marked as a proposal."""
    stated = fact("narrative", "consequences")(assessment)
    proposed = "; ".join(languages()[ENGLISH].consequences(exposed(assessment), to="brief"))
    return stated or (f"Proposed from the kinds of data exposed, to be confirmed: {proposed}" if proposed else None)


def severity(words: Mapping[str, str]) -> Answer:
    """The incident's level in a form's own words."""
    return lambda assessment: words.get((assessment.get("severity") or {}).get("incident", {}).get("band") or "")


def _status_of(assessment: Assessment, duty: str) -> str | None:
    return next((row["status"] for row in assessment["duties"] if row["id"] == duty), None)


def risk(jurisdiction: str) -> Answer:
    """The outcome of the risk assessment, as the duties of a jurisdiction decided it."""

    def read(assessment: Assessment) -> str | None:
        told, authority = _status_of(assessment, f"duty-{jurisdiction}-individuals"), _status_of(assessment, f"duty-{jurisdiction}-regulator")
        if told == "applies":
            return "high risk"
        if "may_apply" in (told, authority):
            return "more information needed"
        return {"applies": "risk", "does_not_apply": "risk unlikely"}.get(authority or "")

    return read


def risk_method(assessment: Assessment) -> str | None:
    """How the risk was assessed: the severity's working and the duty's reasons."""
    incident = (assessment.get("severity") or {}).get("incident") or {}
    duty = next((row for row in assessment["duties"] if row["id"] in ("duty-EU-GDPR-individuals", "duty-UK-individuals")), None)
    parts = [f"{incident['scheme']}: {incident['working']}" if incident.get("working") else "", "; ".join(duty["why"]) if duty else "", f"law data {str(assessment['versions'].get('law'))[:12]}"]
    return ". ".join(part for part in parts if part)


def seated(assessment: Assessment) -> bool | None:
    """Whether the organisation is established in the EEA; null while nobody stated where it is."""
    places = table(assessment, "incident").get("establishments")
    if places is None:
        return None
    return any(place.split("-")[0] in jurisdictions()["EU-GDPR"].scope.establishment for place in places)


def cross_border(assessment: Assessment) -> str | None:
    """Whether people in several countries of the EEA are concerned."""
    here = seated(assessment)
    return None if here is None else ("yes" if len(in_the_eea(assessment)) > 1 else "no") if here else "not established in the EEA"


def outside(assessment: Assessment) -> str | None:
    """Whether the controller sits outside the EEA."""
    here = seated(assessment)
    return None if here is None else "no" if here else "yes"


def lead(assessment: Assessment) -> str | None:
    """The lead supervisory authority of a controller in the EEA."""
    return next((row["recipient"] for row in assessment["duties"] if row["id"] == "duty-EU-GDPR-regulator" and seated(assessment)), None)


def told(assessment: Assessment) -> str | None:
    """Whether people were told, or what the decision means for it."""
    if fact("clocks", "notice_to_individuals")(assessment):
        return "informed"
    unneeded = "not informed: no high risk"
    return {"high risk": "will be informed", "risk unlikely": unneeded, "risk": unneeded}.get(risk("EU-GDPR")(assessment) or "", "to be decided")


def exempt(assessment: Assessment) -> str | None:
    """Exemptions of Art. 34(3) that the facts state."""
    harm, facts = table(assessment, "harm"), table(assessment, "exposure")
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


def exempt_why(assessment: Assessment) -> str | None:
    """Why people need not be told."""
    return "; ".join(row["why"][0] for row in assessment["duties"] if row["id"] == "duty-EU-GDPR-individuals" and row["status"] == "does_not_apply") or None


def other_authorities(assessment: Assessment) -> str | None:
    """Authorities that were told already."""
    notices: list[Mapping[str, Any]] = assessment["facts"].get("notices") or []
    return ", ".join(row["duty"].removeprefix("duty-") for row in notices if row.get("when")) or None
