"""
Position automata of expressions, over bytes: what `automaton.h` makes deterministic while it reads.

An expression becomes the positions of its characters, with which of them can follow which (Glushkov 1961, "The abstract theory of
automata"). Only whether an expression stands somewhere in a text is asked, so an expression may be widened: long counted repeats
become unlimited ones, which keeps the automaton small.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from re import _constants as sre
from re import _parser as parser
from typing import Any

from leakscope.detection.expressions import native

#: Symbols beside the 256 bytes: the beginning and the end of a text.
BEGINNING, END = 256, 257
SYMBOLS = 258
#: A repeat counts up to this many; more is read as "or more".
MOST_COUNTED = 20
#: Repeats that would take more positions than this are counted less.
MOST_POSITIONS = 480
#: Optional repeats up to this many are written out; more is read as "any number".
MOST_OPTIONAL = 3
_LAST = 0x10FFFF
#: Sets of more code points outside ASCII than this are read as all of them.
_MOST_WIDE = 50_000
#: What stands before an expression, as the kind of a position; the classes are those of `Boundary`, and the inside of a word.
ANYTHING, NOT_ALNUM, NOT_TOKEN, NOT_DIGIT, ALNUM = range(5)
_DIGITS = frozenset(range(0x30, 0x3A))
_ALNUM = _DIGITS | frozenset(range(0x41, 0x5B)) | frozenset(range(0x61, 0x7B))
_TOKEN = _ALNUM | {0x2D, 0x5F}
_EVERY = frozenset(range(SYMBOLS))
BEFORE: dict[int, frozenset[int]] = {
    ANYTHING: _EVERY, NOT_ALNUM: _EVERY - _ALNUM, NOT_TOKEN: _EVERY - _TOKEN, NOT_DIGIT: _EVERY - _DIGITS, ALNUM: frozenset(_ALNUM)
}  # fmt: skip
_SPACE = frozenset(b" \t\n\r\f\v")
_WORD = _ALNUM | {0x5F}
_CATEGORIES = {
    sre.CATEGORY_DIGIT: (_DIGITS, False), sre.CATEGORY_NOT_DIGIT: (_DIGITS, True), sre.CATEGORY_SPACE: (_SPACE, False),
    sre.CATEGORY_NOT_SPACE: (_SPACE, True), sre.CATEGORY_WORD: (_WORD, False), sre.CATEGORY_NOT_WORD: (_WORD, True),
}  # fmt: skip
#: Operators that repeat a part.
REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, getattr(sre, "POSSESSIVE_REPEAT", None))


@dataclass(frozen=True, slots=True)
class Expression:
    """
    What is sought in texts.

    Args:
        pattern: in the shared linear subset.
        caseless: ASCII letters are compared without case.
        before: kind of what must stand before it.
        after: symbols that may stand behind it; null: anything.
    """

    pattern: str
    caseless: bool = False
    before: int = ANYTHING
    after: frozenset[int] | None = None


@dataclass(slots=True)
class Positions:
    """
    The automaton under construction.

    Args:
        counted: how far repeats are counted.
        symbols: set of symbols of each position.
        follow: positions that can come next.
        accept: number of the expression that ends at a position, or -1.
        starts: first positions, by kind of what stands before.
    """

    counted: int = MOST_COUNTED
    symbols: list[frozenset[int]] = field(default_factory=list)
    follow: list[list[int]] = field(default_factory=list)
    accept: list[int] = field(default_factory=list)
    starts: list[list[int]] = field(default_factory=lambda: [[] for _ in BEFORE])

    def add(self, symbols: Iterable[int]) -> int:
        """A new position that takes any of `symbols`."""
        self.symbols.append(frozenset(symbols))
        self.follow.append([])
        self.accept.append(-1)
        return len(self.symbols) - 1

    def seek(self, number: int, expression: Expression) -> None:
        """Enter `expression` under its number."""
        flags = re.ASCII | (re.IGNORECASE if expression.caseless else re.NOFLAG)
        part = _Writer(self).sequence(parser.parse(native(expression.pattern), flags), expression.caseless)
        if expression.after is not None:
            end = self.add(expression.after)
            for last in part.last:
                self.follow[last].append(end)
            part = _Part(part.nullable, part.first, [end])
        for last in part.last:
            self.accept[last] = number
        self.starts[expression.before] += part.first


@dataclass(frozen=True, slots=True)
class _Part:
    nullable: bool
    first: list[int]
    last: list[int]


_NOTHING = _Part(True, [], [])


class _Writer:
    """Writes parsed expressions into `Positions`."""

    def __init__(self, into: Positions) -> None:
        self._into = into

    def sequence(self, tree: Iterable[tuple[Any, Any]], caseless: bool) -> _Part:
        """The parts of `tree` one after the other."""
        whole = _NOTHING
        for operator, argument in tree:
            whole = self._then(whole, self._one(operator, argument, caseless))
        return whole

    def _then(self, left: _Part, right: _Part) -> _Part:
        for one in left.last:
            self._into.follow[one] += right.first
        return _Part(
            left.nullable and right.nullable,
            left.first + right.first if left.nullable else left.first,
            right.last + left.last if right.nullable else right.last,
        )

    def _either(self, parts: Iterable[_Part]) -> _Part:
        listed = list(parts)
        return _Part(any(one.nullable for one in listed), [p for one in listed for p in one.first], [p for one in listed for p in one.last])

    def _one(self, operator: Any, argument: Any, caseless: bool) -> _Part:
        if operator is sre.LITERAL:
            return self._points(_both_cases([(argument, argument)]) if caseless else [(argument, argument)])
        if operator is sre.NOT_LITERAL:
            return self._points(_without(_both_cases([(argument, argument)]) if caseless else [(argument, argument)]))
        if operator is sre.ANY:
            return self._points(_without([(10, 10)]))
        if operator is sre.IN:
            return self._points(_members(argument, caseless))
        if operator is sre.BRANCH:
            return self._either([self.sequence(branch, caseless) for branch in argument[1]])
        if operator is sre.SUBPATTERN:
            _, added, removed, inner = argument
            return self.sequence(inner, (caseless or bool(added & re.IGNORECASE)) and not removed & re.IGNORECASE)
        if operator in REPEATS:
            return self._repeat(*argument, caseless)
        if operator is sre.AT:
            return self._edge(argument)
        raise ValueError(f"not in the linear subset: {operator}")

    def _edge(self, where: Any) -> _Part:
        """Beginnings and ends of texts and lines; a border of words is not asked for."""
        if where in (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING, sre.AT_BEGINNING_LINE):
            return self._symbol({BEGINNING, 10})
        if where in (sre.AT_END, sre.AT_END_STRING, sre.AT_END_LINE):
            return self._symbol({END, 10})
        return _NOTHING

    def _symbol(self, symbols: Iterable[int]) -> _Part:
        position = self._into.add(symbols)
        return _Part(False, [position], [position])

    def _points(self, ranges: list[tuple[int, int]]) -> _Part:
        """Any code point of `ranges`, as its bytes in UTF-8; of most of those outside ASCII: any bytes outside ASCII."""
        ascii_ = {point for low, high in ranges for point in range(low, min(high, 127) + 1)}
        parts = [self._symbol(ascii_)] if ascii_ else []
        wide = [(max(low, 128), high) for low, high in ranges if high > 127]
        if sum(high - low for low, high in wide) > _MOST_WIDE:
            part = self._symbol(range(128, 256))
            self._into.follow[part.first[0]].append(part.first[0])
            return self._either([*parts, part])
        for low, high in wide:
            for bytes_ in utf8_ranges(low, high):
                part = _NOTHING
                for first, last in bytes_:
                    part = self._then(part, self._symbol(range(first, last + 1)))
                parts.append(part)
        return parts[0] if len(parts) == 1 else self._either(parts)

    def _repeat(self, low: int, high: Any, tree: Any, caseless: bool) -> _Part:
        before = len(self._into.symbols)
        part = self.sequence(tree, caseless)
        size = max(1, len(self._into.symbols) - before)
        counted = min(low, self._into.counted, max(1, MOST_POSITIONS // size))
        endless = high is sre.MAXREPEAT or low > counted or high - low > MOST_OPTIONAL or (high - low > 1 and (high - low) * size > MOST_POSITIONS)
        whole = part
        for _ in range(counted - 1):
            part = self.sequence(tree, caseless)
            whole = self._then(whole, part)
        if endless:
            for one in part.last:
                self._into.follow[one] += part.first
            return _Part(True, whole.first, whole.last) if low == 0 else whole
        optional = int(high) - max(low, 1)
        if low == 0:
            whole = _Part(True, whole.first, whole.last) if high else _NOTHING
        for _ in range(optional):
            more = self.sequence(tree, caseless)
            whole = self._then(whole, _Part(True, more.first, more.last))
        return whole


def _members(members: Iterable[tuple[Any, Any]], caseless: bool) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    negated = False
    for operator, argument in members:
        if operator is sre.NEGATE:
            negated = True
        elif operator is sre.LITERAL:
            ranges.append((argument, argument))
        elif operator is sre.RANGE:
            ranges.append(argument)
        else:
            symbols, outside = _CATEGORIES[argument]
            listed = [(one, one) for one in sorted(symbols)]
            ranges += _without(listed) if outside else listed
    if caseless:
        ranges = _both_cases(ranges)
    return _without(ranges) if negated else ranges


def _both_cases(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """`ranges` with the other case of every ASCII letter in them."""
    letters = {point for low, high in ranges for point in range(max(low, 0x41), min(high, 0x7A) + 1) if point in _ALNUM and point not in _DIGITS}
    return [*ranges, *((point ^ 32, point ^ 32) for point in sorted(letters))]


def _without(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Every code point outside `ranges`."""
    left, at = [], 0
    for low, high in sorted(ranges):
        if low > at:
            left.append((at, low - 1))
        at = max(at, high + 1)
    return [*left, (at, _LAST)] if at <= _LAST else left


