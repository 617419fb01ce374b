"""Decides again on a finished case: other facts, the law of another day, overrides; nothing is read or counted anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from leakscope.assessment.case import ASSESSMENT, RECORD_PERSONS, RECORDS, Case
from leakscope.assessment.reweigh import reweigh
from leakscope.estimation import estimate_counts
from leakscope.model import Basis, Estimate, Sample, SampleDesign
from leakscope.notification import Decision, decide
from leakscope.notification import facts as fact_files
from leakscope.notification.facts import Facts


def redecide(case: Case, *, facts_file: str | None, on: date, save: bool = False, proposed: Collection[str] = ()) -> Decision:
    """
    The decision on a case under these facts and the law of a day.

    Args:
        case: a finished case.
        facts_file: facts to decide on; the case's own when null.
        on: day whose law counts.
        proposed: jurisdictions whose proposed law counts as if in force.
        save: write the decision into the assessment; overrides and sign-off go into the ledger either way.

    Raises:
        FactsError: the facts file is malformed.
        InvariantError: the case is damaged.
    """
    assessment = case.assessment()
    facts = fact_files.load(facts_file) if facts_file else fact_files.from_dict(assessment["facts"])
    counts = _counts(case, assessment, facts)
    decision = decide(individuals=case.individuals(), person_elements=case.person_elements(), counts=counts, facts=facts, on=on, severity=assessment.get("severity"), proposed=proposed)
    if save or decision.overrides or facts.sign_off.who:
        _record(case, assessment, decision, facts, fresh=reweigh(case, assessment, facts, counts) if save else {})
    return decision


@dataclass(slots=True)
class _Linked:
    """The people of a finished case, as the estimators read them."""

    individuals: pl.DataFrame
    person_elements: pl.DataFrame
    record_persons: pl.DataFrame
    interval: Estimate


def _counts(case: Case, assessment: Mapping[str, Any], facts: Facts) -> dict[str, Estimate | None]:
    """People in the evidence and in the exposure; estimated anew when the facts state another size or design than the run knew."""
    people = assessment["individuals"]
    estimated, exposure = _estimate(people["estimated"]), _estimate(people.get("exposure"))
    assert estimated is not None
    stated = facts.population
    known = assessment["facts"].get("population") or {}
    same = dict(stated.records) == known.get("records") and stated.design == known.get("design")
    if not stated.records or stated.design == "unknown" or (same and exposure is not None):
        return {"individuals": estimated, "exposure": exposure}
    linked = _Linked(case.individuals(), case.person_elements(), case.read_frame(RECORD_PERSONS), estimated)
    sample = Sample(design=SampleDesign(stated.design), population=dict(stated.records), seed=0)
    found = estimate_counts(case.read_frame(RECORDS), case.findings(), linked, sample)
    return {"individuals": found.individuals_estimated, "exposure": found.individuals_exposure}


def _estimate(stated: Mapping[str, Any] | None) -> Estimate | None:
    return Estimate(**{**stated, "basis": Basis(stated["basis"])}) if stated else None


def _record(case: Case, assessment: dict[str, Any], decision: Decision, facts: Facts, *, fresh: dict[str, Any]) -> None:
    """Into the ledger; with `fresh` parts of the assessment, into the assessment too."""
    ledger, save = case.ledger(), bool(fresh)
    ledger.write("decided", on=decision.on.isoformat(), applies=sum(duty["status"] == "applies" for duty in decision.duties), saved=save)
    for override in decision.overrides:
        ledger.write("override", **override)
    if facts.sign_off.who:
        ledger.write("sign-off", **facts.to_dict()["sign_off"])
    if save:
        counted = [row for row in assessment["missing_facts"] if row["fact"].startswith(("population", "sample"))]
        names = {row["fact"] for row in decision.missing_facts}
        missing = [*(row for row in counted if row["fact"] not in names), *decision.missing_facts]
        fresh |= {"duties": decision.duties, "what_would_change": decision.what_would_change, "missing_facts": missing, "facts": facts.to_dict()}
        merged = {**assessment, **fresh, "overrides": [*fresh["overrides"], *decision.overrides], "case": {**assessment["case"], "on": decision.on.isoformat()}}
        case.write_json(ASSESSMENT, merged, ledger)
