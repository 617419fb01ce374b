"""From paths to findings: opens every piece of evidence, accounts for it, and looks at every record once."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from leakscope.assessment.sections.evidence import merged
from leakscope.assessment.state import Exhibit, Progress, Run
from leakscope.engines import engine, local
from leakscope.engines.batch import Examined, Work
from leakscope.errors import SetAsideError, UnreadableError
from leakscope.estimation.draw import tickets
from leakscope.model import Batch, SetAside
from leakscope.safety.escape import plain
from leakscope.safety.exposed import Exposed
from leakscope.safety.ledger import Ledger
from leakscope.schema import RECORDS, SIGHTINGS, TURNS, VALUES, empty
from leakscope.sources import Format, expand, formats, live, read
from leakscope.sources.evidence import Evidence, distinct_names, gather, sha256_of


class _CountingFile(io.FileIO):
    """A file that tells a progress how much of it was read."""

    def __init__(self, path: Path, advance: Callable[[float], None]) -> None:
        super().__init__(path, "rb")
        self._advance = advance

    def readinto(self, buffer: Any) -> int | None:
        count = super().readinto(buffer)
        self._advance(float(count or 0))
        return count


def _watched(evidence: Evidence, progress: Progress) -> Evidence:
    if evidence.path is None:
        return evidence
    path = evidence.path
    return replace(evidence, opener=lambda: io.BufferedReader(_CountingFile(path, progress.advance), 1 << 20))


@dataclass(frozen=True, slots=True)
class Piece:
    """A readable piece of evidence with its reader and its place in the account."""

    evidence: Evidence
    format: Format
    exhibit: Exhibit


def open_evidence(run: Run) -> Run:
    """
    Hash every file, tell its format, open containers; duplicates and unreadable pieces are set aside with their reason.

    Raises:
        UsageError: a path does not exist.
    """
    found = list(gather(run.options.paths))
    named = distinct_names([one for one in found if isinstance(one, Evidence)])
    aside = [one for one in found if isinstance(one, SetAside)]
    total = float(sum(one.size_bytes or 0 for one in named))
    run.progress.start("hashing", total or None, "bytes")
    exhibits: list[Exhibit] = []
    seen: dict[str, str] = {}
    for address in filter(live.is_address, run.options.paths):
        for query in live.sent(address):
            run.ledger.write("query", store=plain(address), query=plain(query))
    for evidence in named:
        exhibit, refused = _exhibit(evidence, run, seen, number=len(exhibits) + 1)
        exhibits.append(exhibit)
        aside.extend(refused)
    run.progress.stop()
    _enter(run.ledger, aside)
    return replace(run, evidence=tuple(named), exhibits=tuple(exhibits), set_aside=tuple(aside))


def _enter(ledger: Ledger, aside: Sequence[SetAside]) -> None:
    """Write into the ledger what was set aside; runs of one reason in one source are one entry with their first record."""
    for piece in merged(aside):
        ledger.write("set-aside", **asdict(piece))


def _exhibit(evidence: Evidence, run: Run, seen: dict[str, str], *, number: int) -> tuple[Exhibit, list[SetAside]]:
    base = Exhibit(id=f"evidence-{number}", source=evidence.name, format="none", size_bytes=evidence.size_bytes, path=evidence.path)
    try:
        digest = sha256_of(_watched(evidence, run.progress))
    except (SetAsideError, OSError):
        return base, [SetAside(source=evidence.name, reason="cannot-open", detail="The file cannot be read.", size_bytes=evidence.size_bytes)]
    first = seen.setdefault(digest, evidence.name)
    if first != evidence.name:
        detail = f"The same bytes as {first}, which was read."
        return replace(base, sha256=digest, duplicate_of=first), [SetAside(source=evidence.name, reason="duplicate", detail=detail, size_bytes=evidence.size_bytes, records=0)]
    return replace(base, sha256=digest), []


def pieces(run: Run) -> Iterator[Piece | SetAside]:
    """Every readable piece of the run's exhibits, containers opened, in order; what is not readable comes out set aside."""
    evidence = {one.name: one for one in run.evidence}
    forced = formats().get(run.options.pipeline.format or "")
    taken = {one.source for one in run.exhibits}
    for exhibit in run.exhibits:
        if exhibit.duplicate_of or exhibit.sha256 is None:
            continue
        watched = _watched(evidence[exhibit.source], run.progress)
        for found in expand(watched):
            if isinstance(found, SetAside):
                yield found
                continue
            inner, chosen = found
            own = inner.parent is None
            if not own and inner.name in taken:
                inner = replace(inner, name=f"{exhibit.source}:{inner.name}")
            taken.add(inner.name)
            named = exhibit if own else replace(exhibit, id=f"{exhibit.id}/{inner.name}", source=inner.name, parent=exhibit.source)
            yield Piece(inner, forced if forced and forced.read else chosen, replace(named, format=(forced or chosen).name))


@dataclass(slots=True)
class _Account:
    """Running counts of one reading: the one mutable thing in a run."""

    examined: list[Examined] = field(default_factory=list)
    turns: list[pl.DataFrame] = field(default_factory=list)
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
    keep = drawing(run)
    examine = engine(options.engine)
    total = sum(one.size_bytes or 0 for one in run.exhibits if not one.duplicate_of)
    account = _Account()
    run.progress.start("reading", float(total) or None, "bytes")
    for piece in pieces(run):
        if isinstance(piece, SetAside):
            account.aside.append(piece)
        else:
            _read_piece(piece, partial(examine, work=work, workers=local.workers_for(_unpacked(run))), keep, account)
    run.progress.stop()
    result = _collected(run, account)
    _enter(run.ledger, account.aside)
    if not result.records.height:
        raise UnreadableError("No record in the evidence could be examined.", hint=_what_was_wrong(result))
    return result


