"""What no single value says: what spreads over lines of plain text, tables written in them, names that stand in another column, what a column's values say together, and what stands beside them."""

from __future__ import annotations

from typing import Any

import polars as pl

from leakscope.detection.accounts import as_bank_accounts
from leakscope.detection.candidate import Candidate
from leakscope.detection.cells import candidates_in
from leakscope.detection.judging import Judge
from leakscope.detection.keyed_rows import with_keyed
from leakscope.detection.line_tables import found_in_tables
from leakscope.detection.multiline import blocks
from leakscope.detection.native.batches import record_numbers
from leakscope.detection.sighting_rows import row_of, sightings
from leakscope.model import Batch


def with_further(batch: Batch, found: pl.DataFrame, judge: Judge) -> tuple[pl.DataFrame, list[Candidate]]:
    """
    Findings of a batch with those that no single value tells, by record; and what is suppressed of the latter.

    Args:
        batch: where they come from; records that are no table have none.
        found: schema `SIGHTINGS`, what its values say one by one.
        judge: has read them.
    """
    found = as_bank_accounts(found, judge)
    if batch.frame is None:
        return found, []
    found, hushed = with_keyed(batch, found, judge)
    over = pl.concat([found, sightings(_over_lines(batch, judge))])
    in_tables, suppressed = found_in_tables(batch, record_numbers(batch), over, judge)
    over = pl.concat([over, sightings(in_tables)])
    cells, more = _in_cells(batch, set(over.select("record", "field").iter_rows()), judge)
    every = pl.concat([over, sightings(cells)]).sort("record", maintain_order=True) if cells or in_tables else over
    return every, [*hushed, *suppressed, *more]


def _in_cells(batch: Batch, taken: set[tuple[int, str]], judge: Judge) -> tuple[list[tuple[Any, ...]], list[Candidate]]:
    """Findings in columns without a name, where no rule found any."""
    numbers = record_numbers(batch)
    found: list[tuple[Any, ...]] = []
    hushed: list[Candidate] = []
    for name, row, cell, told in candidates_in(batch.frame, judge.detectors) if batch.frame is not None else ():
        if (numbers[row], name) not in taken:
            sights, suppressed = judge.told(name, name, cell, told)
            hushed += suppressed
            found += [row_of(batch.source, numbers[row], name, name, (sight.start, sight.end), sight, sight.attributes) for sight in sights]
    return found, hushed


def _over_lines(batch: Batch, judge: Judge) -> list[tuple[Any, ...]]:
    """Findings that spread over several lines of plain text, each at its first line, with the number of lines."""
    if batch.frame is None or batch.frame.columns != ["line"]:
        return []
    lines = batch.frame["line"].to_list()
    numbers = record_numbers(batch)
    found = []
    for index, count, text in blocks(lines):
        for sight in judge.known("line", "line", text)[0]:
            start, end = min(sight.start, len(lines[index])), min(sight.end, len(lines[index]))
            if end > start:
                found.append(row_of(batch.source, numbers[index], "line", "line", (start, end), sight, sight.further(lines=count)))
    return found
