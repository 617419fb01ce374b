"""
DynamoDB's typed JSON, as exports to S3 hold it, one item a line: `{"Item": {"email": {"S": "..."}}}` becomes `{"email": "..."}`.

References:
    Amazon DynamoDB Developer Guide, "DynamoDB table export output format" and "Data type descriptors" (from memory, 2026-11).
"""

from __future__ import annotations

from typing import Any

import orjson

from leakscope.model import Reading
from leakscope.sources import Format
from leakscope.sources.evidence import Evidence
from leakscope.sources.line_objects import read_objects

#: What stands behind each descriptor; some programs write numbers bare.
_TYPES: dict[str, type | tuple[type, ...]] = {
    "S": str, "N": (str, int, float), "B": str, "BOOL": bool, "NULL": bool, "M": dict, "L": list, "SS": list, "NS": list, "BS": list,
}  # fmt: skip


def _is_typed_value(value: Any) -> bool:
    """Whether a value stands behind the descriptor of its type; a field that is only named like one has any value."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((kind, inner),) = value.items()
    return kind in _TYPES and isinstance(inner, _TYPES[kind])


def is_typed(item: Any) -> bool:
    """Whether every attribute of `item` carries its type."""
    return isinstance(item, dict) and bool(item) and all(_is_typed_value(value) for value in item.values())


def untyped(item: dict[str, Any]) -> dict[str, Any]:
    """`item` with plain values."""
    return {name: _plain(value) for name, value in item.items()}


def _plain(value: Any) -> Any:
    if not _is_typed_value(value):
        return value
    ((kind, inner),) = value.items()
    if kind == "M" and isinstance(inner, dict):
        return untyped(inner)
    if kind == "L" and isinstance(inner, list):
        return [_plain(one) for one in inner]
    return None if kind == "NULL" else inner


def sniff(head: bytes, name: str) -> float:
    """Sure when the first line is an item with typed attributes."""
    first = head.lstrip().partition(b"\n")[0].strip()
    if not first.startswith(b'{"Item"'):
        return 0.0
    try:
        return 0.97 if is_typed(orjson.loads(first).get("Item")) else 0.0
    except (orjson.JSONDecodeError, AttributeError):
        return 0.0


def read(evidence: Evidence) -> Reading:
    """Batches of items with plain values; lines that are none are set aside."""
    yield from read_objects(evidence, lambda value: untyped(value["Item"]), "The line is no item of a DynamoDB export.")


FORMAT = Format(name="dynamodb", title="DynamoDB export, one item a line", suffixes=(".json",), sniff=sniff, read=read)
