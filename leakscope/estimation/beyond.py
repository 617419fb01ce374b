"""Distinct people and secrets beyond those read, by the way the records were drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from leakscope.estimation.cluster import linearised_variance
from leakscope.estimation.distinct import Frequencies, chao_lin, gee
from leakscope.estimation.exposure import bounds, exact
from leakscope.estimation.interval import Interval, z_value
from leakscope.estimation.mixture import hidden_people
from leakscope.estimation.proportion import zero_upper_bound
from leakscope.model import Basis, Estimate


def distinct_beyond(
    counts: Sequence[int],
    fraction: float,
    *,
    linkage: Estimate | None = None,
    ceiling: float | None = None,
    total: int | None = None,
    share: float | None = None,
    per: str = "record",
) -> Estimate:
    """
    Distinct people or secrets among all records, when `fraction` of them was read at random.

    Args:
        counts: records per distinct thing seen.
        fraction: share of records read, in (0, 1].
        linkage: distinct things seen, with the doubt of telling them apart; by as much as it differs from them the result is moved and
            widened.
        ceiling: hard upper bound.
        total: records, or clusters, in all; null when unknown.
        share: of the records read, how many name one, where none names two; null where some do.
        per: what `counts` counts and `fraction` is a share of: records, or the clusters that were drawn whole.

    Returns:
        The middle of the profile likelihood whatever the skew of records per person, with its interval; the method names
        Chao and Lin's lower bound and a stress value.
    """
    seen = Frequencies.of(counts)
    if not seen.observed:
        return bounds(0, ceiling, "none seen")
    if fraction >= 1:
        return linkage or exact(seen.observed, "every record was read")
    found = hidden_people(seen, fraction, total=total, share=share)
    scale = _doubt(linkage, seen.observed)
    low, high = found.interval.lower * scale[0], found.interval.upper * scale[2]
    top = ceiling if ceiling is not None else high
    where = f"counted by the {per}, each drawn whole: " if per != "record" else ""
    method = (
        f"{where}middle of the profile likelihood, whatever the skew of records per person (Norris and Pollock 1998); "
        f"lower bound {chao_lin(seen, fraction).value:,.0f} (Chao and Lin 2012), stress value {gee(seen, fraction):,.0f} (GEE, Charikar et al. 2000)"
    )
    value = min(found.value * scale[1], top)
    return Estimate(value=value, low=min(low, value), high=max(min(high, top), value), method=method, basis=Basis.SAMPLE)


def _doubt(linkage: Estimate | None, observed: int) -> tuple[float, float, float]:
    """By what the low end, the value and the high end of linkage differ from the people as told apart."""
    if linkage is None or linkage.value is None or not observed:
        return 1.0, 1.0, 1.0
    ends = (linkage.low, linkage.value, linkage.high)
    low, value, high = ((linkage.value if end is None else end) / observed for end in ends)
    return low, value, high


def distinct_by_clusters(counts: Sequence[int], records: int, population: int, ceiling: float, *, linkage: Estimate | None = None) -> Estimate:
    """
    Distinct people when whole people were drawn: every record of a person, or none.

    Args:
        counts: records per person seen.
        records: records read, of anybody or nobody.
        population: records in the exposure.
        ceiling: hard upper bound.
        linkage: people seen, with the doubt of telling them apart.

    Returns:
        People per record times records, with the linearised variance of that ratio.
    """
    alone = [1.0] * max(records - sum(counts), 0)
    hits, sizes = [1.0] * len(counts) + [0.0] * len(alone), [float(count) for count in counts] + alone
    ratio = len(counts) / records
    spread = z_value(0.95) * math.sqrt(linearised_variance(hits, sizes, records / population)) if len(hits) > 1 else math.inf
    scale = _doubt(linkage, len(counts))
    low, high = Interval((ratio - spread) * scale[0], (ratio + spread) * scale[2]).scaled(population).clipped(len(counts) * min(scale[0], 1.0), ceiling)
    method = "whole people drawn: people per record, ratio estimator with linearised variance (Cochran 1977, 11.8)"
    return Estimate(value=min(max(ratio * population * scale[1], low), high), low=low, high=high, method=method, basis=Basis.SAMPLE)


def distinct_by_counted_clusters(people: Sequence[int], clusters: int, ceiling: float, *, linkage: Estimate | None = None) -> Estimate:
    """
    Distinct people when whole people were drawn and it is known among how many clusters.

    Args:
        people: distinct people in each cluster drawn; each of them in no other.
        clusters: how many there are in all, at least those drawn.
        ceiling: hard upper bound.
        linkage: people seen, with the doubt of telling them apart.

    Returns:
        People per cluster times clusters. Where every cluster held equally many, one cluster in `zero_upper_bound` of all may
        still hold one more or one fewer.

    Source:
        Cochran (1977), eq. 2.22, for the total of a simple random sample.
    """
    drawn, seen = len(people), sum(people)
    mean = seen / drawn
    variance = sum((count - mean) ** 2 for count in people) / (drawn - 1) if drawn > 1 else math.inf
    spread = z_value(0.95) * clusters * math.sqrt((1 - drawn / clusters) * variance / drawn) if drawn > 1 else math.inf
    spread = max(spread, zero_upper_bound(drawn) * (clusters - drawn))
    scale = _doubt(linkage, seen)
    middle = mean * clusters
    low, high = Interval((middle - spread) * scale[0], (middle + spread) * scale[2]).clipped(seen * min(scale[0], 1.0), ceiling)
    method = f"whole people drawn: people per cluster times {clusters:,} clusters (Cochran 1977, 2.22)"
    return Estimate(value=min(max(middle * scale[1], low), high), low=low, high=high, method=method, basis=Basis.SAMPLE)


#: Thinnings of one sample; the median of what they give stands.
THINNINGS = 9


def distinct_by_strata(
    people: Sequence[int], counts: Sequence[int], fractions: Sequence[float], *, linkage: Estimate | None, ceiling: float, by: str = "source"
) -> Estimate:
    """
    Distinct people when each stratum was sampled at its own rate.

    Args:
        people: one number per person, repeated for each stratum that the person was seen in; with `counts` and `fractions` row by row.
        counts: records of that person read in that stratum.
        fractions: share of that stratum's records that was read, in (0, 1].
        linkage: doubt of telling people apart.
        ceiling: hard upper bound.
        by: what the strata are, for the method.

    Returns:
        As `distinct_beyond` of the sample thinned to the lowest rate, at which every record had the same chance: the median of
        nine thinnings by fixed seeds, and never fewer than all people seen.
    """
    rows, read, rates = np.asarray(people), np.asarray(counts), np.asarray(fractions, dtype=float)
    observed, least = len(np.unique(rows)), float(rates.min())
    found = []
    for seed in range(THINNINGS):
        kept = np.random.default_rng(seed).binomial(read, least / rates)
        per = np.bincount(np.unique(rows, return_inverse=True)[1], weights=kept).astype(int)
        if (per > 0).any():
            hidden = hidden_people(Frequencies.of(per[per > 0].tolist()), least)
            found.append((hidden.interval.lower, hidden.value, hidden.interval.upper))
    if not found:
        return bounds(observed, ceiling, "too few people to tell anything of the strata together")
    scale = _doubt(linkage, observed)
    low, middle, high = (max(float(one), observed) * part for one, part in zip(np.median(np.array(found), axis=0), scale, strict=True))
    value = min(middle, ceiling)
    method = f"by {by}, thinned to the lowest rate ({least:.2%}): middle of the profile likelihood, whatever the skew of records per person (Norris and Pollock 1998)"
    return Estimate(value=value, low=min(low, value), high=max(min(high, ceiling), value), method=method, basis=Basis.SAMPLE)
