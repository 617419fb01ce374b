"""The pattern tier: reads every value with every rule, and says what stands where, how surely, and what was suppressed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
import polars as pl

from leakscope.catalogue.model import Catalogue
from leakscope.detection.benign import weighed
from leakscope.detection.context import Context, context_of, reducer
from leakscope.detection.matching import Candidate, candidates
from leakscope.detection.multiline import blocks
from leakscope.detection.overlaps import resolved
from leakscope.detection.prefilter import LAYER, Prefilter
from leakscope.detection.roles import Role, role_candidate, roles_of
from leakscope.detection.row_keys import key_in
from leakscope.detection.shapes import nested, texts
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey
from leakscope.safety.masking import mask
from leakscope.schema import SIGHTINGS, empty
from leakscope.text.normalise import normalise
from leakscope.text.unfold import Leaf, inner_leaves, outer_leaves, place, rows, whole

#: Distinct values and fingerprints remembered between batches; forgotten together when there are more.
CACHE_SIZE = 200_000
#: Longer values are read every time instead of remembered.
CACHED_LENGTH = 20_000
SUPPRESSED = pl.Schema({"entity": pl.String, "detector": pl.String, "reason": pl.String, "count": pl.UInt64})


@dataclass(frozen=True, slots=True)
class Sight:
    """
    A candidate that stands, with all that its finding says wherever it is seen.

    Args:
        candidate: span, type and confidence in its value.
        text: the span.
        fingerprint: keyed hash of the normalised span.
        preview: its mask.
        attributes: as JSON.
    """

    candidate: Candidate
    text: str
    fingerprint: str
    preview: str
    attributes: str


@dataclass(frozen=True, slots=True)
class Around:
    """
    What is known of the names around a value before it is read.

    Args:
        context: the names, reduced to what rules ask for.
        named: rules that the names alone make possible.
        roles: what the key can say that its value is.
        known: what stands in values seen beside these names.
    """

    context: Context
    named: frozenset[int]
    roles: tuple[Role, ...]
    known: dict[str, tuple[tuple[Sight, ...], tuple[Candidate, ...]]] = field(default_factory=dict)


class Kernel:
    """
    Finds what the catalogue describes in values.

    Args:
        catalogue: the rules.
        key: incident key for fingerprints.
        entities: only findings of these types; null: all.
        min_confidence: findings below it are not reported.
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
        self._around: dict[tuple[str, str], Around] = {}
        self._shared: dict[Context, Around] = {}
        self._in_text: dict[str, frozenset[int]] = {}
        self._seen: dict[tuple[str, str], tuple[str, str]] = {}
        self._remembered = 0
        self._suppressed: Counter[tuple[str, str, str]] = Counter()

    @property
    def suppressed(self) -> pl.DataFrame:
        """What was found and not reported so far, by reason: `entity, detector, reason, count`, most frequent first."""
        listed = [(*what, count) for what, count in self._suppressed.items()]
        order = ("count", "entity", "detector", "reason")
        return pl.DataFrame(listed, schema=SUPPRESSED, orient="row").sort(order, descending=[True, False, False, False])

    def find(self, values: pl.DataFrame) -> pl.DataFrame:
        """
        Findings in `values`.

        Args:
            values: schema `VALUES`; without `offsets`, a decoded value's whole outer span stands for each finding in it.

        Returns:
            Schema `SIGHTINGS`, in the order of `values`, then by place.
        """
        frame = values if "offsets" in values.columns else values.with_columns(offsets=_opaque())
        found: list[tuple[Any, ...]] = []
        seen = _Seen()
        columns = ("source", "record", "field", "key", "value", "outer_start", "outer_end", "offsets")
        for source, record, path, key, value, start, end, offsets in frame.select(columns).iter_rows():
            seen.enter((source, record, path.partition("->")[0]))
            self._read(source, record, Leaf(path, key, value, start, end, _breaks(offsets)), seen, found)
        return pl.DataFrame(found, schema=SIGHTINGS, orient="row") if found else empty(SIGHTINGS)

    def find_batch(self, batch: Batch) -> pl.DataFrame:
        """Findings in the records of `batch`: the same as in its unfolded values, without unfolding what holds nothing."""
        found: list[tuple[Any, ...]] = []
        for record, row in self._worthwhile(batch):
            for leaf in outer_leaves(row, self.key):
                self._read_through(batch.source, record, leaf, found)
        found += self._over_lines(batch)
        return pl.DataFrame(found, schema=SIGHTINGS, orient="row") if found else empty(SIGHTINGS)

    def _over_lines(self, batch: Batch) -> list[tuple[Any, ...]]:
        """Findings that spread over several lines of plain text, each at its first line, with the number of lines."""
        if batch.frame is None or batch.frame.columns != ["line"]:
            return []
        lines = batch.frame["line"].to_list()
        numbers = batch.numbers if batch.numbers is not None else range(batch.first_record, batch.first_record + batch.records)
        found = []
        for index, count, text in blocks(lines):
            for sight in self._known("line", "line", text)[0]:
                one = sight.candidate
                start, end = min(one.start, len(lines[index])), min(one.end, len(lines[index]))
                if end > start:
                    attributes = _json({**one.attributes, "lines": count})
                    found.append(
                        (batch.source, int(numbers[index]), "line", start, end, one.entity, one.detector, one.confidence, one.validated,
                         sight.fingerprint, sight.preview, attributes, sight.text, "line")
                    )  # fmt: skip
        return found

    def _worthwhile(self, batch: Batch) -> Iterator[tuple[int, Any]]:
        """The records of `batch`; of a table, only rows with a cell in which something can stand."""
        if batch.frame is None:
            yield from rows(batch)
            return
        masks = [self._promising(batch.source, name, batch.frame[name]) for name in batch.frame.columns]
        mask_of_all = pl.select(pl.any_horizontal(masks)).to_series() if masks else pl.Series([], dtype=pl.Boolean)
        for keep, row in zip(mask_of_all, rows(batch), strict=True):
            if keep:
                yield row

    def _promising(self, source: str, name: str, column: pl.Series) -> pl.Series:
        """Which cells of a column can hold a finding; every distinct value is looked at once."""
        if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
            return pl.Series([True]).new_from_index(0, column.len())
        distinct = column.unique()
        hits = [self._promises(source, name, value) for value in distinct]
        return column.is_in(distinct.filter(pl.Series(hits, dtype=pl.Boolean)).implode()).fill_null(False) if any(hits) else pl.repeat(False, column.len(), eager=True)

    def _promises(self, source: str, name: str, value: Any) -> bool:
        for leaf in outer_leaves({name: value}, self.key):
            sights, suppressed = self._known(leaf.field, key_in(source, leaf.field, leaf.key or ""), leaf.value)
            if sights or suppressed or LAYER in self._text(leaf.value):
                return True
        return False

    def _read_through(self, source: str, record: int, leaf: Leaf, found: list[tuple[Any, ...]]) -> None:
        """Reads a leaf and everything written inside it."""
        if LAYER not in self._text(leaf.value):
            self._read(source, record, leaf, _NOWHERE, found)
            return
        tree = nested(leaf.value)
        if tree is not None and not self._holds(tree, leaf.field + "->$", ""):
            return
        inner = inner_leaves(leaf, self.key)
        seen = _Seen()
        if not whole(inner, leaf):
            self._read(source, record, leaf, seen, found)
        for part in inner:
            self._read(source, record, part, seen, found)

    def _holds(self, tree: Any, path: str, name: str) -> bool:
        """Whether anything can stand in a nested value; when in doubt, yes."""
        leaves: list[tuple[str, str, str]] = []
        texts(tree, path, name, leaves)
        return any(self._may_hold(*leaf) for leaf in leaves)

    def _may_hold(self, path: str, name: str, text: str) -> bool:
        if LAYER in self._text(text):
            tree = nested(text)
            return tree is None or self._holds(tree, path + "->$", name)
        sights, suppressed = self._known(path, name, text)
        return bool(sights or suppressed)

    def _read(self, source: str, record: int, leaf: Leaf, seen: _Seen, found: list[tuple[Any, ...]]) -> None:
        key = key_in(source, leaf.field, leaf.key or "")
        sights, suppressed = self._known(leaf.field, key, leaf.value)
        for one in suppressed:
            self._suppressed[one.entity, one.detector, one.reason or ""] += 1
        decoded = "->" in leaf.field
        for sight in sights:
            one = sight.candidate
            start, end = place(leaf, one.start, one.end)
            if seen.repeats(start, end, one.entity, sight.fingerprint, decoded):
                continue
            attributes = sight.attributes
            if decoded:
                attributes = _json({**one.attributes, "decoded_start": one.start, "decoded_end": one.end})
            found.append(
                (source, record, leaf.field, start, end, one.entity, one.detector, one.confidence, one.validated, sight.fingerprint,
                 sight.preview, attributes, sight.text, key)
            )  # fmt: skip

    def standing(self, path: str, key: str, value: str) -> list[Candidate]:
        """What stands in one value by itself, whatever is written inside it; in order of place."""
        return [sight.candidate for sight in self._known(path, key, value)[0]]

    def _text(self, value: str) -> frozenset[int]:
        """Rules whose triggers stand in `value`; remembered."""
        known = self._in_text.get(value)
        if known is None:
            known = self._prefilter.in_text(value)
            if len(value) <= CACHED_LENGTH:
                self._remember()
                self._in_text[value] = known
        return known

    def _known(self, path: str, key: str, value: str) -> tuple[tuple[Sight, ...], tuple[Candidate, ...]]:
        """What stands in `value` beside the names of `path`, and what is suppressed there."""
        around = self._around.get((path, key)) or self._surroundings(path, key)
        in_text = self._text(value)
        if not around.named and not around.roles and (not in_text or in_text == _ONLY_LAYER):
            return _NOTHING
        known = around.known.get(value)
        if known is None:
            known = self._matched(around, value, in_text)
            if len(value) <= CACHED_LENGTH:
                self._remember()
                around.known[value] = known
        return known

    def _surroundings(self, path: str, key: str) -> Around:
        context = self._reduced(context_of(path, key))
        around = self._shared.get(context)
        if around is None:
            around = Around(context, self._prefilter.by_names(context.near, context.path), roles_of(key) if key else ())
            self._shared[context] = around
        self._remember()
        self._around[path, key] = around
        return around

    def _remember(self) -> None:
        """Counts what is remembered, and forgets everything once it is too much."""
        self._remembered += 1
        if self._remembered > CACHE_SIZE:
            for cache in (self._around, self._shared, self._in_text, self._seen):
                cache.clear()
            self._remembered = 0

    def _matched(self, around: Around, value: str, in_text: frozenset[int]) -> tuple[tuple[Sight, ...], tuple[Candidate, ...]]:
        detectors, context = self._prefilter.detectors, around.context
        possible = self._prefilter.possible(value, in_text | around.named)
        found = [one for index in possible for one in candidates(detectors[index], context, value, self.min_confidence)]
        by_role = role_candidate(around.roles, value) if around.roles else None
        if by_role:
            found.append(by_role)
        if not found:
            return _NOTHING
        judged = judged_together(found, context, value, entities=self.entities, min_confidence=self.min_confidence)
        return tuple(self._sight(one, value) for one in judged if not one.reason), tuple(one for one in judged if one.reason)

    def _sight(self, one: Candidate, value: str) -> Sight:
        text = value[one.start : one.end]
        known = self._seen.get((one.entity, text))
        if known is None:
            known = self.key.pseudonym(one.entity, normalise(one.entity, text)), mask(one.entity, text)
            self._remember()
            self._seen[one.entity, text] = known
        return Sight(replace(one, confidence=round(one.confidence, 4)), text, *known, _json(one.attributes))


