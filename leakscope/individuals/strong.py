"""The deterministic tier: units that hold one strong identifier are one person; shared identifiers join nobody."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from leakscope.individuals.identifiers import DEVICE_RANK, SESSION_RANK, fan_out, initials, shared, unusable

#: Edits (Damerau and Levenshtein) up to which two numbers or dates are one, misspelt.
MISSPELT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class StrongLinks:
    """
    What the deterministic tier found.

    Args:
        clusters: `unit, cluster`; one row per unit that an identifier places; dense from 0 in order of first unit.
        dropped: `ident, why`; identifiers that joined nobody.
        loose: `unit, why`; units whose only identifiers are shared and that hence name nobody by themselves.
    """

    clusters: pl.DataFrame
    dropped: pl.DataFrame
    loose: pl.DataFrame


def components(left: pl.Series, right: pl.Series) -> pl.DataFrame:
    """
    Connected components of the graph whose edges join `left[i]` and `right[i]`.

    Args:
        left, right: numbers of equal length in two name spaces (units and identifiers).

    Returns:
        `unit, cluster`: one row per distinct number of `left`, clusters dense in order of the smallest unit.
    """
    if left.is_empty():
        return pl.DataFrame(schema={"unit": pl.UInt32, "cluster": pl.UInt32})
    units, unit_codes = np.unique(left.to_numpy(), return_inverse=True)
    idents, ident_codes = np.unique(right.to_numpy(), return_inverse=True)
    size = len(units) + len(idents)
    ones = np.ones(len(unit_codes), dtype=np.int8)
    graph = coo_array((ones, (unit_codes, ident_codes + len(units))), shape=(size, size))
    labels = connected_components(graph, directed=False)[1][: len(units)]
    _, first, codes = np.unique(labels, return_index=True, return_inverse=True)
    order = np.empty(len(first), dtype=np.uint32)
    order[np.argsort(first)] = np.arange(len(first), dtype=np.uint32)
    return pl.DataFrame({"unit": units.astype(np.uint32), "cluster": order[codes]})


def _linked(edges: pl.DataFrame) -> pl.DataFrame:
    return components(edges.get_column("unit"), edges.get_column("ident"))


def _far_apart(values: pl.DataFrame) -> pl.DataFrame:
    """
    `cluster` of those with two values that no misspelling explains.

    Args:
        values: distinct `cluster, value`; only clusters with several cost anything.
    """
    several = values.filter(pl.len().over("cluster") > 1)
    if several.is_empty():
        return several.select("cluster")
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET temp_directory=''")
        connection.register("values_", several.to_arrow())
        return connection.sql(
            f"""SELECT DISTINCT a.cluster FROM values_ a JOIN values_ b ON a.cluster = b.cluster AND a.value < b.value
            WHERE damerau_levenshtein(a.value, b.value) > {MISSPELT}"""
        ).pl()


def contradictions(numbers: pl.DataFrame, clusters: pl.DataFrame, births: pl.DataFrame) -> pl.DataFrame:
    """
    Clusters with two national numbers of one kind, or two birth dates, that no misspelling explains.

    Args:
        numbers: `unit, kind, value` of national numbers.
        clusters: `unit, cluster`.
        births: `unit, birth`.

    Returns:
        `cluster`, in order.
    """
    found = [_far_apart(births.join(clusters, on="unit").select("cluster", value="birth").unique(maintain_order=True))]
    for kind in numbers.get_column("kind").unique().sort():
        rows = numbers.filter(pl.col("kind") == kind).join(clusters, on="unit").select("cluster", "value").unique(maintain_order=True)
        found.append(_far_apart(rows))
    return pl.concat(part.cast({"cluster": pl.UInt32}) for part in found).unique().sort("cluster")


def _bridges(edges: pl.DataFrame, clusters: pl.DataFrame, bad: pl.DataFrame, names: pl.DataFrame, births: pl.DataFrame) -> pl.DataFrame:
    """`ident` of those in contradictory clusters that stand beside different people: another name, and number or birth date."""
    inside = edges.join(clusters.join(bad, on="cluster", how="semi"), on="unit").select("ident", "unit", "rank")
    number = edges.filter(pl.col("rank") == 5).group_by("unit").agg(pl.col("ident").min().alias("number"))
    beside = inside.join(number, on="unit", how="left").join(initials(names), on="unit", how="left").join(births, on="unit", how="left")
    told = beside.group_by("ident").agg(pl.col("number", "initials", "birth").drop_nulls().n_unique())
    apart = (pl.col("initials") > 1) & ((pl.col("number") > 1) | (pl.col("birth") > 1))
    return told.filter(apart | ((pl.col("number") > 1) & (pl.col("birth") > 1))).select("ident")


def _known_by_device(edges: pl.DataFrame, clusters: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """
    Sessions of nobody else than a device are the device's: visits come and go, and an advertising id stays.

    Args:
        edges: `unit, ident, kind, rank`.
        clusters: `unit, cluster`.

    Returns:
        `edges` in which every unit of such sessions has their first device, and `clusters` without them.
    """
    inside = edges.join(clusters, on="unit")
    known = inside.filter((pl.col("rank") >= SESSION_RANK) & (pl.col("kind") != "SESSION")).select("cluster")
    device = inside.filter(pl.col("rank") == DEVICE_RANK).join(known, on="cluster", how="anti").sort("ident").unique(subset="cluster", keep="first", maintain_order=True)
    if device.is_empty():
        return edges, clusters
    freed = clusters.join(device.select("cluster", "ident", "kind", "rank"), on="cluster")
    rest = clusters.join(freed, on="unit", how="anti").with_columns(cluster=(pl.col("cluster").rank("dense") - 1).cast(pl.UInt32))
    others = edges.join(freed.select("unit"), on="unit", how="anti")
    return pl.concat([others, freed.select(edges.columns)]), rest


def _attach_devices(edges: pl.DataFrame, clusters: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """
    Units known by a device or address only: to the one person seen with it, else to a person of their own.

    Returns:
        More rows `unit, cluster`, and `unit, why` of those whose device several people use.
    """
    placed = clusters
    loose: list[pl.DataFrame] = []
    for low, high in ((DEVICE_RANK - 0.1, DEVICE_RANK + 0.1), (0.0, DEVICE_RANK - 0.1)):
        tier = edges.filter((pl.col("rank") > low) & (pl.col("rank") < high)).select("unit", "ident")
        waiting = tier.join(placed, on="unit", how="anti")
        if waiting.is_empty():
            continue
        owners = tier.join(placed, on="unit").group_by("ident").agg(pl.col("cluster").n_unique().alias("owners"), pl.col("cluster").min())
        told = waiting.join(owners, on="ident", how="left").with_columns(pl.col("owners").fill_null(0))
        owned = told.filter(pl.col("owners") == 1).group_by("unit").agg(pl.col("cluster").n_unique().alias("several"), pl.col("cluster").min())
        one = owned.filter(pl.col("several") == 1).select("unit", "cluster")
        # one address a unit: source and destination of a connection are not one person
        free = told.join(owned, on="unit", how="anti").filter(pl.col("owners") == 0).group_by("unit").agg(pl.col("ident").min())
        offset = placed.get_column("cluster").max() if placed.height else None
        fresh = _linked(free).with_columns((pl.col("cluster") + (0 if offset is None else offset + 1)).cast(pl.UInt32))
        placed = pl.concat([placed, one.cast(clusters.schema), fresh])
        rest = waiting.select("unit").unique().join(placed, on="unit", how="anti")
        loose.append(rest.with_columns(why=pl.lit("shared device")))
    return placed, pl.concat(loose) if loose else pl.DataFrame(schema={"unit": pl.UInt32, "why": pl.String})


def link_strong(identifiers: pl.DataFrame, extra: pl.DataFrame, names: pl.DataFrame, births: pl.DataFrame) -> StrongLinks:
    """
    Clusters of units by their identifiers.

    Args:
        identifiers: as `identify` gives.
        extra: `unit, ident, kind, rank` of identifiers that are no sightings (conversation and user of a turn).
        names: as `names_of` gives.
        births: as `births_of` gives.
    """
    columns = ["unit", "ident", "kind", "rank"]
    names, births = names.filter(~pl.col("in_turn")), births.filter(~pl.col("in_turn")).drop("in_turn")
    every = pl.concat([identifiers.select(columns), extra.select(columns)]).unique(maintain_order=True)
    known = unusable(identifiers)
    left = every.join(known, on="ident", how="anti")
    # what people say in chats is no sign that their user id is shared or contradicts itself
    spoken = identifiers.filter("in_turn").select("unit", "ident").unique()
    many = shared(fan_out(left.join(spoken, on=["unit", "ident"], how="anti"), names, births))
    left = left.join(many, on="ident", how="anti")
    anchors = left.filter(pl.col("rank") >= SESSION_RANK)
    clusters = _linked(anchors)
    bad = contradictions(identifiers.filter((pl.col("rank") == 5) & ~pl.col("in_turn")), clusters, births)
    stated = anchors.join(spoken, on=["unit", "ident"], how="anti")
    bridges = _bridges(stated, clusters, bad, names, births)
    if bridges.height:
        anchors = anchors.join(bridges, on="ident", how="anti")
        clusters = _linked(anchors)
    clusters, device_loose = _attach_devices(*_known_by_device(left, clusters))
    dropped = pl.concat([known, many, bridges.with_columns(why=pl.lit("contradictory identifier"))])
    without = every.join(clusters, on="unit", how="anti").join(dropped, on="ident").group_by("unit").agg(pl.col("why").min())
    loose = pl.concat([without, device_loose.join(without, on="unit", how="anti")])
    return StrongLinks(clusters=clusters, dropped=dropped, loose=loose)
