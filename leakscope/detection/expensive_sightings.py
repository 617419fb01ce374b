"""Puts what was read back to every place in the evidence where the text stands."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson
import polars as pl

from leakscope.detection.subjects import details
from leakscope.detection.turn_places import AUTHOR
from leakscope.safety.keys import IncidentKey
from leakscope.safety.masking import mask
from leakscope.schema import SIGHTINGS
from leakscope.text.leaf import Leaf, place
from leakscope.text.normalise import normalise

#: What a sighting is made of, besides where its text stands.
_WANTED = {"start": pl.Int64, "end": pl.Int64, "entity": pl.String, "confidence": pl.Float64, "detector": pl.String, "about": pl.String, "relation": pl.String, "child": pl.Boolean}
_CONFIDENCE = 0.8  # of ages and dates of birth beside somebody they fit; share right on the labelled turns
_PLACE = ("source", "record", "field", "key", "text", "outer_start", "outer_end", "offsets")


def details_of(texts: pl.DataFrame) -> pl.DataFrame:
    """
    Ages and dates of birth in what people typed: cheap, so every turn is read whatever the budget.

    Args:
        texts: turn, role, language, text.

    Returns:
        turn, start, end, entity, confidence, detector, about, relation, child.
    """
    asked = texts.filter((pl.col("role") == "user") & pl.col("text").str.contains(r"\d")).select("turn", "text", "language")
    rows = [
        (turn, one.start, one.end, one.entity, _CONFIDENCE, f"subject.{one.entity.lower()}", one.about, one.relation or None, one.child)
        for turn, text, language in asked.iter_rows()
        for one in details(text, language)
    ]
    return pl.DataFrame(rows, schema={"turn": pl.String, **_WANTED}, orient="row")


def conversations_of(turns: pl.DataFrame) -> pl.DataFrame:
    """That people talked here: one `CHAT_CONTENT` for each author of each conversation, at the first turn of theirs."""
    first = turns.filter(pl.col("role") == "user").with_columns(author=AUTHOR).unique(["conversation", "author"], keep="first", maintain_order=True)
    return first.select(
        "turn", start=pl.lit(0, pl.Int64), end=pl.col("text").str.len_chars().cast(pl.Int64), entity=pl.lit("CHAT_CONTENT"),
        confidence=pl.lit(0.99), detector=pl.lit("chat.conversation"), about=pl.lit("author"), place=pl.struct("source", "record", "field"),
    )  # fmt: skip


def sightings_of(spans: pl.DataFrame, topics: pl.DataFrame, turns: pl.DataFrame, prose: pl.DataFrame | None, key: IncidentKey, ages: pl.DataFrame) -> pl.DataFrame:
    """
    Sightings of names, ages, topics and conversations.

    Args:
        spans: turn, start, end, entity, confidence, detector.
        topics: turn, topic, probability, about; only disclosures (about somebody) become sightings.
        turns: schema `TURNS`, for every place where a turn stands.
        prose: rows of `VALUES` outside conversations.
        key: incident key.
        ages: as `details_of` gives.

    Returns:
        Schema `SIGHTINGS`, by source, record, field and start.
    """
    known = turns.select("turn", *_PLACE)
    if prose is not None and prose.height:
        known = pl.concat([known, _sentences(prose)])
    told = topics.filter(pl.col("about") != "nobody").join(known.select("turn", pl.col("text").str.len_chars().alias("end")).unique("turn"), on="turn")
    whole = told.select(
        "turn", start=pl.lit(0, pl.Int64), end=pl.col("end").cast(pl.Int64), entity=pl.lit("TOPIC_") + pl.col("topic").str.to_uppercase(),
        confidence="probability", detector=pl.lit("topic.") + pl.col("topic"), about="about",
    )  # fmt: skip
    wanted = pl.concat([spans, ages, whole], how="diagonal").select("turn", *_WANTED)
    fingerprints = _fingerprints(key)
    placed = known.join(wanted, on="turn").drop("turn")
    begun = conversations_of(turns)
    if begun.height:
        held = known.join(begun, on="turn").filter(pl.struct("source", "record", "field") == pl.col("place"))
        placed = pl.concat([placed, held.select("source", *_PLACE[1:], *(c for c in _WANTED if c in held.columns))], how="diagonal").select(placed.columns)
    rows = [_row(fingerprints, *row) for row in placed.iter_rows()]
    return pl.DataFrame(rows, schema=SIGHTINGS, orient="row").sort("source", "record", "field", "start", "entity")


def _sentences(prose: pl.DataFrame) -> pl.DataFrame:
    """Every place of every sentence, named as `expensive_units` names its first."""
    name = pl.concat_str(pl.lit("p"), "source", pl.lit(":"), pl.col("record").cast(pl.String), pl.lit(":"), "field")
    named = prose.with_columns(turn=name.first().over("value"))
    offsets = pl.col("offsets") if "offsets" in prose.columns else pl.lit(None, pl.List(pl.UInt32))
    return named.select("turn", "source", "record", "field", "key", pl.col("value").alias("text"), "outer_start", "outer_end", offsets=offsets)


def _fingerprints(key: IncidentKey) -> Any:
    @lru_cache(maxsize=65536)
    def known(entity: str, text: str) -> tuple[str, str]:
        return key.pseudonym(entity, normalise(entity, text)), mask(entity, text)

    return known


def _row(
    fingerprints: Any, source: str, record: int, field: str, key: str, text: str, outer_start: int, outer_end: int, offsets: list[int] | None,
    start: int, end: int, entity: str, confidence: float, detector: str, about: str | None, relation: str | None, child: bool | None,
) -> tuple[Any, ...]:  # fmt: skip
    """One sighting; a turn of a transcript lies `begin` code points into its value."""
    stem, mark, rest = field.rpartition("->transcript[")
    begin = int(rest[:-1]) if mark else 0
    field = stem if mark else field
    said = text[start:end]
    breaks = None if offsets is None else tuple(zip(offsets[::2], offsets[1::2], strict=True))
    leaf = Leaf(field, key, text, outer_start or 0, outer_end or len(text), breaks)
    first, last = place(leaf, begin + start, begin + end)
    attributes: dict[str, Any] = {"decoded_start": begin + start, "decoded_end": begin + end} if "->" in field else {}
    attributes |= {name: value for name, value in (("about", about), ("relation", relation), ("child", child)) if value is not None}
    fingerprint, preview = fingerprints(entity, said)
    return (
        source, record, field, first, last, entity, detector, round(confidence, 4), None, fingerprint, preview,
        orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS).decode(), said, key or "",
    )  # fmt: skip
