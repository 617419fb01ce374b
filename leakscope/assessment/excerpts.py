"""The text of single records, read again from the evidence of a case for a human who labels them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
import polars as pl

from leakscope.model import Batch, SetAside
from leakscope.safety.escape import plain
from leakscope.sources import expand, read
from leakscope.sources.evidence import Evidence, gather

#: Code points of a record that are shown.
SHOWN = 1500


def _rows(batch: Batch, wanted: set[int]) -> dict[int, str]:
    numbers = batch.numbers.to_list() if batch.numbers is not None else range(batch.first_record, batch.first_record + batch.records)
    chosen = {number: place for place, number in enumerate(numbers) if number in wanted}
    if not chosen:
        return {}
    if batch.lines is not None:
        lines = batch.lines.split(b"\n")
        return {number: lines[place].decode("utf-8", "replace") for number, place in chosen.items()}
    assert batch.frame is not None
    frame = batch.frame[list(chosen.values())]
    return {number: orjson.dumps(row, default=str).decode() for number, row in zip(chosen, frame.iter_rows(named=True), strict=True)}


def excerpts(paths: Sequence[str], wanted: pl.DataFrame) -> Mapping[tuple[str, int], str]:
    """
    The start of each wanted record, made safe for a terminal.

    Args:
        paths: evidence files or folders, as they were given to assess.
        wanted: `source, record`.

    Returns:
        (source, record) -> text; a record whose source is no longer there is left out.
    """
    by_source = {str(source): set(rows.get_column("record").to_list()) for (source,), rows in wanted.partition_by("source", as_dict=True).items()}
    found: dict[tuple[str, int], str] = {}
    for piece in gather(paths):
        if not isinstance(piece, Evidence):
            continue
        for inner in expand(piece):
            if isinstance(inner, SetAside):
                continue
            for batch in read(*inner):
                if isinstance(batch, Batch) and batch.source in by_source:
                    texts = _rows(batch, by_source[batch.source])
                    found |= {(batch.source, number): plain(text[:SHOWN]) for number, text in texts.items()}
    return found
