"""Shows what the benign catalogue suppressed: where it stands, and why it is no finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import polars as pl

from leakscope.catalogue.model import Detector
from leakscope.detection.benign import weighed
from leakscope.detection.candidate import Candidate
from leakscope.detection.context import context_of
from leakscope.detection.judging import with_names
from leakscope.detection.kernel import Kernel
from leakscope.detection.matching import candidates
from leakscope.detection.numbers_named import numbers_of
from leakscope.detection.roles import roles_of
from leakscope.detection.row_keys import key_in
from leakscope.model import Batch
from leakscope.safety.masking import mask
from leakscope.schema import FINDINGS, empty
from leakscope.text.leaf import place
from leakscope.text.normalise import normalise
from leakscope.text.unfold import leaves, rows

#: Reason of findings that are only too unsure; `--min-confidence` shows those.
UNSURE = "low-confidence"


class HeldBack:
    """
    Finds again what a kernel suppressed since it was last asked.

    Args:
        kernel: has read the batch; its counts say which rules to ask again, so that the others need not run.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._seen: Mapping[str, int] = {}

    def find(self, batch: Batch) -> pl.DataFrame:
        """What was suppressed in `batch`, just read; schema `FINDINGS`, by record, the reason in `attributes.suppressed`."""
        counts = dict(self._kernel.suppressed.filter(pl.col("reason") != UNSURE).group_by("detector").agg(pl.col("count").sum()).iter_rows())
        again = frozenset(name for name, count in counts.items() if count > self._seen.get(name, 0))
        self._seen = counts
        if not again:
            return empty(FINDINGS)
        rules = [rule for rule in self._kernel.catalogue.detectors if rule.id in again]
        found = [row for number, row in rows(batch) for row in self._in_record(batch.source, number, row, rules)]
        return pl.DataFrame(found, schema=FINDINGS, orient="row") if found else empty(FINDINGS)

    def _in_record(self, source: str, number: int, row: Any, rules: list[Detector]) -> list[tuple[Any, ...]]:
        told: dict[tuple[str, int, int, str], tuple[Any, ...]] = {}
        for leaf in leaves(row, self._kernel.key):
            key = key_in(source, leaf.field, leaf.key or "")
            for one in self._suppressed(rules, leaf.field, key, leaf.value):
                start, end = place(leaf, one.start, one.end)
                told.setdefault((leaf.field.partition("->")[0], start, end, one.entity), self._row(source, number, leaf.field, (start, end), one, leaf.value))
        return list(told.values())

    def _suppressed(self, rules: list[Detector], path: str, key: str, value: str) -> list[Candidate]:
        context, least = context_of(path, key), self._kernel.min_confidence
        found = [one for rule in rules for one in candidates(rule, context, value, least)]
        judged = (weighed(one, context, value) for one in with_names(found, roles_of(key), numbers_of(key), value))
        asked = self._kernel.entities
        return [one for one in judged if one.reason and (asked is None or one.entity in asked)]

    def _row(self, source: str, number: int, field: str, span: tuple[int, int], one: Candidate, value: str) -> tuple[Any, ...]:
        text = value[one.start : one.end]
        attributes = orjson.dumps({**one.attributes, "suppressed": one.reason}, option=orjson.OPT_SORT_KEYS).decode()
        fingerprint = self._kernel.key.pseudonym(one.entity, normalise(one.entity, text))
        row = {
            "source": source, "record": number, "field": field, "start": span[0], "end": span[1], "entity": one.entity, "detector": one.detector,
            "confidence": round(one.confidence, 4), "validated": one.validated, "fingerprint": fingerprint, "preview": mask(one.entity, text), "attributes": attributes,
        }  # fmt: skip
        return tuple(row[name] for name in FINDINGS.names())
