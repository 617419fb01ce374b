"""How many distinct people the evidence speaks of, and how sure: what linkage may have joined or kept apart wrongly."""

from __future__ import annotations

import polars as pl

from leakscope.individuals.identifiers import ADDRESS_RANK, SESSION_RANK
from leakscope.model import Basis, Estimate

#: Confidence that one cluster is one distinct person, by what it rests on. Own judgement.
_BY_RANK = {5.0: 0.99, 4.0: 0.98, 3.0: 0.95, 2.0: 0.85, 1.0: 0.7, 0.5: 0.5}
_BY_RULE = {"name": 0.6, "phone": 0.7, "address": 0.5}


def certainty(summary: pl.DataFrame) -> pl.DataFrame:
    """
    `cluster, confidence` that a cluster is one distinct person.

    Args:
        summary: `cluster, rule, rank`: what linked it and its best identifier.
    """
    by_rank = pl.col("rank").replace_strict(_BY_RANK, default=0.9, return_dtype=pl.Float64)
    by_rule = pl.col("rule").replace_strict(_BY_RULE, default=None, return_dtype=pl.Float64)
    return summary.select("cluster", confidence=pl.coalesce(by_rule, by_rank))


def interval_of(summary: pl.DataFrame) -> Estimate:
    """
    Distinct people with what linkage leaves open.

    Args:
        summary: one row per counted cluster: `cluster, rule, rank, units`.

    Returns:
        Exact when every person has an identifier of one person. Otherwise: low when everybody known only by a session, a
        device or a name is one of the others or of each other, high when every mention of a bare name is another person.
    """
    value = summary.height
    faint = (pl.col("rule") != "identifier") | (pl.col("rank") <= SESSION_RANK)
    doubtful = summary.filter(faint)
    if doubtful.is_empty():
        return Estimate(value=value, low=value, high=value, method="distinct people by identifiers of one person", basis=Basis.EXACT)
    low = max(value - doubtful.height, 1)
    bare = summary.filter(pl.col("rule") != "identifier")
    shared_address = summary.filter((pl.col("rule") == "identifier") & (pl.col("rank") <= ADDRESS_RANK))
    high = value + int((bare.get_column("units") - 1).sum()) + int((shared_address.get_column("units") - 1).sum())
    method = "distinct identifiers of one person; low: people known by session, device or name alone are among the others; high: each mention of a bare name is another person"
    return Estimate(value=value, low=low, high=high, method=method, basis=Basis.BOUNDS)
