"""The weak tiers: descriptions that agree, by exact rules where few do and by a model where many may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from leakscope.individuals.blocking import TELLING, pairs_within, telling_pairs
from leakscope.individuals.moved import Moved, moved_of_equals
from leakscope.individuals.probabilistic import COMPARED, LINK, score
from leakscope.individuals.spelling import in_any_order
from leakscope.individuals.strong import components
from leakscope.individuals.vocabulary import has_phrase, words

_FACTS = ("birth", "phone", "address")
#: The model is asked from so many people on, if so many pairs, and so large a share, agree on telling facts. Own choice:
#: below it exact agreement decides all there is to decide, in a hundredth of the time.
LEAST_PEOPLE = 30
LEAST_TELLING = 8
LEAST_TELLING_SHARE = 0.002
#: Descriptions of one person that the model sees at most.
PER_PERSON = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WeakLinks:
    """
    What the weak tiers made of descriptions.

    Args:
        clusters: `unit, cluster`: the units of the deterministic tier and those with a description; dense.
        pairs: `left, right, apart, probability, rules` between clusters as they were before; empty when no model was asked.
        people: clusters that the model compared.
        report: of the model, or which exact rules were used instead.
        moved: links of people at two addresses; null where the model tells.
    """

    clusters: pl.DataFrame
    pairs: pl.DataFrame
    people: int
    report: Mapping[str, Any] = field(default_factory=dict)
    moved: Moved | None = None


def _columns_of(placed: pl.DataFrame, entity: str, **parts: tuple[str, ...]) -> pl.DataFrame:
    """Sightings of `entity` with `part`: which of `parts` its field is, by words of its path; else the last part."""
    rows = placed.filter((pl.col("entity") == entity) & (pl.col("value") != ""))
    fields = rows.get_column("field").unique()
    names = list(parts)
    told = {path: next((name for name in names[:-1] if has_phrase(path, parts[name])), names[-1]) for path in fields}
    return rows.with_columns(part=pl.col("field").replace_strict(told, default=names[-1], return_dtype=pl.String))


def _joined(rows: pl.DataFrame, part: str, name: str) -> pl.DataFrame:
    """The values of one part per unit in field order, as one text."""
    chosen = rows.filter(pl.col("part") == part).sort("unit", "field", maintain_order=True)
    return chosen.group_by("unit", maintain_order=True).agg(pl.col("value").unique(maintain_order=True).str.join(" ").alias(name))


def weak_facts(placed: pl.DataFrame, names: pl.DataFrame, births: pl.DataFrame, identifiers: pl.DataFrame) -> pl.DataFrame:
    """
    What is known of each unit's person.

    Args:
        placed: sightings in their units.
        names, births, identifiers: as `names_of`, `births_of` and `identify` give.

    Returns:
        One row per unit that has any: `unit, name` and the columns of `COMPARED`, null where unknown.
    """
    of = placed.filter(pl.col("value") != "")
    phones = of.filter(pl.col("entity") == "PHONE_NUMBER").group_by("unit").agg(phone=pl.col("value").str.replace(r"^\+", "").str.tail(9).min())
    mails = of.filter(pl.col("entity") == "EMAIL_ADDRESS").group_by("unit").agg(email=pl.col("value").min())
    codes = of.filter(pl.col("entity") == "POSTAL_CODE").group_by("unit").agg(postcode=pl.col("value").min())
    streets = _columns_of(placed, "POSTAL_ADDRESS", house=("street_number", "house", "house_number", "hausnummer", "building_number"), street=())
    keys = words()["keys"]
    towns = _columns_of(placed, "LOCATION", region=(*keys["region"], *keys["country"]), town=())
    numbers = identifiers.filter(pl.col("rank") == 5)
    kinds = numbers.group_by("kind").len().sort(["len", "kind"], descending=[True, False])
    kind = kinds.item(0, "kind") if kinds.height else ""
    number = numbers.filter(pl.col("kind") == kind).group_by("unit").agg(number=pl.col("value").min())
    parts = (
        names.drop("in_turn"),
        births.drop("in_turn"),
        number,
        mails,
        phones,
        _joined(streets, "street", "address"),
        _joined(streets, "house", "house"),
        codes,
        _joined(towns, "town", "place"),
        _joined(towns, "region", "region"),
    )
    facts = placed.select("unit").unique(maintain_order=True)
    for part in parts:
        facts = facts.join(part, on="unit", how="left", maintain_order="left")
    return facts.filter(pl.any_horizontal(pl.col("name", *COMPARED).is_not_null()))


def _facts_known() -> pl.Expr:
    """How many independent facts a description holds: a name is one, town and postal code together one."""
    single = [pl.col(name).is_not_null().cast(pl.Int32) for name in ("number", "birth", "phone", "address")]
    home = (pl.col("postcode").is_not_null() | pl.col("place").is_not_null()).cast(pl.Int32)
    return pl.sum_horizontal(pl.col("name").is_not_null().cast(pl.Int32), home, *single)


def _nodes(facts: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """Described units with `node`: their cluster, else one number per distinct description."""
    described = facts.filter(_facts_known() >= 2).join(clusters, on="unit", how="left", maintain_order="left")
    offset = _next(clusters)
    free = described.filter(pl.col("cluster").is_null()).select(COMPARED).unique(maintain_order=True).with_row_index("free", offset=offset)
    told = described.join(free, on=list(COMPARED), how="left", nulls_equal=True, maintain_order="left")
    return told.with_columns(node=pl.coalesce(pl.col("cluster"), pl.col("free")).cast(pl.UInt32)).drop("free", "cluster")


def _next(clusters: pl.DataFrame) -> int:
    last = clusters.get_column("cluster").max() if clusters.height else None
    return 0 if last is None else int(last) + 1  # type: ignore[call-overload]


def _heads(nodes: pl.DataFrame) -> pl.DataFrame:
    return nodes.group_by("node", maintain_order=True).agg(pl.col("name", *COMPARED).drop_nulls().first())


def _between_nodes(scored: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    nodes = rows.select("row", "node")
    told = scored.join(nodes.rename({"row": "left", "node": "a"}), on="left").join(nodes.rename({"row": "right", "node": "b"}), on="right")
    ordered = told.select(left=pl.min_horizontal("a", "b"), right=pl.max_horizontal("a", "b"), apart="apart", probability="probability", rules="rules")
    others = ordered.filter(pl.col("left") != pl.col("right"))
    return others.group_by("left", "right").agg(pl.col("apart").all(), pl.col("probability", "rules").max()).sort("left", "right")


def _exact_pairs(heads: pl.DataFrame) -> pl.DataFrame:
    """`left, right` of people whose full name and a second fact agree exactly and whose national numbers do not differ."""
    full = heads.filter(pl.col("given").is_not_null() & pl.col("surname").is_not_null())
    names = full.get_column("name").drop_nulls().unique()
    full = full.join(pl.DataFrame({"name": names, "any_order": [in_any_order(name) for name in names]}, schema={"name": pl.String, "any_order": pl.String}), on="name", how="left", maintain_order="left")
    edges = []
    for rule in ([*who, fact] for fact in _FACTS for who in (("given", "surname"), ("any_order",))):
        groups = full.drop_nulls(rule).group_by(rule).agg(pl.col("node").sort(), numbers=pl.col("number").drop_nulls().n_unique())
        several = groups.filter((pl.col("node").list.len() > 1) & (pl.col("numbers") < 2))
        edges.append(several.select(left=pl.col("node").list.first(), right="node").explode("right"))
    return pl.concat(edges).filter(pl.col("left") != pl.col("right")).unique().sort("left", "right")


def _rejoined(nodes: pl.DataFrame, clusters: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """`unit, cluster` after joining nodes along `edges`."""
    units = pl.concat([clusters.select("unit", node=pl.col("cluster").cast(pl.UInt32)), nodes.select("unit", "node")]).unique(subset="unit")
    every = units.get_column("node")
    left = pl.concat([every, edges.get_column("left").cast(pl.UInt32)])
    right = pl.concat([every, edges.get_column("right").cast(pl.UInt32)])
    joined = components(left, right).rename({"unit": "node"})
    told = units.join(joined, on="node").select("unit", "cluster").sort("unit")
    order = told.select("cluster").unique(maintain_order=True).with_row_index("dense")
    return told.join(order, on="cluster").select("unit", cluster=pl.col("dense").cast(pl.UInt32))


def link_descriptions(clusters: pl.DataFrame, facts: pl.DataFrame, *, seed: int = 0) -> WeakLinks:
    """
    Clusters joined, and described units added to them.

    Args:
        clusters: `unit, cluster` of the deterministic tier.
        facts: as `weak_facts` gives; without people named in chats.
        seed: of the model's samples.

    Returns:
        The clusters after it. The model is asked only where enough people agree on telling facts; else a full name with a birth
        date, phone or address that agrees exactly joins two people, unless their national numbers differ.
    """
    nodes = _nodes(facts, clusters)
    heads = _heads(nodes)
    nothing = pl.DataFrame(schema={"left": pl.UInt32, "right": pl.UInt32, "apart": pl.Boolean, "probability": pl.Float64, "rules": pl.UInt32})
    telling = telling_pairs(heads)
    if heads.height >= LEAST_PEOPLE and telling >= max(LEAST_TELLING, LEAST_TELLING_SHARE * heads.height):
        rows = nodes.select("node", *COMPARED).unique(maintain_order=True)
        rows = rows.filter(pl.int_range(pl.len()).over("node") < PER_PERSON).with_row_index("row")
        scored = score(rows.drop("node"), max(pairs_within(rows, rule) for rule in TELLING), seed=seed)
        if scored is not None:
            pairs = _between_nodes(scored.pairs, rows)
            joined = _rejoined(nodes, clusters, pairs.filter(pl.col("probability") >= LINK))
            return WeakLinks(clusters=joined, pairs=pairs, people=heads.height, report=scored.report, moved=scored.moved)
    exact = _exact_pairs(heads)
    joined = _rejoined(nodes, clusters, exact)
    report = {"model": "exact agreement of a full name with birth date, phone or address", "descriptions": heads.height, "pairs_kept": exact.height}
    return WeakLinks(clusters=joined, pairs=nothing, people=0, report=report, moved=_moved(nodes, _next(clusters), joined, seed))


def _moved(nodes: pl.DataFrame, free: int, joined: pl.DataFrame, seed: int) -> Moved | None:
    """People at two addresses among those whom nothing but name, address and phone describes."""
    described = nodes.filter((pl.col("node") >= free) & pl.any_horizontal(pl.col("address", "place", "postcode").is_not_null()))
    bare = described.join(joined, on="unit").group_by("cluster", maintain_order=True).agg(
        pl.col("given", "surname").drop_nulls().first(), units=pl.len(), more=pl.any_horizontal(pl.col("birth", "number", "email").is_not_null()).any()
    )
    return moved_of_equals(bare.filter(~pl.col("more")), seed=seed)


def _owners_of_names(named: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """`scope, name, cluster`: who goes by a full name in a scope, where that is one person; an author's own name is theirs too."""
    owned = named.join(clusters, on="unit").select("scope", "name", "cluster").unique()
    authors = owned.filter(pl.col("scope").is_null()).with_columns(scope=pl.lit("author:") + pl.col("cluster").cast(pl.String))
    every = pl.concat([owned, authors]).unique()
    lone = every.group_by("scope", "name").agg(pl.col("cluster").n_unique().alias("people"), pl.col("cluster").min())
    return lone.filter(pl.col("people") == 1).drop("people")


def attach_lone_names(facts: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """
    Units with a full name, where exactly one person of their scope has that name: in a chat whatever else is said of them, elsewhere
    those of whom nothing else is known.

    Args:
        facts: as `weak_facts` gives, with `scope`.
        clusters: `unit, cluster` so far; scopes are named `author:` and the author's cluster.

    Returns:
        `unit, cluster` of the units that found their person.
    """
    named = facts.filter(pl.col("given").is_not_null() & pl.col("surname").is_not_null())
    waiting = named.filter((_facts_known() < 2) | pl.col("scope").is_not_null()).join(clusters, on="unit", how="anti")
    return waiting.join(_owners_of_names(named, clusters), on=["scope", "name"], nulls_equal=True).select("unit", "cluster")


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
    groups = labelled.select("scope", "rule", "label").unique(maintain_order=True).with_row_index("cluster", offset=_next(clusters))
    return labelled.join(groups, on=["scope", "rule", "label"], nulls_equal=True).select("unit", pl.col("cluster").cast(pl.UInt32), "rule")
