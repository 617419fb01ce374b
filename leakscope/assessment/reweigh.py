"""Weighs a finished case again under other facts: nothing is read or counted anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from leakscope.assessment.case import Case
from leakscope.assessment.leading import scheme_of
from leakscope.assessment.sections.individuals import by_band
from leakscope.model import Estimate
from leakscope.notification.facts import Facts
from leakscope.severity import assess
from leakscope.severity.cost import NOT_ASKED


def reweigh(case: Case, assessment: Mapping[str, Any], facts: Facts, counts: Mapping[str, Estimate | None], *, scheme: str | None = None) -> dict[str, Any]:
    """
    The parts of the assessment that severity decides, under `facts` and their overrides.

    Args:
        case: a finished case.
        assessment: as it stands.
        facts: to weigh under.
        counts: people in the evidence and, where it can be told, in the exposure.
        scheme: that leads, by name or path; null is the one that the case was weighed with.

    Returns:
        `severity`, `impact_summary`, `individuals` (people by band) and `overrides` of severity.
    """
    people = case.individuals().filter(pl.col("counted"))
    severity = assess(
        person_elements=case.person_elements(),
        individuals=people,
        estimates={name: estimate for name, estimate in counts.items() if estimate is not None},
        findings=case.findings(),
        secrets=case.secrets(),
        chat=assessment.get("chat"),
        facts=facts,
        scheme=scheme or scheme_of(case, assessment),
        cost=(assessment["severity"].get("cost") or {}).get("why") != NOT_ASKED,
    )
    return {
        "severity": severity.section(),
        "impact_summary": severity.impact_summary(),
        "individuals": {**assessment["individuals"], "by_band": by_band(severity.bands, people, estimated=counts.get("individuals"), exposure=counts.get("exposure"))},
        "overrides": list(severity.overrides),
    }

