"""
MySQL and MariaDB: one consistent, read-only transaction; large tables by a seeded hash of every row.

The sample keeps rows whose `CRC32(CONCAT_WS(seed, all columns))` falls under the share: the same rows again for the same seed,
equal rows together. TLS is required for hosts other than this one.

References:
    MySQL 8.0 Reference Manual, 13.3.1 START TRANSACTION, 12.13 CRC32; MariaDB Knowledge Base, START TRANSACTION (read 2026-11).
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult

import orjson

from leakscope.sources.json_lenient import written
from leakscope.sources.live import Kind, Limits, Queries, Store, Table, own
from leakscope.sources.tables import text_of

_COUNTED = 5_000_000
_FETCH = 2_000
_TIMES = """
    SELECT table_schema, table_name, MIN(column_name) FROM information_schema.columns
    WHERE data_type IN ('timestamp', 'datetime', 'date') GROUP BY table_schema, table_name"""
_TABLES = """
    SELECT table_schema, table_name, COALESCE(table_rows, 0), COALESCE(data_length + index_length, 0) FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
    ORDER BY table_schema, table_name"""


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


class _MySQL:
    """An open transaction."""

    def __init__(self, connection: Any, streaming: Any, queries: Queries, only: str | None) -> None:
        self._connection, self._streaming, self._queries, self._only = connection, streaming, queries, only
        self._names: dict[str, tuple[str, str]] = {}
        for setting in ("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"):
            self._all(setting)

    def _all(self, query: str, *values: str) -> list[Any]:
        with self._connection.cursor() as cursor:
            cursor.execute(self._queries.note(query), values or None)
            return list(cursor.fetchall())

    def tables(self) -> list[Table]:
        """Base tables of the database named, or of every database that is not the server's own."""
        found = []
        times = {(schema, name): column for schema, name, column in self._all(_TIMES)}
        for schema, name, estimate, size in self._all(_TABLES):
            if self._only and schema != self._only:
                continue
            shown = name if self._only else f"{schema}.{name}"
            self._names[shown] = schema, name
            exact = estimate <= _COUNTED
            rows = self._all(f"SELECT COUNT(*) FROM {_quoted(schema)}.{_quoted(name)}")[0][0] if exact else estimate
            first, last = self._span(f"{_quoted(schema)}.{_quoted(name)}", times.get((schema, name))) if exact and rows else (None, None)
            found.append(Table(name=shown, rows=int(rows), exact=exact, size_bytes=int(size), first=first, last=last))
        return found

    def _span(self, name: str, column: str | None) -> tuple[str | None, str | None]:
        """The span of one column of times, in the order of the alphabet the first."""
        if column is None:
            return None, None
        first, last = self._all(f"SELECT MIN({_quoted(column)}), MAX({_quoted(column)}) FROM {name}")[0]
        return (text_of(first), text_of(last)) if first is not None else (None, None)

    def lines(self, table: Table, limits: Limits) -> Iterator[bytes]:
        """Rows as JSON, streamed."""
        schema, name = self._names[table.name]
        columns = [row[0] for row in self._all("SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position", schema, name)]
        where = ""
        if table.rows > limits.rows:
            mixed = ", ".join(_quoted(column) for column in columns)
            where = f" WHERE CRC32(CONCAT_WS('|', '{limits.seed}', {mixed})) < {int(2**32 * limits.share(table.rows))}"
        with self._connection.cursor(self._streaming) as cursor:
            cursor.execute(self._queries.note(f"SELECT * FROM {_quoted(schema)}.{_quoted(name)}{where} LIMIT {limits.rows}"))
            while rows := cursor.fetchmany(_FETCH):
                yield from (written(dict(zip(columns, row, strict=True)), default=text_of, option=orjson.OPT_NON_STR_KEYS) for row in rows)

    def close(self) -> None:
        """End the transaction; nothing was written."""
        self._connection.close()


def connect(address: SplitResult, user: str | None, password: str | None, queries: Queries) -> Store:
    """A connection to the server; the path names one database, none means all."""
    import pymysql
    import pymysql.cursors

    only = address.path.strip("/") or None
    secured = None if own(address) else ssl.create_default_context()
    connection = pymysql.connect(host=address.hostname, port=address.port or 3306, user=user or "root", password=password or "", charset="utf8mb4", ssl=secured, connect_timeout=20, read_timeout=120, local_infile=False)
    return _MySQL(connection, pymysql.cursors.SSCursor, queries, only)


KIND = Kind(schemes=("mysql", "mariadb"), title="MySQL or MariaDB", connect=connect, user_variable="MYSQL_USER", password_variable="MYSQL_PWD", extra="leakscope-impact[live]")
