"""Shares and totals from a stratified sample: per table, day or source."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from leakscope.errors import DomainError
from leakscope.estimation.interval import Interval, z_value
from leakscope.estimation.proportion import wilson_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """
    What was seen of one stratum.

    Args:
        population: records in it, N_h.
        sample: records read of it, n_h >= 1.
        successes: how many of those have the property.
    """

    population: int
    sample: int
    successes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """
    An estimated share with its standard error.

    Args:
        value: the share, in [0, 1].
        standard_error: of `value`.
        interval: at the level asked for, in [0, 1].
        effective_size: independent records that would tell as much.
    """

    value: float
    standard_error: float
    interval: Interval
    effective_size: float


def _variance(stratum: Stratum, weight: float) -> float:
    """W_h^2 (1 - f_h) p(1-p)/(n-1); a stratum read whole adds nothing, one with a single record the worst case 1/4."""
    if stratum.sample >= stratum.population:
        return 0.0
    share = stratum.successes / stratum.sample
    spread = 0.25 if stratum.sample == 1 else share * (1 - share) / (stratum.sample - 1)
    return weight**2 * (1 - stratum.sample / stratum.population) * spread


def stratified_share(strata: Sequence[Stratum], level: float = 0.95) -> Share:
    """
    The share over all strata, each weighted by its population.

    Args:
        strata: at least one, each with a sample.
        level: coverage in (0, 1).

    Returns:
        p = sum W_h p_h with its linear standard error; the interval is Wilson's at the effective sample size, because the
        normal one fails near 0 and 1 (when no success was seen, at the plain sample size).

    Raises:
        DomainError: no stratum, or one without a sample or smaller than its sample.

    Source:
        Cochran (1977), eqs. 5.1 and 5.7; effective size: Korn and Graubard (1998), Survey Methodology 24:193.
    """
    if not strata or any(s.sample < 1 or s.population < s.sample or not 0 <= s.successes <= s.sample for s in strata):
        raise DomainError("every stratum needs a sample that fits into it")
    total = sum(stratum.population for stratum in strata)
    # weights that add up to a hair over 1 must not make a share of more than everything
    value = min(sum(stratum.population / total * stratum.successes / stratum.sample for stratum in strata), 1.0)
    variance = sum(_variance(stratum, stratum.population / total) for stratum in strata)
    size = sum(stratum.sample for stratum in strata)
    # with no variance seen, the worst weight per record bounds what an unseen success would count
    worst = max(stratum.population / stratum.sample for stratum in strata) / (total / size)
    plain = size / worst
    effective = value * (1 - value) / variance if variance > 0 and 0 < value < 1 else plain
    if all(stratum.sample == stratum.population for stratum in strata):
        return Share(value=value, standard_error=0.0, interval=Interval(value, value), effective_size=float(size))
    interval = wilson_interval(value * effective, effective, level) if effective >= 1 else Interval(0.0, 1.0)
    return Share(value=value, standard_error=math.sqrt(variance), interval=interval, effective_size=effective)


def normal_total(share: Share, population: int, level: float = 0.95) -> Interval:
    """Normal interval for the total over `population` records, clipped at 0 and the population; Cochran (1977), eq. 5.14."""
    spread = z_value(level) * share.standard_error
    return Interval(share.value - spread, share.value + spread).scaled(population).clipped(0, population)


def neyman_allocation(populations: Sequence[int], deviations: Sequence[float], size: int) -> list[int]:
    """
    How many records to read of each stratum for the least variance: n_h proportional to N_h S_h.

    Args:
        populations: N_h.
        deviations: expected standard deviations S_h >= 0; all zero means proportional to N_h.
        size: records in all.

    Returns:
        One whole number per stratum, at least 1 and at most N_h where `size` allows; they sum to min(size, sum N_h).

    Raises:
        DomainError: lengths differ, or fewer records than strata.

    Source:
        Neyman (1934), JRSS 97:558; Cochran (1977), eq. 5.26.
    """
    if len(populations) != len(deviations) or size < len(populations):
        raise DomainError("an allocation needs one deviation a stratum and at least one record each")
    weights = [n * s for n, s in zip(populations, deviations, strict=True)]
    size = min(size, sum(populations))
    wanted = _within_limits(weights, populations, size)
    given = [math.floor(share + 1e-9) for share in wanted]
    # largest remainders first; a stratum that is full passes its turn
    order = sorted(range(len(given)), key=lambda i: (given[i] - wanted[i], i))
    while sum(given) < size:
        for i in order:
            if given[i] < populations[i] and sum(given) < size:
                given[i] += 1
    return given


def _within_limits(weights: Sequence[float], populations: Sequence[int], size: int) -> list[float]:
    """Shares of `size` in proportion to `weights`, each between 1 and its population, by bisection on the factor."""
    # strata without spread take records only when the others are full
    held = [max(weight, 1e-9 * population) for weight, population in zip(weights, populations, strict=True)]

    def at(factor: float) -> list[float]:
        return [min(max(factor * weight, 1.0), float(population)) for weight, population in zip(held, populations, strict=True)]

    low, high = 0.0, size / min(held)
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(at(middle)) <= size else (low, middle)
    return at(low)
