"""The probabilistic tier: Fellegi and Sunter's model by Splink on DuckDB, trained on the evidence itself."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl

from leakscope.individuals.blocking import choose, pairs_within
from leakscope.individuals.comparisons import EXCHANGED, comparisons, training_rules, weights

#: Columns that may be compared, if enough descriptions have them.
COMPARED = ("number", "email", "given", "surname", "birth", "phone", "address", "house", "postcode", "place", "region")
LEAST_COVERAGE = 0.1
#: Pairs below this probability are not kept; those between it and LINK widen the interval.
KEEP = 0.01
LINK = 0.5
#: Share of true pairs that agree exactly on the telling facts, for the prior; own guess, EM moves it little.
ASSUMED_RECALL = 0.7
#: Facts about the person and not the household; the surname only tells which names were swapped.
PERSONAL = ("given", "surname", "birth", "number", "email")
#: Jaro-Winkler likeness from which on two given names may be one misspelt; own choice.
GIVEN_ALIKE = 0.65
#: Descriptions with a given name from which on it is taken for a real one and not a misspelling.
USUAL_GIVEN = 4
#: The same in a table where people of one home stand, whose given names are all that tells them apart.
GIVEN_CLOSE = 0.8
#: Share of linked pairs whose given names and birth dates both differ from which on a table holds several people of one home. Own choice.
HOMES = 0.02
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
        "match_weights": weights(model),
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
        comparisons=comparisons(columns),
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
        probability_two_random_records_match=prior,
        retain_matching_columns=False,
    )
    with duckdb.connect(":memory:") as connection:
        # no spill: values of the evidence never go to a temporary file
        connection.execute(f"SET temp_directory=''; SET memory_limit='{MEMORY_LIMIT}'; SET threads=2; SET enable_progress_bar=false")
        linker = Linker(DuckDBAPI(connection=connection).register(rows.to_arrow()), settings, log_level=logging.CRITICAL)
        linker.training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=seed + 1, min_count_per_level=None, num_chunks=1)
        for rule in training_rules(rows, columns) or list(rules)[:1]:
            if comparisons([name for name in columns if name not in rule]):
                linker.training.estimate_parameters_using_expectation_maximisation(
                    block_on(*rule), max_pairs=EM_PAIRS if pairs_within(rows, rule) > EM_PAIRS else None
                )
        predicted = linker.inference.predict(threshold_match_probability=KEEP).as_duckdbpyrelation().pl()
        model = linker.misc.save_model_to_json(out_path=None)
    pairs = predicted.select(
        left=pl.col("row_l").cast(pl.UInt32), right=pl.col("row_r").cast(pl.UInt32), probability=pl.col("match_probability").cast(pl.Float64)
    )
    return _without_housemates(pairs.sort("left", "right"), rows), model


def _alike(fields: Sequence[str], least: float = GIVEN_ALIKE) -> dict[str, str]:
    """Condition under which each fact about a person, known on both sides, is the same but for slips, nicknames and swapped names."""
    given = f"(jaro_winkler_similarity(l.given, r.given) >= {least} OR left(l.given, 3) = left(r.given, 3)"
    if "surname" in fields:
        given += f" OR least(jaro_winkler_similarity(l.given, r.surname), jaro_winkler_similarity(l.surname, r.given)) >= {least}"
    birth = f"(damerau_levenshtein(l.birth, r.birth) <= 2 OR l.birth = {EXCHANGED.format('r.birth')})"
    edits = {name: f"damerau_levenshtein(l.{name}, r.{name}) <= 2" for name in ("number", "email")}
    return {name: condition for name, condition in {"given": given + ")", "birth": birth, **edits}.items() if name in fields}


def _without_housemates(pairs: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """
    `pairs` less those of people who share a home and nothing that is theirs alone.

    The model multiplies what comparisons say as if they were independent; housemates agree on surname, address, town and phone at
    once, which would outweigh two given names and birth dates. So one fact about the person must agree: given name, birth date,
    number or mailbox. Where the table shows no people of one home, only two usual given names are taken for two people. Twins
    agree on the birth date too: two usual given names that are not alike are two people where number or mailbox differ as well.
    Note: twins without either still pass for one person with two given names.
    """
    alike = _alike([name for name in PERSONAL if name in rows.columns])
    if not alike:
        return pairs
    if "given" in alike:
        usual = rows.group_by("given").len().filter(pl.col("len") >= USUAL_GIVEN).select("given", usual=pl.lit(True))
        rows = rows.join(usual, on="given", how="left")
    flags = ", ".join(f"{condition} AS {name}_alike" for name, condition in alike.items())
    flags += f", {_alike(rows.columns, GIVEN_CLOSE)['given']} AS given_close" if "given" in alike else ", false AS given_close"
    flags += ", coalesce(l.usual AND r.usual, false) AS usual" if "given" in alike else ", false AS usual"
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"SET temp_directory=''; SET memory_limit='{MEMORY_LIMIT}'; SET threads=2")
        connection.register("rows_", rows.to_arrow())
        connection.register("pairs_", pairs.to_arrow())
        told = connection.sql(
            f"""SELECT p."left", p."right", p.probability, {flags} FROM pairs_ p JOIN rows_ l ON p."left" = l.row JOIN rows_ r ON p."right" = r.row
            ORDER BY 1, 2"""
        ).pl()
    kept = told.filter(~_housemates(told, list(alike)) & ~_twins(list(alike)))
    return kept.select("left", "right", "probability").cast({"left": pl.UInt32, "right": pl.UInt32})


def _housemates(told: pl.DataFrame, names: Sequence[str]) -> pl.Expr:
    """Pairs of which no fact about the person agrees, in a table where people of one home stand; else only those of two usual given names."""
    facts = [pl.col(f"{name}_alike") for name in names]
    none = ~pl.any_horizontal([fact.fill_null(False) for fact in facts])
    all_differ = none & pl.all_horizontal([fact.is_not_null() for fact in facts if fact.meta.output_name() in ("given_alike", "birth_alike")])
    linked = told.filter(pl.col("probability") >= LINK)
    shared = (linked.select(all_differ.mean()).item() or 0.0) >= HOMES if linked.height else False
    some = pl.any_horizontal([fact.is_not_null() for fact in facts])
    nothing_close = ~pl.any_horizontal([pl.col("given_close").fill_null(False), *(fact.fill_null(False) for fact in facts if fact.meta.output_name() != "given_alike")])
    return nothing_close & some if shared else none & pl.col("usual")


def _twins(names: Sequence[str]) -> pl.Expr:
    """Pairs of two usual given names that are not alike, whose number or mailbox differ."""
    better = [pl.col(f"{name}_alike") for name in ("number", "email") if name in names]
    if "given" not in names or not better:
        return pl.lit(False)
    differs = pl.any_horizontal([~fact.fill_null(True) for fact in better])
    return pl.col("usual") & ~pl.col("given_alike").fill_null(True) & differs & ~pl.any_horizontal([fact.fill_null(False) for fact in better])
