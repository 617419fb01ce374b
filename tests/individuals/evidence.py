"""Small invented evidence for linkage tests."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from leakscope.safety.keys import IncidentKey
from leakscope.schema import RECORDS, SIGHTINGS, TURNS
from leakscope.text.normalise import normalise

KEY = IncidentKey(b"k" * 32)
USER = "6f1d2c3b-5e3a-4d1c-8a56-1234567890ab"
OTHER_USER = "0b7e9a44-91c2-4c7e-9b1e-fedcba987654"


def sightings(*rows):
    """Rows `(record, field, entity, text[, start[, confidence]])` of one source as schema SIGHTINGS."""
    made = []
    for record, field, entity, text, *rest in rows:
        start, confidence = (*rest, *(0, 0.95)[len(rest) :])
        value = normalise(entity, text)
        made.append(
            {
                "source": "a",
                "record": record,
                "field": field,
                "start": start,
                "end": start + len(text),
                "entity": entity,
                "detector": "test",
                "confidence": confidence,
                "validated": None,
                "fingerprint": KEY.pseudonym(entity, value),
                "preview": "*",
                "attributes": "{}",
                "value": value,
                "key": field.split(".")[-1].split("[")[0],
            }
        )
    return pl.DataFrame(made, schema=SIGHTINGS)


def records(frame):
    """A record at noon of 1 May 2026 for every one that `frame` names."""
    base = frame.select("source", "record").unique(maintain_order=True)
    noon = pl.lit(datetime(2026, 5, 1, 12, tzinfo=UTC))
    rows = base.with_columns(timestamp=noon, service=pl.lit(None, pl.String), host=pl.lit(None, pl.String), size_bytes=pl.lit(10))
    return rows.select(pl.col(name).cast(kind) for name, kind in RECORDS.items())


def turns(*rows):
    """Rows `(record, field, role, text)`; conversation and user by record."""
    made = [
        {
            "source": "a",
            "record": record,
            "field": field,
            "conversation": f"conversation-{record}",
            "user": None,
            "position": 0,
            "role": role,
            "turn": f"{record}{field}",
            "model": None,
            "service": None,
            "timestamp": None,
            "language": "en",
            "length": len(text),
            "attachments": 0,
            "text": text,
        }
        for record, field, role, text in rows
    ]
    return pl.DataFrame(made, schema=TURNS)


def said(record, field, text, *found):
    """A user's turn and the sightings of `(entity, value)` in it."""
    return turns((record, field, "user", text)), sightings(*((record, field, entity, value, text.index(value)) for entity, value in found))
