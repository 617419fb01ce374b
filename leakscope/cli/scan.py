"""`leakscope scan`: every finding in files, folders or standard input."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leakscope.cli._output import set_exit_code, standard_error

if TYPE_CHECKING:
    import polars as pl

    from leakscope.detection.kernel import Kernel
    from leakscope.detection.names_in_scan import NamesReader
    from leakscope.detection.scanning import Tally
    from leakscope.model import Batch

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH|-...")
@click.option("--format", "form", type=click.Choice(["table", "ndjson", "csv", "sarif"]), default="table", show_default=True, help="How to print.")
@click.option("--time-budget", default="60s", show_default=True, metavar="T|none", help="Time for names in running text (90s, 10m, 0s); none reads all.")
@click.option("--entities", multiple=True, metavar="TYPE", help="Only findings of these entity types (repeat, or separate by commas).")
@click.option("--min-confidence", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="Least confidence reported.")
@click.option("--rules", type=FILE, help="Further rules, in the catalogue's form.")
@click.option("--key", "key_file", type=FILE, help="Incident key, so that fingerprints compare between runs.")
@click.option("--suppressions", type=FILE, help="Findings to leave out, each with who, when and why.")
@click.option("--harmless", is_flag=True, help="List too what is known to be nobody's (test cards, example addresses), with the reason.")
@click.option("--workers", type=click.IntRange(1, 64), metavar="N", help="Processes that search; with --harmless one does.  [default: one, or one per core over 24 MB]")
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[str, ...], form: str, time_budget: str, entities: tuple[str, ...], min_confidence: float,
    rules: Path | None, key_file: Path | None, suppressions: Path | None, harmless: bool, workers: int | None,
) -> None:  # fmt: skip
    """Find secrets, credentials and personal data, one finding a line."""
    from leakscope.detection.names_in_scan import NamesReader, seconds_of
    from leakscope.detection.output import WRITERS
    from leakscope.detection.scanning import Tally, findings, kernel_for
    from leakscope.detection.suppressions import load
    from leakscope.reports import sarif
    from leakscope.sources.evidence import require

    require(paths)
    tally = Tally()
    wanted = tuple(name for listed in entities for name in listed.split(",") if name)
    kernel = kernel_for(rules, key_file, entities=wanted, min_confidence=min_confidence)
    names = NamesReader(kernel, budget_seconds=seconds_of(time_budget))
    kept = load(suppressions) if suppressions else ()
    gc.freeze()  # rules and modules stay: looking through them again and again for what to collect takes time
    spread = None if harmless else _spread(paths, kernel, rules, workers)
    found = findings(paths, kernel, tally, names=names, suppressions=kept, harmless=harmless, found_in=spread)
    {**WRITERS, "sarif": sarif.write}[form](found, sys.stdout, kernel.catalogue)
    _explain(tally, kernel, names, listed=harmless)
    set_exit_code(ctx, tally.exit_code)


def _spread(paths: tuple[str, ...], kernel: Kernel, rules: Path | None, workers: int | None) -> Callable[[Iterator[Batch]], Iterator[tuple[Batch, pl.DataFrame]]] | None:
    """Search in several processes, whose suppressed findings `kernel` counts too; null where one is enough."""
    from leakscope.engines import local
    from leakscope.engines.batch import Asked, found_by

    number = workers or local.workers_for(local.bytes_to_read(file for path in paths for file in _files(Path(path))))
    if number == 1:
        return None
    asked = Asked(key=kernel.key, rules=rules, entities=kernel.entities, min_confidence=kernel.min_confidence)

    def search(batches: Iterator[Batch]) -> Iterator[tuple[Batch, pl.DataFrame]]:
        for batch, (sightings, suppressed) in local.find(batches, asked, workers=number, here=found_by(kernel)):
            kernel.add_suppressed(suppressed)
            yield batch, sightings

    return search


def _files(path: Path) -> Iterator[tuple[str, int]]:
    """Name and size of a file, or of the files in a folder; nothing for standard input and what cannot be seen."""
    with suppress(OSError):
        for one in path.rglob("*") if path.is_dir() else (path,):
            if one.is_file():
                yield one.name, one.stat().st_size


def _explain(tally: Tally, kernel: Kernel, names: NamesReader, *, listed: bool) -> None:
    """On standard error: what was set aside, what was suppressed, and which share was read for names."""
    console = standard_error()
    for piece in tally.set_aside:
        console.print(f"Set aside: {piece.source}: {piece.detail}", soft_wrap=True)
    if tally.suppressed:
        console.print(f"{tally.suppressed} finding{'' if tally.suppressed == 1 else 's'} left out by the suppression file.", soft_wrap=True)
    reasons: Counter[str] = Counter()
    for reason, count in kernel.suppressed.select("reason", "count").iter_rows():
        reasons[reason] += count
    if reasons:
        told = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items(), key=lambda one: (-one[1], one[0])))
        seen = "Known to be nobody's, or too unsure to report" if listed else "Not reported, because known to be nobody's or too unsure (--harmless lists them)"
        console.print(f"{seen}: {told}.", soft_wrap=True)
    if names.texts:
        console.print(f"Names were sought in {names.read} of {names.texts} distinct running texts.", soft_wrap=True)
