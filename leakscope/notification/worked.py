"""The worked cases that every jurisdiction's file carries, and what the rules answer to them: the law's own tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from leakscope.model import Basis, Estimate
from leakscope.notification.engine import answer
from leakscope.notification.facts import Facts, from_mapping
from leakscope.notification.headcount import Headcount
from leakscope.notification.kleene import UNKNOWN, known
from leakscope.notification.law import jurisdictions
from leakscope.notification.people import Profile
from leakscope.notification.rule import Jurisdiction

#: Every case starts here and says only what differs: data taken in clear, on purpose, by unknown persons.
BASE: Mapping[str, Any] = {
    "incident": {"role": "controller"},
    "clocks": {
        "discovery": datetime(2026, 11, 1, 12, tzinfo=UTC),
        "awareness": datetime(2026, 11, 2, 10, tzinfo=UTC),
        "determination": datetime(2026, 11, 3, 10, tzinfo=UTC),
        "classification": datetime(2026, 11, 3, 10, tzinfo=UTC),
    },
    "exposure": {
        "kind": "hacking", "medium": "electronic", "access": "yes", "exfiltration": "yes", "lost": "no", "posted": "no", "encryption": "none",
        "malicious": "yes", "insider": "no", "recipients": "unknown_persons", "recovered": "no", "altered": "no", "unavailable": "no",
    },
    "harm": {"misuse": "no"},
}  # fmt: skip
DAY = date(2026, 11, 24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A worked case that the rules answer otherwise."""

    jurisdiction: str
    title: str
    duty: str
    expected: str
    actual: str


def facts_of(changes: Mapping[str, Any]) -> Facts:
    """The base facts with `table.name` entries changed."""
    tables: dict[str, Any] = {name: dict(table) for name, table in BASE.items()}
    for path, value in changes.items():
        table, _, name = path.partition(".")
        if name:
            tables.setdefault(table, {})[name] = value
        else:
            tables[table] = value
    return from_mapping(tables)


def people_of(rows: list[Mapping[str, Any]], estimate: Mapping[str, Any] | None = None) -> Headcount:
    """The people of a case: `residence`, `elements`, `count`, `child`; all of the exposure unless an estimate says otherwise."""
    profiles = tuple(
        Profile(row.get("residence"), frozenset(row["elements"]), frozenset(row.get("possible", ())), row["count"], known(row["child"]) if "child" in row else UNKNOWN)
        for row in rows
    )
    counts = {"exposure": Estimate(**estimate, method="stated by the case", basis=Basis.SAMPLE)} if estimate else {}
    return Headcount.of(profiles, counts, full=True)


def failures(row: Jurisdiction) -> Iterator[Failure]:
    """
    Worked cases of a jurisdiction that come out otherwise.

    A duty that is not among the answers counts as `does_not_apply`.
    """
    for case in row.cases:
        found = answer(people_of(case["people"], case.get("estimate")), facts_of(case.get("facts", {})), case.get("on", DAY), only=(row.id,))
        duties = {duty["id"].removeprefix(f"duty-{row.id}-"): duty for duty in found.duties}
        for name, expected in case["expect"].items():
            actual = duties[name]["status"] if name in duties else "does_not_apply"
            if actual != expected:
                yield Failure(jurisdiction=row.id, title=case["title"], duty=name, expected=expected, actual=actual)
        for name, expected in case.get("deadlines", {}).items():
            instant = duties[name]["deadline"]["instant"] if name in duties else None
            if instant != expected:
                yield Failure(jurisdiction=row.id, title=case["title"], duty=name, expected=expected, actual=str(instant))


def fires(case: Mapping[str, Any]) -> bool:
    """Whether a case expects at least one duty to apply."""
    return "applies" in case["expect"].values()


def all_failures() -> list[Failure]:
    """Failures over all jurisdictions."""
    return [failure for row in jurisdictions().values() for failure in failures(row)]
