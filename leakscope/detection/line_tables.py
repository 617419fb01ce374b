"""Tables printed between the lines of a plain text, where each line is a record of its own and only the header says what stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from leakscope.detection.candidate import Candidate
from leakscope.detection.judging import Judge
from leakscope.detection.sighting_rows import row_of
from leakscope.model import Batch
from leakscope.text.pasted_tables import PastedCell, pasted

_NAME = r"\"?[\p{L}_][\w./()# -]{0,40}\"?"
#: Lines that may be a header of delimited values or the rule under a header; `leakscope.text.pasted_tables` decides.
_MAY_HEAD = rf"^(?:{_NAME}(?:[,;\t|] ?{_NAME})+|[>#*%; \t]*[ \t+|:=\x{{2500}}-\x{{257f}}-]{{3,}})\r?$"


def cells_over_lines(lines: pl.Series) -> Iterator[PastedCell]:
    """
    The cells of tables in `lines`, row by row.

    Args:
        lines: consecutive lines of one source.
    """
    places = lines.str.contains(_MAY_HEAD).fill_null(False).arg_true().to_list()
    if places:
        yield from pasted(lines.fill_null("").to_list(), places, most=10 * lines.len())


def found_in_tables(batch: Batch, numbers: Sequence[int], found: pl.DataFrame, judge: Judge) -> tuple[list[tuple[Any, ...]], list[Candidate]]:
    """
    Findings in tables printed between the lines of a text, where a line by itself told nothing.

    Args:
        batch: lines of a text; of any other, nothing is found.
        numbers: of its records.
        found: schema `SIGHTINGS`; what was found in it already.
        judge: says what stands in a cell.

    Returns:
        Rows of `SIGHTINGS`, and what is suppressed in cells.
    """
    if batch.frame is None or batch.frame.columns != ["line"]:
        return [], []
    lines = batch.frame["line"]
    taken = _Taken(found)
    rows: list[tuple[Any, ...]] = []
    suppressed: list[Candidate] = []
    for cell in cells_over_lines(lines):
        sights, hushed = judge.known(f"line->table.{cell.column}", cell.column, lines[cell.line][cell.start : cell.end])
        suppressed += (one for one in hushed if not taken.overlaps(numbers[cell.line], cell.start + one.start, cell.start + one.end))
        for sight in sights:
            span = cell.start + sight.start, cell.start + sight.end
            if not taken.overlaps(numbers[cell.line], *span):
                rows.append(row_of(batch.source, numbers[cell.line], "line", cell.column, span, sight, sight.attributes))
    return rows, suppressed


class _Taken:
    """The spans of what was found, by record; gathered when first asked for."""

    def __init__(self, found: pl.DataFrame) -> None:
        self._found = found
        self._spans: dict[int, list[tuple[int, int]]] | None = None

    def overlaps(self, record: int, start: int, end: int) -> bool:
        """Whether anything was found in part of `[start, end)`."""
        if self._spans is None:
            self._spans = {}
            for number, *span in self._found.select("record", "start", "end").iter_rows():
                self._spans.setdefault(number, []).append((span[0], span[1]))
        return any(start < stop and begin < end for begin, stop in self._spans.get(record, ()))
