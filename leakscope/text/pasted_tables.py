"""
Tables printed or pasted into a text: every cell with the name of its column, which is its best context.

Markdown and org-mode, the listings of mysql, psql and SQLite, and lines of delimited values under a header. A cell alone says little: nine
digits are a social security number under `ssn`, and nothing under `order_no`. The csv module and Polars read such tables too, but do not
say where a cell stood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

#: Cells taken out of one text; the rows behind them stay text.
MAX_CELLS = 10_000
#: What a listing, a mail or a chat puts before each line.
_QUOTED = r"(?:[>#*%;]{1,2}[ \t]+)?[ \t]*"
_LINES = r"\u2500-\u257f"
_RULE = re.compile(rf"{_QUOTED}(?=[^\n]*[-={_LINES}])(?=[^\n]*[+|\u253c\u2502\u251c\u2560\u256a\u2551])[ \t+|:={_LINES}-]{{3,}}\r?")
#: The rule under the only column of a psql listing, which then says how many rows it has.
_DASHES = re.compile(r"-{3,}\r?")
_COUNTED = re.compile(r"\([0-9]+ rows?\)\r?")
_BARS = "|\u2502\u2551"
_BAR = re.compile(rf"(?<!\\)[{_BARS}]")
#: A column's name in a header of delimited values: no sentence, no number, no call.
_NAME = r"\"?[^\W\d](?:[\w./()#-]| (?=[\w(])){0,39}\"?"
_HEADERS = {mark: re.compile(rf"{_NAME}(?:{re.escape(mark)}{_NAME})+\r?") for mark in ",;\t|"}
#: With a blank behind each comma, words of a sentence look alike: there, names are single words, three and more.
_SPACED = re.compile(r"[A-Za-z_]\w*(?:, ?[A-Za-z_]\w*){2,}\r?")
#: What every text with such a table shows, and few others: a header over a line with its mark, a rule under one line and over one with bars.
_MAY_HOLD = re.compile(
    rf"^{_NAME}(?:(?P<mark>[,;\t|])|,) ?{_NAME}[^\n]*\n[^\n]*(?:(?P=mark)|,)|[^\n]\n{_RULE.pattern}\n[^\n]*[{_BARS}]|^\([0-9]+ rows?\)", re.MULTILINE
)
#: Headings of two columns of which the first holds names and the second what they stand for.
_OF_NAMES = frozenset("field key name property attribute parameter variable setting item column label info detail data campo clave champ feld \u5b57\u6bb5 \u9879\u76ee".split())
_OF_VALUES = frozenset("value values details detail data info information content example entry valor valeur wert \u503c \u5185\u5bb9".split())


class PastedCell(NamedTuple):
    """
    One cell of a table in lines.

    Args:
        row: its row's place among those of all tables in the text.
        column: name of its column.
        line: which line it is in.
        start, end: in its line, without blanks and quotation marks around it; what is left of it is never empty.
        quote: the quotation mark around it, or nothing.
    """

    row: int
    column: str
    line: int
    start: int
    end: int
    quote: str


class _Table(NamedTuple):
    """The names of a table's columns, its mark, and the lines that may be its rows."""

    names: tuple[str, ...]
    mark: str
    first: int
    last: int


def may_hold(text: str) -> bool:
    """Whether a table may be written in `text`; the compiled scan asks the same of each text, a little more generously."""
    return "\n" in text and bool(_MAY_HOLD.search(text))


def pasted(lines: Sequence[str], places: Iterable[int] | None = None, most: int = MAX_CELLS) -> Iterator[PastedCell]:
    """
    The cells of the tables in `lines`, row by row.

    Args:
        lines: without their line feeds.
        places: of lines that may be a header or the rule under one, ascending; null: any may.
        most: cells taken, the last row whole.

    Example:
        >>> [(one.column, one.start, one.end) for one in pasted(["ssn,order_no", "536221234,7"])]
        [('ssn', 0, 9), ('order_no', 10, 11)]
    """
    row = count = 0
    for table in _tables(lines, range(len(lines)) if places is None else places):
        together = _holds_names(table.names)
        for at in range(table.first, table.last):
            spans = _cut(lines[at], table.mark) if table.mark or not _RULE.fullmatch(lines[at]) else []
            if count >= most or len(spans) != len(table.names):
                continue
            cells = [(name, *_trimmed(lines[at], *span)) for name, span in zip(table.names, spans, strict=True)]
            if together:
                cells = [(lines[at][cells[0][1] : cells[0][2]].strip("*` "), *cells[1][1:])]
            found = [PastedCell(row, name, at, start, end, quote) for name, start, end, quote in cells if end > start]
            yield from found
            count += len(found)
            row += not together
        row += together


def _holds_names(names: Sequence[str]) -> bool:
    """Whether the first of two columns names what the second holds."""
    return len(names) == 2 and names[0].lower() in _OF_NAMES and names[1].lower() in _OF_VALUES


