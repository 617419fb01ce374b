"""Merges and splits of people that a human decides on a finished case: remembered, entered into the ledger, applied to its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from leakscope.assessment import case as files
from leakscope.assessment.case import ASSESSMENT, Case, open_case
from leakscope.assessment.recount import drawn_units, linkage_of, people_counted, sample_of
from leakscope.assessment.sections import individuals as section
from leakscope.errors import UsageError
from leakscope.estimation import estimate_counts
from leakscope.individuals import LinkDecision, Linked, apply_decisions, load_decisions
from leakscope.individuals.decisions import DECISIONS_FILE, check_known, to_line
from leakscope.safety.ledger import Ledger


def relink(case: Case, decision: LinkDecision) -> Linked:
    """
    The case with `decision` applied and remembered.

    Args:
        case: a finished case; its people are read, joined or set apart, and written back.
        decision: about people of the case.

    Returns:
        The people afterwards.

    Raises:
        UsageError: the case knows no such person, no reason is given, or there is nothing to join or split.
        InvariantError: the case is damaged.
    """
    if not decision.why.strip():
        raise UsageError("a merge or split needs its reason", hint="Give it with --why TEXT.")
    before, assessment = case.individuals(), case.assessment()
    check_known(before, decision.persons)
    linked = Linked(
        individuals=before,
        person_elements=case.person_elements(),
        record_persons=case.read_frame(files.RECORD_PERSONS),
        interval=linkage_of(assessment),
    )
    after = apply_decisions(linked, [decision], case.findings(), before=_first(case, linked))
    if after.individuals.equals(before):
        raise UsageError("that decision changes nothing", hint="A person with one value of every identifier cannot be split.")
    _write(case, linked, after, assessment, decision)
    return after


#: The people as linkage found them, kept from the first decision on, so that a merge can be undone.
_FIRST = {"individuals": "individuals_linked.parquet", "person_elements": "person_elements_linked.parquet", "record_persons": "record_persons_linked.parquet"}


def _first(case: Case, linked: Linked) -> Linked:
    if not all((case.root / name).is_file() for name in _FIRST.values()):
        return linked
    return replace(linked, **{part: case.read_frame(name) for part, name in _FIRST.items()})


def _keep_first(case: Case, ledger: Ledger, linked: Linked) -> None:
    for part, name in _FIRST.items():
        if not (case.root / name).is_file():
            case.write_frame(name, getattr(linked, part), ledger)


def decisions_of(case: Path | None) -> list[LinkDecision]:
    """
    The merges and splits remembered in another case, oldest first; none when null.

    Raises:
        UsageError: there is no such case.
        InvariantError: a decision is damaged.
    """
    return [] if case is None else load_decisions(open_case(case).root / DECISIONS_FILE)


def with_decisions(
    case: Case, ledger: Ledger, linked: Linked, decisions: Sequence[LinkDecision], findings: pl.DataFrame
) -> tuple[Linked, tuple[dict[str, Any], ...]]:
    """
    People of a run with the decisions of an earlier case, which this case then remembers as its own.

    Args:
        case: being made.
        ledger: of the case.
        linked: as linkage gives it.
        decisions: oldest first.
        findings: `fingerprint, entity`.

    Returns:
        The people afterwards, and an override for each decision. One about people who are not there changes nothing, and says so.
    """
    if not decisions:
        return linked, ()
    done, overrides = linked, []
    for decision in decisions:
        after = apply_decisions(done, [decision], findings, before=linked)
        ledger.write("override", target="individuals", action=decision.action, persons=list(decision.persons), why=decision.why, who=decision.who)
        overrides.append(_override(decision, _counted(done), _counted(after), changed=not after.individuals.equals(done.individuals)))
        done = after
    _keep_first(case, ledger, linked)
    case.write(DECISIONS_FILE, b"".join(to_line(one) for one in decisions), ledger)
    return done, tuple(overrides)


def _counted(linked: Linked) -> int:
    return int(linked.individuals.get_column("counted").sum())


def _override(decision: LinkDecision, before: int, after: int, *, changed: bool = True) -> dict[str, Any]:
    """How the assessment tells of a decision."""
    why = f"{decision.action} of {', '.join(decision.persons)}: {decision.why}" + ("" if changed else " (no such people in this evidence; nothing changed)")
    return {"target": "individuals", "before": before, "after": after, "who": decision.who, "when": decision.at, "why": why}


def make_decision(action: str, persons: tuple[str, ...], why: str, *, who: str, now: datetime) -> LinkDecision:
    """
    A decision made now.

    Raises:
        UsageError: a merge of fewer than two people.
    """
    if action == "merge" and len(set(persons)) < 2:
        raise UsageError("a merge needs two people")
    return LinkDecision(action="merge" if action == "merge" else "split", persons=persons, why=why, who=who, at=now.isoformat(timespec="seconds"))


def _write(case: Case, before: Linked, after: Linked, assessment: dict[str, Any], decision: LinkDecision) -> None:
    ledger = case.ledger()
    known = b"".join(to_line(one) for one in load_decisions(case.root / DECISIONS_FILE))
    ledger.write("override", target="individuals", action=decision.action, persons=list(decision.persons), why=decision.why, who=decision.who)
    _keep_first(case, ledger, before)
    case.write(DECISIONS_FILE, known + to_line(decision), ledger)
    case.write_frame(files.INDIVIDUALS, after.individuals, ledger)
    case.write_frame(files.PERSON_ELEMENTS, after.person_elements, ledger)
    case.write_frame(files.RECORD_PERSONS, after.record_persons, ledger)
    case.write_json(ASSESSMENT, _reassessed(case, assessment, after, decision), ledger)


def _sampled(stated: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """People of elements that were read in a sample: a merge or split of people seen does not change them."""
    return {row["element"]: row["people"] for row in stated["by_element"] if row["people"]["basis"] == "sample"}


def _reassessed(case: Case, assessment: dict[str, Any], after: Linked, decision: LinkDecision) -> dict[str, Any]:
    """The assessment with its people counted and estimated again; severity and duties stay until they are decided anew."""
    counted = after.individuals.filter(pl.col("counted"))
    elements = after.person_elements.join(counted.select("person"), on="person", how="semi")
    found = estimate_counts(case.read_frame(files.RECORDS), case.findings(), after, case.secrets(), sample_of(assessment), drawn_units=drawn_units(case))
    stated = assessment["individuals"]
    identified, identifiable = section.kinds(counted)
    records = {row["element"]: row["records"] for row in stated["by_element"]}
    people = {
        **stated,
        **people_counted(after, found),
        "identified": identified,
        "identifiable_only": identifiable,
        "conflicts": int(counted["conflict"].sum()),
        "by_role": section.split(counted, "role"),
        "by_element": section.by_element(elements, counted, records, _sampled(stated), found.individuals_estimated),
        "by_controller": section.split(counted.filter(pl.col("controller").is_not_null()), "controller"),
    }
    entry = _override(decision, int(stated["observed"]["value"]), counted.height)
    linkage = {**assessment["quality"].get("linkage", {}), "people": after.interval.to_dict()}
    quality = {**assessment["quality"], "linkage": linkage}
    return {**assessment, "individuals": people, "quality": quality, "overrides": [*assessment["overrides"], entry]}
