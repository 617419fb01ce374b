"""A human's correction of a factor or weight: what, to which value, by whom, when and why; always recorded with what it replaced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from leakscope.errors import UsageError

PREFIX = "severity."


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """
    One override of severity.

    Args:
        target: `DPC`, `DPC.<category>`, `EI`, `CB`, `CB.<circumstance>` or `weight.<data class>`.
        after: the value that holds instead.
        who: who decided.
        when: date or instant, as stated.
        why: the reason.
    """

    target: str
    after: float
    who: str
    when: str
    why: str


def read_overrides(rows: Iterable[Override | Mapping[str, Any]]) -> tuple[Override, ...]:
    """
    The overrides that concern severity.

    Args:
        rows: overrides, or mappings with `target` (with or without `severity.`), `after` or `value`, `who`, `when`, `why`;
            targets of other parts of the assessment are left alone.

    Raises:
        UsageError: an override has no reason, no value, or a value outside its range.
    """
    read = (row if isinstance(row, Override) else _from_mapping(_mapping(row)) for row in rows)
    return tuple(override for override in read if override is not None)


def _mapping(row: Any) -> Mapping[str, Any]:
    """An override of the facts file as a mapping, whether it came as one or as an object."""
    if isinstance(row, Mapping):
        return row
    return {name: getattr(row, name, None) for name in ("target", "value", "after", "who", "when", "why")}


def _from_mapping(row: Mapping[str, Any]) -> Override | None:
    target = str(row.get("target", "")).removeprefix(PREFIX)
    head = target.partition(".")[0]
    if head not in ("DPC", "EI", "CB", "weight"):
        return None
    value = row.get("after") if row.get("after") is not None else row.get("value")
    when = row.get("when")
    when = when.isoformat() if isinstance(when, date) else str(when or "not stated")
    if not str(row.get("why") or "").strip():
        raise UsageError(f"the override of {target} gives no reason", hint='Add why = "...".')
    if isinstance(value, bool) or not isinstance(value, int | float) or not _inside(target, float(value)):
        raise UsageError(f"the override of {target} has no usable value", hint="DPC 1 to 4, EI 0.25 to 1, CB 0 to 2, each circumstance 0 to 0.5, weights 0 to 4.")
    return Override(target=target, after=float(value), who=str(row.get("who") or "not stated"), when=when, why=str(row["why"]))


def _inside(target: str, value: float) -> bool:
    ranges = {"DPC": (1, 4), "EI": (0.25, 1), "CB": (0, 2), "CB.": (0, 0.5), "weight": (0, 4)}
    head = target.partition(".")[0]
    low, high = ranges["CB." if target.startswith("CB.") else head]
    return low <= value <= high


def overridden(overrides: Iterable[Override], target: str, before: float) -> float:
    """`before`, or the value of the last override of `target`."""
    found = [override.after for override in overrides if override.target == target]
    return found[-1] if found else before


def override_of(overrides: Iterable[Override], target: str) -> Override | None:
    """The last override of `target`, if any."""
    return next((override for override in reversed(list(overrides)) if override.target == target), None)
