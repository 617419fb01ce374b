"""The probability that a count reaches a legal threshold."""

from __future__ import annotations

import math

from scipy.stats import beta, norm

from leakscope.errors import DomainError
from leakscope.estimation.interval import check_count, z_value
from leakscope.model import Basis, Estimate


def probability_at_least(threshold: float, successes: float, sample: float, population: float) -> float:
    """
    P(at least `threshold` of `population` have it), when `successes` of a random `sample` do.

    Args:
        threshold: count T >= 0.
        successes: 0 <= successes <= sample.
        sample: at least 1.
        population: at least `sample`.

    Returns:
        Posterior probability under Jeffreys' prior: the upper tail of Beta(k + 1/2, n - k + 1/2) at T / N.

    Raises:
        DomainError: a bound above is broken.

    Source:
        Brown, Cai and DasGupta (2001), Stat. Sci. 16:101, section 3.1.3.
    """
    check_count(successes, sample)
    if population < sample or threshold < 0:
        raise DomainError("the population holds at least its sample, and a threshold is not negative")
    if threshold <= successes:
        return 1.0
    if threshold > population - (sample - successes):
        return 0.0
    return float(beta.sf(threshold / population, successes + 0.5, sample - successes + 0.5))


def estimate_reaches(estimate: Estimate, threshold: float) -> float | None:
    """
    P(count >= `threshold`) for an estimate that is known by its interval alone.

    Args:
        estimate: value with an interval at its level.
        threshold: count T.

    Returns:
        1 or 0 when the whole interval lies on one side of T and is exact or a bound; else by the log-normal distribution whose
        quantiles the interval's ends are (normal when the low end is 0). Null when bounds alone are known and T lies between.
    """
    value, low, high = estimate.value, estimate.low, estimate.high
    if estimate.basis is Basis.EXACT or (low is not None and low == high):
        return float((value if value is not None else low or 0.0) >= threshold)
    if estimate.basis is Basis.BOUNDS or value is None or high is None or low is None:
        if low is not None and low >= threshold:
            return 1.0
        return 0.0 if high is not None and high < threshold else None
    z = z_value(estimate.level)
    if low > 0 and threshold > 0:
        # two half distributions, because intervals of counts are skewed about their value
        side = math.log(high / value) if threshold > value else math.log(value / low)
        distance = math.log(threshold / value)
    else:
        side, distance = (high - value, threshold - value) if threshold > value else (value - low, threshold - value)
    if side <= 0:
        return float(value >= threshold)
    return float(norm.sf(distance / (side / z)))
