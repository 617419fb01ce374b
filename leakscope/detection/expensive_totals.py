"""From the texts read to all of them: totals with intervals, sampling by people and conversations taken into account."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl
from scipy.stats import t as student

from leakscope.detection.names_span import ENTITIES
from leakscope.detection.topics_head import NONE, topic_meanings
from leakscope.estimation.interval import Interval
from leakscope.estimation.proportion import wilson_interval
from leakscope.model import Basis, Estimate

LEVEL = 0.95
#: Smallest number of read turns with a topic for which its languages are told apart.
FEWEST_BY_LANGUAGE = 3


def totals_of(units: pl.DataFrame, texts: pl.DataFrame, spans: pl.DataFrame, topics: pl.DataFrame) -> Mapping[str, Estimate]:
    """
    Estimates for everything that could have been read.

    Args:
        units: unit, stratum, kind, turns, conversations, chosen; one row per unit.
        texts: every eligible text with unit, turn, conversation, role and language.
        spans: names found, with `turn` and `entity`.
        topics: sensitive topics found, with `turn`, `conversation`, `unit`, `language` and `topic`.

    Returns:
        `turns.ENTITY`, `turns.TOPIC`, `turns.TOPIC.LANGUAGE`, `conversations.TOPIC`, `people.TOPIC`, `turns.sensitive`,
        `conversations.sensitive` and `people.sensitive`, over user turns of conversations; `sentences.ENTITY` outside them.
    """
    chat, prose = units.filter(pl.col("kind") == "chat"), units.filter(pl.col("kind") == "prose")
    found: dict[str, Estimate] = {}
    for name, hits in _measures(texts, spans, topics):
        measure = name.partition(".")[0]
        frame = prose if measure == "sentences" else chat
        if frame.height:
            found[name] = estimate_total(frame, hits, "conversations" if measure == "conversations" else "one" if measure == "people" else "turns")
    return found


def _measures(texts: pl.DataFrame, spans: pl.DataFrame, topics: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Name and hits by unit (`unit`, `hits`) of everything that is counted."""
    placed = spans.select("turn", "entity").unique().join(texts.select("turn", "unit", "role"), on="turn")
    for entity in ENTITIES:
        this = placed.filter(pl.col("entity") == entity)
        yield f"turns.{entity}", _by_unit(this.filter(pl.col("role") == "user"))
        yield f"sentences.{entity}", _by_unit(this.filter(pl.col("role") == "prose"))
    said = topics.filter(pl.col("role") == "user")
    for topic in [*(topic for topic in topic_meanings() if topic != NONE), "sensitive"]:
        this = said if topic == "sensitive" else said.filter(pl.col("topic") == topic)
        yield f"turns.{topic}", _by_unit(this.unique("turn"))
        yield f"conversations.{topic}", _by_unit(this.unique("conversation"))
        yield f"people.{topic}", _by_unit(this.unique("unit"))
        languages = this.group_by("language").len().filter(pl.col("len") >= FEWEST_BY_LANGUAGE)["language"].sort()
        for language in languages if topic != "sensitive" else ():
            yield f"turns.{topic}.{language}", _by_unit(this.filter(pl.col("language") == language).unique("turn"))


def _by_unit(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by("unit").agg(hits=pl.len())


def estimate_total(units: pl.DataFrame, hits: pl.DataFrame, size: str) -> Estimate:
    """
    The total of a property over all units.

    Args:
        units: unit, stratum, chosen and the sizes `turns` and `conversations`.
        hits: unit and how often the property was seen in it; units without a row had none.
        size: the size the property is a share of: `turns`, `conversations`, or `one` (units).

    Returns:
        The combined ratio estimate; its interval is Wilson's at the effective sample size, with Student's quantile for the
        degrees of freedom, never below what was seen. Exact when every unit was read.

    Source:
        Cochran (1977), eqs. 6.47 and 6.48 (combined ratio estimate in stratified sampling of clusters); Korn and Graubard
        (1998), Survey Methodology 24:193 (effective size).
    """
    every = units.with_columns(size=pl.lit(1.0) if size == "one" else pl.col(size).cast(pl.Float64))
    every = every.join(hits, on="unit", how="left").with_columns(pl.col("hits").fill_null(0).cast(pl.Float64)).sort("stratum", "unit")
    read = every.filter("chosen")
    seen, whole = float(read["hits"].sum()), float(every["size"].sum())
    if read.height == every.height:
        return Estimate(value=seen, low=seen, high=seen, level=LEVEL, method="every eligible text was read", basis=Basis.EXACT)
    method = f"combined ratio over a stratified sample of {read.height} of {every.height} units, people and conversations read together"
    if read.is_empty() or not whole:
        return Estimate(value=None, low=seen, high=whole, level=LEVEL, method="nothing was read", basis=Basis.BOUNDS)
    share, variance, freedom = _ratio(every, read)
    bounds = _interval(share, variance, freedom, read.height)
    low, high = max(seen, bounds.lower * whole), min(whole, max(seen, bounds.upper * whole))
    return Estimate(value=max(seen, share * whole), low=low, high=high, level=LEVEL, method=method, basis=Basis.SAMPLE)


def _ratio(every: pl.DataFrame, read: pl.DataFrame) -> tuple[float, float, int]:
    """The share, its variance and degrees of freedom."""
    populations = dict(every.group_by("stratum").len().iter_rows())
    groups = [(populations[name[0]], group["hits"].to_numpy(), group["size"].to_numpy()) for name, group in read.group_by("stratum", maintain_order=True)]
    total_hits = sum(n / len(y) * y.sum() for n, y, _ in groups)
    total_size = sum(n / len(m) * m.sum() for n, _, m in groups)
    share = float(total_hits / total_size) if total_size else 0.0
    variance, freedom = 0.0, 0
    residuals = [y - share * m for _, y, m in groups]
    pooled = float(np.var(np.concatenate(residuals), ddof=1)) if sum(map(len, residuals)) > 1 else math.inf
    for (n, y, _), left in zip(groups, residuals, strict=True):
        spread = float(np.var(left, ddof=1)) if len(left) > 1 else pooled
        if n > len(y):
            variance += n**2 * (1 - len(y) / n) * spread / len(y)
            freedom += max(len(y) - 1, 0)
    return share, variance / total_size**2 if total_size else math.inf, max(freedom, 1)


def _interval(share: float, variance: float, freedom: int, units: int) -> Interval:
    """Wilson's interval at the size of a simple sample that would be as telling."""
    if not 0 < share < 1 or variance <= 0 or not math.isfinite(variance):
        return wilson_interval(min(max(share, 0.0), 1.0) * units, units, LEVEL)
    quantile = float(student.ppf(1 - (1 - LEVEL) / 2, freedom)) / float(student.ppf(1 - (1 - LEVEL) / 2, 1e9))
    effective = max(share * (1 - share) / (variance * quantile**2), 1.0)
    return wilson_interval(share * effective, effective, LEVEL)
