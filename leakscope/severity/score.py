"""The arithmetic of severity: categories, combinations, bands; pure numbers, no frames."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from leakscope.errors import DomainError
from leakscope.severity.scheme import grounds_of, load_scheme
from leakscope.severity.shapes import Category, Factor, Scheme

LOWEST, HIGHEST = 1, 4


def adjust(category: Category, adjustments: Iterable[str] = ()) -> int:
    """
    The score of one category: its base, the largest step up and the largest step down, held to 1..4.

    Several reasons to raise do not add up, nor do several to lower: ENISA's annex picks one line of the table.

    Args:
        category: of a scheme.
        adjustments: ids of the category's adjustments that hold, in any order.

    Raises:
        DomainError: the category has no such adjustment.
    """
    taken = list(adjustments)
    unknown = [name for name in taken if name not in category.adjustments]
    if unknown:
        raise DomainError(f"category {category.id} has no adjustment {unknown[0]}", hint=", ".join(category.adjustments))
    steps = [category.adjustments[name].step for name in taken]
    return min(HIGHEST, max(LOWEST, category.base + max([0, *steps]) + min([0, *steps])))


def processing_context(category: str, adjustments: Iterable[str] = (), *, scheme: str = "enisa-2013") -> int:
    """
    DPC score of one category of data with the adjustments that hold for it.

    Args:
        category: simple, behavioural, financial or sensitive.
        adjustments: ids such as `profile` or `no_insight`; see the scheme's file.
        scheme: name or path.

    Returns:
        1 to 4.

    Source:
        ENISA 2013, annex 1.

    Example:
        >>> processing_context("simple", ["profile"])
        2
    """
    categories = grounds_of(load_scheme(scheme)).categories
    if category not in categories:
        raise DomainError(f"there is no category {category}", hint=", ".join(categories))
    return adjust(categories[category], adjustments)


def severity_score(dpc: float, ei: float, cb: float) -> float:
    """
    ENISA's severity of a breach.

    Args:
        dpc: data processing context, 1 to 4.
        ei: ease of identification, 0.25 to 1.
        cb: circumstances of the breach, 0 to 2.

    Returns:
        dpc x ei + cb, 0.25 to 6.

    Raises:
        DomainError: an argument lies outside its range.

    Source:
        ENISA 2013, section 4: SE = DPC x EI + CB.

    Example:
        >>> severity_score(3, 0.75, 0.75)
        3.0
    """
    if not (LOWEST <= dpc <= HIGHEST and 0.25 <= ei <= 1 and 0 <= cb <= 2):
        raise DomainError("severity needs DPC in 1..4, EI in 0.25..1 and CB in 0..2")
    return dpc * ei + cb


def band_of(score: float, scheme: Scheme) -> str:
    """The level that `score` falls into; a score on a bound belongs to the higher level."""
    return [band.level for band in scheme.bands if band.at_least is None or score >= band.at_least][-1]


def factor_value(factor: Factor, measures: Mapping[str, float]) -> float:
    """The value of `factor`: read from its measure through its cuts, or given under its own id where it is read from elements."""
    if factor.measure is None:
        return float(measures.get(factor.id, factor.base))
    measure = float(measures[factor.measure])
    reached = [value for at_least, value in factor.cuts if measure >= at_least]
    return reached[-1] if reached else measure


def combine(scheme: Scheme, measures: Mapping[str, float], fixed: Mapping[str, float] | None = None) -> float:
    """
    The score that `scheme` gives to `measures`.

    Args:
        scheme: any.
        measures: by measure name, or by factor id where a factor is read from elements.
        fixed: values by factor id that hold instead.

    Returns:
        held to the scheme's range.
    """
    if scheme.combine == "dpc_ei_cb":
        return severity_score(measures["dpc"], measures["ei"], measures["cb"])
    values = [(fixed or {}).get(factor.id, factor_value(factor, measures)) for factor in scheme.factors]
    if scheme.combine == "log10_product":
        product = math.prod(values)
        return max(scheme.low, min(scheme.high, math.log10(product))) if product > 0 else scheme.low
    total = max(values) if scheme.combine == "max" else sum(values)
    return max(scheme.low, min(scheme.high, total))
