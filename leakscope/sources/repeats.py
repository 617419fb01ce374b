"""
Records that stand in more than one source, counted once: overlapping dumps, backup tables, the same list sold twice.

A record repeats another when both come from different sources and are equal in every field and byte. Within one source equal records are
events of their own. Records that say next to nothing (`{"id":1}`) are equal by chance and never count as repeats.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl
import pyarrow as pa

from leakscope.model import Batch, SetAside

REASON = "duplicate"
#: Fewer bytes of a JSON line, or characters of a row's values, are equal by chance: `{"id":1}`, `OK`.
MIN_LINE_BYTES, MIN_ROW_CHARS = 32, 16


class Repeats:
    """
    Remembers 8 bytes of every record, and tells which records of a batch stood in another source before.

    The bytes are a hash seeded by `seed`; with a secret seed nobody can make two records look equal, and among 10 million
    records the chance that any two do is 3 in a million. Sorted runs that double in size keep a look-up logarithmic.

    Args:
        seed: of the hash, in [0, 2**64).
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._sources: dict[str, int] = {}
        self._pending: dict[int, list[np.ndarray]] = {}
        self._runs: list[tuple[np.ndarray, np.ndarray]] = []

    def distinct(self, batches: Iterator[Batch | SetAside]) -> Iterator[Batch | SetAside]:
        """`batches` without the records that another source held before; these come out set aside, by that source."""
        for batch in batches:
            if isinstance(batch, SetAside):
                yield batch
            else:
                yield from self._split(batch)

    def _split(self, batch: Batch) -> Iterator[Batch | SetAside]:
        hashes = record_hashes(batch, self._seed)
        if hashes is None:
            yield batch
            return
        own = self._sources.setdefault(batch.source, len(self._sources))
        first = self._first_source(hashes, own)
        repeated = (first >= 0) & (first != own)
        self._pending.setdefault(own, []).append(hashes[~repeated & (hashes != 0)])
        if not repeated.any():
            yield batch
            return
        if not repeated.all():
            yield kept(batch, ~repeated)
        names = list(self._sources)
        for other in np.unique(first[repeated]):
            places = np.flatnonzero(repeated & (first == other))
            number = int(numbers_of(batch)[places[0]])
            detail = f"The same as records of {names[other]}, which were examined."
            yield SetAside(source=batch.source, reason=REASON, detail=detail, records=len(places), record=number)

    def _first_source(self, hashes: np.ndarray, own: int) -> np.ndarray:
        """For each record the source that held it before, or -1."""
        for other in [one for one in self._pending if one != own]:
            chunks = np.concatenate(self._pending.pop(other))
            self._runs.append(_sorted(chunks, np.full(len(chunks), other, dtype=np.int32)))
        while len(self._runs) > 1 and len(self._runs[-1][0]) * 2 > len(self._runs[-2][0]):
            (hashes_a, sources_a), (hashes_b, sources_b) = self._runs.pop(), self._runs.pop()
            self._runs.append(_sorted(np.concatenate([hashes_a, hashes_b]), np.concatenate([sources_a, sources_b])))
        found = np.full(len(hashes), -1, dtype=np.int32)
        for known, sources in self._runs:
            if len(known):
                places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
                found = np.where((known[places] == hashes) & (hashes != 0), sources[places], found)
        return found


def _sorted(hashes: np.ndarray, sources: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(hashes, kind="stable")
    return hashes[order], sources[order]


def numbers_of(batch: Batch) -> np.ndarray:
    """The record numbers of `batch`, in order."""
    if batch.numbers is not None:
        return batch.numbers.to_numpy()
    return np.arange(batch.first_record, batch.first_record + batch.records, dtype=np.uint64)


def kept(batch: Batch, chosen: np.ndarray) -> Batch:
    """
    The chosen records of `batch`, with their own numbers.

    Args:
        chosen: one truth value for each record.
    """
    if chosen.all():
        return batch
    places = np.flatnonzero(chosen)
    numbers = pl.Series("record", numbers_of(batch)[places])
    if batch.lines is not None:
        lines = batch.lines.split(b"\n")
        return replace(batch, records=len(places), lines=b"".join(lines[place] + b"\n" for place in places), numbers=numbers)
    assert batch.frame is not None
    return replace(batch, records=len(places), frame=batch.frame[places], numbers=numbers)


def record_hashes(batch: Batch, seed: int) -> np.ndarray | None:
    """
    One hash for each record, 0 for records that say next to nothing; null when they cannot be compared.

    Args:
        batch: lines or a frame.
        seed: in [0, 2**64).
    """
    if batch.lines is not None:
        return _line_hashes(batch.lines, batch.records, seed)
    assert batch.frame is not None
    try:
        return _row_hashes(batch.frame, seed)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):  # a type that has no hash
        return None


def _line_hashes(lines: bytes, records: int, seed: int) -> np.ndarray | None:
    """Cut at newlines without copying: the lines become one Arrow array over the same bytes."""
    ends = np.flatnonzero(np.frombuffer(lines, dtype=np.uint8) == 10).astype(np.int64) + 1
    if len(ends) != records:
        return None
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), ends])
    array = pa.LargeBinaryArray.from_buffers(pa.large_binary(), records, [None, pa.py_buffer(offsets), pa.py_buffer(lines)])
    hashes = pl.Series(pl.from_arrow(array)).hash(seed).to_numpy()
    return np.where(np.diff(offsets) > MIN_LINE_BYTES, np.maximum(hashes, 1), 0)


def _row_hashes(frame: pl.DataFrame, seed: int) -> np.ndarray:
    """Equal names, in any order, with equal values."""
    ordered = frame.select(sorted(frame.columns))
    names = int(pl.Series([str(sorted(frame.columns))]).hash(seed)[0])
    hashes = ordered.hash_rows(seed ^ names).to_numpy()
    sizes = ordered.select(pl.sum_horizontal(_size(name, kind) for name, kind in ordered.schema.items()) if ordered.width else pl.lit(0)).to_series().to_numpy()
    return np.where(sizes >= MIN_ROW_CHARS, np.maximum(hashes, 1), 0)


def _size(name: str, kind: pl.DataType) -> pl.Expr:
    """Characters of a column's values, about."""
    column = pl.col(name)
    if kind == pl.String:
        size = column.str.len_chars()
    elif kind == pl.Binary:
        size = column.bin.size()
    elif kind.is_nested():
        size = pl.when(column.is_null()).then(0).otherwise(MIN_ROW_CHARS)
    elif kind.is_temporal():
        size = pl.when(column.is_null()).then(0).otherwise(10)
    elif kind == pl.Boolean:
        size = pl.when(column.is_null()).then(0).otherwise(1)
    else:
        size = column.cast(pl.String, strict=False).str.len_chars()
    return size.fill_null(0).cast(pl.UInt32)
