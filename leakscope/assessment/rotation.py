"""The rotation sheet as a table; values never show, previews only."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from leakscope.reports.sentences import stood_in
from leakscope.reports.wording import counted
from leakscope.safety.escape import plain


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
        stood = f"stood in: {stood_in(row)}{_whose(row)}" if row.get("places") else ""
        table.add_row(str(row["rank"]), "\n".join((head, f"  {plain(str(row['preview']))}  {row['id']}", f"  {state}", *([f"  {stood}"] if stood else []), f"  revoke: {row['revoke']} {row['console'] or ''}".rstrip())))
    console.print(table)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def _whose(row: Mapping[str, Any]) -> str:
    """Whose a secret is, where the evidence tells."""
    if not row.get("people"):
        return ""
    who = row["owner_person"] or counted(row["people"], "person", "people")
    return {"linked": f"; part of the data of {who}", "author": f"; written by {who}", "alone": f"; only {who} in its records"}.get(row["owner_basis"], "")
