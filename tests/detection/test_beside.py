"""Texts read on several threads."""

from __future__ import annotations

import threading

import pytest

from leakscope.detection.beside import in_threads


@pytest.mark.parametrize("threads", ["1", "3"])
def test_results_keep_the_order_of_what_was_read(monkeypatch: pytest.MonkeyPatch, threads: str) -> None:
    """However many threads read, results are those of reading in order."""
    monkeypatch.setenv("LEAKSCOPE_THREADS", threads)
    assert in_threads(lambda some: [one * one for one in some], range(1000), 7) == [one * one for one in range(1000)]


def test_runs_are_read_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads meet at a barrier that one alone would never pass."""
    monkeypatch.setenv("LEAKSCOPE_THREADS", "2")
    barrier = threading.Barrier(2, timeout=20)
    assert in_threads(lambda some: [barrier.wait() >= 0 for _ in some], [1, 2], 1) == [True, True]


def test_nothing_gives_nothing() -> None:
    """No texts, no results."""
    assert in_threads(lambda some: list(some), [], 5) == []
