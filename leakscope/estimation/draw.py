"""Draws records at random by number alone: the same ones whatever the order, the batches or the workers."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from leakscope.errors import DomainError

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_FULL = float(2**53)

Numbers = npt.NDArray[np.uint64]


def _source_seed(source: str, seed: int) -> np.uint64:
    """64 bits of BLAKE2b over seed and source, so that equal record numbers of two sources or seeds stay apart."""
    digest = hashlib.blake2b(f"{seed}\x00{source}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "big"))


def tickets(records: npt.ArrayLike, *, source: str = "", seed: int = 0) -> npt.NDArray[np.float64]:
    """
    A uniform number in [0, 1) for each record, decided by (seed, source, record) alone.

    Args:
        records: 0-based record numbers.
        source: printable source id.
        seed: of the draw.

    Returns:
        One number per record, in order.

    Source:
        Steele, Lea and Flood (2014), OOPSLA: the mixer of SplitMix64, evaluated at the record's number.
    """
    numbers = np.asarray(records, dtype=np.uint64)
    with np.errstate(over="ignore"):
        state = _source_seed(source, seed) + (numbers + np.uint64(1)) * _GOLDEN
        state = (state ^ (state >> np.uint64(30))) * _FIRST
        state = (state ^ (state >> np.uint64(27))) * _SECOND
        state = state ^ (state >> np.uint64(31))
    return (state >> np.uint64(11)).astype(np.float64) / _FULL


def draw_fraction(records: npt.ArrayLike, fraction: float, *, source: str = "", seed: int = 0) -> Numbers:
    """
    Bernoulli sample: every record is drawn by itself with probability `fraction`.

    Args:
        records: 0-based record numbers, any order, any batch.
        fraction: in [0, 1].
        source, seed: as for `tickets`.

    Returns:
        The drawn numbers in the order given. A smaller fraction draws a subset of a larger one.

    Raises:
        DomainError: fraction outside [0, 1].
    """
    if not 0 <= fraction <= 1:
        raise DomainError("a fraction lies in [0, 1]")
    numbers = np.asarray(records, dtype=np.uint64)
    return numbers[tickets(numbers, source=source, seed=seed) < fraction]


def draw_rows(records: npt.ArrayLike, rows: int, *, source: str = "", seed: int = 0) -> Numbers:
    """
    Simple random sample of `rows` records without replacement: those with the smallest tickets.

    Args:
        records: 0-based record numbers, each once.
        rows: how many, not negative; all when there are no more.
        source, seed: as for `tickets`.

    Returns:
        The drawn numbers in rising order. Samples of batches merge: the smallest tickets of the union are the sample of all.

    Raises:
        DomainError: rows is negative.
    """
    if rows < 0:
        raise DomainError("the number of rows to draw is not negative")
    numbers = np.asarray(records, dtype=np.uint64)
    if rows >= len(numbers):
        return np.sort(numbers)
    order = np.argpartition(tickets(numbers, source=source, seed=seed), rows)[:rows] if rows else np.array([], dtype=np.int64)
    return np.sort(numbers[order])


def draw_systematic(records: int, rows: int, *, seed: int = 0) -> Numbers:
    """
    Every k-th record from a random start, k = records / rows (need not be whole).

    Args:
        records: how many there are.
        rows: how many to draw, not negative.
        seed: of the start.

    Raises:
        DomainError: a number is negative.

    Source:
        Cochran (1977), section 8.1; fractional interval: section 8.6.
    """
    if rows < 0 or records < 0:
        raise DomainError("numbers of records are not negative")
    if rows >= records:
        return np.arange(records, dtype=np.uint64)
    start = float(tickets([0], seed=seed)[0])
    return np.floor((np.arange(rows) + start) * records / rows).astype(np.uint64) if rows else np.array([], dtype=np.uint64)
