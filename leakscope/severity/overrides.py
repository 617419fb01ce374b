"""A human's correction of a factor or weight: what, to which value, by whom, when and why; always recorded with what it replaced."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from leakscope.errors import UsageError
from leakscope.safety.escape import plain
from leakscope.severity.shapes import Grounds, Scheme
from leakscope.vocabulary import elements

PREFIX = "severity."
#: Overrides of duties are the law's.
_OF_OTHERS = ("duty-", "individuals")
Range = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """
    One override of severity.

    Args:
        target: `DPC`, `DPC.<category>`, `EI`, `CB`, `CB.<circumstance>`, `weight.<data class>` or `<scheme>.<factor>`.
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


def targets(grounds: Grounds, schemes: Iterable[Scheme]) -> dict[str, Range]:
    """
    Everything that can be overridden, with the range its value lies in.

    Args:
        grounds: whose categories, circumstances and weights count.
        schemes: whose own factors count besides.
    """
    single: dict[str, Range] = {"DPC": (1, 4), "EI": (0.25, 1), "CB": (0, 2)}
    categories: dict[str, Range] = {f"DPC.{code}": (1, 4) for code in grounds.categories}
    circumstances: dict[str, Range] = {f"CB.{kind}": (0, 0.5) for kind in grounds.circumstances}
    weights: dict[str, Range] = {f"weight.{code}": (0, 4) for code in (*elements(), *(f"secret_{level}" for level in grounds.secret_weights))}
    factors: dict[str, Range] = {f"{scheme.id}.{factor.id}": _reach(scheme) for scheme in schemes for factor in scheme.factors}
    return single | categories | circumstances | weights | factors


def _reach(scheme: Scheme) -> Range:
    """What one factor may be: the scale itself where the highest counts, part of it in a sum, any positive number in a product."""
    return {"max": (scheme.low, scheme.high), "sum": (0, scheme.high)}.get(scheme.combine, (0, 1e12))


def read_overrides(rows: Iterable[Override | Mapping[str, Any]], known: Mapping[str, Range]) -> tuple[Override, ...]:
    """
    The overrides that concern severity.

    Args:
        rows: overrides, or mappings with `target` (with or without `severity.`), `after` or `value`, `who`, `when`, `why`;
            targets of other parts of the assessment are left alone.
        known: result of `targets`.

    Raises:
        UsageError: an override has no reason, no value, a value outside its range, or a target that does not exist.
    """
    read = (row if isinstance(row, Override) else _from_mapping(_mapping(row), known) for row in rows)
    return tuple(override for override in read if override is not None)


def _mapping(row: Any) -> Mapping[str, Any]:
    """An override of the facts file as a mapping, whether it came as one or as an object."""
    if isinstance(row, Mapping):
        return row
    return {name: getattr(row, name, None) for name in ("target", "value", "after", "who", "when", "why")}


def _from_mapping(row: Mapping[str, Any], known: Mapping[str, Range]) -> Override | None:
    target = str(row.get("target", "")).removeprefix(PREFIX)
    if target.startswith(_OF_OTHERS):
        return None
    if target not in known:
        near = difflib.get_close_matches(target, list(known), 1)
        hint = f"Did you mean severity.{near[0]}?" if near else "severity.DPC, severity.EI, severity.CB, severity.weight.ssn, a duty's id; docs/severity.md lists the kinds."
        raise UsageError(f"nothing called {plain(target)} can be overridden", hint=hint)
    value = row.get("after") if row.get("after") is not None else row.get("value")
    when = row.get("when")
    when = when.isoformat() if isinstance(when, date) else str(when or "not stated")
    if not str(row.get("why") or "").strip():
        raise UsageError(f"the override of {target} gives no reason", hint='Add why = "...".')
    low, high = known[target]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise UsageError(f"the override of {target} has no usable value", hint=f"A number from {low:g} to {high:g}.")
    return Override(target=target, after=float(value), who=str(row.get("who") or "not stated"), when=when, why=str(row["why"]))


def overridden(overrides: Iterable[Override], target: str, before: float) -> float:
    """`before`, or the value of the last override of `target`."""
    found = [override.after for override in overrides if override.target == target]
    return found[-1] if found else before


def override_of(overrides: Iterable[Override], target: str) -> Override | None:
    """The last override of `target`, if any."""
    return next((override for override in reversed(list(overrides)) if override.target == target), None)


def fixed_factors(overrides: Iterable[Override], scheme: Scheme) -> dict[str, float]:
    """Values that people set for factors of `scheme`, by factor id."""
    head = f"{scheme.id}."
    return {override.target.removeprefix(head): override.after for override in overrides if override.target.startswith(head)}


def mark(factor: dict[str, Any], override: Override | None, before: float) -> dict[str, Any]:
    """`factor` with what a person replaced in it, when, who and why; null where nobody did."""
    if override is None:
        return {**factor, "overridden": None}
    note = {"before": before, "who": override.who, "when": override.when, "why": override.why}
    return {**factor, "overridden": note, "source": "override"}
