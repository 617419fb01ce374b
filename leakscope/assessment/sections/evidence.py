"""Evidence and coverage: what was there, what was examined, and what was not and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import polars as pl

from leakscope.assessment.state import Exhibit
from leakscope.errors import InvariantError
from leakscope.model import SetAside


def records_set_aside(set_aside: Sequence[SetAside]) -> int:
    """Records that could be counted but not examined."""
    return sum(piece.records or 0 for piece in set_aside)


def evidence_rows(exhibits: Sequence[Exhibit], records: pl.DataFrame, set_aside: Sequence[SetAside], acquired: dict[str, Any] | None) -> list[dict[str, Any]]:
    """
    One row per piece of evidence, in order of reading.

    Args:
        exhibits: as read.
        records: schema RECORDS; gives the time span.
        set_aside: everything not examined.
        acquired: who acquired the evidence, how and when, if the facts say so.
    """
    spans = {row["source"]: row for row in records.group_by("source").agg(pl.col("timestamp").min().alias("first"), pl.col("timestamp").max().alias("last")).to_dicts()}
    aside: dict[str, int] = defaultdict(int)
    for piece in set_aside:
        aside[piece.source] += piece.records or 0
    return [
        {
            "id": one.id,
            "source": one.source,
            "format": one.format,
            "size_bytes": one.size_bytes,
            "sha256": one.sha256,
            "inside": one.parent,
            "records_collected": one.collected,
            "records_examined": one.examined,
            "records_set_aside": aside[one.source] if one.format != "none" else 0,
            "first_timestamp": instant(spans.get(one.source, {}).get("first")),
            "last_timestamp": instant(spans.get(one.source, {}).get("last")),
            "acquired": acquired,
            "duplicate_of": one.duplicate_of,
        }
        for one in exhibits
    ]


def instant(value: Any) -> str | None:
    """An instant in ISO 8601 with Z, or null."""
    return value.isoformat(timespec="seconds").replace("+00:00", "Z") if value is not None else None


def coverage(exhibits: Sequence[Exhibit], set_aside: Sequence[SetAside], *, values_examined: int, suppressed: pl.DataFrame, expensive: dict[str, Any] | None) -> dict[str, Any]:
    """
    What was read and what was not.

    Raises:
        InvariantError: collected is not examined + set aside + not drawn.
    """
    collected, examined, not_drawn = (sum(getattr(one, name) for one in exhibits) for name in ("collected", "examined", "not_drawn"))
    aside = records_set_aside(set_aside)
    if collected != examined + aside + not_drawn:
        raise InvariantError(f"{collected} records collected, but {examined} examined, {aside} set aside and {not_drawn} not drawn")
    return {
        "records_collected": collected,
        "records_examined": examined,
        "records_set_aside": aside,
        "records_not_drawn": not_drawn,
        "set_aside": [
            {"source": one.source, "reason": one.reason, "detail": one.detail, "records": one.records, "size_bytes": one.size_bytes, "record": one.record}
            for one in merged(set_aside)
        ],
        "values_examined": values_examined,
        "expensive": expensive,
        "suppressed": suppressed.group_by("entity", "reason").agg(pl.col("count").sum()).sort("entity", "reason").to_dicts() if suppressed.height else [],
    }


def merged(set_aside: Sequence[SetAside]) -> list[SetAside]:
    """Runs of the same reason in one source as one piece, in order of first appearance."""
    groups: dict[tuple[str, str, str], list[SetAside]] = defaultdict(list)
    for piece in set_aside:
        groups[piece.source, piece.reason, piece.detail].append(piece)
    return [
        SetAside(
            source=source,
            reason=reason,
            detail=detail,
            records=sum(piece.records for piece in group if piece.records is not None) if any(piece.records is not None for piece in group) else None,
            size_bytes=sum(piece.size_bytes for piece in group if piece.size_bytes is not None) if any(piece.size_bytes is not None for piece in group) else None,
            record=group[0].record,
        )
        for (source, reason, detail), group in groups.items()
    ]
