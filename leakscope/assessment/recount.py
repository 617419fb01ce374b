"""The numbers of a finished case under another stated size or design of the exposure: estimated anew from its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from leakscope.assessment.case import RECORD_PERSONS, RECORDS, UNITS, Case
from leakscope.assessment.places import place_names
from leakscope.assessment.sections import individuals as individuals_section
from leakscope.assessment.sections.sample import beyond, sample_section
from leakscope.estimation import Estimates, estimate_counts
from leakscope.estimation.counts import People
from leakscope.model import Basis, Estimate, Sample, SampleDesign
from leakscope.notification.facts import Facts


@dataclass(slots=True)
class _Linked:
    """The people of a finished case, as the estimators read them."""

    individuals: pl.DataFrame
    person_elements: pl.DataFrame
    record_persons: pl.DataFrame
    interval: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """
    What a case says of its people and of the whole under the facts at hand.

    Args:
        counts: `individuals` (people in the evidence) and `exposure` (people in the whole exposure, or null).
        parts: sections of the assessment that changed; empty when the facts state the size and design that the case knows.
    """

    counts: Mapping[str, Estimate | None]
    parts: Mapping[str, Any]


def recount(case: Case, assessment: Mapping[str, Any], facts: Facts) -> Recount:
    """
    People in the evidence and in the exposure; estimated anew when the facts state another size or design than the case knows.

    Args:
        case: a finished case.
        assessment: as it stands.
        facts: to count under.
    """
    estimated, exposure = estimate_of(assessment["individuals"]["estimated"]), estimate_of(assessment["individuals"].get("exposure"))
    assert estimated is not None
    stated = facts.population
    known = assessment["facts"].get("population") or {}
    same = dict(stated.records) == known.get("records") and (stated.design, stated.by) == (known.get("design"), known.get("by", "unknown"))
    if not stated.records or stated.design == "unknown" or (same and exposure is not None):
        return Recount(counts={"individuals": estimated, "exposure": exposure}, parts={})
    linked = _Linked(case.individuals(), case.person_elements(), case.read_frame(RECORD_PERSONS), linkage_of(assessment))
    by = stated.by if stated.by != "unknown" else None
    sample = replace(sample_of(assessment), design=SampleDesign(stated.design), by=by, population=dict(stated.records))
    found = estimate_counts(case.read_frame(RECORDS), case.findings(), linked, case.secrets(), sample, drawn_units=drawn_units(case))
    return Recount(counts={"individuals": found.individuals_estimated, "exposure": found.individuals_exposure}, parts=_parts(assessment, linked, found, sample))


def sample_of(assessment: Mapping[str, Any]) -> Sample:
    """How the evidence relates to the exposure, as the assessment keeps it."""
    stated, coverage = assessment["sample"], assessment["coverage"]
    drawn = stated.get("drawn") is not None
    design = stated.get("drawn_design")
    return Sample(
        design=SampleDesign(stated["design"]),
        by=stated.get("by"),
        population={row["source"]: row["records"] for row in stated["population"]},
        drawn=stated.get("drawn"),
        seed=stated.get("seed") or 0,
        supplied=coverage["records_examined"] + coverage.get("records_not_drawn", 0) if drawn else None,
        unreadable=coverage["records_collected"] - coverage["records_examined"] - coverage.get("records_not_drawn", 0),
        drawn_design=SampleDesign(design) if design else None,
        drawn_by=stated.get("drawn_by"),
        drawn_from={row["stratum"]: row["records"] for row in stated.get("drawn_from") or ()},
        clusters=stated.get("clusters"),
    )


def drawn_units(case: Case) -> pl.DataFrame | None:
    """The clusters that the run drew by a field, where it did."""
    return case.read_frame(UNITS) if (case.root / UNITS).is_file() else None


def linkage_of(assessment: Mapping[str, Any]) -> Estimate:
    """How many people the records read speak of; the people in the evidence are more where only some of its records were drawn."""
    stated = assessment["quality"].get("linkage", {}).get("people") or assessment["individuals"]["estimated"]
    return Estimate(**{**stated, "basis": Basis(stated["basis"])})


def people_counted(linked: People, found: Estimates) -> dict[str, Any]:
    """
    The numbers of people in the section on individuals, each with its interval.

    Args:
        linked: the people.
        found: estimates of them.
    """
    counted = linked.individuals.filter(pl.col("counted"))
    exposure = found.individuals_exposure
    return {
        "observed": found.individuals_observed.to_dict(),
        "estimated": found.individuals_estimated.to_dict(),
        "exposure": exposure.to_dict() if exposure is not None else None,
        "bounds": dict(found.bounds),
        "by_residence": individuals_section.by_residence(counted, linked.person_elements, found, place_names(counted["residence"].unique().to_list())),
    }


def estimate_of(stated: Mapping[str, Any] | None) -> Estimate | None:
    """An estimate from its form in the assessment."""
    return Estimate(**{**stated, "basis": Basis(stated["basis"])}) if stated else None


def _parts(assessment: Mapping[str, Any], linked: _Linked, found: Estimates, sample: Sample) -> dict[str, Any]:
    people = {**assessment["individuals"], **people_counted(linked, found)}
    described = {**sample_section(sample, examined=assessment["sample"]["records"]), **beyond(found)}
    rows = [_entity_row(row, found) for row in assessment["findings_by_entity"]]
    return {"individuals": people, "sample": described, "findings_by_entity": rows}


def _entity_row(row: Mapping[str, Any], found: Estimates) -> dict[str, Any]:
    count = found.entities.get(row["entity"])
    if count is None:
        return dict(row)
    totals = count.exposure_records.to_dict() if count.exposure_records else None
    fresh = {name: value for name, value in row.items() if name != "exposure_records_as_found"}
    return {**fresh, "share_of_records": count.share_of_records.to_dict(), "exposure_records": totals}
