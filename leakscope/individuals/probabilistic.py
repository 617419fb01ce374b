"""The probabilistic tier: Fellegi and Sunter's model by Splink on DuckDB, trained on the evidence itself."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl

from leakscope.individuals.blocking import choose

#: Columns that may be compared, if enough descriptions have them.
COMPARED = ("number", "email", "given", "surname", "birth", "phone", "address", "house", "postcode", "place", "region")
LEAST_COVERAGE = 0.1
#: Pairs below this probability are not kept; those between it and LINK widen the interval.
KEEP = 0.01
LINK = 0.5
#: Share of true pairs that agree exactly on the telling facts, for the prior; own guess, EM moves it little.
ASSUMED_RECALL = 0.7
#: Jaro-Winkler likeness below which two given names are those of two people; own choice, from nicknames and misspellings.
GIVEN_ALIKE = 0.65
#: Descriptions with a given name from which on it is taken for a real one and not a misspelling.
USUAL_GIVEN = 4
U_PAIRS = 300_000
EM_PAIRS = 1_000_000
MEMORY_LIMIT = "2500MB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """
    What the model says of pairs.

    Args:
        pairs: `left, right, probability, rules`: rows of descriptions by number, and how many blocking rules found the pair.
        report: rules, prior and match weights, for the method section.
    """

    pairs: pl.DataFrame
    report: Mapping[str, Any]


def usable_columns(rows: pl.DataFrame) -> list[str]:
    """Columns of `rows` known often enough, and of more than one value, to compare by."""
    told = rows.select(pl.col(name).count().alias(name) for name in COMPARED if name in rows.columns).row(0, named=True) if rows.height else {}
    distinct = rows.select(pl.col(name).n_unique().alias(name) for name in told).row(0, named=True) if told else {}
    return [name for name, count in told.items() if count >= LEAST_COVERAGE * rows.height and distinct[name] > 2]


def can_decide(columns: Sequence[str]) -> bool:
    """Whether the columns suffice for a model: somebody's name or birth date, and two facts beside it."""
    return bool({"given", "surname", "birth"} & set(columns)) and len(columns) >= 3


def _comparisons(columns: Sequence[str]) -> list[Any]:
    import splink.comparison_library as library

    known = set(columns)
    found: list[Any] = []
    if {"given", "surname"} <= known:
        found.append(library.ForenameSurnameComparison("given", "surname", jaro_winkler_thresholds=[0.9, 0.8]))
        known -= {"given", "surname"}
    edits = {"number": [1, 2], "birth": [1, 2], "phone": [1, 2], "postcode": [1, 2]}
    likeness = {"email": [0.92], "given": [0.9, 0.8], "surname": [0.9, 0.8], "address": [0.9, 0.75], "place": [0.88]}
    for name in COMPARED:
        if name in known and name in edits:
            found.append(library.DamerauLevenshteinAtThresholds(name, edits[name]))
        elif name in known and name in likeness:
            found.append(library.JaroWinklerAtThresholds(name, likeness[name]))
        elif name in known:
            found.append(library.ExactMatch(name))
    return found


def _training_rules(rules: Mapping[tuple[str, ...], int]) -> list[tuple[str, ...]]:
    """Two rules without a common column, so that between them every comparison is trained."""
    ordered = [rule for rule, pairs in rules.items() if pairs >= 10] or list(rules)
    second = next((rule for rule in ordered[1:] if not set(rule) & set(ordered[0])), None)
    return [ordered[0]] + ([second] if second else [])


def _prior(rows: pl.DataFrame, rules: Mapping[tuple[str, ...], int], telling: int) -> float:
    possible = rows.height * (rows.height - 1) / 2
    matches = max(telling, rules.get(("number",), 0)) / ASSUMED_RECALL
    return min(max(matches / possible, 1e-9), 0.5)


