"""Intervals for a share: binomial (infinite population) and hypergeometric (finite population)."""

from __future__ import annotations

import math

from scipy.stats import beta, hypergeom

from leakscope.errors import DomainError
from leakscope.estimation.interval import Interval, check_count, check_level, z_value


def wilson_interval(successes: float, trials: float, level: float = 0.95) -> Interval:
    """
    Interval for a proportion, good at small counts and near 0 or 1.

    Args:
        successes: 0 <= successes <= trials; need not be whole (an effective count).
        trials: sample size, at least 1.
        level: coverage in (0, 1); dimensionless.

    Returns:
        Bounds in [0, 1].

    Raises:
        DomainError: a bound above is broken.

    Source:
        Wilson (1927), JASA 22:209, eq. 1; agrees with statsmodels 0.14 to 1e-12 in tests.

    Example:
        >>> wilson_interval(0, 10).upper.__round__(3)
        0.278
    """
    check_count(successes, trials)
    z = z_value(level)
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    lower = 0.0 if successes == 0 else (centre - spread) / scale
    upper = 1.0 if successes == trials else (centre + spread) / scale
    return Interval(lower, upper).clipped(0.0, 1.0)


def clopper_pearson_interval(successes: float, trials: float, level: float = 0.95) -> Interval:
    """
    Exact, conservative interval for a proportion: its coverage is never below `level`.

    Args:
        successes: 0 <= successes <= trials; need not be whole (Korn and Graubard's effective count).
        trials: sample size, at least 1.
        level: coverage in (0, 1).

    Returns:
        Bounds in [0, 1].

    Raises:
        DomainError: a bound above is broken.

    Source:
        Clopper and Pearson (1934), Biometrika 26:404; as beta quantiles in Brown, Cai and DasGupta (2001), Stat. Sci. 16:101.
    """
    check_count(successes, trials)
    check_level(level)
    tail = (1 - level) / 2
    lower = 0.0 if successes <= 0 else float(beta.ppf(tail, successes, trials - successes + 1))
    upper = 1.0 if successes >= trials else float(beta.ppf(1 - tail, successes + 1, trials - successes))
    return Interval(lower, upper)


def jeffreys_interval(successes: float, trials: float, level: float = 0.95) -> Interval:
    """
    Equal-tailed posterior interval for a proportion under Jeffreys' prior, Beta(1/2, 1/2).

    Args:
        successes: 0 <= successes <= trials.
        trials: at least 1.
        level: posterior probability in (0, 1).

    Returns:
        Bounds in [0, 1]; the lower is 0 at no success and the upper 1 at none but successes.

    Raises:
        DomainError: a bound above is broken.

    Source:
        Brown, Cai and DasGupta (2001), Stat. Sci. 16:101, section 3.1.3.
    """
    check_count(successes, trials)
    check_level(level)
    tail = (1 - level) / 2
    lower = 0.0 if successes == 0 else float(beta.ppf(tail, successes + 0.5, trials - successes + 0.5))
    upper = 1.0 if successes == trials else float(beta.ppf(1 - tail, successes + 0.5, trials - successes + 0.5))
    return Interval(lower, upper)


def zero_upper_bound(trials: int, level: float = 0.95) -> float:
    """
    One-sided upper bound for a share of which nothing was seen in `trials`.

    Args:
        trials: at least 1.
        level: one-sided coverage in (0, 1).

    Returns:
        1 - (1 - level)^(1/trials); about 3 / trials at 0.95 (the rule of three).

    Raises:
        DomainError: a bound above is broken.

    Source:
        Hanley and Lippman-Hand (1983), JAMA 249:1743.
    """
    check_count(0, trials)
    check_level(level)
    return -math.expm1(math.log1p(-level) / trials)


def finite_correction(sample: int, population: int) -> float:
    """
    Factor on the standard error of a mean drawn without replacement: sqrt((N - n) / (N - 1)).

    Args:
        sample: n, 1 <= n <= N.
        population: N.

    Raises:
        DomainError: the sample is larger than the population, or empty.

    Source:
        Cochran (1977), Sampling Techniques, 3rd ed., section 2.6.
    """
    if not 1 <= sample <= population:
        raise DomainError("a sample holds between 1 record and its whole population")
    return 0.0 if population == 1 else math.sqrt((population - sample) / (population - 1))


def hypergeometric_interval(successes: int, sample: int, population: int, level: float = 0.95) -> Interval:
    """
    Exact interval for how many of a finite population have what `successes` of a simple random sample have.

    Args:
        successes: k, 0 <= k <= n.
        sample: n, drawn without replacement, 1 <= n <= N.
        population: N.
        level: coverage in (0, 1).

    Returns:
        Whole numbers K: the smallest with P(X >= k) > a/2 and the largest with P(X <= k) > a/2, a = 1 - level.

    Raises:
        DomainError: a bound above is broken.

    Source:
        Inversion of the hypergeometric tails: Buonaccorsi (1987), Am. Stat. 41:215; Thompson (2012), Sampling, 3rd ed., ch. 5.
        Cost: two bisections, O(log N) tail evaluations.
    """
    check_count(successes, sample)
    check_level(level)
    if sample > population:
        raise DomainError("a sample holds between 1 record and its whole population")
    tail = (1 - level) / 2
    least, most = successes, population - (sample - successes)
    low = _first(least, most, lambda total: hypergeom.sf(successes - 1, population, total, sample) > tail) if successes else least
    high = _first(low, most + 1, lambda total: total > most or hypergeom.cdf(successes, population, total, sample) <= tail) - 1
    return Interval(float(low), float(max(high, low)))


def _first(low: int, high: int, holds: object) -> int:
    """Smallest whole number in [low, high] from which on `holds`; `high` if none below it."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):  # type: ignore[operator]
            high = middle
        else:
            low = middle + 1
    return low


def sample_size(margin: float, population: int | None = None, share: float = 0.5, level: float = 0.95) -> int:
    """
    Records to draw so that a share is known to +- `margin`.

    Args:
        margin: half width of the interval in (0, 1).
        population: N; null for an unlimited one.
        share: expected share in [0, 1]; 0.5 is the worst case.
        level: coverage in (0, 1).

    Raises:
        DomainError: a bound above is broken.

    Source:
        Cochran (1977), eqs. 4.1 and 4.2.
    """
    if not 0 < margin < 1 or not 0 <= share <= 1:
        raise DomainError("margin lies between 0 and 1, share in [0, 1]")
    base = z_value(level) ** 2 * share * (1 - share) / margin**2
    return math.ceil(base if population is None else base / (1 + (base - 1) / population))
