"""`leakscope diff`: what changed between two cases."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click
import orjson

from leakscope.cli._output import colour, standard_error, width


@click.command()
@click.argument("case_a", type=click.Path(exists=True, file_okay=False))
@click.argument("case_b", type=click.Path(exists=True, file_okay=False))
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print.")
def command(case_a: str, case_b: str, form: str) -> None:
    """What changed between two cases of one incident and why, for a follow-up notice."""
    from rich.console import Console
    from rich.table import Table

    from leakscope.assessment.case import open_case
    from leakscope.assessment.diff import diff, have_different_keys
    from leakscope.safety.escape import plain

    before, after = open_case(case_a).assessment(), open_case(case_b).assessment()
    changes = diff(before, after)
    if have_different_keys(before, after):
        standard_error().print("The two cases were made with different keys, so their secrets cannot be told to be the same: assess both with one --key.")
    if form == "json":
        sys.stdout.buffer.write(orjson.dumps([asdict(change) for change in changes], option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        return
    if not changes:
        click.echo("The two assessments say the same.")
        return
    table = Table(box=None, pad_edge=False, expand=True)
    for heading, ratio in (("section", 2), ("what", 5), ("before", 4), ("after", 4)):
        table.add_column(heading, overflow="fold", ratio=ratio)
    for change in changes:
        table.add_row(*(plain(text) for text in (change.section, change.name, change.before, change.after)))
    Console(width=width(), no_color=not colour(), highlight=False, markup=False).print(table)
