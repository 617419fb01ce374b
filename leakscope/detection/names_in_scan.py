"""Names in the running text of a scan, as far as the time budget goes; what was not read is said."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import orjson
import polars as pl

from leakscope.detection.kernel import Kernel
from leakscope.errors import UsageError
from leakscope.model import Batch
from leakscope.safety.masking import mask
from leakscope.schema import FINDINGS, empty
from leakscope.text.leaf import Leaf, place
from leakscope.text.normalise import normalise
from leakscope.text.unfold import leaves, rows

#: Texts read between two looks at the clock.
CHUNK = 64
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}
_PROSE = re.compile(r"[^\W\d_]{2,}[ ,.;:'-]+[^\W\d_]+")
#: What names are written as in findings, by the entity types that the finder gives.
DETECTOR = "names.model"


def seconds_of(text: str) -> float | None:
    """
    A duration as the command line writes it, in seconds; null for `none`.

    Raises:
        UsageError: it is no duration.

    Example:
        >>> seconds_of("10m")
        600.0
    """
    if text.strip().lower() == "none":
        return None
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|)", text.strip().lower())
    if not found:
        raise UsageError(f"{text!r} is no duration", hint="Write 90s, 10m, 1h or none.")
    return float(found[1]) * _UNITS[found[2]]


class NamesReader:
    """
    Finds names of people, places and organisations in running text, in order, until its time is spent.

    Args:
        kernel: whose key, entity types and least confidence hold here too.
        budget_seconds: null: no limit.
        clock: gives seconds.
    """

    def __init__(self, kernel: Kernel, *, budget_seconds: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.texts = 0
        self.read = 0
        self._kernel = kernel
        self._left = budget_seconds
        self._clock = clock
        self._known: dict[str, list[tuple[int, int, str, float]]] = {}

    def find(self, batch: Batch, found: pl.DataFrame) -> pl.DataFrame:
        """Names in `batch` that do not overlap what the patterns `found` there; schema `FINDINGS`."""
        asked = self._kernel.entities
        if (self._left is not None and self._left <= 0) or (asked is not None and not asked & {"PERSON", "LOCATION", "ORGANIZATION", "POSTAL_ADDRESS"}):
            return empty(FINDINGS)
        prose = [(record, leaf) for record, row in rows(batch) for leaf in leaves(row, self._kernel.key) if _PROSE.search(leaf.value)]
        self._read_texts(list(dict.fromkeys(leaf.value for _, leaf in prose)))
        taken = _taken(found)
        listed = [one for record, leaf in prose for one in self._findings(batch.source, record, leaf, taken)]
        return pl.DataFrame(listed, schema=FINDINGS, orient="row") if listed else empty(FINDINGS)

    def _read_texts(self, texts: list[str]) -> None:
        from leakscope.detection.names import find_names

        new = [text for text in texts if text not in self._known]
        self.texts += len(new)
        for at in range(0, len(new), CHUNK):
            if self._left is not None and self._left <= 0:
                return
            started = self._clock()
            chunk = new[at : at + CHUNK]
            for text, spans in zip(chunk, find_names(chunk), strict=True):
                self._known[text] = [(one.start, one.end, one.entity, one.confidence) for one in spans]
            self.read += len(chunk)
            if self._left is not None:
                self._left -= self._clock() - started

    def _findings(self, source: str, record: int, leaf: Leaf, taken: dict[tuple[int, str], list[tuple[int, int]]]) -> Iterator[tuple[object, ...]]:
        kernel = self._kernel
        for first, last, entity, confidence in self._known.get(leaf.value, ()):
            if confidence < kernel.min_confidence or (kernel.entities is not None and entity not in kernel.entities):
                continue
            start, end = place(leaf, first, last)
            if any(start < right and left < end for left, right in taken.get((record, leaf.field), ())):
                continue
            text = leaf.value[first:last]
            attributes = {"decoded_start": first, "decoded_end": last} if "->" in leaf.field else {}
            mark = kernel.key.pseudonym(entity, normalise(entity, text))
            row = (source, record, leaf.field, start, end, entity, DETECTOR, round(confidence, 4), None, mark, mask(entity, text))
            yield (*row, orjson.dumps(attributes).decode())


def _taken(found: pl.DataFrame) -> dict[tuple[int, str], list[tuple[int, int]]]:
    taken: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for record, field, start, end in found.select("record", "field", "start", "end").iter_rows():
        taken.setdefault((record, field), []).append((start, end))
    return taken
