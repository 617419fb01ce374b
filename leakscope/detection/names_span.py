"""What a finder of names gives back, and what it must be able to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

#: Entity types a finder of names may give.
ENTITIES = ("PERSON", "LOCATION", "ORGANIZATION", "POSTAL_ADDRESS")

#: What other models call them -> ours; anything else they give is left out.
FROM_LABELS = {
    "PER": "PERSON", "PERSON": "PERSON", "PRS": "PERSON", "GIVEN_NAME": "PERSON", "SURNAME": "PERSON", "FIRSTNAME": "PERSON", "LASTNAME": "PERSON", "NAME": "PERSON",
    "LOC": "LOCATION", "GPE": "LOCATION", "FAC": "LOCATION", "LOCATION": "LOCATION", "CITY": "LOCATION", "STATE": "LOCATION", "COUNTRY": "LOCATION",
    "ORG": "ORGANIZATION", "ORGANIZATION": "ORGANIZATION", "ORGANISATION": "ORGANIZATION", "COMPANY": "ORGANIZATION",
    "ADDR": "POSTAL_ADDRESS", "ADDRESS": "POSTAL_ADDRESS", "POSTAL_ADDRESS": "POSTAL_ADDRESS", "STREET_ADDRESS": "POSTAL_ADDRESS", "STREET_NAME": "POSTAL_ADDRESS", "STREET": "POSTAL_ADDRESS", "BUILDING_NUMBER": "POSTAL_ADDRESS", "SECONDARY_ADDRESS": "POSTAL_ADDRESS",
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class NameSpan:
    """
    A name in a text.

    Args:
        start, end: half-open, code points of the text as given.
        entity: one of `ENTITIES`.
        confidence: probability that it is one.
    """

    start: int
    end: int
    entity: str
    confidence: float


class NamesEngine(Protocol):
    """Anything that finds names."""

    name: str

    def find(self, texts: Sequence[str]) -> list[list[NameSpan]]:
        """The names of each text."""

    def reads(self, language: str) -> bool:
        """Whether it was made for a language (ISO 639-1)."""
