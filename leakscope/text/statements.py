"""Rows that a SQL statement in a text writes: each value with the name of its column, which is its best context."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from leakscope.text.layers import INSERT_TRIGGER, replaced
from leakscope.text.placed import Placed
from leakscope.text.sql_values import BETWEEN, CREATE_HEAD, INSERT, bracketed, defined_columns, field_pattern, name_of, names_of, value_of

#: Values taken apart in one text; the rows behind them stay text.
MAX_CELLS = 10_000
#: A longer value is not taken apart.
MAX_CELL = 256 * 1024
#: Rows that do not end, after which the rest of a text is no SQL.
MAX_UNFINISHED = 20
_TRIGGER = re.compile(INSERT_TRIGGER)
_STRING = re.compile(r"(?P<prefix>[A-Za-z_&]{0,8}\s*)(?P<quote>['\"])(?P<body>.*)(?P=quote)(?:\s*::[\w ()\[\]]+)?", re.DOTALL)
_NOTHING = frozenset({"", "null", "none", "default", "true", "false"})
_NUMBER = re.compile(r"[+-]?[0-9][\w.:+-]*")
#: What stands for a value that is bound later (ODBC, PostgreSQL, Python DB-API, Oracle and SQL Server).
_BOUND = re.compile(r"\?|\$[0-9]+|%s|%\(\w+\)s|[:@]\w+")
#: Between a statement with such values and the list of them, in code and in logs: `", (`, ` -- PARAMETERS: [`, `]\n[parameters: (`.
_TO_BOUND = re.compile(r"\s*\)?;?\s*[\"'`\]]{0,3}\s*(?:[,;]|--|\[|->|\|)?\s*(?:(?i:with|using|and)\s+)?(?:(?i:param(?:eter)?s?|args?|bind(?:ing)?s?|values)\s*[:=]?\s*)?(?=[\[(])")
_BOUND_VALUE = re.compile(r"""\s*+(?P<value>[a-zA-Z]?(?:'(?:[^'\\]|\\.|'')*+'|"(?:[^"\\]|\\.)*+")|[^\s,\[\](){}'"][^,\[\](){}'"]*+)\s*+(?P<end>,?\s*+[\])]|,)""", re.DOTALL)


class Cell(NamedTuple):
    """
    One value of a row.

    Args:
        table: its name, without schema; empty for a table pasted into a text.
        row: its row's place among those of all statements in the text.
        column: its name.
        text: what it says, and where in the text.
        quote: the quotation mark around it, or nothing.
        backslash: whether a backslash escapes inside it.
    """

    table: str
    row: int
    column: str
    text: Placed
    quote: str
    backslash: bool

    def written(self, meaning: str) -> str:
        """`meaning` as it can stand in this one's place."""
        if not self.quote:
            return f"'{meaning}'" if self.table else meaning
        return (meaning.replace("\\", "\\\\") if self.backslash else meaning).replace(self.quote, self.quote * 2)


def cells(text: str) -> list[Cell]:
    """
    The values that INSERT statements in `text` write, in order.

    Columns come from the statement, or from a CREATE TABLE before it. A row with more or fewer values than columns has none, but for
    the last row of a text cut off. Values bound to `?`, `$1`, `%s`, `:name` are read from the list behind the statement.
    """
    return list(_cells(text)) if _TRIGGER.search(text) else []


def _cells(text: str) -> Iterator[Cell]:
    backslash = "\\'" in text or "`" in text
    defined = _defined(text)
    row = count = unfinished = at = 0
    while count < MAX_CELLS and unfinished < MAX_UNFINISHED and (head := INSERT.search(text, at)):
        at = head.end()
        columns = names_of(head["columns"]) if head["columns"] else defined.get(name_of(head["table"]), ())
        if not columns or len(set(columns)) < len(columns):
            continue
        while count < MAX_CELLS:
            spans, end = _row(text, at, backslash)
            unfinished += end is None
            spans = _bound(text, spans, end) or spans
            if len(spans) == len(columns) or (end is None and len(spans) < len(columns)):
                found = [(name, _cell(text, *span, backslash)) for name, span in zip(columns, spans, strict=False)]
                yield from (Cell(name_of(head["table"]), row, name, *cell) for name, cell in found if cell)
            row, count, at = row + 1, count + len(spans), end or at
            between = BETWEEN.match(text, at) if end else None
            if between is None:
                break
            at = between.end() - 1


