"""The role of each field of a table or record stream: what its name says, what its values are, and how often."""

from __future__ import annotations

import polars as pl

from leakscope.catalogue.model import Catalogue
from leakscope.detection.roles import roles_of
from leakscope.detection.value_roles import VALUES_READ, role_of

#: Share of a field's values that must be of one type before the field as a whole is called that.
PREVALENCE = 0.3
#: Share that suffices when the field's name says the same.
NAMED_PREVALENCE = 0.1
SCHEMA = pl.Schema(
    {"source": pl.String, "field": pl.String, "entity": pl.String, "confidence": pl.Float64, "prevalence": pl.Float64, "count": pl.UInt64}
)


def fields(values: pl.DataFrame, sightings: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """
    The role of every field in `values`.

    Args:
        values: schema `VALUES`; empty values count for nothing.
        sightings: schema `SIGHTINGS`, found in them.
        catalogue: the rules that found them.

    Returns:
        `source, field, entity, confidence, prevalence, count`: one row per field, in order of first appearance; `count` values
        of that entity among all, `prevalence` their share of the field's values; entity null where nothing prevails.
    """
    outer = _folded(values.filter(pl.col("value").str.strip_chars() != "").filter(~pl.col("field").str.contains("->", literal=True)))
    totals = outer.group_by("source", "field", maintain_order=True).agg(total=pl.len().cast(pl.UInt64), key=pl.col("key").first())
    ranked = _ranked(sightings).join(totals, on=["source", "field"], how="inner").with_columns(prevalence=pl.col("count") / pl.col("total"))
    named = pl.col("key").map_elements(lambda key: [role.entity for role in roles_of(key)], return_dtype=pl.List(pl.String))
    best = (
        ranked.with_columns(named=named.list.contains(pl.col("entity")).fill_null(False))
        .filter(pl.col("prevalence") >= pl.when("named").then(NAMED_PREVALENCE).otherwise(PREVALENCE))
        .with_columns(confidence=(pl.col("confidence") * pl.col("prevalence").clip(upper_bound=1).sqrt()).round(4))
        .sort("named", "confidence", "count", "entity", descending=[True, True, True, False])
        .unique(["source", "field"], keep="first", maintain_order=True)
    )
    joined = totals.join(best.select("source", "field", "entity", "confidence", "prevalence", "count"), on=["source", "field"], how="left", maintain_order="left")
    joined = joined.update(_by_values(outer, joined.filter(pl.col("entity").is_null())), on=["source", "field"], how="left")
    return joined.with_columns(pl.col("prevalence").clip(upper_bound=1).round(4)).select(SCHEMA.names())


def _by_values(outer: pl.DataFrame, unknown: pl.DataFrame) -> pl.DataFrame:
    """The roles that the values of `unknown` fields give them together, in the columns of the result that they fill."""
    told = []
    some = outer.join(unknown.select("source", "field"), on=["source", "field"], how="semi").group_by("source", "field", maintain_order=True)
    for source, field, values in some.agg(pl.col("value").str.strip_chars().unique(maintain_order=True).head(VALUES_READ)).iter_rows():
        role = role_of(values)
        if role:
            told.append((source, field, role))
    schema = {"source": pl.String, "field": pl.String, "entity": pl.String, "confidence": pl.Float64}
    frame = pl.DataFrame([(source, field, role.entity, role.confidence) for source, field, role in told], schema=schema, orient="row")
    borne = pl.DataFrame([(source, field, value) for source, field, role in told for value in role.borne_out], schema={"source": pl.String, "field": pl.String, "value": pl.String}, orient="row")
    counted = outer.with_columns(pl.col("value").str.strip_chars()).join(borne, on=["source", "field", "value"], how="semi")
    counts = counted.group_by("source", "field").agg(count=pl.len().cast(pl.UInt64))
    total = unknown.select("source", "field", "total")
    return frame.join(counts, on=["source", "field"], how="left").join(total, on=["source", "field"], how="left").with_columns(prevalence=pl.col("count") / pl.col("total")).drop("total")


def _folded(frame: pl.DataFrame) -> pl.DataFrame:
    """Fields with their list positions taken out, so that all entries of a list are one field."""
    return frame.with_columns(field=pl.col("field").str.replace_all(r"\[[0-9]+\]", "[]"))


def _ranked(sightings: pl.DataFrame) -> pl.DataFrame:
    outer = _folded(sightings.with_columns(field=pl.col("field").str.split("->").list.first()))
    return outer.group_by("source", "field", "entity").agg(
        confidence=pl.col("confidence").mean(), count=pl.struct("record", "start").n_unique().cast(pl.UInt64)
    )
