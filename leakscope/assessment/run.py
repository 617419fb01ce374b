"""Runs the stages and leaves a case; the Python API behind `leakscope assess`."""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson

from leakscope import __version__
from leakscope.assessment.case import Case, create_case, open_case, unfinished
from leakscope.assessment.options import Options, check, parse_population, with_pipeline
from leakscope.assessment.pipelines import parse_duration
from leakscope.assessment.relink import decisions_of
from leakscope.assessment.state import Progress, Run, Silent
from leakscope.errors import UsageError
from leakscope.model import SampleDesign
from leakscope.safety.keys import load_or_make_key
from leakscope.safety.vault import recipients


@dataclass(frozen=True, slots=True)
class Assessment:
    """
    The result of a run: `data` is assessment.json; everything else is a rendering of it.

    Args:
        data: the assessment as published in assessment.schema.json.
        case: the folder it lies in.
    """

    data: Mapping[str, Any]
    case: Path

    def to_json(self) -> str:
        """assessment.json as text."""
        return orjson.dumps(self.data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()

    def to_text(self, *, width: int = 80, color: bool = False, now: datetime | None = None) -> str:
        """The one-screen summary."""
        from leakscope.reports import console

        return console.render(dict(self.data), now=now or datetime.now(UTC), width=width, color=color)

    def to_html(self, *, now: datetime | None = None) -> str:
        """The page, one file."""
        from leakscope.reports import html

        return html.render(dict(self.data), now=now or datetime.now(UTC))

    def _repr_html_(self) -> str:
        """For notebooks: the page in a frame of its own, no raw values in it."""
        from leakscope.safety.escape import markup

        return f'<iframe sandbox srcdoc="{markup(self.to_html())}" style="width:100%;height:900px;border:0"></iframe>'


def options_from(
    *,
    paths: Sequence[str],
    case: Path,
    pipeline: str | None = None,
    facts: str | None = None,
    on: datetime | date | None = None,
    population: Sequence[str] = (),
    sample_design: str | None = None,
    sample_by: str | None = None,
    draw: str | None = None,
    draw_by: str | None = None,
    rows: int | None = None,
    fraction: float | None = None,
    seed: int = 0,
    time_budget: str | None = None,
    expensive_sample: int | None = None,
    names: str | None = None,
    rules: str | None = None,
    key: str | None = None,
    engine: str = "local",
    scheme: str | None = None,
    cost: bool = False,
    title: str | None = None,
    seal_to: Sequence[str] = (),
    decisions: str | None = None,
) -> Options:
    """
    Options from the texts of a command line; the pipeline fills in what was not given.

    Raises:
        UsageError: something is malformed or contradictory.
    """
    chosen = with_pipeline(pipeline)
    budget = parse_duration(time_budget) if time_budget is not None else chosen.time_budget_seconds
    day = on.date() if isinstance(on, datetime) else on
    return check(
        Options(
            paths=tuple(paths),
            case=Path(case),
            key_file=Path(key) if key else None,
            pipeline=chosen,
            facts_file=Path(facts) if facts else None,
            on=day,
            population=parse_population(population),
            design=SampleDesign(sample_design) if sample_design else None,
            design_by=sample_by,
            draw=SampleDesign(draw) if draw else None,
            draw_by=draw_by,
            rows=rows,
            fraction=fraction,
            seed=seed,
            time_budget_seconds=budget,
            expensive_sample=expensive_sample,
            names=names or chosen.names,
            rules=Path(rules) if rules else None,
            engine=engine,
            scheme=scheme,
            cost=cost,
            title=title,
            seal_to=recipients(seal_to),
            decisions=Path(decisions) if decisions else None,
        )
    )


def assess(options: Options, *, progress: Progress | None = None, now: datetime | None = None) -> Assessment:
    """
    Run every stage over the evidence and leave a case.

    Args:
        options: what to do.
        progress: told how far it is.
        now: the instant of the run; the clock when null.

    Raises:
        UsageError: a path, file or option is wrong.
        UnreadableError: nothing could be examined; the case keeps the ledger.
        InvariantError: counts do not add up; no report is written.
    """
    from leakscope.assessment.stages import STAGES
    from leakscope.catalogue import load as load_catalogue
    from leakscope.notification import facts as fact_files
    from leakscope.severity import check_overrides

    instant = now or datetime.now(UTC)
    earlier = _earlier(options)
    if earlier:
        instant, options = _as_before(earlier, options)
    facts = _with_stated(_with_implied(fact_files.load(options.facts_file), options.pipeline.exposure), options)
    check_overrides(facts, options.leading_scheme)
    catalogue = load_catalogue(options.rules)
    _missing_paths(options.paths)
    remembered = decisions_of(options.decisions)
    case = Case(options.case) if earlier else create_case(options.case)
    key = load_or_make_key(options.key_file or Path(f"{options.case}.key"))
    ledger = case.ledger()
    ledger.write("resumed" if earlier else "started", version=__version__, command=_settings(options), python=platform.python_version(), now=instant.isoformat())
    run = Run(options=options, key=key, case=case, ledger=ledger, now=instant, progress=progress or Silent(), facts=facts, catalogue=catalogue, decisions=remembered)
    for stage in STAGES:
        try:
            run = stage.run(run)
        except BaseException as error:
            run.progress.stop()
            with contextlib.suppress(OSError):  # a full disk takes no entry either
                ledger.write("interrupted" if isinstance(error, OSError | KeyboardInterrupt) else "failed", stage=stage.name, error=type(error).__name__)
            raise
        ledger.write("finished", stage=stage.name)
    return Assessment(run.assessment, options.case)


def _earlier(options: Options) -> list[dict[str, Any]] | None:
    """The ledger of a run of this version with these options that was ended from outside (a kill, a full disk, Ctrl-C), so that it is taken up again."""
    entries = unfinished(options.case)
    if entries is None:
        return None
    began = entries[0]["facts"]
    same = orjson.loads(orjson.dumps(_settings(options))) == began.get("command")
    return entries if same and began.get("version") == __version__ and began.get("now") else None


def _as_before(entries: list[dict[str, Any]], options: Options) -> tuple[datetime, Options]:
    """
    The instant of the first start, and the size of the expensive sample if it had been fixed: what else could make the bytes differ.

    Note:
        Everything is read again: what stands between the stages are open values, and those are never put on a disk.
    """
    planned = next((entry["facts"]["units"] for entry in entries if entry["event"] == "planned"), None)
    chosen = options if planned is None or options.expensive_sample is not None else replace(options, expensive_sample=planned)
    return datetime.fromisoformat(entries[0]["facts"]["now"]), chosen


def _missing_paths(paths: Sequence[str]) -> None:
    """Complain about a path that does not exist before a case is made for it."""
    from leakscope.safety.escape import plain

    for path in paths:
        if path != "-" and "://" not in path and not Path(path).exists() and not Path(path).is_symlink():
            raise UsageError(f"There is no file or folder {plain(path)}", hint="Check the path; a live store needs an address such as clickhouse://host.")


def _settings(options: Options) -> dict[str, Any]:
    """The options as the ledger and the manifest keep them: how to run it again."""
    plain_types = (str, int, float, bool, type(None))
    kept = {one.name: getattr(options, one.name) for one in fields(options) if one.name not in ("pipeline", "population", "paths", "key_file")}
    shown = {name: value if isinstance(value, plain_types) else str(value) for name, value in kept.items()}
    return {**shown, "paths": list(options.paths), "pipeline": options.pipeline.name, "population": dict(options.population)}


def _with_implied(facts: Any, implied: Mapping[str, Any]) -> Any:
    """`facts` with what the kind of exposure implies where nobody stated otherwise."""
    known = {one.name for one in fields(facts.exposure)}
    if unknown := sorted(set(implied) - known):
        raise UsageError(f"The pipeline's [exposure] has unknown keys: {', '.join(unknown)}")
    fresh = {name: value for name, value in implied.items() if getattr(facts.exposure, name) in (None, "unknown")}
    return replace(facts, exposure=replace(facts.exposure, **fresh)) if fresh else facts


def _with_stated(facts: Any, options: Options) -> Any:
    """`facts` with the size and design of the exposure that the options state, so that what is decided later knows them too."""
    said = {"records": dict(options.population) or None, "design": options.design and str(options.design), "by": options.design_by}
    stated = {name: value for name, value in said.items() if value}
    return replace(facts, population=replace(facts.population, **stated)) if stated else facts


def write_report(case: Path, form: str, target: Path, *, now: datetime | None = None) -> Path:
    """
    Render the case's assessment in `form` into `target`, readable by its owner only.

    Raises:
        UsageError: there is no such form.
    """
    from leakscope.assessment.render import known_form, read_frames, write_private

    opened, report = open_case(case), known_form(form)
    write_private(target, report.write(opened.assessment(), now=now or datetime.now(UTC), frames=read_frames(opened, report)))
    return target
