"""What one call of the compiled scan gave: values, and findings in values that were judged."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from leakscope.detection.native.library import Result


class Found(NamedTuple):
    """
    A value in which another encoding may be written.

    Args:
        index: into the `Values` it came from.
        record: its record's place in the batch, from 0.
        place: index into `NativeScan.places`.
        text: the value.
        start, end: its place in the value before the first `->`, code points.
        breaks: as in `Leaf`.
        depth: JSON texts around it.
        rules: indexes of rules that may find something in it, ascending.
        turn: orders it among all values of the batch.
    """

    index: int
    record: int
    place: int
    text: str
    start: int
    end: int
    breaks: tuple[tuple[int, int], ...] | None
    depth: int
    rules: list[int]
    turn: int


class Sights(NamedTuple):
    """
    Findings in values in which nothing else is written, in order; arrays of one length.

    Args:
        turn: orders their values among all of the batch.
        record: place in the batch.
        place: index into `NativeScan.places`.
        span: which of the remembered findings.
        start, end: in the value before the first `->`, code points.
    """

    turn: np.ndarray[Any, Any]
    record: np.ndarray[Any, Any]
    place: np.ndarray[Any, Any]
    span: np.ndarray[Any, Any]
    start: np.ndarray[Any, Any]
    end: np.ndarray[Any, Any]


class Values:
    """
    What one call gave, copied out of the library's memory.

    Args:
        given: valid until the next call.
    """

    def __init__(self, given: Result) -> None:
        count = given.values
        self.texts = ctypes.string_at(given.texts, given.texts_size) if given.texts_size else b""
        self.maps = _copied(given.maps, given.maps_size)
        self.record, self.place, self.text_at, self.text_size = (_copied(one, count) for one in (given.record, given.place, given.text_at, given.text_size))
        self.start, self.end, self.map_at, self.map_size = (_copied(one, count) for one in (given.start, given.end, given.map_at, given.map_size))
        self.kind, self.depth, self.turn = (_copied(one, count) for one in (given.candidate, given.depth, given.turn))
        columns = (given.sight_turn, given.sight_record, given.sight_place, given.sight_span, given.sight_start, given.sight_end)
        self.sights = Sights(*(_copied(one, given.sights) for one in columns))
        #: Number of each value in which something is suppressed, as often as it was met.
        self.hushed = _copied(given.hushed, given.hushed_size)
        self._rules = _copied(given.rules, given.rules_size).tolist()
        self._rules_at = _copied(given.rules_at, count + 1)
        #: Places in the batch of records that have to be read in Python.
        self.left: list[int] = _copied(given.hard, given.hard_size).tolist()
        self.left_turns: list[int] = _copied(given.hard_turn, given.hard_size).tolist()

    def __len__(self) -> int:
        return len(self.record)

    def breaks(self, index: int) -> tuple[tuple[int, int], ...] | None:
        """Breaks of one value, as in `Leaf`."""
        at, size = int(self.map_at[index]), int(self.map_size[index])
        if at < 0:
            return None
        listed = self.maps[at : at + size].tolist()
        return tuple(zip(listed[::2], listed[1::2], strict=True))

    def found(self) -> Iterator[Found]:
        """The values in which another encoding may be written, in order."""
        chosen = np.flatnonzero(self.kind)
        columns = (self.record, self.place, self.text_at, self.text_size, self.start, self.end, self.depth, self.turn, self._rules_at)
        rows = zip(chosen.tolist(), *(column[chosen].tolist() for column in columns), self._rules_at[chosen + 1].tolist(), strict=True)
        for index, record, place, at, size, start, end, depth, turn, first, last in rows:
            text = self.texts[at : at + size].decode()
            breaks = None if self.map_at[index] < 0 else self.breaks(index)
            yield Found(index, record, place, text, start, end, breaks, depth, self._rules[first:last], turn)


def _copied(pointer: Any, count: int) -> np.ndarray[Any, Any]:
    return np.ctypeslib.as_array(pointer, (count,)).copy() if count else np.empty(0, dtype=np.int64)
