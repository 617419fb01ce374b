"""A candidate that stands, with all that its finding says wherever it is seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson


class Sight(NamedTuple):
    """
    What stands in a value; a tuple of plain values, because many are remembered.

    Args:
        start, end: code points in the value.
        entity: entity type.
        detector: the rule's id.
        confidence: after everything, four decimals.
        validated: whether structure was checked and holds; null when there is no check.
        fingerprint: keyed hash of the normalised span.
        preview: its mask.
        attributes: as JSON.
        text: the span.
    """

    start: int
    end: int
    entity: str
    detector: str
    confidence: float
    validated: bool | None
    fingerprint: str
    preview: str
    attributes: str
    text: str

    def further(self, **more: int) -> str:
        """Its attributes and some more."""
        return as_json({**orjson.loads(self.attributes), **more})

    def inside(self) -> str:
        """Its attributes in a value that was written inside another: also where it stands there."""
        return self.further(decoded_start=self.start, decoded_end=self.end)


def as_json(attributes: Mapping[str, Any]) -> str:
    """Attributes of a finding as one JSON object, names in order."""
    return orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS).decode() if attributes else "{}"
