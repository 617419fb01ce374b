"""`leakscope doctor`: what this installation has, and what that means for a run."""

from __future__ import annotations

import click

from leakscope.cli._output import colour, set_exit_code, width


@click.command()
@click.pass_context
def command(ctx: click.Context) -> None:
    """Versions, models and optional parts of this installation."""
    from rich.console import Console
    from rich.table import Table

    from leakscope.assessment.doctor import examine

    parts = examine()
    table = Table(box=None, pad_edge=False)
    for heading in ("", "part", "version", "what it means"):
        table.add_column(heading)
    for part in parts:
        table.add_row({"ok": "ok", "slower": "slower", "absent": "absent", "broken": "BROKEN"}[part.state], part.name, part.version, part.meaning)
    Console(width=width(), no_color=not colour(), highlight=False, markup=False).print(table)
    set_exit_code(ctx, 5 if any(part.state == "broken" for part in parts) else 0)
