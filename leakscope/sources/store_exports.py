"""
Exports of stores as JSON lines whose values are wrapped: mongoexport's extended JSON, and Elasticsearch's bulk lines.

`{"_id": {"$oid": "5f"}, "at": {"$date": "2024-05-01T10:00:00Z"}}` becomes `{"_id": "5f", "at": "2024-05-01T10:00:00Z"}`; a bulk action joins the
document in the line below it.

References:
    MongoDB Extended JSON v2 (https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/, from memory 2026-11); Elasticsearch Bulk API.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from leakscope.model import Reading
from leakscope.sources import Format
from leakscope.sources.evidence import Evidence
from leakscope.sources.line_objects import Change, read_objects

_WRAPPED = re.compile(rb"\{\s*\"\$(?:oid|date|number(?:Long|Int|Double|Decimal)|binary|uuid)\"\s*:")
_ACTIONS = frozenset(("index", "create", "update", "delete"))


def plain(value: Any) -> Any:
    """`value` without MongoDB's wrappers, at every depth."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and (name := next(iter(value)))[:1] == "$":
        return _unwrapped(name, value[name])
    return {name: plain(inner) for name, inner in value.items()}


def _unwrapped(name: str, inner: Any) -> Any:
    if name in ("$oid", "$uuid", "$symbol", "$code"):
        return inner
    if name == "$date":
        return _moment(plain(inner))
    if name in ("$numberLong", "$numberInt") and isinstance(inner, str) and re.fullmatch(r"-?\d{1,19}", inner) and abs(int(inner)) < 1 << 63:
        return int(inner)
    if name == "$numberDouble" and isinstance(inner, str):
        return inner if not re.fullmatch(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", inner) else float(inner)
    if name == "$numberDecimal":
        return inner
    if name == "$binary" and isinstance(inner, dict):
        return _binary(inner)
    return {name: plain(inner)}


def _moment(value: Any) -> Any:
    """A date given as text or as milliseconds since 1970."""
    if not isinstance(value, int):
        return value
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)).isoformat()
    except OverflowError:
        return value


def _binary(inner: dict[str, Any]) -> Any:
    """A UUID as such, other bytes as base64."""
    content = inner.get("base64")
    if inner.get("subType") in ("03", "04") and isinstance(content, str):
        try:
            return str(UUID(bytes=base64.b64decode(content)))
        except (binascii.Error, ValueError):
            return content
    return content


def _is_mongo(head: bytes, name: str) -> float:
    """Lines of objects, the first ones with wrapped values."""
    lines = [line for line in head.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:20] if line.strip()]
    if not lines or not lines[0].startswith(b"{") or not lines[0].rstrip().endswith(b"}"):
        return 0.0
    return 0.96 if any(_WRAPPED.search(line) for line in lines[:5]) else 0.0


def _mongo(evidence: Evidence) -> Reading:
    """A record for each document."""
    yield from read_objects(evidence, plain, "The line is no document of mongoexport.")


def _bulk_change() -> Change:
    held: dict[str, Any] = {}

    def change(value: dict[str, Any]) -> dict[str, Any] | None:
        if len(value) == 1 and (action := next(iter(value))) in _ACTIONS and isinstance(value[action], dict):
            held.clear()
            held.update(value[action])
            return {**held, "action": action} if action == "delete" else None
        record = {**held, **value}
        held.clear()
        return record

    return change


def _bulk(evidence: Evidence) -> Reading:
    """A record for each document, with where it was to go."""
    yield from read_objects(evidence, _bulk_change(), "The line is neither an action nor a document.")


def _is_bulk(head: bytes, name: str) -> float:
    """An action, then a document."""
    first, _, rest = head.lstrip().partition(b"\n")
    try:
        action, document = orjson.loads(first), orjson.loads(rest.partition(b"\n")[0])
    except orjson.JSONDecodeError:
        return 0.0
    is_action = isinstance(action, dict) and len(action) == 1 and next(iter(action)) in _ACTIONS
    return 0.97 if is_action and isinstance(next(iter(action.values())), dict) and isinstance(document, dict) and any(one.startswith("_") for one in next(iter(action.values()))) else 0.0


FORMATS = (
    Format(name="mongoexport", title="mongoexport (extended JSON, one document a line)", suffixes=(".json",), sniff=_is_mongo, read=_mongo),
    Format(name="elastic-bulk", title="Elasticsearch bulk lines", suffixes=(".ndjson", ".json"), sniff=_is_bulk, read=_bulk),
)
