"""From paths to findings: opens every piece of evidence, accounts for it, and looks at every record once."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from leakscope.assessment.state import Exhibit, Progress, Run
from leakscope.errors import UnreadableError
from leakscope.model import Batch, SampleDesign, SetAside
from leakscope.schema import RECORDS, SIGHTINGS, TURNS, conform, empty
from leakscope.sources import Format, expand, formats, read
from leakscope.sources.evidence import Evidence, distinct_names, gather, sha256_of

#: Texts shorter than this hold no sentence and are not read as prose.
PROSE_MIN_LENGTH = 20
_INDEX = re.compile(r"\[\d+\]")


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
    for evidence in named:
        exhibit, refused = _exhibit(evidence, run, seen, number=len(exhibits) + 1)
        exhibits.append(exhibit)
        aside.extend(refused)
    run.progress.stop()
    return replace(run, exhibits=tuple(exhibits), set_aside=tuple(aside))


def _exhibit(evidence: Evidence, run: Run, seen: dict[str, str], *, number: int) -> tuple[Exhibit, list[SetAside]]:
    from leakscope.errors import SetAsideError

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
    evidence = {one.name: one for one in distinct_names([one for one in gather([path for path in run.options.paths if path != "-"]) if isinstance(one, Evidence)])}
    if "-" in run.options.paths:
        evidence |= {one.name: one for one in gather(["-"]) if isinstance(one, Evidence)}
    forced = formats().get(run.options.pipeline.format or "")
    for exhibit in run.exhibits:
        if exhibit.duplicate_of or exhibit.sha256 is None:
            continue
        watched = _watched(evidence[exhibit.source], run.progress)
        for found in expand(watched):
            if isinstance(found, SetAside):
                yield found
                continue
            inner, chosen = found
            own = inner.name == exhibit.source
            named = exhibit if own else replace(exhibit, id=f"{exhibit.id}/{inner.name}", source=inner.name, parent=exhibit.source)
            yield Piece(inner, forced if forced and forced.read else chosen, replace(named, format=(forced or chosen).name))


@dataclass(slots=True)
class _Account:
    """Running counts of one reading; the only mutable state of a run, so that memory does not grow with the input."""

    sightings: list[pl.DataFrame] = field(default_factory=list)
    records: list[pl.DataFrame] = field(default_factory=list)
    turns: list[pl.DataFrame] = field(default_factory=list)
    prose: list[pl.DataFrame] = field(default_factory=list)
    fields: list[pl.DataFrame] = field(default_factory=list)
    exhibits: list[Exhibit] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)
    known_turns: set[str] = field(default_factory=set)
    values: int = 0


def detect(run: Run) -> Run:
    """
    Read every record once and find what the cheap tier finds in it; conversations are recognised on the way.

    Raises:
        UnreadableError: not one record could be examined.
    """
    from leakscope.detection.kernel import Kernel

    kernel = Kernel(run.catalogue, run.key, min_confidence=run.options.pipeline.min_confidence)
    keep = drawing(run)
    account = _Account()
    total = float(sum(one.size_bytes or 0 for one in run.exhibits if not one.duplicate_of))
    run.progress.start("reading", total or None, "bytes")
    for piece in pieces(run):
        if isinstance(piece, SetAside):
            account.aside.append(piece)
        else:
            _read_piece(piece, run, kernel, keep, account)
    run.progress.stop()
    result = _collected(run, account, kernel)
    if not result.records.height:
        raise UnreadableError("No record in the evidence could be examined.", hint=_what_was_wrong(result))
    return result


def _what_was_wrong(run: Run) -> str:
    reasons = Counter(piece.reason for piece in run.set_aside)
    return "Set aside: " + ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items())) + "." if reasons else "The evidence holds no records."


def _read_piece(piece: Piece, run: Run, kernel: Any, keep: Callable[[str, np.ndarray], np.ndarray] | None, account: _Account) -> None:
    collected = examined = not_drawn = 0
    for batch in read(piece.evidence, piece.format):
        if isinstance(batch, SetAside):
            account.aside.append(batch)
            collected += batch.records or 0
            continue
        collected += batch.records
        drawn = batch if keep is None else drawn_batch(batch, keep)
        not_drawn += batch.records - drawn.records
        if drawn.records:
            examined += drawn.records
            _examine(drawn, run, kernel, account)
    account.exhibits.append(replace(piece.exhibit, collected=collected, examined=examined, not_drawn=not_drawn))


def _examine(batch: Batch, run: Run, kernel: Any, account: _Account) -> None:
    from leakscope.detection import chat
    from leakscope.text import unfold

    values = unfold.unfold(batch)
    records = conform(unfold.describe(batch), RECORDS)
    account.values += values.height
    account.records.append(records)
    account.sightings.append(conform(kernel.find(values), SIGHTINGS))
    generic = pl.col("field").str.replace_all(_INDEX.pattern, "[]").alias("field")
    account.fields.append(values.select("source", "record", generic).unique().group_by("source", "field").len("records"))
    if run.options.pipeline.chat:
        turns = conform(chat.turns(values, records, run.key), TURNS)
        fresh = ~pl.col("turn").is_in(list(account.known_turns)) & pl.col("turn").is_first_distinct()
        account.turns.append(turns.with_columns(pl.when(fresh).then("text").alias("text")))
        account.known_turns.update(turns["turn"].drop_nulls().to_list())
    account.prose.append(_prose(values, account.turns[-1] if account.turns else empty(TURNS)))


def _prose(values: pl.DataFrame, turns: pl.DataFrame) -> pl.DataFrame:
    """Sentences outside conversations: values with several words and no chat turn of their own."""
    wordy = (pl.col("value").str.len_chars() >= PROSE_MIN_LENGTH) & (pl.col("value").str.count_matches(r"\p{L}{2,}\s+\p{L}{2,}") >= 2)
    flat = ~pl.col("value").str.contains(r"^\s*[\[{<]") & ~pl.col("field").str.contains("->", literal=True)
    return values.filter(wordy & flat).join(turns.select("source", "record", "field"), on=["source", "record", "field"], how="anti")


def _collected(run: Run, account: _Account, kernel: Any) -> Run:
    def stacked(frames: list[pl.DataFrame], schema: pl.Schema) -> pl.DataFrame:
        return pl.concat(frames) if frames else empty(schema)

    inner = {one.parent for one in account.exhibits if one.parent}
    untouched = [one for one in run.exhibits if one.source not in {read.source for read in account.exhibits} | inner]
    fields = pl.concat(account.fields).group_by("source", "field").agg(pl.col("records").sum()) if account.fields else pl.DataFrame()
    return replace(
        run,
        exhibits=(*account.exhibits, *untouched),
        set_aside=(*run.set_aside, *account.aside),
        values_examined=account.values,
        field_values=fields,
        sightings=stacked(account.sightings, SIGHTINGS),
        records=stacked(account.records, RECORDS),
        turns=stacked(account.turns, TURNS),
        prose=pl.concat(account.prose) if account.prose else pl.DataFrame(),
        suppressed=kernel.suppressed,
    )


def drawn_batch(batch: Batch, keep: Callable[[str, np.ndarray], np.ndarray]) -> Batch:
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


def drawing(run: Run) -> Callable[[str, np.ndarray], np.ndarray] | None:
    """Which records the random draw keeps: a function of source and record number alone, so that order and workers do not matter."""
    options = run.options
    if options.rows is None and options.fraction is None:
        return None
    from leakscope.estimation.draw import bernoulli, reservoir

    if options.fraction is not None:
        return bernoulli(options.fraction, seed=options.seed)
    run.progress.start("counting", None, "records")
    counts = {piece.exhibit.source: _count(piece) for piece in pieces(run) if isinstance(piece, Piece)}
    run.progress.stop()
    assert options.rows is not None
    return reservoir(options.rows, counts, seed=options.seed)


def _count(piece: Piece) -> int:
    return sum(one.records or 0 for one in read(piece.evidence, piece.format))


def design_of(run: Run) -> SampleDesign:
    """The design of the whole way from exposure to examined records: our own random draw counts only from a full copy or population."""
    return run.options.design or SampleDesign.UNKNOWN
