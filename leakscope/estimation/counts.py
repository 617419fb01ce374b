"""Every count of the assessment with its interval, from the frames of one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import polars as pl

from leakscope.estimation.beyond import distinct_beyond, distinct_by_clusters, distinct_by_strata
from leakscope.estimation.detector_error import Accuracy
from leakscope.estimation.exposure import (
    Reach,
    bounds,
    corrected_total,
    exact,
    hard_limits,
    missing_facts,
    no_inference,
    reach_of,
    share_of_records,
    total_of_records,
)
from leakscope.estimation.proportion import wilson_interval, zero_upper_bound
from leakscope.model import Basis, Estimate, Sample, SampleDesign
from leakscope.vocabulary import entities


class People(Protocol):
    """What estimation reads of linkage."""

    individuals: pl.DataFrame
    person_elements: pl.DataFrame
    record_persons: pl.DataFrame
    interval: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityCount:
    """
    What was found of one entity type.

    Args:
        entity: its name.
        findings: occurrences.
        records: distinct records.
        values: distinct values.
        people: distinct counted people who have it.
        share_of_records: of the exposure, or of the records read when nothing can be said of the exposure.
        exposure_records: records of the exposure that hold it; null unless population is stated.
    """

    entity: str
    findings: int
    records: int
    values: int
    people: int
    share_of_records: Estimate
    exposure_records: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """
    The numbers of an assessment.

    Args:
        entities: by entity name, in name order.
        individuals_observed: distinct people seen, a floor.
        individuals_estimated: distinct people in the evidence supplied, with linkage uncertainty.
        individuals_exposure: distinct people in the whole exposure; null unless design and population are stated.
        bounds: hard bounds of people in the exposure, `low, high, note`; high null when the exposure's size is unknown.
        secrets_observed: distinct secrets seen.
        secrets_exposure: distinct secrets in the exposure; null likewise.
        by_residence: people in the evidence by residence (null: unknown).
        by_element: people in the evidence by element code.
        by_residence_exposure: people in the exposure by residence; empty likewise.
        unseen_share: upper bound for the share of exposed records with something that was not seen at all.
        missing_facts: `fact, why, matters_for` of what keeps the exposure from being inferred.
        methods: how the numbers were reached, one sentence each.
    """

    entities: Mapping[str, EntityCount]
    individuals_observed: Estimate
    individuals_estimated: Estimate
    individuals_exposure: Estimate | None
    bounds: Mapping[str, Any]
    secrets_observed: Estimate
    secrets_exposure: Estimate | None
    by_residence: Mapping[str | None, Estimate]
    by_element: Mapping[str, Estimate]
    by_residence_exposure: Mapping[str | None, Estimate] = field(default_factory=dict)
    unseen_share: Estimate
    missing_facts: tuple[dict[str, Any], ...] = ()
    methods: tuple[str, ...] = ()

    @property
    def shares(self) -> dict[str, Estimate]:
        """Share of records by entity."""
        return {entity: count.share_of_records for entity, count in self.entities.items()}

    @property
    def exposure_records(self) -> dict[str, Estimate]:
        """Records of the exposure by entity, where anything can be said of them."""
        return {entity: count.exposure_records for entity, count in self.entities.items() if count.exposure_records is not None}


def _record_clusters(records: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """`source, record, cluster`: what the record was drawn with: its source when there are several, else its first person."""
    base = records.select("source", "record").unique(maintain_order=True)
    if base.get_column("source").n_unique() > 1:
        return base.with_columns(cluster=pl.col("source"))
    first = pairs.group_by("source", "record").agg(person=pl.col("person").min())
    alone = pl.concat_str(pl.lit("record:"), "source", pl.lit(":"), pl.col("record").cast(pl.String))
    return base.join(first, on=["source", "record"], how="left").select("source", "record", cluster=pl.coalesce("person", alone))


def _cluster_hits(clusters: pl.DataFrame, hit: pl.DataFrame) -> tuple[list[float], list[float]]:
    marked = clusters.join(hit.with_columns(hit=pl.lit(1.0)), on=["source", "record"], how="left")
    per = marked.group_by("cluster").agg(pl.col("hit").sum(), size=pl.len()).sort("cluster")
    return per.get_column("hit").to_list(), per.get_column("size").cast(pl.Float64).to_list()


def _entity_counts(records: pl.DataFrame, sightings: pl.DataFrame, linked: People, reach: Reach, accuracy: Mapping[str, Accuracy]) -> dict[str, EntityCount]:
    clustered = reach.sample.design is SampleDesign.CLUSTER
    clusters = _record_clusters(records, linked.record_persons) if clustered else None
    counted = linked.individuals.filter("counted").select("person")
    people = linked.person_elements.join(counted, on="person", how="semi").group_by("entity").agg(pl.col("person").n_unique())
    people_of = dict(people.iter_rows())
    pairs = sightings.select("entity", "source", "record").unique()
    by_source = {
        entity: dict(rows.select("source", "len").iter_rows())
        for (entity,), rows in pairs.group_by("entity", "source").len().partition_by("entity", as_dict=True).items()
    }
    totals = sightings.group_by("entity").agg(findings=pl.len(), values=pl.col("fingerprint").n_unique()).sort("entity")
    found: dict[str, EntityCount] = {}
    for entity, findings, values in totals.iter_rows():
        hits = sum(by_source[entity].values())
        split = _cluster_hits(clusters, pairs.filter(pl.col("entity") == entity).drop("entity")) if clusters is not None else None
        total = total_of_records(hits, reach, by_source[entity], split)
        if total is not None and entity in accuracy and reach.infers_exposure:
            total = corrected_total(total, hits, reach, accuracy[entity])
        share = share_of_records(hits, reach, by_source[entity], split)
        found[entity] = EntityCount(
            entity=entity, findings=findings, records=hits, values=values, people=people_of.get(entity, 0), share_of_records=share, exposure_records=total
        )
    return found


def _counts_per(frame: pl.DataFrame, thing: str) -> list[int]:
    """Records per distinct `thing`."""
    return frame.select(thing, "source", "record").unique().group_by(thing).len().sort(thing).get_column("len").to_list()


def _people_in_evidence(counts: list[int], linked: People, reach: Reach) -> Estimate:
    if reach.evidence_fraction >= 1:
        return linked.interval
    return distinct_beyond(counts, reach.evidence_fraction, linkage=linked.interval)


def _people_exposed(pairs: pl.DataFrame, linked: People, reach: Reach, most: int) -> Estimate | None:
    """People in the exposure by the estimator of the design; `pairs` are `source, record, person` of counted people."""
    if reach.exposed is None or reach.sample.design is SampleDesign.UNKNOWN:
        return None
    counts = _counts_per(pairs, "person")
    limits = hard_limits(len(counts), reach, most)
    assert limits is not None  # exposed is known
    if not reach.infers_exposure:
        return bounds(limits.lower, limits.upper, no_inference(reach.sample.design))
    if not counts:
        share = zero_upper_bound(max(reach.read_total, 1))
        return Estimate(value=0, low=0, high=min(share * reach.exposed, limits.upper), method="nobody seen; one-sided upper bound, one person a record", basis=Basis.SAMPLE)
    ceiling = max(limits.upper, linked.interval.high or 0)
    if reach.exposed_fraction < 1 and reach.sample.design is SampleDesign.CLUSTER:
        return _people_by_clusters(pairs, counts, linked, reach, ceiling)
    if reach.exposed_fraction < 1 and reach.strata is not None and _uneven(reach):
        by_source = {str(source): _counts_per(rows, "person") for (source,), rows in pairs.partition_by("source", as_dict=True).items()}
        fractions = {source: min(reach.read[source] / total, 1.0) for source, total in reach.strata.items() if reach.read[source]}
        return distinct_by_strata(by_source, fractions, len(counts), linkage=linked.interval, ceiling=ceiling)
    return distinct_beyond(counts, reach.exposed_fraction, linkage=linked.interval, ceiling=ceiling)


def _people_by_clusters(pairs: pl.DataFrame, counts: list[int], linked: People, reach: Reach, ceiling: float) -> Estimate:
    """Several sources are the clusters and people recur among them; in a single source the people themselves are."""
    if len(reach.read) > 1:
        files = pairs.select("source", "person").unique().group_by("person").len().sort("person").get_column("len").to_list()
        return distinct_beyond(files, reach.exposed_fraction, linkage=linked.interval, ceiling=ceiling)
    assert reach.exposed is not None  # design and population are stated
    return distinct_by_clusters(counts, reach.read_total, reach.exposed, ceiling)


def _uneven(reach: Reach) -> bool:
    """Whether the sources were sampled at rates that differ by more than a fifth."""
    rates = [reach.read[source] / total for source, total in (reach.strata or {}).items()]
    return max(rates) > 1.2 * min(rates)


def _scaled_group(observed: int, whole: Estimate, everybody: int) -> Estimate:
    """People of one group: their share of those seen, with its own error where people were sampled, times everybody estimated."""
    if whole.value is None or not everybody or (whole.basis is Basis.EXACT and whole.value == everybody):
        return exact(observed, "distinct people counted")
    share = observed / everybody
    ends = wilson_interval(observed, everybody) if whole.basis is Basis.SAMPLE else (share, share)
    low, high = (None if end is None else end * part for end, part in zip((whole.low, whole.high), ends, strict=True))
    method = "share of the people seen (Wilson) times the people estimated" if whole.basis is Basis.SAMPLE else "share of the people seen times the people estimated"
    return Estimate(value=whole.value * share, low=low, high=high, method=method, basis=whole.basis)


def _groups(linked: People, people: Estimate) -> tuple[dict[str | None, Estimate], dict[str, Estimate]]:
    counted = linked.individuals.filter("counted")
    everybody = counted.height
    by_place = counted.group_by("residence").len().sort(["len", "residence"], descending=[True, False])
    kinds = linked.person_elements.join(counted.select("person"), on="person", how="semi")
    by_element = kinds.group_by("element").agg(pl.col("person").n_unique()).sort(["person", "element"], descending=[True, False])
    return (
        {place: _scaled_group(count, people, everybody) for place, count in by_place.iter_rows()},
        {element: _scaled_group(count, people, everybody) for element, count in by_element.iter_rows()},
    )


def _hard(observed: int, interval: Estimate, reach: Reach, most: int) -> dict[str, Any]:
    limits = hard_limits(observed, reach, most)
    low = observed if interval.low is None else min(observed, int(interval.low))
    if limits is None:
        return {"low": low, "high": None, "note": "At least the people seen; no upper bound without the size of the exposure."}
    note = f"At least the people seen; at most {max(most, 1)} new people in each unread record, as many as the fullest record read names."
    return {"low": low, "high": max(int(limits.upper), int(interval.high or 0)), "note": note}


def _secrets(sightings: pl.DataFrame, reach: Reach) -> tuple[Estimate, Estimate | None]:
    names = [name for name, row in entities().items() if row.family == "secret"]
    found = sightings.filter(pl.col("entity").is_in(names))
    counts = _counts_per(found, "fingerprint")
    observed = exact(len(counts), "distinct secrets seen")
    if not reach.infers_exposure:
        return observed, None
    if not counts:
        high = zero_upper_bound(max(reach.read_total, 1)) * (reach.exposed or 0) if reach.exposed_fraction < 1 else 0
        return observed, Estimate(value=0, low=0, high=high, method="none seen; upper bound of records with one", basis=Basis.SAMPLE if high else Basis.EXACT)
    return observed, distinct_beyond(counts, reach.exposed_fraction)


def estimate_counts(
    records: pl.DataFrame, sightings: pl.DataFrame, linked: People, sample: Sample, *, accuracy: Mapping[str, Accuracy] | None = None
) -> Estimates:
    """
    What was found, and what that says of all that was exposed.

    Args:
        records: every record read; schema `RECORDS`.
        sightings: schema `SIGHTINGS` or `FINDINGS`.
        linked: the people.
        sample: how the records relate to the exposure.
        accuracy: by entity, the detector's error on labelled records; totals of those are corrected.

    Returns:
        All estimates; nothing is inferred for the exposure that the design does not allow.
    """
    read = dict(records.group_by("source").agg(pl.col("record").n_unique()).sort("source").iter_rows())
    reach = reach_of(read, sample)
    counted = linked.individuals.filter("counted").select("person")
    pairs = linked.record_persons.join(counted, on="person", how="semi")
    counts = _counts_per(pairs, "person")
    most = pairs.select("source", "record", "person").unique().group_by("source", "record").len().get_column("len").max() or 1
    people = _people_in_evidence(counts, linked, reach)
    exposed = _people_exposed(pairs, linked, reach, int(most))  # type: ignore[arg-type]
    by_residence, by_element = _groups(linked, people)
    secrets_seen, secrets_exposed = _secrets(sightings, reach)
    everywhere = exposed if exposed is not None and exposed.value is not None else None
    missing = missing_facts(reach)
    return Estimates(
        entities=_entity_counts(records, sightings, linked, reach, accuracy or {}),
        individuals_observed=exact(counted.height, "distinct people seen"),
        individuals_estimated=people,
        individuals_exposure=exposed,
        bounds=_hard(counted.height, linked.interval, reach, int(most)),  # type: ignore[arg-type]
        secrets_observed=secrets_seen,
        secrets_exposure=secrets_exposed,
        by_residence=by_residence,
        by_element=by_element,
        by_residence_exposure=_groups(linked, everywhere)[0] if everywhere else {},
        unseen_share=_unseen(reach),
        missing_facts=tuple(missing),
        methods=_methods(reach, people, exposed),
    )


def _unseen(reach: Reach) -> Estimate:
    if reach.infers_exposure and reach.exposed_fraction >= 1:
        return exact(0, "every exposed record was read")
    if reach.read_total and (reach.infers_exposure or reach.evidence_fraction < 1):
        return Estimate(value=0, low=0, high=zero_upper_bound(reach.read_total), method="none seen; one-sided upper bound 1 - 0.05^(1/n)", basis=Basis.SAMPLE)
    return bounds(0, None, no_inference(reach.sample.design))


def _methods(reach: Reach, people: Estimate, exposed: Estimate | None) -> tuple[str, ...]:
    said = [f"people in the evidence: {people.method}"]
    if exposed is not None:
        said.append(f"people in the exposure: {exposed.method}")
    elif reach.exposed is None:
        said.append("people in the exposure: not stated, because the number of exposed records is not known")
    else:
        said.append(f"people in the exposure: not stated; {no_inference(reach.sample.design)}")
    if reach.sample.design is SampleDesign.SYSTEMATIC:
        said.append("the systematic sample is taken for a random one; a period in the records would break that")
    return tuple(said)
