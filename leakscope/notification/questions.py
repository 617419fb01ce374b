"""The facts still missing, each once, with why it matters and for which duties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leakscope.notification.elsewhere import Elsewhere
from leakscope.notification.engine import Answer
from leakscope.notification.facts import TABLES, Facts
from leakscope.notification.headcount import Headcount


def missing_facts(found: Answer, people: Headcount, facts: Facts, beyond: Sequence[Elsewhere] = ()) -> list[dict[str, Any]]:
    """
    Missing facts, those that matter for most duties first.

    Args:
        found: the answer.
        people: the people it was given for.
        facts: the facts it was given for.
        beyond: laws that a place nobody stated would bring.

    Returns:
        Entries `{"fact", "question", "why", "matters_for"}`.
    """
    matters: dict[str, list[str]] = {}
    for duty in found.duties:
        for path in duty["missing_facts"]:
            matters.setdefault(path, []).append(duty["id"])
    rows = [{"fact": path, "question": question(path), "why": _why(path, len(ids)), "matters_for": sorted(ids)} for path, ids in matters.items()]
    if "incident.establishments" not in matters and (seated := [one for one in beyond if one.seat]):
        rows.append({"fact": "incident.establishments", "question": question("incident.establishments"), "why": _beyond(seated), "matters_for": _named(seated)})
    rows.sort(key=lambda row: (-len(row["matters_for"]), row["fact"]))
    return [*rows, *_merged(found), *_residence(people, [one for one in beyond if one.homes]), *(row for row in _population(people, facts) if row["fact"] not in matters)]


def _merged(found: Answer) -> list[dict[str, Any]]:
    by_fact: dict[str, dict[str, Any]] = {}
    for asked in found.questions:
        held = by_fact.setdefault(asked["fact"], {**asked, "matters_for": []})
        held["matters_for"] = sorted({*held["matters_for"], *asked["matters_for"]})
    return list(by_fact.values())


def question(path: str) -> str:
    """What to ask for a fact, in words."""
    table, _, name = path.partition(".")
    if table == "determinations":
        return f"Have you determined: {name.replace('_', ' ')}?"
    if table == "ordered":
        return "Has an authority ordered you to tell people? List the jurisdictions."
    return TABLES[table].__dataclass_fields__[name].metadata["help"]


def asked(path: str) -> str:
    """The question for a fact, or the fact's own name in words where there is none."""
    try:
        return question(path)
    except KeyError:
        return {"residence": "Where do these people live?", "residence.US": "In which state do these people live?"}.get(path, path.replace("_", " ").replace(".", ": "))


def _why(path: str, duties: int) -> str:
    if path.startswith("clocks."):
        return f"a deadline of {duties} {'duty' if duties == 1 else 'duties'} is counted from it"
    return f"{duties} {'duty depends' if duties == 1 else 'duties depend'} on it"


def _beyond(found: Sequence[Elsewhere]) -> str:
    duties = sum(len(one.duties) for one in found)
    return f"{duties} further {'duty' if duties == 1 else 'duties'} in {len(found)} {'place' if len(found) == 1 else 'places'} may apply"


def _named(found: Sequence[Elsewhere]) -> list[str]:
    return sorted(duty["id"] for one in found for duty in one.duties)


def _residence(people: Headcount, beyond: Sequence[Elsewhere]) -> list[dict[str, Any]]:
    nowhere = sum(row.count for row in people.rows if row.residence is None)
    stateless = sum(row.count for row in people.rows if row.residence == "US")
    found = []
    if nowhere:
        found.append({"fact": "residence", "question": "Where do these people live?", "why": f"residence of {nowhere:,} observed people is unknown; {_beyond(beyond) if beyond else 'further jurisdictions may apply'}; population.residence states it where it is one place", "matters_for": _named(beyond)})
    if stateless:
        found.append({"fact": "residence.US", "question": "In which state do these people live?", "why": f"{stateless:,} observed people live in the United States, state unknown; state statutes may apply", "matters_for": []})
    return found


def _population(people: Headcount, facts: Facts) -> list[dict[str, Any]]:
    if not people.open_ended:
        return []
    why = "without it the number of people in the whole exposure cannot be estimated; thresholds that are not reached stay open"
    asked = unknown_of(facts, ("population.records", "population.design"))
    return [{"fact": path, "question": question(path), "why": why, "matters_for": []} for path in asked]


#: What decides most duties, in the order in which responders usually know it.
USUAL = (
    "incident.role", "incident.establishments", "incident.main_establishment", "incident.targets", "clocks.time_zone", "clocks.discovery",
    "clocks.awareness", "clocks.determination", "exposure.kind", "exposure.medium", "exposure.access", "exposure.exfiltration", "exposure.lost",
    "exposure.posted", "exposure.recipients", "exposure.recovered", "exposure.encryption", "exposure.key", "exposure.malicious",
    "exposure.altered", "exposure.unavailable", "exposure.restored", "harm.misuse", "harm.misuse_likely", "population.records",
    "population.design", "law_enforcement.hold", "regimes.hipaa", "regimes.public_company", "regimes.card_merchant",
)  # fmt: skip


def choices(path: str) -> tuple[str, ...]:
    """The answers a fact allows; empty when it is free."""
    table, _, name = path.partition(".")
    if table == "determinations":
        return ("yes", "no", "unknown")
    return TABLES[table].__dataclass_fields__[name].metadata["choices"] if table in TABLES else ()


def unknown_of(facts: Facts, paths: tuple[str, ...]) -> list[str]:
    """Those of `paths` that nobody stated, in the same order."""
    return [path for path in paths if facts.value(path) in ("unknown", None, False, {}, ())]


def stated(facts: Facts) -> tuple[list[str], list[str]]:
    """Names of the facts that are stated and of those that are unknown, in the file's order."""
    names = [f"{table}.{name}" for table, kind in TABLES.items() for name in kind.__dataclass_fields__]
    unknown = unknown_of(facts, tuple(names))
    determined = [f"determinations.{name}" for name, value in sorted(facts.determinations.items()) if value != "unknown"]
    return [*(name for name in names if name not in unknown), *determined], unknown
