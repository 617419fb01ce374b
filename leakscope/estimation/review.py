"""Quality control by a human: which findings and clean records to label, and what the labels say of precision, elusion and recall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from leakscope.errors import DomainError
from leakscope.estimation.draw import draw_rows, tickets
from leakscope.estimation.elusion import Elusion, elusion
from leakscope.estimation.interval import Interval
from leakscope.estimation.proportion import clopper_pearson_interval
from leakscope.estimation.stratified import Share, Stratum, neyman_allocation, stratified_share
from leakscope.model import Basis, Estimate

FINDING_LABELS = ("right", "wrong", "unsure")
CLEAN_LABELS = ("clean", "missed", "unsure")
#: Share of the labels spent on findings; the rest goes to records called clean.
FINDINGS_SHARE = 0.6

#: One row per thing to label.
REVIEW = pl.Schema(
    {
        "item": pl.String,  # `finding-1`, `clean-1` ...
        "kind": pl.String,  # finding | clean
        "source": pl.String,
        "record": pl.UInt64,
        "field": pl.String,
        "entity": pl.String,
        "detector": pl.String,
        "confidence": pl.Float64,
        "preview": pl.String,
        "label": pl.String,  # null until labelled
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """
    What the labels say.

    Args:
        labelled: labels given, without those unsure.
        precision: over all findings, each entity weighted by how many findings it has.
        by_entity: precision by entity, where labelled; under `FEW_LABELS` labels the value is drawn towards one half.
        labels_of: labels by entity.
        elusion: share of clean records that hold something after all; null when none was labelled.
        recall: of records; null likewise.
        corrected_records: records with something, corrected for wrong findings and missed records; null likewise.
    """

    labelled: int
    precision: Estimate | None
    by_entity: Mapping[str, Estimate]
    labels_of: Mapping[str, int]
    elusion: Estimate | None
    recall: Estimate | None
    corrected_records: Estimate | None


def _distinct(findings: pl.DataFrame) -> pl.DataFrame:
    """One row per (record, entity, value): what counts are made of."""
    return findings.unique(subset=["source", "record", "entity", "fingerprint"], keep="first", maintain_order=True)


def clean_records(findings: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """`source, record` of the records examined in which nothing was found."""
    return records.select("source", "record").unique(maintain_order=True).join(findings.select("source", "record"), on=["source", "record"], how="anti")


def draw_review(findings: pl.DataFrame, records: pl.DataFrame, sample: int, *, seed: int = 0) -> pl.DataFrame:
    """
    What a human is to label.

    Args:
        findings: schema `FINDINGS`.
        records: schema `RECORDS`, those examined.
        sample: labels to ask for, at least 1.
        seed: of the draw.

    Returns:
        Schema `REVIEW`: findings stratified by entity with more labels for doubtful ones (Neyman), then clean records at random.

    Raises:
        DomainError: sample < 1.
    """
    if sample < 1:
        raise DomainError("a review labels at least one item")
    distinct, clean = _distinct(findings), clean_records(findings, records)
    wanted = min(distinct.height, max(round(sample * FINDINGS_SHARE), sample - clean.height))
    return pl.concat([_drawn_findings(distinct, wanted, seed), _drawn_clean(clean, min(sample - wanted, clean.height), seed)])


def _drawn_findings(distinct: pl.DataFrame, wanted: int, seed: int) -> pl.DataFrame:
    if not wanted:
        return pl.DataFrame(schema=REVIEW)
    confidence = pl.col("confidence").mean().clip(0.01, 0.99)
    strata = distinct.group_by("entity").agg(size=pl.len(), spread=(confidence * (1 - confidence)).sqrt()).sort("size", "entity", descending=[True, False])
    strata = strata.head(wanted)
    shares = neyman_allocation(strata.get_column("size").to_list(), strata.get_column("spread").to_list(), wanted)
    numbered = distinct.with_row_index("row").with_columns(ticket=pl.Series(tickets(range(distinct.height), source="findings", seed=seed)))
    quota = strata.with_columns(quota=pl.Series(shares, dtype=pl.UInt32)).select("entity", "quota")
    ranked = numbered.join(quota, on="entity").with_columns(place=pl.col("ticket").rank("ordinal").over("entity"))
    chosen = ranked.filter(pl.col("place") <= pl.col("quota")).sort("entity", "ticket")
    return _items(chosen, "finding")


def _drawn_clean(clean: pl.DataFrame, wanted: int, seed: int) -> pl.DataFrame:
    chosen = clean[draw_rows(range(clean.height), wanted, source="clean", seed=seed).tolist()] if wanted else clean.head(0)
    return _items(chosen, "clean")


def _items(chosen: pl.DataFrame, kind: str) -> pl.DataFrame:
    known = [pl.lit(None, dtype).alias(name) for name, dtype in REVIEW.items() if name not in chosen.columns]
    item = pl.lit(f"{kind}-") + pl.int_range(1, pl.len() + 1).cast(pl.String)
    return chosen.with_columns(*known).with_columns(kind=pl.lit(kind), item=item, label=pl.lit(None, pl.String)).select(
        pl.col(name).cast(dtype) for name, dtype in REVIEW.items()
    )


def check_labels(items: pl.DataFrame) -> None:
    """
    Every label is one of those its kind knows.

    Raises:
        DomainError: one is not.
    """
    for kind, labels in (("finding", FINDING_LABELS), ("clean", CLEAN_LABELS)):
        wrong = items.filter((pl.col("kind") == kind) & pl.col("label").is_not_null() & ~pl.col("label").is_in(labels))
        if wrong.height:
            raise DomainError(f"{wrong.item(0, 'item')} has a label that is none of {', '.join(labels)}")


def _estimate(value: float, interval: Interval, method: str) -> Estimate:
    return Estimate(value=value, low=min(interval.lower, value), high=max(interval.upper, value), method=method, basis=Basis.SAMPLE)


#: Entities with fewer labels than this are taken together: one label alone says nothing of a spread.
FEW_LABELS = 8


def _precision(sizes: Mapping[str, int], labels: Mapping[str, Sequence[int]]) -> Share | None:
    """Precision over all findings, by entities with enough labels and one stratum of all others."""
    many = {entity: (right, labelled) for entity, (right, labelled) in labels.items() if labelled >= FEW_LABELS}
    strata = [Stratum(population=max(sizes[entity], labelled), sample=labelled, successes=right) for entity, (right, labelled) in many.items()]
    rest = [labels[entity] for entity in labels if entity not in many]
    if rest:
        labelled, size = sum(count for _, count in rest), sum(size for entity, size in sizes.items() if entity not in many)
        strata.append(Stratum(population=max(size, labelled), sample=labelled, successes=sum(right for right, _ in rest)))
    return stratified_share(strata) if strata else None


def _entity_precision(right: int, labelled: int) -> Estimate:
    """With few labels the share itself would say 0 or 1 of everything: then the mean under Jeffreys' prior stands for it."""
    method = f"{right} of {labelled} labelled findings right, Clopper-Pearson"
    value = right / labelled
    if labelled < FEW_LABELS:
        value, method = (right + 0.5) / (labelled + 1), f"{method}; few labels, value by Jeffreys' prior"
    return _estimate(value, clopper_pearson_interval(right, labelled), method)


