"""The people of a case as a table, JSON or CSV; values never show, masked labels only."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table

from leakscope.safety.escape import cell, plain

#: Columns of the CSV form, in order.
COLUMNS = (
    "person", "label", "kind", "role", "counted", "reason", "residence", "residence_basis", "residence_confidence",
    "controller", "child", "records", "elements", "first_seen", "last_seen", "conflict", "confidence",
)  # fmt: skip


def rows_of(individuals: pl.DataFrame, elements: pl.DataFrame) -> list[dict[str, Any]]:
    """
    One mapping per person, in the order of `individuals`, with `exposed`: the codes of their elements.

    Args:
        individuals: schema `INDIVIDUALS`.
        elements: schema `PERSON_ELEMENTS`.
    """
    codes = elements.group_by("person").agg(exposed=pl.col("element").unique().sort())
    joined = individuals.join(codes, on="person", how="left", maintain_order="left").with_columns(pl.col("exposed").fill_null([]))
    return joined.with_columns(pl.col("first_seen", "last_seen").dt.to_string("%Y-%m-%dT%H:%M:%SZ")).to_dicts()


def render_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """All rows as CSV that a spreadsheet opens without running anything."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow((*COLUMNS, "exposed"))
    for row in rows:
        values = [row[name] for name in COLUMNS]
        writer.writerow([*("" if value is None else cell(str(value)) for value in values), cell("; ".join(row["exposed"]))])
    return target.getvalue()


def _notes(row: Mapping[str, Any]) -> str:
    parts = [] if row["counted"] else [f"not counted: {row['reason']}"]
    parts += ["conflict: look at it"] if row["conflict"] else []
    parts += ["child"] if row["child"] else []
    return ", ".join(parts)


def render_table(rows: Sequence[Mapping[str, Any]], *, total: int, width: int, color: bool) -> str:
    """
    Two lines per person: who and where, and what of them was exposed.

    Args:
        rows: those to show.
        total: how many there are.
        width: columns of the terminal.
        color: whether to style.
    """
    if not rows:
        return "Nobody was found in what was examined.\n"
    console = Console(width=width, no_color=not color, highlight=False, markup=False, file=io.StringIO(), force_terminal=color)
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column("person", no_wrap=True)
    table.add_column("who and what")
    table.add_column("records", justify="right")
    for row in rows:
        notes = _notes(row)
        place = row["residence"] or "residence unknown"
        head = f"{plain(row['label'])}  {row['kind']}, {row['role'].replace('_', ' ')}, {place}" + (f"  [{notes}]" if notes else "")
        table.add_row(row["person"], f"{head}\n  {', '.join(row['exposed'])}", str(row["records"]))
    console.print(table)
    if total > len(rows):
        console.print(f"{total - len(rows)} more; --limit 0 shows all.")
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]
