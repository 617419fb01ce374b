"""`leakscope catalogue`: what is looked for, in which formats, and which law is known; and whether rule files hold together."""

from __future__ import annotations

import importlib
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson

from leakscope.cli._output import set_exit_code
from leakscope.safety.escape import plain

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FORM = click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print.")
RULES = click.option("--rules", type=FILE, help="Further rules, in the catalogue's form.")


@click.group()
def command() -> None:
    """Detectors, jurisdictions and formats: list them, show one, check rule files."""


@command.command("list")
@click.argument("kind", type=click.Choice(["detectors", "entities", "providers", "roles", "formats", "jurisdictions"]), default="detectors")
@FORM
@RULES
def list_command(kind: str, form: str, rules: Path | None) -> None:
    """Everything of one kind, one a line."""
    rows = importlib.import_module("leakscope.detection.listing").listed(kind, rules)
    if form == "json":
        sys.stdout.buffer.write(orjson.dumps(rows, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        return
    widths = [max(len(str(row[name])) for row in rows) for name in rows[0]] if rows else []
    for row in rows:
        click.echo("  ".join(plain(str(value)).ljust(width) for value, width in zip(row.values(), widths, strict=True)).rstrip())


@command.command("show")
@click.argument("name")
@RULES
def show_command(name: str, rules: Path | None) -> None:
    """One detector or jurisdiction in full: what it says, how sure it is, where its facts come from."""
    law = importlib.import_module("leakscope.notification.law")
    if name.upper() in law.jurisdictions():
        found = law.shown(name.upper())
    else:
        found = importlib.import_module("leakscope.detection.listing").shown(name, rules)
    sys.stdout.buffer.write(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


@command.command("check")
@RULES
@click.pass_context
def check_command(ctx: click.Context, rules: Path | None) -> None:
    """Hold every rule to the form, put its own examples through the kernel, and every jurisdiction's cases through the engine."""
    from leakscope.catalogue import load
    from leakscope.catalogue.check import check

    catalogue = load(rules)
    own = {detector.id for detector in catalogue.detectors if rules and detector.file == rules.name}
    problems = [one for one in check(catalogue) if not rules or one.detector in own]
    for problem in problems:
        click.echo(plain(str(problem)))
    click.echo(f"{len(own) or len(catalogue.detectors)} rules checked, {len(problems)} problem{'' if len(problems) == 1 else 's'}.", err=True)
    law_problems = [] if rules else _check_law()
    set_exit_code(ctx, 2 if problems or law_problems else 0)


def _check_law() -> list[str]:
    from leakscope.notification.document import law_problems
    from leakscope.notification.law import jurisdictions

    problems = law_problems(datetime.now(UTC).date())
    for problem in problems:
        click.echo(plain(problem))
    click.echo(f"{len(jurisdictions())} jurisdictions checked, {len(problems)} problem{'' if len(problems) == 1 else 's'}.", err=True)
    return problems
