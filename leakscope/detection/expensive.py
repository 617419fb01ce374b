"""The expensive tier: names and topics, read in a seeded sample of people's conversations that fits the time there is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from leakscope.detection.expensive_sightings import details_of, sightings_of
from leakscope.detection.expensive_totals import totals_of
from leakscope.detection.expensive_units import strata, units
from leakscope.detection.names import engine, find_names
from leakscope.detection.names_rules import reads_by_rules
from leakscope.detection.topics import NONE, classify
from leakscope.errors import DomainError
from leakscope.estimation.stratified import neyman_allocation
from leakscope.model import Estimate
from leakscope.safety.keys import IncidentKey
from leakscope.schema import SIGHTINGS, empty

__all__ = ["Expensive", "Plan", "plan", "read"]

#: Characters read to learn how fast this machine reads, and the share of the budget that is then planned for.
CALIBRATION, PLANNED_SHARE = 40_000, 0.8
#: Texts read in one go; bounds memory whatever the sample.
TOGETHER = 2_000
FEWEST = 6  # units of a stratum, so that its variance means something


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    What will be read, fixed before reading.

    Args:
        texts: every eligible text; as `expensive_units.units` gives. Open.
        units: every unit with its stratum; as `expensive_units.strata` gives, and `chosen` (bool).
        size: units chosen; `--expensive-sample` with this number, seed and key chooses the same ones.
        seed: of the draw.
        budget_seconds: the time it was made for; null: everything is read.
        speed: characters a second that were measured; null when nothing was measured.
    """

    texts: pl.DataFrame = field(repr=False)
    units: pl.DataFrame = field(repr=False)
    size: int
    seed: int
    budget_seconds: float | None
    speed: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expensive:
    """
    What reading gave.

    Args:
        sightings: names, addresses, ages and topics at every place the read texts stand; schema `SIGHTINGS`. Open.
        topics: one row per read user turn with a sensitive topic: turn, conversation, user, language, topic, probability,
            about, weight (turns it stands for).
        coverage: `coverage.expensive` of the assessment.
        totals: estimates for all turns, conversations and people, by `turns.PERSON`, `conversations.health`,
            `people.health`, `turns.health.de` and the like.
        reading: one row per text worth reading: turn, unit, stratum, chosen, modelled (the names model reads its language).
    """

    sightings: pl.DataFrame = field(repr=False)
    topics: pl.DataFrame = field(repr=False)
    coverage: Mapping[str, Any]
    totals: Mapping[str, Estimate]
    reading: pl.DataFrame


def plan(
    turns: pl.DataFrame,
    prose: pl.DataFrame | None = None,
    *,
    budget_seconds: float | None = 60.0,
    expensive_sample: int | None = None,
    seed: int = 0,
    names: str = "default",
) -> Plan:
    """
    Chooses what to read.

    Args:
        turns: schema `TURNS`.
        prose: rows of `VALUES` that are sentences outside conversations.
        budget_seconds: time for reading; null reads everything.
        expensive_sample: units to read instead of what the budget allows.
        seed: of the draw.
        names: model whose speed is measured.

    Returns:
        A plan; the same for equal turns, prose, seed and number of units.

    Raises:
        DomainError: a negative budget or sample.
    """
    if (budget_seconds is not None and budget_seconds < 0) or (expensive_sample is not None and expensive_sample < 0):
        raise DomainError("the time budget and the expensive sample are not negative")
    texts = units(turns, prose)
    known = strata(texts)
    speed = None
    if expensive_sample is None and budget_seconds is not None:
        speed = _speed(texts, seed, names)
        expensive_sample = _affordable(known, budget_seconds * PLANNED_SHARE * speed)
    readable = known.filter(pl.col("stratum") != "empty").height
    size = readable if expensive_sample is None else min(expensive_sample, readable)
    return Plan(texts=texts, units=_chosen(known, size, seed), size=size, seed=seed, budget_seconds=budget_seconds, speed=speed)


def _speed(texts: pl.DataFrame, seed: int, names: str) -> float:
    """Characters a second that names and topics are read at here, on a drawn few texts."""
    few = texts.filter("worthwhile").sample(fraction=1, shuffle=True, seed=seed) if texts.height < 5_000 else texts.filter("worthwhile").sample(n=min(2_000, int(texts["worthwhile"].sum())), seed=seed)
    few = few.filter(pl.col("length").cum_sum() <= CALIBRATION)
    if few.is_empty():
        return float("inf")
    _read_texts(few.head(20), names)  # loads the models, which is not reading
    started = time.perf_counter()
    _read_texts(few, names)
    return int(few["length"].sum()) / max(time.perf_counter() - started, 1e-6)


