"""`leakscope secrets`: the rotation sheet of a case."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click
import orjson

from leakscope.cli._output import colour, width


@click.command()
@click.argument("case", type=click.Path(exists=True, file_okay=False))
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True, help="How to print.")
def command(case: str, form: str) -> None:
    """One row per distinct secret, most dangerous first: what it opens, where it stood, whose it is, how to revoke it."""
    from leakscope.assessment.case import open_case
    from leakscope.assessment.rotation import render_table
    from leakscope.reports.csv_report import render_secrets

    assessment = open_case(case).assessment()
    rows = assessment["secrets"]
    if form == "json":
        sys.stdout.buffer.write(orjson.dumps(rows, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    elif form == "csv":
        click.echo(render_secrets(assessment, now=datetime.now(UTC)), nl=False)
    else:
        click.echo(render_table(rows, width=width(), color=colour()), nl=False)
