"""What changed between two assessments of one incident, and why: the ground of a follow-up notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """
    One difference.

    Args:
        section: part of the assessment.
        what: the thing that differs, by id or name.
        before: as text, "-" when it was not there.
        after: as text, "-" when it is gone.
    """

    section: str
    what: str
    before: str
    after: str


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """All differences that a reader of either assessment would act on, causes (evidence, sample, law, facts) first."""
    return [
        *_rows("evidence", before["evidence"], after["evidence"], "source", lambda row: f"{row['records_examined']} records, sha256 {str(row['sha256'])[:12]}"),
        *_values("sample", before["sample"], after["sample"], ("design", "records", "drawn", "seed")),
        *_values("versions", before["versions"], after["versions"], ("leakscope", "catalogue", "law")),
        *_values("facts", _flat(before.get("facts") or {}), _flat(after.get("facts") or {}), None),
        *_people(before["individuals"], after["individuals"]),
        *_rows("data", before["findings_by_entity"], after["findings_by_entity"], "entity", lambda row: f"{row['records']} records, {row['values']} values, {row['people']} people"),
        *_rows("secrets", before["secrets"], after["secrets"], "id", lambda row: f"{row['kind']}, {row['environment']}, {row['records']} records"),
        *_values("severity", before["severity"]["incident"], after["severity"]["incident"], ("score", "band")),
        *_rows("duties", before["duties"], after["duties"], "id", lambda row: f"{row['status']}, by {row['deadline']['instant'] or row['deadline']['text']}"),
    ]


def _rows(section: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], name: str, shown: Any) -> Iterator[Change]:
    old, new = ({row[name]: shown(row) for row in rows} for rows in (before, after))
    yield from (Change(section, str(key), old.get(key, "-"), new.get(key, "-")) for key in dict.fromkeys([*old, *new]) if old.get(key) != new.get(key))


def _values(section: str, before: Mapping[str, Any], after: Mapping[str, Any], names: Sequence[str] | None) -> Iterator[Change]:
    for name in names if names is not None else dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield Change(section, name, _text(before.get(name)), _text(after.get(name)))


def _text(value: Any) -> str:
    return "-" if value is None or value == "" else str(value)


def _flat(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of all tables as `table.fact`, unknown ones left out."""
    tables = {table: value for table, value in facts.items() if isinstance(value, Mapping)}
    flat = {f"{table}.{name}": value for table, rows in tables.items() for name, value in rows.items()}
    return {name: value for name, value in flat.items() if value not in (None, "unknown", "", [], {})}


def _people(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in ("observed", "estimated", "exposure"):
        old, new = (_estimate(one.get(name)) for one in (before, after))
        if old != new:
            yield Change("individuals", name, old, new)


def _estimate(estimate: Mapping[str, Any] | None) -> str:
    if not estimate or estimate["value"] is None:
        return "-"
    high = "no upper bound" if estimate["high"] is None else f"{estimate['high']:,.0f}"
    return f"{estimate['value']:,.0f} ({estimate['low'] or 0:,.0f} to {high})"
