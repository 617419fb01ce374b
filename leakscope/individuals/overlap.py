"""
How many people are counted twice because one kind of record knows them by a mailbox and another by a user id.

Nothing in such records tells that they speak of one person. But records that hold both kinds do tell how often somebody known by
the one is also known by the other: leave those records out, and look whether the person has others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from leakscope.individuals.called import Draws, Names, Telling
from leakscope.individuals.identifiers import SESSION_RANK

#: Kinds of naming evidence, the more telling first; a cluster without the common kind is compared by the first it has.
KINDS = ("mail", "number", "id", "account", "described", "session", "device")
#: Kinds that name one person; the others are compared with these, whatever their numbers.
_TELLING = ("mail", "number", "id")
#: Records from which on people are one class: heavy users are few.
MANY_RECORDS = 3
#: Members of a class from which on it stands by itself and is not pooled with the other classes of its kind.
LEAST_CLASS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """
    People counted twice.

    Args:
        doubles: how many, one number a draw.
        unknown: people who may be counted twice and of whom nothing tells how likely that is, one number a draw.
    """

    doubles: Draws
    unknown: Draws


def kinds_by_record(members: pl.DataFrame) -> pl.DataFrame:
    """
    `cluster, source, record` and one flag for each of `KINDS`: by what the record knows the person.

    Args:
        members: `cluster, source, record, entity, rank` of every sighting; rank 0 for what is no identifier.
    """
    entity, rank = pl.col("entity"), pl.col("rank")
    mail = entity == "EMAIL_ADDRESS"
    session = rank == SESSION_RANK
    flags = {
        "mail": mail,
        "number": rank == 5,
        "id": ~mail & (rank > SESSION_RANK) & (rank < 5),
        "account": session & (entity != "ONLINE_IDENTIFIER"),
        "described": entity.is_in(["PERSON", "PHONE_NUMBER", "POSTAL_ADDRESS"]),
        "session": session & (entity == "ONLINE_IDENTIFIER"),
        "device": (rank > 0) & (rank < SESSION_RANK),
    }
    return members.group_by("cluster", "source", "record").agg(flag.any().alias(kind) for kind, flag in flags.items())


def _levels(people: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame, pl.DataFrame]]:
    """The commonest telling kind, those known by it and the rest; then the same of the rest, until nobody is left."""
    rest = people
    kinds = list(KINDS)
    while rest.height and kinds:
        known = {kind: int(rest.get_column(kind).sum()) for kind in kinds}
        main = max(kinds, key=lambda kind: (kind in _TELLING and known[kind] > 0, known[kind], -KINDS.index(kind)))
        having = rest.filter(main)
        if having.is_empty():
            return
        rest = rest.filter(~pl.col(main))
        kinds.remove(main)
        yield main, having, rest


def _by_both(records: pl.DataFrame, main: str, others: Sequence[str], source: str) -> pl.DataFrame:
    """
    `cluster, size, again` of people whom some record of `source` knows by `main` and one of `others`: how many of its records hold such a kind,
    and whether a record of any source holds main without it.
    """
    here, other = pl.col("source") == source, pl.any_horizontal(others)
    told = records.group_by("cluster").agg(
        both=(here & pl.col(main) & other).any(), size=(here & other).sum(), again=(pl.col(main) & ~other).any()
    )
    return told.filter("both").select("cluster", pl.col("size").clip(1, MANY_RECORDS), "again")


def _known_of(records: pl.DataFrame, main: str, other: str, source: str) -> pl.DataFrame:
    """Those who tell of people of `other` in `source`; where none are known by that very kind, those known by any."""
    known = _by_both(records, main, [other], source)
    return known if known.height else _by_both(records, main, [kind for kind in KINDS if kind != main], source)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Twice:
    """
    People of the rest who are also known by a level's kind.

    Args:
        by_kind: kind they are known by -> how many, one number a draw.
        untold: those of whom nothing tells.
    """

    by_kind: dict[str, Draws]
    untold: set[int]


def _waiting(records: pl.DataFrame, rest: pl.DataFrame) -> pl.DataFrame:
    """
    `cluster, other, source, size` of `rest`: the kind each is known by, where, and in how many records.

    People of one file say nothing of those of another: each is compared within the source that holds most of its records.
    """
    first = pl.coalesce(pl.when(pl.col(kind)).then(pl.lit(kind)) for kind in KINDS)
    homes = records.join(rest.select("cluster", other=first), on="cluster").group_by("cluster", "other", "source").agg(pl.len().alias("size"))
    return homes.sort(["size", "source"], descending=[True, False]).unique(subset="cluster", keep="first").with_columns(pl.col("size").clip(1, MANY_RECORDS))


def _doubles(records: pl.DataFrame, level: tuple[str, pl.DataFrame, pl.DataFrame], names: Names, size: int, generator: np.random.Generator) -> _Twice:
    """How many of the rest are also known by the level's kind."""
    main, having, rest = level
    doubles, untold = dict[str, Draws](), set[int]()
    waiting = _waiting(records, rest)
    untold |= set(waiting.filter(pl.col("other").is_null()).get_column("cluster"))
    telling = names.telling(having.get_column("cluster"), size, generator)
    for (other, source), some in sorted(waiting.filter(pl.col("other").is_not_null()).partition_by("other", "source", as_dict=True).items(), key=str):
        known = _known_of(records, main, str(other), str(source))
        named = _known_by_name(records, main, str(other), str(source), telling).join(known, on="cluster", how="anti")
        if known.is_empty() and named.is_empty():
            untold |= set(some.get_column("cluster"))
            continue
        for (length,), group in sorted(some.partition_by("size", as_dict=True).items()):
            alike, alike_named = known.filter(pl.col("size") == length), named.filter(pl.col("size") == length)
            enough = alike.height + alike_named.height >= LEAST_CLASS
            chance = _share(alike if enough else known, alike_named if enough else named, telling, generator)
            doubles[str(other)] = doubles.get(str(other), np.zeros(size)) + telling.doubles(group.get_column("cluster"), chance, generator)
    return _Twice(by_kind=doubles, untold=untold)


