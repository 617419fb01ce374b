"""Which stretches of a window are read on after the first layers."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leakscope.detection.names_early import REACH, Stretch, groups, stretches
from leakscope.detection.names_windows import Window

SIZE = 60


def window(words: list[int | None] | None = None) -> Window:
    """A window of one-letter words with marks at both ends, whose token ids are their places."""
    return Window(0, list(range(SIZE)), [(place, place + 1) for place in range(SIZE)], words or [None, *range(SIZE - 2), None])


def read_on(hot: list[int], words: list[int | None] | None = None) -> list[Stretch]:
    """Stretches of the window where just the tokens `hot` reach the threshold; each token's state is its place."""
    early = np.full(SIZE, -3.0, np.float32)
    early[hot] = 1.0
    states = np.arange(SIZE, dtype=np.float32)[:, None]
    return list(stretches(7, window(words), states, early, threshold=0.7))


def test_a_window_without_a_likely_token_is_left() -> None:
    """Where no token reaches the threshold nothing is read on."""
    assert read_on([]) == []


def test_a_likely_token_is_read_with_those_around_it_and_the_marks() -> None:
    """One likely token in the middle brings `REACH` tokens at each side, and both marks of the window."""
    (found,) = read_on([30])
    assert found.window.ids == list(range(30 - REACH, 31 + REACH))
    assert found.states[:, 0].tolist() == [0, *found.window.ids, SIZE - 1]
    assert (found.place, found.first, found.own) == (7, 30 - REACH, 1)


def test_no_word_is_cut() -> None:
    """A stretch that would begin or end inside a word takes the whole word."""
    words = [None, *(place // 4 for place in range(SIZE - 2)), None]
    (found,) = read_on([30], words)
    ends = found.first, found.first + len(found.window.ids)
    assert all(words[end] != words[end - 1] for end in ends)


@given(st.lists(st.integers(0, SIZE - 1), min_size=1))
def test_every_likely_token_is_read_once(hot: list[int]) -> None:
    """Whatever tokens are likely, each is in one stretch, and no token is in two."""
    read = [token for found in read_on(hot) for token in found.window.ids]
    assert set(hot) <= set(read)
    assert len(read) == len(set(read))


@given(st.lists(st.integers(1, 40)), st.integers(10, 80))
def test_groups_hold_every_window_once_in_few_tokens(lengths: list[int], together: int) -> None:
    """Windows read together have at most so many tokens with their padding, unless one alone has more."""
    made = list(groups(lengths, together))
    assert sorted(place for group in made for place in group) == list(range(len(lengths)))
    assert all(len(group) == 1 or len(group) * max(lengths[place] for place in group) <= together for group in made)
