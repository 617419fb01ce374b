"""Shares from records that are not independent: those of one person, file or conversation stand or fall together."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from leakscope.errors import DomainError
from leakscope.estimation.interval import Interval, check_level
from leakscope.estimation.proportion import wilson_interval
from leakscope.estimation.stratified import Share

Counts = npt.ArrayLike


def _checked(hits: Counts, sizes: Counts) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    y, m = np.asarray(hits, dtype=float), np.asarray(sizes, dtype=float)
    if y.shape != m.shape or y.ndim != 1 or len(y) < 1 or m.sum() <= 0:
        raise DomainError("clusters need one size and one count each, and at least one record")
    return y, m


def linearised_variance(hits: Counts, sizes: Counts, fraction: float = 0.0) -> float:
    """
    Variance of the ratio r = sum(y) / sum(m) over sampled clusters.

    Args:
        hits: y_i per cluster.
        sizes: m_i per cluster.
        fraction: share of all clusters that was sampled, in [0, 1].

    Returns:
        (1 - f) / (n mbar^2) * sum (y_i - r m_i)^2 / (n - 1); infinite for a single cluster.

    Raises:
        DomainError: no clusters, or unequal lengths.

    Source:
        Cochran (1977), eq. 6.13 and section 11.8.
    """
    y, m = _checked(hits, sizes)
    count = len(y)
    if count < 2:
        return math.inf
    residuals = y - y.sum() / m.sum() * m
    return float((1 - fraction) / (count * m.mean() ** 2) * (residuals @ residuals) / (count - 1))


def jackknife_variance(hits: Counts, sizes: Counts, fraction: float = 0.0) -> float:
    """
    Variance of the ratio by leaving out each cluster in turn: larger than the linearised one where sizes differ much.

    Args:
        hits, sizes: per cluster.
        fraction: share of all clusters that was sampled, in [0, 1].

    Returns:
        (1 - f) (n - 1) / n * sum (r_(i) - mean r_(i))^2; infinite for a single cluster.

    Source:
        Rust and Rao (1996), Stat. Methods Med. Res. 5:283; Cochran (1977), section 6.17.
    """
    y, m = _checked(hits, sizes)
    count = len(y)
    if count < 2:
        return math.inf
    ratios = (y.sum() - y) / np.maximum(m.sum() - m, 1e-12)
    return float((1 - fraction) * (count - 1) / count * ((ratios - ratios.mean()) ** 2).sum())


def effective_clusters(sizes: Counts) -> float:
    """How many equal clusters would weigh as these do: (sum m)^2 / sum m^2; Kish (1965), section 11.7."""
    m = np.asarray(sizes, dtype=float)
    return float(m.sum() ** 2 / (m**2).sum())


def design_effect(hits: Counts, sizes: Counts, fraction: float = 0.0) -> float:
    """
    Variance of the ratio over that of as many independent records drawn with replacement; 1 when nothing can be told.

    Source:
        Kish (1965), Survey Sampling, section 5.4.
    """
    y, m = _checked(hits, sizes)
    share = y.sum() / m.sum()
    plain = share * (1 - share) / max(m.sum() - 1, 1.0)
    found = linearised_variance(y, m, fraction)
    return float(found / plain) if plain > 0 and math.isfinite(found) else 1.0


def kish_design_effect(mean_size: float, correlation: float) -> float:
    """1 + (m - 1) rho; Kish (1965), eq. 5.4.1."""
    return 1 + (mean_size - 1) * correlation


def cluster_share(hits: Counts, sizes: Counts, clusters: int | None = None, level: float = 0.95) -> Share:
    """
    Share of records with a property when whole clusters were sampled.

    Args:
        hits: y_i, records with the property per cluster.
        sizes: m_i, records per cluster.
        clusters: how many clusters there are in all; null when unknown (no finite correction).
        level: coverage in (0, 1).

    Returns:
        The ratio with its linearised standard error. The interval is Wilson's at the effective sample size by the larger of the
        linearised and the jackknife variance, cut by the squared ratio of normal to Student quantiles because the variance rests
        on few clusters, on fewer still where some are much larger. With no hit, or nothing but hits, each cluster counts as one
        record.

    Raises:
        DomainError: no clusters, or unequal lengths.

    Source:
        Cochran (1977), section 11.8; Korn and Graubard (1998), Survey Methodology 24:193, for the effective size.
    """
    y, m = _checked(hits, sizes)
    check_level(level)
    count, total = len(y), float(m.sum())
    fraction = count / clusters if clusters else 0.0
    share = float(y.sum()) / total
    if fraction >= 1:
        return Share(value=share, standard_error=0.0, interval=Interval(share, share), effective_size=total)
    if share in (0.0, 1.0) or count < 2:
        return Share(value=share, standard_error=0.0, interval=wilson_interval(share * count, count, level), effective_size=float(count))
    variance = linearised_variance(y, m, fraction)
    doubt = max(variance, jackknife_variance(y, m, fraction))
    freedom = max(min(effective_clusters(m), count) - 1, 1.0)
    quantile = float(student.ppf(1 - (1 - level) / 2, freedom)), float(student.ppf(1 - (1 - level) / 2, 1e9))
    effective = min(share * (1 - share) / doubt, total / (1 - fraction)) if doubt > 0 else total
    effective = max(effective * (quantile[1] / quantile[0]) ** 2, 1.0)
    return Share(
        value=share, standard_error=math.sqrt(variance), interval=wilson_interval(share * effective, effective, level), effective_size=effective
    )


def bootstrap_share(hits: Counts, sizes: Counts, *, repeats: int = 2000, seed: int = 0, level: float = 0.95) -> Interval:
    """
    Percentile interval of the ratio when clusters are drawn again with replacement.

    Args:
        hits, sizes: per cluster.
        repeats: draws; cost is repeats x clusters.
        seed: of the draws.
        level: coverage in (0, 1).

    Source:
        Davison and Hinkley (1997), Bootstrap Methods and their Application, section 3.8.
    """
    y, m = _checked(hits, sizes)
    check_level(level)
    generator = np.random.default_rng(seed)
    count = len(y)
    weights = generator.multinomial(count, np.full(count, 1 / count), size=repeats)
    ratios = (weights @ y) / np.maximum(weights @ m, 1e-12)
    low, high = np.quantile(ratios, [(1 - level) / 2, 1 - (1 - level) / 2])
    return Interval(float(low), float(high))
