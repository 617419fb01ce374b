"""Calls the compiled scan: batches in, the values in which something may stand out, each with the rules that may find it."""

from __future__ import annotations

import ctypes
import secrets
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from leakscope.catalogue.model import Detector
from leakscope.detection.native.library import ASK, Given, Result, Rules, library
from leakscope.detection.native.tables import Tables, tables_of
from leakscope.text.unfold import is_data

#: Kinds of places, as in `rules.h`.
_FIELD, _INDEX, _LABEL, _LABEL_NAME, _NESTED = range(1, 6)
_TAKES_ROLE = 1
#: Bytes over which the automata may be begun anew once; texts in which they do so more often are sooner read in Python.
_BYTES_A_RESTART = 1_000_000
#: Calls of `worthwhile` that say no after such a text.
_REST = 16
#: Bits of `Found.kind`.
CANDIDATE, LAYERED = 1, 2


class Surroundings(NamedTuple):
    """
    What is known of the names around a value.

    Args:
        number: equal for equal surroundings.
        named: rules that the names alone make possible.
        takes_role: whether the key can say what its value is.
    """

    number: int
    named: frozenset[int]
    takes_role: bool


class Found(NamedTuple):
    """
    A value in which something may stand.

    Args:
        index: into the `Values` it came from.
        record: its record's place in the batch, from 0.
        place: index into `NativeScan.places`.
        text: the value.
        start, end: its place in the value before the first `->`, code points.
        breaks: as in `Leaf`.
        outer: which value of the record it was written in, from 1.
        kind: `CANDIDATE` and `LAYERED`.
        depth: JSON texts around it.
        rules: indexes of rules that may find something in it, ascending.
        key: for `NativeScan.holds_nothing`; 0 when it does not apply.
    """

    index: int
    record: int
    place: int
    text: str
    start: int
    end: int
    breaks: tuple[tuple[int, int], ...] | None
    outer: int
    kind: int
    depth: int
    rules: list[int]
    key: int


def available() -> bool:
    """Whether this machine has the compiled scan."""
    return library() is not None


