"""`leakscope report`: a case's assessment in the form somebody needs."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from leakscope.cli._output import colour, standard_error, width


@click.command()
@click.argument("case", type=click.Path(exists=True, file_okay=False))
@click.option("--format", "form", metavar="FORM", help="html, json, docx, csv, markdown, ics, veris, dpv, edpb, sarif and more; list prints all.  [default: what the ending of -o says, else text]")
@click.option("-o", "--output", "target", metavar="PATH", help="File or folder to write to; - is standard output.  [default: standard output for text]")
def command(case: str, form: str | None, target: str | None) -> None:
    """Render a case's assessment: a page, an incident report, tables, or a format that other tools read."""
    from leakscope.assessment.render import form_for, known_form, read_frames, target_file, write_private
    from leakscope.reports import reports

    if form == "list":
        for name, report in reports().items():
            click.echo(f"{name:16}{report.suffix:16}{report.title}")
        return
    from leakscope.assessment.case import open_case

    opened, report, now = open_case(case), known_form(form) if form else form_for(target), datetime.now(UTC)
    assessment = opened.assessment()
    if report.name == "text" and target in (None, "-"):
        from leakscope.reports import console

        sys.stdout.write(console.render(assessment, now=now, width=width(), color=colour()))
        return
    content = report.write(assessment, now=now, frames=read_frames(opened, report))
    if target == "-" or (target is None and not _is_binary(content)):
        sys.stdout.buffer.write(content)
        return
    path = target_file(target, report, case=Path(case))
    write_private(path, content)
    standard_error().print(f"{path}   ({len(content):,} bytes)")


def _is_binary(content: bytes) -> bool:
    return b"\0" in content[:1024]
