"""Names and values that logs keep apart from one another: parallel arrays, key-value lists, OTLP's wrappers."""

from __future__ import annotations

from typing import Any

#: Pairs of names under which logs keep parallel arrays of keys and values.
PARALLEL = (("names", "values"), ("keys", "values"), ("name", "value"), ("key", "value"))
_OTLP_VALUES = frozenset({"stringValue", "intValue", "doubleValue", "boolValue", "arrayValue", "kvlistValue", "bytesValue"})
_PAIR_FIELDS = frozenset({"key", "name", "value", "type", "enabled", "disabled", "description"})


def parallel_of(node: dict[str, Any]) -> dict[str, str]:
    """Fields of `node` that hold values, with the field that holds their names beside them."""
    found: dict[str, str] = {}
    for field, value in node.items():
        if not isinstance(value, (list, tuple)):
            continue
        stem, dot, last = field.rpartition(".")
        for names, values in PARALLEL:
            other = node.get(f"{stem}{dot}{names}") if last == values else None
            if isinstance(other, (list, tuple)) and len(other) == len(value) and all(isinstance(one, str) for one in other):
                found[field] = f"{stem}{dot}{names}"
                break
    return found


def pair_of(value: Any) -> tuple[str, Any] | None:
    """Name and value of an entry of a key-value list (OTLP attributes, HAR headers); null when it is something else."""
    if not isinstance(value, dict) or "value" not in value or not value.keys() <= _PAIR_FIELDS:
        return None
    label = value.get("key", value.get("name"))
    if not isinstance(label, str):
        return None
    inner = value["value"]
    if isinstance(inner, dict) and len(inner) == 1 and inner.keys() <= _OTLP_VALUES:
        ((kind, inner),) = inner.items()
        if kind in ("arrayValue", "kvlistValue") and isinstance(inner, dict):
            inner = inner.get("values", inner)
        if isinstance(inner, list):
            inner = [unwrapped(one) for one in inner]
    return label, inner


def unwrapped(value: Any) -> Any:
    """The value in a wrapper of OTLP (`stringValue`), or `value` itself."""
    if isinstance(value, dict) and len(value) == 1 and value.keys() <= _OTLP_VALUES:
        return next(iter(value.values()))
    return value
