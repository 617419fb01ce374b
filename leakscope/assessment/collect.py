"""From evidence to findings: looks at every record once, and accounts for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from leakscope.assessment.drawing import Keep, drawing, seed_of
from leakscope.assessment.opening import Piece, enter, pieces, require_unchanged
from leakscope.assessment.state import Exhibit, Run
from leakscope.engines import engine, local
from leakscope.engines.batch import Examined, Work, release
from leakscope.errors import UnreadableError
from leakscope.model import Batch, SetAside
from leakscope.safety.packed import PackedFrame
from leakscope.schema import RECORDS, SIGHTINGS, TURNS, VALUES, empty
from leakscope.sources import read
from leakscope.sources.repeats import Repeats, kept


@dataclass(slots=True)
class _Account:
    """Running counts of one reading: the one mutable thing in a run. What holds values is compressed as it comes."""

    sightings: PackedFrame = field(default_factory=lambda: PackedFrame(SIGHTINGS, "SIGHTINGS"))
    turns: PackedFrame = field(default_factory=lambda: PackedFrame(TURNS, "TURNS"))
    prose: PackedFrame = field(default_factory=lambda: PackedFrame(VALUES, "VALUES"))
    records: list[pl.DataFrame] = field(default_factory=list)
    fields: list[pl.DataFrame] = field(default_factory=list)
    suppressed: list[pl.DataFrame] = field(default_factory=list)
    values: int = 0
    exhibits: list[Exhibit] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)
    known_turns: set[str] = field(default_factory=set)


def detect(run: Run) -> Run:
    """
    Read every record once and find what the cheap tier finds in it; conversations are recognised on the way.

    Raises:
        UnreadableError: not one record could be examined.
    """
    options = run.options
    work = Work(key=run.key, rules=options.rules, min_confidence=options.pipeline.min_confidence, chat=options.pipeline.chat)
    keep, drawn = drawing(run)
    examine, workers = engine(options.engine), local.workers_for(local.bytes_to_read(_files(run)))
    total = sum(one.size_bytes or 0 for one in run.exhibits if not one.duplicate_of)
    account = _Account()
    repeats = Repeats(seed_of(run))
    run.progress.start("reading", float(total) or None, "bytes")
    for piece in pieces(run):
        if isinstance(piece, SetAside):
            account.aside.append(piece)
        else:
            batches = _drawn(repeats.distinct(read(piece.evidence, piece.format)), keep)
            _account_for(piece, examine(batches, work, workers=workers), account)
    run.progress.stop()
    if workers > 1:
        release()
    result = replace(_collected(run, account), drawn=drawn)
    if drawn.design is not None:
        _enter_draw(result)
    enter(run.ledger, account.aside)
    require_unchanged(run)
    if not result.records.height:
        raise UnreadableError("No record in the evidence could be examined.", hint=_what_was_wrong(result))
    return result


def _enter_draw(run: Run) -> None:
    """What was drawn, and from what: enough to draw it again."""
    drawn, options = run.drawn, run.options
    run.ledger.write(
        "drawn", design=str(drawn.design), by=drawn.by, seed=options.seed, rows=options.rows, fraction=options.fraction,
        records=run.records.height, strata=dict(drawn.strata), clusters=drawn.clusters,
    )  # fmt: skip


def _what_was_wrong(run: Run) -> str:
    reasons = Counter(piece.reason for piece in run.set_aside)
    return "Set aside: " + ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items())) + "." if reasons else "The evidence holds no records."




def _files(run: Run) -> Iterator[tuple[str, int]]:
    return ((one.source, one.size_bytes or 0) for one in run.exhibits if not one.duplicate_of)


Found = Iterator[tuple[Batch | SetAside, Examined | None]]


def _account_for(piece: Piece, pairs: Found, account: _Account) -> None:
    counts: dict[str, list[int]] = {}
    for batch, found in pairs:
        of_source = counts.setdefault(batch.source, [0, 0, 0])
        of_source[_COLLECTED] += batch.records or 0
        if isinstance(batch, SetAside):
            of_source[_ASIDE] += (batch.records or 0) if batch.reason != _NOT_DRAWN else 0
            account.aside.append(batch) if batch.reason != _NOT_DRAWN else None
        elif found is not None:
            of_source[_EXAMINED] += batch.records
            _keep(found, account)
    account.exhibits.extend(_accounted(piece.exhibit, counts))


def _keep(found: Examined, account: _Account) -> None:
    """Enter what one batch gave."""
    account.sightings.add(found.sightings)
    account.turns.add(_without_repeats(found.turns, account.known_turns))
    account.prose.add(found.prose)
    account.records.append(found.records)
    account.fields.append(found.fields)
    account.suppressed.append(found.suppressed)
    account.values += found.values


_COLLECTED, _EXAMINED, _ASIDE = range(3)


def _accounted(exhibit: Exhibit, counts: Mapping[str, Sequence[int]]) -> Iterator[Exhibit]:
    """One exhibit for each source that a reader gave: the file itself, or each table in it."""
    for source, (collected, examined, aside) in counts.items() or {exhibit.source: (0, 0, 0)}.items():
        named = exhibit
        if source != exhibit.source:
            place = source.removeprefix(f"{exhibit.source}:")
            named = replace(exhibit, id=f"{exhibit.id}/{place}", source=source, parent=exhibit.parent or exhibit.source)
        yield replace(named, collected=collected, examined=examined, not_drawn=collected - examined - aside)


_NOT_DRAWN = "not drawn"


def _drawn(batches: Iterator[Batch | SetAside], keep: Keep | None) -> Iterator[Batch | SetAside]:
    """The batches with only the drawn records; the others are counted by a piece of their own."""
    for batch in batches:
        if keep is None or isinstance(batch, SetAside):
            yield batch
            continue
        drawn = kept(batch, keep(batch))
        if drawn.records:
            yield drawn
        if drawn.records < batch.records:
            yield SetAside(source=batch.source, reason=_NOT_DRAWN, detail="Left out by the draw.", records=batch.records - drawn.records)


def _without_repeats(turns: pl.DataFrame, known: set[str]) -> pl.DataFrame:
    """Turns whose text was seen before keep everything but the text, so that memory does not grow with repeated context."""
    distinct = turns["turn"].drop_nulls().unique()
    fresh = distinct.filter(pl.Series([turn not in known for turn in distinct], dtype=pl.Boolean))
    known.update(fresh)
    first = pl.col("turn").is_in(fresh.implode()) & pl.col("turn").is_first_distinct()
    return turns.with_columns(pl.when(first).then("text").alias("text"))


def _summed(frames: list[pl.DataFrame], by: tuple[str, str], count: str) -> pl.DataFrame:
    return pl.concat(frames).group_by(by).agg(pl.col(count).sum()) if frames else pl.DataFrame()


def _collected(run: Run, account: _Account) -> Run:
    parents = {one.parent for one in account.exhibits if one.parent}
    read_sources = {one.source for one in account.exhibits}
    untouched = [one for one in run.exhibits if one.source not in read_sources | parents]
    return replace(
        run,
        exhibits=(*account.exhibits, *untouched),
        set_aside=(*run.set_aside, *account.aside),
        values_examined=account.values,
        field_values=_summed(account.fields, ("source", "field"), "records"),
        sightings=account.sightings,
        records=pl.concat(account.records) if account.records else empty(RECORDS),
        turns=account.turns,
        prose=account.prose,
        suppressed=_summed(account.suppressed, ("entity", "reason"), "count"),
    )
