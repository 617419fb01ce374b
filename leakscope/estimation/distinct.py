"""How many distinct people or secrets there are beyond those seen: never by scaling, because one may have many records."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from leakscope.errors import DomainError
from leakscope.estimation.interval import Interval, z_value

#: Classes seen at most this often are rare in ACE; Chao and Lee (1992), section 3.
RARE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequencies:
    """
    How often the distinct things of a sample were seen.

    Args:
        counts: sightings of each distinct thing, at least 1 each.
    """

    counts: tuple[int, ...]

    def __post_init__(self) -> None:
        if any(count < 1 for count in self.counts):
            raise DomainError("a thing that was seen was seen at least once")

    @classmethod
    def of(cls, counts: Iterable[int]) -> Frequencies:
        """From any iterable of counts."""
        return cls(counts=tuple(int(count) for count in counts))

    @property
    def observed(self) -> int:
        """S_obs, distinct things seen."""
        return len(self.counts)

    @property
    def sightings(self) -> int:
        """n, sightings in all."""
        return sum(self.counts)

    def seen(self, times: int) -> int:
        """f_i, things seen exactly `times` times."""
        return int((np.asarray(self.counts, dtype=np.int64) == times).sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinct:
    """
    An estimate of distinct things.

    Args:
        value: point estimate.
        standard_error: of `value`.
        interval: log-normal, never below what was seen.
    """

    value: float
    standard_error: float
    interval: Interval


def good_turing_coverage(seen: Frequencies) -> float:
    """
    Estimated probability that the next sighting is of something already seen: 1 - f1/n.

    Source:
        Good (1953), Biometrika 40:237.
    """
    return 1 - seen.seen(1) / seen.sightings if seen.sightings else 0.0


def chao_jost_coverage(seen: Frequencies) -> float:
    """
    Sample coverage with the doubletons' correction: 1 - f1/n * (n-1) f1 / ((n-1) f1 + 2 f2).

    Source:
        Chao and Jost (2012), Ecology 93:2533, eq. 4a.
    """
    n, f1, f2 = seen.sightings, seen.seen(1), seen.seen(2)
    if n == 0:
        return 0.0
    if f1 == 0:
        return 1.0
    factor = (n - 1) * f1 / ((n - 1) * f1 + 2 * f2) if f2 else (n - 1) * (f1 - 1) / ((n - 1) * (f1 - 1) + 2)
    return 1 - f1 / n * factor


def log_normal_interval(observed: float, value: float, standard_error: float, level: float = 0.95) -> Interval:
    """
    Interval for a count that cannot lie below what was observed.

    Args:
        observed: S_obs.
        value: estimate, at least `observed`.
        standard_error: of `value`.
        level: coverage in (0, 1).

    Source:
        Chao (1987), Biometrics 43:783: the unseen part is log-normal.
    """
    unseen = value - observed
    if unseen <= 0 or standard_error <= 0:
        return Interval(observed, max(value, observed))
    stretch = math.exp(z_value(level) * math.sqrt(math.log1p((standard_error / unseen) ** 2)))
    return Interval(observed + unseen / stretch, observed + unseen * stretch)


def chao1(seen: Frequencies, level: float = 0.95) -> Distinct:
    """
    Lower-bound estimate of distinct things from sightings drawn with replacement.

    Returns:
        S + (n-1)/n f1^2/(2 f2), or S + (n-1)/n f1(f1-1)/2 when nothing was seen twice, with Chao's variance.

    Source:
        Chao (1984), Scand. J. Stat. 11:265; variance: Chao (1987); as in iNEXT, Hsieh, Ma and Chao (2016), MEE 7:1451.
    """
    n, f1, f2, observed = seen.sightings, seen.seen(1), seen.seen(2), seen.observed
    if n == 0 or f1 == 0:
        return Distinct(value=float(observed), standard_error=0.0, interval=Interval(observed, observed))
    a = (n - 1) / n
    if f2:
        ratio = f1 / f2
        value = observed + a * f1 * f1 / (2 * f2)
        variance = f2 * (a / 2 * ratio**2 + a**2 * ratio**3 + a**2 / 4 * ratio**4)
    else:
        value = observed + a * f1 * (f1 - 1) / 2
        variance = a * f1 * (f1 - 1) / 2 + a**2 * f1 * (2 * f1 - 1) ** 2 / 4 - a**2 * f1**4 / 4 / value
    error = math.sqrt(max(variance, 0.0))
    return Distinct(value=value, standard_error=error, interval=log_normal_interval(observed, value, error, level))


def chao_lin(seen: Frequencies, fraction: float, level: float = 0.95) -> Distinct:
    """
    Lower-bound estimate of distinct things when `fraction` of all records was drawn without replacement.

    Args:
        seen: sightings per distinct thing.
        fraction: q = n/N in [0, 1]; 0 gives Chao1, 1 what was seen.
        level: coverage in (0, 1).

    Returns:
        S + f1^2 / (n/(n-1) 2 f2 + q/(1-q) f1); standard error by the delta method on (f1, f2).

    Raises:
        DomainError: fraction outside [0, 1].

    Source:
        Chao and Lin (2012), Biometrics 68:912, eq. 6.
    """
    if not 0 <= fraction <= 1:
        raise DomainError("a sampled fraction lies in [0, 1]")
    n, f1, f2, observed = seen.sightings, seen.seen(1), seen.seen(2), seen.observed
    if fraction == 1 or f1 == 0 or n < 2:
        return Distinct(value=float(observed), standard_error=0.0, interval=Interval(observed, observed))
    w, r = n / (n - 1), fraction / (1 - fraction)
    bottom = 2 * w * f2 + r * f1
    if f2 == 0:
        # the bias-corrected form of Chao1 keeps the estimate finite when nothing was seen twice
        bottom = 2 * w + r * f1
        unseen = f1 * (f1 - 1) / bottom
    else:
        unseen = f1 * f1 / bottom
    by_f1 = 2 * f1 / bottom - unseen * r / bottom
    by_f2 = -2 * w * unseen / bottom
    variance = by_f1**2 * f1 + by_f2**2 * max(f2, 1) + unseen
    error = math.sqrt(variance)
    return Distinct(value=observed + unseen, standard_error=error, interval=log_normal_interval(observed, observed + unseen, error, level))


def ace(seen: Frequencies) -> float:
    """
    Abundance-based coverage estimate of distinct things, rare up to ten sightings.

    Source:
        Chao and Lee (1992), JASA 87:210; rare cut-off: Chao, Ma and Yang (1993), Biometrika 80:193.
    """
    rare = [count for count in seen.counts if count <= RARE]
    f1, n_rare = seen.seen(1), sum(rare)
    if n_rare == 0 or f1 == n_rare:
        return chao1(seen).value
    coverage = 1 - f1 / n_rare
    pairs = sum(count * (count - 1) for count in rare)
    skew = max(len(rare) / coverage * pairs / (n_rare * (n_rare - 1)) - 1, 0.0) if n_rare > 1 else 0.0
    return (seen.observed - len(rare)) + len(rare) / coverage + f1 / coverage * skew


def gee(seen: Frequencies, fraction: float) -> float:
    """
    Stress value: sqrt(N/n) f1 + sum of f_i from 2 on; its ratio error is at worst sqrt(N/n).

    Raises:
        DomainError: fraction outside (0, 1].

    Source:
        Charikar, Chaudhuri, Motwani and Narasayya (2000), PODS, theorem 2.
    """
    if not 0 < fraction <= 1:
        raise DomainError("a sampled fraction lies in (0, 1]")
    return math.sqrt(1 / fraction) * seen.seen(1) + seen.observed - seen.seen(1)


def duj1(seen: Frequencies, fraction: float) -> float:
    """
    First-order jackknife for records drawn without replacement: d / (1 - (1 - q) f1/n).

    Raises:
        DomainError: fraction outside (0, 1].

    Source:
        Haas and Stokes (1998), JASA 93:1475, eq. 11.
    """
    if not 0 < fraction <= 1:
        raise DomainError("a sampled fraction lies in (0, 1]")
    if seen.sightings == 0:
        return 0.0
    return seen.observed / (1 - (1 - fraction) * seen.seen(1) / seen.sightings) if fraction < 1 or seen.seen(1) else float(seen.observed)


def hard_bounds(observed: int, sampled: int, population: int, most_per_record: int = 1) -> Interval:
    """
    What no assumption can move: at least those seen, at most one new per unread record and place in it.

    Args:
        observed: distinct things seen.
        sampled: records read.
        population: records in all.
        most_per_record: the most distinct things a record can name.

    Raises:
        DomainError: more read than there are, or a record that can name none.
    """
    if sampled > population or most_per_record < 1:
        raise DomainError("the population holds at least the records read, and a record can name at least one")
    return Interval(float(observed), float(observed + (population - sampled) * most_per_record))


def chapman(first: int, second: int, both: int) -> tuple[float, float]:
    """
    Distinct things from two independent looks, with its variance.

    Args:
        first, second: things seen by each look.
        both: seen by both.

    Returns:
        (n1+1)(n2+1)/(m+1) - 1 and its variance. Looks that find the same easy things make it too low.

    Raises:
        DomainError: more in common than either saw.

    Source:
        Chapman (1951); variance: Seber (1970), Biometrika 57:313.
    """
    if both > min(first, second) or both < 0:
        raise DomainError("two looks have no more in common than either saw")
    value = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return value, variance
