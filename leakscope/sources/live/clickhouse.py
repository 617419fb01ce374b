"""
ClickHouse over HTTP and over its native protocol: every query with `readonly=1`.

Over HTTP rows come as the server writes them in JSONEachRow, natively as the client decodes them.
The sample of a large table keeps rows whose `cityHash64(seed, text of all columns)` falls under the share: the same rows again for the
same seed, equal rows together (a hash of the columns themselves is NULL as soon as one of them is). ClickHouse has no read transaction: each table is consistent in itself, not with the others.

References:
    https://clickhouse.com/docs/interfaces/http, /docs/operations/system-tables/tables and columns, /docs/operations/settings (read 2026-11);
    held against clickhouse-server 18.16 over both protocols and the engine of chDB 26.9 over HTTP.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Protocol
from urllib.parse import SplitResult, urlencode

import orjson

from leakscope.sources.json_lenient import written
from leakscope.sources.live import Kind, Limits, Queries, Store, Table
from leakscope.sources.live.web import Site, require_tls
from leakscope.sources.tables import text_of

_TABLES = """SELECT database, name, engine FROM system.tables
    WHERE database NOT IN ('system', 'INFORMATION_SCHEMA', 'information_schema', '_temporary_and_external_tables') AND engine NOT LIKE '%View' ORDER BY database, name"""
_SIZES = "SELECT database, table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts WHERE active GROUP BY database, table"
_TIMES = "SELECT database, table, name FROM system.columns WHERE type LIKE 'DateTime%' OR type LIKE 'Date%' OR type LIKE 'Nullable(Date%'"
_COMMON = {"readonly": "1", "max_execution_time": "120"}
_OVER_HTTP = {**_COMMON, "output_format_json_quote_64bit_integers": "0", "max_result_bytes": str(1 << 30), "result_overflow_mode": "break"}
_MAX_LINE = 32 << 20
_SECURE = ("clickhouses", "clickhouse+https", "clickhouses+native")


def _quoted(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


class _Asking(Protocol):
    """How rows are asked for."""

    def rows(self, query: str) -> Iterator[bytes]:
        """Rows as JSON objects."""

    def close(self) -> None:
        """Let go."""


class _OverHttp:
    """Each query is a request of its own."""

    def __init__(self, address: SplitResult, user: str | None, password: str | None, queries: Queries) -> None:
        headers = {name: value for name, value in (("X-ClickHouse-User", user), ("X-ClickHouse-Key", password)) if value}
        secure = address.scheme in _SECURE
        self._queries = queries
        self._site = Site(host=address.hostname or "", port=address.port or (8443 if secure else 8123), secure=secure, headers=headers)

    def rows(self, query: str) -> Iterator[bytes]:
        """As the server writes them."""
        with self._site.answer("POST", f"/?{urlencode(_OVER_HTTP)}", f"{self._queries.note(query)} FORMAT JSONEachRow".encode()) as answer:
            while row := answer.readline(_MAX_LINE):
                yield row.rstrip(b"\n")

    def close(self) -> None:
        """Nothing stays open."""


class _Native:
    """One connection of the native protocol; blocks of rows as they come."""

    def __init__(self, address: SplitResult, user: str | None, password: str | None, queries: Queries) -> None:
        from clickhouse_driver import Client

        secure = address.scheme in _SECURE
        self._queries = queries
        self._client = Client(
            address.hostname, port=address.port or (9440 if secure else 9000), user=user or "default", password=password or "", database=address.path.strip("/") or "default", secure=secure, verify=True, connect_timeout=20, send_receive_timeout=120
        )

    def rows(self, query: str) -> Iterator[bytes]:
        """Rows as objects under their columns' names; values that JSON has no word for as text."""
        answer = self._client.execute_iter(self._queries.note(query), settings={"readonly": 1, "max_execution_time": 120}, with_column_types=True)
        names = [name for name, _ in next(answer)]
        finished = False
        try:
            for row in answer:  # the client gives a row at a time
                yield written(dict(zip(names, row, strict=True)), default=_text, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_NAIVE_UTC)
            finished = True
        finally:
            if not finished:  # the rest of the answer is not wanted; the next query opens a line of its own
                self._client.disconnect()

    def close(self) -> None:
        """Hang up."""
        self._client.disconnect()


