"""Which records a run draws from those supplied: by the design asked for, from the seed alone, and how many there were of each kind."""

from __future__ import annotations

import difflib
import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import polars as pl

from leakscope.assessment.opening import Piece, pieces
from leakscope.assessment.state import UNITS, Drawn, Run
from leakscope.errors import UsageError
from leakscope.estimation.draw import draw_systematic, tickets
from leakscope.estimation.reach import DAY, FILE, NO_DAY, TABLE
from leakscope.estimation.stratified import neyman_allocation
from leakscope.model import Batch, SampleDesign, SetAside
from leakscope.safety.escape import plain
from leakscope.sources import read
from leakscope.sources.repeats import Repeats, numbers_of
from leakscope.text import unfold

Keep = Callable[[Batch], np.ndarray]
#: What a stratum gives at least: a variance needs two.
LEAST = 2


@dataclass(slots=True)
class _Counted:
    """All records that can be examined, in reading order: their numbers and, where asked for, the stratum or cluster of each."""

    sources: list[str] = field(default_factory=list)
    numbers: list[np.ndarray] = field(default_factory=list)
    labels: list[list[str | None]] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)

    @property
    def total(self) -> int:
        """Records in all."""
        return sum(len(part) for part in self.numbers)


def seed_of(run: Run) -> int:
    """Of the hash that tells repeated records: secret, so that nobody can make two records look equal."""
    return int(run.key.pseudonym("repeats", "")[:16], 16)


def drawing(run: Run) -> tuple[Keep | None, Drawn]:
    """
    Which records the draw keeps, and what it knows of those supplied.

    Returns:
        null when every record is read. Otherwise a function of the batch: what it keeps depends on source and record number
        alone (and, for clusters by a field, on that field's value), so that order and workers do not matter.

    Raises:
        UsageError: no record has the field that clusters are drawn by, or there are more strata than records to draw.
    """
    options = run.options
    if options.rows is None and options.fraction is None:
        return None, Drawn()
    design = options.draw_design
    if design is SampleDesign.BERNOULLI:
        limit = float(options.fraction or 0)
        return (lambda batch: tickets(numbers_of(batch), source=batch.source, seed=options.seed) < limit), Drawn(design=design)
    counted = _count(run)
    if design is SampleDesign.CLUSTER:
        return _clusters(run, counted)
    chosen = _CHOOSERS[design](run, counted)
    by_source: dict[str, list[np.ndarray]] = {}
    place = 0
    for source, numbers in zip(counted.sources, counted.numbers, strict=True):
        by_source.setdefault(source, []).append(numbers[chosen[place : place + len(numbers)]])
        place += len(numbers)
    kept = {source: np.concatenate(parts) for source, parts in by_source.items()}
    strata = _sizes(counted) if design is SampleDesign.STRATIFIED else {}
    drawn = Drawn(design=design, by=options.draw_by or TABLE if strata else None, strata=strata)
    return (lambda batch: np.isin(numbers_of(batch), kept.get(batch.source, np.array([], dtype=np.uint64)))), drawn


def _count(run: Run) -> _Counted:
    """One pass over the evidence that only counts; repeats count once, as they do when they are read."""
    run.progress.start("counting", None, "records")
    repeats, counted = Repeats(seed_of(run)), _Counted()
    for batch in chain.from_iterable(repeats.distinct(read(piece.evidence, piece.format)) for piece in pieces(run) if isinstance(piece, Piece)):
        if isinstance(batch, SetAside):
            continue
        counted.sources.append(batch.source)
        counted.numbers.append(numbers_of(batch))
        if run.options.draw_design in (SampleDesign.STRATIFIED, SampleDesign.CLUSTER):
            counted.labels.append(_labels(batch, run, counted.fields))
    run.progress.stop()
    return counted


def _labels(batch: Batch, run: Run, fields: set[str]) -> list[str | None]:
    """The stratum or cluster of every record of `batch`; null where it states none."""
    by = run.options.draw_by
    if by == DAY:
        return unfold.describe(batch).get_column("timestamp").dt.date().cast(pl.String).fill_null(NO_DAY).to_list()
    if by in (None, TABLE, FILE):
        return [batch.source] * batch.records
    return [_value(row, by, run, fields) for _, row in unfold.rows(batch)]


