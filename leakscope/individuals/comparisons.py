"""What the model compares of two descriptions, and by which pairs it learns how often each agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from leakscope.individuals.blocking import pairs_within

_EDITS = {"number": [1, 2], "email": [1, 2], "phone": [1, 2], "postcode": [1, 2]}
_LIKENESS = {"given": [0.9, 0.8], "surname": [0.9, 0.8], "address": [0.9, 0.75], "place": [0.88]}
#: Sets of columns whose agreement speaks of one person whatever household they live in, by what they leave to be learnt.
_TRAINING: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("number",), ("email",), ("birth", "phone"), ("birth", "address"), ("birth", "postcode"), ("birth", "place")),
    (("given", "surname", "birth"), ("given", "surname", "phone"), ("given", "surname", "address"), ("given", "surname", "postcode")),
    (("number",), ("email",), ("given", "surname", "phone"), ("given", "surname", "address"), ("given", "surname", "postcode"), ("given", "surname", "place")),
)
#: Pairs of a rule from which on it teaches enough.
LEAST_TAUGHT = 20


def comparisons(columns: Sequence[str]) -> list[Any]:
    """Splink's comparisons of the known columns."""
    import splink.comparison_library as library

    known = set(columns)
    found: list[Any] = []
    if {"given", "surname"} <= known:
        found.append(library.ForenameSurnameComparison("given", "surname", jaro_winkler_thresholds=[0.9, 0.8]))
        known -= {"given", "surname"}
    if "birth" in known:
        found.append(_birth())
        known -= {"birth"}
    for name in (name for name in columns if name in known):
        if name in _EDITS:
            found.append(library.DamerauLevenshteinAtThresholds(name, _EDITS[name]))
        elif name in _LIKENESS:
            found.append(library.JaroWinklerAtThresholds(name, _LIKENESS[name]))
        else:
            found.append(library.ExactMatch(name))
    return found


#: Day and month of a `YYYYMMDD` birth date in the other order.
EXCHANGED = "substr({0}, 1, 4) || substr({0}, 7, 2) || substr({0}, 5, 2)"


def _birth() -> Any:
    """Birth dates: equal, one slip or day and month exchanged, two slips, or others."""
    import splink.comparison_level_library as levels
    import splink.comparison_library as library

    exchanged = f"birth_l = {EXCHANGED.format('birth_r')}"
    return library.CustomComparison(
        [
            levels.NullLevel("birth"),
            levels.ExactMatchLevel("birth"),
            levels.CustomLevel(f"damerau_levenshtein(birth_l, birth_r) <= 1 OR {exchanged}", "one slip, or day and month exchanged"),
            levels.DamerauLevenshteinLevel("birth", 2),
            levels.ElseLevel(),
        ],
        output_column_name="birth",
    )


def training_rules(rows: pl.DataFrame, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """
    Sets of columns to learn by: among pairs that agree on one set the model learns how often the other comparisons agree.

    Args:
        rows: descriptions.
        columns: those that are compared.

    Returns:
        The first set of each group that enough pairs agree on. Only sets that speak of one person: learnt by pairs of one phone
        or address, who are as often housemates, the model would take another given name for a misspelling.
    """
    known, chosen = set(columns), dict[tuple[str, ...], None]()
    for group in _TRAINING:
        counted = ((rule, pairs_within(rows, rule)) for rule in group if set(rule) <= known)
        rule = next((rule for rule, pairs in counted if pairs >= LEAST_TAUGHT), None)
        if rule is not None:
            chosen[rule] = None
    return list(chosen)


def weights(model: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Match weight log2(m/u) of every level of every comparison."""
    import math

    told = []
    for comparison in model["comparisons"]:
        for level in comparison["comparison_levels"]:
            m, u = level.get("m_probability"), level.get("u_probability")
            if level.get("is_null_level") or m is None or u is None:
                continue
            weight = round(math.log2(max(m, 1e-12) / max(u, 1e-12)), 2)
            told.append({"comparison": comparison["output_column_name"], "level": level["label_for_charts"], "match_weight": weight})
    return told
