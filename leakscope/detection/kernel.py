"""The pattern tier: reads every value with every rule, and says what stands where, how surely, and what was suppressed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import orjson
import polars as pl

from leakscope.catalogue.model import Catalogue
from leakscope.detection.benign import weighed
from leakscope.detection.context import Context, context_of, reducer
from leakscope.detection.matching import Candidate, candidates
from leakscope.detection.overlaps import resolved
from leakscope.detection.prefilter import Prefilter
from leakscope.detection.roles import role_candidate
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey
from leakscope.safety.masking import mask
from leakscope.schema import SIGHTINGS, empty
from leakscope.text.normalise import normalise
from leakscope.text.unfold import Leaf, place, unfold

#: Distinct (key, value) pairs and fingerprints remembered between batches; cleared when full.
CACHE_SIZE = 200_000
#: Longer values are matched every time instead of remembered.
CACHED_LENGTH = 20_000
SUPPRESSED = pl.Schema({"entity": pl.String, "detector": pl.String, "reason": pl.String, "count": pl.UInt64})


class Kernel:
    """
    Finds what the catalogue describes in values.

    Args:
        catalogue: the rules.
        key: incident key for fingerprints.
        entities: only findings of these types; null: all.
        min_confidence: findings below it are suppressed with the reason `low-confidence`.
    """

    def __init__(
        self, catalogue: Catalogue, key: IncidentKey, *, entities: frozenset[str] | None = None, min_confidence: float = 0.5
    ) -> None:
        self.catalogue = catalogue
        self.key = key
        self.entities = entities
        self.min_confidence = min_confidence
        self._prefilter = Prefilter(catalogue.detectors, min_confidence)
        self._reduced = reducer(catalogue)
        self._matches: dict[tuple[Context, str], tuple[Candidate, ...]] = {}
        self._seen: dict[tuple[str, str], tuple[str, str]] = {}
        self._suppressed: Counter[tuple[str, str, str]] = Counter()

    @property
    def suppressed(self) -> pl.DataFrame:
        """What was found and not reported so far, by reason: `entity, detector, reason, count`, most frequent first."""
        rows = [(*what, count) for what, count in self._suppressed.items()]
        return pl.DataFrame(rows, schema=SUPPRESSED, orient="row").sort("count", "entity", "detector", "reason", descending=[True, False, False, False])

    def find(self, values: pl.DataFrame) -> pl.DataFrame:
        """
        Findings in `values`.

        Args:
            values: schema `VALUES`; without `offsets`, a decoded value's whole outer span stands for each finding in it.

        Returns:
            Schema `SIGHTINGS`, in the order of `values`, then by place.
        """
        if not values.height:
            return empty(SIGHTINGS)
        frame = values if "offsets" in values.columns else values.with_columns(offsets=_opaque())
        rows: list[tuple[Any, ...]] = []
        outer: dict[tuple[int, str], list[tuple[int, int, str, str]]] = {}
        for row in frame.select("source", "record", "field", "key", "value", "outer_start", "outer_end", "offsets").iter_rows():
            self._find_in(row, rows, outer)
        return pl.DataFrame(rows, schema=SIGHTINGS, orient="row") if rows else empty(SIGHTINGS)

    def find_batch(self, batch: Batch) -> pl.DataFrame:
        """Findings in the records of `batch`, the same as in its unfolded values."""
        return self.find(unfold(batch, self.key))

    def _find_in(self, row: tuple[Any, ...], rows: list[tuple[Any, ...]], outer: dict[tuple[int, str], list[tuple[int, int, str, str]]]) -> None:
        source, record, field, key, value, outer_start, outer_end, offsets = row
        found = self.match(self._reduced(context_of(field, key)), value)
        if not found:
            return
        leaf = Leaf(field, key, value, outer_start, outer_end, _breaks(offsets))
        stem, arrow, _ = field.partition("->")
        for one in found:
            text = value[one.start : one.end]
            fingerprint, preview = self._known(one.entity, text)
            start, end = place(leaf, one.start, one.end)
            if arrow and self._repeats(outer.get((record, stem), ()), (start, end, one.entity, fingerprint)):
                continue
            outer.setdefault((record, stem), []).append((start, end, one.entity, fingerprint))
            attributes = {**one.attributes, "decoded_start": one.start, "decoded_end": one.end} if arrow else one.attributes
            rows.append(
                (source, record, field, start, end, one.entity, one.detector, round(one.confidence, 4), one.validated, fingerprint, preview,
                 orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS).decode(), text, key)
            )  # fmt: skip

    @staticmethod
    def _repeats(seen: Iterable[tuple[int, int, str, str]], this: tuple[int, int, str, str]) -> bool:
        """Whether a decoded finding was already found at the same place in a less decoded form."""
        start, end, entity, fingerprint = this
        return any(entity == e and fingerprint == f and start < other_end and other_start < end for other_start, other_end, e, f in seen)

    def match(self, context: Context, value: str) -> tuple[Candidate, ...]:
        """What stands in one value, in order of place; `context` as `reducer` leaves it."""
        known = self._matches.get((context, value))
        if known is None:
            known = self._matched(context, value)
            if len(value) <= CACHED_LENGTH:
                if len(self._matches) >= CACHE_SIZE:
                    self._matches.clear()
                self._matches[context, value] = known
        standing = []
        for one in known:
            if one.reason:
                self._suppressed[one.entity, one.detector, one.reason] += 1
            else:
                standing.append(one)
        return tuple(standing)

    def _matched(self, context: Context, value: str) -> tuple[Candidate, ...]:
        detectors = self._prefilter.detectors
        found = [one for index in self._prefilter.possible(context, value) for one in candidates(detectors[index], context, value, self.min_confidence)]
        by_role = role_candidate(context.name, value)
        if by_role:
            found.append(by_role)
        return judged_together(found, context, value, entities=self.entities, min_confidence=self.min_confidence) if found else ()

    def _known(self, entity: str, text: str) -> tuple[str, str]:
        known = self._seen.get((entity, text))
        if known is None:
            known = self.key.pseudonym(entity, normalise(entity, text)), mask(entity, text)
            if len(self._seen) >= CACHE_SIZE:
                self._seen.clear()
            self._seen[entity, text] = known
        return known


def judged_together(
    found: Iterable[Candidate], context: Context, value: str, *, entities: frozenset[str] | None, min_confidence: float
) -> tuple[Candidate, ...]:
    """The candidates of one value after the benign catalogue and one another: those that stand, then those suppressed, with reasons."""
    weighed_all = [weighed(one, context, value) for one in found]
    suppressed = [one for one in weighed_all if one.reason]
    standing = resolved(one for one in weighed_all if not one.reason and not _inside(one, suppressed))
    low = [_low(one) for one in standing if one.confidence < min_confidence]
    kept = [one for one in standing if one.confidence >= min_confidence]
    return tuple(one for one in (*kept, *suppressed, *low) if entities is None or one.entity in entities)


def _inside(one: Candidate, suppressed: list[Candidate]) -> bool:
    """Whether `one` is the same span, or part of one, that the benign catalogue knows to be of the same type."""
    return any(other.entity == one.entity and other.start <= one.start and one.end <= other.end for other in suppressed)


def _low(one: Candidate) -> Candidate:
    return Candidate(
        start=one.start, end=one.end, entity=one.entity, detector=one.detector, confidence=one.confidence, validated=one.validated,
        reason="low-confidence", attributes=one.attributes,
    )  # fmt: skip


def _opaque() -> pl.Expr:
    """Offsets for values that come without them: direct where nothing was decoded, else the whole span."""
    nothing = pl.lit(None, dtype=pl.List(pl.UInt32))
    whole = pl.lit([], dtype=pl.List(pl.UInt32))
    return pl.when(pl.col("field").str.contains("->", literal=True)).then(whole).otherwise(nothing)


def _breaks(offsets: list[int] | None) -> tuple[tuple[int, int], ...] | None:
    return None if offsets is None else tuple(zip(offsets[::2], offsets[1::2], strict=True))
