"""Numbers that two systems give to different people: user 7 of the shop and user 7 of the forum."""

from __future__ import annotations

import numpy as np
import polars as pl

from leakscope.individuals.strong import components

#: Numbers that name other people there and here, at least, for two files to count on their own; own choice.
LEAST_APART = 3
#: Distinct (number, file, name) that are compared; enough to tell, and few enough to pair.
COMPARED = 200_000


def _told(identifiers: pl.DataFrame, sources: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """`kind, ident, source, says`: what each file says of a number's owner: their mailboxes and, in any order, their names."""
    numbered = identifiers.filter(pl.col("kind").str.starts_with("ID:")).select("unit", "kind", "ident").unique().join(sources, on="unit")
    several = numbered.filter(pl.col("source").n_unique().over("ident") > 1)
    mails = identifiers.filter(pl.col("entity") == "EMAIL_ADDRESS").select("unit", says=pl.col("value"))
    called = names.drop_nulls("name").select("unit", says=pl.col("name").str.split(" ").list.sort().list.join(" "))
    return several.join(pl.concat([mails, called]), on="unit").select("kind", "ident", "source", "says").unique(maintain_order=True).head(COMPARED)


def _compared(told: pl.DataFrame) -> pl.DataFrame:
    """`kind, source, other, alike, apart`: of how many numbers two files say something in common, and of how many nothing."""
    pairs = told.join(told, on=["kind", "ident"], suffix="_other").filter(pl.col("source") < pl.col("source_other"))
    each = pairs.group_by("kind", "source", "source_other", "ident").agg(same=(pl.col("says") == pl.col("says_other")).any())
    return each.group_by("kind", "source", other="source_other").agg(alike=pl.col("same").sum(), apart=(~pl.col("same")).sum())


def by_system(identifiers: pl.DataFrame, sources: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """
    Identifiers, with one number of two systems told apart.

    Args:
        identifiers: as `identify` gives.
        sources: `unit, source`.
        names: `unit, name`.

    Returns:
        As `identify` gives. Two files count on their own where more of the numbers that both know belong to other people than to the
        same; files that agree with one another are one system, and one that tells nothing of its people counts on its own then.
    """
    pairs = _compared(_told(identifiers, sources, names))
    strangers = pairs.filter((pl.col("apart") >= LEAST_APART) & (pl.col("apart") > pl.col("alike")))
    if strangers.is_empty():
        return identifiers
    parts = [_systems(kind, pairs.filter(pl.col("kind") == kind), strangers) for kind in strangers.get_column("kind").unique().sort()]
    marked = identifiers.join(sources, on="unit", how="left", maintain_order="left").with_columns(at=pl.when(pl.col("kind").is_in(strangers.get_column("kind").implode())).then("source"))
    told = marked.join(pl.concat(parts), left_on=["kind", "at"], right_on=["kind", "source"], how="left", maintain_order="left")
    # a file of which nothing tells may be of either system: it counts on its own
    system = pl.when(pl.col("at").is_not_null()).then(pl.coalesce(pl.col("system").cast(pl.String), "at"))
    numbers = told.with_columns(system=system).select("ident", "system").unique(maintain_order=True).with_row_index("number")
    joined = told.with_columns(system=system).join(numbers, on=["ident", "system"], how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(ident="number").select(identifiers.columns)


def _systems(kind: str, pairs: pl.DataFrame, strangers: pl.DataFrame) -> pl.DataFrame:
    """`kind, source, system` of the files that tell anything: those that agree, directly or through others, are one system."""
    friends = pairs.join(strangers, on=["kind", "source", "other"], how="anti").filter(pl.col("alike") > 0)
    files = pl.concat([pairs.get_column("source"), pairs.get_column("other")]).unique().sort()
    place = {name: number for number, name in enumerate(files)}
    left = [*range(len(place)), *(place[name] for name in friends.get_column("source"))]
    right = [*range(len(place)), *(place[name] for name in friends.get_column("other"))]
    system = components(pl.Series(np.array(left)), pl.Series(np.array(right))).sort("unit").get_column("cluster")
    return pl.DataFrame({"kind": [kind] * len(place), "source": files, "system": system})
