"""Totals of what is read on a subsample only: names and topics, found by the expensive tier."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from leakscope.errors import DomainError
from leakscope.estimation.interval import Interval
from leakscope.estimation.proportion import wilson_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """
    One stratum of a two-phase sample.

    Args:
        eligible: units (conversations, values) of the stratum in the first phase, counted cheaply.
        read: units read by the expensive tier, at least 1 unless `eligible` is 0.
        hits: units read that have the property.
    """

    eligible: int
    read: int
    hits: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoPhase:
    """
    A share and total from a two-phase sample, with the variance of either phase.

    Args:
        share: of units with the property.
        first_variance: of `share` because the first phase is itself a sample; 0 when it is everything.
        second_variance: of `share` because only some of its units were read.
        interval: of `share`.
        total: share times the units of the population.
        total_interval: of `total`.
    """

    share: float
    first_variance: float
    second_variance: float
    interval: Interval
    total: float
    total_interval: Interval


def two_phase(strata: Sequence[Phase], population: int | None = None, level: float = 0.95) -> TwoPhase:
    """
    Share and total of units with a property that only a stratified subsample was read for.

    Args:
        strata: what was eligible, read and hit per stratum.
        population: units in the exposure; null when the first phase is everything there is.
        level: coverage in (0, 1).

    Returns:
        p = sum w_h p_h with w_h = eligible_h / eligible; the first variance is that of a sample of `eligible` out of
        `population`, the second sum w_h^2 (1 - f_h) p_h (1 - p_h) / (n_h - 1). The interval is Wilson's at the effective size.

    Raises:
        DomainError: nothing eligible, more read than eligible, or an eligible stratum unread.

    Source:
        Neyman (1938), JASA 33:101; Cochran (1977), eqs. 12.1 and 12.24; Särndal, Swensson and Wretman (1992), section 9.4.
    """
    used = [phase for phase in strata if phase.eligible > 0]
    if not used or any(not 1 <= phase.read <= phase.eligible or not 0 <= phase.hits <= phase.read for phase in used):
        raise DomainError("every stratum with eligible units needs some of them read")
    eligible = sum(phase.eligible for phase in used)
    size = population if population is not None else eligible
    if size < eligible:
        raise DomainError("the population holds at least the units of the first phase")
    share = min(sum(phase.eligible / eligible * phase.hits / phase.read for phase in used), 1.0)
    second = sum((phase.eligible / eligible) ** 2 * _within(phase) for phase in used)
    first = (1 - eligible / size) * max(share * (1 - share) - second, 0.0) / max(eligible - 1, 1)
    variance = first + second
    read = sum(phase.read for phase in used)
    if variance > 0 and 0 < share < 1:
        effective = max(share * (1 - share) / variance, 1.0)
        interval = wilson_interval(share * effective, effective, level)
    elif all(phase.read == phase.eligible for phase in used) and size == eligible:
        interval = Interval(share, share)
    else:
        # nothing, or nothing but hits, among those read: the least favourable weight of one unit bounds the rest
        worst = max(phase.eligible / phase.read for phase in used) * read / eligible
        effective = max(read / worst, 1.0)
        interval = wilson_interval(share * effective, effective, level)
    return TwoPhase(
        share=share,
        first_variance=first,
        second_variance=second,
        interval=interval,
        total=share * size,
        total_interval=interval.scaled(size),
    )


def _within(phase: Phase) -> float:
    """Variance of one stratum's share; a single unit read counts with the worst case 1/4."""
    if phase.read == phase.eligible:
        return 0.0
    share = phase.hits / phase.read
    spread = 0.25 if phase.read == 1 else share * (1 - share) / (phase.read - 1)
    return (1 - phase.read / phase.eligible) * spread


def standard_error(found: TwoPhase) -> float:
    """Of the share, both phases together."""
    return math.sqrt(found.first_variance + found.second_variance)
