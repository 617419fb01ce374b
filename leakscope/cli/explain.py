"""`leakscope explain`: why something stands in the result."""

from __future__ import annotations

import io
import sys

import click
import orjson

from leakscope.cli._output import colour, width


@click.command()
@click.argument("case", type=click.Path(exists=True, file_okay=False))
@click.argument("name", metavar="FINDING|PERSON|DUTY")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print.")
def command(case: str, name: str, form: str) -> None:
    """Why it is in the result: back to row and field, with every rule on the way.

    NAME is finding-N, a fingerprint, SOURCE:RECORD, a person, a duty, or any id in assessment.json.
    """
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from leakscope.assessment.case import open_case
    from leakscope.assessment.explain import explain
    from leakscope.safety.escape import plain

    found = explain(open_case(case), name)
    if form == "json":
        sys.stdout.buffer.write(orjson.dumps(found.to_dict(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        return
    console = Console(file=io.StringIO(), width=width(), force_terminal=colour(), color_system="standard" if colour() else None, highlight=False, emoji=False)
    named = plain(found.id)
    console.print(Text(named if named.startswith(found.kind) else f"{found.kind} {named}", style="bold"))
    for section in found.sections:
        console.print()
        console.print(Text(plain(section.heading), style="underline" if colour() else ""))
        table = Table.grid(padding=(0, 1))
        table.add_column(min_width=2, max_width=24, style="dim", overflow="fold")
        table.add_column(ratio=1, overflow="fold")
        for label, value in section.rows:
            table.add_row(Text(plain(label)), Text(plain(value)))
        console.print(Padding(table, (0, 0, 0, 2)))
    sys.stdout.write("\n".join(line.rstrip() for line in console.file.getvalue().splitlines()) + "\n")  # type: ignore[attr-defined]
