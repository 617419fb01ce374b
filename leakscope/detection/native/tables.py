"""What the native scan is given: the catalogue's expressions as one automaton, and which rule asks for which of them."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leakscope.catalogue.model import Detector
from leakscope.detection import expressions, matching, widths
from leakscope.detection.matching import asked_for, can_reach
from leakscope.detection.native.checks import check_of
from leakscope.detection.native.needs import CASELESS, ENCODED, LITERALS, MARKED, WORDS, is_generic, kind_of, needs_of, starts_literally
from leakscope.detection.native.positions import (
    BEFORE,
    BEGINNING,
    END,
    SYMBOLS,
    Expression,
    Positions,
)
from leakscope.detection.native.regions import region_of
from leakscope.detection.native.wanted import of_keyword, of_pattern
from leakscope.safety import cache_files
from leakscope.text import layers, words
from leakscope.text.layers import JSON_TRIGGER, LAYER_TRIGGERS

Table = NDArray[np.int32]
#: Bytes that texts are mostly made of; their classes come first, so that a state's entries for them share cache lines.
_FREQUENT = b"etaoinshrdlucmfwypvbgkjqxz0123456789 ._-/:,=\"'@+()TAEIOSNRHLDCMUFPGWYBVKXJQZ"
#: Bytes of a region from which on other encodings in it are not sought by where they begin.
_LONG = 12
#: Anchors of fewer characters stand in too many texts to be sought without their pattern.
TELLING = 3
#: A region that no text has.
_NOWHERE = (1 << 30, 0)


@dataclass(frozen=True, slots=True)
class AutomatonTables:
    """
    Arrays in the layout of `Given` in `automaton.h`.

    Args:
        class_of: class of each byte, uint8, 256.
        edges: classes of the beginning and the end of a text, and the number of classes.
        sets: classes in each set, as bits, uint64, 4 a set.
        set_of, accept: set and trigger of each position.
        follow_at, follow: positions after each position.
        start_at, start: first positions by kind.
        kinds_after: kinds that each class satisfies, as bits, uint32.
    """

    class_of: NDArray[np.uint8]
    edges: Table
    sets: NDArray[np.uint64]
    set_of: Table
    accept: Table
    follow_at: Table
    follow: Table
    start_at: Table
    start: Table
    kinds_after: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Tables:
    """
    What the scan is given; arrays in the layout of `Rules` in `rules.h`.

    Args:
        automata: those that every text is asked for, `WORDS` to `MARKED`; then one for each pattern that is only sought where its words stand.
        owner_at, owner: rules of each trigger.
        keyword_at, keyword: triggers of which each rule needs one.
        only_named: rules that need a word in the names, uint8.
        alone: rules that are sought by their words or anchors alone, uint8.
        confirm: automaton of the pattern of such a rule, if there is one, else -1.
        least: characters, digits, run and class of the run that each rule needs at least, uint16.
        layers: triggers of other encodings, which come first.
        check: checks that matches of each rule pass, uint8.
        regions: of each automaton that reads regions: bytes of the region that a match stands in, and the mark in it.
    """

    automata: tuple[AutomatonTables, ...]
    owner_at: Table
    owner: Table
    keyword_at: Table
    keyword: Table
    only_named: NDArray[np.uint8]
    alone: NDArray[np.uint8]
    confirm: Table
    least: NDArray[np.uint16]
    layers: Table
    check: NDArray[np.uint8]
    regions: Table

    @property
    def triggers(self) -> int:
        """Number of expressions."""
        return len(self.owner_at) - 1


def tables_of(detectors: tuple[Detector, ...], least: float) -> Tables:
    """
    The tables of a catalogue, from the cache folder when they were built before.

    Args:
        detectors: rules in catalogue order.
        least: confidence below which a finding does not matter.
    """
    recipe = repr((_code(), np.__version__, least, [_asked(rule) for rule in detectors])).encode()
    kept = cache_files.read("automaton", recipe)
    if kept is not None:
        with np.load(io.BytesIO(kept), allow_pickle=False) as arrays:
            return _unpacked(arrays)
    made = _Sought.of(detectors, least).tables()
    body = io.BytesIO()
    np.savez(body, **_packed(made))
    cache_files.write("automaton", recipe, body.getvalue())
    return made


def _asked(rule: Detector) -> tuple[Any, ...]:
    """All of a rule that the tables come from."""
    return (rule.pattern, rule.ignore_case, str(rule.boundary), rule.anchors, rule.keywords, rule.key_only, rule.context, rule.confidence, rule.confidence_context,
            rule.validator, rule.validator_failure)  # fmt: skip


@cache
def _code() -> str:
    """Of the code that makes the tables, so that other code makes them anew."""
    parts = (*Path(__file__).parent.glob("*.py"), *(Path(module.__file__ or "") for module in (expressions, layers, matching, widths, words)))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(parts) if path.is_file())).hexdigest()


def _packed(made: Tables) -> dict[str, Any]:
    """Each kind of array of all automata as one, with where each automaton's begins."""
    packed = {name: getattr(made, name) for name in Tables.__slots__ if name != "automata"}
    for name in AutomatonTables.__slots__:
        arrays = [getattr(one, name) for one in made.automata]
        packed[f"automata.{name}"] = np.concatenate(arrays)
        packed[f"automata.{name}.at"] = np.cumsum([0, *map(len, arrays)])
    return packed


