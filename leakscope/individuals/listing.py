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
from leakscope.vocabulary import elements as known_elements

#: Columns of the CSV form, in order.
COLUMNS = (
    "person", "label", "kind", "role", "counted", "reason", "residence", "residence_basis", "residence_confidence",
    "controller", "child", "records", "elements", "first_seen", "last_seen", "conflict", "confidence",
)  # fmt: skip
#: Columns of the person x element matrix, in order.
MATRIX_COLUMNS = ("person", "label", "counted", "element", "entity", "role", "confidence", "findings", "values", "source", "record", "field")


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


def matrix_of(individuals: pl.DataFrame, elements: pl.DataFrame) -> list[dict[str, Any]]:
    """
    One mapping per person and element, in the order of `individuals`: how sure, how often, and where it stands first.

    Args:
        individuals: schema `INDIVIDUALS`.
        elements: schema `PERSON_ELEMENTS`.
    """
    people = individuals.select("person", "label", "counted").with_row_index("place")
    return people.join(elements, on="person").sort("place", "element", "entity").select(MATRIX_COLUMNS).to_dicts()


def render_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = (*COLUMNS, "exposed")) -> str:
    """All rows as CSV that a spreadsheet opens without running anything."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_text(row[name]) for name in columns] for row in rows)
    return target.getvalue()


def _text(value: object) -> str:
    if value is None:
        return ""
    return cell("; ".join(value) if isinstance(value, list) else str(value))


def _word(element: str) -> str:
    """The element's name for readers; the code where it has none."""
    known = known_elements()
    return known[element].name if element in known else element


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
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column("person", no_wrap=True)
    table.add_column("who and what")
    table.add_column("records", justify="right")
    for row in rows:
        notes = _notes(row)
        place = f"{row['residence']} by {row['residence_basis'].replace('_', ' ')}" if row["residence"] else "residence unknown"
        head = f"{plain(row['label'])}  {row['kind']}, {row['role'].replace('_', ' ')}, {place}" + (f"  [{notes}]" if notes else "")
        table.add_row(row["person"], f"{head}\n  {'; '.join(_word(code) for code in row['exposed'])}", str(row["records"]))
    return _printed(table, shown=len(rows), total=total, width=width, color=color)


def render_matrix(rows: Sequence[Mapping[str, Any]], *, total: int, width: int, color: bool) -> str:
    """One line per person and element: how sure, how many values, and the place where it stands first; arguments as `render_table`."""
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    for name in ("person", "what", "whose", "first place"):
        table.add_column(name, no_wrap=name == "person", overflow="fold")
    for name in ("sure", "values"):
        table.add_column(name, justify="right")
    for row in rows:
        place = plain(f"{row['source']}, record {row['record']}, {row['field']}")
        table.add_row(row["person"], _word(row["element"]), row["role"].replace("_", " "), place, f"{row['confidence']:.2f}", str(row["values"]))
    return _printed(table, shown=len(rows), total=total, width=width, color=color)


def _printed(table: Table, *, shown: int, total: int, width: int, color: bool) -> str:
    if not shown:
        return "Nobody to show.\n"
    console = Console(width=width, no_color=not color, highlight=False, markup=False, file=io.StringIO(), force_terminal=color)
    console.print(table)
    if total > shown:
        console.print(f"{total - shown} more; --limit 0 shows all.")
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]
