"""Cuts a tokenised text into the windows that a names model reads: whole sentences and lines where they are short enough."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

#: Tokens of the longest window, tokens from which a window may end at a sentence's end, and tokens that two windows share
#: where a stretch without any end had to be cut.
LONGEST, LEAST, SHARED = 126, 24, 24
#: Texts of up to this many tokens are read whole: an address or a greeting spans several lines.
WHOLE = 64

#: Where a sentence or line ends. A stop after fewer than four letters may be a title's or an initial's.
_END = re.compile(r"\n\s*|(?<=\w\w\w\w\.)\s+|(?<=[!?…])\s+|(?<=[.!?][\"')\]”»])\s+|(?<=[。！？])")


@dataclass(frozen=True, slots=True)
class Window:
    """
    A run of tokens of one text.

    Args:
        number: place of the text among those read together.
        ids: token ids with the model's own marks around them.
        offsets: half-open code points of each token in the text; `(0, 0)` for marks.
        words: number of the word each token is part of; null for marks.
    """

    number: int
    ids: list[int]
    offsets: list[tuple[int, int]]
    words: list[int | None]


def marks(tokens: Any) -> tuple[list[int], list[int]]:
    """The ids that a tokeniser puts before and after a text."""
    coded = tokens.encode("a")
    own = coded.special_tokens_mask.index(0)
    behind = len(coded.ids) - 1 - coded.special_tokens_mask[::-1].index(0)
    return coded.ids[:own], coded.ids[behind + 1 :]


def windows(number: int, text: str, coded: Any, around: tuple[list[int], list[int]]) -> Iterator[Window]:
    """
    The windows of one text; together they hold every token.

    Args:
        number: place of the text among those read together.
        text: as tokenised.
        coded: what the tokeniser made of it, without marks.
        around: the model's marks, as `marks` gives.
    """
    ids, offsets, words = coded.ids, coded.offsets, coded.word_ids
    before, behind = around
    for first, last in cuts(text, offsets, words):
        yield Window(
            number,
            before + ids[first:last] + behind,
            [(0, 0)] * len(before) + offsets[first:last] + [(0, 0)] * len(behind),
            [None] * len(before) + words[first:last] + [None] * len(behind),
        )


def cuts(text: str, offsets: Sequence[tuple[int, int]], words: Sequence[int | None]) -> Iterator[tuple[int, int]]:
    """
    Half-open token ranges: each ends at the first end of a sentence or line from `LEAST` tokens on, at most at `LONGEST`.

    A stretch of `LONGEST` tokens without an end is cut at a word, and the next range begins `SHARED` tokens before.
    """
    size = len(offsets)
    first = 0
    if size > WHOLE:
        starts = [start for start, _ in offsets]
        ends = sorted({bisect_left(starts, found.end()) for found in _END.finditer(text)})
        while size - first > LEAST:
            place = bisect_left(ends, first + LEAST)
            last = ends[place] if place < len(ends) else size
            if last >= size and size - first <= LONGEST:
                break
            if last - first <= LONGEST:
                yield first, last
                first = last
                continue
            last = _word_start(words, first + LONGEST, first + SHARED + 1)
            yield first, last
            first = _word_start(words, last - SHARED, first + 1)
    if size > first or not size:
        yield first, size


def _word_start(words: Sequence[int | None], place: int, least: int) -> int:
    """The last place up to `place` at which a word begins; `place` itself where there is none after `least`."""
    for at in range(place, least - 1, -1):
        if words[at] != words[at - 1]:
            return at
    return place
