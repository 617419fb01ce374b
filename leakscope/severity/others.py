"""The same incident under other schemes, each from its own file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from leakscope.severity.circumstances import ASSUMED, Circumstances
from leakscope.severity.incident import Ground, assumed_range
from leakscope.severity.overrides import Override, fixed_factors, mark, override_of
from leakscope.severity.people import element_categories
from leakscope.severity.score import band_of, combine, factor_value
from leakscope.severity.shapes import Factor, Grounds, Scheme


def _from_elements(factor: Factor, codes: set[str], categories: Mapping[str, str]) -> float:
    values = [factor.elements.get(code, factor.categories.get(categories[code], factor.base)) for code in codes if code in categories]
    return max([factor.base, *values])


def measures_of(people: pl.DataFrame, records: int, *, circumstances: Circumstances, grounds: Grounds, cb: float) -> dict[str, float]:
    """
    The measures of the incident that factors of any scheme may read.

    Args:
        people: result of `people.person_severity`; the worst person gives DPC and EI, each on its own.
        records: records that hold personal data or secrets.
        circumstances: of the breach.
        grounds: values of the circumstances.
        cb: their sum with overrides.
    """
    return {
        "dpc": max([1.0, *people["dpc"].to_list()]),
        "ei": max([grounds.floor, *people["ei"].to_list()]),
        "cb": cb,
        "people": float(people.height),
        "records": float(records),
        "special": float(bool(people["special"].any())),
        "circumstances": cb,
        "malicious": circumstances.state("malicious", grounds).value,
        "misuse": float(circumstances.misuse),
    }


#: How each kind of scheme makes a score of its factors, for people to read.
FORMULAS = {"dpc_ei_cb": "SE = DPC x EI + CB", "max": "the highest factor", "sum": "the sum of the factors", "log10_product": "log10 of the product of the factors"}
_SIGNS = {"max": ", ", "sum": " + ", "log10_product": " x "}


def working_of(scheme: Scheme, scored: Mapping[str, Any]) -> str:
    """The sum as one line: `highest of 2, 3, 2 = 3`."""
    values = _SIGNS[scheme.combine].join(f"{factor['value']:,g}" for factor in scored["factors"])
    head = {"max": "highest of ", "log10_product": "log10 of "}.get(scheme.combine, "")
    return f"{head}{values} = {scored['score']:g}"


def scale_of(scheme: Scheme) -> dict[str, Any]:
    """The scheme's range and levels, so that a reader of the result needs no scheme file."""
    low = 0.0 if scheme.combine == "dpc_ei_cb" else scheme.low
    bands = [{"band": band.level, "at_least": band.at_least if band.at_least is not None else low, "meaning": band.meaning} for band in scheme.bands]
    return {"low": low, "high": scheme.high, "bands": bands}


def _full(scheme: Scheme, measures: Mapping[str, float], codes: set[str], ground: Ground) -> dict[str, float]:
    categories = element_categories(ground.grounds, ground.circumstances)
    return {**measures, **{factor.id: _from_elements(factor, codes, categories) for factor in scheme.factors if factor.measure is None}}


def score_range(scheme: Scheme, measures: Mapping[str, float], codes: set[str], ground: Ground) -> tuple[float, float]:
    """The score with every circumstance that nobody stated at its lightest, and at its gravest."""
    full, fixed = _full(scheme, measures, codes, ground), fixed_factors(ground.overrides, scheme)
    states = [state.value for state in ground.grounds.circumstances["malicious"].values()]
    open_intent = ground.circumstances.states["malicious"] == ASSUMED and override_of(ground.overrides, "CB.malicious") is None
    intent = (min(states), max(states)) if open_intent else (full["malicious"],) * 2
    ends = [{**full, "cb": cb, "circumstances": cb, "malicious": end} for cb, end in zip(assumed_range(ground), intent, strict=True)]
    low, high = (round(combine(scheme, one, fixed), 4) for one in ends)
    return low, high


def _steps(factor: Factor) -> list[float]:
    """The values that a factor can take."""
    return sorted({value for _, value in factor.cuts} | ({factor.base, *factor.elements.values(), *factor.categories.values()} if factor.measure is None else set()))


def sensitivity_of(scheme: Scheme, measures: Mapping[str, float], codes: set[str], ground: Ground) -> list[dict[str, Any]]:
    """The score with each factor one step lower and one step higher, all else equal."""
    full, fixed = _full(scheme, measures, codes, ground), fixed_factors(ground.overrides, scheme)
    rows = []
    for factor in scheme.factors:
        here = fixed.get(factor.id, factor_value(factor, full))
        near = [max((step for step in _steps(factor) if step < here), default=None), min((step for step in _steps(factor) if step > here), default=None)]
        for step in (value for value in near if value is not None):
            score = combine(scheme, full, {**fixed, factor.id: step})
            rows.append({"change": f"{factor.name.lower()} {step:g} instead of {here:g}", "score": round(score, 4), "band": band_of(score, scheme)})
    return rows


def _factor_row(factor: Factor, value: float, override: Override | None) -> dict[str, Any]:
    row = {"factor": factor.id, "name": factor.name, "value": override.after if override else value, "why": factor.why, "overridable": True}
    return mark(row, override, value)


def score_with(
    scheme: Scheme, measures: Mapping[str, float], codes: set[str], *, circumstances: Circumstances, grounds: Grounds, overrides: tuple[Override, ...] = ()
) -> dict[str, Any]:
    """
    The incident under `scheme`.

    Args:
        scheme: not of ENISA's kind.
        measures: result of `measures_of`.
        codes: elements exposed of anyone.
        circumstances: of the breach.
        grounds: categories of credentials.
        overrides: those of the scheme's own factors hold; those of DPC, EI and CB are in `measures` already.

    Returns:
        `id, scheme, scheme_id, combine, title, score, band, meaning, factors, note, confidence`.
    """
    categories = element_categories(grounds, circumstances)
    derived = {factor.id: _from_elements(factor, codes, categories) for factor in scheme.factors if factor.measure is None}
    full = {**measures, **derived}
    score = combine(scheme, full, fixed_factors(overrides, scheme))
    factors = [_factor_row(factor, factor_value(factor, full), override_of(overrides, f"{scheme.id}.{factor.id}")) for factor in scheme.factors]
    band = band_of(score, scheme)
    meaning = next(row.meaning for row in scheme.bands if row.level == band)
    return {
        "id": f"scheme-{scheme.id}",
        "scheme": scheme.name,
        "scheme_id": scheme.id,
        "combine": scheme.combine,
        "title": scheme.title,
        "score": round(score, 4),
        "band": band,
        "meaning": meaning,
        "factors": factors,
        "note": scheme.note,
        "confidence": scheme.confidence,
    }
