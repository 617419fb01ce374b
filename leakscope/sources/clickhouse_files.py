"""
ClickHouse's binary files: Native (blocks of columns) and RowBinaryWithNamesAndTypes.

Read by hand: clickhouse-driver and clickhouse-connect read these bytes from a connection only, and ClickHouse itself weighs half a gigabyte.
RowBinary without names and types says nothing of its columns and cannot be told from other bytes; it is left to `unknown-format`.

References:
    ClickHouse documentation, Formats: Native, RowBinaryWithNamesAndTypes; checked against files that ClickHouse 26.9 wrote (chdb).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from leakscope.errors import SetAsideError
from leakscope.model import Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.clickhouse_types import BadClickHouse, Bytes, Type, Unsupported, read_column, read_prefix, read_value, type_of
from leakscope.sources.evidence import Evidence
from leakscope.sources.json_lenient import written
from leakscope.sources.tables import MAX_COLUMNS, Documents, text_of

MAX_ROWS = 5_000_000


def _line(names: tuple[str, ...], values: Any) -> bytes:
    row = zip(names, values, strict=True)
    return written({name: value for name, value in row if value is not None}, default=text_of)


def _native_columns(source: Bytes) -> tuple[tuple[str, ...], list[list[Any]], int] | None:
    """Names, columns and rows of the next block; null at the end."""
    width = source.number()
    if width is None:
        return None
    rows = source.count(MAX_ROWS)
    if width > MAX_COLUMNS:
        raise BadClickHouse
    names, columns = [], []
    for _ in range(width):
        names.append(source.text())
        kind = type_of(source.text())
        if rows:
            read_prefix(kind, source)
        columns.append(read_column(kind, rows, source) if rows else [])
    return tuple(names), columns, rows


def _native(source: Bytes, gathered: Documents) -> Reading:
    while (block := _native_columns(source)) is not None:
        names, columns, _ = block
        for values in zip(*columns, strict=True):
            yield from gathered.add("", _line(names, values))


def _heading(source: Bytes) -> tuple[tuple[str, ...], tuple[Type, ...]]:
    width = source.count(MAX_COLUMNS)
    names = tuple(source.text() for _ in range(width))
    return names, tuple(type_of(source.text()) for _ in range(width))


def _rows(source: Bytes, gathered: Documents) -> Reading:
    names, kinds = _heading(source)
    while (first := source.more()) is not None:
        values = [read_value(kind, first) for kind in kinds]
        yield from gathered.add("", _line(names, values))


class _Ahead(Bytes):
    """Bytes that say whether there are more."""

    def __init__(self, stream: Any) -> None:
        super().__init__(stream)
        self._ahead = stream

    def more(self) -> _Ahead | None:
        """Itself; null at the end."""
        return self if self._ahead.peek(1) else None


def _reader(rows: Callable[[Any, Documents], Reading]) -> Callable[[Evidence], Reading]:
    def read(evidence: Evidence) -> Reading:
        """Batches of rows; where a type cannot be read or the bytes end, the rest is set aside."""
        gathered = Documents(evidence.name)
        broken: SetAsideError | None = None
        with evidence.open() as stream:
            source = _Ahead(stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream))  # type: ignore[type-var]
            try:
                yield from rows(source, gathered)
            except Unsupported:
                broken = SetAsideError("A column is of a type whose bytes cannot be read here; export it as Parquet or JSONEachRow.", reason="unsupported")
            except (BadClickHouse, ValueError, OverflowError):
                broken = SetAsideError("The file breaks off, or its bytes are not what its types say.", reason="truncated")
            except SetAsideError as error:
                broken = error
        yield from gathered.rest()
        if broken is not None:
            yield SetAside(source=evidence.name, reason=broken.reason, detail=broken.message)

    return read


def _named_and_typed(name: str, kind: str) -> bool:
    """Whether two strings are a column's name and type."""
    if not name or not name.isprintable() or len(name) > 300:
        return False
    try:
        type_of(kind)
    except Unsupported:
        return True
    except (BadClickHouse, ValueError):
        return False
    return True


def _is_native(head: bytes, name: str) -> float:
    """The first block's first column has a name and a type."""
    source = Bytes(io.BytesIO(head[:4096]))
    try:
        width, rows = source.count(MAX_COLUMNS), source.count(MAX_ROWS)
        return 0.97 if width and _named_and_typed(source.text(), source.text()) and rows >= 0 else 0.0
    except BadClickHouse:
        return 0.0


def _is_row_binary(head: bytes, name: str) -> float:
    """A count, as many names, as many types."""
    source = Bytes(io.BytesIO(head))
    try:
        width = source.count(2_000)
        names = [source.text() for _ in range(width)]
        return 0.97 if width and all(_named_and_typed(one, source.text()) for one in names) else 0.0
    except BadClickHouse:
        return 0.0


FORMATS = (
    Format(name="clickhouse-native", title="ClickHouse Native", suffixes=(".native", ".bin"), sniff=_is_native, read=_reader(_native), jailed=True),
    Format(name="clickhouse-rowbinary", title="ClickHouse RowBinary with names and types", suffixes=(".rowbinary", ".bin"), sniff=_is_row_binary, read=_reader(_rows), jailed=True),
)
