"""Long texts are cut into windows at the ends of sentences and lines."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from leakscope.detection.names_windows import LEAST, LONGEST, SHARED, WHOLE, cuts


def cut(text: str) -> list[tuple[int, int]]:
    """Token ranges of a text whose tokens are its words and stops."""
    offsets = [found.span() for found in re.finditer(r"\w+|[^\w\s]", text)]
    return list(cuts(text, offsets, range(len(offsets))))


def tokens(text: str) -> list[str]:
    """The same tokens."""
    return re.findall(r"\w+|[^\w\s]", text)


def test_a_short_text_is_one_window() -> None:
    """Lines of an address stay together."""
    text = "Anna Miller\n22 Baker Street\nLondon\n" * 5
    assert len(tokens(text)) <= WHOLE
    assert cut(text) == [(0, len(tokens(text)))]


def test_windows_end_where_sentences_end() -> None:
    """Every window but the last ends behind a stop, and holds at least `LEAST` tokens."""
    text = "There was nothing much to say about that. " * 40
    ranges = cut(text)
    assert all(tokens(text)[last - 1] == "." for _, last in ranges)
    assert all(LEAST <= last - first <= LONGEST for first, last in ranges[:-1])


def test_a_title_ends_no_sentence() -> None:
    """`Dr.` and the name behind it stay in one window."""
    text = "please ask the nice Dr. Weber about the results of this week " * 30
    starts = {first for first, _ in cut(text)}
    assert not any(tokens(text)[first] == "Weber" for first in starts if first)


@pytest.mark.parametrize("size", [0, 1, WHOLE, WHOLE + 1, LONGEST, LONGEST + 1, 1000])
def test_every_token_stands_in_a_window(size: int) -> None:
    """Without any sentence end, neighbouring windows share tokens and none is left out."""
    text = " ".join(f"w{number}" for number in range(size))
    ranges = cut(text)
    assert {place for first, last in ranges for place in range(first, last)} == set(range(size))
    assert all(last - first <= LONGEST for first, last in ranges)
    assert all(0 < before[1] - after[0] <= SHARED for before, after in pairwise(ranges))