def _affordable(known: pl.DataFrame, characters: float) -> int:
    """The largest number of units whose expected length, allocated over the strata, fits."""
    table = _table(known)
    least, most = 0, int(table["units"].sum())
    while least < most:
        middle = (least + most + 1) // 2
        cost = sum(n * mean for n, mean in zip(_allocation(table, middle), table["mean"], strict=True))
        least, most = (middle, most) if cost <= characters else (least, middle - 1)
    return least


def _table(known: pl.DataFrame) -> pl.DataFrame:
    """One row per stratum that has something to read: units, mean length, and how much its units differ."""
    return (
        known.filter(pl.col("stratum") != "empty")
        .group_by("stratum")
        .agg(units=pl.len(), mean=pl.col("length").mean(), spread=(pl.col("turns").cast(pl.Float64) ** 2).mean().sqrt().clip(1))
        .with_columns(pl.col("spread") * (1 + pl.col("stratum").str.extract(r"(\d)$").cast(pl.Float64)) / pl.col("mean").clip(1).sqrt())
        .sort("stratum")
    )


def _allocation(table: pl.DataFrame, size: int) -> list[int]:
    """
    Units to read of each stratum, at least `FEWEST`: more of those that are many, differ much and are quickly read.

    Source:
        Cochran (1977), section 5.5: n_h proportional to N_h S_h / sqrt(c_h), the least variance for a given cost.
    """
    counts = table["units"].to_list()
    if size >= sum(counts):
        return counts
    few = next(few for few in range(FEWEST, -1, -1) if sum(min(few, n) for n in counts) <= size)
    given = [min(few, n) for n in counts]
    left = size - sum(given)
    open_strata = [place for place, n in enumerate(counts) if n > given[place]]
    if left < len(open_strata):
        largest = sorted(open_strata, key=lambda place: -counts[place])[:left]
        return [n + (place in largest) for place, n in enumerate(given)]
    more = neyman_allocation([counts[place] - given[place] for place in open_strata], [table["spread"][place] for place in open_strata], left)
    extra = dict(zip(open_strata, more, strict=True))
    return [n + extra.get(place, 0) for place, n in enumerate(given)]


def _chosen(known: pl.DataFrame, size: int, seed: int) -> pl.DataFrame:
    """`known` with `chosen`: a random sample of each stratum, drawn from the seed alone."""
    table = _table(known)
    quota = dict(zip(table["stratum"], _allocation(table, size), strict=True))
    order = np.random.default_rng(seed).permutation(known.height)
    ranked = known.with_columns(draw=pl.Series(order)).with_columns(rank=pl.col("draw").rank("ordinal").over("stratum"))
    limit = pl.col("stratum").replace_strict(quota, default=0, return_dtype=pl.Int64)
    # a unit without a word to read is known without reading
    return ranked.with_columns(chosen=(pl.col("rank") <= limit) | (pl.col("stratum") == "empty")).drop("draw", "rank")


def read(
    planned: Plan, turns: pl.DataFrame, prose: pl.DataFrame | None = None, key: IncidentKey | None = None, *, names: str = "default", progress: Any = None
) -> Expensive:
    """
    Reads what was planned.

    Args:
        planned: as `plan` gives for the same turns and prose.
        turns, prose: as there.
        key: incident key, for fingerprints.
        names: model for names.
        progress: told how far reading is, if given.

    Returns:
        What stands in the texts read, and estimates for all of them.
    """
    if key is None:
        raise DomainError("reading needs the incident key")
    chosen = planned.units.filter("chosen")
    texts = planned.texts.join(chosen.select("unit", "stratum"), on="unit")
    spans, topics = _read_all(texts.filter("worthwhile"), names, progress)
    weights = _weights(planned.units)
    told = topics.join(texts.select("turn", "conversation", "unit", "stratum", "language", "role"), on="turn").join(weights, on="stratum", how="left")
    owners = turns.select("turn", "user").unique("turn", keep="first")
    told = told.filter(pl.col("topic") != NONE).join(owners, on="turn", how="left")
    found = sightings_of(spans, told, turns, prose, key, details_of(planned.texts)) if planned.texts.height else empty(SIGHTINGS)
    return Expensive(
        sightings=found,
        topics=told.select("turn", "conversation", "user", "language", "topic", "probability", "about", "weight").sort("turn"),
        coverage=_coverage(planned, texts, names),
        totals=totals_of(planned.units, planned.texts, spans, told),
        reading=_reading(planned, names),
    )