def _known_by_name(records: pl.DataFrame, main: str, other: str, source: str, telling: Telling) -> pl.DataFrame:
    """`cluster, size, again` of named people whom some record of `source` knows by `other`: whether somebody of that name is known by main."""
    if not telling.usable:
        return pl.DataFrame(schema={"cluster": pl.UInt32, "size": pl.UInt32, "again": pl.Boolean})
    here = (pl.col("source") == source) & pl.col(other)
    told = records.group_by("cluster").agg(size=here.sum(), main=pl.col(main).any()).filter(pl.col("size") > 0)
    seen = told.with_columns(pl.col("size").clip(1, MANY_RECORDS), again=pl.col("main") | pl.col("cluster").is_in(telling.matched.implode()))
    return seen.filter(pl.col("cluster").is_in(telling.keyed.implode())).select("cluster", "size", "again")


def _share(known: pl.DataFrame, named: pl.DataFrame, telling: Telling, generator: np.random.Generator) -> Draws:
    """
    Draws of the share of people of a kind who are also known by the level's, by Jeffreys' prior.

    Whoever bears no name known there may still be known there: a name agrees only as often as `telling` says.
    """
    hits, seen = int(known.get_column("again").sum()), known.height
    found, sought = int(named.get_column("again").sum()), named.height
    if not sought:
        return np.asarray(generator.beta(hits + 0.5, seen - hits + 0.5, len(telling.share)))
    likely = (hits - 0.5) * np.log(_GRID) + (seen - hits - 0.5) * np.log1p(-_GRID)
    by_name = telling.share[:, None] * _GRID[None, :] + telling.by_chance * (1 - _GRID[None, :])
    whole = likely[None, :] + found * np.log(by_name) + (sought - found) * np.log1p(-by_name)
    weight = np.exp(whole - whole.max(axis=1, keepdims=True)).cumsum(axis=1)
    place = (weight < generator.random((len(weight), 1)) * weight[:, -1:]).sum(axis=1)
    return np.asarray(_GRID[np.minimum(place, len(_GRID) - 1)])


#: Shares that are weighed; finer at both ends, where the prior is steep.
_GRID = np.sin(np.linspace(0, np.pi / 2, 402)[1:-1]) ** 2


def overlap(records: pl.DataFrame, *, draws: int, generator: np.random.Generator, names: Names | None = None) -> Overlap:
    """
    People counted twice, from those whom some record knows by two kinds of evidence.

    Args:
        records: as `kinds_by_record` gives, of the people counted.
        draws: how many numbers to draw.
        generator: of the draws.
        names: what the people are called; null where nothing is known of it.

    Returns:
        Draws from the posterior, source by source. If a person's records in a source hold the one, the other or both kinds by chance, whatever the number of
        their records, then people with as many records of a kind, some of them with both, are as often known by the other kind
        elsewhere as people seen by the one kind alone. The share among the former, with Jeffreys' prior, is the chance for the
        latter. People of known name tell, too: whether somebody of that name is known by the other kind; and two people of
        different names are not one.
    """
    known = names if names is not None else Names.none()
    people = records.group_by("cluster").agg(pl.col(kind).any() for kind in KINDS)
    levels = list(_levels(people))
    found = [_doubles(records, level, known, draws, generator) if level[2].height else _Twice(by_kind={}, untold=set()) for level in levels]
    # those whom no kind knows are nobody's doubles that anything tells of
    distinct = np.full(draws, float(levels[-1][2].height if levels else people.height))
    for (_, having, rest), twice in zip(reversed(levels), reversed(found), strict=True):
        # those of the rest who are the same people among each other are counted once before they are compared with the others
        share = sum(twice.by_kind.values(), np.zeros(draws)) / rest.height if rest.height else np.zeros(draws)
        distinct = having.height + distinct * (1 - share)
    return Overlap(doubles=people.height - distinct, unknown=_unknown(levels, found, known, draws))


def _unknown(levels: Sequence[tuple[str, pl.DataFrame, pl.DataFrame]], found: Sequence[_Twice], names: Names, draws: int) -> Draws:
    """
    People who may be counted twice and of whom nothing tells, in each draw.

    Whoever is already taken for somebody of the level above is not there to be one of those below as well, and neither is anybody of
    another name.
    """
    total = np.zeros(draws)
    keyed = set(names.keys.get_column("cluster"))
    for place, ((main, having, _), twice) in enumerate(zip(levels, found, strict=True)):
        above = found[place - 1].by_kind.get(main) if place else None
        left = np.maximum(having.height - (above if above is not None else 0.0), 0.0)
        nameless = 1 - len(keyed & set(having.get_column("cluster"))) / max(having.height, 1)
        bare = len(twice.untold - keyed)
        total += np.minimum(np.minimum(bare, left) + np.minimum(len(twice.untold) - bare, np.ceil(left * nameless)), left)
    return np.minimum(total, len(set[int]().union(*(twice.untold for twice in found))))