def _value(row: object, name: str, run: Run, fields: set[str]) -> str | None:
    """A hash of what the field `name` of a record says: what is kept of it in memory; null where the record lacks it."""
    found = row.get(name) if isinstance(row, Mapping) else None
    if found is None or isinstance(found, Mapping | list | tuple):
        leaves = unfold.outer_leaves(row, run.key)
        if len(fields) < MANY_FIELDS:
            fields.update(leaf.field for leaf in leaves)
        found = next((leaf.value for leaf in leaves if leaf.field == name), None)
    if found is None or found == "":
        return None
    return hashlib.blake2b(str(found).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


#: Field names remembered for the hint when none is called what was asked for.
MANY_FIELDS = 10_000


def _wanted(run: Run, total: int) -> int:
    rows, fraction = run.options.rows, run.options.fraction
    return min(rows if rows is not None else math.ceil(total * float(fraction or 0) - 1e-9), total)


def _ends(run: Run, counted: _Counted) -> np.ndarray:
    places, wanted = np.arange(counted.total), _wanted(run, counted.total)
    return places < wanted if run.options.draw_design is SampleDesign.FIRST else places >= counted.total - wanted


def _every_kth(run: Run, counted: _Counted) -> np.ndarray:
    chosen = np.zeros(counted.total, dtype=bool)
    chosen[draw_systematic(counted.total, _wanted(run, counted.total), seed=run.options.seed).astype(np.int64)] = True
    return chosen


def _tickets(run: Run, counted: _Counted) -> np.ndarray:
    parts = [tickets(numbers, source=source, seed=run.options.seed) for source, numbers in zip(counted.sources, counted.numbers, strict=True)]
    return np.concatenate(parts) if parts else np.array([])


def _at_random(run: Run, counted: _Counted) -> np.ndarray:
    every, wanted = _tickets(run, counted), _wanted(run, counted.total)
    limit = np.sort(every)[wanted] if wanted < len(every) else 1.0
    return every < limit


def _sizes(counted: _Counted) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for label in _flat(counted):
        sizes[label or ""] = sizes.get(label or "", 0) + 1
    return dict(sorted(sizes.items()))


def _flat(counted: _Counted) -> Iterator[str | None]:
    return chain.from_iterable(counted.labels)


def _by_strata(run: Run, counted: _Counted) -> np.ndarray:
    """In proportion to the strata, at least two of each; the smallest tickets of each."""
    sizes = _sizes(counted)
    wanted = _wanted(run, counted.total)
    least = sum(min(size, LEAST) for size in sizes.values())
    if run.options.rows is not None and wanted < least:
        raise UsageError(f"{wanted} records cannot be drawn from {len(sizes)} strata", hint=f"Draw at least {least}: two of each {run.options.draw_by or TABLE}.")
    quota = dict(zip(sizes, neyman_allocation(list(sizes.values()), [1.0] * len(sizes), max(wanted, least)), strict=True)) if sizes else {}
    quota = {stratum: max(count, min(LEAST, sizes[stratum])) for stratum, count in quota.items()}
    frame = pl.DataFrame({"stratum": list(_flat(counted)), "ticket": _tickets(run, counted)})
    place = pl.col("ticket").rank("ordinal").over("stratum")
    return frame.select(place <= pl.col("stratum").replace_strict(quota, return_dtype=pl.Int64)).to_series().to_numpy()


def _clusters(run: Run, counted: _Counted) -> tuple[Keep, Drawn]:
    """Whole clusters, those with the smallest tickets: at least two, where there are two."""
    options, by = run.options, run.options.draw_by or FILE
    names = sorted({label for label in _flat(counted) if label})
    if not names:
        near = difflib.get_close_matches(by, sorted(counted.fields), 1)
        hint = f"Did you mean {plain(near[0])}?" if near else "leakscope identify PATH shows the fields; write one as findings show it, such as messages[0].user."
        raise UsageError(f"no record has a field {plain(by)}", hint=hint)
    wanted = max(min(LEAST, len(names)), round(len(names) * float(options.fraction or 0)))
    drawn_order = sorted(names, key=lambda name: (float(tickets([0], source=name, seed=options.seed)[0]), name))
    chosen = set(drawn_order[:wanted])
    fields: set[str] = set()

    def keep(batch: Batch) -> np.ndarray:
        labels = _labels(batch, run, fields)
        # a record without the field is a cluster of its own, drawn at the same rate
        alone = tickets(numbers_of(batch), source=batch.source, seed=options.seed) < float(options.fraction or 0)
        return np.array([alone[place] if label is None else label in chosen for place, label in enumerate(labels)], dtype=bool)

    lone = sum(label is None for label in _flat(counted))
    units = None if by == FILE else _units(counted, chosen)
    return keep, Drawn(design=SampleDesign.CLUSTER, by=by, clusters=len(names) + lone, units=units)


def _units(counted: _Counted, chosen: set[str]) -> pl.DataFrame:
    """`source, record, unit` of the records drawn: numbers for the clusters, so that nothing of the field's values is kept."""
    code = {name: place for place, name in enumerate(sorted(chosen))}
    parts, alone = [], len(code)
    for source, numbers, labels in zip(counted.sources, counted.numbers, counted.labels, strict=True):
        units = [code.get(label) if label is not None else alone + place for place, label in enumerate(labels)]
        alone += len(labels)
        parts.append(pl.DataFrame({"source": [source] * len(units), "record": numbers, "unit": units}, schema=UNITS))
    return pl.concat(parts).drop_nulls("unit") if parts else pl.DataFrame(schema=UNITS)


_CHOOSERS: Mapping[SampleDesign, Callable[[Run, _Counted], np.ndarray]] = {
    SampleDesign.FIRST: _ends,
    SampleDesign.LAST: _ends,
    SampleDesign.RESERVOIR: _at_random,
    SampleDesign.SYSTEMATIC: _every_kth,
    SampleDesign.STRATIFIED: _by_strata,
}
