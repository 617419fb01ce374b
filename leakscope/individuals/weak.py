"""The weak tier's exact rules: a name with a second agreeing fact links, a name alone counts with its doubt stated."""

from __future__ import annotations

import polars as pl

from leakscope.individuals.strong import components

_FACTS = ("birth", "phone", "address")


def weak_facts(placed: pl.DataFrame, names: pl.DataFrame, births: pl.DataFrame) -> pl.DataFrame:
    """
    What is known of each unit beside its identifiers.

    Returns:
        One row per unit that has any of them: `unit, given, surname, name, birth, phone, address, postcode, place`.
    """
    units = placed.select("unit").unique(maintain_order=True)
    of = placed.filter(pl.col("value") != "")
    phones = of.filter(pl.col("entity") == "PHONE_NUMBER").group_by("unit").agg(phone=pl.col("value").str.replace(r"^\+", "").str.tail(9).min())
    street = pl.col("value").sort_by(pl.col("field"))
    addresses = of.filter(pl.col("entity") == "POSTAL_ADDRESS").group_by("unit").agg(address=street.unique(maintain_order=True).str.join(" "))
    codes = of.filter(pl.col("entity") == "POSTAL_CODE").group_by("unit").agg(postcode=pl.col("value").min())
    towns = of.filter(pl.col("entity") == "LOCATION").group_by("unit").agg(place=street.first())
    facts = units
    for part in (names, births, phones, addresses, codes, towns):
        facts = facts.join(part, on="unit", how="left", maintain_order="left")
    return facts.filter(pl.any_horizontal(pl.col("name", "birth", "phone", "address", "postcode", "place").is_not_null()))


def _pair_keys(facts: pl.DataFrame, owner: pl.DataFrame) -> pl.DataFrame:
    """`unit, key` of a name with a second fact; keys that several national numbers share are left out."""
    full = facts.filter(pl.col("name").str.contains(" ", literal=True))
    keys = pl.concat(
        full.drop_nulls(fact).select("unit", key=pl.lit(f"{fact}|") + pl.col("name") + pl.lit("|") + pl.col(fact)) for fact in _FACTS
    )
    numbers = keys.join(owner, on="unit").group_by("key").agg(pl.col("number").drop_nulls().n_unique())
    return keys.join(numbers.filter(pl.col("number") > 1), on="key", how="anti")


def merge_agreeing(clusters: pl.DataFrame, facts: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """
    Clusters joined, and units added to them, where a full name and a second fact agree exactly.

    Args:
        clusters: `unit, cluster` of the deterministic tier.
        facts: as `weak_facts` gives; without people named in chats.
        numbers: `unit, number` of national numbers; people with different ones are never joined here.

    Returns:
        `unit, cluster`, dense; the units of `clusters` and those with a key.
    """
    cluster_numbers = clusters.join(numbers, on="unit").group_by("cluster").agg(pl.col("number").min())
    owner = clusters.join(cluster_numbers, on="cluster", how="left").select("unit", "number")
    keys = _pair_keys(facts, owner)
    codes = keys.select("key").unique(maintain_order=True).with_row_index("code")
    offset = 0 if clusters.is_empty() else int(clusters.get_column("cluster").max()) + 1  # type: ignore[arg-type]
    keyed = keys.join(codes, on="key").select("unit", node=(pl.col("code") + offset).cast(pl.UInt32))
    edges = pl.concat([clusters.select("unit", node=pl.col("cluster").cast(pl.UInt32)), keyed])
    return components(edges.get_column("unit"), edges.get_column("node"))


def by_single_fact(facts: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """
    Units that nothing has placed yet, one person per distinct name, else per phone, else per address.

    Args:
        facts: as `weak_facts` gives, with `scope`: people of equal names in different scopes are different people.
        clusters: `unit, cluster` so far.

    Returns:
        `unit, cluster, rule`; cluster numbers go on from those of `clusters`; rule is the fact (name | phone | address).
    """
    waiting = facts.join(clusters, on="unit", how="anti")
    labelled = waiting.with_columns(
        rule=pl.coalesce(*(pl.when(pl.col(fact).is_not_null()).then(pl.lit(fact)) for fact in ("name", "phone", "address"))),
        label=pl.coalesce("name", "phone", "address"),
    ).drop_nulls("label")
    groups = labelled.select("scope", "rule", "label").unique(maintain_order=True).with_row_index("cluster")
    offset = 0 if clusters.is_empty() else int(clusters.get_column("cluster").max()) + 1  # type: ignore[arg-type]
    return labelled.join(groups, on=["scope", "rule", "label"], nulls_equal=True).select(
        "unit", (pl.col("cluster") + offset).cast(pl.UInt32), "rule"
    )
