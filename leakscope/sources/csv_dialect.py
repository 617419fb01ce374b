"""How a delimited table is written: delimiter, quoting, escapes, lines before its header, the header, and ClickHouse's row of types."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

DELIMITERS = (",", "\t", ";", "|", "^", "~", "\x01", "\x1f")
#: Tried only for files that are called a table and that nothing else cuts.
_LAST_DELIMITERS = (":",)
_LOOK_ROWS = 200
#: Lines before the header that reports put there.
_MAX_PREAMBLE = 20
_SEPARATOR = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)
_SINGLE = re.compile(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n]|$)", re.MULTILINE)
_TYPE = re.compile(r"(?:Nullable|LowCardinality|Array|Map|Tuple|FixedString|DateTime(?:64)?|Decimal\d*|Enum(?:8|16)|SimpleAggregateFunction)\(.*\)|U?Int(?:8|16|32|64|128|256)|Float(?:32|64)|String|UUID|Date(?:32|Time(?:64)?)?|Bool|IPv[46]|JSON|Dynamic")  # fmt: skip
#: What a backslash may stand before in text that the database escaped; anything else is a backslash of its own (a path).
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = frozenset("\\tnrbfNv0'\"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """
    How rows are cut.

    Args:
        delimiter: between fields.
        quote: around fields; empty when quotes mean nothing.
        backslash: whether a backslash escapes the quote.
        spaced: whether a blank follows the delimiter.
        escaped: whether fields are escaped as databases print them (`\\N`, `\\t`), without quotes.
        separator: whether the first line says `sep=`.
        preamble: lines before the table.
        names: of the columns; empty without a header.
        types: whether ClickHouse's row of types follows the header.
        width: fields of a usual row.
        share: of rows that have as many.
    """

    delimiter: str
    quote: str = '"'
    backslash: bool = False
    spaced: bool = False
    escaped: bool = False
    separator: bool = False
    preamble: int = 0
    names: tuple[str, ...] = ()
    types: bool = False
    width: int = 0
    share: float = 0.0

    def rows(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """A reader of the csv module over `lines`."""
        if not self.quote:
            return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE, skipinitialspace=self.spaced)
        if self.backslash:
            return csv.reader(lines, delimiter=self.delimiter, quotechar=self.quote, doublequote=True, escapechar="\\", skipinitialspace=self.spaced)
        return csv.reader(lines, delimiter=self.delimiter, quotechar=self.quote, skipinitialspace=self.spaced)


def _cut(text: str, dialect: Dialect) -> list[list[str]]:
    """The first rows; the last one is left out if it may be cut off."""
    whole = text[: text.rfind("\n") + 1] or text
    found: list[list[str]] = []
    try:
        for row in dialect.rows(io.StringIO(whole, newline="")):
            if row:
                found.append(row)
            if len(found) >= _LOOK_ROWS:
                break
    except csv.Error:
        return []
    return found


def _judged(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """Share of rows with the commonest number of fields, and that number; nothing for a single column."""
    if not rows:
        return 0.0, 0
    width, count = Counter(map(len, rows)).most_common(1)[0]
    if width < 2:
        widths = [len(row) for row in rows if len(row) > 1]
        return (0.0, len(rows[0])) if len(widths) < 0.3 * len(rows) else (len(widths) / len(rows) / 2, max(widths))
    return count / len(rows), width


def dialect_of(text: str, *, named: bool = False) -> tuple[Dialect, list[list[str]]]:
    """
    How `text` is cut most regularly, more columns first, and its first rows, those of the preamble left out.

    Args:
        text: beginning of the file.
        named: whether its name says that it is a table.
    """
    separator = _SEPARATOR.match(text)
    body = text[separator.end() :] if separator else text
    marks = (separator[1],) if separator else DELIMITERS
    best, rows = _most_regular(body, marks)
    if named and best.width < 2 and not separator:
        best, rows = _most_regular(body, (*marks, *_LAST_DELIMITERS))
    return _completed(best, rows, bool(separator))


def _most_regular(text: str, marks: Sequence[str]) -> tuple[Dialect, list[list[str]]]:
    judged = []
    for mark in marks:
        if mark not in text and len(marks) > 1 and mark != ",":
            continue
        for place, (quote, backslash) in enumerate(_quotings(text)):
            dialect = Dialect(delimiter=mark, quote=quote, backslash=backslash, spaced=text.count(f"{mark} ") >= 0.9 * text.count(mark))
            rows = _cut(text, dialect)
            if not quote and _torn(rows):
                continue
            share, width = _judged(rows)
            judged.append(((round(share, 1), width if width > 1 else 0, -place, round(share, 3)), dialect, rows, share, width))
    _, dialect, rows, share, width = max(judged, key=lambda one: one[0])
    return replace(dialect, share=share, width=width), rows


def _torn(rows: Sequence[Sequence[str]]) -> bool:
    """Whether most rows with quotes, cut as if quotes meant nothing, have a field that opens one and a later one that closes it."""
    quoted = [row for row in rows if any('"' in field for field in row)]
    torn = 0
    for row in quoted:
        odd = [field.strip() for field in row if field.count('"') % 2]
        torn += any(one.startswith('"') and other.endswith('"') for one, other in pairwise(odd))
    return torn > len(quoted) / 2


def _quotings(text: str) -> list[tuple[str, bool]]:
    """Ways of quoting that may be meant, the usual one first."""
    ways = [('"', False)]
    if '\\"' in text:
        ways.append(('"', True)) if '""' in text.replace(',""', "").replace('"",', "") else ways.insert(0, ('"', True))
    if len(_SINGLE.findall(text[:8_192])) >= 4 and '"' not in text[:8_192]:
        ways.insert(0, ("'", False))
    if '"' in text:
        ways.append(("", False))
    return ways


def _completed(found: Dialect, rows: list[list[str]], separator: bool) -> tuple[Dialect, list[list[str]]]:
    preamble = preamble_of(rows, found.width)
    rows = rows[preamble:]
    headed = has_header(rows)
    names = tuple(field.strip() for field in rows[0]) if headed else ()
    types = headed and len(rows) > 1 and len(rows[1]) == len(rows[0]) and is_types(rows[1])
    escaped = found.delimiter in "\t\x01" and _is_escaped(rows[1:], types=types)
    return replace(found, quote="" if escaped else found.quote, escaped=escaped, separator=separator, preamble=preamble, names=names, types=types), rows


def preamble_of(rows: Sequence[Sequence[str]], width: int) -> int:
    """
    How many rows stand before the header: titles and dates of reports, in a table of three columns and more.

    Args:
        rows: the first ones, none of them empty; what is empty at their ends left out.
        width: fields of a usual row.
    """
    if not rows or len(rows[0]) >= width or (width < 3 and not rows[0][0].startswith("#")):
        return 0
    first = next((number for number, row in enumerate(rows[: _MAX_PREAMBLE + 1]) if len(row) >= width), 0)
    return first if all(sum(bool(field) for field in row) <= max(1, width // 2) for row in rows[:first]) else 0


def _is_escaped(rows: Sequence[Sequence[str]], *, types: bool) -> bool:
    """Whether every backslash is an escape of a database's text output."""
    followers = {found for row in rows for field in row for found in _ESCAPED.findall(field)}
    nulls = any(field == "\\N" for row in rows for field in row)
    return (types or nulls or bool(followers)) and followers <= _ESCAPES


def is_types(row: Sequence[str]) -> bool:
    """Whether every field of `row` names a type of ClickHouse's."""
    return all(_TYPE.fullmatch(field) for field in row)


def _has_repeated_names(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names columns though a name comes twice: words only, over rows that hold numbers or addresses."""
    words = all(re.fullmatch(r"[^\W\d][^\W\d@ ]*(?:[ _.-][^\W\d@ ]+)*", field.strip()) for field in rows[0] if field.strip())
    return words and len(set(rows[0])) >= 0.5 * len(rows[0]) and any(any(letter.isdigit() or letter == "@" for letter in field) for row in rows[1:4] for field in row)


_HEADER_LENGTH = 80


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """
    Whether the first row names the columns: distinct, short, and without digits-only or address-like fields.

    A table without a header gets the names `column_1`, `column_2` ...
    """
    if not rows:
        return False
    first = [field.strip() for field in rows[0]]
    filled = [field for field in first if field]
    if not filled or (len({field.casefold() for field in filled}) < len(filled) and not _has_repeated_names(rows)):
        return False
    return not any((any(c.isdigit() for c in field) and sum(c.isdigit() for c in field) * 2 >= len(field)) or "@" in field or "://" in field or len(field) > _HEADER_LENGTH for field in filled)
