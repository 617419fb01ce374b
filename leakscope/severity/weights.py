"""The weight of a kind of data: by the scheme, or as somebody set it."""

from __future__ import annotations

from collections.abc import Iterable

from leakscope.severity.overrides import Override, override_of
from leakscope.severity.shapes import Grounds, Weight
from leakscope.vocabulary import elements


def weight_of(element: str, grounds: Grounds, overrides: Iterable[Override] = ()) -> Weight:
    """
    Severity weight of one element, 0 to 4.

    Args:
        element: code.
        grounds: own weights of elements; otherwise the base of the element's category counts.
        overrides: a `weight.<element>` among them wins.
    """
    override = override_of(overrides, f"weight.{element}")
    if override:
        return Weight(value=override.after, source=f"override by {override.who}: {override.why}")
    if element in grounds.element_weights:
        return grounds.element_weights[element]
    known = elements().get(element)
    category = known.enisa if known else "simple"
    category = grounds.access.get(element, grounds.access[""]) if category == "by_access" else category
    return Weight(value=float(grounds.categories[category].base), source=f"{grounds.weight_source} {category}")


def before_weight(target: str, grounds: Grounds) -> float:
    """The weight that an override of `weight.<class>` replaces; secrets have theirs by severity."""
    code = target.removeprefix("weight.")
    level = code.removeprefix("secret_")
    return float(grounds.secret_weights[level]) if level != code else weight_of(code, grounds).value