def score_review(items: pl.DataFrame, findings: pl.DataFrame, records: pl.DataFrame) -> Reviewed:
    """
    Precision, elusion and recall from labels.

    Args:
        items: schema `REVIEW` with labels; null and `unsure` ones do not count.
        findings, records: those the items were drawn from.

    Raises:
        DomainError: a label is not known.
    """
    check_labels(items)
    sure = items.filter(pl.col("label").is_not_null() & (pl.col("label") != "unsure"))
    distinct = _distinct(findings)
    sizes = dict(distinct.group_by("entity").len().iter_rows())
    told = sure.filter(pl.col("kind") == "finding").group_by("entity").agg(right=(pl.col("label") == "right").sum(), labelled=pl.len()).sort("entity")
    labels = {entity: (right, labelled) for entity, right, labelled in told.iter_rows() if entity in sizes}
    share = _precision(sizes, labels)
    by_entity = {entity: _entity_precision(right, labelled) for entity, (right, labelled) in labels.items()}
    precision = _estimate(share.value, share.interval, "labelled findings, stratified by entity, Wilson at the effective size") if share else None
    missed = _missed(sure, findings, records, share)
    return Reviewed(
        labelled=sure.height,
        precision=precision,
        by_entity=by_entity,
        labels_of={entity: labelled for entity, (_, labelled) in labels.items()},
        elusion=_estimate(missed.share, missed.share_interval, "labelled clean records, Clopper-Pearson") if missed else None,
        recall=_estimate(missed.recall, missed.recall_interval, "records rightly found over those and the missed ones of the clean set") if missed else None,
        corrected_records=_corrected(missed, findings, share) if missed else None,
    )


def _found_records(findings: pl.DataFrame, share: Share | None) -> tuple[float, Interval]:
    """Records with something right in them, at most: those found times the precision of a finding."""
    found = findings.select("source", "record").unique().height
    return (found * share.value, share.interval.scaled(found)) if share else (float(found), Interval(float(found), float(found)))


def _missed(sure: pl.DataFrame, findings: pl.DataFrame, records: pl.DataFrame, share: Share | None) -> Elusion | None:
    clean = sure.filter(pl.col("kind") == "clean")
    if clean.is_empty():
        return None
    total = clean_records(findings, records).height
    found, interval = _found_records(findings, share)
    return elusion(int((clean.get_column("label") == "missed").sum()), clean.height, max(total, clean.height), found, found_interval=interval)


def _corrected(missed: Elusion, findings: pl.DataFrame, share: Share | None) -> Estimate:
    found, interval = _found_records(findings, share)
    total = Interval(interval.lower + missed.missed_interval.lower, interval.upper + missed.missed_interval.upper)
    return _estimate(found + missed.missed, total, "records found times precision, plus records missed in the clean set")


def corrected_count(counted: Estimate, precision: Estimate) -> Estimate:
    """
    A count corrected for wrong findings by the precision of its entity.

    Args:
        counted: records, values or people as found.
        precision: of the entity's findings.
    """
    ends = [None if count is None or part is None else count * part for count, part in ((counted.low, precision.low), (counted.high, precision.high))]
    value = None if counted.value is None or precision.value is None else counted.value * precision.value
    return Estimate(value=value, low=ends[0], high=ends[1], method=f"{counted.method}; times labelled precision", basis=Basis.SAMPLE)
