"""What must be kept: reasons for not notifying, and the register of breaches (GDPR Art. 33(5))."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from leakscope.notification.answers import ANSWERS
from leakscope.notification.facts import NOT_STATED
from leakscope.notification.law import jurisdictions


def reasons_on_record(duties: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """
    Reasons for every duty that was considered and does not apply, with how long they must be kept where the law says so.

    Returns:
        Entries `{"duty", "reasons", "retain_years"}`; `retain_years` null means our data state no period.
    """
    kept = []
    for duty in duties:
        if duty["status"] == "does_not_apply" and not duty["id"].endswith("-none"):
            versions = jurisdictions()[duty["jurisdiction"]].versions
            years = next((version.retain_reasons_years for version in versions if version.citation == duty["citation"]), None)
            kept.append({"duty": duty["id"], "reasons": list(duty["why"]), "retain_years": years})
    return kept


def register_entry(assessment: Mapping[str, Any]) -> dict[str, Any]:
    """
    The entry for the register of breaches: facts, effects and remedial action (GDPR Art. 33(5)), with the decisions and their reasons.

    Args:
        assessment: the assessment.

    Returns:
        A mapping whose empty places say "Not stated".
    """
    said = {name: ANSWERS[name](assessment) or NOT_STATED for name in _REGISTER}
    decided = [
        {"duty": row["id"], "recipient": row["recipient"], "status": row["status"], "deadline": row["deadline"].get("instant"), "notified": row.get("notified"), "reasons": row["why"]}
        for row in assessment["duties"]
    ]
    return {
        "case": assessment["case"]["id"],
        "title": assessment["case"].get("title") or NOT_STATED,
        "facts": {name: said[name] for name in _REGISTER[:11]},
        "effects": {name: said[name] for name in _REGISTER[11:16]},
        "remedial_action": {name: said[name] for name in _REGISTER[16:]},
        "decisions": decided,
        "reasons_for_not_notifying": reasons_on_record(assessment["duties"]),
        "overrides": list(assessment.get("overrides") or ()),
        "sign_off": assessment["facts"].get("sign_off"),
    }


_REGISTER = (
    "organisation", "dates_both", "how_discovered", "summary", "root_cause", "nature_cia", "cause", "systems", "data_types", "people_phrase", "records_number",
    "consequences", "risk_outcome", "risk_method", "severity_edpb", "affected_eea",
    "measures_before", "response", "prevention", "individuals_told_status",
)  # fmt: skip
