"""`leakscope identify`: what is this, how much of it, and what to do next; no detection."""

from __future__ import annotations

import sys

import click
import orjson

from leakscope.cli._output import set_exit_code


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print.")
@click.pass_context
def command(ctx: click.Context, paths: tuple[str, ...], form: str) -> None:
    """Format, fields, rows, time span and hash of evidence, and what to do next."""
    from leakscope.assessment.identify import identify_paths, render_table

    found = identify_paths(paths)
    if form == "json":
        sys.stdout.buffer.write(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    else:
        click.echo(render_table(found), nl=False)
    readable = [row for row in found if row["format"]]
    set_exit_code(ctx, 3 if not readable else 4 if len(readable) < len(found) or any(row["set_aside"] for row in found) else 0)
