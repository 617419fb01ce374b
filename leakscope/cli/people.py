"""`leakscope people`: who the evidence speaks of, and merges and splits that a human decides."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime

import click
import orjson
import polars as pl

from leakscope.cli._output import colour, standard_error, width


@click.command()
@click.argument("case", type=click.Path(exists=True, file_okay=False))
@click.option("--merge", nargs=2, metavar="A B", help="Two people who are one.")
@click.option("--split", metavar="A", help="A person who is several; parts are told apart by the values their records share.")
@click.option("--why", metavar="TEXT", help="The reason; needed with --merge and --split, and kept with the case.")
@click.option("--conflicts", is_flag=True, help="Only people with contradictory identifiers.")
@click.option("--not-counted", is_flag=True, help="Only those who are not counted, with the reason.")
@click.option("--rows", "by_element", is_flag=True, help="One row per person and element: whose, how sure, and where it stands first.")
@click.option("--limit", type=click.IntRange(min=0), default=50, show_default=True, help="Rows to show in the table; 0 shows all.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True, help="How to print.")
def command(
    case: str, merge: tuple[str, str] | None, split: str | None, why: str | None, conflicts: bool, not_counted: bool, by_element: bool, limit: int, form: str
) -> None:
    """One row per individual of a case: masked label, role, residence, what of them was exposed."""
    from leakscope.assessment.case import open_case
    from leakscope.errors import UsageError
    from leakscope.individuals.listing import MATRIX_COLUMNS, matrix_of, render_csv, render_matrix, render_table, rows_of

    opened = open_case(case)
    if merge and split:
        raise UsageError("--merge and --split are decided one at a time")
    if why is not None and not (merge or split):
        raise UsageError("--why goes with --merge or --split", hint="people CASE --merge A B --why TEXT")
    if merge or split:
        _decide(opened, merge, split, why)
    people = opened.individuals()
    if conflicts:
        people = people.filter(pl.col("conflict"))
    if not_counted:
        people = people.filter(~pl.col("counted"))
    rows = matrix_of(people, opened.person_elements()) if by_element else rows_of(people, opened.person_elements())
    if form == "json":
        sys.stdout.buffer.write(orjson.dumps(rows, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    elif form == "csv":
        click.echo(render_csv(rows, MATRIX_COLUMNS) if by_element else render_csv(rows), nl=False)
    else:
        render = render_matrix if by_element else render_table
        click.echo(render(rows[: limit or None], total=len(rows), width=width(), color=colour()), nl=False)


def _decide(case: object, merge: tuple[str, str] | None, split: str | None, why: str | None) -> None:
    from leakscope.assessment.case import Case
    from leakscope.assessment.relink import make_decision, relink

    assert isinstance(case, Case)
    before = int(case.individuals()["counted"].sum())
    action, persons = ("merge", merge) if merge else ("split", (split or "",))
    after = relink(case, make_decision(action, tuple(persons), why or "", who=getpass.getuser(), now=datetime.now(UTC)))
    counted = int(after.individuals["counted"].sum())
    standard_error().print(f"{before} people before, {counted} now. Remembered in the case; leakscope decide CASE --save decides the duties anew.")