def _weights(model: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Match weight log2(m/u) of every level of every comparison."""
    told = []
    for comparison in model["comparisons"]:
        for level in comparison["comparison_levels"]:
            m, u = level.get("m_probability"), level.get("u_probability")
            if level.get("is_null_level") or m is None or u is None:
                continue
            weight = round(math.log2(max(m, 1e-12) / max(u, 1e-12)), 2)
            told.append({"comparison": comparison["output_column_name"], "level": level["label_for_charts"], "match_weight": weight})
    return told


def _rules_per_pair(pairs: pl.DataFrame, rows: pl.DataFrame, rules: Sequence[tuple[str, ...]]) -> pl.DataFrame:
    columns = sorted({name for rule in rules for name in rule})
    sides = pairs.join(rows.select(pl.col("row").alias("left"), *columns), on="left").join(
        rows.select(pl.col("row").alias("right"), *(pl.col(name).alias(f"{name}_right") for name in columns)), on="right"
    )
    holds = [pl.all_horizontal(*((pl.col(name) == pl.col(f"{name}_right")).fill_null(False) for name in rule)) for rule in rules]
    return sides.select("left", "right", "probability", rules=pl.sum_horizontal(holds).cast(pl.UInt32))


def score(rows: pl.DataFrame, telling: int, *, seed: int = 0) -> Scored | None:
    """
    Match probabilities of all pairs that a blocking rule finds.

    Args:
        rows: descriptions of people; `row` and any of `COMPARED`, text or null.
        telling: pairs that agree on telling facts; sets the prior.
        seed: of the sample that unmatched agreement is learnt from.

    Returns:
        Null when the columns or blocking rules do not suffice. Pairs below `KEEP` are left out. Nothing is written to disk.
    """
    columns = usable_columns(rows)
    rules = choose(rows, columns)
    if not can_decide(columns) or not rules:
        return None
    prior = _prior(rows, rules, telling)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pairs, model = _run_splink(rows.select("row", *columns), columns, rules, prior, seed)
    found = _rules_per_pair(pairs, rows, list(rules))
    report = {
        "model": "Fellegi-Sunter, Splink on DuckDB, expectation maximisation on the evidence",
        "blocking_rules": [{"rule": " and ".join(rule), "pairs": count} for rule, count in rules.items()],
        "prior": prior,
        "descriptions": rows.height,
        "pairs_kept": found.height,
        "match_weights": _weights(model),
    }
    return Scored(pairs=found, report=report)


def _run_splink(
    rows: pl.DataFrame, columns: Sequence[str], rules: Mapping[tuple[str, ...], int], prior: float, seed: int
) -> tuple[pl.DataFrame, dict[str, Any]]:
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    logging.getLogger("splink").setLevel(logging.CRITICAL)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="row",
        comparisons=_comparisons(columns),
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
        probability_two_random_records_match=prior,
        retain_matching_columns=False,
    )
    with duckdb.connect(":memory:") as connection:
        # no spill: values of the evidence never go to a temporary file
        connection.execute(f"SET temp_directory=''; SET memory_limit='{MEMORY_LIMIT}'; SET threads=2; SET enable_progress_bar=false")
        linker = Linker(DuckDBAPI(connection=connection).register(rows.to_arrow()), settings, log_level=logging.CRITICAL)
        linker.training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=seed + 1, min_count_per_level=None, num_chunks=1)
        for rule in _training_rules(rules):
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*rule), max_pairs=EM_PAIRS if rules[rule] > EM_PAIRS else None
            )
        predicted = linker.inference.predict(threshold_match_probability=KEEP).as_duckdbpyrelation().pl()
        model = linker.misc.save_model_to_json(out_path=None)
    pairs = predicted.select(
        left=pl.col("row_l").cast(pl.UInt32), right=pl.col("row_r").cast(pl.UInt32), probability=pl.col("match_probability").cast(pl.Float64)
    )
    return _without_housemates(pairs.sort("left", "right"), rows), model


def _without_housemates(pairs: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """
    `pairs` less those of two usual given names where neither number nor birth date says otherwise.

    Spouses agree on everything else; the model learns from its evidence how often a given name is misspelt, but not that a
    wholly different one is another person. Note: twins without a number still pass for one person with two given names.
    """
    if "given" not in rows.columns:
        return pairs
    fields = [name for name in ("given", "surname", "number", "birth") if name in rows.columns]
    surname = "greatest(jaro_winkler_similarity(l.given, r.surname), jaro_winkler_similarity(l.surname, r.given))" if "surname" in fields else "0"
    number = "coalesce(damerau_levenshtein(l.number, r.number) <= 2, false)" if "number" in fields else "false"
    usual = rows.group_by("given").len().filter(pl.col("len") >= USUAL_GIVEN).select("given", usual=pl.lit(True))
    birth = "coalesce(damerau_levenshtein(l.birth, r.birth) <= 2, false)" if "birth" in fields else "false"
    described = rows.select("row", *fields).join(usual, on="given", how="left").to_arrow()
    told = pairs.to_arrow()
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"SET temp_directory=''; SET memory_limit='{MEMORY_LIMIT}'; SET threads=2")
        connection.register("rows_", described)
        connection.register("pairs_", told)
        kept = connection.sql(
            f"""SELECT p."left", p."right", p.probability FROM pairs_ p JOIN rows_ l ON p."left" = l.row JOIN rows_ r ON p."right" = r.row
            WHERE NOT coalesce(jaro_winkler_similarity(l.given, r.given) < {GIVEN_ALIKE} AND coalesce({surname}, 0) < {GIVEN_ALIKE}
            AND l.usual AND r.usual AND NOT {number} AND NOT {birth}, false) ORDER BY 1, 2"""
        ).pl()
    return kept.cast({"left": pl.UInt32, "right": pl.UInt32})
