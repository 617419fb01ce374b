"""What the compiled scan asks about values that it has not met before, the answers, and what is remembered of them."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from leakscope.detection.native.library import Result


class Verdict(NamedTuple):
    """
    What stands in a value beside its names.

    Args:
        findings: one tuple for each, all of one length; the first two are start and end, code points.
        suppressed: what is suppressed; empty when nothing is.
    """

    findings: Sequence[tuple[Any, ...]]
    suppressed: Sequence[Any]


class Answers(NamedTuple):
    """
    Answers to all questions of one call, as `leakscope_settle` takes them.

    Args:
        counts: findings of each, uint32.
        hushed: whether something is suppressed in each, uint8.
        edges: start and end of each finding, uint32.
    """

    counts: np.ndarray[Any, Any]
    hushed: np.ndarray[Any, Any]
    edges: np.ndarray[Any, Any]


class Remembered:
    """Findings in values that were judged, by number of their span; and what is suppressed, by number of the value."""

    def __init__(self) -> None:
        #: One list for each part of a finding.
        self.columns: list[list[Any]] = []
        self.suppressed: dict[int, Sequence[Any]] = {}
        self._values = 0

    def __len__(self) -> int:
        """Values or findings, whichever are more."""
        return max(self._values, len(self.columns[0]) if self.columns else 0)

    def answer(self, given: Result, told: Sequence[Any], judge: Callable[[Any, str, list[int]], Verdict]) -> Answers:
        """Asks `judge` about each value of a call and remembers what it says; `told`: of the surroundings of each place."""
        counts: list[int] = []
        hushed: list[bool] = []
        found: list[tuple[Any, ...]] = []
        for place, text, rules in questions(given):
            findings, suppressed = judge(told[place], text, rules)
            counts.append(len(findings))
            hushed.append(bool(suppressed))
            found += findings
            if suppressed:
                self.suppressed[self._values] = suppressed
            self._values += 1
        parts = list(zip(*found, strict=True))
        self.columns = self.columns or [[] for _ in parts]
        for column, more in zip(self.columns, parts, strict=False):
            column += more
        edges = np.array(parts[:2], dtype=np.uint32).T.copy()
        return Answers(np.array(counts, dtype=np.uint32), np.array(hushed, dtype=np.uint8), edges)


def questions(given: Result) -> Iterator[tuple[int, str, list[int]]]:
    """What one call of the compiled scan asks, copied out of its memory: place, value, indexes of the rules that may find something, ascending."""
    count = given.asked
    if not count:
        return
    texts = ctypes.string_at(given.asked_texts, given.asked_texts_size)
    rules = given.asked_rules[: given.asked_rules_size]
    at, rules_at = [*given.asked_at[:count], len(texts)], [*given.asked_rules_at[:count], len(rules)]
    for place, (first, last), (rule, behind) in zip(given.asked_place[:count], pairwise(at), pairwise(rules_at), strict=True):
        yield place, texts[first:last].decode(), rules[rule:behind]
