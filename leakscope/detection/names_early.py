"""Which stretches of a window a names model reads on after its first layers, and windows of like length read together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leakscope.detection.names_windows import Window

Floats = npt.NDArray[np.float32]

#: Tokens read on beside one that may be part of a name: with 8 no F1 of docs/names.md falls by more than 0.005, with 4 by 0.011.
REACH = 8


@dataclass(frozen=True, slots=True)
class Stretch:
    """
    A run of tokens of a window that may be part of a name, with those around it.

    Args:
        place: of the window among those read together.
        first: token of the window at which the stretch begins.
        window: the stretch as a window of its own.
        states: what the first layers made of the window's marks and of the stretch.
        own: row of `states` at which the stretch itself begins.
    """

    place: int
    first: int
    window: Window
    states: Floats
    own: int


def stretches(place: int, window: Window, states: Floats, early: Floats, *, threshold: float) -> Iterator[Stretch]:
    """
    The stretches of one window that are worth reading on, from left to right; none where no token reaches the threshold.

    Args:
        place: of the window among those read together.
        window: as read by the first layers.
        states: what they made of each of its tokens.
        early: how likely each token is part of a name, by the early head (logit).
        threshold: what one token must reach.

    Note:
        The marks at both ends go along with every stretch: attention that finds nothing rests on them (Clark and others 2019,
        arXiv:1906.04341), and without them places and addresses are found less.
    """
    size = len(early)
    edges: list[list[int]] = []
    for at in np.flatnonzero(early >= threshold).tolist():
        first, last = _whole(window.words, max(at - REACH, 0), min(at + REACH + 1, size))
        if edges and first <= edges[-1][1]:
            edges[-1][1] = max(last, edges[-1][1])
        else:
            edges.append([first, last])
    for first, last in edges:
        part = Window(window.number, window.ids[first:last], window.offsets[first:last], window.words[first:last])
        before, behind = [0] if first else [], [size - 1] if last < size else []
        yield Stretch(place, first, part, states[[*before, *range(first, last), *behind]], len(before))


def _whole(words: Sequence[int | None], first: int, last: int) -> tuple[int, int]:
    """A range of tokens widened to whole words."""
    while first > 0 and words[first] is not None and words[first] == words[first - 1]:
        first -= 1
    while last < len(words) and words[last] is not None and words[last] == words[last - 1]:
        last += 1
    return first, last


def groups(lengths: Sequence[int], together: int) -> Iterator[list[int]]:
    """
    Places of windows of like length, as many together as `together` tokens allow.

    Example:
        >>> list(groups([3, 9, 2], 10))
        [[2, 0], [1]]
    """
    group: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if group and lengths[place] * (len(group) + 1) > together:
            yield group
            group = []
        group.append(place)
    if group:
        yield group
