"""The pattern tier: reads every value with every rule, and says what stands where, how surely, and what was suppressed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from leakscope.catalogue.model import Catalogue
from leakscope.detection.beyond_values import with_further
from leakscope.detection.decoded import standing
from leakscope.detection.judging import Around, Judge
from leakscope.detection.native import scan as native
from leakscope.detection.native.batches import Further, as_lines, left_over, record_numbers, values_frame
from leakscope.detection.native.scan import NativeScan, Surroundings
from leakscope.detection.native.sighted import in_turn, known_sightings
from leakscope.detection.native.values import Found, Values
from leakscope.detection.native.verdicts import Verdict
from leakscope.detection.row_keys import key_in, people_of
from leakscope.detection.shapes import nested, texts
from leakscope.detection.sight import Sight
from leakscope.detection.sighting_rows import NOWHERE, Seen, counted, row_of, sightings
from leakscope.detection.table_people import of_nobody
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey
from leakscope.text.leaf import Leaf, place
from leakscope.text.unfold import frame_of, inner_leaves, layered, leaves, outer_leaves, rows, whole

#: Bytes of records from which on the compiled scan is sooner done, its start included.
WORTH_COMPILED = 400_000
_ADDRESS = "IP_ADDRESS"


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
        self._judge = Judge(catalogue, key, entities, min_confidence)
        self._native: NativeScan | None = None
        self._read_bytes = 0
        self._source = ""
        self._keys_of: str | None = None
        self._suppressed: Counter[tuple[str, str, str]] = Counter()

    @property
    def suppressed(self) -> pl.DataFrame:
        """What was found and not reported so far, by reason: `entity, detector, reason, count`, most frequent first."""
        return counted(self._suppressed)

    def add_suppressed(self, further: pl.DataFrame) -> None:
        """Counts what another kernel suppressed: columns entity, detector, reason, count."""
        for entity, detector, reason, count in further.select("entity", "detector", "reason", "count").iter_rows():
            self._suppressed[entity, detector, reason] += count

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
        seen = Seen()
        columns = ("source", "record", "field", "key", "value", "outer_start", "outer_end", "offsets")
        for source, record, path, key, value, start, end, offsets in frame.select(columns).iter_rows():
            seen.enter((source, record, path.partition("->")[0]))
            self._read(source, record, Leaf(path, key, value, start, end, _breaks(offsets)), seen, found)
        return sightings(self._settled(found))

    def find_batch(self, batch: Batch) -> pl.DataFrame:
        """Findings in the records of `batch`: the same as in its unfolded values, without unfolding what holds nothing."""
        if (lines := as_lines(batch)) is not None and (scan := self._scan_of(batch.source, len(lines))) is not None:
            return self._further(batch, self._found_natively(batch, lines, scan, scan.lines(lines)))
        return self._further(batch, sightings([row for record, row in self._worthwhile(batch) for row in self._found_in(batch.source, record, row)]))

    def examine(self, batch: Batch) -> tuple[pl.DataFrame, pl.DataFrame]:
        """
        Every value of the records of `batch`, and the findings in them.

        Returns:
            Schemas `VALUES` and `SIGHTINGS`; the values are those of `unfold`.
        """
        lines = as_lines(batch)
        scan = self._scan_of(batch.source, len(lines)) if lines is not None else None
        if lines is None or scan is None:
            return self._examined_plainly(batch)
        further: list[Further] = []
        values = scan.lines(lines, everything=True)
        found = self._found_natively(batch, lines, scan, values, further)
        return values_frame(batch, scan, values, further), self._further(batch, found)

    def _examined_plainly(self, batch: Batch) -> tuple[pl.DataFrame, pl.DataFrame]:
        numbered: list[tuple[int, Leaf]] = []
        found: list[tuple[Any, ...]] = []
        for record, row in rows(batch):
            for leaf in outer_leaves(row, self.key):
                inner, seen, before = inner_leaves(leaf, self.key), Seen(), len(found)
                for part in inner if whole(inner, leaf) else (leaf, *inner):
                    numbered.append((record, part))
                    self._read(batch.source, record, part, seen, found)
                found[before:] = self._settled(found[before:])
        return frame_of(batch.source, numbered), self._further(batch, sightings(found))

    def _scan_of(self, source: str, size_bytes: int) -> NativeScan | None:
        """The compiled scan, told what keys mean in `source`; null on machines without it, and for so little that it would not pay."""
        self._read_bytes += size_bytes
        if not native.available() or (self._native is None and self._read_bytes < WORTH_COMPILED):
            return None
        self._source = source
        if self._native is None:
            scan = self._native = NativeScan(self.catalogue.detectors, self.min_confidence, self._described, self._verdict)
            self._judge.compiled = lambda around, value: scan.possible(self._as_surroundings(around, ""), value)
        if not self._native.worthwhile():
            return None
        people = people_of(source)
        if people != self._keys_of:
            self._keys_of = people
            self._native.forget()
        return self._native

    def _described(self, path: str, key: str) -> Surroundings:
        said = key_in(self._source, path, key)
        return self._as_surroundings(self._judge.surroundings(path, said), said)

    def _as_surroundings(self, around: Around, said: str) -> Surroundings:
        only_address = not around.numbers and all(role.entity == _ADDRESS for role in around.roles)
        return Surroundings(around.number, around.named, around.asks, only_address, said, around, around.kin)

    def _found_natively(
        self, batch: Batch, lines: bytes, scan: NativeScan, values: Values, further: list[Further] | None = None
    ) -> pl.DataFrame:
        """The same findings as without the compiled scan, in the same order; `further` takes the values that it did not take apart itself."""
        numbers = record_numbers(batch)
        self._count(scan, values)
        found: list[tuple[Any, ...]] = []
        turns: list[int] = []
        known = known_sightings(batch.source, numbers, scan, values.sights)
        for one in values.found():
            if one.record < len(numbers):
                parts = self._take(batch.source, numbers[one.record], one, scan, found)
                turns += [one.turn] * (len(found) - len(turns))
                if further is not None:
                    further += (Further(one.index, order, numbers[one.record], part) for order, part in enumerate(parts))
        for (at, row), turn in zip(left_over(batch, lines, values.left, len(numbers)), values.left_turns, strict=False):
            found += self._found_in(batch.source, numbers[at], row)
            turns += [turn] * (len(found) - len(turns))
            if further is not None:
                before, behind = int(np.searchsorted(values.record, at)), len(further)
                further += [Further(before - 1, behind + order, numbers[at], leaf) for order, leaf in enumerate(leaves(row, self.key))]
        return in_turn(known, sightings(found), turns)

    def _count(self, scan: NativeScan, values: Values) -> None:
        """Counts what is suppressed in values that the compiled scan judged."""
        for number, times in zip(*np.unique(values.hushed, return_counts=True), strict=True):
            for what in scan.remembered.suppressed[int(number)]:
                self._suppressed[what] += int(times)

    def _found_in(self, source: str, record: int, row: Any) -> list[tuple[Any, ...]]:
        """Findings in one record, read in Python."""
        found: list[tuple[Any, ...]] = []
        for leaf in outer_leaves(row, self.key):
            self._read_through(source, record, leaf, found)
        return found

    def _verdict(self, around: Around, value: str, possible: list[int]) -> Verdict:
        """What stands in a value that the compiled scan asks about."""
        sights, suppressed = self._judge.judged(around, value, possible)
        return Verdict(sights, [(one.entity, one.detector, one.reason or "") for one in suppressed])

    def _take(self, source: str, record: int, one: Found, scan: NativeScan, found: list[tuple[Any, ...]]) -> list[Leaf]:
        """Judges a value that the compiled scan passed on, and what is written inside it; gives what that is."""
        path, name = scan.places[one.place]
        leaf, seen = Leaf(path, name, one.text, one.start, one.end, one.breaks), Seen()
        parts, before = layered(leaf, one.depth, self.key), len(found)
        if not whole(parts, leaf):
            self._read(source, record, leaf, seen, found, one.rules)
        for part in parts:
            self._read(source, record, part, seen, found)
        found[before:] = self._settled(found[before:])
        return parts

    def _further(self, batch: Batch, found: pl.DataFrame) -> pl.DataFrame:
        """`found` with what no single value says."""
        more, suppressed = with_further(batch, found, self._judge)
        self._suppressed.update((one.entity, one.detector, one.reason or "") for one in suppressed)
        return more

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
            sights, suppressed = self._judge.known(leaf.field, key_in(source, leaf.field, leaf.key or ""), leaf.value)
            if sights or suppressed or self._judge.may_be_layered(leaf.value):
                return True
        return False

    def standing(self, path: str, key: str, value: str) -> Sequence[Sight]:
        """What stands in one value by itself, whatever is written inside it; in order of place."""
        return self._judge.known(path, key, value)[0]

    def _settled(self, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """What stands of the findings in a value and in what is written in it."""
        kept = standing(found)
        nobodys = of_nobody(kept)
        self._suppressed.update((kept[index][5], kept[index][6], "nobody-beside") for index in nobodys)
        return [one for index, one in enumerate(kept) if index not in nobodys] if nobodys else kept

    def _read_through(self, source: str, record: int, leaf: Leaf, found: list[tuple[Any, ...]]) -> None:
        """Reads a leaf and everything written inside it."""
        if not self._judge.may_be_layered(leaf.value):
            self._read(source, record, leaf, NOWHERE, found)
            return
        tree = nested(leaf.value)
        if tree is not None and not self._holds(tree, leaf.field + "->$", ""):
            return
        inner, before = inner_leaves(leaf, self.key), len(found)
        seen = Seen()
        if not whole(inner, leaf):
            self._read(source, record, leaf, seen, found)
        for part in inner:
            self._read(source, record, part, seen, found)
        found[before:] = self._settled(found[before:])

    def _holds(self, tree: Any, path: str, name: str) -> bool:
        """Whether anything can stand in a nested value; when in doubt, yes."""
        leaves: list[tuple[str, str, str]] = []
        texts(tree, path, name, leaves)
        return any(self._may_hold(*leaf) for leaf in leaves)

    def _may_hold(self, path: str, name: str, text: str) -> bool:
        if self._judge.may_be_layered(text):
            tree = nested(text)
            return tree is None or self._holds(tree, path + "->$", name)
        sights, suppressed = self._judge.known(path, key_in(self._source, path, name), text)
        return bool(sights or suppressed)

    def _read(
        self, source: str, record: int, leaf: Leaf, seen: Seen, found: list[tuple[Any, ...]], possible: list[int] | None = None
    ) -> None:
        """Adds what stands in a leaf to `found`."""
        key = key_in(source, leaf.field, leaf.key or "")
        sights, suppressed = self._judge.known(leaf.field, key, leaf.value, possible)
        for one in suppressed:
            self._suppressed[one.entity, one.detector, one.reason or ""] += 1
        decoded = "->" in leaf.field
        for sight in sights:
            start, end = place(leaf, sight.start, sight.end)
            if seen.repeats(start, end, sight.entity, sight.fingerprint, decoded):
                continue
            found.append(row_of(source, record, leaf.field, key, (start, end), sight, sight.inside() if decoded else sight.attributes))


def _opaque() -> pl.Expr:
    """Offsets for values that come without them: direct where nothing was decoded, else the whole span."""
    nothing = pl.lit(None, dtype=pl.List(pl.UInt32))
    empty_list = pl.lit([], dtype=pl.List(pl.UInt32))
    return pl.when(pl.col("field").str.contains("->", literal=True)).then(empty_list).otherwise(nothing)


def _breaks(offsets: list[int] | None) -> tuple[tuple[int, int], ...] | None:
    return None if offsets is None else tuple(zip(offsets[::2], offsets[1::2], strict=True))