def _defined(text: str) -> Mapping[str, tuple[str, ...]]:
    """Columns of the tables that `text` creates."""
    heads = ((found, bracketed(text, found.end() - 1)) for found in CREATE_HEAD.finditer(text))
    return {name_of(found["table"]): defined_columns(body) for found, body in heads if body}


def _row(text: str, at: int, backslash: bool) -> tuple[list[tuple[int, int]], int | None]:
    """Where the values of the row stand whose bracket is at `at`, and where it ends; null when it does not."""
    match = _fields(backslash).match
    spans = []
    at += 1
    while found := match(text, at, at + MAX_CELL):
        spans.append(found.span("value"))
        at = found.end()
        if found["end"] == ")":
            return spans, at
    return spans, None


@lru_cache(maxsize=2)
def _fields(backslash: bool) -> re.Pattern[str]:
    return field_pattern(backslash=backslash)


def _bound(text: str, spans: Sequence[tuple[int, int]], end: int | None) -> list[tuple[int, int]]:
    """Where the values stand that are bound to a row of nothing but marks for them; empty when there are none."""
    if end is None or not all(_BOUND.fullmatch(text[start:stop].strip()) for start, stop in spans):
        return []
    listed = _TO_BOUND.match(text, end)
    found: list[tuple[int, int]] = []
    at = listed.end() + 1 if listed else len(text)
    while value := _BOUND_VALUE.match(text, at, at + MAX_CELL):
        found.append(value.span("value"))
        at = value.end()
        if value["end"] != ",":
            return found if len(found) == len(spans) else []
    return []


def _cell(text: str, start: int, end: int, backslash: bool) -> tuple[Placed, str, bool] | None:
    """What the value written at `[start, end)` says, its quotation mark and whether a backslash escapes; null when it says nothing."""
    raw = text[start:end]
    start, raw = start + len(raw) - len(raw.lstrip()), raw.strip()
    string = _STRING.fullmatch(raw)
    if string and _is_one(string["body"], string["quote"]) and string["prefix"].strip().lower() not in ("x", "0x"):
        escaping = backslash or string["quote"] == '"' or string["prefix"].strip().lower() == "e"
        placed = _string(string["body"], start + string.start("body"), string["quote"], escaping)
        return (placed, string["quote"], escaping) if placed else None
    if raw.lower() in _NOTHING or _BOUND.fullmatch(raw):
        return None
    if _NUMBER.fullmatch(raw) and raw[:2].lower() != "0x":
        return Placed.at(raw, start, start + len(raw)), "", False
    if "'" not in raw and raw[:2].lower() != "0x":
        return None
    says = value_of(raw, backslash)
    return (Placed.at(says, start, start + len(raw), ()), "", False) if says else None


def _is_one(body: str, quote: str) -> bool:
    """Whether a string goes on to its last quotation mark: none inside is neither doubled nor escaped."""
    return quote not in body or not re.search(rf"(?<![\\{quote}]){quote}(?:[^{quote}]|$)", body)


def _string(body: str, start: int, quote: str, backslash: bool) -> Placed | None:
    if not body.strip():
        return None
    escape = re.compile(rf"\\.|{quote}{quote}" if backslash else quote * 2, re.DOTALL)
    layer = replaced(body, "", escape, lambda found: value_of(f"'{found}'", True) or found if found[0] == "\\" else quote)
    if layer is None:
        return Placed.at(body, start, start + len(body))
    return Placed.at(layer.text, start, start + len(body), tuple((inner, outer + start) for inner, outer in layer.breaks or ()))
