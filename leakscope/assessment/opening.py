"""Opens the evidence: hashes every file before anything is read and again afterwards, and gives its readable pieces in order."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from leakscope.assessment.sections.evidence import merged
from leakscope.assessment.state import Exhibit, Progress, Run
from leakscope.errors import InvariantError, SetAsideError
from leakscope.model import SetAside
from leakscope.safety.escape import plain
from leakscope.safety.ledger import Ledger
from leakscope.sources import Format, expand, formats, live
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
    enter(run.ledger, aside)
    return replace(run, evidence=tuple(named), exhibits=tuple(exhibits), set_aside=tuple(aside))


def enter(ledger: Ledger, aside: Sequence[SetAside]) -> None:
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


def require_unchanged(run: Run) -> None:
    """
    Hash every file again: what was read must be what was hashed before.

    Raises:
        InvariantError: a file was changed, replaced or removed while it was read.
    """
    known = {one.source: one.sha256 for one in run.exhibits if one.path and one.sha256}
    files = [one for one in run.evidence if one.name in known]
    run.progress.start("hashing again", float(sum(one.size_bytes or 0 for one in files)) or None, "bytes")
    changed = [one.name for one in files if _hash_now(one, run.progress) != known[one.name]]
    run.progress.stop()
    run.ledger.write("hashed-again", files=len(files), changed=changed)
    if changed:
        shown = f"{changed[0]} was" if len(changed) == 1 else f"{len(changed)} files were"
        raise InvariantError(f"{shown} changed while it was being read", hint="Copy the evidence to a place where nobody writes, and assess the copy; the ledger names what changed.")


def _hash_now(evidence: Evidence, progress: Progress) -> str | None:
    try:
        return sha256_of(_watched(evidence, progress))
    except (SetAsideError, OSError):
        return None
