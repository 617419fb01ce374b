"""
Distinct people from how often each was seen, whatever the skew of records per person.

Records are drawn at a known rate, so the chance that a person with k records is seen j times is known; what is not known is how many
people have how many records. Chao-type estimators are lower bounds: they miss people with few records among those with many. Here
the distribution of records per person is left free and estimated with the number of people, by likelihood.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls
from scipy.special import gammaln
from scipy.stats import binom, chi2, hypergeom

from leakscope.errors import DomainError
from leakscope.estimation.distinct import Frequencies
from leakscope.estimation.interval import Interval, check_level

Numbers = npt.NDArray[np.float64]
#: Counts of people seen once, twice ... up to this often stand for themselves; more often seen ones are taken together.
CLASSES = 12
#: Up to this many records in all, being drawn without replacement shows in a single person's records.
FINITE = 10_000
#: Newton steps for one distribution; it mostly takes fewer than twenty.
STEPS = 60
#: Points between the ends of the interval over which its middle is found.
MIDDLE_STEPS = 33
_TINY = 1e-300


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """
    People seen and not seen.

    Args:
        value: middle of the numbers that the sample allows, each by its likelihood.
        interval: every number that is not much less likely.
    """

    value: float
    interval: Interval


def _sizes(top: float) -> npt.NDArray[np.int64]:
    """Records per person that are tried: all up to ten, then ever coarser up to `top`."""
    return np.unique(np.concatenate([np.arange(1, 11), np.geomspace(10, max(top, 20.0), 24)]).round().astype(np.int64))


def _chances(counts: npt.NDArray[np.int64], fraction: float, total: int | None) -> tuple[Numbers, Numbers, Numbers]:
    """How many people were seen 1, 2 ... times, the chance of 0, 1, 2 ... for each number of records, and these numbers."""
    most = int(counts.max())
    last = int(min(CLASSES, max(2, most)))
    observed = np.array([*((counts == times).sum() for times in range(1, last)), (counts >= last).sum()], dtype=float)
    sizes = _sizes(3 * most / fraction)
    if total is not None and total <= FINITE:
        drawn = round(total * fraction)
        sizes = sizes[sizes <= max(total - drawn + most, 1)]
        law = hypergeom(total, sizes, drawn)
    else:
        law = binom(sizes, fraction)
    return observed, np.array([*(law.pmf(times) for times in range(last)), law.sf(last - 1)]), sizes.astype(float)


def _tie(counts: npt.NDArray[np.int64], fraction: float, sizes: Numbers, share: float | None) -> _Tie | None:
    """
    What a fixed number of drawn records tells of the records that people have together.

    The more of all records name a person, the less their number in the sample is left to chance: against independent draws the
    likelihood gains a normal factor with p/(1-p) times the weight of those draws.
    """
    if share is None or share <= 0:
        return None
    seen = float(counts.sum())
    odds = min(share / (1 - share), 1e4) if share < 1 else 1e4
    return _Tie(sizes=sizes, total=seen / fraction, firmness=odds * fraction**2 / max(seen * (1 - fraction), 1e-9))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tie:
    """How firmly the records of all people together are known: a normal penalty on their sum."""

    sizes: Numbers
    total: float
    firmness: float  # 1 / variance, per squared record

    def loss(self, people: float, shares: Numbers) -> float:
        return 0.5 * self.firmness * (people * float(self.sizes @ shares) - self.total) ** 2


def _fitted(weights: Numbers, chances: Numbers, start: Numbers, *, people: float, tie: _Tie | None) -> tuple[Numbers, float]:
    """
    The distribution over sizes under which classes with `weights` are most likely, and the log-likelihood (with the tie's loss).

    Constrained Newton steps: the likelihood's quadratic, solved over non-negative shares that add up to 1, with the step halved
    until it climbs.
    """
    used = weights > 0
    rows, held = chances[used], weights[used]
    root = np.sqrt(held / held.sum())
    heavy = 1e3  # holds the sum to 1
    more, aim = [np.full(chances.shape[1], heavy)], [heavy]
    if tie is not None:
        firm = float(np.sqrt(tie.firmness / held.sum()))
        more.append(firm * people * tie.sizes)
        aim.append(firm * tie.total)

    def value(shares: Numbers) -> float:
        return float(held @ np.log(np.maximum(rows @ shares, _TINY))) - (tie.loss(people, shares) if tie else 0.0)

    shares, reached = start, value(start)
    for _ in range(STEPS):
        slopes = rows / np.maximum(rows @ shares, _TINY)[:, None]
        found, _ = nnls(np.vstack([slopes * root[:, None], *more]), np.concatenate([2 * root, aim]), maxiter=100 * len(shares))
        if found.sum() <= 0:
            break
        towards = found / found.sum() - shares
        step, better = 1.0, reached
        while step > 1e-6:
            better = value(shares + step * towards)
            if better > reached:
                break
            step /= 2
        if step <= 1e-6:
            break
        shares, gained, reached = shares + step * towards, better - reached, better
        if gained < 1e-7:
            break
    return shares, reached


def _profile(observed: Numbers, chances: Numbers, tie: _Tie | None) -> Callable[[float], float]:
    """The log-likelihood of a number of people, at the distribution that suits it best; each call starts where the last ended."""
    seen = observed.sum()
    last = np.full(chances.shape[1], 1.0 / chances.shape[1])
    known: dict[float, float] = {}

    def at(people: float) -> float:
        nonlocal last
        if people not in known:
            spread = 0.999 * last + 0.001 / len(last)
            last, fitted = _fitted(np.concatenate([[people - seen], observed]), chances, spread, people=people, tie=tie)
            known[people] = float(gammaln(people + 1) - gammaln(people - seen + 1)) + fitted
        return known[people]

    return at


def _crossing(at: Callable[[float], float], below: float, above: float, level: float) -> float:
    """Where the profile crosses `level`, between a number less likely than that and one more likely, to a ten thousandth."""
    for _ in range(60):
        if abs(above - below) <= 1e-4 * max(above, below):
            break
        middle = (below + above) / 2
        below, above = (below, middle) if at(middle) >= level else (middle, above)
    return above


def _peak(at: Callable[[float], float], low: float, high: float) -> float:
    """The most likely number: the best of a grid, then golden sections around it."""
    grid = np.geomspace(low, high, 25)
    best = int(np.argmax([at(float(one)) for one in grid]))
    left, right = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, len(grid) - 1)])
    golden = (5**0.5 - 1) / 2
    while right - left > 1e-4 * right:
        inner = right - golden * (right - left), left + golden * (right - left)
        left, right = (left, inner[1]) if at(inner[0]) >= at(inner[1]) else (inner[0], right)
    return max((float(grid[best]), (left + right) / 2), key=at)


def _middle(at: Callable[[float], float], low: float, high: float) -> float:
    """The number, between `low` and `high`, with half of the profile likelihood on either side, numbers taken by their logarithm."""
    grid = np.geomspace(low, high, MIDDLE_STEPS)
    heights = np.array([at(float(one)) for one in grid])
    weights = np.exp(heights - heights.max())
    below = np.concatenate([[0.0], np.cumsum((weights[1:] + weights[:-1]) / 2)])
    return float(np.exp(np.interp(below[-1] / 2, below, np.log(grid))))


def hidden_people(seen: Frequencies, fraction: float, *, total: int | None = None, share: float | None = None, level: float = 0.95) -> Hidden:
    """
    The number of people behind a sample, with its profile likelihood interval.

    Args:
        seen: records seen per person.
        fraction: share of all records, or clusters, that was drawn at random, in (0, 1].
        total: how many there are in all; null takes the draws as independent.
        share: of the records read, how many name one of them, where none names two; null where some do or it is not known.
        level: coverage in (0, 1).

    Returns:
        All numbers whose likelihood, at the distribution of records per person that suits each best, is not below the highest by
        more than the chi-square quantile of `level`, and the middle of them by that likelihood. The peak itself is no good value:
        where few people were seen twice the likelihood is flat, and its peak jumps from one end to the other between samples of one
        exposure. Simulated coverage is 97 to 99% at a fifth drawn, because the truth often lies near the edge of what is possible.

    Raises:
        DomainError: fraction outside (0, 1].

    Source:
        Norris and Pollock (1998), Environ. Ecol. Stat. 5:391 (non-parametric likelihood of the number of species); Wang and
        Lindsay (2005), JASA 100:942, on its instability, which a known sampling rate removes, because nobody has less than one
        record; Wang (2007), JRSS B 69:185 (constrained Newton steps). The middle is our own choice, by simulation
        (docs/estimation.md). Cost: about a hundred small fits, 20 to 150 ms, whatever
        the number of people.
    """
    check_level(level)
    if not 0 < fraction <= 1:
        raise DomainError("a sampled fraction lies in (0, 1]")
    floor = float(seen.observed)
    if not seen.observed or fraction == 1:
        return Hidden(value=floor, interval=Interval(floor, floor))
    counts = np.asarray(seen.counts, dtype=np.int64)
    observed, chances, sizes = _chances(counts, fraction, total)
    at = _profile(observed, chances, _tie(counts, fraction, sizes, share))
    least = floor * (1 + 1e-9)
    top = 1.5 * floor / fraction + 20
    peak = _peak(at, least, top)
    enough = at(peak) - float(chi2.ppf(level, 1)) / 2
    low = floor if at(least) >= enough else _crossing(at, least, peak, enough)
    while at(top) >= enough and top < 1e12:
        top *= 2
    high = _crossing(at, top, peak, enough)
    return Hidden(value=_middle(at, max(low, least), high), interval=Interval(low, high))