class _Seen:
    """What was found so far in one outer value, so that its decoded forms do not repeat it."""

    __slots__ = ("_found", "_where")

    def __init__(self) -> None:
        self._where: tuple[Any, ...] | None = None
        self._found: list[tuple[int, int, str, str]] = []

    def enter(self, where: tuple[Any, ...]) -> None:
        """Another outer value begins, if `where` differs from before."""
        if where != self._where:
            self._where, self._found = where, []

    def repeats(self, start: int, end: int, entity: str, fingerprint: str, decoded: bool) -> bool:
        """Whether a decoded finding stood at that place in a less decoded form; remembers it if not."""
        if decoded and any(e == entity and f == fingerprint and start < last and first < end for first, last, e, f in self._found):
            return True
        self._found.append((start, end, entity, fingerprint))
        return False


class _Unseen(_Seen):
    """For values that nothing is written inside of."""

    def repeats(self, start: int, end: int, entity: str, fingerprint: str, decoded: bool) -> bool:
        return False


_NOWHERE = _Unseen()
_NOTHING: tuple[tuple[Sight, ...], tuple[Candidate, ...]] = ((), ())
_ONLY_LAYER = frozenset({LAYER})


def judged_together(
    found: Iterable[Candidate], context: Context, value: str, *, entities: frozenset[str] | None, min_confidence: float
) -> tuple[Candidate, ...]:
    """The candidates of one value after the benign catalogue and one another: those that stand, then those suppressed, with reasons."""
    weighed_all = [weighed(one, context, value) for one in found]
    suppressed = [one for one in weighed_all if one.reason]
    standing = resolved(one for one in weighed_all if not one.reason and not _inside(one, suppressed))
    low = [replace(one, reason="low-confidence") for one in standing if one.confidence < min_confidence]
    kept = [one for one in standing if one.confidence >= min_confidence]
    return tuple(one for one in (*kept, *suppressed, *low) if entities is None or one.entity in entities)


def _inside(one: Candidate, suppressed: list[Candidate]) -> bool:
    """Whether `one` is the same span, or part of one, that the benign catalogue knows to be of the same type."""
    return any(other.entity == one.entity and other.start <= one.start and one.end <= other.end for other in suppressed)


def _json(attributes: dict[str, Any]) -> str:
    return orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS).decode() if attributes else "{}"


def _opaque() -> pl.Expr:
    """Offsets for values that come without them: direct where nothing was decoded, else the whole span."""
    nothing = pl.lit(None, dtype=pl.List(pl.UInt32))
    empty_list = pl.lit([], dtype=pl.List(pl.UInt32))
    return pl.when(pl.col("field").str.contains("->", literal=True)).then(empty_list).otherwise(nothing)


def _breaks(offsets: list[int] | None) -> tuple[tuple[int, int], ...] | None:
    return None if offsets is None else tuple(zip(offsets[::2], offsets[1::2], strict=True))
