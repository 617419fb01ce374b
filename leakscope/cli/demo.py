"""`leakscope demo`: the whole job on a bundled exposure."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from leakscope.cli._output import TerminalProgress, standard_error, width

#: The demo's clock: the morning after the invented company learnt of its incident, so that its countdowns run.
CLOCK = datetime(2025, 1, 30, 8, 0, tzinfo=UTC)

#: People and conversations read for names and topics, the same on every machine; a few seconds.
SAMPLE = 400


@click.command()
@click.option("--case", type=click.Path(), metavar="DIR", help="Case folder to make.  [default: leakscope-demo-TIME]")
@click.option("--open", "browse", is_flag=True, help="Open the page when it is done.")
def command(case: str | None, browse: bool) -> None:
    """Assess a bundled exposure, an open log table of an AI company, and write the report."""
    from leakscope.assessment.pipelines import bundled
    from leakscope.assessment.run import assess, options_from, write_report
    from leakscope.cli.assess import show

    corpus = bundled("corpora") / "log_stream"
    root = Path(case or f"leakscope-demo-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    options = options_from(
        paths=(str(corpus / "log_stream.ndjson.gz"),),
        case=root,
        pipeline="log-stream",
        facts=str(corpus / "incident.toml"),
        expensive_sample=SAMPLE,
        title="Open log table of an AI company (invented)",
        on=CLOCK,
    )
    assessment = assess(options, progress=TerminalProgress(), now=CLOCK)
    show(assessment, "table", now=CLOCK)
    console = standard_error()
    console.print(f"The clock of this demo stands at {CLOCK:%Y-%m-%d %H:%M} UTC; names and topics were read in a fixed sample of {SAMPLE} conversations.")
    for form, name in (("html", "report.html"), ("markdown", "incident-report.md")):
        path = write_report(root, form, root / name, now=CLOCK)
        console.print(f"{'Page' if form == 'html' else 'Incident report'}: {path}   ({width() and path.stat().st_size:,} bytes)")
    console.print(f"Assessment: {root / 'assessment.json'}   Key: {root}.key")
    if browse:
        click.launch(str(root / "report.html"))
