"""The probabilistic tier: Fellegi and Sunter's model on pairs that Splink finds and compares on DuckDB, trained on the evidence itself."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from leakscope.individuals.blocking import choose, with_name_keys
from leakscope.individuals.comparisons import Compared, Shares, comparisons, for_splink, weights
from leakscope.individuals.mixture import Learnt, learn
from leakscope.individuals.moved import Moved, last_home, moved_of

#: Columns that may be compared, if enough descriptions have them.
COMPARED = ("number", "email", "given", "surname", "birth", "phone", "address", "house", "postcode", "place", "region")
LEAST_COVERAGE = 0.1
#: Pairs below this probability are not kept; those between it and LINK widen the interval.
KEEP = 0.01
LINK = 0.5
#: Share of true pairs that agree exactly on the telling facts, for the prior; own guess, EM moves it little.
ASSUMED_RECALL = 0.7
U_PAIRS = 300_000
#: Pairs that a model not yet trained gives less than this are left to chance.
WORTH_LEARNING = 1e-4
#: Descriptions with a given name from which on it is taken for a real one and not a misspelling.
USUAL_GIVEN = 4
MEMORY_LIMIT = "2500MB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """
    What the model says of pairs.

    Args:
        pairs: `left, right, apart, probability, rules`: rows of descriptions by number, whether `moved` stands for the pair, and how
            many blocking rules found it.
        report: rules, prior and match weights, for the method section.
        moved: what names and homes tell of people at two addresses; null where a birth date, number or mailbox tells more.
    """

    pairs: pl.DataFrame
    report: Mapping[str, Any]
    moved: Moved | None = None


def usable_columns(rows: pl.DataFrame) -> list[str]:
    """Columns of `rows` known often enough, and of more than one value, to compare by."""
    told = rows.select(pl.col(name).count().alias(name) for name in COMPARED if name in rows.columns).row(0, named=True) if rows.height else {}
    distinct = rows.select(pl.col(name).n_unique().alias(name) for name in told).row(0, named=True) if told else {}
    return [name for name, count in told.items() if count >= LEAST_COVERAGE * rows.height and distinct[name] > 2]


def can_decide(columns: Sequence[str]) -> bool:
    """Whether the columns suffice for a model: somebody's name or birth date, and two facts beside it."""
    return bool({"given", "surname", "birth"} & set(columns)) and len(set(columns) - {"house", "region"}) >= 3


def _prior(rows: pl.DataFrame, rules: Mapping[tuple[str, ...], int], telling: int) -> float:
    possible = rows.height * (rows.height - 1) / 2
    matches = max(telling, rules.get(("number",), 0)) / ASSUMED_RECALL
    return min(max(matches / possible, 1e-9), 0.5)


