"""
Delimited tables: CSV, TSV, semicolons, pipes and rarer marks; any usual quoting, escaping and encoding; ClickHouse's TSV with names and types.

Python's csv module reads them, not a columnar reader: it keeps ragged rows, embedded newlines and odd quoting that a
columnar reader refuses or drops, and evidence must not lose a row. A quote that is never closed costs its own row its columns, not
the rest of the file its rows.

References:
    RFC 4180; Python documentation, csv; ClickHouse documentation, Formats: TabSeparated (from memory, 2026-11).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice

import orjson
import polars as pl

from leakscope.errors import SetAsideError
from leakscope.model import Batch, Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.csv_dialect import Dialect, dialect_of
from leakscope.sources.encoding import encoding_of
from leakscope.sources.evidence import Evidence, head_of
from leakscope.sources.tables import MAX_COLUMNS, column_names
from leakscope.text.quoted_lists import list_of, may_be_list
from leakscope.text.sql_values import copied_row

BATCH_ROWS = 20_000
MAX_FIELD_BYTES = 32 << 20
_LOOK_BYTES = 64 * 1024
#: Names of columns as programs and people write them; a table under such names is no list of logins.
_NAME = re.compile(r"[^\W\d][\w .-]{0,40}")
#: Fields of a table that nothing but its regularity says is one: short, of few words.
_FEW_WORDS = 4


def _looks_like_prose(rows: Sequence[Sequence[str]]) -> bool:
    """Commas in sentences: the fields after the first start with a space more often than not."""
    later = [field for row in rows for field in row[1:]]
    return bool(later) and sum(field.startswith(" ") for field in later) / len(later) > 0.6


def _is_pair_table(rows: Sequence[Sequence[str]], share: float) -> bool:
    """Two columns of short fields in every row, which sentences and log lines do not have."""
    fields = [field for row in rows for field in row]
    return share == 1.0 and len(rows) >= 4 and all(field.strip() for field in fields) and all(len(field.split()) <= _FEW_WORDS and not field.startswith(" ") and len(field) <= 200 and not field.startswith(("{", "$")) for field in fields)


def sniff(head: bytes, name: str) -> float:
    """Sure when rows are regular; a name ending in .csv or .tsv helps a short or ragged file."""
    encoding = encoding_of(head)
    if encoding is None or head.lstrip()[:1] in (b"{", b"["):
        return 0.0
    if name.endswith((".csv", ".tsv", ".tab", ".psv")):
        return 0.9
    found, rows = dialect_of(head.decode(encoding, "replace"))
    if found.spaced:  # commas in sentences
        return 0.0
    if found.separator:
        return 0.8
    named = bool(found.names) and all(_NAME.fullmatch(one) for one in found.names)
    if found.share >= 0.9 and len(rows) >= 3 and found.width >= 3 and not _looks_like_prose(rows):
        return 0.82 if named else 0.6
    return (0.82 if named else 0.5) if found.width == 2 and found.delimiter in ",\t;|" and _is_pair_table(rows, found.share) else 0.0


#: Delimiters in one line, above which it is no row but an attack or another format.
_MAX_MARKS = 1_000_000
#: Lines between a quote and the next one from which a quote is suspected to be stray.
_STRAY_LINES = 2


class _Lines:
    """Lines of a text, none longer than a ceiling; what was left out is counted; a quote that never closes is disarmed."""

    def __init__(self, stream: io.TextIOWrapper, dialect: Dialect) -> None:
        self._stream, self._dialect = stream, dialect
        self.refused = 0

    def __iter__(self) -> Iterator[str]:
        lines = self._bounded()
        return lines if not self._dialect.quote or self._dialect.backslash else self._disarmed(lines)

    def _bounded(self) -> Iterator[str]:
        while line := self._stream.readline(MAX_FIELD_BYTES):
            if len(line) > _MAX_MARKS and ((len(line) == MAX_FIELD_BYTES and not line.endswith("\n")) or line.count(self._dialect.delimiter) > _MAX_MARKS):
                self.refused += 1
                while line and not line.endswith("\n"):
                    line = self._stream.readline(MAX_FIELD_BYTES)
                continue
            yield line.replace("\x00", "") if "\x00" in line else line

    def _disarmed(self, lines: Iterator[str]) -> Iterator[str]:
        """A line with an odd number of quotes opens a field that a later one closes, unless what lies between are rows."""
        quote, width = self._dialect.quote, self._dialect.width
        for line in lines:
            if not line.count(quote) & 1:
                yield line
                continue
            held, size, closed, broken = [line], 0, False, None
            while not closed and size < MAX_FIELD_BYTES and broken is None:
                try:
                    following = next(lines, None)
                except SetAsideError as error:
                    broken, following = error, None
                if following is None:
                    break
                held.append(following)
                size += len(following)
                closed = bool(following.count(quote) & 1)
            yield from self._judged(held, closed, width)
            if broken is not None:
                raise broken

    def _judged(self, held: list[str], closed: bool, width: int) -> Iterator[str]:
        between = held[1:-1] if closed else held[1:]
        rows = sum(one.count(self._dialect.delimiter) == width - 1 for one in between)
        stray = width > 1 and (rows >= 0.8 * len(between) if len(between) >= _STRAY_LINES else not closed)
        if not stray:
            yield from held
            return
        yield self._requoted(held[0])
        yield from between
        if closed:
            yield self._requoted(held[-1])

    def _requoted(self, line: str) -> str:
        """The line with its fields cut at every delimiter and quoted as they should be."""
        target = io.StringIO(newline="")
        quote = self._dialect.quote
        fields = line.rstrip("\r\n").split(self._dialect.delimiter)
        csv.writer(target, delimiter=self._dialect.delimiter, quotechar=quote, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow([one.strip(quote) if one[:1] == quote or one[-1:] == quote else one for one in fields])
        return target.getvalue()


def read(evidence: Evidence) -> Reading:
    """Batches of text columns; missing fields are null, extra ones get `column_N`; unreadable rows are set aside."""
    head = head_of(evidence, _LOOK_BYTES)
    encoding = encoding_of(head) or "utf-8"
    dialect, looked = dialect_of(head.decode(encoding, "replace"), named=True)
    names = column_names(dialect.names, min(max(dialect.width, len(dialect.names)), MAX_COLUMNS))
    csv.field_size_limit(MAX_FIELD_BYTES)
    with evidence.open() as stream, io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="") as text:
        cut = _Lines(text, dialect)
        lines = iter(cut)
        if dialect.separator:
            next(lines, None)
        rows = dialect.rows(lines)
        collected = 0
        if dialect.preamble:
            before = [" ".join(filter(None, row)) for row in islice(filter(None, rows), dialect.preamble)]
            yield Batch(source=evidence.name, first_record=0, records=len(before), frame=pl.DataFrame({"line": before}, schema={"line": pl.String}))
            collected = len(before)
        lists = _columns_of_lists(looked[bool(dialect.names) + dialect.types :], dialect)
        for piece in _batches(evidence.name, rows, names, dialect=dialect, record=collected):
            piece = _with_lists(piece, [name for place, name in enumerate(names) if place in lists]) if lists and isinstance(piece, Batch) else piece
            collected += piece.records or 0
            yield piece
        if cut.refused:
            yield SetAside(source=evidence.name, reason="line-too-long", detail="A line is over 32 MiB or has over a million columns.", records=cut.refused, record=collected)


def _columns_of_lists(rows: Sequence[Sequence[str]], dialect: Dialect) -> frozenset[int]:
    """Places of columns whose cells are lists or maps in single quotes, as ClickHouse and Python write them."""
    read = [copied_row(dialect.delimiter.join(row), dialect.delimiter) if dialect.escaped else row for row in rows]
    found = set()
    for place in range(dialect.width):
        cells = [row[place] for row in read if place < len(row) and row[place]]
        if cells and any("'" in (cell or "") for cell in cells) and all(may_be_list(cell or "") for cell in cells):
            found.add(place)
    return frozenset(found)


def _with_lists(batch: Batch, columns: Sequence[str]) -> Batch:
    """A table's rows as objects, the cells of `columns` as the lists and maps that they hold."""
    if batch.frame is None:
        return batch
    lines = []
    for row in batch.frame.iter_rows(named=True):
        held = {name: value for name, value in row.items() if value is not None}
        for name in columns:
            told = list_of(held.get(name, ""))
            if told is not None:
                held[name] = told
        lines.append(orjson.dumps(held))
    return Batch(source=batch.source, first_record=batch.first_record, records=batch.records, lines=b"\n".join(lines) + b"\n")


