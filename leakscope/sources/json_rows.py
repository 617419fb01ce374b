"""
JSON arrays, one a line, each a row: ClickHouse's JSONCompactEachRow and JSONCompactStringsEachRow, with names and types or without.

References:
    ClickHouse documentation, Formats: JSONCompactEachRowWithNamesAndTypes (from memory, 2026-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from leakscope.model import Reading
from leakscope.sources import Format
from leakscope.sources.csv_dialect import has_header, is_types
from leakscope.sources.encoding import encoding_of, is_ascii_based
from leakscope.sources.evidence import Evidence, head_of
from leakscope.sources.json_lenient import written
from leakscope.sources.lines import MAX_LINE_BYTES, TooLong, line_chunks
from leakscope.sources.tables import Tables, column_names
from leakscope.sources.text_lines import _as_utf8


def _row(line: bytes) -> list[Any] | None:
    """The row that a line holds, a comma behind it allowed; null when it is none."""
    bare = line.strip(b" \t\r\n\xef\xbb\xbf").removesuffix(b",")
    if not bare.startswith(b"["):
        return None
    try:
        value = orjson.loads(bare)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, list) and value else None


def sniff(head: bytes, name: str) -> float:
    """Sure when the first lines are arrays of one length that hold more than one value."""
    encoding = encoding_of(head)
    if encoding is None:
        return 0.0
    text = head if is_ascii_based(encoding) else head.decode(encoding, "ignore").encode()
    lines = [line for line in text.split(b"\n")[:50] if line.strip()]
    rows = [_row(line) for line in (lines[:-1] if len(text) == 65_536 else lines)]
    whole = [row for row in rows if row is not None]
    if len(whole) < 2 or len(whole) < len(rows) or any(isinstance(value, dict) for row in whole for value in row[:1]):
        return 0.0
    if all(isinstance(value, list) for row in whole for value in row):  # arrays of rows, which a document's reader takes apart
        return 0.0
    return 0.96 if len({len(row) for row in whole}) == 1 else 0.0


def _heading(rows: Sequence[list[Any]]) -> tuple[tuple[str, ...], int]:
    """Column names and how many rows they take: none, names, or names and types."""
    first = rows[0] if rows else []
    if not all(isinstance(value, str) for value in first) or not has_header([first]):
        return (), 0
    if len(rows) > 1 and all(isinstance(value, str) for value in rows[1]) and is_types(rows[1]):
        return tuple(first), 2
    unlike = any(not all(isinstance(value, str) for value in row) or not has_header([row]) for row in rows[1:6])
    return (tuple(first), 1) if unlike else ((), 0)


def read(evidence: Evidence) -> Reading:
    """A record a row; a line that is no row is set aside."""
    head = head_of(evidence, 64 * 1024)
    encoding = encoding_of(head) or "utf-8"
    rows = [row for line in head.decode(encoding, "replace").encode().split(b"\n")[:50] if (row := _row(line))]
    names, heading = _heading(rows)
    tables = Tables(evidence.name, as_text=False)
    columns = tuple(column_names(names, len(rows[0]) if rows else 0))
    with evidence.open() as stream:
        for chunk in line_chunks(stream if is_ascii_based(encoding) else _as_utf8(stream, encoding)):
            if isinstance(chunk, TooLong):
                yield from tables.refuse("", "line-too-long", f"One line is over {MAX_LINE_BYTES >> 20} MiB.", size_bytes=chunk.size_bytes)
                continue
            for line in filter(None, map(bytes.strip, chunk.split(b"\n"))):
                row = _row(line)
                if row is None:
                    yield from tables.refuse("", "not-json", "The line is not a JSON array.", size_bytes=len(line))
                elif heading:
                    heading -= 1
                else:
                    yield from tables.add("", columns, [_cell(value) for value in row], len(line))
    yield from tables.rest()


def _cell(value: Any) -> Any:
    return written(value).decode() if isinstance(value, (dict, list)) else value


FORMAT = Format(name="json-rows", title="JSON arrays, one a line (ClickHouse JSONCompactEachRow)", suffixes=(".json", ".ndjson", ".jsonl"), sniff=sniff, read=read)
