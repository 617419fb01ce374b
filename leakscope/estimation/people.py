"""Distinct people and secrets in the whole, by the estimator that the design calls for."""

from __future__ import annotations

import polars as pl

from leakscope.estimation.beyond import distinct_beyond, distinct_by_clusters, distinct_by_counted_clusters, distinct_by_strata
from leakscope.estimation.exposure import bounds, exact, hard_limits
from leakscope.estimation.proportion import zero_upper_bound
from leakscope.estimation.reach import FILE, PERSON, TABLE, Reach, no_inference, uneven
from leakscope.model import Basis, Estimate, SampleDesign

#: From this many clusters on, among which nobody recurs, the clusters are taken for whole people.
WHOLE_PEOPLE = 30


def counts_per(frame: pl.DataFrame, thing: str) -> list[int]:
    """Records per distinct `thing`; `frame` has `source, record` and it."""
    return frame.select(thing, "source", "record").unique().group_by(thing).len().sort(thing).get_column("len").to_list()


def people_in(pairs: pl.DataFrame, reach: Reach, units: pl.DataFrame, *, linkage: Estimate, most: int) -> Estimate | None:
    """
    Distinct people in the whole.

    Args:
        pairs: `source, record, person` of counted people.
        reach: of the sample.
        units: `source, record, unit`, the stratum or cluster of every record.
        linkage: people in the records read, with the doubt of telling them apart.
        most: people that the fullest record names.

    Returns:
        Null when the size of the whole is not known; bounds when its records were not drawn at random.
    """
    if reach.whole is None:
        return None
    if reach.read_total >= reach.whole:
        return linkage
    counts = counts_per(pairs, "person")
    limits = hard_limits(len(counts), reach, most)
    assert limits is not None  # the size of the whole is known
    if not reach.infers:
        return bounds(limits.lower, limits.upper, no_inference(reach))
    if not counts:
        share = zero_upper_bound(max(reach.read_total, 1))
        return Estimate(value=0, low=0, high=min(share * reach.whole, limits.upper), method="nobody seen; one-sided upper bound, one person a record", basis=Basis.SAMPLE)
    ceiling = max(limits.upper, linkage.high or 0)
    placed = pairs.join(units, on=["source", "record"], how="left")
    if reach.design is SampleDesign.CLUSTER:
        return _by_clusters(placed, counts, reach, linkage=linkage, ceiling=ceiling)
    if reach.strata is not None and uneven(reach):
        fractions = {stratum: min(reach.read[stratum] / total, 1.0) for stratum, total in reach.strata.items() if reach.read.get(stratum)}
        seen = placed.filter(pl.col("unit").is_in(list(fractions))).group_by("person", "unit").len().sort("person", "unit")
        rates = [fractions[unit] for unit in seen.get_column("unit").to_list()]
        codes = seen.get_column("person").rank("dense").to_list()
        return distinct_by_strata(codes, seen.get_column("len").to_list(), rates, linkage=linkage, ceiling=ceiling, by="source" if reach.by == TABLE else reach.by)
    share = sum(counts) / reach.read_total if most == 1 else None
    return distinct_beyond(counts, reach.fraction, linkage=linkage, ceiling=ceiling, total=reach.whole, share=share)


def _by_clusters(placed: pl.DataFrame, counts: list[int], reach: Reach, *, linkage: Estimate, ceiling: float) -> Estimate:
    """People recur among files, so files are what they are counted by; where whole people were drawn nobody can recur."""
    whole = reach.whole or 0
    seen = placed.select("unit", "person").drop_nulls().unique()
    seen_in = seen.group_by("person").len().sort("person").get_column("len").to_list()
    drawn = len(reach.read)
    lone = max(seen_in, default=1) == 1 and drawn >= WHOLE_PEOPLE
    if reach.by not in (PERSON, FILE, TABLE) and lone and reach.clusters:
        per = seen.group_by("unit").len().sort("unit").get_column("len").to_list()
        return distinct_by_counted_clusters([*per, *[0] * (drawn - len(per))], reach.clusters, ceiling, linkage=linkage)
    if reach.by == PERSON or (reach.by == FILE and drawn == 1) or (reach.by != FILE and lone):
        return distinct_by_clusters(counts, reach.read_total, whole, ceiling, linkage=linkage)
    share = drawn / reach.clusters if reach.clusters else reach.fraction
    return distinct_beyond(seen_in, min(share, 1.0), linkage=linkage, ceiling=ceiling, total=reach.clusters, per=_unit(reach))


def secrets_in(found: pl.DataFrame, reach: Reach, units: pl.DataFrame) -> Estimate | None:
    """
    Distinct secrets in the whole; null when nothing may be inferred.

    Args:
        found: `source, record, fingerprint` of the secrets seen.
        reach: of the sample.
        units: as for `people_in`.
    """
    if not reach.infers:
        return None
    counts = counts_per(found, "fingerprint")
    if reach.read_total >= (reach.whole or 0):
        return exact(len(counts), "counted in every record")
    if not counts:
        high = zero_upper_bound(max(reach.read_total, 1)) * (reach.whole or 0)
        return Estimate(value=0, low=0, high=high, method="none seen; upper bound of records with one", basis=Basis.SAMPLE)
    if reach.design is SampleDesign.CLUSTER and reach.by != PERSON and len(reach.read) > 1:
        seen_in = found.join(units, on=["source", "record"], how="left").select("unit", "fingerprint").unique().group_by("fingerprint").len().sort("fingerprint")
        share = len(reach.read) / reach.clusters if reach.clusters else reach.fraction
        return distinct_beyond(seen_in.get_column("len").to_list(), min(share, 1.0), total=reach.clusters, per=_unit(reach))
    return distinct_beyond(counts, reach.fraction, total=reach.whole)


def _unit(reach: Reach) -> str:
    """What a cluster is, in words."""
    return "file" if reach.by == FILE else f"value of {reach.by}"
