"""
PostgreSQL: one read-only, repeatable-read transaction; rows as the server itself writes them in JSON.

The sample of a large table is `TABLESAMPLE BERNOULLI (share) REPEATABLE (seed)`: every row has the same chance, independently.
TLS is required for hosts other than this one.

References:
    PostgreSQL 16 documentation: SELECT (TABLESAMPLE), SET TRANSACTION, 9.28.7 Database Object Size Functions (read 2026-11).
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult

from leakscope.sources.live import Kind, Limits, Queries, Store, Table, own

#: Tables up to this many rows by the planner's estimate are counted; larger ones are told by that estimate.
_COUNTED = 5_000_000
_FETCH = 2_000
_TIMES = """
    SELECT table_schema, table_name, min(column_name) FROM information_schema.columns
    WHERE data_type LIKE 'timestamp%' OR data_type = 'date' GROUP BY table_schema, table_name"""
_TABLES = """
    SELECT n.nspname, c.relname, c.reltuples::bigint, pg_catalog.pg_total_relation_size(c.oid)
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
      AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
    ORDER BY n.nspname, c.relname"""


def _quoted(name: str) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("\x00"))


class _PostgreSQL:
    """An open transaction."""

    def __init__(self, connection: Any, queries: Queries) -> None:
        self._connection, self._queries = connection, queries
        self._cursor = connection.cursor()
        connection.autocommit = True
        for setting in ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "SET LOCAL statement_timeout = '60s'", "SET LOCAL lock_timeout = '5s'"):
            self._cursor.execute(queries.note(setting))
        self._names: dict[str, str] = {}

    def _all(self, query: str) -> list[Any]:
        self._cursor.execute(self._queries.note(query))
        return list(self._cursor.fetchall())

    def tables(self) -> list[Table]:
        """Ordinary tables and materialised views that the user may read."""
        found = []
        times = {(schema, name): column for schema, name, column in self._all(_TIMES)}
        for schema, name, estimate, size in self._all(_TABLES):
            shown = name if schema == "public" else f"{schema}.{name}"
            self._names[shown] = _quoted(f"{schema}\x00{name}")
            exact = estimate <= _COUNTED
            rows = self._all(f"SELECT count(*) FROM {self._names[shown]}")[0][0] if exact else estimate
            first, last = self._span(self._names[shown], times.get((schema, name))) if exact and rows else (None, None)
            found.append(Table(name=shown, rows=rows, exact=exact, size_bytes=size, first=first, last=last))
        return found

    def _span(self, name: str, column: str | None) -> tuple[str | None, str | None]:
        """The span of one column of times, in the order of the alphabet the first."""
        if column is None:
            return None, None
        first, last = self._all(f"SELECT min({_quoted(column)})::text, max({_quoted(column)})::text FROM {name}")[0]
        return first, last

    def lines(self, table: Table, limits: Limits) -> Iterator[bytes]:
        """Rows in JSON, through a cursor, so that the server holds what was not fetched."""
        share = 100.0 * limits.share(table.rows)
        sample = "" if share >= 100.0 else f" TABLESAMPLE BERNOULLI ({share:.8f}) REPEATABLE ({limits.seed})"
        self._cursor.execute(self._queries.note(f"DECLARE evidence NO SCROLL CURSOR FOR SELECT row_to_json(t)::text FROM {self._names[table.name]} t{sample}"))
        try:
            while rows := self._fetched():
                yield from (row[0].encode("utf-8", "replace") for row in rows)
        finally:
            self._cursor.execute("CLOSE evidence")

    def _fetched(self) -> list[Any]:
        self._cursor.execute(f"FETCH {_FETCH} FROM evidence")
        return list(self._cursor.fetchall())

    def close(self) -> None:
        """End the transaction; nothing was written."""
        self._connection.close()


def connect(address: SplitResult, user: str | None, password: str | None, queries: Queries) -> Store:
    """A connection to the database that the address names."""
    import pg8000.dbapi

    settings: dict[str, Any] = {"host": address.hostname, "port": address.port or 5432, "database": address.path.strip("/") or None, "timeout": 20}
    return _PostgreSQL(pg8000.dbapi.connect(user or "postgres", password=password, ssl_context=None if own(address) else ssl.create_default_context(), **settings), queries)


KIND = Kind(schemes=("postgresql", "postgres"), title="PostgreSQL", connect=connect, user_variable="PGUSER", password_variable="PGPASSWORD", extra="leakscope-impact[live]")
