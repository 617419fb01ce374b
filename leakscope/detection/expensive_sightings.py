"""Puts what was read back to every place in the evidence where the text stands."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson
import polars as pl

from leakscope.detection.topics import entity_of
from leakscope.safety.keys import IncidentKey
from leakscope.safety.masking import mask
from leakscope.schema import SIGHTINGS
from leakscope.text.normalise import normalise
from leakscope.text.unfold import Leaf, place

_TRANSCRIPT = r"->transcript\[(\d+)\]$"
_PLACE = ("source", "record", "field", "key", "text", "outer_start", "outer_end", "offsets")


def sightings_of(spans: pl.DataFrame, topics: pl.DataFrame, turns: pl.DataFrame, prose: pl.DataFrame | None, key: IncidentKey) -> pl.DataFrame:
    """
    Sightings of names and topics.

    Args:
        spans: turn, start, end, entity, confidence, detector.
        topics: turn, topic, probability, about; only disclosures (about somebody) become sightings.
        turns: schema `TURNS`, for every place where a turn stands.
        prose: rows of `VALUES` outside conversations.
        key: incident key.

    Returns:
        Schema `SIGHTINGS`, by source, record, field and start.
    """
    known = turns.select("turn", *_PLACE)
    if prose is not None and prose.height:
        known = pl.concat([known, _sentences(prose)])
    told = topics.filter(pl.col("about") != "nobody").join(known.select("turn", pl.col("text").str.len_chars().alias("end")).unique("turn"), on="turn")
    whole = told.select(
        "turn", start=pl.lit(0, pl.Int64), end=pl.col("end").cast(pl.Int64), entity=pl.col("topic").map_elements(entity_of, pl.String),
        confidence="probability", detector=pl.lit("topic.") + pl.col("topic"), about="about",
    )  # fmt: skip
    wanted = pl.concat([spans.with_columns(about=pl.lit(None, pl.String)), whole])
    fingerprints = _fingerprints(key)
    rows = [_row(fingerprints, *row) for row in known.join(wanted, on="turn").drop("turn").iter_rows()]
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
    start: int, end: int, entity: str, confidence: float, detector: str, about: str | None,
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
    if about:
        attributes["about"] = about
    fingerprint, preview = fingerprints(entity, said)
    return (
        source, record, field, first, last, entity, detector, round(confidence, 4), None, fingerprint, preview,
        orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS).decode(), said, key or "",
    )  # fmt: skip
