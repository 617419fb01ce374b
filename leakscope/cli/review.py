"""`leakscope review`: a human labels a sample, and the labels correct the estimates."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import orjson

from leakscope.cli._output import standard_error

_KEYS = {"finding": {"r": "right", "w": "wrong", "u": "unsure"}, "clean": {"c": "clean", "m": "missed", "u": "unsure"}}


@click.command()
@click.argument("case", type=click.Path(exists=True, file_okay=False))
@click.option("--sample", type=click.IntRange(min=1), default=100, show_default=True, help="Findings and clean records to label.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draw.")
@click.option("--reviewer", metavar="NAME", default="1", show_default=True, help="Who labels; a second reviewer labels the same items, and their agreement is told.")
@click.option("--export", "export_to", type=click.Path(dir_okay=False), metavar="CSV", help="Write what is to be labelled; - for stdout.")
@click.option("--import", "import_from", type=click.Path(exists=True, dir_okay=False), metavar="CSV", help="Read labels from a filled export.")
@click.option("--evidence", multiple=True, type=click.Path(exists=True), help="Where the evidence lies, to show the records; they hold raw values.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), help="Of the result.  [default: table on a terminal, else json]")
def command(case: str, sample: int, seed: int, reviewer: str, export_to: str | None, import_from: str | None, evidence: tuple[str, ...], form: str | None) -> None:
    """
    Label findings (right, wrong) and records called clean (clean, missed); precision, elusion and recall come back with intervals.

    Without --export and --import the items are asked one by one; labels given so far are kept when you stop.
    """
    from leakscope.assessment.case import open_case
    from leakscope.assessment.labels import draw, from_csv, own_labels, record_labels, to_csv, waiting_for
    from leakscope.errors import UsageError

    opened = open_case(case)
    if export_to and import_from:
        raise UsageError("--export and --import are two steps")
    items = draw(opened, sample, seed=seed)
    if export_to:
        _write(export_to, to_csv(own_labels(opened, items, reviewer)))
        standard_error().print(f"{items.height} items; fill the column label with right, wrong, clean, missed or unsure.")
        return
    labels = from_csv(Path(import_from), items) if import_from else _ask(waiting_for(opened, items, reviewer), evidence)
    if not labels:
        standard_error().print("No label was given; nothing was changed.")
        return
    record_labels(opened, labels, reviewer=reviewer)
    _show(opened.assessment()["quality"]["review"], form)


def _show(review: Mapping[str, Any], form: str | None) -> None:
    """What the labels say, as lines on a terminal and as JSON elsewhere."""
    if (form or ("table" if sys.stdout.isatty() else "json")) == "json":
        sys.stdout.buffer.write(orjson.dumps(review, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        return
    from leakscope.reports.sentences import review_lines

    for name, text in review_lines(review):
        click.echo(f"{name:<18} {text}")
    click.echo("The case and its reports are corrected by this.")


def _write(target: str, text: str) -> None:
    if target == "-":
        click.echo(text, nl=False)
    else:
        Path(target).write_text(text, "utf-8")


def _ask(waiting: Any, evidence: tuple[str, ...]) -> dict[str, str]:
    from leakscope.assessment.excerpts import excerpts

    texts = excerpts(evidence, waiting.select("source", "record")) if evidence else {}
    labels: dict[str, str] = {}
    with contextlib.suppress(click.Abort):  # Ctrl-C and the end of input stop, as q does
        for number, row in enumerate(waiting.iter_rows(named=True), 1):
            label = _one(row, f"{number} of {waiting.height}", texts)
            if label is None:
                break
            labels[row["item"]] = label
    return labels


def _one(row: Mapping[str, Any], place: str, texts: Mapping[tuple[str, int], str]) -> str | None:
    """The label of one item, null to stop."""
    from leakscope.safety.escape import plain

    keys = _KEYS[row["kind"]]
    click.echo(f"\n[{place}] {plain(row['source'])}, record {row['record']}", err=True)
    if row["kind"] == "finding":
        click.echo(f"  {plain(row['field'])}: {row['entity']} {plain(row['preview'])} ({plain(row['detector'])}, {row['confidence']:.2f})", err=True)
    else:
        click.echo("  nothing was found in this record", err=True)
    if text := texts.get((row["source"], row["record"])):
        click.echo(f"  {text}", err=True)
    question = ", ".join(f"[{key}] {label}" for key, label in keys.items())
    answer = click.prompt(f"  {question}, [q] stop", type=click.Choice([*keys, "q"]), show_choices=False, err=True)
    return None if answer == "q" else keys[answer]
