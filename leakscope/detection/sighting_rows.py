"""Findings as rows, before they are a frame; and which of them decoded forms of a value would repeat."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

import polars as pl

from leakscope.detection.sight import Sight
from leakscope.schema import SIGHTINGS, empty


def row_of(source: str, record: int, field: str, key: str, span: tuple[int, int], sight: Sight, attributes: str) -> tuple[Any, ...]:
    """A finding as a row of `SIGHTINGS`, at its `span` in the value before the first `->`."""
    _, _, entity, detector, confidence, validated, fingerprint, preview, _, text = sight
    return (source, record, field, *span, entity, detector, confidence, validated, fingerprint, preview, attributes, text, key)


class Seen:
    """What was found so far in one outer value, so that its decoded forms do not repeat it."""

    __slots__ = ("_found", "_where")

    def __init__(self) -> None:
        self._where: tuple[Any, ...] | None = None
        self._found: dict[tuple[str, str], list[tuple[int, int]]] = {}

    def enter(self, where: tuple[Any, ...]) -> None:
        """Another outer value begins, if `where` differs from before."""
        if where != self._where:
            self._where, self._found = where, {}

    def repeats(self, start: int, end: int, entity: str, fingerprint: str, decoded: bool) -> bool:
        """Whether a decoded finding stood at that place in a less decoded form; remembers it if not. Spans of one value do not overlap."""
        spans = self._found.setdefault((entity, fingerprint), [])
        at = bisect_right(spans, (start, end))
        if decoded and any(start < last and first < end for first, last in spans[max(0, at - 1) : at + 1]):
            return True
        spans.insert(at, (start, end))
        return False


class Unseen(Seen):
    """For values that nothing is written inside of."""

    def repeats(self, start: int, end: int, entity: str, fingerprint: str, decoded: bool) -> bool:
        return False


NOWHERE = Unseen()


SUPPRESSED = pl.Schema({"entity": pl.String, "detector": pl.String, "reason": pl.String, "count": pl.UInt64})


def counted(suppressed: Mapping[tuple[str, str, str], int]) -> pl.DataFrame:
    """Counts of what was suppressed by entity, detector and reason as a frame, schema `SUPPRESSED`, most frequent first."""
    listed = [(*what, count) for what, count in suppressed.items()]
    order = ("count", "entity", "detector", "reason")
    return pl.DataFrame(listed, schema=SUPPRESSED, orient="row").sort(order, descending=[True, False, False, False])


def sightings(found: list[tuple[Any, ...]]) -> pl.DataFrame:
    """Findings as a frame; by column, because that takes half the time."""
    if not found:
        return empty(SIGHTINGS)
    return pl.DataFrame(dict(zip(SIGHTINGS.names(), map(list, zip(*found, strict=True)), strict=True)), schema=SIGHTINGS)
