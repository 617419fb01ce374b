"""Names and values that stores and logs keep apart: parallel arrays, key-value lists, OTLP's wrappers, rows under a list of columns."""

from __future__ import annotations

from collections.abc import Sequence
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


#: Fields that name the columns of rows given as arrays, and fields that hold such rows (query results of ClickHouse, Elasticsearch,
#: InfluxDB, BigQuery, Snowflake, Metabase, Druid, pandas' `split`).
_COLUMNS = frozenset("columns fields meta schema header headers cols names column_names columnNames column_headers columnHeaders rowType".split())
_ROWS = frozenset("rows data values records result results tuples dataset".split())
_NAME_OF_COLUMN = ("name", "field", "column_name", "columnName", "key", "label", "title")


def tables_of(node: dict[str, Any]) -> dict[str, list[str]]:
    """
    Fields of `node` that hold rows as arrays, with the names of their columns from the field beside them.

    Example:
        >>> tables_of({"meta": [{"name": "id"}, {"name": "ssn"}], "data": [[1, "536221234"]]})
        {'data': ['id', 'ssn']}
    """
    holding = [field for field, value in node.items() if field in _ROWS and isinstance(value, (list, tuple)) and value]
    if not holding:
        return {}
    listed = next((names for field, value in node.items() if field in _COLUMNS and (names := _column_names(value))), None)
    if listed is None:
        return {}
    return {field: listed for field in holding if all(len(row) == len(listed) for row in map(row_of_table, node[field]))}


def row_of_table(value: Any) -> Sequence[Any]:
    """The values of a row that is given as an array, in BigQuery's wrappers too; nothing for anything else."""
    if isinstance(value, dict) and value.keys() == {"f"} and isinstance(value["f"], list):
        return [one.get("v") if isinstance(one, dict) else one for one in value["f"]]
    return value if isinstance(value, (list, tuple)) else ()


def _column_names(value: Any) -> list[str] | None:
    """The names that a list of columns gives, each once; null when it is none."""
    if isinstance(value, dict):
        value = value.get("fields")
    if not isinstance(value, (list, tuple)) or not value:
        return None
    names = [next((one[key] for key in _NAME_OF_COLUMN if key in one), None) if isinstance(one, dict) else one for one in value]
    return names if all(isinstance(one, str) and one for one in names) and len(set(names)) == len(names) else None
