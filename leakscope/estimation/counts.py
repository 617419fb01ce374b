"""Every count of the assessment with its interval, from the frames of one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import polars as pl

from leakscope.estimation.detector_error import Accuracy
from leakscope.estimation.exposure import bounds, corrected_total, exact, hard_limits, share_of_records, total_of_records
from leakscope.estimation.people import people_in, secrets_in
from leakscope.estimation.proportion import wilson_interval, zero_upper_bound
from leakscope.estimation.reach import FILE, PERSON, TABLE, Reach, evidence_reach, exposure_reach, labelled, missing_facts, no_inference
from leakscope.individuals.secret_owners import secret_sightings
from leakscope.model import Basis, Estimate, Sample, SampleDesign


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


def _record_clusters(units: pl.DataFrame, pairs: pl.DataFrame, reach: Reach) -> pl.DataFrame:
    """`source, record, cluster`: what the record was drawn with: its file or unit; its first person when whole people were drawn."""
    several = units.get_column("unit").n_unique() > 1
    if reach.by not in (PERSON, FILE, TABLE) or (reach.by != PERSON and several):
        return units.rename({"unit": "cluster"})
    first = pairs.group_by("source", "record").agg(person=pl.col("person").min())
    alone = pl.concat_str(pl.lit("record:"), "source", pl.lit(":"), pl.col("record").cast(pl.String))
    return units.join(first, on=["source", "record"], how="left").select("source", "record", cluster=pl.coalesce("person", alone))


def _cluster_hits(clusters: pl.DataFrame, hit: pl.DataFrame) -> tuple[list[float], list[float]]:
    marked = clusters.join(hit.with_columns(hit=pl.lit(1.0)), on=["source", "record"], how="left")
    per = marked.group_by("cluster").agg(pl.col("hit").sum(), size=pl.len()).sort("cluster")
    return per.get_column("hit").to_list(), per.get_column("size").cast(pl.Float64).to_list()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One thing that the records read stand for, with the stratum or cluster of every record: the evidence, or the exposure."""

    reach: Reach
    units: pl.DataFrame
    clusters: pl.DataFrame | None

    @classmethod
    def of(cls, reach: Reach, records: pl.DataFrame, linked: People, drawn: pl.DataFrame | None) -> _Side:
        units = labelled(records, reach.by, drawn)
        clustered = reach.design is SampleDesign.CLUSTER and reach.infers
        return cls(reach=reach, units=units, clusters=_record_clusters(units, linked.record_persons, reach) if clustered else None)

    def strata(self, hits: pl.DataFrame) -> dict[str, dict[str, int]]:
        """Records by stratum for each entity of `hits` (`entity, source, record`, each once); records of no stratum are left out."""
        counted = hits.join(self.units, on=["source", "record"], how="left").group_by("entity", "unit").len().drop_nulls("unit").sort("entity", "unit")
        found: dict[str, dict[str, int]] = {}
        for entity, unit, count in counted.iter_rows():
            found.setdefault(entity, {})[unit] = count
        return found

    def clustered(self, hit: pl.DataFrame) -> tuple[list[float], list[float]] | None:
        """`hit` (`source, record`) by cluster, where clusters were drawn."""
        return None if self.clusters is None else _cluster_hits(self.clusters, hit)