def _unpacked(packed: Any) -> Tables:
    columns = []
    for name in AutomatonTables.__slots__:
        array, at = packed[f"automata.{name}"], packed[f"automata.{name}.at"].tolist()
        columns.append([array[first:last] for first, last in pairwise(at)])
    automata = tuple(AutomatonTables(*one) for one in zip(*columns, strict=True))
    return Tables(automata=automata, **{name: packed[name] for name in Tables.__slots__ if name != "automata"})


@dataclass(frozen=True, slots=True)
class _Sought:
    """Expressions by number, and what asks for them; `confirming` are numbered by themselves."""

    expressions: tuple[tuple[Expression, ...], ...]
    automaton: tuple[int, ...]
    confirming: tuple[Expression, ...]
    owners: tuple[tuple[int, ...], ...]
    keywords: tuple[tuple[int, ...], ...]
    named: tuple[bool, ...]
    alone: tuple[bool, ...]
    confirm: tuple[int, ...]
    least: tuple[tuple[int, int, int, int], ...]
    layers: int
    check: tuple[int, ...]

    @classmethod
    def of(cls, detectors: tuple[Detector, ...], least: float) -> _Sought:
        """What the rules ask for, each expression once."""
        numbers: dict[tuple[int, tuple[Expression, ...]], int] = {}
        confirming: dict[Expression, int] = {}
        owners: dict[int, list[int]] = {}
        keywords: list[tuple[int, ...]] = [()] * len(detectors)
        confirm, alone = [-1] * len(detectors), [False] * len(detectors)

        def number_of(expressions: tuple[Expression, ...], where: int) -> int:
            return numbers.setdefault((where, expressions), len(numbers))

        for pattern, _ in LAYER_TRIGGERS:
            if pattern != JSON_TRIGGER:
                number_of((Expression(pattern),), ENCODED if region_of((Expression(pattern),))[0] >= _LONG else LITERALS)
        layers = len(numbers)
        for index, rule in enumerate(detectors):
            if not can_reach(rule, least):
                continue
            asked = () if rule.key_only or rule.anchors else asked_for(rule, least)
            sure = tuple(sorted({number_of(of_keyword(word), WORDS) for word in asked}))
            if starts_literally(rule):
                own = [number_of((of_pattern(rule),), CASELESS if rule.ignore_case else LITERALS)]
            elif rule.anchors and min(map(len, rule.anchors)) >= TELLING:
                own, alone[index] = [number_of((Expression(re.escape(anchor), rule.ignore_case),), WORDS) for anchor in rule.anchors], True
            elif sure or rule.key_only:
                own, alone[index] = list(sure), True
            else:
                own = [number_of((of_pattern(rule),), kind_of(rule, region_of((of_pattern(rule),))))]
            if alone[index] and not is_generic(rule):
                confirm[index] = confirming.setdefault(of_pattern(rule), len(confirming))
            keywords[index] = () if alone[index] else sure
            for number in own:
                owners.setdefault(number, []).append(index)
        listed = tuple(tuple(owners.get(number, ())) for number in range(len(numbers)))
        needs = tuple(needs_of(rule) for rule in detectors)
        expressions, automaton = tuple(one for _, one in numbers), tuple(where for where, _ in numbers)
        return cls(expressions, automaton, tuple(confirming), listed, tuple(keywords), tuple(rule.key_only for rule in detectors), tuple(alone), tuple(confirm), needs, layers,
                   tuple(map(check_of, detectors)))

    def tables(self) -> Tables:
        """The arrays."""
        reading = range(MARKED + 1)
        return Tables(
            automata=(*map(self._reading, reading), *(_automaton([(0, one)]) for one in self.confirming)),
            regions=np.array([self._region(where) for where in reading if where >= ENCODED], dtype=np.int32).reshape(-1),
            owner_at=_offsets(self.owners),
            owner=_joined(self.owners),
            keyword_at=_offsets(self.keywords),
            keyword=_joined(self.keywords),
            only_named=np.array(self.named, dtype=np.uint8),
            alone=np.array(self.alone, dtype=np.uint8),
            confirm=np.array([one if one < 0 else one + len(reading) for one in self.confirm], dtype=np.int32),
            least=np.array(self.least, dtype=np.uint16).reshape(-1),
            layers=np.array([self.layers], dtype=np.int32),
            check=np.array(self.check, dtype=np.uint8),
        )

    def _region(self, where: int) -> tuple[int, int]:
        """What `region_of` says of all expressions of an automaton."""
        regions = [region_of(one) for one, at in zip(self.expressions, self.automaton, strict=True) if at == where] or [_NOWHERE]
        return min(size for size, _ in regions), min(mark for _, mark in regions)

    def _reading(self, where: int) -> AutomatonTables:
        """One of the automata that every text is asked for."""
        sought = ((number, one) for number, alternatives in enumerate(self.expressions) for one in alternatives if self.automaton[number] == where)
        return _automaton(sought)


