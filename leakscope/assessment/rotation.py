"""The rotation sheet as a table and as CSV; values never show, previews only."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from leakscope.reports.wording import counted
from leakscope.safety.escape import cell, plain

#: Columns of the CSV form, in order.
COLUMNS = (
    "rank", "id", "provider", "kind", "environment", "status", "severity", "account", "scopes", "issued", "expires", "checksum",
    "records", "occurrences", "first_seen", "last_seen", "services", "preview", "exposes", "revoke", "console",
)  # fmt: skip


def render_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """All rows as CSV that a spreadsheet opens without running anything."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in COLUMNS])
    return target.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return cell("; ".join(map(str, value)) if isinstance(value, list) else str(value))


def render_table(rows: Sequence[Mapping[str, Any]], *, width: int, color: bool) -> str:
    """One block per secret: what it is, where it was seen, what it opens, how to revoke it."""
    if not rows:
        return "No secrets were found in what was examined.\n"
    console = Console(width=width, no_color=not color, highlight=False, markup=False, file=io.StringIO(), force_terminal=color)
    table = Table(box=None, pad_edge=False, show_lines=False, padding=(0, 1))
    table.add_column("#", justify="right")
    table.add_column("secret")
    for row in rows:
        head = f"{plain(str(row['provider'] or 'unknown issuer'))}: {plain(str(row['kind']))} [{row['severity']}]"
        state = f"{row['environment']}, {str(row['status']).replace('_', ' ')}, seen in {counted(row['records'], 'record')}" + (f", account {plain(str(row['account']))}" if row.get("account") else "")
        table.add_row(str(row["rank"]), "\n".join((head, f"  {plain(str(row['preview']))}  {row['id']}", f"  {state}", f"  revoke: {row['revoke']} {row['console'] or ''}".rstrip())))
    console.print(table)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]
