"""Calls the compiled scan: batches in, the values in which something may stand out, each with the rules that may find it."""

from __future__ import annotations

import ctypes
import secrets
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from leakscope.catalogue.model import Detector
from leakscope.detection.benign import asks_more
from leakscope.detection.benign_lists import benign_catalogue
from leakscope.detection.native.checks import address_rule, issuer_table, network_table
from leakscope.detection.native.library import ASK, Given, Result, Rules, library
from leakscope.detection.native.needs import MARKED
from leakscope.detection.native.tables import Tables, tables_of
from leakscope.detection.native.values import Values
from leakscope.detection.native.verdicts import Remembered, Verdict
from leakscope.text.unfold import is_data

#: Kinds of places, as in `rules.h`.
_FIELD, _INDEX, _LABEL, _LABEL_NAME, _NESTED = range(1, 6)
_TAKES_ROLE, _ONLY_ADDRESS = 1, 2
#: Bytes over which the automata may be begun anew once; texts in which they do so more often are sooner read in Python.
_BYTES_A_RESTART = 1_000_000
#: Judged values, and findings in them, that are remembered.
MOST_REMEMBERED = 200_000
#: Calls of `worthwhile` that say no after such a text.
_REST = 16


class Surroundings(NamedTuple):
    """
    What is known of the names around a value.

    Args:
        number: equal for equal surroundings.
        named: rules that the names alone make possible.
        takes_role: whether the key can say what its value is.
        only_address: whether that can be nothing but a network address.
        key: the name that findings in the value say.
        told: of them, to whoever judges a value beside them.
        kin: equal for surroundings in which rules find the same, those left out that ask for more of the names; null: like no others.
    """

    number: int
    named: frozenset[int]
    takes_role: bool
    only_address: bool
    key: str
    told: Any = None
    kin: int | None = None


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
        judge: says what stands in a value, by what is told of its surroundings, the value, and the rules that may find something in it, ascending.
    """

    def __init__(
        self, detectors: tuple[Detector, ...], least: float, surroundings: Callable[[str, str], Surroundings], judge: Callable[[Any, str, list[int]], Verdict]
    ) -> None:
        self._library = library()
        self._surroundings, self._judge = surroundings, judge
        self._words = (len(detectors) + 63) // 64
        self._indexes: dict[int, int] = {}
        self._failure: BaseException | None = None
        self._restarts = self._rest = 0
        self.places: list[tuple[str, str]] = [("", "")]
        #: The name that findings say, by place.
        self.keys: list[str] = [""]
        self._told: list[Any] = [None]
        self.remembered = Remembered()
        self._networks, self._issuers = network_table(benign_catalogue().networks), issuer_table()
        self._tables = tables_of(detectors, least)
        self._ask = ASK(self._asked)
        self._apart = np.array([asks_more(rule.id) for rule in detectors], dtype=np.uint8)
        self._possible = np.zeros(len(detectors) + 1, dtype=np.int32)
        self._kernel: Any = self._begin(self._tables, len(detectors), address_rule(detectors, least))
        root = surroundings("", "")
        self._describe(root)
        self._told[0] = root.told

    def _begin(self, tables: Tables, rules: int, address: int) -> Any:
        def at(array: np.ndarray[Any, Any]) -> int:
            return array.ctypes.data

        automata = (Given * len(tables.automata))()
        for number, one in enumerate(tables.automata):
            bof, eof, classes = (int(edge) for edge in one.edges)
            automata[number] = Given(
                classes, len(one.set_of), len(one.start_at) - 1, tables.triggers if number <= MARKED else 1, bof, eof, at(one.class_of), at(one.sets), at(one.set_of),
                at(one.follow_at), at(one.follow), at(one.accept), at(one.start_at), at(one.start), at(one.kinds_after),
            )  # fmt: skip
        asked = Rules(
            rules, self._words, int(tables.layers[0]), at(tables.owner_at), at(tables.owner), at(tables.keyword_at), at(tables.keyword),
            at(tables.only_named), at(tables.alone), at(tables.confirm), at(tables.least),
            at(tables.check), address, len(self._networks) // 3, at(self._networks), len(self._issuers) // 5, at(self._issuers), MARKED + 1, at(tables.regions), at(self._apart),
        )  # fmt: skip
        self._automata = automata
        secret = (ctypes.c_uint64 * 3)(*(secrets.randbits(64) | 1 for _ in range(3)))
        return self._library.leakscope_new(automata, len(automata), ctypes.byref(asked), self._ask, secret)

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
            kin = -1 - index if known.kin is None else known.kin
            self._library.leakscope_around(self._kernel, words.ctypes.data, _TAKES_ROLE * known.takes_role | _ONLY_ADDRESS * known.only_address, kin)
        return index

    def _asked(self, number: int, parent: int, kind: int, segment: int, length: int, index: int) -> int:
        try:
            place = self._below(parent, kind, ctypes.string_at(segment, length).decode() if length else "", index)
            if place is None:
                place, known, key, told = ("", ""), -1, "", None
            else:
                around = self._surroundings(*place)
                known, key, told = self._describe(around), around.key, around.told
            self.places[number:], self.keys[number:], self._told[number:] = [place], [key], [told]
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
        if len(self.remembered) > MOST_REMEMBERED:
            self._forget_judged()
        result = self._library.leakscope_lines(self._kernel, buffer, len(buffer), int(everything))
        try:
            self._raise()
            values = Values(self._answered(result.contents).contents)
        except BaseException:
            self._forget_judged()  # what was asked has no answer
            raise
        restarts = self._library.leakscope_restarts(self._kernel)
        if restarts - self._restarts > 2 + len(buffer) // _BYTES_A_RESTART:
            self._rest = _REST
        self._restarts = restarts
        return values

    def _raise(self) -> None:
        """Raises what a function called by the compiled scan raised."""
        error, self._failure = self._failure, None
        if error is not None:
            raise error

    def worthwhile(self) -> bool:
        """Whether the next batch is sooner read here: not for a while after texts that keep the automata from settling."""
        self._rest = max(0, self._rest - 1)
        return not self._rest

    def _answered(self, given: Result) -> Any:
        """What the compiled scan gives once it knows what it asked about."""
        answers = self.remembered.answer(given, self._told, self._judge)
        return self._library.leakscope_settle(self._kernel, *(one.ctypes.data for one in answers))

    def _forget_judged(self) -> None:
        self._library.leakscope_settle(self._kernel, None, None, None)
        self.remembered = Remembered()

    def possible(self, around: Surroundings, text: str) -> list[int] | None:
        """Rules that may find something in `text`, ascending; null where it cannot be said, because it is no text of whole characters."""
        try:
            raw = text.encode()
        except UnicodeEncodeError:
            return None
        count = self._library.leakscope_possible(self._kernel, self._describe(around), raw, len(raw), self._possible.ctypes.data)
        return self._possible[:count].tolist()

    def triggers(self, text: str, *, plainly: bool = False) -> set[int]:
        """Numbers of the expressions that stand in `text`; `plainly`: found by reading all of it in every automaton."""
        raw, found = text.encode("utf-8", "replace"), np.zeros(self._tables.triggers + 1, dtype=np.int32)
        count = self._library.leakscope_triggers(self._kernel, raw, len(raw), found.ctypes.data, int(plainly))
        return set(found[:count].tolist())