def _rules_per_pair(pairs: pl.DataFrame, rows: pl.DataFrame, rules: Sequence[tuple[str, ...]]) -> pl.DataFrame:
    columns = sorted({name for rule in rules for name in rule})
    sides = pairs.join(rows.select(pl.col("row").alias("left"), *columns), on="left").join(
        rows.select(pl.col("row").alias("right"), *(pl.col(name).alias(f"{name}_right") for name in columns)), on="right"
    )
    holds = [pl.all_horizontal(*((pl.col(name) == pl.col(f"{name}_right")).fill_null(False) for name in rule)) for rule in rules]
    return sides.select("left", "right", "apart", "probability", rules=pl.sum_horizontal(holds).cast(pl.UInt32))


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
    rows = with_name_keys(rows).with_columns(usual=pl.len().over("given") >= USUAL_GIVEN)
    rules = choose(rows, columns)
    if not can_decide(columns) or not rules:
        return None
    prior, compared = _prior(rows, rules, telling), comparisons(columns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pairs, chance = _compare(rows, compared, rules, prior, seed)
    learnt = _learn(pairs, rows, chance, compared, prior)
    moved = None if {"birth", "number", "email"} & set(columns) else moved_of(pairs, rows, compared, learnt, link=LINK, seed=seed)
    apart = pl.col("home") == last_home(compared) if moved else pl.lit(False)
    likely = pairs.select("left", "right", apart=apart).with_columns(probability=pl.Series(learnt.probability)).filter(pl.col("probability") >= KEEP)
    found = _rules_per_pair(likely, rows, list(rules))
    report = {
        "model": "Fellegi-Sunter with a class for people of one home; pairs found and compared by Splink on DuckDB, expectation maximisation on the evidence",
        "blocking_rules": [{"rule": " and ".join(rule), "pairs": count} for rule, count in rules.items()],
        "prior": learnt.person,
        "prior_household": learnt.household,
        "descriptions": rows.height,
        "pairs_kept": found.height,
        "match_weights": weights(compared, learnt.shares),
    }
    return Scored(pairs=found, report=report, moved=moved)


def _compare(
    rows: pl.DataFrame, compared: Sequence[Compared], rules: Mapping[tuple[str, ...], int], prior: float, seed: int
) -> tuple[pl.DataFrame, list[Shares]]:
    """
    The pairs that a rule finds and that are not plainly chance, and how often each level holds by chance.

    Returns:
        `left, right` and per comparison its level from 0, -1 unknown; and the shares of the levels among random pairs.
    """
    from splink import Linker, block_on
    from splink.backends.duckdb import DuckDBAPI

    logging.getLogger("splink").setLevel(logging.CRITICAL)
    settings: dict[str, Any] = {
        "link_type": "dedupe_only",
        "unique_id_column_name": "row",
        "comparisons": for_splink(compared),
        "blocking_rules_to_generate_predictions": [block_on(*rule).get_blocking_rule("duckdb").as_dict() for rule in rules],
        "probability_two_random_records_match": prior,
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False,
    }
    with duckdb.connect(":memory:") as connection:
        # no spill: values of the evidence never go to a temporary file
        connection.execute(f"SET temp_directory=''; SET memory_limit='{MEMORY_LIMIT}'; SET threads=2; SET enable_progress_bar=false")
        table = DuckDBAPI(connection=connection).register(rows.to_arrow())
        untaught = Linker(table, settings, log_level=logging.CRITICAL)
        untaught.training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=seed + 1, min_count_per_level=None, num_chunks=1)
        chance = _by_chance(untaught.misc.save_model_to_json(out_path=None), rows.height)
        for one, told in zip(settings["comparisons"], chance, strict=True):
            for level, share in zip(one["comparison_levels"][1:], told, strict=True):
                level["u_probability"] = float(share)
        predicted = Linker(table, settings, log_level=logging.CRITICAL).inference.predict(threshold_match_probability=WORTH_LEARNING)
        # Splink counts levels from the last to the first
        wanted = ", ".join(f"CASE WHEN gamma_{one.name} < 0 THEN -1 ELSE {len(one.levels) - 1} - gamma_{one.name} END AS {one.name}" for one in compared)
        pairs = connection.sql(f'SELECT row_l AS "left", row_r AS "right", {wanted} FROM {predicted.physical_name}').pl()
    return pairs.select(pl.col("left", "right").cast(pl.UInt32), pl.col(*(one.name for one in compared)).cast(pl.Int16)).sort("left", "right"), chance


def _by_chance(model: Mapping[str, Any], records: int) -> list[Shares]:
    """Shares of the levels among random pairs; one that none showed counts as half a pair."""
    least = 0.5 / max(min(U_PAIRS, records * (records - 1) / 2), 1)
    told = []
    for comparison in model["comparisons"]:
        levels = [level.get("u_probability") for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        seen = np.array([max(share, least) if isinstance(share, float) else least for share in levels])
        told.append(seen / seen.sum())
    return told


def _learn(pairs: pl.DataFrame, rows: pl.DataFrame, chance: Sequence[Shares], compared: Sequence[Compared], prior: float) -> Learnt:
    vectors = pairs.select(one.name for one in compared).to_numpy()
    rarer = {one.name: _rarer(pairs, rows, one, float(usual[0])) for one, usual in zip(compared, chance, strict=True) if one.by_frequency}
    return learn(vectors, chance, compared, start=prior, possible=rows.height * (rows.height - 1) / 2, rarer=rarer)


def _rarer(pairs: pl.DataFrame, rows: pl.DataFrame, one: Compared, usual: float) -> npt.NDArray[np.float64]:
    """By how much agreement on a value tells more than on one of usual frequency; natural logarithm, 0 where the first level does not hold."""
    name = str(one.by_frequency)
    seen = rows.select(left="row", value=name).with_columns(count=pl.len().over("value").cast(pl.Int64))
    # the record itself says nothing of how many others bear the name
    share = pl.max_horizontal(pl.col("count") - 1, pl.lit(1)) / rows.get_column(name).count()
    told = pairs.select("left", one.name).join(seen, on="left", how="left", maintain_order="left")
    return told.select(pl.when(pl.col(one.name) == 0).then((usual / share).log()).otherwise(0.0)).to_series().to_numpy()