def _reading(planned: Plan, names: str) -> pl.DataFrame:
    """Every text worth reading, and whether it was to be read and how."""
    reader = engine(names)
    languages = planned.texts.get_column("language").unique().to_list()
    modelled = pl.col("language").replace_strict({language: reader.reads(language) for language in languages}, default=False, return_dtype=pl.Boolean)
    texts = planned.texts.filter("worthwhile").select("turn", "unit", modelled=modelled)
    return texts.join(planned.units.select("unit", "stratum", "chosen"), on="unit", maintain_order="left")


def _read_all(texts: pl.DataFrame, names: str, progress: Any) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Spans and topics of `texts`; what many people typed is read once, a few thousand texts at a time."""
    told_by = ["text", "language", "role"]
    distinct = texts.select(told_by).unique(maintain_order=True)
    distinct = distinct.with_columns(turn=pl.int_range(pl.len()).cast(pl.String))
    if progress is not None:
        progress.start("reading names and topics", float(distinct.height) or None, "texts")
    parts = [_read_texts(distinct.clear(), names)]
    for part in distinct.iter_slices(TOGETHER):
        parts.append(_read_texts(part, names))
        if progress is not None:
            progress.advance(part.height)
    if progress is not None:
        progress.stop()
    places = texts.select("turn", *told_by).join(distinct.rename({"turn": "first"}), on=told_by, nulls_equal=True).select("turn", "first")
    spans, topics = (pl.concat(frames).rename({"turn": "first"}) for frames in zip(*parts, strict=True))
    return places.join(spans, on="first").select(list(_SPANS)), places.join(topics, on="first").drop("first")


_SPANS = {"turn": pl.String, "start": pl.Int64, "end": pl.Int64, "entity": pl.String, "confidence": pl.Float64, "detector": pl.String}


def _read_texts(texts: pl.DataFrame, names: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Names of every text and topics of what people typed; each distinct text is read once."""
    distinct = texts.select("text", "language").unique("text", keep="first", maintain_order=True)
    reader = engine(names)
    by_model = [reader.reads(language) for language in distinct["language"]]
    said = distinct["text"].to_list()
    spoken = [None if fits else language for language, fits in zip(distinct["language"], by_model, strict=True)]
    rows, named = [], {}
    for text, fits, spans in zip(said, by_model, find_names(said, model=names, languages=spoken), strict=True):
        detector = f"names.{reader.name}" if fits else "names.rules"
        rows += [(text, span.start, span.end, span.entity, span.confidence, detector) for span in spans]
        named[text] = min((span.start for span in spans if span.entity == "PERSON"), default=None)
    spans = pl.DataFrame(rows, schema={"text": pl.String, **{name: kind for name, kind in _SPANS.items() if name != "turn"}}, orient="row")
    placed = texts.select("turn", "text").join(spans, on="text").select(list(_SPANS))
    typed = texts.filter(pl.col("role").is_in(["user", "prose"]))
    told = classify(typed["text"].to_list(), typed["language"].to_list(), named=[named[text] for text in typed["text"]])
    return placed, typed.select("turn").with_columns(told.get_columns())


def _weights(known: pl.DataFrame) -> pl.DataFrame:
    """How many units each read unit of a stratum stands for."""
    return known.group_by("stratum").agg(weight=pl.len() / pl.col("chosen").sum().cast(pl.Float64))


def _coverage(planned: Plan, texts: pl.DataFrame, names: str) -> dict[str, Any]:
    """The share that was read and by what, as the assessment prints it."""
    readable = planned.units.filter(pl.col("stratum") != "empty")
    reader = engine(names)
    counts = planned.texts.filter(pl.col("role") == "user").group_by("language").agg(turns=pl.len()).sort("turns", "language", descending=[True, False])
    by = {language: "model" if reader.reads(language) else "rules" if reads_by_rules(language) else "not read" for language in counts["language"]}
    eligible = readable.height
    return {
        "unit": "conversation",
        "unit_note": "a person with all their conversations where the user is known, else a conversation; sentences outside conversations count one each",
        "read": int(readable["chosen"].sum()),
        "eligible": eligible,
        "share": float(readable["chosen"].sum()) / eligible if eligible else 1.0,
        "texts_read": int(texts["worthwhile"].sum()),
        "texts_eligible": int(planned.texts["worthwhile"].sum()),
        "texts_not_prose": int((~planned.texts["worthwhile"]).sum()),
        "roles_read": ["user", "tool", "prose"],
        "budget_seconds": planned.budget_seconds,
        "expensive_sample": planned.size,
        "seed": planned.seed,
        "names_model": reader.name,
        "languages": [{"language": language, "turns": turns, "read_by": by[language]} for language, turns in counts.iter_rows()],
    }
