"""
Apache Parquet, read row group by row group through pyarrow from a file object that we opened ourselves.

References:
    https://parquet.apache.org/docs/file-format/ (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from leakscope.model import Reading
from leakscope.sources import Format
from leakscope.sources.columnar import BATCH_ROWS, frames
from leakscope.sources.evidence import Evidence

_MAGIC = b"PAR1"


def sniff(head: bytes, name: str) -> float:
    """Sure by its magic bytes."""
    return 1.0 if head.startswith(_MAGIC) else 0.0


def read(evidence: Evidence) -> Reading:
    """
    Batches of columns as stored.

    Raises:
        SetAsideError: the file is damaged; what came before the damage has been yielded.
    """
    with evidence.open() as stream:
        yield from frames(evidence.name, _batches(stream), "Parquet")


def _batches(stream: BinaryIO) -> Iterator[pa.RecordBatch]:
    yield from pq.ParquetFile(stream).iter_batches(batch_size=BATCH_ROWS, use_threads=False)


FORMAT = Format(name="parquet", title="Apache Parquet", suffixes=(".parquet",), sniff=sniff, read=read, jailed=True)
