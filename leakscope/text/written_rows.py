"""Rows written in a text, by SQL statements or as a table: the values by row and column, and the text around them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from leakscope.text.layers import Layer
from leakscope.text.pasted_tables import may_hold, pasted
from leakscope.text.placed import Placed
from leakscope.text.statements import Cell, cells


def written_rows(text: str) -> list[Cell]:
    """
    The values of rows that stand in `text`, in order; empty when it holds none.

    Example:
        >>> [(one.column, str(one.text)) for one in written_rows("ssn,order_no\\n536221234,7")]
        [('ssn', '536221234'), ('order_no', '7')]
    """
    return cells(text) or (_of_tables(text) if may_hold(text) else [])


def _of_tables(text: str) -> list[Cell]:
    lines = text.split("\n")
    begins = list(accumulate((len(line) + 1 for line in lines), initial=0))
    found = []
    for one in pasted(lines):
        at = begins[one.line]
        found.append(Cell("", one.row, one.column, Placed.at(lines[one.line][one.start : one.end], at + one.start, at + one.end), one.quote, False))
    return found


def form_of(taken: Sequence[Cell]) -> str:
    """How rows are written: `insert` or `table`, as it appears in field paths."""
    return "insert" if taken[0].table else "table"


def around(text: str, taken: Sequence[Cell]) -> Layer:
    """`text` without the values `taken` out of it."""
    parts, breaks, at, length = [], [(0, 0)], 0, 0
    for one in sorted((cell.text for cell in taken), key=lambda placed: placed.start):
        parts.append(text[at : one.start])
        length += one.start - at
        at = one.end
        breaks.append((length, at))
    return Layer(form_of(taken), 0, len(text), "".join((*parts, text[at:])), tuple(breaks))


def as_tree(taken: Sequence[Cell]) -> Any:
    """Values by table, row and column; by row and column of tables in a text."""
    tables: dict[str, dict[int, dict[str, Placed]]] = {}
    for cell in taken:
        tables.setdefault(cell.table, {}).setdefault(cell.row, {})[cell.column] = cell.text
    return list(tables[""].values()) if "" in tables else {table: list(rows.values()) for table, rows in tables.items()}
