"""The rotation sheet as a table; values never show, previews only."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from leakscope.reports.secret_wording import secret_state, seen_in, stood_in, whose
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
        state = f"state: {_state(row)}" + (f"; account {plain(str(row['account']))}" if row.get("account") else "")
        stood = "; ".join(part for part in (f"stood in: {stood_in(row)}", whose(row)) if part) if row.get("places") else ""
        table.add_row(str(row["rank"]), "\n".join((head, f"  {plain(str(row['preview']))}  {row['id']}", f"  {state}", f"  seen in {seen_in(row)}", *([f"  {stood}"] if stood else []), f"  revoke: {row['revoke']} {row['console'] or ''}".rstrip())))
    console.print(table)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def _state(row: Mapping[str, Any]) -> str:
    state = secret_state(row)
    return "not known whether it still works" if state == "unknown" else state
