"""The catalogue's plain meaning: every rule on every value, nothing skipped, nothing remembered. Slow; what tests hold the kernel to."""

from __future__ import annotations

from typing import Any

import polars as pl

from leakscope.catalogue.model import Catalogue
from leakscope.detection.candidate import Candidate
from leakscope.detection.context import context_of
from leakscope.detection.decoded import Place, beaten
from leakscope.detection.judging import judged_together, with_names
from leakscope.detection.matching import candidates
from leakscope.detection.numbers_named import numbers_of
from leakscope.detection.roles import roles_of
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey
from leakscope.schema import SIGHTINGS
from leakscope.text.leaf import place
from leakscope.text.normalise import normalise
from leakscope.text.unfold import leaves, rows

COLUMNS = ("record", "field", "start", "end", "entity", "detector", "confidence", "validated", "fingerprint", "value")


def found_in(catalogue: Catalogue, path: str, key: str, value: str, least: float) -> tuple[Candidate, ...]:
    """What stands in one value, and what is suppressed there, by running every rule on it."""
    context = context_of(path, key)
    found = [one for detector in catalogue.detectors for one in candidates(detector, context, value, least)]
    standing, suppressed = judged_together(with_names(found, roles_of(key), numbers_of(key), value), context, value, least)
    return *standing, *suppressed


def find(batch: Batch, catalogue: Catalogue, key: IncidentKey, least: float = 0.5) -> pl.DataFrame:
    """
    Findings in the records of `batch`.

    Returns:
        The columns `COLUMNS`, in record order.
    """
    found: list[tuple[Any, ...]] = []
    issued: list[bool] = []
    for record, row in rows(batch):
        seen: list[tuple[str, int, int, str, str]] = []
        for leaf in leaves(row, key):
            stem, arrow, _ = leaf.field.partition("->")
            for one in found_in(catalogue, leaf.field, leaf.key or "", leaf.value, least):
                if one.reason:
                    continue
                text = leaf.value[one.start : one.end]
                start, end = place(leaf, one.start, one.end)
                mark = key.pseudonym(one.entity, normalise(one.entity, text))
                if arrow and any(s == stem and e == one.entity and m == mark and start < last and first < end for s, first, last, e, m in seen):
                    continue
                seen.append((stem, start, end, one.entity, mark))
                found.append((record, leaf.field, start, end, one.entity, one.detector, round(one.confidence, 4), one.validated, mark, text))
                issued.append("provider" in one.attributes)
    over = beaten([Place(*row[:7], row[8], known, row[9]) for row, known in zip(found, issued, strict=True)])
    found = [row for index, row in enumerate(found) if index not in over]
    return pl.DataFrame(found, schema={name: SIGHTINGS[name] for name in COLUMNS}, orient="row")
