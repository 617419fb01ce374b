"""One person known here by one kind of identifier and there by another: joined where a full name, or a mailbox made of it, tells."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from leakscope.individuals.called import namesake_rate
from leakscope.individuals.identifiers import SESSION_RANK
from leakscope.individuals.spelling import is_full, mailbox_key, name_keys
from leakscope.individuals.strong import components

#: Kinds of which one person has one value as a rule; of sessions and accounts people have several.
_LEAST_RANK = 3
#: Share of the joins that equal names of different people would make by chance, at most. Own choice.
MOST_BY_CHANCE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class SameName:
    """
    People joined by name.

    Args:
        clusters: `unit, cluster` after it.
        joins: how many clusters were joined to another.
        by_chance: how many such joins different people of one name would make.
    """

    clusters: pl.DataFrame
    joins: int
    by_chance: float


def _kinds(identifiers: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """`cluster, kinds`: the kinds of identifier of one person that each identified cluster has."""
    known = identifiers.filter(pl.col("rank") >= SESSION_RANK).join(clusters, on="unit")
    return known.group_by("cluster").agg(kinds=pl.col("kind").filter(pl.col("rank") >= _LEAST_RANK).unique().sort())


def _keys(named: pl.DataFrame, identifiers: pl.DataFrame, clusters: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """
    `cluster, key` by full name, and of mailboxes whose owner has none.

    Whoever goes by two full names is left out.
    """
    names = named.filter(is_full(pl.col("name"))).join(clusters, on="unit").select("cluster", "name").unique()
    one = name_keys(names).group_by("cluster").agg(pl.col("key").unique(), pl.col("name").n_unique().alias("names")).filter((pl.col("names") == 1) | (pl.col("key").list.len() <= 2))
    by_name = one.select("cluster", "key").explode("key")
    mails = identifiers.filter((pl.col("entity") == "EMAIL_ADDRESS") & (pl.col("value") != "")).join(clusters, on="unit").join(names, on="cluster", how="anti")
    by_mail = mails.select("cluster", key=mailbox_key(pl.col("value"))).drop_nulls().unique()
    return by_name, by_mail


def _apart(first: str, second: str) -> pl.Expr:
    return pl.col(first).list.set_intersection(pl.col(second)).list.len() == 0


def _pairs_apart(kinds: pl.DataFrame) -> float:
    """Pairs of people who have no kind of identifier in common."""
    each = kinds.group_by("kinds").len().with_columns(pl.col("len").cast(pl.Float64))
    pairs = each.join(each, how="cross", suffix="_other").filter(_apart("kinds", "kinds_other"))
    return float((pairs.get_column("len") * pairs.get_column("len_other")).sum()) / 2


def _namesakes(keyed: pl.DataFrame) -> float:
    """How often two people whom one kind of identifier tells apart bear one name."""
    by_kind = keyed.explode("kinds").drop_nulls("kinds")
    sizes = by_kind.group_by("kinds").agg(pl.col("cluster").n_unique().cast(pl.Float64).alias("size")).get_column("size")
    shared = by_kind.group_by("kinds", "key").agg(pl.col("cluster").n_unique().alias("size")).get_column("size")
    return namesake_rate(shared, float((sizes * (sizes - 1) / 2).sum()))


def _together(keyed: pl.DataFrame) -> pl.DataFrame:
    """`cluster, first`: clusters of one key of which no two have a kind in common; `first` is one of them."""
    groups = keyed.unique(subset=["key", "cluster"]).group_by("key").agg(pl.col("cluster").sort(), kinds=pl.col("kinds").list.explode(empty_as_null=False))
    several = groups.filter((pl.col("cluster").list.len() > 1) & (pl.col("kinds").list.len() == pl.col("kinds").list.n_unique()))
    edges = several.select("cluster", first=pl.col("cluster").list.first()).explode("cluster")
    return edges.filter(pl.col("cluster") != pl.col("first")).unique().sort("cluster", "first")


def join_same_names(clusters: pl.DataFrame, named: pl.DataFrame, identifiers: pl.DataFrame, births: pl.DataFrame) -> SameName:
    """
    Clusters that nothing but kinds of identifier tells apart, joined where they bear one full name and nobody else of those kinds does.

    Args:
        clusters: `unit, cluster`.
        named: `unit, name` of full names: those of fields, and those that authors of chats call their own.
        identifiers: as `identify` gives.
        births: `unit, birth`; people of different birth dates are not joined.

    Returns:
        An order's customer number, a chat's user id and a customer's mailbox seldom stand in one row; a full name that one person
        on either side bears joins them, and so does a mailbox made of it whose owner has no name. Nothing is joined
        where namesakes alone would make more than a tenth of the joins.
    """
    kinds = _kinds(identifiers, clusters)
    if not _pairs_apart(kinds):
        return SameName(clusters=clusters, joins=0, by_chance=0.0)
    by_name, by_mail = (keys.join(kinds, on="cluster") for keys in _keys(named, identifiers, clusters))
    born = births.join(clusters, on="unit").group_by("cluster").agg(pl.col("birth").first())
    edges = _together(pl.concat([by_name, by_mail]))
    dates = edges.join(born, on="cluster", how="left").join(born.rename({"cluster": "first", "birth": "other"}), on="first", how="left")
    edges = dates.filter((pl.col("birth") == pl.col("other")).fill_null(True)).select("cluster", "first")
    found = edges.get_column("cluster").n_unique()
    if not found:
        return SameName(clusters=clusters, joins=0, by_chance=0.0)
    every = pl.concat([by_name, by_mail]).unique(subset="cluster")
    most = every.height - every.group_by("kinds").len().get_column("len").max()  # type: ignore[operator]
    # who has found their own self is nobody's namesake any more; how many are left is Laplace's estimate
    alone = (max(most - found, 0) + 1) / (most + 2)
    by_chance = _namesakes(by_name) * _pairs_apart(every.select("kinds")) * alone
    if by_chance > MOST_BY_CHANCE * found:
        return SameName(clusters=clusters, joins=0, by_chance=by_chance)
    everybody = clusters.get_column("cluster").unique()
    joined = components(pl.concat([everybody, edges.get_column("cluster")]), pl.concat([everybody, edges.get_column("first")])).rename({"unit": "cluster", "cluster": "joined"})
    told = clusters.join(joined, on="cluster", how="left", maintain_order="left").select("unit", cluster="joined")
    return SameName(clusters=told, joins=found, by_chance=by_chance)
