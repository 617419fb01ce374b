"""`leakscope corpus`: makes labelled exposures to try the tool on."""

from __future__ import annotations

from pathlib import Path

import click

from leakscope.corpus import generators, make
from leakscope.errors import LeakScopeError


@click.group(name="corpus", help="Make invented exposures with the truth beside them.")
def command() -> None:
    """Group of the corpus commands."""


@command.command(name="make", help="Write NAME's evidence and truth/*.parquet into a folder.")
@click.argument("name")
@click.option("--rows", type=click.IntRange(min=1), default=None, help="Records to make; each corpus has its own default.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same name, rows and seed give the same bytes.")
@click.option("-o", "--output", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="DIR", help="Folder to write to; made if absent.")
def make_command(name: str, rows: int | None, seed: int, folder: Path) -> None:
    """Write one corpus and print where the evidence is."""
    try:
        evidence = make(name, rows=rows, seed=seed, folder=folder)
    except LeakScopeError as error:
        click.echo(str(error), err=True)
        raise SystemExit(error.exit_code) from None
    click.echo(str(evidence))


@command.command(name="list", help="List the corpora that can be made.")
def list_command() -> None:
    """Print name and purpose of every generator."""
    for generator in generators().values():
        click.echo(f"{generator.name}  {generator.about} ({generator.rows:,} rows by default)")
