"""What happens to one batch, wherever it happens: unfold, detect, recognise conversations. Pure, so that engines may repeat it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey
from leakscope.schema import RECORDS, SIGHTINGS, TURNS, conform, empty

if TYPE_CHECKING:
    from leakscope.detection.kernel import Kernel

#: Texts with fewer code points, or without two pairs of words side by side, hold no sentence and are not read as prose.
PROSE_MIN_LENGTH, PROSE_MIN_PAIRS = 20, 2
_PAIR = r"\p{L}{2,}\s+\p{L}{2,}"
#: Share of a field's values with a role (name, address, place ...) from which the field is a column of such values, not prose.
_COLUMN_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """
    What an engine needs to examine any batch of a run.

    Args:
        key: the incident's key.
        rules: user rule file.
        min_confidence: findings below it are suppressed.
        chat: whether conversations are read.
    """

    key: IncidentKey
    rules: Path | None = None
    min_confidence: float = 0.5
    chat: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """
    What one batch gave; frames follow `leakscope.schema`.

    Args:
        sightings: findings with their values. Open.
        records: one row a record.
        turns: chat turns. Open.
        prose: VALUES rows that are sentences outside conversations. Open.
        fields: columns source, field (list positions blanked), records.
        suppressed: columns entity, detector, reason, count.
        values: number of values examined.
    """

    sightings: pl.DataFrame
    records: pl.DataFrame
    turns: pl.DataFrame
    prose: pl.DataFrame
    fields: pl.DataFrame
    suppressed: pl.DataFrame
    values: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    What a scan seeks in any batch.

    Args:
        key: the incident's key.
        rules: user rule file.
        entities: only findings of these types; null: all.
        min_confidence: findings below it are suppressed.
    """

    key: IncidentKey
    rules: Path | None = None
    entities: frozenset[str] | None = None
    min_confidence: float = 0.5


class Found(NamedTuple):
    """
    What a scan found in one batch.

    Args:
        sightings: findings with their values. Open.
        suppressed: columns entity, detector, reason, count.
    """

    sightings: pl.DataFrame
    suppressed: pl.DataFrame


@cache
def _kernel(rules: Path | None, key: IncidentKey, min_confidence: float, entities: frozenset[str] | None = None) -> Kernel:
    """One kernel per process: its automaton costs seconds to compile."""
    from leakscope.catalogue import load
    from leakscope.detection.kernel import Kernel

    return Kernel(load(rules), key, min_confidence=min_confidence, entities=entities)


def release() -> None:
    """Forget this process's kernels: what they remember of values takes hundreds of megabytes, and a run reads evidence once."""
    _kernel.cache_clear()


def find_in(batch: Batch, asked: Asked) -> Found:
    """
    Findings in `batch`, and what it adds to what is suppressed.

    Args:
        batch: consecutive or drawn records of one source.
        asked: what is sought.
    """
    kernel = _kernel(asked.rules, asked.key, asked.min_confidence, asked.entities)
    before = _suppressed(kernel)
    found = kernel.find_batch(batch)
    return Found(found, _difference(_suppressed(kernel), before))


def found_by(kernel: Kernel) -> Callable[[Batch], Found]:
    """The same by a kernel that is there already and counts by itself what it suppresses."""
    nothing = _suppressed(kernel).clear()
    return lambda batch: Found(kernel.find_batch(batch), nothing)


def examine(batch: Batch, work: Work) -> Examined:
    """
    Everything the cheap tier finds in `batch`.

    Args:
        batch: consecutive or drawn records of one source.
        work: the run's settings.
    """
    from leakscope.detection import chat
    from leakscope.text import unfold

    kernel = _kernel(work.rules, work.key, work.min_confidence)
    records = conform(unfold.describe(batch), RECORDS)
    before = _suppressed(kernel)
    values, found = kernel.examine(batch)
    sightings = conform(found, SIGHTINGS)
    turns = conform(chat.turns(values, records, work.key), TURNS) if work.chat else empty(TURNS)
    generic = values.select("field").unique().with_columns(generic=pl.col("field").str.replace_all(r"\[\d+\]", "[]"))
    placed = values.select("source", "record", "field").join(generic, on="field").select("source", "record", field="generic")
    fields = placed.group_by("source", "field").agg(records=pl.col("record").n_unique())
    return Examined(
        sightings=sightings,
        records=records,
        turns=turns,
        prose=prose(values, turns, sightings),
        fields=fields,
        suppressed=_difference(_suppressed(kernel), before),
        values=values.height,
    )


def _suppressed(kernel: Kernel) -> pl.DataFrame:
    return kernel.suppressed.select("entity", "detector", "reason", pl.col("count").cast(pl.Int64))


def _difference(after: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """What this batch added to the kernel's running counts."""
    both = pl.concat([after, before.with_columns(-pl.col("count"))])
    return both.group_by("entity", "detector", "reason").agg(pl.col("count").sum()).filter(pl.col("count") > 0)


def prose(values: pl.DataFrame, turns: pl.DataFrame, sightings: pl.DataFrame) -> pl.DataFrame:
    """
    Sentences outside conversations: undecoded values of several words, in fields that are no columns of names or addresses.

    Args:
        values: schema VALUES.
        turns: schema TURNS of the same batch.
        sightings: schema SIGHTINGS of the same batch.
    """
    place = ["source", "record", "field"]
    with_role = sightings.filter(pl.col("detector").str.starts_with("field.")).unique(place).group_by("source", "field").len("roles")
    columns = values.group_by("source", "field").len("all").join(with_role, on=["source", "field"]).filter(pl.col("roles") >= pl.col("all") * _COLUMN_SHARE)
    # what costs least to tell comes first: counting words in every value would take most of the time
    long = values.filter((pl.col("value").str.len_bytes() >= PROSE_MIN_LENGTH) & ~pl.col("field").str.contains("->", literal=True))
    flat = long.filter((pl.col("value").str.len_chars() >= PROSE_MIN_LENGTH) & ~pl.col("value").str.contains(r"^\s*[\[{<]"))
    elsewhere = flat.join(turns.select(place), on=place, how="anti", maintain_order="left").join(columns, on=["source", "field"], how="anti", maintain_order="left")
    return elsewhere.filter(pl.col("value").str.count_matches(_PAIR) >= PROSE_MIN_PAIRS)
