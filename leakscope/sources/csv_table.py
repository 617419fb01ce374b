"""
Delimited tables: CSV, TSV, semicolons, pipes; any usual quoting and encoding.

Python's csv module reads them, not a columnar reader: it keeps ragged rows, embedded newlines and odd quoting that a
columnar reader refuses or drops, and evidence must not lose a row.

References:
    RFC 4180; Python documentation, csv.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

import polars as pl

from leakscope.errors import SetAsideError
from leakscope.model import Batch, Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.encoding import encoding_of
from leakscope.sources.evidence import Evidence, head_of
from leakscope.sources.tables import MAX_COLUMNS, column_names

DELIMITERS = (",", "\t", ";", "|")
BATCH_ROWS = 20_000
MAX_FIELD_BYTES = 32 << 20
_LOOK_BYTES = 64 * 1024


def _rows(text: str, delimiter: str) -> list[list[str]]:
    whole = text[: text.rfind("\n") + 1] or text
    try:
        return [row for row in csv.reader(io.StringIO(whole, newline=""), delimiter=delimiter) if row][:200]
    except csv.Error:
        return []


def _regularity(rows: Sequence[Sequence[str]]) -> float:
    """Share of rows that have as many fields as the first, 0 for a single column."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return 0.0
    return sum(len(row) == len(rows[0]) for row in rows) / len(rows)


def delimiter_of(text: str) -> tuple[str, float]:
    """The delimiter that cuts `text` most regularly, more columns first, with the share of regular rows."""
    judged = [(_regularity(rows), len(rows[0]) if rows else 0, mark) for mark in DELIMITERS for rows in [_rows(text, mark)]]
    share, _, mark = max(judged, key=lambda one: (round(one[0], 1), one[1]))
    return mark, share


def _looks_like_prose(rows: Sequence[Sequence[str]]) -> bool:
    """Commas in sentences: the fields after the first start with a space more often than not."""
    later = [field for row in rows for field in row[1:]]
    return bool(later) and sum(field.startswith(" ") for field in later) / len(later) > 0.6


def sniff(head: bytes, name: str) -> float:
    """Sure when rows are regular; a name ending in .csv or .tsv helps a short or ragged file."""
    encoding = encoding_of(head)
    if encoding is None or head.lstrip()[:1] in (b"{", b"["):
        return 0.0
    text = head.decode(encoding, "replace")
    named = name.endswith((".csv", ".tsv", ".tab", ".psv"))
    mark, share = delimiter_of(text)
    rows = _rows(text, mark)
    if named:
        return 0.9
    if share >= 0.9 and len(rows) >= 3 and len(rows[0]) >= 3 and not _looks_like_prose(rows):
        return 0.6
    return 0.0


_HEADER_MARKS = frozenset("_ -./()[]#%?:'ßäöüéèñçãõ")


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """
    Whether the first row names the columns: distinct, short, and without digits-only or address-like fields.

    A table without a header gets the names `column_1`, `column_2` ...
    """
    if not rows:
        return False
    first = [field.strip() for field in rows[0]]
    filled = [field for field in first if field]
    if not filled or len({field.casefold() for field in filled}) < len(filled):
        return False
    values = [field for field in filled if (any(c.isdigit() for c in field) and sum(c.isdigit() for c in field) * 2 >= len(field)) or "@" in field or len(field) > 80]
    return not values


#: Delimiters in one line, above which it is no row but an attack or another format.
_MAX_MARKS = 1_000_000


class _Lines:
    """Lines of a text, none longer than a ceiling; what was left out is counted."""

    def __init__(self, stream: io.TextIOWrapper, mark: str) -> None:
        self._stream, self._mark = stream, mark
        self.refused = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._stream.readline(MAX_FIELD_BYTES):
            if (len(line) == MAX_FIELD_BYTES and not line.endswith("\n")) or line.count(self._mark) > _MAX_MARKS:
                self.refused += 1
                while line and not line.endswith("\n"):
                    line = self._stream.readline(MAX_FIELD_BYTES)
                continue
            yield line.replace("\x00", "")


def read(evidence: Evidence) -> Reading:
    """Batches of text columns; missing fields are null, extra ones get `column_N`; unreadable rows are set aside."""
    head = head_of(evidence, _LOOK_BYTES)
    encoding = encoding_of(head) or "utf-8"
    text = head.decode(encoding, "replace")
    mark, _ = delimiter_of(text)
    look = _rows(text, mark)
    headed = has_header(look)
    width = min(len(look[0]), MAX_COLUMNS) if look else 0
    names = column_names([field.strip() for field in look[0]] if headed else [], width)
    csv.field_size_limit(MAX_FIELD_BYTES)
    with evidence.open() as stream, io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="") as lines:
        cut = _Lines(lines, mark)
        collected = 0
        for piece in _batches(evidence.name, csv.reader(iter(cut), delimiter=mark), names, skip_first=headed):
            collected += piece.records or 0
            yield piece
        if cut.refused:
            yield SetAside(source=evidence.name, reason="line-too-long", detail="A line is over 32 MiB or has over a million columns.", records=cut.refused, record=collected)


def _batches(source: str, rows: Iterator[list[str]], names: list[str], *, skip_first: bool) -> Reading:
    """Rows gathered into frames. A loop, because each row may be ragged and a broken one must not end the file."""
    record, held = 0, []
    first = skip_first
    while True:
        try:
            row = next(rows)
        except StopIteration:
            break
        except SetAsideError:
            if held:
                yield _batch(source, held, names, record)
            raise
        except (csv.Error, UnicodeError):
            if held:
                yield _batch(source, held, names, record)
                record, held = record + len(held), []
            yield SetAside(source=source, reason="bad-row", detail="A row could not be split into fields.", records=1, record=record)
            record += 1
            continue
        if not row:
            continue
        if len(row) > MAX_COLUMNS:
            if held:
                yield _batch(source, held, names, record)
                record, held = record + len(held), []
            yield SetAside(source=source, reason="too-many-columns", detail=f"A row has over {MAX_COLUMNS} columns.", records=1, record=record)
            record, first = record + 1, False
            continue
        if first:
            first = False
            continue
        held.append(row)
        if len(held) == BATCH_ROWS:
            yield _batch(source, held, names, record)
            record, held = record + len(held), []
    if held:
        yield _batch(source, held, names, record)


def _batch(source: str, rows: Sequence[Sequence[str]], names: Sequence[str], record: int) -> Batch:
    width = max(len(names), max(map(len, rows)))
    columns = column_names(names, width)
    data = {name: [row[place] if place < len(row) and row[place] != "" else None for row in rows] for place, name in enumerate(columns)}
    frame = pl.DataFrame(data, schema=dict.fromkeys(columns, pl.String))
    return Batch(source=source, first_record=record, records=len(rows), frame=frame)


FORMAT = Format(name="csv", title="Delimited table (CSV, TSV)", suffixes=(".csv", ".tsv", ".tab", ".psv"), sniff=sniff, read=read)
