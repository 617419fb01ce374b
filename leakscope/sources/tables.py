"""Gathers rows of several tables into batches: one source a table, records numbered within their table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import polars as pl

from leakscope.model import Batch, SetAside
from leakscope.safety.escape import plain

BATCH_ROWS = 20_000
BATCH_BYTES = 8 << 20
#: Held over all tables before everything is let go, so that interleaved tables cannot grow memory.
HELD_BYTES = 64 << 20
#: More columns than this belong to no table that people made; the row is set aside.
MAX_COLUMNS = 10_000
#: Further tables of one file share one source.
MAX_TABLES = 5_000
_MORE = "(more tables)"


@dataclass(slots=True)
class _Held:
    source: str
    first: int = 0
    size_bytes: int = 0


H = TypeVar("H", bound=_Held)


class _ByTable(Generic[H]):
    """What is held of each table of one file, in order of the tables' first records; subclasses say what and how it is let go."""

    _kind: type[H]

    def __init__(self, evidence: str) -> None:
        self._evidence = evidence
        self._tables: dict[str, H] = {}

    def source(self, table: str) -> str:
        """Source name of `table`."""
        return self._of(table).source

    def refuse(self, table: str, reason: str, detail: str, *, size_bytes: int | None = None, records: int = 1) -> Iterator[Batch | SetAside]:
        """Records of `table` that cannot be read: they keep their numbers and come out set aside, in order."""
        held = self._of(table)
        yield from self._let_go(held)
        yield SetAside(source=held.source, reason=reason, detail=detail, records=records, size_bytes=size_bytes, record=held.first)
        held.first += records

    def pass_on(self, piece: SetAside, table: str = "") -> Iterator[Batch | SetAside]:
        """What another reader set aside of `table`, in its place among the records."""
        if piece.records is not None:
            yield from self.refuse(table, piece.reason, piece.detail, size_bytes=piece.size_bytes, records=piece.records)
        else:
            yield from self._let_go(self._of(table))
            yield piece

    def rest(self) -> Iterator[Batch]:
        """Everything still held, in order of the tables' first records."""
        for held in self._tables.values():
            yield from self._let_go(held)

    def _of(self, table: str) -> H:
        known = self._tables.get(table)
        if known is None:
            shown = table if len(self._tables) < MAX_TABLES else _MORE
            known = self._tables.get(shown) or self._kind(f"{self._evidence}:{plain(shown)}" if shown else self._evidence)
            self._tables.setdefault(shown, known)
        return known

    def _let_go(self, held: H) -> Iterator[Batch]:
        raise NotImplementedError


@dataclass(slots=True)
class _Table(_Held):
    rows: list[Sequence[Any]] = field(default_factory=list)
    columns: list[Sequence[str]] = field(default_factory=list)


class Tables(_ByTable[_Table]):
    """
    Rows on their way into batches.

    Args:
        evidence: name of the file; a table's source is `file:table`, or the file alone for the table "".
        as_text: whether values are texts or null; otherwise Polars decides their type, batch by batch.
    """

    _kind = _Table

    def __init__(self, evidence: str, *, as_text: bool = True) -> None:
        super().__init__(evidence)
        self._as_text = as_text
        self._held = 0

    def add(self, table: str, columns: Sequence[str], row: Sequence[Any], size_bytes: int) -> Iterator[Batch | SetAside]:
        """
        One more row; what became full comes out.

        Args:
            table: its name as exposed.
            columns: names; a longer row gets `column_N`. The same object again costs nothing to compare.
            row: values.
            size_bytes: about what it weighs.
        """
        if len(row) > MAX_COLUMNS:
            yield from self.refuse(table, "too-many-columns", f"A row has over {MAX_COLUMNS} columns.", size_bytes=size_bytes)
            return
        held = self._of(table)
        held.rows.append(row)
        held.columns.append(columns)
        held.size_bytes += size_bytes
        self._held += size_bytes
        if len(held.rows) >= BATCH_ROWS or held.size_bytes >= BATCH_BYTES:
            yield from self._let_go(held)
        elif self._held >= HELD_BYTES:
            yield from self.rest()

    def _let_go(self, held: _Table) -> Iterator[Batch]:
        if not held.rows:
            return
        frame = _frame(held.rows, held.columns, as_text=self._as_text)
        yield Batch(source=held.source, first_record=held.first, records=len(held.rows), frame=frame)
        self._held -= held.size_bytes
        held.first += len(held.rows)
        held.rows, held.columns, held.size_bytes = [], [], 0


def column_names(names: Sequence[str], width: int) -> list[str]:
    """`width` distinct names: those given, a repeated or missing one as `name_N` or `column_N`."""
    result: dict[str, None] = {}
    for number in range(1, width + 1):
        name = (names[number - 1] if number <= len(names) else "") or f"column_{number}"
        while name in result:
            name = f"{name}_{number}"
        result[name] = None
    return list(result)


def _frame(rows: Sequence[Sequence[Any]], columns: Sequence[Sequence[str]], *, as_text: bool) -> pl.DataFrame:
    first = columns[0]
    width = max(len(first), max(map(len, rows)))
    names = column_names(first, width)
    if all(one is first or list(one) == list(first) for one in columns):
        data = {name: [row[place] if place < len(row) else None for row in rows] for place, name in enumerate(names)}
    else:
        data = _union(rows, columns)
    if as_text:
        return pl.DataFrame(data, schema=dict.fromkeys(data, pl.String))
    return pl.DataFrame({name: series(name, values) for name, values in data.items()})


def _union(rows: Sequence[Sequence[Any]], columns: Sequence[Sequence[str]]) -> Mapping[str, list[Any]]:
    """Rows that do not all name the same columns, by every name."""
    named = [dict(zip(column_names(names, len(row)), row, strict=False)) for names, row in zip(columns, rows, strict=True)]
    every = dict.fromkeys(name for row in named for name in row)
    return {name: [row.get(name) for row in named] for name in every}


def series(name: str, values: Sequence[Any]) -> pl.Series:
    """A column of mixed values: as Polars types it, or as text where they do not agree."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {str} or not kinds:
        return pl.Series(name, values, dtype=pl.String)
    if len(kinds) == 1 and kinds <= {int, float}:
        try:
            return pl.Series(name, values, strict=True)
        except (OverflowError, TypeError, pl.exceptions.PolarsError):
            pass
    return pl.Series(name, [None if value is None else text_of(value) for value in values], dtype=pl.String)


def text_of(value: Any) -> str:
    """Any scalar as text; bytes that are UTF-8 as what they say, others in hex."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        raw = bytes(value)
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.hex()
        return text if "\x00" not in text else raw.hex()
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return str(value)


@dataclass(slots=True)
class _Lines(_Held):
    lines: list[bytes] = field(default_factory=list)


class Documents(_ByTable[_Lines]):
    """
    JSON objects on their way into batches of lines: one source a table, as in `Tables`.

    Args:
        evidence: name of the file.
    """

    _kind = _Lines

    def add(self, table: str, line: bytes) -> Iterator[Batch]:
        """One more object, on one line without its newline; what became full comes out."""
        held = self._of(table)
        held.lines.append(line)
        held.size_bytes += len(line)
        if len(held.lines) >= BATCH_ROWS or held.size_bytes >= BATCH_BYTES:
            yield from self._let_go(held)

    def _let_go(self, held: _Lines) -> Iterator[Batch]:
        if held.lines:
            yield Batch(source=held.source, first_record=held.first, records=len(held.lines), lines=b"\n".join(held.lines) + b"\n")
            held.first += len(held.lines)
            held.lines, held.size_bytes = [], 0
