"""
Walks a record's values without placing them: the fast half of reading a record.

Yields what `leakscope.text.unfold` yields, minus the places: a value written inside another one comes with that outer value, and
whoever finds something in it asks `unfold` where it stands. JSON in strings is read by a fast parser here and by a placing one
there; both give the same texts, because numbers are kept as they were written.
"""

from __future__ import annotations

import json
from typing import Any

import orjson

from leakscope.text.pairs import pair_of, parallel_of, row_of_table, tables_of
from leakscope.text.unfold import is_data

_RAW = json.JSONDecoder(parse_float=str, parse_int=str, strict=False)
_RAISED = (orjson.JSONDecodeError, ValueError, RecursionError)


def nested(text: str) -> Any:
    """The JSON container that `text` is, numbers with a fraction as written; null when it is none."""
    stripped = text.strip(" \t\r\n")
    if not stripped or stripped[0] not in "{[" or stripped[-1] not in "}]":
        return None
    try:
        tree = orjson.loads(stripped)
        return _RAW.decode(stripped) if _has_fraction(tree) else tree
    except _RAISED:
        return None


def _has_fraction(node: Any) -> bool:
    if isinstance(node, float):
        return True
    if isinstance(node, dict):
        return any(_has_fraction(one) for one in node.values())
    return isinstance(node, list) and any(_has_fraction(one) for one in node)


def texts(node: Any, path: str, name: str, found: list[tuple[str, str, str]]) -> None:
    """
    Appends (path, name, text) of every leaf below `node` to `found`, in the order of `unfold`.

    Segments that are data are `<>` in `path`, which is only read for context.
    """
    kind = type(node)
    if kind is str:
        found.append((path, name, node))
    elif kind is dict:
        _object_texts(node, path, name, found)
    elif kind is list:
        _list_texts(node, path, name, found)
    elif kind is int:
        found.append((path, name, str(node)))


def _segment(name: str) -> str:
    return "<>" if is_data(name) else name


def _object_texts(node: dict[str, Any], path: str, name: str, found: list[tuple[str, str, str]]) -> None:
    paired, tabled = parallel_of(node), tables_of(node)
    names = set(paired.values())
    for field, value in node.items():
        inner = f"{path}.{_segment(field)}"
        if field in tabled:
            for index, row in enumerate(value):
                for label, one in zip(tabled[field], row_of_table(row), strict=True):
                    texts(one, f"{inner}[{index}].{_segment(label)}", label, found)
        elif field in paired:
            for label, one in zip(node[paired[field]], value, strict=True):
                if is_data(label):
                    found.append((f"{inner}[<>]#name", "", label))
                texts(one, f"{inner}[{_segment(label)}]", label, found)
        elif field not in names:
            if is_data(field):
                found.append((inner + "#name", name, field))
            texts(value, inner, field, found)


def _list_texts(node: list[Any], path: str, name: str, found: list[tuple[str, str, str]]) -> None:
    for index, value in enumerate(node):
        pair = pair_of(value) if type(value) is dict else None
        if pair is None:
            texts(value, f"{path}[{index}]", name, found)
            continue
        label, inner = pair
        if is_data(label) or "name" in value:
            found.append((f"{path}[{_segment(label)}]#name", "", label))
        texts(inner, f"{path}[{_segment(label)}]", label, found)
