"""A leaf value of a record, and where its characters stand in the value that it was written in."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple


class Leaf(NamedTuple):
    """
    A leaf value of a record.

    Args:
        field: path; inside `expand` only the part after the outer value's field.
        key: innermost name beside the value; null inside `expand` when it is the outer value's.
        value: decoded text.
        start, end: its place in the value before the first `->`.
        breaks: null when every character stands for itself; empty when the whole span stands for the value.
    """

    field: str
    key: str | None
    value: str
    start: int
    end: int
    breaks: tuple[tuple[int, int], ...] | None = None


def within(outer: Leaf, part: Leaf) -> Leaf:
    """A leaf found in the text of `outer`, placed where that is placed."""
    key = outer.key if part.key is None else part.key
    if outer.breaks == ():
        return Leaf(outer.field + part.field, key, part.value, outer.start, outer.end, ())
    start, end = place(outer, part.start, part.end)
    return Leaf(outer.field + part.field, key, part.value, start, end, _composed(outer, part))


def place(leaf: Leaf, start: int, end: int) -> tuple[int, int]:
    """The smallest span of the value before the first `->` that encloses `[start, end)` of `leaf`'s value."""
    if leaf.breaks is None:
        return leaf.start + start, leaf.start + end
    if not leaf.breaks:
        return leaf.start, leaf.end
    return _outer(leaf.breaks, start), (_outer(leaf.breaks, end - 1, after=True) if end > start else _outer(leaf.breaks, start))


def _inner(pair: tuple[int, int]) -> int:
    return pair[0]


def _outer(breaks: tuple[tuple[int, int], ...], index: int, *, after: bool = False) -> int:
    """Place of character `index` outside, or of the character after it."""
    at = bisect_right(breaks, index, key=_inner) - 1
    inner, outer = breaks[at]
    if not after:
        return outer + index - inner
    following = breaks[at + 1] if at + 1 < len(breaks) else None
    if following and following[0] == index + 1:
        return following[1]
    return outer + index - inner + 1


def _composed(outer: Leaf, part: Leaf) -> tuple[tuple[int, int], ...] | None:
    if part.breaks == ():
        return ()
    if outer.breaks is None:
        return part.breaks if part.breaks is None else tuple((inner, at + outer.start) for inner, at in part.breaks)
    own = part.breaks if part.breaks is not None else ((0, part.start),)
    pairs = {inner: _outer(outer.breaks, at) for inner, at in own}
    for index, (inner, at) in enumerate(own):
        limit = own[index + 1][0] if index + 1 < len(own) else len(part.value)
        for middle, outside in outer.breaks[bisect_right(outer.breaks, at, key=_inner) : bisect_left(outer.breaks, at + limit - inner, key=_inner)]:
            pairs[inner + middle - at] = outside
    return tuple(sorted(pairs.items()))
