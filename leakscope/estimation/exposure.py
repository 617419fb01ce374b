"""From what was read to all that was exposed: the design of the sample decides what may be inferred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from leakscope.estimation.cluster import cluster_share, effective_clusters
from leakscope.estimation.detector_error import Accuracy, corrected_share
from leakscope.estimation.distinct import hard_bounds
from leakscope.estimation.double_sampling import Phase, TwoPhase, two_phase
from leakscope.estimation.interval import Interval
from leakscope.estimation.proportion import hypergeometric_interval, wilson_interval, zero_upper_bound
from leakscope.estimation.reach import TABLE, Reach, no_inference
from leakscope.estimation.stratified import Share, Stratum, stratified_share
from leakscope.model import Basis, Estimate, SampleDesign

#: Fewer clusters than this make the variance itself uncertain, and the method says so.
FEW_CLUSTERS = 10
#: Where clusters weigh as less than this share of their number would, if they were equal, simulated coverage falls to 88%.
UNEQUAL = 0.2
#: Largest sample for which the hypergeometric tails are inverted exactly; beyond it Wilson with finite correction agrees to 1%.
EXACT_LIMIT = 2_000_000
Clusters = tuple[Sequence[float], Sequence[float]]


def exact(value: float, method: str) -> Estimate:
    """A count of everything there is."""
    return Estimate(value=value, low=value, high=value, method=method, basis=Basis.EXACT)


def bounds(low: float, high: float | None, method: str) -> Estimate:
    """What can be said without inference."""
    return Estimate(value=None, low=low, high=high, method=method, basis=Basis.BOUNDS)


def _by_strata(reach: Reach, hits: Mapping[str, int]) -> tuple[Share | TwoPhase, str]:
    """The share over the strata that were read, with the variance of the first draw too where there was one."""
    what = f"stratified by {'source' if reach.by == TABLE else reach.by}"
    if reach.supplied is not None:
        phases = [Phase(eligible=count, read=reach.read.get(name, 0), hits=hits.get(name, 0)) for name, count in reach.supplied.items()]
        return two_phase(phases, reach.whole), f"{what} from a random sample (two phases: Neyman 1938, Cochran 1977, 12.2), Wilson at the effective size"
    strata = [Stratum(population=size, sample=reach.read[name], successes=hits.get(name, 0)) for name, size in (reach.strata or {}).items() if reach.read.get(name)]
    return stratified_share(strata), f"{what} (Cochran 1977, 5.1), Wilson at the effective size"


def _of_strata(reach: Reach, hits: Mapping[str, int]) -> tuple[float, Interval, str]:
    found, method = _by_strata(reach, hits)
    return (found.share if isinstance(found, TwoPhase) else found.value), found.interval, method


def _of_clusters(clusters: Clusters, reach: Reach) -> tuple[float, Interval, str]:
    found = cluster_share(*clusters, reach.clusters)
    sizes = clusters[1]
    few = f"; only {len(sizes)} clusters" if len(sizes) < FEW_CLUSTERS else ""
    if effective_clusters(sizes) < UNEQUAL * len(sizes):
        few += f"; one cluster holds {max(sizes) / sum(sizes):.0%} of the records read, so the interval may hold less often than it says"
    return found.value, found.interval, f"ratio over clusters, linearised or jackknife variance (Cochran 1977, 11.8 and 6.17), Wilson at the effective size{few}"


def total_of_records(hits: int, reach: Reach, by_stratum: Mapping[str, int], clusters: Clusters | None = None) -> Estimate | None:
    """
    How many of the whole's records have a property that `hits` of those read have.

    Args:
        hits: records read that have it.
        reach: of the sample.
        by_stratum: `hits` by stratum.
        clusters: for a cluster design, records with the property and all records per cluster.

    Returns:
        Null when the size of the whole is not stated. Exact when every record was read; the hypergeometric interval for random
        records; weighted for strata; linear variance for clusters; bounds for the rest.
    """
    if reach.whole is None:
        return None
    read, whole = reach.read_total, reach.whole
    if read >= whole:
        return exact(hits, "counted in every exposed record")
    if not reach.infers:
        return bounds(hits, hits + whole - read, no_inference(reach))
    if read == 0:
        return bounds(0, whole, "nothing was read")
    value, interval, method = _share(hits, reach, by_stratum, clusters)
    return _sampled(value * whole, interval.scaled(whole), hits, whole - (read - hits), method)


def _share(hits: int, reach: Reach, by_stratum: Mapping[str, int], clusters: Clusters | None) -> tuple[float, Interval, str]:
    read, whole = reach.read_total, reach.whole or 0
    if reach.design is SampleDesign.CLUSTER and clusters is not None:
        return _of_clusters(clusters, reach)
    if reach.strata is not None:
        return _of_strata(reach, by_stratum)
    if hits == 0:
        return 0.0, Interval(0.0, zero_upper_bound(read)), "none seen; one-sided upper bound 1 - 0.05^(1/n) (Hanley 1983)"
    interval, method = _simple_interval(hits, read, whole)
    if reach.design is SampleDesign.STRATIFIED:
        method += "; the sizes of the strata were not stated: taken as drawn in proportion"
    return hits / read, interval.scaled(1 / whole), method


def _simple_interval(hits: int, read: int, population: int) -> tuple[Interval, str]:
    if population <= EXACT_LIMIT:
        return hypergeometric_interval(hits, read, population), "simple random sample, hypergeometric tails inverted (finite population)"
    spare = (population - 1) / max(population - read, 1)
    return wilson_interval(hits * spare, read * spare).scaled(population), "Wilson 1927 with finite population correction"


def _sampled(value: float, interval: Interval, floor: float, ceiling: float, method: str) -> Estimate:
    kept = interval.clipped(floor, max(ceiling, floor))
    point = min(max(value, floor), max(ceiling, floor))
    return Estimate(value=point, low=min(kept.lower, point), high=max(kept.upper, point), method=method, basis=Basis.SAMPLE)


def share_of_records(hits: int, reach: Reach, by_stratum: Mapping[str, int], clusters: Clusters | None = None) -> Estimate:
    """
    The share of the whole's records with a property; of the records read where nothing can be said of the whole.

    Args:
        hits: records read that have it.
        reach: of the sample.
        by_stratum: `hits` by stratum.
        clusters: as for `total_of_records`.
    """
    read = reach.read_total
    if read == 0:
        return bounds(0, 1, "nothing was read")
    if not reach.infers:
        return exact(hits / read, "share of the records read; " + no_inference(reach))
    if read >= (reach.whole or 0):
        return exact(hits / read, "counted in every record")
    value, interval, method = _share(hits, reach, by_stratum, clusters)
    return _sampled(value, interval, 0, 1, method)


def hard_limits(observed: int, reach: Reach, most_per_record: int) -> Interval | None:
    """`hard_bounds` of the whole; null when its size is unknown."""
    if reach.whole is None:
        return None
    return hard_bounds(observed, min(reach.read_total, reach.whole), reach.whole, max(most_per_record, 1))


def corrected_total(estimate: Estimate, hits: int, reach: Reach, accuracy: Accuracy) -> Estimate:
    """
    A total of records corrected for the detector's error as measured on labelled records.

    Args:
        estimate: the total as counted, for its population.
        hits: records read in which the detector found the entity.
        reach: of the sample.
        accuracy: measured.
    """
    if reach.whole is None or reach.read_total == 0:
        return estimate
    found = corrected_share(hits, reach.read_total, accuracy)
    said = "Rogan-Gladen correction, Lang-Reiczigel interval" + ("; clipped to [0, 1]" if found.clipped else "")
    low, high = found.interval.scaled(reach.whole)
    value = found.value * reach.whole
    return replace(estimate, value=value, low=min(low, value), high=max(high, value), method=f"{estimate.method}; {said}", basis=Basis.SAMPLE)