def _tables(lines: Sequence[str], places: Iterable[int]) -> Iterator[_Table]:
    taken = 0
    for at in places:
        table = (_ruled(lines, at) or _single(lines, at) or _delimited(lines, at)) if at >= taken else None
        if table is not None:
            taken = table.last
            yield table


def _ruled(lines: Sequence[str], at: int) -> _Table | None:
    """The table whose header stands over the rule at `at`."""
    if at == 0 or not _RULE.fullmatch(lines[at]) or _RULE.fullmatch(lines[at - 1]):
        return None
    heading = _cut(lines[at - 1], "")
    names = [lines[at - 1][start:end].strip("*` \t\"") for start, end in heading]
    if not any(names) or (len(names) < 2 and not _is_boxed(lines[at - 1])) or len(set(filter(None, names))) < len(list(filter(None, names))):
        return None
    last = at + 1
    while last < len(lines) and (_BAR.search(lines[last]) or _RULE.fullmatch(lines[last])):
        last += 1
    return _Table(_filled(names), "", at + 1, last) if last > at + 1 else None


def _is_boxed(line: str) -> bool:
    inner = line.strip().lstrip("> ")
    return inner[:1] in _BARS and inner[-1:] in _BARS and bool(inner)


def _single(lines: Sequence[str], at: int) -> _Table | None:
    """The only column of a psql listing, whose rule is at `at`."""
    if at == 0 or not _DASHES.fullmatch(lines[at]) or not re.fullmatch(r" *\w+ *\r?", lines[at - 1]):
        return None
    last = at + 1
    while last < len(lines) and lines[last][:1] == " ":
        last += 1
    counted = last > at + 1 and last < len(lines) and _COUNTED.fullmatch(lines[last])
    return _Table((lines[at - 1].strip(),), "\0", at + 1, last) if counted else None


def _delimited(lines: Sequence[str], at: int) -> _Table | None:
    """The lines of delimited values under the header at `at`."""
    for mark, header in _HEADERS.items():
        if at + 1 >= len(lines) or mark not in lines[at] or mark not in lines[at + 1]:
            continue
        if not header.fullmatch(lines[at]) and not (mark == "," and _SPACED.fullmatch(lines[at])):
            continue
        names = [lines[at][start:end] for start, end, _ in (_trimmed(lines[at], *span) for span in _cut(lines[at], mark))]
        if not all(names) or len({one.lower() for one in names}) < len(names):
            continue
        last = at + 1
        while last < len(lines) and mark in lines[last] and len(_cut(lines[last], mark)) == len(names) and (len(names) > 2 or _tells(lines[last])):
            last += 1
        if last > at + 1:
            return _Table(tuple(names), mark, at + 1, last)
    return None


def _tells(row: str) -> bool:
    """Whether a row of two values holds a number or an address, as records do and lists of words do not."""
    return any(sign.isdigit() or sign == "@" for sign in row)


def _filled(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name or f"column_{number}" for number, name in enumerate(names, 1))


@lru_cache(maxsize=8)
def _field(mark: str) -> re.Pattern[str]:
    return re.compile(rf"[ \t]*(\"(?:[^\"]|\"\")*+\")[ \t]*(?={re.escape(mark)}|\r?$)|[^{re.escape(mark)}]*")


def _cut(line: str, mark: str) -> list[tuple[int, int]]:
    """Where the cells of a line stand; `mark` empty: between upright bars, those at its ends left out; NUL: all of it."""
    end = len(line.rstrip())
    if mark == "\0":
        return [(0, end)]
    if mark:
        return _separated(line, mark, end)
    start = len(line) - len(line.lstrip("> \t"))
    bars = [found.start() for found in _BAR.finditer(line, start, end)]
    edges = [*([start - 1] if bars[:1] != [start] else []), *bars, *([end] if bars[-1:] != [end - 1] else [])]
    return [(first + 1, last) for first, last in pairwise(edges)]


def _separated(line: str, mark: str, end: int) -> list[tuple[int, int]]:
    spans, at = [], 0
    match = _field(mark).match
    while found := match(line, at):
        spans.append(found.span())
        at = found.end()
        if at >= len(line) or line[at] != mark:
            break
        at += 1
    return [(start, max(start, min(stop, max(end, start)))) for start, stop in spans]


def _trimmed(line: str, start: int, end: int) -> tuple[int, int, str]:
    """A cell's span without blanks and quotation marks around it, and the mark."""
    text = line[start:end]
    start, text = start + len(text) - len(text.lstrip()), text.strip()
    for quote in ('"', "'", "`"):
        if len(text) > 1 and text[0] == quote == text[-1]:
            return start + 1, start + len(text) - 1, quote
    return start, start + len(text), ""
