"""
Database files: SQLite and DuckDB, opened read-only and immutable, one source a table. Views and triggers are never run.

Rows that were deleted but still stand in free pages are not read; the write-ahead log beside a SQLite file is not applied.

References:
    https://www.sqlite.org/fileformat2.html, https://www.sqlite.org/security.html, https://duckdb.org/docs/ (read 2026-11).
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl

from leakscope.errors import SetAsideError
from leakscope.model import Batch, Reading, SetAside
from leakscope.safety.escape import plain
from leakscope.sources import Format
from leakscope.sources.evidence import Evidence
from leakscope.sources.tables import MAX_COLUMNS, MAX_TABLES, Tables, text_of

_MAGIC = b"SQLite format 3\x00"
_ROWS = 1_000


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _path(evidence: Evidence) -> str:
    if evidence.path is None:
        raise SetAsideError("A database inside a container can only be read where a reader's process can be started.", reason="unsupported-here")
    return str(evidence.path)


def _opened(evidence: Evidence) -> sqlite3.Connection:
    """The database on disk, or, for one that came out of a container and has no path, its bytes."""
    path = _path(evidence)
    if path.startswith("/proc/self/fd/") and str(Path(path).readlink()).startswith("/memfd:"):
        database = sqlite3.connect(":memory:")
        with evidence.open() as stream:
            database.deserialize(stream.read())
        return database
    return sqlite3.connect(f"file:{quote(path)}?mode=ro&immutable=1", uri=True)


def _sqlite(evidence: Evidence) -> Reading:
    """Rows of every ordinary table, values as stored; a damaged page ends its table."""
    try:
        database = _opened(evidence)
        database.text_factory = _text
        database.execute("PRAGMA trusted_schema=OFF")
        listed = database.execute("SELECT name, sql FROM sqlite_schema WHERE type='table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid").fetchall()
    except (sqlite3.Error, ValueError):
        raise SetAsideError("The SQLite file is damaged or encrypted.", reason="damaged") from None
    tables = Tables(evidence.name, as_text=False)
    for name, definition in listed[:MAX_TABLES]:
        if str(definition).lstrip()[:14].upper() == "CREATE VIRTUAL":
            yield SetAside(source=tables.source(str(name)), reason="virtual-table", detail="A virtual table; the tables it stores its rows in are read.", records=0)
            continue
        yield from _sqlite_table(database, str(name), tables)
    yield from tables.rest()


def _sqlite_table(database: sqlite3.Connection, name: str, tables: Tables) -> Reading:
    try:
        cursor = database.execute(f"SELECT * FROM {_quoted(name)}")
        columns = tuple(str(one[0]) for one in cursor.description)
        while rows := cursor.fetchmany(_ROWS):
            for row in rows:
                yield from tables.add(name, columns, [_cell(value) for value in row], 32 + sum(len(value) for value in row if isinstance(value, (str, bytes))))
    except (sqlite3.Error, ValueError, OverflowError):
        yield from tables.rest()
        yield SetAside(source=tables.source(name), reason="damaged", detail="The rest of the table cannot be read.")


def _cell(value: Any) -> Any:
    return text_of(value) if isinstance(value, bytes) else value


def _duckdb(evidence: Evidence) -> Reading:
    """Batches of every table as DuckDB reads it, with all outside access and extensions off."""
    import duckdb

    settings = {"access_mode": "READ_ONLY", "threads": "1", "enable_external_access": "false", "autoload_known_extensions": "false", "autoinstall_known_extensions": "false"}
    try:
        with duckdb.connect(_path(evidence), read_only=True, config=settings) as database:
            listed = database.execute("SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal ORDER BY table_oid").fetchall()
            for schema, name in listed[:MAX_TABLES]:
                yield from _duckdb_table(database, str(schema), str(name), evidence.name)
    except duckdb.Error:
        raise SetAsideError("The DuckDB file is damaged, encrypted or of another version.", reason="damaged") from None


def _duckdb_table(database: Any, schema: str, name: str, file: str) -> Reading:
    source = f"{file}:{plain(name)}"
    record = 0
    found = database.execute(f"SELECT * FROM {_quoted(schema)}.{_quoted(name)}")
    for batch in (found.to_arrow_reader if hasattr(found, "to_arrow_reader") else found.fetch_record_batch)(20_000):
        if batch.num_columns > MAX_COLUMNS:
            raise SetAsideError(f"A table has over {MAX_COLUMNS} columns.", reason="too-many-columns")
        frame = pl.DataFrame(pl.from_arrow(batch))
        if frame.height:
            yield Batch(source=source, first_record=record, records=frame.height, frame=frame)
            record += frame.height


FORMATS = (
    Format(name="sqlite", title="SQLite database", suffixes=(".db", ".sqlite", ".sqlite3"), sniff=lambda head, name: 1.0 if head.startswith(_MAGIC) else 0.0, read=_sqlite, jailed=True),
    Format(name="duckdb", title="DuckDB database", suffixes=(".duckdb", ".db"), sniff=lambda head, name: 1.0 if head[8:12] == b"DUCK" else 0.0, read=_duckdb, jailed=True),
)