def _automaton(sought: Iterable[tuple[int, Expression]]) -> AutomatonTables:
    """The automaton of some expressions, each with the trigger that it stands for."""
    positions = Positions()
    for number, one in sought:
        positions.seek(number, one)
    distinct = {symbols: index for index, symbols in enumerate(dict.fromkeys(positions.symbols))}
    class_of, representative = _classes((*distinct, *BEFORE.values()))
    follow = [tuple(dict.fromkeys(one)) for one in positions.follow]
    return AutomatonTables(
        class_of=class_of[:256].astype(np.uint8),
        edges=np.array([class_of[BEGINNING], class_of[END], len(representative)], dtype=np.int32),
        sets=_bits(distinct, class_of),
        set_of=np.array([distinct[symbols] for symbols in positions.symbols], dtype=np.int32),
        accept=np.array(positions.accept, dtype=np.int32),
        follow_at=_offsets(follow),
        follow=_joined(follow),
        start_at=_offsets(positions.starts),
        start=_joined(positions.starts),
        kinds_after=np.array([sum(1 << kind for kind, symbols in BEFORE.items() if one in symbols) for one in representative], dtype=np.uint32),
    )


def _classes(sets: Iterable[frozenset[int]]) -> tuple[NDArray[np.int64], list[int]]:
    """The class of each symbol, so that symbols of a class are in the same sets; and one symbol of each class."""
    member = np.zeros((SYMBOLS, len(list(sets := list(sets)))), dtype=bool)
    for column, symbols in enumerate(sets):
        member[sorted(symbols), column] = True
    _, inverse = np.unique(member, axis=0, return_inverse=True)
    numbers: dict[int, int] = {}
    representative = []
    for symbol in (*_FREQUENT, *range(SYMBOLS)):
        if int(inverse.reshape(-1)[symbol]) not in numbers:
            numbers[int(inverse.reshape(-1)[symbol])] = len(numbers)
            representative.append(symbol)
    return np.array([numbers[int(one)] for one in inverse.reshape(-1)], dtype=np.int64), representative


def _bits(sets: Iterable[frozenset[int]], class_of: NDArray[np.int64]) -> NDArray[np.uint64]:
    rows = []
    for symbols in sets:
        bits = sum(1 << one for one in {int(class_of[symbol]) for symbol in symbols})
        rows.append([bits >> shift & 0xFFFFFFFFFFFFFFFF for shift in (0, 64, 128, 192)])
    return np.array(rows, dtype=np.uint64).reshape(-1)


def _offsets(lists: Iterable[Iterable[int]]) -> Table:
    return np.cumsum([0, *(len(tuple(one)) for one in lists)]).astype(np.int32)


def _joined(lists: Iterable[Iterable[int]]) -> Table:
    return np.array([one for listed in lists for one in listed], dtype=np.int32)
