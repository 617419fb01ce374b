"""
Every number of people that what was seen allows, whatever the skew of records per person.

Chao-type estimators are lower bounds: among people with many records each, those with few are missed, and how many there are
cannot be told from the sample alone. What can be told is which numbers of people are compatible with how often people were seen.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.stats import binom

from leakscope.errors import DomainError
from leakscope.estimation.distinct import Frequencies
from leakscope.estimation.interval import Interval, z_value

#: Counts of people seen once, twice ... up to this often each make a condition; more often seen ones make one together.
CLASSES = 8
#: When sampling noise makes the conditions contradict each other they are widened by these factors in turn.
SLACK = (1.0, 1.5, 2.5, 5.0, 20.0)


def _sizes(top: float) -> npt.NDArray[np.int64]:
    """Records per person that are tried: all up to ten, then ever coarser up to `top`."""
    return np.unique(np.concatenate([np.arange(1, 11), np.geomspace(10, max(top, 20.0), 24)]).round().astype(np.int64))


def _conditions(seen: Frequencies, fraction: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """How many people were seen each number of times, and the chance of that for each number of records."""
    counts = np.asarray(seen.counts)
    last = int(min(CLASSES, max(3, counts.max())))
    sizes = _sizes(3 * counts.max() / fraction)
    observed = np.array([(counts == times).sum() for times in range(1, last)] + [(counts >= last).sum(), len(counts)], dtype=float)
    chances = [binom.pmf(times, sizes, fraction) for times in range(1, last)]
    return observed, np.array([*chances, binom.sf(last - 1, sizes, fraction), binom.sf(0, sizes, fraction)])


def compatible_range(seen: Frequencies, fraction: float, level: float = 0.95) -> Interval:
    """
    Least and most people whose sample could look as this one does.

    Args:
        seen: records seen per person.
        fraction: share of all records that was drawn at random, in (0, 1].
        level: coverage of each condition; see below.

    Returns:
        Bounds on the number of people over all distributions of records per person under which the number of people seen once,
        twice ... and in all lie within their sampling error. Simulated coverage is 95 to 100%: near 95% when everybody has one
        record, more when records are skewed, because then the data leave the number open.

    Raises:
        DomainError: fraction outside (0, 1].

    Source:
        Linear programming over the fingerprint of a sample: Efron and Thisted (1976), Biometrika 63:435, section 4; Valiant and
        Valiant (2017), J. ACM 64:37. Cost: two small linear programs.
    """
    if not 0 < fraction <= 1:
        raise DomainError("a sampled fraction lies in (0, 1]")
    if not seen.observed or fraction == 1:
        return Interval(float(seen.observed), float(seen.observed))
    observed, chances = _conditions(seen, fraction)
    error = z_value(level) * np.sqrt(np.maximum(observed, 1.0))
    for slack in SLACK:
        limits = np.concatenate([observed + slack * error, -np.maximum(observed - slack * error, 0.0)])
        ends = [linprog(sign * np.ones(chances.shape[1]), A_ub=np.vstack([chances, -chances]), b_ub=limits, method="highs") for sign in (1, -1)]
        if all(end.status == 0 for end in ends):
            low, high = float(ends[0].fun), float(-ends[1].fun)
            return Interval(max(low, float(seen.observed)), max(high, float(seen.observed)))
    return Interval(float(seen.observed), seen.observed / fraction)
