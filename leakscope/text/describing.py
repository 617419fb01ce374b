"""When, by which service and on which host a record was written, from the names that logs and tables use for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


def _first(row: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = row.get(name)
        if isinstance(value, Mapping):
            value = value.get("name")
        if isinstance(value, (str, int)) and str(value):
            return str(value)
    return None


def describe_rows(source: str, rows: Iterator[tuple[int, Any]], batch: Batch) -> pl.DataFrame:
    """One row of schema `RECORDS` for every record."""
    described = [_described(number, row) for number, row in rows]
    columns = {name: RECORDS[name] for name in ("record", "timestamp", "service", "host", "size_bytes")}
    frame = pl.DataFrame(described, schema=columns, orient="row").with_columns(source=pl.lit(source)).select(RECORDS.names())
    if batch.lines is None:
        return frame
    sizes = [len(line) for line in batch.lines.split(b"\n")][: frame.height]
    return frame.with_columns(size_bytes=pl.Series(sizes, dtype=pl.UInt64))


def _described(number: int, row: Any) -> tuple[Any, ...]:
    if not isinstance(row, Mapping):
        return number, None, None, None, None
    lower = {str(name).lower(): value for name, value in row.items()} if not any(name in row for name in TIMESTAMPS) else row
    moment = next((found for name in TIMESTAMPS if name in lower and (found := instant(lower[name]))), None)
    return number, moment, _first(row, SERVICES), _first(row, HOSTS), None
