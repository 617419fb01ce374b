"""People by what was exposed of them and where they live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl

from leakscope.notification.kleene import NO, UNKNOWN, YES, Kleene, known

#: A finding at least this sure makes an element certain; below it the element is possible.
CERTAIN = 0.5


@dataclass(frozen=True, slots=True)
class Profile:
    """
    People of whom the same was exposed and who live in the same place.

    Args:
        residence: ISO code, or null when unknown.
        certain: elements certainly exposed.
        possible: elements perhaps exposed.
        count: people observed.
        child: whether they are children, where known.
    """

    residence: str | None
    certain: frozenset[str]
    possible: frozenset[str]
    count: int
    child: Kleene = UNKNOWN

    def has(self, codes: Iterable[str]) -> Kleene:
        """Whether one of `codes` (our element codes) was exposed."""
        wanted = set(codes)
        if wanted & self.certain:
            return YES
        return UNKNOWN if wanted & self.possible else NO


def profiles(individuals: pl.DataFrame, person_elements: pl.DataFrame) -> tuple[Profile, ...]:
    """
    The counted individuals grouped by residence and exposed elements.

    Args:
        individuals: one row per individual; schema `INDIVIDUALS`; any order.
        person_elements: one row per person and element; schema `PERSON_ELEMENTS`; any order.

    Returns:
        Profiles in a defined order; linear in the rows.
    """
    people = individuals.filter(pl.col("counted").fill_null(True)).select("person", "residence", "child")
    held = _masks(person_elements, codes := sorted(person_elements["element"].drop_nulls().unique()))
    names = [name for name in held.columns if name != "person"]
    grouped = people.join(held, on="person", how="left").with_columns(pl.col(names).fill_null(0)).group_by("residence", "child", *names).len()
    rows = [(row["residence"], _set(row, "certain", codes), _set(row, "possible", codes), row["len"], _child(row["child"])) for row in grouped.sort(grouped.columns).iter_rows(named=True)]
    return tuple(Profile(place, certain, possible - certain, count, child) for place, certain, possible, count, child in rows)


#: Elements per integer of a mask: fewer than 63, so that a sum of distinct powers stays exact.
_BITS = 60


def _masks(person_elements: pl.DataFrame, codes: list[str]) -> pl.DataFrame:
    """One row per person: which elements are certain, which possible, as integers with one bit an element."""
    place = pl.col("element").replace_strict(codes, range(len(codes)), return_dtype=pl.Int64) if codes else pl.lit(0, pl.Int64)
    sure = pl.col("confidence").fill_null(1.0) >= CERTAIN
    best = person_elements.filter(pl.col("element").is_not_null()).group_by("person", "element").agg(sure.any().alias("sure")).with_columns(place.alias("place"))
    bit = pl.lit(2, pl.Int64).pow(pl.col("place") % _BITS)
    words = range(-(-len(codes) // _BITS) or 1)
    sums = [
        bit.filter((pl.col("place") // _BITS == word) & (pl.col("sure") == is_sure)).sum().cast(pl.Int64).alias(f"{name}{word}")
        for name, is_sure in (("certain", True), ("possible", False))
        for word in words
    ]
    return best.group_by("person").agg(sums)


def _set(row: Mapping[str, Any], name: str, codes: list[str]) -> frozenset[str]:
    """The elements of a person's masks."""
    return _decoded(tuple(row[f"{name}{word}"] for word in range(-(-len(codes) // _BITS) or 1)), tuple(codes))


@lru_cache(maxsize=65536)
def _decoded(masks: tuple[int, ...], codes: tuple[str, ...]) -> frozenset[str]:
    return frozenset(code for place, code in enumerate(codes) if masks[place // _BITS] >> (place % _BITS) & 1)


def _child(value: bool | None) -> Kleene:
    return UNKNOWN if value is None else known(value)


def lives_in(residence: str | None, codes: Iterable[str]) -> Kleene:
    """Whether a residence lies in one of the ISO codes; a country may hide a state, and null may hide any."""
    if residence is None:
        return UNKNOWN
    codes = tuple(codes)
    if any(residence == code or residence.startswith(f"{code}-") for code in codes):
        return YES
    return UNKNOWN if any(code.startswith(f"{residence}-") for code in codes) else NO
