"""Blocking rules chosen from the data: which pairs of descriptions are worth comparing at all."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from leakscope.individuals.spelling import with_spellings

#: Candidate rules, the most telling first: pairs that agree on all columns of one rule are compared. Own choice.
CANDIDATES: tuple[tuple[str, ...], ...] = (
    ("number",),
    ("email",),
    ("phone",),
    ("given", "surname", "birth"),
    ("birth", "surname"),
    ("birth", "given"),
    ("birth", "postcode"),
    ("birth",),
    ("address",),
    ("names",),
    ("surname", "postcode"),
    ("given", "postcode"),
    ("surname", "place"),
    ("given", "place"),
    ("address", "surname"),
    ("place", "postcode", "house"),
    ("given", "surname_start"),
    ("given_start", "surname"),
)
#: Columns made of given name and surname: both in either order, and how each begins.
OF_NAMES = ("names", "given_start", "surname_start")
_START = 2
#: Two agreeing facts that seldom meet by chance: pairs of them tell that there are doubles to be found.
TELLING: tuple[tuple[str, ...], ...] = (
    ("given", "surname", "birth"),
    ("birth", "surname", "postcode"),
    ("birth", "given", "postcode"),
    ("given", "surname", "address"),
    ("given", "surname", "phone"),
    ("given", "surname", "postcode"),
    ("number", "surname"),
)
#: Pairs compared in all, per description and at least.
PAIRS_PER_ROW = 8
LEAST_PAIRS = 2_000_000


def pairs_within(rows: pl.DataFrame, rule: Sequence[str]) -> int:
    """How many pairs of `rows` agree on every column of `rule`."""
    keyed = rows.drop_nulls(list(rule)).group_by(list(rule)).len()
    size = pl.col("len").cast(pl.Int64)
    return int(keyed.select((size * (size - 1) // 2).sum()).item() or 0)


def with_name_keys(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with the columns of `OF_NAMES`, null where a name is unknown, and `given` and `surname` where they lacked."""
    told = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in ("given", "surname") if name not in rows.columns)
    told = with_spellings(told)
    given, surname = pl.col("given_plain"), pl.col("surname_plain")
    names = pl.concat_str(pl.min_horizontal(given, surname), pl.max_horizontal(given, surname), separator=" ")
    return told.with_columns(
        names=pl.when(given.is_not_null() & surname.is_not_null()).then(names), given_start=given.str.slice(0, _START), surname_start=surname.str.slice(0, _START)
    )


def telling_pairs(rows: pl.DataFrame) -> int:
    """Most pairs that any one combination of telling facts makes."""
    usable = [rule for rule in TELLING if set(rule) <= set(rows.columns)]
    return max((pairs_within(rows, rule) for rule in usable), default=0)


def choose(rows: pl.DataFrame, columns: Sequence[str]) -> dict[tuple[str, ...], int]:
    """
    The rules to block by, with the pairs each makes.

    Args:
        rows: descriptions as `with_name_keys` gives them, nulls where unknown.
        columns: those that are compared.

    Returns:
        Rules in order of preference whose pairs together stay within the budget. A rule that another, wider one contains is
        left out; so is one that makes no pair.
    """
    budget = max(LEAST_PAIRS, PAIRS_PER_ROW * rows.height)
    chosen: dict[tuple[str, ...], int] = {}
    known = {*columns, *OF_NAMES} if {"given", "surname"} <= set(columns) else set(columns)
    counted = {rule: pairs_within(rows, rule) for rule in CANDIDATES if set(rule) <= known}
    for rule, pairs in sorted(counted.items(), key=lambda item: len(item[0])):
        contained = any(set(wider) <= set(rule) for wider in chosen)
        # how names begin finds few pairs that other rules miss, and very many that are nothing: for small tables only
        most = LEAST_PAIRS if {"given_start", "surname_start"} & set(rule) else budget
        if pairs and not contained and pairs + sum(chosen.values()) <= most:
            chosen[rule] = pairs
    return {rule: chosen[rule] for rule in CANDIDATES if rule in chosen}
