"""
Snowflake through its own connector (DB-API): `snowflake://account/DATABASE/SCHEMA`, SELECT alone, every table as it was at one instant.

The sample of a large table is `SAMPLE BERNOULLI (share) SEED (seed)`, Snowflake's own repeatable one. All tables are read as they were when
the connection was made (time travel), where the account keeps them; the session's statements end after two minutes.

References:
    https://docs.snowflake.com/en/sql-reference/constructs/sample, /constructs/at-before, /info-schema/tables (read 2026-11);
    held against fakesnow, which answers the connector's own requests, not against the service.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult

import orjson

from leakscope.sources.json_lenient import written
from leakscope.sources.live import Kind, Limits, Queries, Store, Table, own
from leakscope.sources.tables import text_of

_FETCH = 2_000
_TABLES = """SELECT table_schema, table_name, COALESCE(row_count, 0), bytes FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema <> 'INFORMATION_SCHEMA' ORDER BY table_schema, table_name"""
_TIMES = """SELECT table_schema, table_name, MIN(column_name) FROM information_schema.columns
    WHERE data_type LIKE 'TIMESTAMP%' OR data_type = 'DATE' GROUP BY table_schema, table_name"""


def _quoted(*names: str) -> str:
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


class _Snowflake:
    """An open session."""

    def __init__(self, connection: Any, queries: Queries, only: str | None) -> None:
        self._connection, self._queries, self._only = connection, queries, only
        self._names: dict[str, str] = {}
        self._at = ""
        instant = text_of(self._all("SELECT CURRENT_TIMESTAMP()")[0][0])
        self._settle(f" AT (TIMESTAMP => '{instant}'::TIMESTAMP_TZ)")

    def _settle(self, at: str) -> None:
        """Use time travel where the account takes it."""
        try:
            self._all(f"SELECT 1 FROM information_schema.tables{at} LIMIT 0")
        except Exception:  # the connector's own kinds; an account without time travel is read as it is
            return
        self._at = at

    def _all(self, query: str) -> list[Any]:
        with self._connection.cursor() as cursor:
            cursor.execute(self._queries.note(query))
            return list(cursor.fetchall())

    def tables(self) -> list[Table]:
        """Base tables of the schema named, or of every schema of the database."""
        times = {(schema, name): column for schema, name, column in self._all(_TIMES)}
        listed = [row for row in self._all(_TABLES) if not self._only or row[0] == self._only]
        return [self._table(schema, name, size, times.get((schema, name))) for schema, name, _, size in listed]

    def _table(self, schema: str, name: str, size: int | None, column: str | None) -> Table:
        shown = name if self._only else f"{schema}.{name}"
        self._names[shown] = f"{_quoted(schema, name)}{self._at}"
        span = f", MIN({_quoted(column)}), MAX({_quoted(column)})" if column else ", NULL, NULL"
        rows, first, last = self._all(f"SELECT COUNT(*){span} FROM {self._names[shown]}")[0]
        return Table(name=shown, rows=int(rows), exact=True, size_bytes=size and int(size), first=first and text_of(first), last=last and text_of(last))

    def lines(self, table: Table, limits: Limits) -> Iterator[bytes]:
        """Rows as objects under their columns' names."""
        share = 100 * limits.share(table.rows)
        sample = "" if share >= 100 else f" SAMPLE BERNOULLI ({share:.6f}) SEED ({limits.seed})"
        with self._connection.cursor() as cursor:
            cursor.execute(self._queries.note(f"SELECT * FROM {self._names[table.name]}{sample} LIMIT {limits.rows}"))
            names = [column[0] for column in cursor.description]
            while rows := cursor.fetchmany(_FETCH):
                yield from (written(dict(zip(names, row, strict=True)), default=text_of, option=orjson.OPT_NON_STR_KEYS) for row in rows)

    def close(self) -> None:
        """Log off."""
        self._connection.close()


def connect(address: SplitResult, user: str | None, password: str | None, queries: Queries) -> Store:
    """A session on the account that the address names; role and warehouse are the user's own unless SNOWFLAKE_ROLE and SNOWFLAKE_WAREHOUSE say others."""
    import snowflake.connector

    database, _, schema = address.path.strip("/").partition("/")
    here = {"host": address.hostname, "port": address.port, "protocol": "http"} if own(address) else {}
    chosen = {"role": os.environ.get("SNOWFLAKE_ROLE"), "warehouse": os.environ.get("SNOWFLAKE_WAREHOUSE")}
    settings: dict[str, Any] = {**here, **{name: value for name, value in chosen.items() if value}}
    connection = snowflake.connector.connect(
        account=address.hostname, user=user, password=password, database=database or None, schema=schema or None, login_timeout=20, network_timeout=120, session_parameters={"STATEMENT_TIMEOUT_IN_SECONDS": 120, "QUERY_TAG": "leakscope"}, **settings
    )
    return _Snowflake(connection, queries, schema or None)


KIND = Kind(schemes=("snowflake",), title="Snowflake", connect=connect, user_variable="SNOWFLAKE_USER", password_variable="SNOWFLAKE_PASSWORD", extra="leakscope-impact[snowflake]")
