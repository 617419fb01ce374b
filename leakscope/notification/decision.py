"""The decision: duties, what would change them, what is missing, and what people overrode."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from leakscope.errors import FactsError, UsageError
from leakscope.model import Estimate
from leakscope.notification.changes import changes
from leakscope.notification.clocks import instant_text
from leakscope.notification.elsewhere import changes_elsewhere, elsewhere
from leakscope.notification.engine import STATUS, Answer, answer, in_order
from leakscope.notification.facts import Facts
from leakscope.notification.headcount import Headcount
from leakscope.notification.law import jurisdictions
from leakscope.notification.people import profiles
from leakscope.notification.questions import missing_facts
from leakscope.notification.records import reasons_on_record
from leakscope.safety.escape import plain
from leakscope.schema import INDIVIDUALS, PERSON_ELEMENTS, conform

DISCLAIMER = (
    "This is not legal advice. It applies researched rules to stated facts and estimates so that counsel can check each line; "
    "rules marked unverified were not checked against any source."
)


BANNER = "Privileged and confidential; prepared at the direction of counsel."


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """
    Who must be told.

    Args:
        duties: one mapping per duty in the shape of `assessment.json`; earliest deadline first, then status.
        what_would_change: single changes that add or remove duties.
        missing_facts: facts nobody stated, with why they matter and for which duties.
        overrides: decisions of people against the engine, with before and after.
        records: reasons for not notifying, to be kept, with how long.
        on: the day whose law was applied.
        disclaimer: what this is not.
        banner: what to print above it when the facts ask for privilege.
    """

    duties: list[dict[str, Any]]
    what_would_change: list[dict[str, Any]]
    missing_facts: list[dict[str, Any]]
    overrides: list[dict[str, Any]]
    records: list[dict[str, Any]]
    on: date
    disclaimer: str = DISCLAIMER
    banner: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping for JSON."""
        return {
            "on": self.on.isoformat(),
            "duties": self.duties,
            "what_would_change": self.what_would_change,
            "missing_facts": self.missing_facts,
            "overrides": self.overrides,
            "records": self.records,
            "disclaimer": self.disclaimer,
            "banner": self.banner,
        }


def decide(
    *,
    individuals: pl.DataFrame,
    person_elements: pl.DataFrame,
    counts: Mapping[str, Estimate | None],
    facts: Facts,
    on: date,
    severity: Mapping[str, Any] | None = None,
    now: datetime | None = None,
    proposed: Collection[str] = (),
) -> Decision:
    """
    Decide who must be told, by when and why, under the law of a day.

    Args:
        individuals: one row per individual in the evidence; schema `INDIVIDUALS`; any order.
        person_elements: which elements of whom were exposed; schema `PERSON_ELEMENTS`; any order.
        counts: `individuals` (people in the evidence) and, when it can be stated, `exposure` (people in the whole exposure).
        facts: what is known about the incident.
        on: day whose law counts.
        severity: the severity assessment, for the record only: it is not the test of any law.
        proposed: ids of jurisdictions whose proposed or pending law counts as if in force (`EU-GDPR`: the Digital Omnibus).
        now: not used for any answer; deadlines are instants and countdowns belong to whoever shows them.

    Returns:
        The decision; the same input gives the same answer, byte for byte.

    Raises:
        InvariantError: a frame lacks a column of its schema.
        UsageError: `proposed` names no jurisdiction.
        FactsError: an override gives a duty a status that no duty has.
    """
    individuals = _placed(conform(individuals, INDIVIDUALS), facts.population.residence)
    rows = profiles(individuals, conform(person_elements, PERSON_ELEMENTS))
    unknown = sorted(set(proposed) - set(jurisdictions()))
    if unknown:
        raise UsageError(f"there is no jurisdiction called {plain(unknown[0])}", hint="docs/jurisdictions.md lists them")
    people = Headcount.of(rows, counts, full=facts.population.design == "full")
    drafts = frozenset(proposed)
    found = answer(people, facts, on, proposed=drafts)
    beyond = elsewhere(found, people, facts, on, proposed=drafts)
    by_place, by_fact = changes_elsewhere(beyond, people), changes(found, people, facts, on, proposed=drafts)
    stands = any(duty["status"] == "applies" for duty in found.duties)
    duties, overrides = _overridden(found, facts)
    duties = [_to_each(duty, individuals) for duty in duties]
    return Decision(
        duties=duties,
        what_would_change=[*by_fact, *by_place] if stands else [*by_place, *by_fact],
        missing_facts=missing_facts(found, people, facts, beyond),
        overrides=overrides,
        records=reasons_on_record(duties),
        on=on,
        banner=BANNER if facts.incident.privileged else None,
    )


def _placed(individuals: pl.DataFrame, stated: str | None) -> pl.DataFrame:
    """The people, living where it was stated that all do of whom the evidence does not tell."""
    if stated is None:
        return individuals
    here = pl.col("residence")
    whole = pl.when(here == stated.split("-")[0]).then(pl.lit(stated)).otherwise(here) if "-" in stated else here
    return individuals.with_columns(whole.fill_null(stated).alias("residence"))


def _overridden(found: Answer, facts: Facts) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Duties as people decided them, in the order of the answer, and what they changed; other targets are severity's."""
    duties = {duty["id"]: {**duty, "notified": _notified(duty, facts)} for duty in found.duties}
    applied = []
    for override in facts.overrides:
        if not override.target.startswith("duty-"):
            continue
        if override.value not in STATUS:
            raise FactsError(f"an override of a duty must be one of {', '.join(STATUS)}")
        duty, when = duties.get(override.target), instant_text(override.when)
        applied.append({"target": override.target, "before": duty["status"] if duty else None, "after": override.value, "who": override.who, "when": when, "why": override.why})
        if duty:
            said = f"decided by {override.who} on {(when or '')[:10]}: {override.why} (the rules say: {duty['status'].replace('_', ' ')})"
            duties[override.target] = {**duty, "status": override.value, "probability": None, "why": [said, *duty["why"]]}
    return sorted(duties.values(), key=in_order), applied


def _to_each(duty: dict[str, Any], individuals: pl.DataFrame) -> dict[str, Any]:
    """A processor's notice goes to every controller whose people are in the evidence."""
    controllers = individuals.filter(pl.col("counted").fill_null(True))["controller"].drop_nulls().n_unique()
    if duty["recipient_kind"] != "controller" or controllers < 2:
        return duty
    return {**duty, "recipient": f"{duty['recipient']}, each of the {controllers} in the evidence"}


def _notified(duty: Mapping[str, Any], facts: Facts) -> str | None:
    for notice in facts.notices:
        if notice.duty in (duty["id"], duty["jurisdiction"]) and notice.when:
            return instant_text(notice.when)
    return None
