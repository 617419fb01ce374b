"""The small values that travel between stages: estimates, batches, evidence. Frames are in `schema`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import polars as pl


class Basis(StrEnum):
    """What an estimate rests on."""

    EXACT = "exact"  # everything was counted
    SAMPLE = "sample"  # inferred from a sample
    MODEL = "model"  # a model's assumption enters
    BOUNDS = "bounds"  # no inference possible beyond bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """
    A number with its uncertainty and where it came from.

    Args:
        value: point estimate, in the unit its holder states; null when only bounds are known.
        low: lower end of the interval; null when there is none.
        high: upper end; null means no upper bound can be stated.
        level: coverage of the interval in (0, 1).
        method: how it was reached, in words a statistician accepts.
        basis: exact count, sample, model or bounds.
    """

    value: float | None
    low: float | None
    high: float | None
    level: float = 0.95
    method: str
    basis: Basis

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping for JSON."""
        return {**asdict(self), "basis": str(self.basis)}


class SampleDesign(StrEnum):
    """How the supplied records were drawn from the exposed ones."""

    FULL = "full"
    FIRST = "first"
    LAST = "last"
    BERNOULLI = "bernoulli"
    RESERVOIR = "reservoir"
    SYSTEMATIC = "systematic"
    STRATIFIED = "stratified"
    CLUSTER = "cluster"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """
    How the evidence relates to the exposure.

    Args:
        design: how it was drawn.
        by: what the strata or clusters of `design` are: `table`, `day`, `file` or `person`; null: what the numbers imply.
        population: records in the exposure by stratum, a source name or a day ("" for all together); empty when nobody stated it.
        drawn: records drawn by this run out of those supplied, with seed; null when all were read.
        supplied: records supplied, when only `drawn` of them were read; null when all were read.
        unreadable: records supplied that could not be read.
        drawn_design: how this run drew them; null: at random.
        drawn_by: what its strata or clusters were: `table`, `day`, `file`, or the name of a field.
        drawn_from: records supplied by stratum, when this run drew by strata.
        clusters: clusters among the records supplied, when this run drew whole ones.
    """

    design: SampleDesign = SampleDesign.UNKNOWN
    by: str | None = None
    population: Mapping[str, int] = field(default_factory=dict)
    drawn: int | None = None
    seed: int = 0
    supplied: int | None = None
    unreadable: int = 0
    drawn_design: SampleDesign | None = None
    drawn_by: str | None = None
    drawn_from: Mapping[str, int] = field(default_factory=dict)
    clusters: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """
    A run of consecutive records of one source, as exposed.

    Exactly one of `lines` and `frame` is set.

    Args:
        source: printable source id.
        first_record: 0-based number of the first record.
        records: how many.
        lines: newline-terminated JSON objects, one a record, UTF-8 (the fast path).
        frame: one row a record; columns as exposed, any Polars type.
        numbers: record numbers when they are not consecutive (a drawn sample); else null.
    """

    source: str
    first_record: int
    records: int
    lines: bytes | None = field(default=None, repr=False)
    frame: pl.DataFrame | None = field(default=None, repr=False)
    numbers: pl.Series | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """
    A piece of evidence that was not examined, and why.

    Args:
        source: printable source id.
        reason: short code (`truncated`, `not-json`, `encrypted` ...).
        detail: one plain sentence, never a value.
        records: how many records, when countable.
        size_bytes: how many bytes, when countable.
        record: first record concerned, when known.
    """

    source: str
    reason: str
    detail: str
    records: int | None = None
    size_bytes: int | None = None
    record: int | None = None


#: What a reader yields: batches to examine and pieces it had to set aside, in order.
Reading = Iterator[Batch | SetAside]
