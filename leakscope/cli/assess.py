"""`leakscope assess`: the whole way, from exposed records to the decisions."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leakscope.cli._output import TerminalProgress, colour, set_exit_code, standard_error, width
from leakscope.engines import ENGINES
from leakscope.model import SampleDesign

if TYPE_CHECKING:
    from leakscope.assessment.run import Assessment

BY = ("table", "day", "file", "person")
DRAWS = ("first", "last", "bernoulli", "reservoir", "systematic", "stratified", "cluster")
LEVELS = ("low", "medium", "high", "very_high")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH|URL...")
@click.option("--pipeline", metavar="NAME|FILE", help="Kind of exposure; see pipelines/.")
@click.option("--facts", type=click.Path(), metavar="FACTS.toml", help="What is known of the incident; leakscope facts new writes one.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Law as of this day.  [default: today]")
@click.option("--population", multiple=True, metavar="[SOURCE=]N", help="Records in the whole exposure.")
@click.option("--sample-design", type=click.Choice([str(design) for design in SampleDesign]), help="How the supplied records were drawn.  [default: what the facts say, else unknown]")
@click.option("--sample-by", type=click.Choice(BY), help="What the strata or clusters of that design are.  [default: what the numbers imply]")
@click.option("--rows", type=int, help="Draw this many records.")
@click.option("--fraction", type=float, help="Draw this share of the records, or of the clusters: 0.1 is 10 percent.")
@click.option("--draw", type=click.Choice(DRAWS), help="How to draw them.  [default: at random]")
@click.option("--draw-by", metavar="table|day|file|FIELD", help="Strata (table, day) or clusters (file, or the records with one value of a field) to draw by.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of every random choice.")
@click.option("--time-budget", metavar="T|none", help="For reading names and topics: 90s, 10m, none reads all.  [default: the pipeline's, 60s]")
@click.option("--expensive-sample", type=int, metavar="N", help="Read N units for names and topics instead of a time budget; replays a run.")
@click.option("--names", metavar="MODEL", help="Model for names: default, none, a spaCy model, a folder.")
@click.option("--rules", type=click.Path(), metavar="FILE", help="Your own detectors, in the catalogue's form.")
@click.option("--key", type=click.Path(), metavar="FILE", help="The incident's key, so that cases compare; made if absent.")
@click.option("--case", type=click.Path(), metavar="DIR", help="Case folder to make.  [default: leakscope-case-TIME]")
@click.option("--seal-to", multiple=True, metavar="RECIPIENT|FILE", help="Keep raw values in the case, encrypted with age to this public key.  [default: none are kept]")
@click.option("--decisions", type=click.Path(exists=True, file_okay=False), metavar="CASE", help="Merges and splits of people remembered in an earlier case with the same --key.")
@click.option("--engine", type=click.Choice(ENGINES), default="local", show_default=True, help="Where to run; spark needs the extra and Java.")
@click.option("--scheme", metavar="NAME|FILE", help="Severity scheme that leads; the others stand beside it.  [default: enisa-2013]")
@click.option("--cost", is_flag=True, help="Add a rough range of what such breaches have cost, from published studies.")
@click.option("--fail-on", type=click.Choice(LEVELS), help="Exit with 10 when the incident, or any secret, is this severe or worse (a critical secret counts as very high).")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_context
def command(ctx: click.Context, paths: tuple[str, ...], form: str, fail_on: str | None, **given: object) -> None:
    """Assess exposed records: what, whose, how many, how bad, whom to tell and by when."""
    from leakscope.assessment.run import assess, options_from

    case = Path(str(given.pop("case") or f"leakscope-case-{datetime.now(UTC):%Y%m%d-%H%M%S}"))
    options = options_from(paths=paths, case=case, **given)
    assessment = assess(options, progress=TerminalProgress())
    show(assessment, form)
    standard_error().print(f"Case: {case}   Key: {options.key_file or f'{case}.key'} (keep it apart from the case)")
    set_exit_code(ctx, exit_code(assessment.data, fail_on))


def show(assessment: Assessment, form: str, *, now: datetime | None = None) -> None:
    """Print the assessment as the screen, its countdowns from `now`, or as JSON."""
    sys.stdout.write(assessment.to_json() if form == "json" else assessment.to_text(width=width(), color=colour(), now=now))


def exit_code(data: Mapping[str, Any], fail_on: str | None) -> int:
    """10 when the incident or its gravest secret reaches `fail_on`, else 4 when something was set aside, else 0."""
    if fail_on and max(reached(data), default=-1) >= LEVELS.index(fail_on):
        return 10
    serious = [piece for piece in data["coverage"]["set_aside"] if piece["reason"] not in ("duplicate", "case-folder")]
    return 4 if serious else 0


def reached(data: Mapping[str, Any]) -> list[int]:
    """Places on `LEVELS` of the incident and of every secret; a scheme with other levels is stretched over them."""
    known = {**{name: place for place, name in enumerate(LEVELS)}, "critical": LEVELS.index("very_high")}
    incident = data["severity"]["incident"]
    bands = [row["band"] for row in (incident.get("scale") or {}).get("bands", ())]
    stretched = {name: round(place * (len(LEVELS) - 1) / max(len(bands) - 1, 1)) for place, name in enumerate(bands)}
    of_incident = {**stretched, **known}.get(incident["band"]) if set(bands) <= set(LEVELS) else stretched.get(incident["band"])
    return [*(known[row["severity"]] for row in data["secrets"] if row["severity"] in known), *([] if of_incident is None else [of_incident])]
