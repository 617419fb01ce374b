"""The same incident under other schemes, each from its own file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from leakscope.severity.circumstances import Circumstances
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


def score_with(scheme: Scheme, measures: Mapping[str, float], codes: set[str], *, circumstances: Circumstances, grounds: Grounds) -> dict[str, Any]:
    """
    The incident under `scheme`.

    Args:
        scheme: not of ENISA's kind.
        measures: result of `measures_of`.
        codes: elements exposed of anyone.
        circumstances: of the breach.
        grounds: categories of credentials.

    Returns:
        `id, scheme, score, band, meaning, factors, note, confidence`.
    """
    categories = element_categories(grounds, circumstances)
    derived = {factor.id: _from_elements(factor, codes, categories) for factor in scheme.factors if factor.measure is None}
    full = {**measures, **derived}
    score = combine(scheme, full)
    factors = [
        {"factor": factor.id, "name": factor.name, "value": factor_value(factor, full), "why": factor.why, "overridable": True} for factor in scheme.factors
    ]
    band = band_of(score, scheme)
    meaning = next(row.meaning for row in scheme.bands if row.level == band)
    return {
        "id": f"scheme-{scheme.id}",
        "scheme": scheme.name,
        "scheme_id": scheme.id,
        "title": scheme.title,
        "score": round(score, 4),
        "band": band,
        "meaning": meaning,
        "factors": factors,
        "note": scheme.note,
        "confidence": scheme.confidence,
    }