def utf8_ranges(low: int, high: int) -> Iterator[list[tuple[int, int]]]:
    """
    Sequences of byte ranges that together are the UTF-8 of the code points `low` to `high`.

    Example:
        >>> list(utf8_ranges(0xFF01, 0xFF5E))
        [[(239, 239), (188, 188), (129, 191)], [(239, 239), (189, 189), (128, 158)]]
    """
    for least, most in ((0, 0x7F), (0x80, 0x7FF), (0x800, 0xD7FF), (0xE000, 0xFFFF), (0x10000, _LAST)):
        if low <= most and high >= least:
            yield from _aligned(max(low, least), min(high, most))


def _aligned(low: int, high: int) -> Iterator[list[tuple[int, int]]]:
    """Split where the trailing bytes do not run through all of their values."""
    for bits in (6, 12, 18):
        mask = (1 << bits) - 1
        if low < 0x80 or low >> bits == high >> bits:
            continue
        if low & mask:
            yield from _aligned(low, low | mask)
            yield from _aligned((low | mask) + 1, high)
            return
        if high & mask != mask:
            yield from _aligned(low, (high & ~mask) - 1)
            yield from _aligned(high & ~mask, high)
            return
    yield list(zip(chr(low).encode(), chr(high).encode(), strict=True))
