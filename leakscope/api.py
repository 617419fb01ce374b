"""The detection functions for data frames, and the Polars namespace `leakscope` over them."""

from __future__ import annotations

import polars as pl

from leakscope.catalogue import load
from leakscope.detection import columns
from leakscope.detection.kernel import Kernel
from leakscope.errors import UsageError
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey, new_key
from leakscope.schema import FINDINGS, conform
from leakscope.text.unfold import unfold

SOURCE = "frame"


def _batch(frame: pl.DataFrame | pl.LazyFrame) -> Batch:
    if not isinstance(frame, pl.DataFrame | pl.LazyFrame):
        hint = "polars.from_pandas and polars.from_arrow make one of other frames; files are read by leakscope.assess and the command leakscope scan."
        raise UsageError("A frame is a Polars DataFrame or LazyFrame.", hint=hint)
    table = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    return Batch(source=SOURCE, first_record=0, records=table.height, frame=table)


def scan(frame: pl.DataFrame | pl.LazyFrame, *, key: IncidentKey | None = None, min_confidence: float = 0.5) -> pl.LazyFrame:
    """
    Findings in a frame, one row of it a record.

    Args:
        frame: columns of any type; lists and structs are unfolded.
        key: incident key, so that fingerprints compare with other runs; null: a new one.
        min_confidence: findings below it are left out.

    Returns:
        Schema `FINDINGS`, in record order.
    """
    found = Kernel(load(), key or new_key(), min_confidence=min_confidence).find_batch(_batch(frame))
    return conform(found, FINDINGS).lazy()


def fields(frame: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """
    What each field of a frame holds.

    Returns:
        `field, entity, confidence, prevalence, count`: one row per field, entity null where nothing was found.
    """
    batch, key, catalogue = _batch(frame), new_key(), load()
    values = unfold(batch, key)
    found = columns.fields(values, Kernel(catalogue, key).find(values), catalogue)
    assert batch.frame is not None
    nested = found["field"].str.extract(r"^(.*?)[.\[]", 1).fill_null(found["field"])
    order = {name: place for place, name in enumerate(batch.frame.columns)}
    bare = [name for name in batch.frame.columns if name not in set(found["field"]) | set(nested)]
    listed = pl.concat([found.drop("source"), pl.DataFrame({"field": bare}, schema={"field": pl.String})], how="diagonal")
    stem = pl.when(pl.col("field").is_in(list(order))).then("field").otherwise(pl.col("field").str.extract(r"^(.*?)[.\[]", 1))
    return listed.sort(stem.replace_strict(order, default=len(order), return_dtype=pl.Int64), maintain_order=True)


@pl.api.register_lazyframe_namespace("leakscope")
@pl.api.register_dataframe_namespace("leakscope")
class Namespace:
    """`frame.leakscope.scan()`, `frame.leakscope.fields()` and `frame.leakscope.individuals()`."""

    def __init__(self, frame: pl.DataFrame | pl.LazyFrame) -> None:
        self._frame = frame

    def scan(self, *, key: IncidentKey | None = None, min_confidence: float = 0.5) -> pl.LazyFrame:
        """Findings in the frame; see `leakscope.scan`."""
        return scan(self._frame, key=key, min_confidence=min_confidence)

    def fields(self) -> pl.DataFrame:
        """What each field of the frame holds; see `leakscope.fields`."""
        return fields(self._frame)

    def individuals(self) -> pl.DataFrame:
        """Which person each record is about; see `leakscope.individuals`."""
        from leakscope.individuals import individuals

        return individuals(self._frame)
