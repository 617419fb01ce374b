"""Decides again on a finished case: other facts, the law of another day, overrides; nothing is read anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from leakscope.assessment.assemble import plain_types
from leakscope.assessment.case import ASSESSMENT, Case
from leakscope.assessment.labels import corrected_by_labels
from leakscope.assessment.leading import keep_scheme
from leakscope.assessment.recount import recount
from leakscope.assessment.reweigh import reweigh
from leakscope.errors import UsageError
from leakscope.notification import Decision, decide
from leakscope.notification import facts as fact_files
from leakscope.notification.facts import Facts
from leakscope.notification.facts_tables import Override
from leakscope.safety.escape import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Redecided:
    """
    A decision made again, and the severity that goes with it.

    Args:
        decision: the duties.
        severity: the `severity` part of the assessment under the same facts and overrides.
        overrides: everything that people decided against the machine, severity first.
    """

    decision: Decision
    severity: dict[str, Any]
    overrides: list[dict[str, Any]]

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping for JSON: the decision, with `severity` (the incident's) and every override."""
        return {**self.decision.to_dict(), "severity": self.severity["incident"], "overrides": self.overrides}


def override_from(text: str, *, why: str | None, who: str, now: datetime) -> Override:
    """
    An override written as `TARGET=VALUE`, made now.

    Raises:
        UsageError: it is not written so, or has no reason.
    """
    target, sign, value = (part.strip() for part in text.partition("="))
    if not (target and sign and value):
        raise UsageError(f"{plain(text)} is no override", hint="Write severity.EI=0.5 or duty-UK-regulator=does_not_apply.")
    if not (why or "").strip():
        raise UsageError("an override needs its reason", hint="Give it with --why TEXT.")
    return Override(target=target, value=value if target.startswith("duty-") else _number(value), who=who, when=now, why=str(why))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{plain(text)} is no number", hint="Factors and weights of severity are numbers.") from None


def redecide(
    case: Case,
    *,
    facts_file: str | None,
    on: date,
    save: bool = False,
    proposed: Collection[str] = (),
    scheme: str | None = None,
    overrides: Collection[Override] = (),
) -> Redecided:
    """
    The decision on a case under these facts and the law of a day.

    Args:
        case: a finished case.
        facts_file: facts to decide on; the case's own when null.
        on: day whose law counts.
        proposed: jurisdictions whose proposed law counts as if in force.
        save: write the decision into the assessment; overrides and sign-off go into the ledger either way.
        scheme: severity scheme that leads, by name or path; null is the case's own.
        overrides: of duties, factors and weights, besides those in the facts; with `save` they become facts of the case.

    Raises:
        FactsError: the facts file is malformed.
        UsageError: an override or scheme is not usable.
        InvariantError: the case is damaged.
    """
    assessment = case.assessment()
    facts = fact_files.load(facts_file) if facts_file else fact_files.from_dict(assessment["facts"])
    facts = replace(facts, overrides=(*facts.overrides, *overrides))
    counted = recount(case, assessment, facts)
    assessment = corrected_by_labels(case, assessment | dict(counted.parts)) if counted.parts else assessment
    fresh = reweigh(case, assessment, facts, counted.counts, scheme=scheme)
    decision = decide(individuals=case.individuals(), person_elements=case.person_elements(), counts=counted.counts, facts=facts, on=on, severity=fresh["severity"], proposed=proposed)
    taken = plain_types([*fresh["overrides"], *decision.overrides])
    if save or taken or facts.sign_off.who:
        _record(case, decision, facts, taken, save=save)
    if save:
        _save(case, assessment, decision, facts, {**fresh, "overrides": [*_of_people(assessment), *taken]}, scheme=scheme)
    return Redecided(decision=decision, severity=fresh["severity"], overrides=taken)


def _of_people(assessment: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Merges and splits of people, which stay whatever is decided later."""
    return [row for row in assessment.get("overrides") or () if row.get("target") == "individuals"]


def _record(case: Case, decision: Decision, facts: Facts, overrides: list[dict[str, Any]], *, save: bool) -> None:
    ledger = case.ledger()
    ledger.write("decided", on=decision.on.isoformat(), applies=sum(duty["status"] == "applies" for duty in decision.duties), saved=save)
    for override in overrides:
        ledger.write("override", **override)
    if facts.sign_off.who:
        ledger.write("sign-off", **facts.to_dict()["sign_off"])


def _save(case: Case, assessment: dict[str, Any], decision: Decision, facts: Facts, fresh: dict[str, Any], *, scheme: str | None) -> None:
    """The decision and what was weighed with it, into the assessment."""
    ledger = case.ledger()
    if scheme:
        keep_scheme(case, scheme, ledger)
    counted = [row for row in assessment["missing_facts"] if row["fact"].startswith(("population", "sample")) and not facts.population.records]
    names = {row["fact"] for row in decision.missing_facts}
    missing = [*(row for row in counted if row["fact"] not in names), *decision.missing_facts]
    fresh |= {"duties": decision.duties, "what_would_change": decision.what_would_change, "missing_facts": missing, "facts": facts.to_dict()}
    case.write_json(ASSESSMENT, {**assessment, **fresh, "case": {**assessment["case"], "on": decision.on.isoformat()}}, ledger)
