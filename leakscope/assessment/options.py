"""What a run was asked to do: the command line, the Python call and the pipeline file end in one of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from leakscope.assessment.pipelines import Pipeline, load_pipeline
from leakscope.engines import ENGINES
from leakscope.errors import UsageError
from leakscope.model import SampleDesign
from leakscope.safety.escape import plain
from leakscope.severity import load_scheme
from leakscope.sources.evidence import is_case_folder

#: What a run can draw by itself.
DRAWS = ("first", "last", "bernoulli", "reservoir", "systematic", "stratified", "cluster")
#: The run's own budget when neither the command line nor a pipeline states one.
DEFAULT_PIPELINE = Pipeline(name="default", title="Exposed records", description="No pipeline was named; every file is identified by itself.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """
    One run's wishes.

    Args:
        paths: files, folders, `-`, or addresses of live stores.
        case: folder to make.
        key_file: the incident key; null makes one beside the case.
        pipeline: kind of exposure.
        facts_file: incident.toml, or null.
        on: law as of this day; null is today.
        population: records in the whole exposure by source, "" for all.
        design: how the supplied records were drawn.
        design_by: what the strata or clusters of `design` are: table, day, file or person; null is what the numbers imply.
        rows: draw this many records.
        fraction: draw this share of the records, or of the clusters.
        draw: how they are drawn; null: at random.
        draw_by: what strata or clusters are drawn by: table, day, file, or the name of a field.
        seed: of every random choice.
        time_budget_seconds: for the expensive tier; null reads everything.
        expensive_sample: units to read instead of a time budget (replays an earlier run).
        names: model for names.
        rules: user rule file.
        engine: local or spark.
        scheme: severity scheme that leads, by name or path; null is the pipeline's.
        cost: whether a rough range of what such breaches cost is reckoned.
        title: of the case.
        seal_to: public keys that may open the raw values; none keeps no value at all.
        decisions: a case whose remembered merges and splits of people hold in this run too; its key must be this run's.
    """

    paths: Sequence[str]
    case: Path
    key_file: Path | None = None
    pipeline: Pipeline = DEFAULT_PIPELINE
    facts_file: Path | None = None
    on: date | None = None
    population: Mapping[str, int] = field(default_factory=dict)
    design: SampleDesign | None = None
    design_by: str | None = None
    rows: int | None = None
    fraction: float | None = None
    draw: SampleDesign | None = None
    draw_by: str | None = None
    seed: int = 0
    time_budget_seconds: float | None = 60.0
    expensive_sample: int | None = None
    names: str = "default"
    rules: Path | None = None
    engine: str = "local"
    scheme: str | None = None
    cost: bool = False
    title: str | None = None
    seal_to: tuple[str, ...] = ()
    decisions: Path | None = None

    @property
    def leading_scheme(self) -> str:
        """The severity scheme that leads, by name or path."""
        return self.scheme or self.pipeline.scheme

    @property
    def draw_design(self) -> SampleDesign:
        """How records are drawn where some are: each by chance at a fraction, a random sample of a number of them."""
        return self.draw or (SampleDesign.RESERVOIR if self.rows is not None else SampleDesign.BERNOULLI)


def parse_population(texts: Sequence[str]) -> dict[str, int]:
    """
    `["1000000"]` or `["log_stream=1000000", "users=5000"]` as records by source.

    Raises:
        UsageError: a number is missing or not positive, or both forms are mixed.
    """
    result: dict[str, int] = {}
    for text in texts:
        source, _, number = text.rpartition("=")
        try:
            count = int(number.replace("_", "").replace(",", ""))
        except ValueError:
            count = 0
        if count <= 0:
            raise UsageError(f"--population {text!r} states no number of records", hint="Write --population 1000000 or --population log_stream=1000000.")
        result[source] = count
    if "" in result and len(result) > 1:
        raise UsageError("--population gives both a total and numbers by source", hint="Give one or the other.")
    return result


def check(options: Options) -> Options:
    """
    The options themselves, if they make sense together.

    Raises:
        UsageError: they contradict one another, or a case is named as evidence.
    """
    if not options.paths:
        raise UsageError("No evidence was named", hint="Give files, folders, - or the address of a live store.")
    for path in options.paths:
        if is_case_folder(Path(path)):
            raise UsageError(f"{plain(path)} is a case, no evidence", hint=f"leakscope report {plain(path)} shows it; leakscope decide {plain(path)} decides again.")
    if options.rows is not None and options.fraction is not None:
        raise UsageError("--rows and --fraction were both given", hint="Give one of them.")
    if options.rows is not None and options.rows < 1:
        raise UsageError("--rows must be at least 1")
    if options.fraction is not None and not 0 < options.fraction <= 1:
        hint = f"For {options.fraction:g} percent write --fraction {options.fraction / 100:g}." if 1 < options.fraction <= 100 else ""
        raise UsageError("--fraction must be over 0 and at most 1", hint=hint)
    _check_draw(options)
    if options.engine not in ENGINES:
        raise UsageError(f"There is no engine {options.engine!r}", hint=" or ".join(ENGINES))
    load_scheme(options.leading_scheme)
    return options


def _check_draw(options: Options) -> None:
    """The draw has a size and the strata or clusters it needs, and no others."""
    if options.draw is None and options.draw_by is None:
        return
    if options.rows is None and options.fraction is None:
        raise UsageError("--draw needs to know how much", hint="Add --rows N or --fraction F.")
    if options.draw_design not in DRAWS:
        raise UsageError(f"a run cannot draw a {options.draw_design} sample", hint=f"One of {', '.join(DRAWS)}.")
    if options.rows is not None and options.draw_design in (SampleDesign.BERNOULLI, SampleDesign.CLUSTER):
        raise UsageError(f"a {options.draw_design} sample has no fixed number of records", hint="Give --fraction F instead of --rows.")
    if options.draw_by is not None and options.draw_design not in (SampleDesign.STRATIFIED, SampleDesign.CLUSTER):
        raise UsageError("--draw-by belongs to --draw stratified or cluster")
    if options.draw_design is SampleDesign.STRATIFIED and options.draw_by not in (None, "table", "day"):
        raise UsageError("strata are tables or days", hint="--draw-by table or --draw-by day.")
    if options.draw_design is SampleDesign.CLUSTER and options.draw_by in ("table", "day"):
        raise UsageError("clusters are files, or the records with one value of a field", hint="--draw-by file, or the name of a field such as user_id.")


def with_pipeline(name: str | None) -> Pipeline:
    """The named pipeline, or the default one."""
    return load_pipeline(name) if name else DEFAULT_PIPELINE
