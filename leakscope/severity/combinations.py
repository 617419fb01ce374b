"""What was exposed together of one person, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import polars as pl

from leakscope.severity.shapes import Grounds
from leakscope.severity.weights import weight_of
from leakscope.vocabulary import elements

WORST_SHOWN = 10
#: Elements named in a combination; more would be a list, not a combination.
COMBINATION_SIZE = 6
#: People that half of the combinations listed should have at least; with fewer, fewer elements are named.
SHARED = 3
#: Combinations looked at, from the worst, to list ten.
CANDIDATES = 100


def combinations(exposed: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """
    Distinct sets of elements that people have, the worst first.

    Args:
        exposed: result of `people.exposed_elements`.
        people: one row per person with `person, elements, score, band`.

    Returns:
        `elements, people, score, band`; sorted by score, people, elements.
    """
    return (
        people.lazy()
        .with_columns(signature=pl.col("elements").list.join("|"))
        .group_by("signature")
        .agg(pl.col("elements").first(), pl.len().alias("people"), pl.col("score").max(), pl.col("band").sort_by("score").last())
        .sort("score", "people", "signature", descending=[True, True, False])
        .drop("signature")
        .collect()
    )


def _combination_names(codes: list[str], grounds: Grounds) -> list[str]:
    heavy = sorted(codes, key=lambda code: (-weight_of(code, grounds).value, code))
    return heavy[:COMBINATION_SIZE]


def _shortened(sets: pl.DataFrame, grounds: Grounds) -> pl.DataFrame:
    """
    The worst of `sets` by their heaviest elements, as many as leave rows of more than a few people: `shown, more, people, score, band`.

    In a table everybody has the same elements; in logs hardly two people do, and a list of ten single people tells nothing of the
    exposure. `people` have all that is shown, `score` and `band` are of the worst of them; `more` is how many further elements each
    of them has, null where they differ.
    """
    for size in range(COMBINATION_SIZE, 1, -1):
        heads = (tuple(_combination_names(codes, grounds)[:size]) for codes in sets["elements"])
        told = [_with_all(list(codes), sets, grounds) for codes in islice(_distinct(heads), CANDIDATES)]
        rows = pl.concat(told).sort("score", "weight", "people", pl.col("shown").list.join("|"), descending=[True, True, True, False])
        if sets.height <= WORST_SHOWN or rows["people"].head(WORST_SHOWN).median() >= SHARED:  # type: ignore[operator]
            break
    return rows


def _distinct(heads: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Each of `heads` once, as it comes: in a log there are many thousand sets, and a hundred are looked at."""
    seen: set[tuple[str, ...]] = set()
    for head in heads:
        if head not in seen:
            seen.add(head)
            yield head


def _with_all(codes: list[str], sets: pl.DataFrame, grounds: Grounds) -> pl.DataFrame:
    """One row of the people who have every one of `codes`, with the `weight` of these together."""
    further = pl.col("elements").list.len().cast(pl.Int64) - len(codes)
    return sets.filter(pl.all_horizontal(pl.col("elements").list.contains(code) for code in codes)).select(
        shown=pl.lit(pl.Series([codes], dtype=pl.List(pl.String))),
        more=pl.when(further.n_unique() == 1).then(further.first()),
        people=pl.col("people").sum(),
        score=pl.col("score").max(),
        band=pl.col("band").sort_by("score").last(),
        weight=pl.lit(float(sum(weight_of(code, grounds).value for code in codes))),
    )


def worst_combinations(sets: pl.DataFrame, grounds: Grounds) -> list[dict[str, Any]]:
    """
    The ten worst combinations of elements.

    Args:
        sets: result of `combinations`.
        grounds: for the order of elements within one.

    Returns:
        `id, elements, names, more, people, score, band`; `elements` are the heaviest, in that order, `people` those who have them all,
        `score` and `band` of the worst of them.
    """
    if sets.is_empty():
        return []
    return [
        {
            "id": f"combination-{number}",
            "elements": row["shown"],
            "names": [elements()[code].name if code in elements() else code for code in row["shown"]],
            "more": row["more"] or 0,
            "people": row["people"],
            "score": round(row["score"], 4),
            "band": row["band"],
        }
        for number, row in enumerate(_shortened(sets, grounds).head(WORST_SHOWN).iter_rows(named=True), start=1)
    ]


def worst_with(code: str, sets: pl.DataFrame, grounds: Grounds) -> dict[str, Any] | None:
    """The worst combination that holds an element, with that element first; null where nobody has it."""
    inside = sets.filter(pl.col("elements").list.contains(code)).head(1)
    if inside.is_empty():
        return None
    row = inside.row(0, named=True)
    others = [name for name in _combination_names(row["elements"], grounds) if name != code]
    return {"elements": [code, *others], "people": row["people"], "band": row["band"]}