def _text(value: Any) -> Any:
    return list(value) if isinstance(value, tuple | set) else text_of(value)


class _ClickHouse:
    """A server's tables, however it is spoken to."""

    def __init__(self, asking: _Asking, only: str | None) -> None:
        self._asking, self._only = asking, only
        self._names: dict[str, str] = {}

    def _all(self, query: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._asking.rows(query)]

    def _asked(self, query: str) -> list[dict[str, Any]]:
        """As `_all`; nothing where the server does not let this user know."""
        try:
            return self._all(query)
        except Exception:  # each protocol has errors of its own, with the server's words in them
            return []

    def tables(self) -> list[Table]:
        """Tables of the database named, or of all that are not the server's own."""
        sizes = {(row["database"], row["table"]): row for row in self._asked(_SIZES)}
        times: dict[tuple[str, str], list[str]] = {}
        for row in self._asked(_TIMES):
            times.setdefault((row["database"], row["table"]), []).append(row["name"])
        listed = [row for row in self._all(_TABLES) if not self._only or row["database"] == self._only]
        return [self._table(row, sizes.get((row["database"], row["name"])), times.get((row["database"], row["name"]), [])) for row in listed]

    def _table(self, row: dict[str, Any], size: dict[str, Any] | None, times: list[str]) -> Table:
        shown = row["name"] if self._only else f"{row['database']}.{row['name']}"
        self._names[shown] = f"{_quoted(row['database'])}.{_quoted(row['name'])}"
        counted = self._asked(f"SELECT count() AS rows FROM {self._names[shown]}")
        rows = int(counted[0]["rows"]) if counted else int(size["rows"]) if size else 0
        first, last = self._span(self._names[shown], times) if rows and counted else (None, None)
        return Table(name=shown, rows=rows, exact=bool(counted), size_bytes=int(size["bytes"]) if size else None, first=first, last=last)

    def _span(self, name: str, times: list[str]) -> tuple[str | None, str | None]:
        """The span of the first column of times."""
        found = self._asked(f"SELECT toString(min({_quoted(times[0])})) AS first, toString(max({_quoted(times[0])})) AS last FROM {name}") if times else []
        return (found[0]["first"], found[0]["last"]) if found else (None, None)

    def lines(self, table: Table, limits: Limits) -> Iterator[bytes]:
        """Rows as JSON objects."""
        where = f" WHERE cityHash64({limits.seed}, toString(tuple(*))) < {int(2**64 * limits.share(table.rows))}" if table.rows > limits.rows else ""
        return self._asking.rows(f"SELECT * FROM {self._names[table.name]}{where}")

    def close(self) -> None:
        """Let go."""
        self._asking.close()


def connect(address: SplitResult, user: str | None, password: str | None, queries: Queries) -> Store:
    """
    A server that answered once.

    Raises:
        UsageError: a password would go over a plain line.
    """
    native = address.scheme.endswith("+native")
    if address.scheme not in _SECURE:
        require_tls(address, password, "clickhouses+native" if native else "clickhouses")
    asking: _Asking = (_Native if native else _OverHttp)(address, user, password, queries)
    list(asking.rows("SELECT 1 AS answered"))
    return _ClickHouse(asking, address.path.strip("/") or None)


KIND = Kind(
    schemes=("clickhouse", "clickhouses", "clickhouse+https", "clickhouse+native", "clickhouses+native"),
    title="ClickHouse",
    connect=connect,
    user_variable="CLICKHOUSE_USER",
    password_variable="CLICKHOUSE_PASSWORD",
    extra="leakscope-impact[live]",
)
