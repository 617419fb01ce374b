"""The shape of an explanation and how its values read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leakscope.assessment.case import Case
from leakscope.assessment.leading import scheme_of
from leakscope.severity.scheme import grounds_of, load_scheme
from leakscope.severity.shapes import Grounds

PLACES_SHOWN, PEOPLE_SHOWN = 12, 5
Rows = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands under it, label by label."""

    heading: str
    rows: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """
    Why one entry stands in the result.

    Args:
        id: of the entry.
        kind: finding, person, duty or entry.
        sections: from the evidence to the consequence.
    """

    id: str
    kind: str
    sections: tuple[Section, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping for JSON."""
        return {"id": self.id, "kind": self.kind, "sections": [{"heading": part.heading, "rows": [list(row) for row in part.rows]} for part in self.sections]}


def is_nested(value: Any) -> bool:
    """Whether a value of an entry holds further entries."""
    return isinstance(value, Mapping) or (isinstance(value, list) and any(isinstance(part, Mapping) for part in value))


def said(value: Any) -> str:
    """A value in words."""
    if value is None or value in ("", []):
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(said, value))
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def grounds_for(case: Case, assessment: Mapping[str, Any]) -> Grounds:
    """The measures that the case was weighed with."""
    return grounds_of(load_scheme(scheme_of(case, assessment)))
