r"""
Lists and maps in one cell of a table, as ClickHouse and Python write them: `['a','b']`, `{'k':'v'}`, `('a',1)`.

JSON is not read here: it has double quotes, and everything that reads records reads it. Python's `ast.literal_eval` was rejected: it
refuses NULL and enum names, warns on escapes that it does not know, and recurses without a ceiling.

References:
    ClickHouse documentation, Formats: TabSeparated, "Data formatting"; Python documentation, Built-in types (from memory, 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

#: Deeper lists are left as text, and longer cells too.
MAX_DEPTH = 32
MAX_LENGTH = 4 << 20
_TOKEN = re.compile(r"\s*(?:'(?P<single>(?:[^'\\]|\\.|'')*)'|\"(?P<double>(?:[^\"\\]|\\.)*)\"|(?P<mark>[\[\]{}(),:])|(?P<word>[^\s\[\]{}(),:'\"]+))", re.DOTALL)
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|''", re.DOTALL)
_MEANING = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}
_ENDS = {"[": "]", "(": ")", "{": "}"}
_NOTHING = frozenset({"NULL", "None", "null"})
_BEGINS = re.compile(r"\s*(?:\[\s*(?:\]|['\[({])|\{\s*(?:\}|')|\(\s*')")


def may_be_list(text: str) -> bool:
    """
    Whether `text` begins as such a list or map.

    Example:
        >>> may_be_list("['a']"), may_be_list('["a"]'), may_be_list("[]"), may_be_list("a")
        (True, False, True, False)
    """
    return len(text) <= MAX_LENGTH and bool(_BEGINS.match(text))


def list_of(text: str) -> list[Any] | dict[str, Any] | None:
    r"""
    What `text` holds: texts, null, and lists and maps of them; null where it is no such list as a whole.

    Example:
        >>> list_of(r"['user.id', 'it\'s', NULL, 7]"), list_of("{'k': ['v']}"), list_of("['a' 'b']")
        (['user.id', "it's", None, '7'], {'k': ['v']}, None)
    """
    if not may_be_list(text):
        return None
    try:
        tokens = _tokens(text)
        value = _value(next(tokens), tokens, 0)
    except (ValueError, StopIteration):
        return None
    return value if isinstance(value, (list, dict)) and next(tokens, None) is None else None


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError
        yield str(found.lastgroup), found[str(found.lastgroup)]
        at = found.end()


def _value(token: tuple[str, str], tokens: Iterator[tuple[str, str]], depth: int) -> Any:
    kind, text = token
    if kind in ("single", "double"):
        return _ESCAPE.sub(_meant, text)
    if kind == "word":
        return None if text in _NOTHING else text
    if text not in _ENDS or depth == MAX_DEPTH:
        raise ValueError
    return _members(_ENDS[text], tokens, depth + 1)


def _members(end: str, tokens: Iterator[tuple[str, str]], depth: int) -> list[Any] | dict[str, Any]:
    """What stands up to `end`: a map for braces, else a list."""
    members: list[Any] = []
    named: dict[str, Any] = {}
    while (token := next(tokens)) != ("mark", end):
        value = _value(token, tokens, depth)
        mark = next(tokens)
        if end == "}":
            if mark != ("mark", ":"):
                raise ValueError
            named[str(value)] = _value(next(tokens), tokens, depth)
            mark = next(tokens)
        else:
            members.append(value)
        if mark == ("mark", end):
            break
        if mark != ("mark", ","):
            raise ValueError
    return named if end == "}" else members


def _meant(found: re.Match[str]) -> str:
    word = found[1]
    if word is None:
        return "'"
    if len(word) == 1:
        return _MEANING.get(word, word)
    point = int(word[1:], 16)
    return "\ufffd" if 0xD800 <= point < 0xE000 else chr(point)
