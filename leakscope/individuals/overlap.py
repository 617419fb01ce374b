"""
How many people are counted twice because one kind of record knows them by a mailbox and another by a user id.

Nothing in such records tells that they speak of one person. But records that hold both kinds do tell how often somebody known by
the one is also known by the other: leave those records out, and look whether the person has others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from leakscope.individuals.identifiers import SESSION_RANK

#: Kinds of naming evidence, the more telling first; a cluster without the common kind is compared by the first it has.
KINDS = ("mail", "number", "id", "account", "described", "session", "device")
#: Kinds that name one person; the others are compared with these, whatever their numbers.
_TELLING = ("mail", "number", "id")
#: Records from which on people are one class: heavy users are few.
MANY_RECORDS = 3
#: Members of a class from which on it stands by itself and is not pooled with the other classes of its kind.
LEAST_CLASS = 20
Draws = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """
    People counted twice.

    Args:
        doubles: how many, one number a draw.
        unknown: people who may be counted twice and of whom nothing tells how likely that is.
    """

    doubles: Draws
    unknown: int


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
    `size, again` of people whom some record of `source` knows by `main` and one of `others`: how many of its records hold such a kind,
    and whether a record of any source holds main without it.
    """
    here, other = pl.col("source") == source, pl.any_horizontal(others)
    told = records.group_by("cluster").agg(
        both=(here & pl.col(main) & other).any(), size=(here & other).sum(), again=(pl.col(main) & ~other).any()
    )
    return told.filter("both").select(pl.col("size").clip(1, MANY_RECORDS), "again")


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


def _doubles(records: pl.DataFrame, rest: pl.DataFrame, main: str, size: int, generator: np.random.Generator) -> _Twice:
    """How many of `rest` are also known by `main`."""
    doubles, untold = dict[str, Draws](), set[int]()
    first = pl.coalesce(pl.when(pl.col(kind)).then(pl.lit(kind)) for kind in KINDS)
    # people of one file say nothing of those of another: each is compared within the source that holds most of its records
    homes = records.join(rest.select("cluster", other=first), on="cluster").group_by("cluster", "other", "source").agg(pl.len().alias("size"))
    waiting = homes.sort(["size", "source"], descending=[True, False]).unique(subset="cluster", keep="first").with_columns(pl.col("size").clip(1, MANY_RECORDS))
    untold |= set(waiting.filter(pl.col("other").is_null()).get_column("cluster"))
    waiting = waiting.filter(pl.col("other").is_not_null())
    for (other, source), some in sorted(waiting.partition_by("other", "source", as_dict=True).items(), key=str):
        known = _known_of(records, main, str(other), str(source))
        if known.is_empty():
            untold |= set(some.get_column("cluster"))
            continue
        for (length,), group in sorted(some.partition_by("size", as_dict=True).items()):
            alike = known.filter(pl.col("size") == length)
            used = alike if alike.height >= LEAST_CLASS else known
            hits = int(used.get_column("again").sum())
            chance = generator.beta(hits + 0.5, used.height - hits + 0.5, size)
            doubles[str(other)] = doubles.get(str(other), np.zeros(size)) + generator.binomial(group.height, chance)
    return _Twice(by_kind=doubles, untold=untold)


def overlap(records: pl.DataFrame, *, draws: int, generator: np.random.Generator) -> Overlap:
    """
    People counted twice, from those whom some record knows by two kinds of evidence.

    Args:
        records: as `kinds_by_record` gives, of the people counted.
        draws: how many numbers to draw.
        generator: of the draws.

    Returns:
        Draws from the posterior, source by source. If a person's records in a source hold the one, the other or both kinds by chance, whatever the number of
        their records, then people with as many records of a kind, some of them with both, are as often known by the other kind
        elsewhere as people seen by the one kind alone. The share among the former, with Jeffreys' prior, is the chance for the
        latter.
    """
    people = records.group_by("cluster").agg(pl.col(kind).any() for kind in KINDS)
    levels = list(_levels(people))
    found = [_doubles(records, rest, main, draws, generator) if rest.height else _Twice(by_kind={}, untold=set()) for main, _, rest in levels]
    # those whom no kind knows are nobody's doubles that anything tells of
    distinct = np.full(draws, float(levels[-1][2].height if levels else people.height))
    for (_, having, rest), twice in zip(reversed(levels), reversed(found), strict=True):
        # those of the rest who are the same people among each other are counted once before they are compared with the others
        share = sum(twice.by_kind.values(), np.zeros(draws)) / rest.height if rest.height else np.zeros(draws)
        distinct = having.height + distinct * (1 - share)
    return Overlap(doubles=people.height - distinct, unknown=_unknown(levels, found) if people.height else 0)


def _unknown(levels: Sequence[tuple[str, pl.DataFrame, pl.DataFrame]], found: Sequence[_Twice]) -> int:
    """
    People who may be counted twice and of whom nothing tells.

    Whoever is already taken for somebody of the level above is not there to be one of those below as well.
    """
    total = 0
    for place, ((main, having, _), twice) in enumerate(zip(levels, found, strict=True)):
        above = found[place - 1].by_kind.get(main) if place else None
        left = having.height - (np.quantile(above, 0.025) if above is not None else 0.0)
        total += min(len(twice.untold), max(int(np.ceil(left)), 0))
    return min(total, len(set[int]().union(*(twice.untold for twice in found))))
