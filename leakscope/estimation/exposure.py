"""From what was read to all that was exposed: the design of the sample decides what may be inferred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from leakscope.estimation.cluster import cluster_share
from leakscope.estimation.detector_error import Accuracy, corrected_share
from leakscope.estimation.distinct import hard_bounds
from leakscope.estimation.interval import Interval
from leakscope.estimation.proportion import hypergeometric_interval, wilson_interval, zero_upper_bound
from leakscope.estimation.stratified import Share, Stratum, stratified_share
from leakscope.model import Basis, Estimate, Sample, SampleDesign

#: Designs in which every exposed record had a known chance of being read.
RANDOM = frozenset({SampleDesign.BERNOULLI, SampleDesign.RESERVOIR, SampleDesign.SYSTEMATIC, SampleDesign.STRATIFIED, SampleDesign.CLUSTER})
#: Largest sample for which the hypergeometric tails are inverted exactly; beyond it Wilson with finite correction agrees to 1%.
EXACT_LIMIT = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """
    What a sample lets one say.

    Args:
        read: records read, by source.
        evidence: records supplied, by source ("" when only the sum is known).
        exposed: records exposed, by source ("" likewise); null when nobody stated it.
        sample: the design.
    """

    read: Mapping[str, int]
    evidence: int
    exposed: int | None
    strata: Mapping[str, int] | None
    sample: Sample

    @property
    def read_total(self) -> int:
        """Records read in all."""
        return sum(self.read.values())

    @property
    def infers_exposure(self) -> bool:
        """Whether design and population allow inference to the exposure."""
        return self.exposed is not None and (self.sample.design is SampleDesign.FULL or self.sample.design in RANDOM)

    @property
    def exposed_fraction(self) -> float:
        """Share of the exposed records that was read; 1 when unknown."""
        return min(self.read_total / self.exposed, 1.0) if self.exposed else 1.0

    @property
    def evidence_fraction(self) -> float:
        """Share of the supplied records that was read."""
        return min(self.read_total / self.evidence, 1.0) if self.evidence else 1.0


def reach_of(read: Mapping[str, int], sample: Sample) -> Reach:
    """
    What `sample` lets one say of `read` records.

    Args:
        read: records read by source.
        sample: how they were drawn. A full sample exposes what was supplied even if nobody states a population.
    """
    total = sum(read.values())
    evidence = max(sample.supplied or 0, sample.drawn or 0, total) if sample.drawn is not None else total
    stated = sum(sample.population.values()) if sample.population else None
    exposed = max(stated, evidence) if stated is not None else evidence if sample.design is SampleDesign.FULL else None
    named = {source: count for source, count in sample.population.items() if source in read}
    whole = named and set(named) == set(read) and len(named) > 1 and "" not in sample.population
    strata = {source: max(count, read[source]) for source, count in named.items()} if whole else None
    return Reach(read=read, evidence=evidence, exposed=exposed, strata=strata, sample=sample)


#: The facts an inference to the exposure needs, by their path in the facts file.
_POPULATION = {
    "fact": "population.records",
    "why": "Without the number of records that were exposed nothing can be said of people beyond the evidence supplied.",
    "matters_for": ["individuals.exposure"],
}
_DESIGN = {
    "fact": "population.design",
    "why": "Without knowing how the supplied records were drawn from the exposed ones they tell nothing of the rest.",
    "matters_for": ["individuals.exposure"],
}


def missing_facts(reach: Reach) -> list[dict[str, Any]]:
    """The facts without which nothing is said of the exposure: `fact, why, matters_for`."""
    if reach.infers_exposure:
        return []
    missing = [_POPULATION] if reach.exposed is None else []
    return missing + ([_DESIGN] if reach.sample.design is SampleDesign.UNKNOWN else [])


def no_inference(design: SampleDesign) -> str:
    """Why a design allows no inference beyond bounds, in words."""
    if design in (SampleDesign.FIRST, SampleDesign.LAST):
        return f"the {design} records are no random sample of the rest: bounds only"
    return "how the records were drawn is unknown: bounds only"


def exact(value: float, method: str) -> Estimate:
    """A count of everything there is."""
    return Estimate(value=value, low=value, high=value, method=method, basis=Basis.EXACT)


def bounds(low: float, high: float | None, method: str) -> Estimate:
    """What can be said without inference."""
    return Estimate(value=None, low=low, high=high, method=method, basis=Basis.BOUNDS)


def _by_strata(reach: Reach, by_source: Mapping[str, int]) -> Share:
    strata = reach.strata or {}
    return stratified_share(
        [Stratum(population=strata[name], sample=reach.read[name], successes=by_source.get(name, 0)) for name in reach.read if reach.read[name]]
    )


def total_of_records(
    hits: int, reach: Reach, by_source: Mapping[str, int], clusters: tuple[Sequence[float], Sequence[float]] | None = None
) -> Estimate | None:
    """
    How many of the exposed records have a property that `hits` of those read have.

    Args:
        hits: records read that have it.
        reach: of the sample.
        by_source: `hits` by source.
        clusters: for a cluster design, records with the property and all records per cluster.

    Returns:
        Null when the population is not stated. Exact for a full sample; the hypergeometric interval for random records; linear
        variance for clusters; bounds for the rest.
    """
    if reach.exposed is None:
        return None
    read, exposed, design = reach.read_total, reach.exposed, reach.sample.design
    if read >= exposed and (design is SampleDesign.FULL or read == exposed):
        return exact(hits, "counted in every exposed record")
    if not reach.infers_exposure:
        return bounds(hits, hits + exposed - read, no_inference(design))
    if design is SampleDesign.CLUSTER and clusters is not None:
        share = cluster_share(*clusters)
        return _sampled(share.value * exposed, share.interval.scaled(exposed), hits, exposed - (read - hits), "ratio over clusters, linearised variance (Cochran 1977, 11.8), Wilson at the effective size")
    if read == 0:
        return bounds(0, exposed, "nothing was read")
    if reach.strata is not None:
        share = _by_strata(reach, by_source)
        return _sampled(share.value * exposed, share.interval.scaled(exposed), hits, exposed - (read - hits), "stratified by source (Cochran 1977, 5.1), Wilson at the effective size")
    if hits == 0:
        high = zero_upper_bound(read) * exposed
        return Estimate(value=0, low=0, high=min(high, exposed - read), method="none seen; one-sided upper bound 1 - 0.05^(1/n) (Hanley 1983)", basis=Basis.SAMPLE)
    interval, method = _simple_interval(hits, read, exposed)
    return _sampled(hits / read * exposed, interval, hits, exposed - (read - hits), method)


def _simple_interval(hits: int, read: int, population: int) -> tuple[Interval, str]:
    if population <= EXACT_LIMIT:
        return hypergeometric_interval(hits, read, population), "simple random sample, hypergeometric tails inverted (finite population)"
    spare = (population - 1) / max(population - read, 1)
    return wilson_interval(hits * spare, read * spare).scaled(population), "Wilson 1927 with finite population correction"


def _sampled(value: float, interval: Interval, floor: float, ceiling: float, method: str) -> Estimate:
    kept = interval.clipped(floor, max(ceiling, floor))
    point = min(max(value, floor), max(ceiling, floor))
    return Estimate(value=point, low=min(kept.lower, point), high=max(kept.upper, point), method=method, basis=Basis.SAMPLE)


def share_of_records(hits: int, reach: Reach, by_source: Mapping[str, int], clusters: tuple[Sequence[float], Sequence[float]] | None = None) -> Estimate:
    """
    The share of records with a property: of the exposure where the design allows it, else of the records read.

    Args:
        hits: records read that have it.
        reach: of the sample.
        by_source: `hits` by source.
        clusters: as for `total_of_records`.
    """
    read = reach.read_total
    if read == 0:
        return bounds(0, 1, "nothing was read")
    share = hits / read
    if not reach.infers_exposure and reach.evidence_fraction >= 1:
        return exact(share, "share of the records read; " + no_inference(reach.sample.design))
    population = reach.exposed if reach.infers_exposure and reach.exposed else reach.evidence
    if read >= population:
        return exact(share, "counted in every record")
    if reach.sample.design is SampleDesign.CLUSTER and clusters is not None:
        found = cluster_share(*clusters)
        return _sampled(found.value, found.interval, 0, 1, "ratio over clusters, linearised variance, Wilson at the effective size")
    if reach.strata is not None and reach.infers_exposure:
        found = _by_strata(reach, by_source)
        return _sampled(found.value, found.interval, 0, 1, "stratified by source, Wilson at the effective size")
    if hits == 0:
        return Estimate(value=0, low=0, high=zero_upper_bound(read), method="none seen; one-sided upper bound", basis=Basis.SAMPLE)
    interval, method = _simple_interval(hits, read, population)
    return _sampled(share, interval.scaled(1 / population), 0, 1, method)


def hard_limits(observed: int, reach: Reach, most_per_record: int) -> Interval | None:
    """`hard_bounds` of the exposure; null when its size is unknown."""
    if reach.exposed is None:
        return None
    return hard_bounds(observed, min(reach.read_total, reach.exposed), reach.exposed, max(most_per_record, 1))


def corrected_total(estimate: Estimate, hits: int, reach: Reach, accuracy: Accuracy) -> Estimate:
    """
    A total of records corrected for the detector's error as measured on labelled records.

    Args:
        estimate: the total as counted, for its population.
        hits: records read in which the detector found the entity.
        reach: of the sample.
        accuracy: measured.
    """
    if reach.exposed is None or reach.read_total == 0:
        return estimate
    found = corrected_share(hits, reach.read_total, accuracy)
    said = "Rogan-Gladen correction, Lang-Reiczigel interval" + ("; clipped to [0, 1]" if found.clipped else "")
    low, high = found.interval.scaled(reach.exposed)
    value = found.value * reach.exposed
    return replace(estimate, value=value, low=min(low, value), high=max(high, value), method=f"{estimate.method}; {said}", basis=Basis.SAMPLE)
