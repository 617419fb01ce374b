"""Batches as the compiled scan reads them, and the frame of their values as `unfold` gives it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from leakscope.detection.native.scan import NativeScan
from leakscope.detection.native.values import Values
from leakscope.model import Batch
from leakscope.schema import VALUES
from leakscope.text.leaf import Leaf
from leakscope.text.unfold import loaded, whole

#: Types of columns whose values NDJSON writes as `unfold` does.
_PLAIN = (pl.String, pl.Boolean, pl.Null, pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32)


class Further(NamedTuple):
    """
    A value that Python took apart.

    Args:
        after: index of the value behind which it stands; -1 for the front.
        place: its place among those behind the same value.
        record: number of its record.
        leaf: the value.
    """

    after: int
    place: int
    record: int
    leaf: Leaf


def as_lines(batch: Batch) -> bytes | None:
    """The records of `batch` as NDJSON; null when some of its values are not written there as `unfold` reads them."""
    if batch.lines is not None:
        return batch.lines
    frame = batch.frame
    if frame is None or not frame.width or not all(dtype in _PLAIN for dtype in frame.dtypes):
        return None
    return frame.write_ndjson().encode()


def record_numbers(batch: Batch) -> Sequence[int]:
    """The number of each record of `batch`."""
    return batch.numbers.to_list() if batch.numbers is not None else range(batch.first_record, batch.first_record + batch.records)


def left_over(batch: Batch, lines: bytes, places: list[int], count: int) -> Iterator[tuple[int, Any]]:
    """The records at `places` as plain Python values, each with its place; those from `count` on are none."""
    written = lines.split(b"\n") if places and batch.frame is None else []
    for place in places:
        if place < count:
            yield place, batch.frame.row(place, named=True) if batch.frame is not None else loaded(written[place])


def values_frame(batch: Batch, scan: NativeScan, values: Values, further: list[Further]) -> pl.DataFrame:
    """
    The values of a batch, schema `VALUES`, in record order.

    Args:
        batch: where they come from.
        scan: knows their paths.
        values: what the compiled scan gave for all of it.
        further: what it did not take apart.
    """
    numbers = np.asarray(record_numbers(batch), dtype=np.uint64)
    kept = int(np.searchsorted(values.record, len(numbers)))
    place = pl.Series(values.place[:kept].astype(np.uint32))
    frame = pl.DataFrame(
        {
            "record": numbers[values.record[:kept]],
            "field": pl.Series([path for path, _ in scan.places], dtype=pl.String).gather(place),
            "key": pl.Series([key for _, key in scan.places], dtype=pl.String).gather(place),
            "value": _texts(values)[:kept],
            "outer_start": values.start[:kept],
            "outer_end": values.end[:kept],
            "offsets": _offsets(values)[:kept],
        },
        schema={name: dtype for name, dtype in VALUES.items() if name != "source"},
    )
    if further:
        order = ["_after", "_place"]
        own = frame.with_columns(pl.int_range(pl.len()).alias("_after"), pl.lit(-1, dtype=pl.Int64).alias("_place"))
        own = own.filter(~pl.col("_after").is_in(_stood_for(further, frame)))
        frame = pl.concat([own, _further(further, own.schema)]).sort(order, maintain_order=True).drop(order)
    return frame.with_columns(source=pl.lit(batch.source)).select(VALUES.names())


def _stood_for(further: list[Further], frame: pl.DataFrame) -> list[int]:
    """Indexes of values for which stands what was written in them."""
    first = [one for one in further if one.place == 0 and one.after >= 0 and frame["record"][one.after] == one.record]
    return [one.after for one in first if one.leaf.field.startswith(frame["field"][one.after]) and whole([one.leaf], Leaf(frame["field"][one.after], "", "", 0, 0))]


def _texts(values: Values) -> pl.Series:
    offsets = np.append(values.text_at, len(values.texts)).astype(np.int64)
    array = pa.LargeStringArray.from_buffers(len(values), pa.py_buffer(offsets), pa.py_buffer(values.texts))
    return pl.Series(pl.from_arrow(array), dtype=pl.String)


def _offsets(values: Values) -> pl.Series:
    """Breaks as flat lists; null where every character stands for itself."""
    if not len(values.maps):
        return pl.Series([None], dtype=VALUES["offsets"]).new_from_index(0, len(values))
    sizes = np.cumsum(np.append(0, values.map_size), dtype=np.int64)
    starts = pa.array(sizes, mask=np.append(values.map_at < 0, False))
    lists = pa.LargeListArray.from_arrays(starts, pa.array(values.maps, type=pa.uint32()))
    return pl.Series(pl.from_arrow(lists), dtype=VALUES["offsets"])


def _further(further: list[Further], schema: pl.Schema) -> pl.DataFrame:
    rows = [
        (one.record, one.leaf.field, one.leaf.key or "", one.leaf.value, one.leaf.start, one.leaf.end,
         None if one.leaf.breaks is None else [place for pair in one.leaf.breaks for place in pair], one.after, one.place)
        for one in further
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")
