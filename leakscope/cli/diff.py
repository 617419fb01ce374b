"""`leakscope diff`: what changed between two cases."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click
import orjson

from leakscope.cli._output import colour, width


@click.command()
@click.argument("case_a", type=click.Path(exists=True, file_okay=False))
@click.argument("case_b", type=click.Path(exists=True, file_okay=False))
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print.")
def command(case_a: str, case_b: str, form: str) -> None:
    """What changed between two cases of one incident and why, for a follow-up notice."""
    from rich.console import Console
    from rich.table import Table

    from leakscope.assessment.case import open_case
    from leakscope.assessment.diff import diff
    from leakscope.safety.escape import plain

    changes = diff(open_case(case_a).assessment(), open_case(case_b).assessment())
    if form == "json":
        sys.stdout.buffer.write(orjson.dumps([asdict(change) for change in changes], option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        return
    if not changes:
        click.echo("The two assessments say the same.")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("section", "what", "before", "after"):
        table.add_column(heading, overflow="fold")
    for change in changes:
        table.add_row(*(plain(text) for text in (change.section, change.what, change.before, change.after)))
    Console(width=width(), no_color=not colour(), highlight=False, markup=False).print(table)