class NativeScan:
    """
    A compiled scan with one catalogue.

    Args:
        detectors: rules in catalogue order.
        least: confidence below which a finding does not matter.
        surroundings: describes a (path, key) pair.
    """

    def __init__(self, detectors: tuple[Detector, ...], least: float, surroundings: Callable[[str, str], Surroundings]) -> None:
        self._library = library()
        self._surroundings = surroundings
        self._words = (len(detectors) + 63) // 64
        self._indexes: dict[int, int] = {}
        self._failure: BaseException | None = None
        self._restarts = self._rest = 0
        self.places: list[tuple[str, str]] = [("", "")]
        self._tables = tables_of(detectors, least)
        self._ask = ASK(self._asked)
        self._kernel: Any = self._begin(self._tables, len(detectors))
        self._describe(surroundings("", ""))

    def _begin(self, tables: Tables, rules: int) -> Any:
        def at(array: np.ndarray[Any, Any]) -> int:
            return array.ctypes.data

        automata = (Given * len(tables.automata))()
        for number, one in enumerate(tables.automata):
            bof, eof, classes = (int(edge) for edge in one.edges)
            automata[number] = Given(
                classes, len(one.set_of), len(one.start_at) - 1, tables.triggers, bof, eof, at(one.class_of), at(one.sets), at(one.set_of),
                at(one.follow_at), at(one.follow), at(one.accept), at(one.start_at), at(one.start), at(one.kinds_after),
            )  # fmt: skip
        asked = Rules(
            rules, self._words, int(tables.layer[0]), at(tables.owner_at), at(tables.owner), at(tables.keyword_at), at(tables.keyword),
            at(tables.only_named), at(tables.alone), at(tables.confirm), at(tables.least),
        )  # fmt: skip
        secret = (ctypes.c_uint64 * 3)(*(secrets.randbits(64) | 1 for _ in range(3)))
        return self._library.leakscope_new(automata, ctypes.byref(asked), self._ask, secret)

    def __del__(self) -> None:
        if getattr(self, "_kernel", None):
            self._library.leakscope_free(self._kernel)
            self._kernel = None

    def forget(self) -> None:
        """Asks for every place again; needed when what a key means has changed."""
        self._library.leakscope_forget(self._kernel)

    def _describe(self, known: Surroundings) -> int:
        index = self._indexes.get(known.number)
        if index is None:
            index = self._indexes[known.number] = len(self._indexes)
            bits = sum(1 << rule for rule in known.named)
            words = np.array([bits >> 64 * word & 0xFFFFFFFFFFFFFFFF for word in range(self._words)], dtype=np.uint64)
            self._library.leakscope_around(self._kernel, words.ctypes.data, _TAKES_ROLE if known.takes_role else 0)
        return index

    def _asked(self, number: int, parent: int, kind: int, segment: int, length: int, index: int) -> int:
        try:
            place = self._below(parent, kind, ctypes.string_at(segment, length).decode() if length else "", index)
            if place is None:
                place, known = ("", ""), -1
            else:
                known = self._describe(self._surroundings(*place))
            self.places[number:] = [place]
            return known
        except BaseException as error:  # must not cross C; raised again once the scan is back
            self._failure = error
            return -1

    def _below(self, parent: int, kind: int, segment: str, index: int) -> tuple[str, str] | None:
        """Path and key of a place; null when its name is data, which only the reader in Python makes a pseudonym of."""
        path, key = self.places[parent]
        if kind in (_FIELD, _LABEL, _LABEL_NAME) and is_data(segment):
            return None
        if kind == _FIELD:
            return (f"{path}.{segment}" if path else segment), segment
        if kind == _INDEX:
            return f"{path}[{index}]", key
        if kind == _LABEL:
            return f"{path}[{segment}]", segment
        if kind == _LABEL_NAME:
            return f"{path}[{segment}]#name", ""
        return f"{path}->$", ""

    def lines(self, buffer: bytes, *, everything: bool = False) -> Values:
        """
        Values of NDJSON.

        Args:
            buffer: whole lines.
            everything: also values in which nothing can stand.
        """
        values = self._values(self._library.leakscope_lines(self._kernel, buffer, len(buffer), int(everything)))
        restarts = self._library.leakscope_restarts(self._kernel)
        if restarts - self._restarts > 2 + len(buffer) // _BYTES_A_RESTART:
            self._rest = _REST
        self._restarts = restarts
        return values

    def worthwhile(self) -> bool:
        """Whether the next batch is sooner read here: not for a while after texts that keep the automata from settling."""
        self._rest = max(0, self._rest - 1)
        return not self._rest

    def holds_nothing(self, key: int) -> None:
        """A value was judged to hold nothing beside its names, and need not come again."""
        self._library.leakscope_void(self._kernel, key)

    def triggers(self, text: str) -> set[int]:
        """Numbers of the expressions that stand in `text`."""
        raw, found = text.encode("utf-8", "replace"), np.zeros(self._tables.triggers + 1, dtype=np.int32)
        count = self._library.leakscope_triggers(self._kernel, raw, len(raw), found.ctypes.data)
        return set(found[:count].tolist())

    def _values(self, result: Any) -> Values:
        if self._failure is not None:
            error, self._failure = self._failure, None
            raise error
        return Values(result.contents)


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
        self.kind, self.depth, self.outer, self.key = (_copied(one, count) for one in (given.candidate, given.depth, given.outer, given.key))
        self._rules = _copied(given.rules, given.rules_size).tolist()
        self._rules_at = _copied(given.rules_at, count + 1)
        #: Places in the batch of records that have to be read in Python.
        self.left: list[int] = _copied(given.hard, given.hard_size).tolist()

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
        """The values in which something may stand, in order."""
        chosen = np.flatnonzero(self.kind)
        columns = (self.record, self.place, self.text_at, self.text_size, self.start, self.end, self.outer, self.kind, self.depth, self.key, self._rules_at)
        rows = zip(chosen.tolist(), *(column[chosen].tolist() for column in columns), self._rules_at[chosen + 1].tolist(), strict=True)
        for index, record, place, at, size, start, end, outer, kind, depth, key, first, last in rows:
            text = self.texts[at : at + size].decode()
            breaks = None if self.map_at[index] < 0 else self.breaks(index)
            yield Found(index, record, place, text, start, end, breaks, outer, kind, depth, self._rules[first:last], key)


def _copied(pointer: Any, count: int) -> np.ndarray[Any, Any]:
    return np.ctypeslib.as_array(pointer, (count,)).copy() if count else np.empty(0, dtype=np.int64)
