"""`leakscope redact`: the same records with every finding masked."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from leakscope.cli._output import set_exit_code, standard_error

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH|-...")
@click.option("--min-confidence", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="Least confidence masked.")
@click.option("--names/--no-names", default=True, show_default=True, help="Mask names of people and places in running text too.")
@click.option("--rules", type=FILE, help="Further rules, in the catalogue's form.")
@click.option("--key", "key_file", type=FILE, help="Incident key, so that masked field names compare between runs.")
@click.pass_context
def command(ctx: click.Context, paths: tuple[str, ...], min_confidence: float, names: bool, rules: Path | None, key_file: Path | None) -> None:
    """Write the same records with every finding masked in place; what cannot be read is left out."""
    from leakscope.detection.redaction import Redactor, no_names
    from leakscope.detection.rewriting import redact
    from leakscope.detection.scanning import Tally, kernel_for

    finder = no_names
    if names:
        from leakscope.detection.names import find_names as finder  # type: ignore[assignment]
    tally = Tally()
    redact(paths, Redactor(kernel_for(rules, key_file, min_confidence=min_confidence), finder), tally, sys.stdout.buffer)
    for piece in tally.set_aside:
        standard_error().print(f"Not passed through: {piece.source}: {piece.detail}", soft_wrap=True)
    set_exit_code(ctx, tally.exit_code)
