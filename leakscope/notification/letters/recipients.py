"""Who gets which letter: every person of every cohort, for a mailing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from leakscope.notification.letters.compose import UNKNOWN_PLACE, Letter, named
from leakscope.notification.people import CERTAIN
from leakscope.notification.words import languages


def recipients(letters: Sequence[Letter], individuals: pl.DataFrame, person_elements: pl.DataFrame) -> list[dict[str, Any]]:
    """
    One row per person who is owed a letter, letter by letter.

    Args:
        letters: the cohorts' letters.
        individuals: schema `INDIVIDUALS`.
        person_elements: schema `PERSON_ELEMENTS`.

    Returns:
        Rows of `letter, person, label, place, language, exposed`: the label is masked, `exposed` is what the letter
        says was involved, in its language. The people of a letter are as many as it says.
    """
    by_cohort = {(letter.place, letter.elements): letter for letter in letters}
    sure = person_elements.filter(pl.col("element").is_not_null() & (pl.col("confidence").fill_null(1.0) >= CERTAIN))
    held = sure.group_by("person").agg(pl.col("element").unique().sort().alias("elements"))
    people = individuals.filter(pl.col("counted").fill_null(True)).select("person", "label", "residence").join(held, on="person").sort("person")
    rows = [
        _row(letter, person, label)
        for person, label, residence, codes in people.select("person", "label", "residence", "elements").iter_rows()
        if (letter := by_cohort.get((residence or UNKNOWN_PLACE, tuple(codes))))
    ]
    return sorted(rows, key=lambda row: (row["letter"], row["person"]))


def _row(letter: Letter, person: str, label: str | None) -> dict[str, Any]:
    return {"letter": letter.id, "person": person, "label": label, "place": letter.place, "language": letter.language, "exposed": named(letter.elements, languages()[letter.language])}
