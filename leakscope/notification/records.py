"""What must be kept: reasons for not notifying, and the register of breaches (GDPR Art. 33(5))."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

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
