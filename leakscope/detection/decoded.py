"""
Of what is found in a value and in what is written inside it in another form, what stands.

A key with a percent-encoded character is seen twice: cut off in the text as written, whole once it is decoded. Findings of one family
(secrets, personal data) that overlap in the text as written, with another type or value, compete. The text with its entities, escapes
and disguises resolved wins over the one with them; then a secret whose issuer is known, then what has confidence 0.95 or more, or 0.85
or more, then the longest, then what stands in the more decoded text, then the surest. The others become its `alternatives`.
The place of a text in base64 inside base64 is not known in the text as written: there, only what is itself a piece of base64 that says
text gives way to what is found in base64 beside it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import orjson

from leakscope.detection.overlaps import LIKELY, MAX_ALTERNATIVES, SURE, is_secret
from leakscope.text.layers import unbase64

_LAYER = re.compile(r"->(?=(?:utf16|percent|entities|escapes|plain|base64)(?![a-z0-9]))")
#: Layers without which a text is misread; a password in an address is only whole while it is percent-encoded, a token may say something in base64.
_MEANT = re.compile(r"->(?=(?:utf16|entities|escapes|plain)(?![a-z0-9]))")
_RUN = "->base64"
_IN_RUN = re.compile(_RUN)
VERY_SURE = 0.95
#: Findings in one text inside base64 that those in base64 inside it are compared with.
MOST_COMPARED = 20
#: Characters of decoded text that are no chance.
_TELLING = 12


class Place(NamedTuple):
    """
    A finding, as far as others compete with it.

    Args:
        record: what tells its record from others.
        field: with every layer.
        start, end: in the text as written.
        entity, detector, confidence, fingerprint: as in the finding.
        issued: whether its provider is known.
        text: what is found.
    """

    record: object
    field: str
    start: int
    end: int
    entity: str
    detector: str
    confidence: float
    fingerprint: str
    issued: bool
    text: str

    @property
    def rank(self) -> tuple[Any, ...]:
        """Greater for what stands."""
        sure = (self.confidence >= SURE) + (self.confidence >= VERY_SURE)
        issued = self.issued and self.confidence >= LIKELY
        return len(_MEANT.findall(self.field)), issued, sure, self.end - self.start, self.field.count("->"), self.confidence, self.field


def beaten(found: Sequence[Place]) -> dict[int, int]:
    """
    The findings that do not stand, each with the one that stands for it.

    Args:
        found: in any order.

    Returns:
        Index -> index.
    """
    over: dict[int, int] = {}
    for bucket in _buckets(found):
        plain: list[int] = []
        in_runs: list[int] = []
        kin: dict[str, list[int]] = defaultdict(list)
        for index in sorted(bucket, key=lambda one: found[one].rank, reverse=True):
            if index in over:
                continue
            field = found[index].field
            around = [field, *(field[: cut.start()] for cut in _IN_RUN.finditer(field))]
            others = chain(plain, *(kin[text][:MOST_COMPARED] for text in around)) if _RUN in field else chain(plain, in_runs)
            winner = next((other for other in others if _compete(found[index], found[other])), None)
            if winner is not None:
                over[index] = winner
            elif _RUN in field:
                in_runs.append(index)
                for text in around:
                    kin[text].append(index)
            else:
                plain.append(index)
    return over


def _buckets(found: Sequence[Place]) -> Iterator[list[int]]:
    """Findings in each text that has some both in itself or in one layer, and in another."""
    below: dict[tuple[object, str], list[int]] = defaultdict(list)
    for index, one in enumerate(found):
        if "->" in one.field:
            for cut in _LAYER.finditer(one.field):
                below[one.record, one.field[: cut.start()]].append(index)
    if not below:
        return
    own: dict[tuple[object, str], list[int]] = defaultdict(list)
    for index, one in enumerate(found):
        if (one.record, one.field) in below:
            own[one.record, one.field].append(index)
    for text, inner in below.items():
        yield from _near(found, [*own[text], *inner])


def _near(found: Sequence[Place], bucket: list[int]) -> Iterator[list[int]]:
    """Runs of findings that overlap one another."""
    run: list[int] = []
    end = -1
    for index in sorted(bucket, key=lambda one: found[one].start):
        if run and found[index].start >= end:
            if len(run) > 1:
                yield run
            run = []
        end = max(end, found[index].end) if run else found[index].end
        run.append(index)
    if len(run) > 1:
        yield run


def _compete(one: Place, other: Place) -> bool:
    """Whether both say something of the same characters, and not the same."""
    if one.field == other.field or is_secret(one.entity) != is_secret(other.entity) or (one.entity, one.fingerprint) == (other.entity, other.fingerprint):
        return False
    if not (one.start < other.end and other.start < one.end):
        return False
    if not (_RUN in one.field and _RUN in other.field):
        return True
    outer, inner = sorted((one, other), key=lambda place: len(place.field))
    return inner.field.startswith(outer.field + _RUN) and _is_piece_of_base64(outer.text)


def _is_piece_of_base64(text: str) -> bool:
    """Whether `text`, from one of four places on, says printable text of twelve characters or more: once in 100,000 by chance."""
    return any((says := unbase64(text[skip:])) is not None and len(says[1]) >= _TELLING and says[1].isascii() for skip in range(4))


#: Columns of a finding's row: see `leakscope.schema.SIGHTINGS`.
_ATTRIBUTES = 11


def standing(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """
    The rows whose findings stand, in their order, the others among the alternatives of those that beat them.

    Args:
        rows: values of the columns `SIGHTINGS`.
    """
    if not any("->" in row[2] for row in rows):
        return rows
    found = [Place(row[:2], row[2], row[3], row[4], row[5], row[6], row[7], row[9], '"provider"' in row[_ATTRIBUTES], row[12]) for row in rows]
    over = beaten(found)
    if not over:
        return rows
    losers: dict[int, list[Place]] = defaultdict(list)
    for loser, winner in over.items():
        losers[winner].append(found[loser])
    return [_told(row, losers.get(index, [])) for index, row in enumerate(rows) if index not in over]


def _told(row: tuple[Any, ...], losers: list[Place]) -> tuple[Any, ...]:
    others = [one for one in losers if one.entity != row[5]]
    if not others:
        return row
    attributes = orjson.loads(row[_ATTRIBUTES])
    named = [{"entity": one.entity, "detector": one.detector, "confidence": one.confidence} for one in others]
    attributes["alternatives"] = [*attributes.get("alternatives", ()), *named][:MAX_ALTERNATIVES]
    return (*row[:_ATTRIBUTES], orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS).decode(), *row[_ATTRIBUTES + 1 :])
