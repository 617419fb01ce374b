"""
Columnar and row files of data platforms: Arrow IPC (file, stream, Feather 2), ORC, Avro.

References:
    https://arrow.apache.org/docs/format/Columnar.html, https://orc.apache.org/specification/, https://avro.apache.org/docs/ (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl
import pyarrow as pa

from leakscope.errors import SetAsideError
from leakscope.model import Batch, Reading
from leakscope.sources import Format
from leakscope.sources.evidence import Evidence
from leakscope.sources.json_lenient import written
from leakscope.sources.tables import MAX_COLUMNS, Tables, text_of

BATCH_ROWS = 20_000
#: Of a batch, about: one text of 20 KB repeated by run lengths would else be held four times over on its way.
PART_BYTES = 32 << 20
_FILE, _ORC, _AVRO = b"ARROW1", b"ORC", b"Obj\x01"


def frames(source: str, batches: Iterable[pa.RecordBatch], kind: str) -> Reading:
    """
    Arrow batches as ours, at most `BATCH_ROWS` long and about `PART_BYTES` large.

    Raises:
        SetAsideError: the file is damaged; what came before has been yielded.
    """
    record = 0
    try:
        for whole in batches:
            if whole.num_columns > MAX_COLUMNS:
                raise SetAsideError(f"The table has over {MAX_COLUMNS} columns.", reason="too-many-columns")
            whole.validate(full=True)
            rows = max(1, min(BATCH_ROWS, whole.num_rows * PART_BYTES // max(1, whole.nbytes)))
            for start in range(0, whole.num_rows, rows):
                part = whole.slice(start, rows)
                frame = pl.DataFrame(pl.from_arrow(pa.Table.from_batches([part])))
                yield Batch(source=source, first_record=record, records=frame.height, frame=frame)
                record += frame.height
    except MemoryError:  # also Arrow's own, which is an ArrowException too
        raise
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError):
        raise SetAsideError(f"The {kind} file is damaged.", reason="damaged") from None


def _arrow(evidence: Evidence) -> Reading:
    with evidence.open() as stream:
        yield from frames(evidence.name, _arrow_batches(stream), "Arrow")


def _arrow_batches(stream: Any) -> Iterator[pa.RecordBatch]:
    if stream.read(6) == _FILE:
        stream.seek(0)
        reader = pa.ipc.open_file(stream)
        yield from (reader.get_batch(number) for number in range(reader.num_record_batches))
    else:
        stream.seek(0)
        yield from pa.ipc.open_stream(stream)


def _orc(evidence: Evidence) -> Reading:
    from pyarrow import orc

    with evidence.open() as stream:
        yield from frames(evidence.name, _stripes(orc.ORCFile, stream), "ORC")


def _stripes(opened: Any, stream: Any) -> Iterator[pa.RecordBatch]:
    file = opened(stream)
    for number in range(file.nstripes):
        yield file.read_stripe(number)


def _avro(evidence: Evidence) -> Reading:
    """Objects of any schema; a damaged block ends the file."""
    import fastavro

    tables = Tables(evidence.name, as_text=False)
    with evidence.open() as stream:
        try:
            for row in fastavro.reader(stream, return_record_name=False):
                row = row if isinstance(row, dict) else {"value": row}
                yield from tables.add("", tuple(row), [_cell(value) for value in row.values()], 64 * max(1, len(row)))
        except (MemoryError, SetAsideError):
            raise
        except Exception:  # fastavro lets many kinds through
            yield from tables.rest()
            raise SetAsideError("The Avro file is damaged.", reason="damaged") from None
    yield from tables.rest()


def _cell(value: Any) -> Any:
    if isinstance(value, (dict, list)):

        return written(value, default=text_of).decode()
    return value


def _sniff_stream(head: bytes, name: str) -> float:
    """An Arrow stream has no magic word: a continuation mark and a schema message, or its file name."""
    if head.startswith(_FILE):
        return 1.0
    return 0.9 if head.startswith(b"\xff\xff\xff\xff") and name.endswith((".arrows", ".arrow", ".ipc", ".feather")) else 0.0


FORMATS = (
    Format(name="arrow", title="Apache Arrow IPC, Feather", suffixes=(".arrow", ".feather", ".ipc"), sniff=_sniff_stream, read=_arrow, jailed=True),
    Format(name="orc", title="Apache ORC", suffixes=(".orc",), sniff=lambda head, name: 1.0 if head.startswith(_ORC) and b"\x00" in head[:512] else 0.0, read=_orc, jailed=True),
    Format(name="avro", title="Apache Avro", suffixes=(".avro",), sniff=lambda head, name: 1.0 if head.startswith(_AVRO) else 0.0, read=_avro, jailed=True),
)
