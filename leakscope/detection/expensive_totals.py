"""From the texts read to all of them: totals with intervals, sampling by people and conversations taken into account."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.stats import t as student

from leakscope.detection.expensive_guess import Guesses, guesses
from leakscope.detection.names_span import ENTITIES
from leakscope.detection.topics_head import NONE, topic_meanings
from leakscope.estimation.interval import Interval
from leakscope.estimation.proportion import wilson_interval
from leakscope.model import Basis, Estimate

LEVEL = 0.95
#: Smallest number of read turns with a topic for which its languages are told apart.
FEWEST_BY_LANGUAGE = 3
#: Units read in which something was seen, from which on guesses are trusted to narrow its interval.
FEWEST_GUESSED = 20
#: A guess counts at most this often.
MOST_SLOPE = 1.5
SENSITIVE = "sensitive"
#: The size of a unit that a count is a share of.
_SIZES = {"turns": "turns", "sentences": "turns", "conversations": "conversations", "people": "one"}


@dataclass(frozen=True, slots=True)
class Measure:
    """
    Something that is counted.

    Args:
        counted: `turns`, `conversations`, `people` or `sentences`.
        what: an entity type, a topic, or `sensitive`.
        language: of the texts counted; null: any.
    """

    counted: str
    what: str
    language: str | None = None

    @property
    def name(self) -> str:
        """Under which the total stands."""
        return ".".join(filter(None, (self.counted, self.what, self.language)))

    @property
    def role(self) -> str:
        """Of the texts counted."""
        return "prose" if self.counted == "sentences" else "user"


def totals_of(units: pl.DataFrame, texts: pl.DataFrame, spans: pl.DataFrame, topics: pl.DataFrame) -> Mapping[str, Estimate]:
    """
    Estimates for everything that could have been read.

    Args:
        units: unit, stratum, kind, turns, conversations, chosen; one row per unit.
        texts: every eligible text with unit, turn, conversation, role, language, text and worthwhile.
        spans: names found, with `turn` and `entity`.
        topics: sensitive topics found, with `turn` and `topic`.

    Returns:
        `turns.ENTITY`, `turns.TOPIC`, `turns.TOPIC.LANGUAGE`, `conversations.TOPIC`, `people.TOPIC`, `turns.sensitive`,
        `conversations.sensitive` and `people.sensitive`, over user turns of conversations; `sentences.ENTITY` outside them.
    """
    found = _found(spans, topics)
    placed = found.join(texts.select("turn", "unit", "conversation", "role", "language"), on="turn")
    guessed = None if units["chosen"].all() else guesses(texts, units, found)
    totals: dict[str, Estimate] = {}
    for measure in _measures(placed):
        frame = units.filter(pl.col("kind") == ("prose" if measure.counted == "sentences" else "chat"))
        if frame.height:
            totals[measure.name] = estimate_total(frame, _hits(placed, measure), _SIZES[measure.counted], _expected(guessed, measure))
    return totals


def _found(spans: pl.DataFrame, topics: pl.DataFrame) -> pl.DataFrame:
    """Turn and property, once each: entities, topics, and `sensitive` for any topic."""
    told = topics.select("turn", property="topic")
    return pl.concat([spans.select("turn", property="entity"), told, told.with_columns(property=pl.lit(SENSITIVE))]).unique()


def _measures(placed: pl.DataFrame) -> Iterator[Measure]:
    """Everything that is counted."""
    for entity in ENTITIES:
        yield from (Measure("turns", entity), Measure("sentences", entity))
    for topic in [*(topic for topic in topic_meanings() if topic != NONE), SENSITIVE]:
        yield from (Measure(counted, topic) for counted in ("turns", "conversations", "people"))
        this = placed.filter((pl.col("property") == topic) & (pl.col("role") == "user"))
        languages = this.group_by("language").len().filter(pl.col("len") >= FEWEST_BY_LANGUAGE)["language"].sort()
        yield from (Measure("turns", topic, language) for language in languages if topic != SENSITIVE)


def _hits(placed: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    """`unit` and `hits`: how many turns, conversations or people of each unit have the property."""
    this = placed.filter((pl.col("property") == measure.what) & (pl.col("role") == measure.role))
    if measure.language is not None:
        this = this.filter(pl.col("language") == measure.language)
    once = {"conversations": "conversation", "people": "unit"}.get(measure.counted, "turn")
    return this.unique(once).group_by("unit").agg(hits=pl.len())


def _expected(guessed: Guesses | None, measure: Measure) -> pl.DataFrame | None:
    if guessed is None or measure.what not in guessed.properties:
        return None
    return guessed.by_unit(measure.what, measure.counted, measure.role, measure.language)


def estimate_total(units: pl.DataFrame, hits: pl.DataFrame, size: str, expected: pl.DataFrame | None = None) -> Estimate:
    """
    The total of a property over all units.

    Args:
        units: unit, stratum, chosen and the sizes `turns` and `conversations`.
        hits: unit and how often the property was seen in it; units without a row had none.
        size: the size the property is a share of: `turns`, `conversations`, or `one` (units).
        expected: unit, and how many are guessed in it by models that have not seen it (`guess`); null: no guesses.

    Returns:
        The combined ratio estimate or, with guesses, the regression estimate on size and guess; its interval is Wilson's at
        the effective sample size, with Student's quantile for the degrees of freedom, never below what was seen. Exact when
        every unit was read.

    Source:
        Cochran (1977), eqs. 6.47 and 6.48 (combined ratio estimate in stratified sampling of clusters); Särndal, Swensson
        and Wretman (1992), eqs. 6.4.1 and 6.6.3 (regression estimate); Korn and Graubard (1998), Survey Methodology 24:193
        (effective size).
    """
    every = units.with_columns(size=pl.lit(1.0) if size == "one" else pl.col(size).cast(pl.Float64))
    every = every.join(hits, on="unit", how="left").with_columns(pl.col("hits").fill_null(0).cast(pl.Float64)).sort("stratum", "unit")
    read = every.filter("chosen")
    seen, whole = float(read["hits"].sum()), float(every["size"].sum())
    if read.height == every.height:
        return Estimate(value=seen, low=seen, high=seen, level=LEVEL, method="every eligible text was read", basis=Basis.EXACT)
    if read.is_empty() or not whole:
        return Estimate(value=None, low=seen, high=whole, level=LEVEL, method="nothing was read", basis=Basis.BOUNDS)
    helped = expected is not None and int((read["hits"] > 0).sum()) >= FEWEST_GUESSED
    total, variance, freedom = _regression(every, expected if helped else None)
    bounds = _interval(min(max(total / whole, 0.0), 1.0), variance / whole**2, freedom, read.height)
    low, high = max(seen, bounds.lower * whole), min(whole, max(seen, bounds.upper * whole))
    way = "regression on words" if helped else "combined ratio"
    method = f"{way} over a stratified sample of {read.height} of {every.height} units, people and conversations read together"
    return Estimate(value=min(max(seen, total), whole), low=low, high=high, level=LEVEL, method=method, basis=Basis.SAMPLE)


def _regression(every: pl.DataFrame, expected: pl.DataFrame | None) -> tuple[float, float, float]:
    """The total, its variance and degrees of freedom; without guesses this is the combined ratio estimate."""
    if expected is None:
        known = every.with_columns(guess=pl.lit(0.0))
    else:
        known = every.join(expected, on="unit", how="left", maintain_order="left").with_columns(pl.col("guess").fill_null(0.0))
    known = known.with_columns(weight=pl.len().over("stratum") / pl.col("chosen").sum().over("stratum").clip(1))
    read = known.filter("chosen")
    share, slope = _slopes(read)
    left = read["hits"].to_numpy() - share * read["size"].to_numpy() - slope * read["guess"].to_numpy()
    total = share * known["size"].sum() + slope * known["guess"].sum() + float(read["weight"].to_numpy() @ left)
    variance, freedom = _variance(known, read.with_columns(left=pl.Series(left)))
    return total, variance, max(freedom - (expected is not None), 1.0)


def _slopes(read: pl.DataFrame) -> tuple[float, float]:
    """
    Hits by size and by guess: least squares, each unit weighted by what it stands for and by the inverse of its size.

    A guess that says nothing gets no slope, which leaves the ratio of hits to sizes.
    """
    weight, size, hits, guess = (read[name].to_numpy() for name in ("weight", "size", "hits", "guess"))
    scale = max(float(weight @ size), 1e-12)
    share, mean = float(weight @ hits) / scale, float(weight @ guess) / scale
    apart = (guess - mean * size) * weight / np.maximum(size, 1e-9)
    spread = float(apart @ (guess - mean * size))
    slope = min(max(float(apart @ hits) / spread, 0.0), MOST_SLOPE) if spread > 0 else 0.0
    return share - slope * mean, slope


def _variance(known: pl.DataFrame, read: pl.DataFrame) -> tuple[float, float]:
    """
    Variance of the total from what the regression leaves of each stratum's units, and its degrees of freedom.

    Source:
        Satterthwaite (1946), Biometrics Bulletin 2:110, as in Cochran (1977), eq. 5.16: few where one small stratum decides.
    """
    populations = dict(known.group_by("stratum").len().iter_rows())
    residuals = [(populations[name[0]], group["left"].to_numpy()) for name, group in read.group_by("stratum", maintain_order=True)]
    pooled = float(np.var(read["left"].to_numpy(), ddof=1)) if read.height > 1 else math.inf
    parts = [(n**2 * (1 - len(left) / n) * (float(np.var(left, ddof=1)) if len(left) > 1 else pooled) / len(left), max(len(left) - 1, 1)) for n, left in residuals if n > len(left)]
    variance = sum(part for part, _ in parts)
    squares = sum(part**2 / freedom for part, freedom in parts)
    return variance, variance**2 / squares if 0 < squares < math.inf else 1.0


def _interval(share: float, variance: float, freedom: float, units: int) -> Interval:
    """Wilson's interval at the size of a simple sample that would be as telling."""
    if not 0 < share < 1 or variance <= 0 or not math.isfinite(variance):
        return wilson_interval(min(max(share, 0.0), 1.0) * units, units, LEVEL)
    quantile = float(student.ppf(1 - (1 - LEVEL) / 2, freedom)) / float(student.ppf(1 - (1 - LEVEL) / 2, 1e9))
    effective = max(share * (1 - share) / (variance * quantile**2), 1.0)
    return wilson_interval(share * effective, effective, LEVEL)
