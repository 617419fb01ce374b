"""
Apache Parquet, read row group by row group through pyarrow from a file object that we opened ourselves.

References:
    https://parquet.apache.org/docs/file-format/ (read 2026-11).
"""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from leakscope.errors import SetAsideError
from leakscope.model import Batch, Reading
from leakscope.sources import Format
from leakscope.sources.evidence import Evidence

BATCH_ROWS = 20_000
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
    record = 0
    with evidence.open() as stream:
        try:
            for batch in pq.ParquetFile(stream).iter_batches(batch_size=BATCH_ROWS, use_threads=False):
                frame = pl.DataFrame(pl.from_arrow(pa.Table.from_batches([batch])))
                yield Batch(source=evidence.name, first_record=record, records=frame.height, frame=frame)
                record += frame.height
        except (pa.ArrowException, pl.exceptions.PolarsError, OSError):
            raise SetAsideError("The Parquet file is damaged.", reason="damaged") from None


FORMAT = Format(name="parquet", title="Apache Parquet", suffixes=(".parquet",), sniff=sniff, read=read, jailed=True)
