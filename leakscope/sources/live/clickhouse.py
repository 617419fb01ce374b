"""
ClickHouse over HTTP: every query with `readonly=1`; rows as the server writes them in JSONEachRow.

The sample of a large table keeps rows whose `cityHash64(seed, all columns)` falls under the share: the same rows again for the same
seed, equal rows together. Redirects are not followed, so only the host that was named is contacted.

References:
    https://clickhouse.com/docs/interfaces/http, /docs/operations/system-tables/tables, /docs/operations/settings (from memory, 2026-11).
"""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, urlencode

from leakscope.sources.live import Kind, Limits, Queries, Store, Table, broken

_TABLES = """SELECT database, name, ifNull(total_rows, 0) AS rows, ifNull(total_bytes, 0) AS bytes FROM system.tables
    WHERE NOT is_temporary AND database NOT IN ('system', 'INFORMATION_SCHEMA', 'information_schema') AND engine NOT LIKE '%View' ORDER BY database, name"""
_SETTINGS = {"readonly": "1", "max_execution_time": "120", "output_format_json_quote_64bit_integers": "0", "max_result_bytes": str(1 << 30), "result_overflow_mode": "break"}
_MAX_LINE = 32 << 20


def _quoted(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


class _ClickHouse:
    """One server; each query is a request of its own."""

    def __init__(self, address: SplitResult, user: str | None, password: str | None, queries: Queries) -> None:
        self._address, self._queries = address, queries
        self._only = address.path.strip("/") or None
        self._headers = {name: value for name, value in (("X-ClickHouse-User", user), ("X-ClickHouse-Key", password)) if value}
        self._names: dict[str, str] = {}

    def _lines(self, query: str) -> Iterator[bytes]:
        secure = self._address.scheme in ("clickhouses", "clickhouse+https")
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        settings: dict[str, Any] = {"context": ssl.create_default_context()} if secure else {}
        line = kind(self._address.hostname or "", self._address.port or (8443 if secure else 8123), timeout=120, **settings)
        try:
            line.request("POST", f"/?{urlencode(_SETTINGS)}", body=self._queries.note(query).encode(), headers=self._headers)
            answer = line.getresponse()
            if answer.status != 200:
                raise broken(f"The server answered with status {answer.status}.")
            while row := answer.readline(_MAX_LINE):
                yield row.rstrip(b"\n")
        finally:
            line.close()

    def tables(self) -> list[Table]:
        """Tables of the database named, or of all that are not the server's own."""
        found = []
        for line in self._lines(f"{_TABLES} FORMAT JSONEachRow"):
            row = json.loads(line)
            if self._only and row["database"] != self._only:
                continue
            shown = row["name"] if self._only else f"{row['database']}.{row['name']}"
            self._names[shown] = f"{_quoted(row['database'])}.{_quoted(row['name'])}"
            found.append(Table(name=shown, rows=int(row["rows"]), exact=True, size_bytes=int(row["bytes"])))
        return found

    def lines(self, table: Table, limits: Limits) -> Iterator[bytes]:
        """Rows as JSON objects, as the server sends them."""
        where = f" WHERE cityHash64({limits.seed}, *) < {int(2**64 * limits.rows / table.rows)}" if table.rows > limits.rows else ""
        yield from self._lines(f"SELECT * FROM {self._names[table.name]}{where} FORMAT JSONEachRow")

    def close(self) -> None:
        """Nothing stays open."""


def connect(address: SplitResult, user: str | None, password: str | None, queries: Queries) -> Store:
    """A server that answered once."""
    store = _ClickHouse(address, user, password, queries)
    list(store._lines("SELECT 1 FORMAT JSONEachRow"))
    return store


KIND = Kind(schemes=("clickhouse", "clickhouses", "clickhouse+https"), title="ClickHouse", connect=connect, user_variable="CLICKHOUSE_USER", password_variable="CLICKHOUSE_PASSWORD")