def _entity_counts(sightings: pl.DataFrame, linked: People, evidence: _Side, exposure: _Side, accuracy: Mapping[str, Accuracy]) -> dict[str, EntityCount]:
    counted = linked.individuals.filter("counted").select("person")
    people = linked.person_elements.join(counted, on="person", how="semi").group_by("entity").agg(pl.col("person").n_unique())
    people_of = dict(people.iter_rows())
    hits = sightings.select("entity", "source", "record").unique()
    records_of = hits.partition_by("entity", as_dict=True)
    side = exposure if exposure.reach.infers or evidence.reach.design is SampleDesign.FULL else evidence
    strata = exposure.strata(hits)
    own_strata = strata if side is exposure else side.strata(hits)
    totals = sightings.group_by("entity").agg(findings=pl.len(), values=pl.col("fingerprint").n_unique()).sort("entity")
    found: dict[str, EntityCount] = {}
    for entity, findings, values in totals.iter_rows():
        hit = records_of[(entity,)].drop("entity")
        total = total_of_records(hit.height, exposure.reach, strata.get(entity, {}), exposure.clustered(hit))
        if total is not None and entity in accuracy and exposure.reach.infers:
            total = corrected_total(total, hit.height, exposure.reach, accuracy[entity])
        share = share_of_records(hit.height, side.reach, own_strata.get(entity, {}), side.clustered(hit))
        found[entity] = EntityCount(
            entity=entity, findings=findings, records=hit.height, values=values, people=people_of.get(entity, 0), share_of_records=share, exposure_records=total
        )
    return found


def scaled_group(observed: int, whole: Estimate, everybody: int) -> Estimate:
    """
    People of one group: their share of those seen, with its own error where people were sampled, times everybody estimated.

    Args:
        observed: people of the group that were seen.
        whole: everybody estimated.
        everybody: all people that were seen, at least `observed`.

    Returns:
        Never below the people of the group that were seen, unless these may be fewer than they look: then by at most the share
        that all people seen may be fewer by.
    """
    if whole.value is None or not everybody or (whole.basis is Basis.EXACT and whole.value == everybody):
        return exact(observed, "distinct people counted")
    share = observed / everybody
    ends = wilson_interval(observed, everybody) if whole.basis is Basis.SAMPLE else (share, share)
    low, high = (None if end is None else end * part for end, part in zip((whole.low, whole.high), ends, strict=True))
    # who was seen exists; only by the doubt of telling people apart can they be fewer
    least = observed * min(1.0, (whole.low if whole.low is not None else whole.value) / everybody)
    value = max(whole.value * share, least)
    low, high = (None if low is None else min(max(low, least), value)), (None if high is None else max(high, value))
    method = "share of the people seen (Wilson) times the people estimated" if whole.basis is Basis.SAMPLE else "share of the people seen times the people estimated"
    return Estimate(value=value, low=low, high=high, method=method, basis=whole.basis)


def _groups(linked: People, people: Estimate) -> tuple[dict[str | None, Estimate], dict[str, Estimate]]:
    counted = linked.individuals.filter("counted")
    everybody = counted.height
    by_place = counted.group_by("residence").len().sort(["len", "residence"], descending=[True, False])
    kinds = linked.person_elements.join(counted.select("person"), on="person", how="semi")
    by_element = kinds.group_by("element").agg(pl.col("person").n_unique()).sort(["person", "element"], descending=[True, False])
    return (
        {place: scaled_group(count, people, everybody) for place, count in by_place.iter_rows()},
        {element: scaled_group(count, people, everybody) for element, count in by_element.iter_rows()},
    )


def _hard(observed: int, interval: Estimate, reach: Reach, most: int) -> dict[str, Any]:
    limits = hard_limits(observed, reach, most)
    low = observed if interval.low is None else min(observed, int(interval.low))
    if limits is None:
        return {"low": low, "high": None, "note": "At least the people seen; no upper bound without the size of the exposure."}
    note = f"At least the people seen; at most {max(most, 1)} new people in each unread record, as many as the fullest record read names."
    return {"low": low, "high": max(int(limits.upper), int(interval.high or 0)), "note": note}


def _secrets(sightings: pl.DataFrame, secrets: pl.DataFrame, exposure: _Side) -> tuple[Estimate, Estimate | None]:
    found = secret_sightings(secrets, sightings).select("source", "record", fingerprint="secret").unique()
    return exact(found.get_column("fingerprint").n_unique(), "distinct secrets seen"), secrets_in(found, exposure.reach, exposure.units)


