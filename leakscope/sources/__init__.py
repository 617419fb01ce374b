"""Opens evidence: one module per format, found by itself; everything is read as a stream of batches and set-aside pieces."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from leakscope.errors import Locator, SetAsideError
from leakscope.model import Reading, SetAside
from leakscope.registry import discover
from leakscope.sources.evidence import Budget, Evidence, head_of

#: Bytes of a file's start that a sniffer sees.
HEAD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """
    One way in which records are stored.

    Args:
        name: short name as printed and as `--pipeline` files say it.
        title: for people to read.
        suffixes: usual file name endings, lower case, with the dot.
        sniff: (head, name) -> how sure in [0, 1]; pure, never raises; content decides before the name does.
        read: evidence -> batches and pieces set aside, streaming.
        expand: evidence -> the evidence inside it; set for containers instead of `read`.
        jailed: the reader runs in a child process with ceilings, because its library can crash or balloon.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    sniff: Callable[[bytes, str], float]
    read: Callable[[Evidence], Reading] | None = None
    expand: Callable[[Evidence], Iterator[Evidence | SetAside]] | None = None
    jailed: bool = False


@cache
def formats() -> Mapping[str, Format]:
    """All formats by name, those of the entry-point group `leakscope.sources` included."""
    found = discover(sys.modules[__name__], "FORMAT", group="leakscope.sources")
    listed = [*found.values(), *(one for module in discover(sys.modules[__name__], "FORMATS").values() for one in module)]
    return {one.name: one for one in sorted(listed, key=lambda one: one.name)}


def identify(evidence: Evidence) -> Format | None:
    """
    The most likely format of `evidence`, or null when none fits.

    Raises:
        SetAsideError: the evidence cannot be opened.
    """
    head = head_of(evidence, HEAD_BYTES)
    if not head:
        return None
    sure = [(_sureness(one, head, evidence.name.lower()), one) for one in formats().values()]
    confidence, best = max(sure, key=lambda pair: (pair[0], pair[1].name))
    return best if confidence > 0 else None


def _sureness(candidate: Format, head: bytes, name: str) -> float:
    try:
        return candidate.sniff(head, name)
    except Exception:  # a library may raise anything over hostile bytes; then it is not this format
        return 0.0


def expand(evidence: Evidence, depth: int = 0) -> Iterator[tuple[Evidence, Format] | SetAside]:
    """
    `evidence` with its format, or, for a container, everything inside it, depth first.

    Pieces that cannot be opened come out as `SetAside`, each with its reason; nothing is left out silently.
    """
    if depth == 0:
        evidence = replace(evidence, budget=Budget((evidence.size_bytes or 0) * MAX_RATIO + GRACE_BYTES, MAX_MEMBERS))
    if depth > MAX_NESTING:
        yield SetAside(source=evidence.name, reason="nested-too-deep", detail=f"More than {MAX_NESTING} containers in one another.", size_bytes=evidence.size_bytes)
        return
    try:
        found = identify(evidence)
    except SetAsideError as error:
        yield SetAside(source=evidence.name, reason=error.reason, detail=error.message, size_bytes=evidence.size_bytes)
        return
    if found is None:
        yield _unknown(evidence)
    elif found.expand is None:
        yield evidence, found
    else:
        yield from _expand_container(evidence, found, depth)


MAX_NESTING = 8
#: More output than this for each supplied byte is a bomb: text compresses 10 to 30 times, rarely over 200, and deflate cannot go over 1,032.
MAX_RATIO = 200
GRACE_BYTES = 256 << 20
MAX_MEMBERS = 200_000


def _expand_container(evidence: Evidence, container: Format, depth: int) -> Iterator[tuple[Evidence, Format] | SetAside]:
    assert container.expand is not None
    given = False
    try:
        for inner in container.expand(evidence):
            given = True
            if isinstance(inner, SetAside):
                yield inner
            elif evidence.budget is not None and not evidence.budget.piece():
                yield SetAside(source=evidence.name, reason="bomb", detail=f"Over {MAX_MEMBERS} members; the rest is not read.")
                return
            else:
                yield from expand(inner, depth + 1)
        if not given:
            yield SetAside(source=evidence.name, reason="empty", detail="The container is empty.", records=0, size_bytes=evidence.size_bytes)
    except SetAsideError as error:
        yield SetAside(source=evidence.name, reason=error.reason, detail=error.message, size_bytes=evidence.size_bytes)
    except Exception as error:  # a library may raise anything over hostile bytes
        yield SetAside(source=evidence.name, reason="damaged", detail=f"The {container.name} reader stopped: {type(error).__name__}.", size_bytes=evidence.size_bytes)


def _unknown(evidence: Evidence) -> SetAside:
    if evidence.size_bytes == 0:
        return SetAside(source=evidence.name, reason="empty", detail="The file is empty.", records=0, size_bytes=0)
    return SetAside(source=evidence.name, reason="unknown-format", detail="No reader knows this format.", size_bytes=evidence.size_bytes)


def read(evidence: Evidence, chosen: Format) -> Reading:
    """
    All records of `evidence`, as batches in order, with a `SetAside` for every piece that could not be examined.

    Never raises for bad evidence: an error of a reader ends in a `SetAside` for the rest of the file. There is always an outcome:
    a file without a record is set aside as such.
    """
    given = False
    for piece in _pieces(evidence, chosen):
        given = True
        yield piece
    if not given:
        yield SetAside(source=evidence.name, reason="no-records", detail="The file holds no record.", records=0, size_bytes=evidence.size_bytes)


def _pieces(evidence: Evidence, chosen: Format) -> Reading:
    from leakscope.safety import jail

    if not (chosen.jailed and jail.available()):
        try:
            yield from read_here(evidence, chosen)
        except MemoryError:
            yield SetAside(source=evidence.name, reason="ceiling", detail="The reader ran out of memory.")
        return
    from leakscope.sources import jailed

    try:
        yield from jailed.read(evidence, chosen)
    except SetAsideError as error:
        yield SetAside(source=evidence.name, reason=error.reason, detail=error.message)


def read_here(evidence: Evidence, chosen: Format) -> Reading:
    """As `read`, in this process whatever the format is."""
    assert chosen.read is not None
    try:
        yield from chosen.read(evidence)
    except SetAsideError as error:
        yield SetAside(source=evidence.name, reason=error.reason, detail=error.message, record=(error.locator or Locator()).record)
    except MemoryError:
        raise
    except Exception as error:  # a library may raise anything over hostile bytes, and its words may quote them
        yield SetAside(source=evidence.name, reason="damaged", detail=f"The {chosen.name} reader stopped: {type(error).__name__}.")
