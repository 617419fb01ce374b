"""Findings that the compiled scan places by itself, as a frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from leakscope.detection.native.scan import NativeScan
from leakscope.detection.native.values import Sights
from leakscope.detection.sight import Sight
from leakscope.schema import SIGHTINGS

_TURN = "_turn"
_PLACED = pl.Schema({**SIGHTINGS, _TURN: pl.UInt32()})
#: What is said of a span wherever it stands.
_SAID = ("entity", "detector", "confidence", "validated", "fingerprint", "preview", "attributes")


def known_sightings(source: str, numbers: Sequence[int], scan: NativeScan, sights: Sights) -> pl.DataFrame:
    """
    Findings in values that were judged, schema `SIGHTINGS` and `_turn`.

    Args:
        source: where the batch comes from.
        numbers: of its records; findings in further ones are left out.
        scan: remembers a `Sight` for each span.
        sights: what the compiled scan gave.
    """
    kept = int(np.searchsorted(sights.record, len(numbers)))
    places, where = np.unique(sights.place[:kept], return_inverse=True)
    paths = [scan.places[one][0] for one in places.tolist()]
    inside = np.array(["->" in path for path in paths], dtype=np.int64)
    spans, which = np.unique(sights.span[:kept].astype(np.int64) * 2 + inside[where], return_inverse=True)
    placed = pl.DataFrame(
        {
            "source": pl.Series([source], dtype=pl.String).new_from_index(0, kept),
            "record": np.asarray(numbers, dtype=np.uint64)[sights.record[:kept]],
            "field": _gathered(paths, where),
            "start": sights.start[:kept],
            "end": sights.end[:kept],
            "key": _gathered([scan.keys[one] for one in places.tolist()], where),
            _TURN: sights.turn[:kept],
        }
    )
    said = _said(scan.remembered.columns, spans)[which.astype(np.uint32)]
    return placed.hstack(said).select(_PLACED.names()).cast(_PLACED)


def _said(columns: list[list[Any]], spans: np.ndarray[Any, Any]) -> pl.DataFrame:
    """What is said of remembered spans; `spans` are their numbers doubled, one more where they stand in what was written inside a value."""
    numbers, inside = (spans // 2).tolist(), np.flatnonzero(spans % 2).tolist()
    part = {name: [column[one] for one in numbers] for name, column in zip(Sight._fields, columns, strict=False) if name not in ("start", "end")}
    for at in inside:
        part["attributes"][at] = Sight(*(column[numbers[at]] for column in columns)).inside()
    return pl.DataFrame({"value" if name == "text" else name: pl.Series(part.get(name, []), dtype=SIGHTINGS["value" if name == "text" else name]) for name in (*_SAID, "text")})


def _gathered(texts: list[str], which: np.ndarray[Any, Any]) -> pl.Series:
    return pl.Series(texts, dtype=pl.String).gather(pl.Series(which, dtype=pl.UInt32))


def in_turn(known: pl.DataFrame, judged: pl.DataFrame, turns: list[int]) -> pl.DataFrame:
    """Findings that were placed here and findings that were judged elsewhere, at `turns`, in the order of their values."""
    judged = judged.with_columns(pl.Series(_TURN, turns, dtype=pl.UInt32))
    return pl.concat([known, judged]).sort(_TURN, maintain_order=True).drop(_TURN)
