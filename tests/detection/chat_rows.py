"""Rows in the shapes chat is exposed in, unfolded the way a run unfolds them."""

from __future__ import annotations

from typing import Any

import orjson
import polars as pl

from leakscope.detection.chat import turns
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey
from leakscope.text.unfold import describe, unfold

KEY = IncidentKey(b"k" * 32)
SAID = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "hello, I need help with my car"},
    {"role": "assistant", "content": "What is wrong with it?"},
]


def text(value: Any) -> str:
    """JSON text of a value, as logs hold it in a string."""
    return orjson.dumps(value).decode()


def unfolded(*rows: dict[str, Any]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """VALUES and RECORDS of rows."""
    batch = Batch(source="logs", first_record=0, records=len(rows), lines=b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return unfold(batch, KEY), describe(batch)


def turns_of(*rows: dict[str, Any]) -> pl.DataFrame:
    """TURNS of rows."""
    return turns(*unfolded(*rows), KEY)
