"""What of a JSON value is one record: members that wrap records, lists and trees that hold them, names that are data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from leakscope.sources.csv_dialect import has_header

#: Members that hold records, wherever they stand near the top.
WRAPPERS = frozenset(
    "Records records Items items data results result value values rows entries documents docs hits resourceSpans resourceLogs resourceMetrics "
    "logEvents events logs log traces spans observations users customers contacts conversations chats list members Resources sms calls cells Contents blobs edges features nodes".split()
)
#: Lists that belong to the object around them: a conversation stays one record.
_OF_ONE = frozenset("messages turns parts content contents choices history conversation dialogue dialog mapping chat_messages prompt input output steps".split())
_MANY = 20
#: Members that name the columns of rows given as arrays.
NAMES = frozenset("meta columns fields header headers".split())
#: Levels of objects of objects whose names are data.
_LEVELS = 3


def wrapped_in(value: dict[str, Any]) -> str | None:
    """The member of `value` that wraps records: a list of objects under a known name (`hits` of `hits`, `entries` of `log`)."""
    return next((name for name, inner in value.items() if name in WRAPPERS and isinstance(inner, list) and inner and all(isinstance(one, dict) for one in inner)), None)


def path_to_records(value: dict[str, Any], depth: int = 1) -> tuple[str, ...] | None:
    """Names that lead through members that wrap records to a list of objects (`users`, `edges`), nearest first; null when none do."""
    if (name := wrapped_in(value)) is not None:
        return (name,)
    for outer, inner in value.items():
        if depth < _LEVELS and outer in WRAPPERS and isinstance(inner, dict) and (rest := path_to_records(inner, depth + 1)):
            return (outer, *rest)
    return None


def without(value: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """`value` without the member at the end of `path`; nothing where it was all there is."""
    first, *rest = path
    inner = without(value[first], tuple(rest)) if rest else None
    return {**{name: other for name, other in value.items() if name != first}, **({first: inner} if inner else {})}


def holds_records(value: Any) -> bool:
    """A long list of objects, or an object of objects of one shape."""
    if isinstance(value, list):
        return len(value) >= _MANY and all(isinstance(one, dict) for one in value)
    return (is_map(value) and len(value) >= 3) or (is_map(value) and all(is_map(one) for one in value.values()))


def is_spread(name: str, value: Any) -> bool:
    """Whether a member holds records; the messages of one conversation are none, those under the ids of many rooms are."""
    of_many = name not in _OF_ONE or (name != "mapping" and isinstance(value, dict) and are_data(value))
    return of_many and holds_records(value)


def is_map(value: Any, level: int = 1) -> bool:
    """Whether the names of an object are data: its values are objects of one shape, or maps themselves."""
    if level > _LEVELS or not isinstance(value, dict) or not value or not all(isinstance(one, dict) and one for one in value.values()):
        return False
    if len(value) >= 3:
        first = next(iter(value.values())).keys()
        if sum(bool(first & one.keys()) for one in value.values()) >= 0.8 * len(value):
            return True
    return sum(map(len, value.values())) >= 3 and all(is_map(one, level + 1) and are_data(one) for one in value.values())


def are_data(names: Any) -> bool:
    """Whether names look like ids rather than like words of a program."""
    return sum(any(letter.isdigit() or letter in "-@" for letter in name) or len(name) >= 20 for name in names) >= 0.5 * len(names)


def is_keyed(value: dict[str, Any]) -> bool:
    """Whether a top object is a map from ids to records, so that it is no record itself."""
    return len(value) >= 3 and is_map(value) and (len(value) >= _MANY or are_data(value))


def keyed(key: str, value: Any) -> dict[str, Any]:
    """A record with the name under which it stood as `_key`."""
    return {"_key": key, **value} if isinstance(value, dict) else {"_key": key, "value": value}


def flattened(key: str, value: dict[str, Any], level: int = 1) -> Iterator[dict[str, Any]]:
    """The records of a map, each with the names that lead to it as `_key`."""
    for name, inner in value.items():
        path = f"{key}/{name}" if key else name
        if level < _LEVELS and is_map(inner) and are_data(inner):
            yield from flattened(path, inner, level + 1)
        else:
            yield keyed(path, inner)


def column_names(value: Any) -> tuple[str, ...]:
    """Names given as a list of texts, or of objects with a `name`."""
    if not isinstance(value, list):
        return ()
    names = tuple(str(one.get("name")) if isinstance(one, dict) else str(one) for one in value if isinstance(one, str) or (isinstance(one, dict) and "name" in one))
    return names if len(names) == len(value) == len(set(names)) else ()


def may_head(row: Any) -> bool:
    """Whether a row given as an array may name the columns of those behind it: distinct words, as people call columns."""
    return isinstance(row, list) and len(row) > 1 and all(isinstance(one, str) for one in row) and has_header([row])


def heads(row: list[str], below: Any) -> bool:
    """Whether `row` names the columns of `below`: as many values, one of which is no such name."""
    return isinstance(below, list) and len(below) == len(row) and not may_head(below)
