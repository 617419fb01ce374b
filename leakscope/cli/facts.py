"""`leakscope facts`: write, complete and check the facts of an incident."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from leakscope.cli._output import standard_error
from leakscope.errors import FactsError, UsageError


@click.group()
def command() -> None:
    """Facts of the incident: a commented file to fill in, questions in the terminal, a check."""


@command.command()
@click.argument("path", metavar="FACTS.toml", type=click.Path(dir_okay=False, path_type=Path))
def new(path: Path) -> None:
    """Write a commented facts file in which everything is still unknown."""
    from leakscope.notification.facts_file import template

    _write(path, template(), fresh=True)
    standard_error().print(f"Wrote {path}. Fill in what you know, or run: leakscope facts ask {path}")


@command.command()
@click.argument("path", metavar="FACTS.toml", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--case", "case", type=click.Path(exists=True, file_okay=False), help="Ask what decides the duties of this case; otherwise what usually does.")
def ask(path: Path, case: str | None) -> None:
    """Ask in the terminal only what matters; an empty answer leaves a fact unknown."""
    from leakscope.notification import facts
    from leakscope.notification.facts_file import template, with_answer
    from leakscope.notification.questions import question

    text = path.read_text("utf-8") if path.exists() else template()
    if path.exists():
        facts.load(path)
    for name in _wanted(path, case):
        if (value := _answer(name, question(name))) is not None:
            text = with_answer(text, name, value)
            _write(path, text)
    if not path.exists():
        _write(path, text)
    facts.load(path)
    standard_error().print(f"Wrote {path}.")


@command.command()
@click.argument("path", metavar="FACTS.toml", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(path: Path) -> None:
    """Say whether the file is well formed, and what it leaves unknown."""
    from leakscope.notification import facts
    from leakscope.notification.questions import stated
    from leakscope.severity import check_overrides

    held = facts.load(path)
    check_overrides(held)
    known, unknown = stated(held)
    click.echo(f"{path}: well formed; {len(known)} facts stated, {len(unknown)} unknown.")
    for name in known:
        click.echo(f"  {name}")


def _wanted(path: Path, case: str | None) -> list[str]:
    from leakscope.notification import facts
    from leakscope.notification.questions import USUAL, unknown_of

    held = facts.load(path) if path.exists() else facts.load(None)
    if case is None:
        return unknown_of(held, USUAL)
    from leakscope.assessment.case import open_case
    from leakscope.assessment.redecide import redecide

    decided = redecide(open_case(case), facts_file=str(path) if path.exists() else None, on=datetime.now(UTC).date())
    return [row["fact"] for row in decided.decision.missing_facts if row["fact"] not in ("residence", "residence.US")]


def _answer(name: str, words: str) -> object | None:
    from leakscope.notification.facts_file import parse_answer
    from leakscope.notification.questions import choices

    offered = f" [{' / '.join(choices(name))}]" if choices(name) else ""
    while True:
        said = click.prompt(f"{words}{offered}", default="", show_default=False, err=True)
        if not said.strip():
            return None
        try:
            return parse_answer(name, said)
        except FactsError as error:
            standard_error().print(str(error))


def _write(path: Path, text: str, *, fresh: bool = False) -> None:
    try:
        flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if fresh else os.O_TRUNC)
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} is there already", hint="Name another; a facts file is never overwritten. To complete it: leakscope facts ask") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {os.strerror(error.errno or 0)}") from None
