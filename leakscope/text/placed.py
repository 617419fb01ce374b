"""JSON read with the place of every scalar, so that what is found inside can be pointed at from outside."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from leakscope.text.layers import replaced

#: Deeper nesting than this is not unfolded (RFC 8259, section 9 lets a reader set limits).
MAX_DEPTH = 64
_TOKEN = re.compile(r'[ \t\r\n,:]*("(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s,:{}\[\]"]+)', re.DOTALL)
_STRING_ESCAPE = re.compile(r"(?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.)")


class Placed(str):
    """
    A scalar of a JSON text, as text, that knows where it stood.

    Args:
        text: its meaning.
        start, end: its place in the JSON text without quotation marks, code points.
        breaks: as in `Layer`, relative to the JSON text; null when every character stands for itself.
    """

    __slots__ = ("breaks", "end", "start")

    start: int
    end: int
    breaks: tuple[tuple[int, int], ...] | None

    @classmethod
    def at(cls, text: str, start: int, end: int, breaks: tuple[tuple[int, int], ...] | None = None) -> Placed:
        """`text` at its place."""
        placed = cls(text)
        placed.start, placed.end, placed.breaks = start, end, breaks
        return placed


def _meaning(escape: str) -> str:
    return json.loads(f'"{escape}"')


def _string(raw: str, start: int) -> Placed:
    """A JSON string's content; `start` is the place of its first character after the quotation mark."""
    if "\\" not in raw:
        return Placed.at(raw, start, start + len(raw))
    layer = replaced(raw, "", _STRING_ESCAPE, _meaning)
    if layer is None:
        return Placed.at(raw, start, start + len(raw))
    return Placed.at(layer.text, start, start + len(raw), tuple((inner, outer + start) for inner, outer in layer.breaks or ()))


def parse(text: str) -> Any:
    """
    The JSON container in `text` with placed scalars, or null when it is none.

    Returns:
        dicts (keys as `str`), lists, `Placed` strings and numbers; `None` for null, true and false.
    """
    stripped = text.strip(" \t\r\n")
    if not stripped or stripped[0] not in "{[" or stripped[-1] not in "}]":
        return None
    try:
        orjson.loads(stripped)
    except orjson.JSONDecodeError:
        return None
    return _build(text)


def _build(text: str) -> Any:
    root: list[Any] = []
    stack: list[Any] = [root]
    name: Placed | None = None
    names: list[Placed | None] = []
    for found in _TOKEN.finditer(text):
        token, start = found[1], found.start(1)
        top = stack[-1]
        if token in ("}", "]"):
            stack.pop()
            name = names.pop()
            continue
        if token[0] == '"':
            value: Any = _string(token[1:-1], start + 1)
            if isinstance(top, dict) and name is None:
                name = value
                continue
        elif token in ("{", "["):
            value = {} if token == "{" else []
        else:
            value = None if token in ("null", "true", "false") else Placed.at(token, start, start + len(token))
        if isinstance(top, dict):
            top[name] = value
        else:
            top.append(value)
        if isinstance(value, (dict, list)):
            stack.append(value)
            names.append(None)
            if len(stack) > MAX_DEPTH:
                return None
        name = None
    return root[0] if root else None
