"""
Spreadsheets: xlsx, xlsm, xlsb, xls, ods; one source a sheet, hidden ones included.

References:
    ECMA-376; OpenDocument 1.3; read through calamine, which reads all of them and runs nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from leakscope.errors import SetAsideError
from leakscope.model import Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.csv_dialect import has_header, preamble_of
from leakscope.sources.evidence import Evidence
from leakscope.sources.tables import MAX_COLUMNS, Tables, column_names, text_of

#: Rows of a sheet that tell how wide it is.
_LOOK_ROWS = 200
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sniff(head: bytes, name: str) -> float:
    """A zip whose first members are those of a workbook, or an old Excel file by its streams' names."""
    if head.startswith(b"PK\x03\x04"):
        if b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet" in head[:200]:
            return 1.0
        return 1.0 if b"xl/workbook" in head or b"xl/worksheets" in head or (b"[Content_Types].xml" in head[:200] and name.endswith((".xlsx", ".xlsm", ".xlsb"))) else 0.0
    if head.startswith(_OLE) and b"E\x00n\x00c\x00r\x00y\x00p\x00t" not in head:
        return 0.99 if name.endswith((".xls", ".xla")) or b"W\x00o\x00r\x00k\x00b\x00o\x00o\x00k" in head else 0.0
    return 0.0


def read(evidence: Evidence) -> Reading:
    """
    Rows of every sheet as text; the first row under a title names the columns if it looks like names. Titles are records of their own.

    Raises:
        SetAsideError: the file is damaged or protected by a password.
    """
    import python_calamine as calamine

    tables = Tables(evidence.name)
    with evidence.open() as stream:
        try:
            workbook = calamine.CalamineWorkbook.from_filelike(stream)
        except calamine.PasswordError:
            raise SetAsideError("The workbook is encrypted; its password opens it.", reason="encrypted") from None
        except (calamine.CalamineError, OSError, ValueError):
            raise SetAsideError("The workbook is damaged.", reason="damaged") from None
        for name in workbook.sheet_names:
            try:
                rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=True)
            except (calamine.CalamineError, OSError, ValueError):
                yield SetAside(source=tables.source(name), reason="damaged", detail="The sheet cannot be read.")
                continue
            yield from _sheet(tables, name, rows)
    yield from tables.rest()


def _sheet(tables: Tables, name: str, rows: list[list[Any]]) -> Reading:
    texts = [[_cell(value) for value in row] for row in rows]
    filled = [row for row in texts if any(value is not None for value in row)]
    if not filled:
        return
    width = max(map(len, filled))
    above = _titles(filled)
    rest = filled[above:]
    headed = width <= MAX_COLUMNS and has_header([[value or "" for value in row] for row in rest])
    columns = tuple(column_names([value or "" for value in rest[0]] if headed else [], min(width, MAX_COLUMNS)))
    for row in filled[:above]:
        yield from tables.add(name, ("line",), [" ".join(filter(None, row))], sum(len(value) for value in row if value))
    for row in rest[1:] if headed else rest:
        yield from tables.add(name, columns, row, sum(len(value) for value in row if value))


def _titles(filled: Sequence[Sequence[str | None]]) -> int:
    """How many rows of a sheet stand above its header."""
    rows = [_without_end(row) for row in filled[:_LOOK_ROWS]]
    return preamble_of(rows, Counter(map(len, rows)).most_common(1)[0][0])


def _without_end(row: Sequence[str | None]) -> list[str]:
    """A row up to its last cell that holds something, as text."""
    last = max(place for place, value in enumerate(row) if value is not None)
    return [value or "" for value in row[: last + 1]]


def _cell(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return text_of(value)


FORMAT = Format(name="spreadsheet", title="Spreadsheet (Excel, OpenDocument)", suffixes=(".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), sniff=sniff, read=read, jailed=True)
