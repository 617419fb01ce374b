"""
BigQuery through Google's own client: `bigquery://project/dataset`, tables read without a query where that is free, sampled by one that is bounded.

A table within the budget of rows is listed row by row, which costs nothing. A larger one is sampled by a seeded hash of each row; that
query reads the whole table, so a dry run tells its bytes first, and over the budget of bytes the first rows are listed instead, and said so.
`maximum_bytes_billed` holds the real query to the same budget.

References:
    https://cloud.google.com/bigquery/docs/best-practices-costs, /docs/reference/standard-sql/hash_functions, /docs/reference/rest/v2/tabledata/list
    (read 2026-11); held against a stand-in for the client, not against the service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import SplitResult

import orjson

from leakscope.sources.json_lenient import written
from leakscope.sources.live import Kind, Limits, Queries, Store, Table, limits
from leakscope.sources.tables import text_of

_BUCKETS = 1_000_000


def _text(value: Any) -> Any:
    return dict(value) if hasattr(value, "items") else text_of(value)


class _BigQuery:
    """A project's datasets."""

    def __init__(self, client: Any, configured: Callable[..., Any], queries: Queries, only: str | None) -> None:
        self._client, self._configured, self._queries, self._only = client, configured, queries, only
        self._tables: dict[str, Any] = {}

    def tables(self) -> list[Table]:
        """Tables of the dataset named, or of all."""
        self._queries.note("datasets.list, tables.list, tables.get")
        datasets = [self._only] if self._only else [one.dataset_id for one in self._client.list_datasets()]
        references = [one.reference for dataset in datasets for one in self._client.list_tables(dataset) if one.table_type == "TABLE"]
        return [self._table(self._client.get_table(one)) for one in references]

    def _table(self, table: Any) -> Table:
        shown = table.table_id if self._only else f"{table.dataset_id}.{table.table_id}"
        self._tables[shown] = table
        first, last = self._span(table) if table.num_rows else (None, None)
        return Table(name=shown, rows=int(table.num_rows or 0), exact=True, size_bytes=table.num_bytes, first=first, last=last)

    def _span(self, table: Any) -> tuple[str | None, str | None]:
        """The span of the first column of times, if reading that column fits the budget of bytes."""
        column = next((one.name for one in table.schema if one.field_type in ("TIMESTAMP", "DATETIME", "DATE")), None)
        query = f"SELECT MIN(`{column}`), MAX(`{column}`) FROM {_named(table)}"
        if column is None or not self._fits(query, limits().size_bytes):
            return None, None
        row = next(iter(self._run(query, limits().size_bytes)), None)
        return (text_of(row[0]), text_of(row[1])) if row is not None and row[0] is not None else (None, None)

    def _fits(self, query: str, size_bytes: int) -> bool:
        told = self._client.query(query, job_config=self._configured(dry_run=True, use_query_cache=False))
        return (told.total_bytes_processed or 0) <= size_bytes

    def _run(self, query: str, size_bytes: int) -> Any:
        return self._client.query(self._queries.note(query), job_config=self._configured(maximum_bytes_billed=max(size_bytes, 10 << 20))).result(timeout=120)

    def lines(self, table: Table, limits: Limits) -> Iterator[bytes]:
        """Rows as objects under their columns' names."""
        source = self._tables[table.name]
        where = f"MOD(ABS(FARM_FINGERPRINT(CONCAT('{limits.seed}', TO_JSON_STRING(t)))), {_BUCKETS}) < {int(_BUCKETS * limits.share(table.rows))}"
        query = f"SELECT * FROM {_named(source)} AS t WHERE {where} LIMIT {limits.rows}"
        if table.rows > limits.rows and self._fits(query, limits.size_bytes):
            rows = self._run(query, limits.size_bytes)
        else:
            self._queries.note(f"tabledata.list {table.name}, the first {limits.rows:,} rows")
            rows = self._client.list_rows(source, max_results=limits.rows)
        yield from (written(dict(row.items()), default=_text, option=orjson.OPT_NON_STR_KEYS) for row in rows)

    def close(self) -> None:
        """Hang up."""
        self._client.close()


def _named(table: Any) -> str:
    return f"`{table.project}.{table.dataset_id}.{table.table_id}`"


def connect(address: SplitResult, user: str | None, password: str | None, queries: Queries) -> Store:
    """A client of the project that the address names, with the credentials of GOOGLE_APPLICATION_CREDENTIALS."""
    from google.cloud import bigquery

    return _BigQuery(bigquery.Client(project=address.hostname), bigquery.QueryJobConfig, queries, address.path.strip("/") or None)


KIND = Kind(schemes=("bigquery",), title="BigQuery", connect=connect, user_variable="GOOGLE_CLOUD_PROJECT", password_variable="GOOGLE_APPLICATION_CREDENTIALS", extra="leakscope-impact[bigquery]")
