"""A span that a rule found in a value, before spans compete."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Candidate(NamedTuple):
    """
    A span that a rule found in a value; a tuple, because many are made.

    Args:
        start, end: code points in the value.
        entity: entity type.
        detector: the rule's id.
        confidence: after validator and context.
        validated: whether structure was checked and holds; null when there is no check.
        reason: why it is suppressed, else null.
        attributes: what else is known.
        words: of which one near the span made its rule find it, or surer; empty when it stands for itself.
    """

    start: int
    end: int
    entity: str
    detector: str
    confidence: float
    validated: bool | None = None
    reason: str | None = None
    attributes: Mapping[str, Any] = _NOTHING
    words: tuple[str, ...] = ()
