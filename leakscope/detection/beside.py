"""Reads many texts on several threads, in order: the encoders let go of the interpreter while they compute."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import chain
from typing import TypeVar

T, R = TypeVar("T"), TypeVar("R")

#: Threads at most, unless `LEAKSCOPE_THREADS` says otherwise; the tool is made for machines with two cores.
MOST_THREADS = 4


def threads() -> int:
    """Threads that read beside each other: one a core that this process may use."""
    said = os.environ.get("LEAKSCOPE_THREADS")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, int(said)) if said else min(MOST_THREADS, cores)


@cache
def _pool(size: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(size, thread_name_prefix="reading")


def in_threads(read: Callable[[Sequence[T]], Sequence[R]], every: Sequence[T], together: int) -> list[R]:
    """
    `read` of consecutive runs of `every`, joined in order.

    Args:
        read: gives one result for each of what it is given; called from several threads at once.
        every: what is read.
        together: how many are given at once; what `read` gives must not depend on it.

    Example:
        >>> in_threads(lambda some: [one * 2 for one in some], [1, 2, 3], 2)
        [2, 4, 6]
    """
    runs = [every[begin : begin + together] for begin in range(0, len(every), together)]
    if len(runs) < 2 or threads() == 1:
        return list(chain.from_iterable(map(read, runs)))
    return list(chain.from_iterable(_pool(threads()).map(read, runs)))
