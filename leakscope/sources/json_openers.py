"""
Values of JSON that are known to hold records of another kind: spans of OTLP, pages of searches, messages of chat exports.

References:
    OpenTelemetry protocol, JSON encoding (opentelemetry-proto 1.3); Elasticsearch Search API; CloudWatch Logs subscriptions; CloudTrail log
    file format (from memory, 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from leakscope.sources.message_exports import MARKS, messages_of, told
from leakscope.sources.store_exports import plain

#: Group of an OTLP resource -> list in each group.
_OTLP = {
    "scopeSpans": "spans", "instrumentationLibrarySpans": "spans", "scope_spans": "spans",
    "scopeLogs": "logRecords", "instrumentationLibraryLogs": "logRecords", "scope_logs": "log_records",
    "scopeMetrics": "metrics", "scope_metrics": "metrics",
}  # fmt: skip
_PAGES = frozenset(("resourceSpans", "resourceLogs", "resourceMetrics", "resource_spans", "resource_logs"))
#: A value without any of these members is a record itself: nearly all are, so that they are told at once.
_OPENED = frozenset((*_OTLP, *_PAGES, *MARKS))


def is_page(line: bytes) -> bool:
    """Whether a line is one of many pages of records, rather than a record: OTLP, a search's answer, CloudTrail, CloudWatch."""
    if not any(mark in line for mark in (b'"resource', b'"took"', b'"Records"', b'"logEvents"')):
        return False
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(value, dict) and (
        any(isinstance(value.get(name), list) for name in _PAGES)
        or ("took" in value and isinstance(value.get("hits"), dict))
        or (isinstance(value.get("Records"), list) and len(value) == 1)
        or ("messageType" in value and isinstance(value.get("logEvents"), list))
    )


def openers(value: Any, place: str = "") -> Iterator[dict[str, Any]] | None:
    """The records inside `value`, which stands in the folder or file `place`; null when it is one itself."""
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("_id"), dict) and "$oid" in value["_id"]:
        return iter((plain(value),))
    if _OPENED.isdisjoint(value):
        return None
    if any(isinstance(value.get(group), list) for group in _OTLP):
        return _otlp(value)
    if any(isinstance(value.get(name), list) for name in _PAGES):
        return (inner for name in _PAGES for resource in value.get(name) or () if isinstance(resource, dict) for inner in _otlp(resource))
    if (record := told(value, place)) is not None:
        return iter((record,))
    return messages_of(value)


def _otlp(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each span, log record or metric with the resource and scope that it belongs to."""
    around = {name: inner for name, inner in value.items() if name not in _OTLP and inner}
    for group, leaf in _OTLP.items():
        for scope in value.get(group) or ():
            if not isinstance(scope, dict):
                continue
            named = scope.get("scope") or scope.get("instrumentationLibrary")
            told = {"scope": named} if named else {}
            for one in scope.get(leaf) or ():
                yield {**one, **around, **told} if isinstance(one, dict) else {"value": one, **around, **told}