def _batches(source: str, rows: Iterator[list[str]], names: list[str], *, dialect: Dialect, record: int) -> Reading:
    """Rows gathered into frames. A loop, because each row may be ragged and a broken one must not end the file."""
    held: list[Sequence[str | None]] = []
    heading = bool(dialect.names) + dialect.types
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
            record, heading = record + 1, max(0, heading - 1)
            continue
        if heading:
            heading -= 1
            continue
        held.append(copied_row(dialect.delimiter.join(row), dialect.delimiter) if dialect.escaped else row)
        if len(held) == BATCH_ROWS:
            yield _batch(source, held, names, record)
            record, held = record + len(held), []
    if held:
        yield _batch(source, held, names, record)


def _batch(source: str, rows: Sequence[Sequence[str | None]], names: Sequence[str], record: int) -> Batch:
    width = max(len(names), max(map(len, rows)))
    columns = column_names(names, width)
    data = {name: [row[place] if place < len(row) and row[place] != "" else None for row in rows] for place, name in enumerate(columns)}
    frame = pl.DataFrame(data, schema=dict.fromkeys(columns, pl.String))
    return Batch(source=source, first_record=record, records=len(rows), frame=frame)


FORMAT = Format(name="csv", title="Delimited table (CSV, TSV)", suffixes=(".csv", ".tsv", ".tab", ".psv"), sniff=sniff, read=read)
