"""Distinct people and secrets beyond those read, by the way the records were drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from leakscope.estimation.cluster import linearised_variance
from leakscope.estimation.distinct import Frequencies, chao_lin, gee
from leakscope.estimation.exposure import bounds, exact
from leakscope.estimation.interval import Interval, z_value
from leakscope.estimation.unseen import compatible_range
from leakscope.model import Basis, Estimate


def distinct_beyond(
    counts: Sequence[int], fraction: float, *, linkage: Estimate | None = None, ceiling: float | None = None
) -> Estimate:
    """
    Distinct people or secrets among all records, when `fraction` of them was read at random.

    Args:
        counts: records per distinct thing seen.
        fraction: share of records read, in (0, 1].
        linkage: distinct things seen, with the doubt of telling them apart; its relative width widens the interval.
        ceiling: hard upper bound.

    Returns:
        Chao and Lin's estimate, a lower bound in tendency, with the range of numbers that are compatible with what was seen.
    """
    seen = Frequencies.of(counts)
    if not seen.observed:
        return bounds(0, ceiling, "none seen")
    if fraction >= 1:
        return linkage or exact(seen.observed, "every record was read")
    found, held = chao_lin(seen, fraction), compatible_range(seen, fraction)
    low, high = min(found.interval.lower, held.lower), max(found.value, held.upper)
    if linkage is not None and linkage.value:
        low *= (linkage.low if linkage.low is not None else linkage.value) / linkage.value
        high *= (linkage.high if linkage.high is not None else linkage.value) / linkage.value
    top = ceiling if ceiling is not None else high
    method = (
        "Chao and Lin 2012 without replacement; interval: all numbers compatible with how often each was seen, whatever the skew "
        f"(conservative); stress value (GEE) {gee(seen, fraction):.0f}"
    )
    value = min(found.value, top)
    return Estimate(value=value, low=min(low, value), high=max(min(high, top), value), method=method, basis=Basis.SAMPLE)


def distinct_by_clusters(counts: Sequence[int], records: int, population: int, ceiling: float) -> Estimate:
    """
    Distinct people when whole people were drawn: every record of a person, or none.

    Args:
        counts: records per person seen.
        records: records read, of anybody or nobody.
        population: records in the exposure.
        ceiling: hard upper bound.

    Returns:
        People per record times records, with the linearised variance of that ratio.
    """
    alone = [1.0] * max(records - sum(counts), 0)
    hits, sizes = [1.0] * len(counts) + [0.0] * len(alone), [float(count) for count in counts] + alone
    ratio = len(counts) / records
    spread = z_value(0.95) * math.sqrt(linearised_variance(hits, sizes, records / population)) if len(hits) > 1 else math.inf
    low, high = Interval(ratio - spread, ratio + spread).scaled(population).clipped(len(counts), ceiling)
    method = "whole people drawn: people per record, ratio estimator with linearised variance (Cochran 1977, 11.8)"
    return Estimate(value=min(max(ratio * population, low), high), low=low, high=high, method=method, basis=Basis.SAMPLE)


def distinct_by_strata(
    counts: Mapping[str, Sequence[int]], fractions: Mapping[str, float], observed: int, *, linkage: Estimate | None, ceiling: float
) -> Estimate:
    """
    Distinct people when each source was sampled at its own rate.

    Args:
        counts: records per person seen, by source.
        fractions: share of records read, by source.
        observed: distinct people over all sources.
        linkage: doubt of telling people apart.
        ceiling: hard upper bound.

    Returns:
        Those seen and the unseen of every source; a person unseen in several sources counts once in the low end and each time in
        the high end.
    """
    parts = {source: distinct_beyond(counts[source], fractions[source]) for source in counts if counts[source]}
    unseen = sum((part.value or 0) - len(counts[source]) for source, part in parts.items())
    more = sum((part.high or 0) - len(counts[source]) for source, part in parts.items())
    least = max([float(observed), *((part.low or 0) for part in parts.values())])
    doubt = [1.0 if linkage is None or not linkage.value or end is None else end / linkage.value for end in ((linkage.low, linkage.high) if linkage else (None, None))]
    value = min(observed + unseen, ceiling)
    low, high = min(least * doubt[0], value), max(min((observed + more) * doubt[1], ceiling), value)
    method = "by source: Chao and Lin 2012 and all numbers compatible with how often each was seen, whatever the skew (conservative)"
    return Estimate(value=value, low=low, high=high, method=method, basis=Basis.SAMPLE)
