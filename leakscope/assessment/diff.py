"""What changed between two assessments of one incident, and why: the ground of a follow-up notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leakscope.notification.questions import asked
from leakscope.reports.sentences import duty_name, override_text
from leakscope.reports.wording import DESIGN_NAMES, band_name, counted, due, interval, status_name

NOT_THERE = "-"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """
    One difference.

    Args:
        section: part of the assessment.
        what: the thing that differs, by id or name, as `explain` takes it.
        name: the same for people to read.
        before: as text, "-" when it was not there.
        after: as text, "-" when it is gone.
    """

    section: str
    what: str
    name: str
    before: str
    after: str


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """All differences that a reader of either assessment would act on, causes (evidence, sample, law, facts, decisions) first."""
    return [
        *_rows("evidence", before, after, key=_source, name=_source, shown=_evidence),
        *_values("sample", before["sample"], after["sample"], {"design": "how the sample was drawn", "records": "records examined", "drawn": "records drawn", "seed": "seed"}),
        *_values("sample", _population(before), _population(after), {"population": "records in the exposure"}),
        *_values("versions", before["versions"], after["versions"], {"leakscope": "LeakScope", "catalogue": "detectors", "law": "law"}),
        *_values("versions", before["case"], after["case"], {"on": "law as of"}),
        *_values("facts", _flat(before.get("facts") or {}), _flat(after.get("facts") or {}), None),
        *_rows("overrides", before, after, key=lambda row: str(row["target"]), name=lambda row: str(row["target"]), shown=override_text),
        *_people(before["individuals"], after["individuals"]),
        *_rows("impact_summary", before, after, key=lambda row: str(row["id"]), name=lambda row: str(row["name"]), shown=_class, section="data"),
        *_rows("secrets", before, after, key=lambda row: str(row["id"]), name=lambda row: f"{row['kind']} {row['preview']}", shown=_secret),
        *_severity(before, after),
        *_rows("duties", before, after, key=lambda row: str(row["id"]), name=duty_name, shown=_duty),
    ]


def _source(row: Row) -> str:
    return str(row["source"])


def _evidence(row: Row) -> str:
    return f"{counted(row['records_examined'], 'record')}, SHA-256 {str(row['sha256'])[:12]}"


def _class(row: Row) -> str:
    people = interval(row["people"]) if row["people"] else "no people"
    return f"{counted(row['records'] or 0, 'record')}, {counted(row['values'] or 0, 'value')}, people {people}"


def _secret(row: Row) -> str:
    return f"{row['environment']}, {row['severity']}, {counted(row['records'], 'record')}"


def _duty(row: Row) -> str:
    deadline = row["deadline"]
    return f"{status_name(row)}, {due(deadline) if deadline['instant'] else deadline['text']}"


def _rows(
    part: str, before: Mapping[str, Any], after: Mapping[str, Any], *, key: Callable[[Row], str], name: Callable[[Row], str], shown: Callable[[Row], str], section: str | None = None
) -> Iterator[Change]:
    old, new = ({key(row): row for row in one.get(part) or ()} for one in (before, after))
    for one in dict.fromkeys([*old, *new]):
        was, now = (shown(rows[one]) if one in rows else NOT_THERE for rows in (old, new))
        if was != now:
            yield Change(section or part, one, name(new.get(one) or old[one]), was, now)


def _values(section: str, before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, str] | Sequence[str] | None) -> Iterator[Change]:
    for name in names if names is not None else dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            label = names[name] if isinstance(names, Mapping) else asked(name)
            yield Change(section, name, label, _text(before.get(name)), _text(after.get(name)))


def _text(value: Any) -> str:
    if value is None or value == "":
        return NOT_THERE
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    text = DESIGN_NAMES.get(str(value), str(value))
    return f"{text[:12]}..." if len(text) == 64 else text


def _population(assessment: Mapping[str, Any]) -> dict[str, int]:
    rows = assessment["sample"].get("population") or ()
    return {"population": sum(row["records"] for row in rows)} if rows else {}


def _flat(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of all tables as `table.fact`, unknown ones left out; what the sample states is told there."""
    tables = {table: value for table, value in facts.items() if isinstance(value, Mapping) and table != "population"}
    flat = {f"{table}.{name}": value for table, rows in tables.items() for name, value in rows.items()}
    return {name: value for name, value in flat.items() if value not in (None, "unknown", "", [], {})}


def _people(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    names = {"observed": "people observed", "estimated": "people in the evidence", "exposure": "people in the whole exposure"}
    for name, label in names.items():
        old, new = (interval(one.get(name)) if one.get(name) else NOT_THERE for one in (before, after))
        if old != new:
            yield Change("individuals", name, label, old, new)


def _severity(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = (one["severity"]["incident"] for one in (before, after))
    shown = [f"{band_name(one['band'])} ({one['scheme']}: {one['working']})" for one in (old, new)]
    if shown[0] != shown[1]:
        yield Change("severity", "incident", "severity of the incident", *shown)


def have_different_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the same evidence gave secrets of which none is known to the other case: then the keys differ, and ids cannot be compared."""
    hashes, secrets = ([{row[name] for row in one[part]} for one in (before, after)] for part, name in (("evidence", "sha256"), ("secrets", "id")))
    return bool(hashes[0] & hashes[1]) and all(secrets) and not secrets[0] & secrets[1]
