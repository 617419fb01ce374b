"""`leakscope.assess`: the whole way, from Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from os import PathLike
from pathlib import Path
from typing import Any

from leakscope.assessment import run
from leakscope.assessment.run import Assessment


def assess(
    paths: str | PathLike[str] | Sequence[str | PathLike[str]],
    *,
    case: str | PathLike[str] | None = None,
    population: int | Mapping[str, int] | None = None,
    on: date | None = None,
    now: datetime | None = None,
    **options: Any,
) -> Assessment:
    """
    Assess exposed records and leave a case, as `leakscope assess` does.

    Args:
        paths: a file, a folder, or several.
        case: folder to make; `leakscope-case-TIME` in the working folder when null.
        population: records in the whole exposure, in all or by source.
        on: law as of this day; the day of `now` when null.
        now: the instant of the run; the clock when null.
        options: the command's other options by name: pipeline, facts, sample_design, rows, fraction, seed, time_budget,
            expensive_sample, names, rules, key, engine, scheme, cost, title, seal_to, decisions.

    Returns:
        The assessment; `.data` is assessment.json, `.to_text()` the screen, `.to_html()` the page.

    Raises:
        UsageError: a path or an option is wrong.
        UnreadableError: nothing could be examined.
        InvariantError: counts do not add up.
    """
    listed = [paths] if isinstance(paths, str | PathLike) else list(paths)
    folder = Path(case) if case is not None else Path(f"leakscope-case-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    if isinstance(population, int):
        stated = [str(population)]
    else:
        stated = [f"{source}={count}" if source else str(count) for source, count in (population or {}).items()]
    chosen = run.options_from(paths=[str(path) for path in listed], case=folder, population=stated, on=on, **options)
    return run.assess(chosen, now=now)
