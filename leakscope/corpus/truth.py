"""The truth tables beside a corpus, written in chunks so that any size fits in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

_TEXT, _FLAG, _COUNT = pa.string(), pa.bool_(), pa.uint64()

#: One row per planted value and record; `copies` are the other fields of the record that repeat it;
#: `line` is the 0-based non-empty line of the file where a record is not a line by itself (SQL), else null.
FINDINGS = pa.schema(
    {"source": _TEXT, "record": _COUNT, "field": _TEXT, "entity": _TEXT, "value": _TEXT, "person": _TEXT, "role": _TEXT, "secret": _TEXT, "copies": pa.list_(_TEXT),
     "line": _COUNT}
)  # fmt: skip
#: One row per person or account seen in the evidence.
PEOPLE = pa.schema(
    {"person": _TEXT, "residence": _TEXT, "kind": _TEXT, "language": _TEXT, "records": _COUNT, "role": _TEXT, "counted": _FLAG, "reason": _TEXT}
)
#: One row per distinct secret.
SECRETS = pa.schema(
    {"secret": _TEXT, "provider": _TEXT, "kind": _TEXT, "entity": _TEXT, "environment": _TEXT, "records": _COUNT, "first_seen": _TEXT, "last_seen": _TEXT, "owner": _TEXT}
)
#: One row per chat turn and record that shows it.
TURNS = pa.schema(
    {"source": _TEXT, "record": _COUNT, "field": _TEXT, "conversation": _TEXT, "person": _TEXT, "position": pa.uint32(), "role": _TEXT, "language": _TEXT,
     "topic": _TEXT, "about": _TEXT, "repeated": _FLAG, "names_person": _FLAG}
)  # fmt: skip
#: One row per planted string that looks like a finding and is none.
DECOYS = pa.schema({"source": _TEXT, "record": _COUNT, "field": _TEXT, "value": _TEXT, "reason": _TEXT})

TABLES: Mapping[str, pa.Schema] = {"findings": FINDINGS, "people": PEOPLE, "secrets": SECRETS, "turns": TURNS, "decoys": DECOYS}

_CHUNK = 50_000


class Truth:
    """
    Open truth tables of one corpus; rows are tuples in schema order.

    Args:
        folder: `truth/` of the corpus; made if absent.
        tables: names of the tables this corpus has.
    """

    def __init__(self, folder: Path, tables: Iterable[str] = TABLES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._writers = {name: pq.ParquetWriter(folder / f"{name}.parquet", TABLES[name], compression="zstd") for name in tables}
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in self._writers}
        self.findings, self.turns, self.decoys = (self._rows.get(name, []) for name in ("findings", "turns", "decoys"))

    def flush(self, *, force: bool = False) -> None:
        """Write the tables that have gathered a chunk of rows."""
        for name, rows in self._rows.items():
            if rows and (force or len(rows) >= _CHUNK):
                schema = TABLES[name]
                columns = [pa.array(column, kind) for column, kind in zip(zip(*rows, strict=True), schema.types, strict=True)]
                self._writers[name].write_table(pa.table(columns, schema=schema))
                rows.clear()

    def add(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Append rows, writing chunk by chunk."""
        for row in rows:
            self._rows[table].append(row)
            if len(self._rows[table]) >= _CHUNK:
                self.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.flush(force=True)
        for writer in self._writers.values():
            writer.close()
