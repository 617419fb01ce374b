"""What a run carries from stage to stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from leakscope.assessment.case import Case
from leakscope.assessment.options import Options
from leakscope.model import Sample, SampleDesign, SetAside
from leakscope.safety.keys import IncidentKey
from leakscope.safety.ledger import Ledger
from leakscope.safety.packed import PackedFrame
from leakscope.schema import RECORDS, SIGHTINGS, TURNS, VALUES, empty
from leakscope.sources.evidence import Evidence


class Progress(Protocol):
    """Told how far a stage is; the terminal shows it, a library call ignores it."""

    def start(self, stage: str, total: float | None, unit: str) -> None:
        """A stage begins; `total` in `unit`, null when unknown."""

    def advance(self, amount: float) -> None:
        """`amount` more of the running stage is done."""

    def stop(self) -> None:
        """The running stage is done."""


class Silent:
    """A progress that nobody watches."""

    def start(self, stage: str, total: float | None, unit: str) -> None:
        """Nothing."""

    def advance(self, amount: float) -> None:
        """Nothing."""

    def stop(self) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """
    One piece of evidence as it was read.

    Args:
        id: `evidence-1`, in order of reading.
        source: printable name, the `source` of its findings.
        format: reader's name, or "none" when no reader knows it.
        size_bytes: null when unknown.
        sha256: of the file as supplied: for a piece inside a container, the container's.
        path: where the file lies.
        parent: the container it was found in.
        collected: records found in it, null when they cannot be counted.
        examined: records examined.
        not_drawn: records left out by the random draw.
        duplicate_of: source with the same bytes, which was read instead.
    """

    id: str
    source: str
    format: str
    size_bytes: int | None = None
    sha256: str | None = None
    path: Path | None = None
    parent: str | None = None
    collected: int = 0
    examined: int = 0
    not_drawn: int = 0
    duplicate_of: str | None = None


UNITS = pl.Schema({"source": pl.String, "record": pl.UInt64, "unit": pl.Int64})


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """
    How the run drew records from those supplied.

    Args:
        design: null when every record was read.
        by: what its strata or clusters are: `table`, `day`, `file`, or the name of a field.
        strata: records supplied by stratum.
        clusters: clusters among the records supplied.
        units: `source, record, unit` of clusters by a field; numbers, no values.
    """

    design: SampleDesign | None = None
    by: str | None = None
    strata: Mapping[str, int] = field(default_factory=dict)
    clusters: int | None = None
    units: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """
    A run between two stages: each stage returns a copy with more of it filled in.

    Frames follow `leakscope.schema`; those that hold values are packed, opened by the stages that read them, and never leave memory.
    """

    options: Options
    key: IncidentKey
    case: Case
    ledger: Ledger
    now: datetime
    progress: Progress = field(default_factory=Silent)
    facts: Any = None
    catalogue: Any = None
    sample: Sample = field(default_factory=Sample)
    drawn: Drawn = field(default_factory=Drawn)
    evidence: tuple[Evidence, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    values_examined: int = 0
    field_values: pl.DataFrame = field(default_factory=pl.DataFrame)
    sightings: PackedFrame = field(default_factory=lambda: PackedFrame(SIGHTINGS, "SIGHTINGS"))
    records: pl.DataFrame = field(default_factory=lambda: empty(RECORDS))
    turns: PackedFrame = field(default_factory=lambda: PackedFrame(TURNS, "TURNS"))
    prose: PackedFrame = field(default_factory=lambda: PackedFrame(VALUES, "VALUES"))
    suppressed: pl.DataFrame = field(default_factory=pl.DataFrame)
    expensive: Any = None
    expensive_size: int | None = None
    linked: Any = None
    decisions: Sequence[Any] = ()
    decided: tuple[dict[str, Any], ...] = ()
    estimates: Any = None
    secrets: pl.DataFrame = field(default_factory=pl.DataFrame)
    chat: dict[str, Any] | None = None
    severity: Any = None
    findings_rows: tuple[dict[str, Any], ...] = ()
    decision: Any = None
    assessment: Mapping[str, Any] = field(default_factory=dict)
