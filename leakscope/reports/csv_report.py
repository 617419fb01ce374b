"""Tables for spreadsheets: people by element, findings, and the rotation sheet; no cell can be taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from leakscope.reports.form import Frames, Report
from leakscope.reports.secret_wording import stood_in
from leakscope.safety.escape import cell

PERSON_COLUMNS = ("person", "kind", "role", "counted", "reason", "residence", "residence_basis", "child", "records", "conflict", "confidence", "label")
FINDING_COLUMNS = ("source", "record", "field", "start", "end", "entity", "detector", "confidence", "validated", "fingerprint", "preview")
SECRET_COLUMNS = (
    "rank", "id", "provider", "kind", "environment", "status", "severity", "severity_why", "account", "scopes", "issued", "expires", "checksum",
    "records", "occurrences", "first_seen", "last_seen", "services", "stood_in", "conversations", "people", "owner_person", "owner_basis",
    "preview", "exposes", "revoke", "console",
)  # fmt: skip


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return cell("; ".join(map(str, value)))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int | float) else cell(str(value))


def table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """
    Rows as CSV (RFC 4180) that a spreadsheet opens without running anything.

    Args:
        columns: header, in order.
        rows: values by column; what is missing is an empty cell.
    """
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(_cell(name) for name in columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return target.getvalue()


def people_by_element(individuals: pl.DataFrame, person_elements: pl.DataFrame) -> pl.DataFrame:
    """
    One row per individual, one column per element: in how many distinct values it was exposed; 0 where not seen.

    Args:
        individuals: schema `INDIVIDUALS`.
        person_elements: schema `PERSON_ELEMENTS`.
    """
    if person_elements.is_empty():
        return individuals.select(PERSON_COLUMNS).sort("person")
    names = sorted(person_elements["element"].drop_nulls().unique())
    counts = person_elements.group_by("person").agg(pl.col("values").filter(pl.col("element") == name).sum().alias(name) for name in names)
    return individuals.select(PERSON_COLUMNS).join(counts, on="person", how="left").with_columns(pl.col(names).fill_null(0)).sort("person")


def render_people(assessment: Mapping[str, Any], *, now: datetime, frames: Frames | None = None) -> str:
    """People by element; `frames` holds `individuals` and `person_elements`. Without them, people by element as counted in the assessment."""
    if not frames or "individuals" not in frames or "person_elements" not in frames:
        return render_classes(assessment, now=now)
    matrix = people_by_element(frames["individuals"], frames["person_elements"])
    return table(matrix.columns, matrix.iter_rows(named=True))


def render_classes(assessment: Mapping[str, Any], *, now: datetime) -> str:
    """The impact summary, one row per data class, intervals in columns of their own."""
    columns = ("data_class", "name", "records", "values", "people", "people_low", "people_high", "people_method", "severity_weight", "weight_source", "share_of_impact")
    rows = []
    for row in assessment["impact_summary"]:
        people = row["people"] or {}
        rows.append({**row, "people": people.get("value"), "people_low": people.get("low"), "people_high": people.get("high"), "people_method": people.get("method")})
    return table(columns, rows)


def render_findings(assessment: Mapping[str, Any], *, now: datetime, frames: Frames | None = None) -> str:
    """Every finding of the case with its masked preview; `frames` holds `findings`."""
    findings = (frames or {}).get("findings", pl.DataFrame())
    return table(FINDING_COLUMNS, findings.iter_rows(named=True))


def render_secrets(assessment: Mapping[str, Any], *, now: datetime) -> str:
    """The rotation sheet, one row per distinct secret."""
    return table(SECRET_COLUMNS, ({**row, "stood_in": stood_in(row)} for row in assessment["secrets"]))


REPORT = Report(name="csv", suffix=".people.csv", title="people by element, for a spreadsheet", render=render_people, frames=("individuals", "person_elements"))
