"""
Batches on this machine: in this process, or in several that each hold their own kernel.

Results come back in the order of the batches, whatever finishes first, so that the number of workers changes nothing.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

from leakscope.engines.batch import Asked, Examined, Found, Work, examine, find_in
from leakscope.model import Batch, SetAside

Setting, Result = TypeVar("Setting"), TypeVar("Result")
#: Batches in flight per worker: enough to keep it busy, few enough to keep memory flat; and those that may wait for an earlier one.
_AHEAD, _MOST_WAITING = 2, 4
#: What logs grow to when they are decompressed, about.
_COMPRESSION = 6
_PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip", ".7z")
#: Evidence smaller than this is read sooner by one process than others can be started.
_WORTH_STARTING = 24 << 20


def bytes_to_read(files: Iterable[tuple[str, int]]) -> int:
    """Bytes to read of files, given by name and size, about: compressed ones count several times."""
    return sum(size * (_COMPRESSION if name.endswith(_PACKED) else 1) for name, size in files)


def workers_for(size_bytes: int) -> int:
    """One process for small evidence; else one per core, at most 8."""
    return 1 if size_bytes < _WORTH_STARTING else max(1, min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1))


def run(batches: Iterator[Batch | SetAside], work: Work, *, workers: int = 1) -> Iterator[tuple[Batch | SetAside, Examined | None]]:
    """
    Every batch with what was found in it, and every piece set aside, in order.

    Args:
        batches: consumed lazily, a few ahead of the result.
        work: the run's settings.
        workers: processes, this one among them; 1 stays in this one.
    """
    yield from _in_order(batches, examine, work, workers)


def find(batches: Iterator[Batch], asked: Asked, *, workers: int = 1, here: Callable[[Batch], Found] | None = None) -> Iterator[tuple[Batch, Found]]:
    """
    Every batch with its findings alone, in order.

    Args:
        batches: consumed lazily, a few ahead of the result.
        asked: what is sought.
        workers: processes, this one among them; 1 stays in this one.
        here: finds the same in this process, when it has a kernel already.
    """
    for piece, found in _in_order(batches, find_in, asked, workers, here):
        if isinstance(piece, Batch) and found is not None:
            yield piece, found


def _in_order(
    pieces: Iterable[Batch | SetAside], function: Callable[[Batch, Setting], Result], setting: Setting, workers: int, here: Callable[[Batch], Result] | None = None
) -> Iterator[tuple[Batch | SetAside, Result | None]]:
    """
    `function` over the batches among `pieces`, in the order of the pieces, whatever is done first.

    This process searches too, whenever the others have enough before them: they need a second to start, and reading and writing alone
    would leave it idle.
    """
    search = here or (lambda piece: function(piece, setting))
    if workers == 1:
        for piece in pieces:
            yield piece, None if isinstance(piece, SetAside) else search(piece)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers - 1, mp_context=context) as pool:
        waiting: deque[tuple[Batch | SetAside, Future[Result | None]]] = deque()
        for piece in pieces:
            if isinstance(piece, SetAside):
                waiting.append((piece, _done(None)))
            elif sum(not future.done() for _, future in waiting) < (workers - 1) * _AHEAD:
                waiting.append((piece, pool.submit(function, piece, setting)))
            else:
                waiting.append((piece, _done(search(piece))))
            while waiting and (waiting[0][1].done() or len(waiting) > workers * _MOST_WAITING):
                first, future = waiting.popleft()
                yield first, future.result()
        for last, future in waiting:
            yield last, future.result()


def _done(result: Result | None) -> Future[Result | None]:
    """A future that is over."""
    future: Future[Result | None] = Future()
    future.set_result(result)
    return future