def _what_was_wrong(run: Run) -> str:
    reasons = Counter(piece.reason for piece in run.set_aside)
    return "Set aside: " + ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items())) + "." if reasons else "The evidence holds no records."


#: What logs grow to when they are decompressed, about.
_COMPRESSION = 6


def _unpacked(run: Run) -> int:
    """Bytes to read, about: compressed files count several times."""
    packed = (".gz", ".bz2", ".xz", ".zst", ".zip", ".7z")
    sizes = ((one.source, one.size_bytes or 0) for one in run.exhibits if not one.duplicate_of)
    return sum(size * (_COMPRESSION if name.endswith(packed) else 1) for name, size in sizes)


Keep = Callable[[str, np.ndarray], np.ndarray]
Found = Iterator[tuple[Batch | SetAside, Examined | None]]


def _read_piece(piece: Piece, examine: Callable[[Iterator[Batch | SetAside]], Found], keep: Keep | None, account: _Account) -> None:
    counts: dict[str, list[int]] = {}
    for batch, found in examine(_drawn(read(piece.evidence, piece.format), keep)):
        of_source = counts.setdefault(batch.source, [0, 0, 0])
        of_source[_COLLECTED] += batch.records or 0
        if isinstance(batch, SetAside):
            of_source[_ASIDE] += (batch.records or 0) if batch.reason != _NOT_DRAWN else 0
            account.aside.append(batch) if batch.reason != _NOT_DRAWN else None
        elif found is not None:
            of_source[_EXAMINED] += batch.records
            account.examined.append(found)
            account.turns.append(_without_repeats(found.turns, account.known_turns))
    account.exhibits.extend(_accounted(piece.exhibit, counts))


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
        drawn = drawn_batch(batch, keep)
        if drawn.records:
            yield drawn
        if drawn.records < batch.records:
            yield SetAside(source=batch.source, reason=_NOT_DRAWN, detail="Left out by the random draw.", records=batch.records - drawn.records)


def _without_repeats(turns: pl.DataFrame, known: set[str]) -> pl.DataFrame:
    """Turns whose text was seen before keep everything but the text, so that memory does not grow with repeated context."""
    fresh = ~pl.col("turn").is_in(list(known)) & pl.col("turn").is_first_distinct()
    once = turns.with_columns(pl.when(fresh).then("text").alias("text"))
    known.update(turns["turn"].drop_nulls().to_list())
    return once


def _stacked(frames: list[pl.DataFrame], schema: pl.Schema) -> pl.DataFrame:
    return pl.concat(frames) if frames else empty(schema)


def _collected(run: Run, account: _Account) -> Run:
    parents = {one.parent for one in account.exhibits if one.parent}
    read_sources = {one.source for one in account.exhibits}
    untouched = [one for one in run.exhibits if one.source not in read_sources | parents]
    found = account.examined
    fields = pl.concat([one.fields for one in found]).group_by("source", "field").agg(pl.col("records").sum()) if found else pl.DataFrame()
    suppressed = pl.concat([one.suppressed for one in found]).group_by("entity", "reason").agg(pl.col("count").sum()) if found else pl.DataFrame()
    return replace(
        run,
        exhibits=(*account.exhibits, *untouched),
        set_aside=(*run.set_aside, *account.aside),
        values_examined=sum(one.values for one in found),
        field_values=fields,
        sightings=Exposed(_stacked([one.sightings for one in found], SIGHTINGS), "SIGHTINGS"),
        records=_stacked([one.records for one in found], RECORDS),
        turns=Exposed(_stacked(account.turns, TURNS), "TURNS"),
        prose=Exposed(_stacked([one.prose for one in found], VALUES), "VALUES"),
        suppressed=suppressed,
    )


def drawn_batch(batch: Batch, keep: Keep) -> Batch:
    """The records of `batch` that `keep` chooses, with their own numbers."""
    numbers = np.arange(batch.first_record, batch.first_record + batch.records, dtype=np.uint64)
    chosen = keep(batch.source, numbers)
    if chosen.all():
        return batch
    places = np.flatnonzero(chosen)
    kept = pl.Series("record", numbers[places])
    if batch.lines is not None:
        lines = batch.lines.split(b"\n")
        body = b"".join(lines[place] + b"\n" for place in places)
        return replace(batch, records=len(places), lines=body, numbers=kept)
    assert batch.frame is not None
    return replace(batch, records=len(places), frame=batch.frame[places], numbers=kept)


def drawing(run: Run) -> Keep | None:
    """Which records the random draw keeps: a function of source and record number alone, so that order and workers do not matter."""
    options = run.options
    if options.rows is None and options.fraction is None:
        return None
    limit = options.fraction if options.fraction is not None else _ticket_limit(run, options.rows or 0)
    return lambda source, numbers: tickets(numbers, source=source, seed=options.seed) < limit


def _ticket_limit(run: Run, rows: int) -> float:
    """The ticket below which exactly `rows` of all records lie; above every ticket when there are no more records than that."""
    run.progress.start("counting", None, "records")
    counts = [counted for piece in pieces(run) if isinstance(piece, Piece) for counted in _count(piece).items()]
    run.progress.stop()
    every = np.sort(np.concatenate([tickets(np.arange(count), source=source, seed=run.options.seed) for source, count in counts])) if counts else np.array([])
    return float(every[rows]) if rows < len(every) else 1.0


def _count(piece: Piece) -> dict[str, int]:
    """Records by source."""
    counts: dict[str, int] = {}
    for one in read(piece.evidence, piece.format):
        counts[one.source] = counts.get(one.source, 0) + (one.records or 0)
    return counts
