"""Records and values of each data class, counted once however many kinds of finding stand for it."""

from __future__ import annotations

import polars as pl

from leakscope.vocabulary import elements, entities

#: Entities of topics say what was written about; everything else was stated as a value.
TOPIC = "TOPIC_"
#: Names of firms and places alone say nothing of a person.
NOT_PERSONAL = ("organisation", "place")


def element_counts(findings: pl.DataFrame) -> pl.DataFrame:
    """
    One row per element that was found.

    Args:
        findings: schema `FINDINGS`, every occurrence; any order.

    Returns:
        `element, records, values, stated`, sorted by element: distinct records that hold it, distinct values, and whether any of
        them was a value rather than a topic. Linear in findings.
    """
    known = {name: entity.element for name, entity in entities().items() if entity.element in elements()}
    return (
        findings.lazy()
        .select("source", "record", "entity", "fingerprint", element=pl.col("entity").replace_strict(known, default=None, return_dtype=pl.String))
        .drop_nulls("element")
        .group_by("element")
        .agg(
            pl.struct("source", "record").n_unique().cast(pl.Int64).alias("records"),
            pl.col("fingerprint").n_unique().cast(pl.Int64).alias("values"),
            (~pl.col("entity").str.starts_with(TOPIC)).any().alias("stated"),
        )
        .sort("element")
        .collect()
    )


def telling_records(findings: pl.DataFrame) -> int:
    """Distinct records that hold personal data or a secret."""
    telling = [name for name, entity in entities().items() if entity.element or entity.family in ("secret", "credential")]
    return findings.filter(pl.col("entity").is_in(telling)).select("source", "record").n_unique()