def estimate_counts(
    records: pl.DataFrame,
    sightings: pl.DataFrame,
    linked: People,
    secrets: pl.DataFrame,
    sample: Sample,
    *,
    accuracy: Mapping[str, Accuracy] | None = None,
    drawn_units: pl.DataFrame | None = None,
) -> Estimates:
    """
    What was found, and what that says of all that was exposed.

    Args:
        records: every record read; schema `RECORDS`.
        sightings: schema `SIGHTINGS` or `FINDINGS`.
        linked: the people.
        secrets: the distinct secrets; schema `SECRETS`.
        sample: how the records relate to the exposure.
        accuracy: by entity, the detector's error on labelled records; totals of those are corrected.
        drawn_units: `source, record, unit` where the run drew whole clusters by a field; null otherwise.

    Returns:
        All estimates; nothing is inferred for the exposure that the design does not allow.
    """
    evidence = _Side.of(evidence_reach(records, sample, drawn_units), records, linked, drawn_units)
    exposure = _Side.of(exposure_reach(records, sample, drawn_units), records, linked, drawn_units)
    counted = linked.individuals.filter("counted").select("person")
    pairs = linked.record_persons.join(counted, on="person", how="semi").select("source", "record", "person").unique()
    most = int(pairs.group_by("source", "record").len().get_column("len").max() or 1)  # type: ignore[arg-type]
    people = people_in(pairs, evidence.reach, evidence.units, linkage=linked.interval, most=most)
    assert people is not None  # how much was supplied is always known
    exposed = people_in(pairs, exposure.reach, exposure.units, linkage=linked.interval, most=most) if _stated(exposure.reach) else None
    by_residence, by_element = _groups(linked, people)
    secrets_seen, secrets_exposed = _secrets(sightings, secrets, exposure)
    everywhere = exposed if exposed is not None and exposed.value is not None else None
    return Estimates(
        entities=_entity_counts(sightings, linked, evidence, exposure, accuracy or {}),
        individuals_observed=exact(counted.height, "distinct people seen"),
        individuals_estimated=people,
        individuals_exposure=exposed,
        bounds=_hard(counted.height, linked.interval, exposure.reach, most),
        secrets_observed=secrets_seen,
        secrets_exposure=secrets_exposed,
        by_residence=by_residence,
        by_element=by_element,
        by_residence_exposure=_groups(linked, everywhere)[0] if everywhere else {},
        unseen_share=_unseen(evidence.reach, exposure.reach),
        missing_facts=tuple(missing_facts(exposure.reach)),
        methods=_methods(exposure.reach, people, exposed),
    )


def _stated(reach: Reach) -> bool:
    """Whether size and design were stated: an unknown design gives no number of people, unless what was stated contradicts itself."""
    return reach.whole is not None and (reach.design is not SampleDesign.UNKNOWN or bool(reach.contradictions))


def _unseen(evidence: Reach, exposure: Reach) -> Estimate:
    if exposure.infers and exposure.fraction >= 1:
        return exact(0, "every exposed record was read")
    if exposure.read_total and (exposure.infers or (evidence.infers and evidence.fraction < 1)):
        return Estimate(value=0, low=0, high=zero_upper_bound(exposure.read_total), method="none seen; one-sided upper bound 1 - 0.05^(1/n)", basis=Basis.SAMPLE)
    return bounds(0, None, no_inference(exposure))


def _methods(reach: Reach, people: Estimate, exposed: Estimate | None) -> tuple[str, ...]:
    said = [f"people in the evidence: {people.method}"]
    if exposed is not None:
        said.append(f"people in the exposure: {exposed.method}")
    elif reach.whole is None:
        said.append("people in the exposure: not stated, because the number of exposed records is not known")
    else:
        said.append(f"people in the exposure: not stated; {no_inference(reach)}")
    if reach.design is SampleDesign.SYSTEMATIC:
        said.append("the systematic sample is taken for a random one; a period in the records would break that")
    return (*said, *reach.contradictions)
