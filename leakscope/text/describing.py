"""When, by which service and on which host a record was written, from the names that logs and tables use for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import polars as pl

from leakscope.model import Batch
from leakscope.schema import RECORDS

#: Names of the moment a record was written, best first.
TIMESTAMPS = (
    "timestamp", "@timestamp", "timeUnixNano", "time", "ts", "event_time", "eventTime", "event_timestamp", "datetime", "created_at",
    "createdAt", "created", "date", "observed_timestamp", "observedTimestamp", "logged_at", "updated_at", "_time", "_timestamp",
    "create_time", "createTime", "createdDateTime", "inserted_at", "start_time", "startTime", "startTimeUnixNano", "sent_at", "__REALTIME_TIMESTAMP",
)  # fmt: skip
SERVICES = ("_service", "service", "service.name", "ServiceName", "service_name", "app", "application", "appname", "logger", "container_name")
HOSTS = ("_host", "host", "hostname", "host.name", "HostName", "server", "node", "pod", "pod_name", "container_id")
#: Epoch numbers by size: seconds, milliseconds, microseconds, nanoseconds; the years 1990 to 2100.
_EPOCHS = tuple((631_152_000 * scale, 4_102_444_800 * scale, scale) for scale in (1, 10**3, 10**6, 10**9))
_FORMATS = ("%d/%b/%Y:%H:%M:%S %z", "%Y/%m/%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%a, %d %b %Y %H:%M:%S %z")


def instant(value: Any) -> datetime | None:
    """The instant that `value` states, in UTC (a time without zone is taken as UTC); null when it states none."""
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _epoch(float(value))
    return _written(value.strip().removesuffix(" UTC")) if isinstance(value, str) and 6 <= len(value) <= 40 else None


def _epoch(value: float) -> datetime | None:
    scale = next((scale for low, high, scale in _EPOCHS if low <= value < high), None)
    return datetime.fromtimestamp(value / scale, UTC) if scale else None


def _written(text: str) -> datetime | None:
    if text.replace(".", "", 1).isdigit() and len(text) >= 10:
        return _epoch(float(text))
    try:
        return instant(datetime.fromisoformat(text))
    except ValueError:
        pass
    for form in _FORMATS:
        try:
            return instant(datetime.strptime(text, form))  # noqa: DTZ007 (a missing zone is taken as UTC by `instant`)
        except ValueError:
            continue
    return None


def _first(row: dict[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = row.get(name)
        if value is None:
            continue
        if isinstance(value, dict):
            value = value.get("name")
        if isinstance(value, (str, int)) and (text := str(value)):
            return text
    return None


def describe_rows(source: str, rows: Iterator[tuple[int, Any]], batch: Batch) -> pl.DataFrame:
    """One row of schema `RECORDS` for every record."""
    columns: tuple[list[Any], ...] = ([], [], [], [])
    for number, row in rows:
        told = row if isinstance(row, dict) else {}
        for column, value in zip(columns, (number, _moment(told), _first(told, SERVICES), _first(told, HOSTS)), strict=True):
            column.append(value)
    names = ("record", "timestamp", "service", "host")
    frame = pl.DataFrame([pl.Series(name, column, dtype=RECORDS[name]) for name, column in zip(names, columns, strict=True)])
    return frame.with_columns(source=pl.lit(source), size_bytes=_sizes(batch, frame.height)).select(RECORDS.names())


def _sizes(batch: Batch, records: int) -> pl.Series:
    """Bytes of every line; null for rows of a table."""
    sizes = None if batch.lines is None else [len(line) for line in batch.lines.split(b"\n")][:records]
    return pl.Series(sizes, dtype=pl.UInt64) if sizes is not None else pl.Series([None], dtype=pl.UInt64).new_from_index(0, records)


_MOMENTS = frozenset(TIMESTAMPS)


def _moment(row: dict[str, Any]) -> datetime | None:
    lower = {str(name).lower(): value for name, value in row.items()} if _MOMENTS.isdisjoint(row) else row
    return next((found for name in TIMESTAMPS if name in lower and (found := instant(lower[name]))), None)
