"""What breaches of this size have cost others: a rough range, never a forecast, never multiplied beyond 100,000 records."""

from __future__ import annotations

import math
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from leakscope.errors import DomainError
from leakscope.model import Estimate


@cache
def _figures() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "costs.toml").read_text("utf-8"))


def regression_cost(records: float) -> float:
    """
    Cost in USD of a breach of `records` records by the published regression.

    Args:
        records: 1 to the ceiling of the figures (100,000).

    Raises:
        DomainError: outside that range.

    Source:
        Jacobs (2014): ln(cost) = 7.68 + 0.76 ln(records), on Ponemon breaches up to about 100,000 records; from memory.

    Example:
        >>> round(regression_cost(100), -2)
        71700.0
    """
    figures = _figures()
    if not 1 <= records <= figures["ceiling_records"]:
        raise DomainError(f"the cost figures hold for 1 to {figures['ceiling_records']:,} records")
    return math.exp(figures["regression"]["intercept"] + figures["regression"]["slope"] * math.log(records))


#: Why there is no range where nobody wanted one.
NOT_ASKED = "not asked for; leakscope assess --cost adds it"


def no_cost(why: str) -> dict[str, Any]:
    """What stands in place of a range: the reason, and the published average of one breach."""
    average = _figures()["average_breach"]
    note = f"Rough: averages of published studies, not a forecast. The average breach of the {average['year']} study cost USD {average['usd']:,}."
    return {"rough": True, "available": False, "usd_low": None, "usd_high": None, "methods": [], "note": note, "why": why}


def cost_ranges(people: Estimate | None) -> dict[str, Any]:
    """
    A rough cost range for so many people's records.

    Args:
        people: distinct individuals; null or without a value: no range.

    Returns:
        `rough` (always true), `available`, `usd_low`, `usd_high`, `methods` with year, source and confidence, `note`. Beyond the
        ceiling no range is given, only the reason and the published average of one breach.
    """
    figures = _figures()
    ceiling = figures["ceiling_records"]
    if people is None or not people.value or people.value < 1:
        return no_cost("no number of people to start from")
    low, high = (max(1.0, bound if bound is not None else people.value) for bound in (people.low, people.high))
    if high > ceiling:
        return no_cost(f"more than {ceiling:,} records: the studies leave such breaches out, and multiplying would mislead")
    per_record = [row["usd"] for row in figures["per_record"]]
    years = f"{figures['per_record'][0]['year']}-{figures['per_record'][-1]['year']}"
    multiplied = {"usd_low": round(low * min(per_record)), "usd_high": round(high * max(per_record)), "year": years}
    fitted = {"usd_low": round(regression_cost(low)), "usd_high": round(regression_cost(high)), "year": str(figures["regression"]["year"])}
    methods = [
        {"method": "per record", "source": f"Ponemon/IBM Cost of a Data Breach {years}", "confidence": "verified for 2019 and 2020, else memory", **multiplied},
        {"method": "regression", "source": figures["regression"]["source"], "confidence": figures["regression"]["confidence"], **fitted},
    ]
    ends = {"usd_low": min(row["usd_low"] for row in methods), "usd_high": max(row["usd_high"] for row in methods)}
    of = f"{low:,.0f}" if round(low) == round(high) else f"{low:,.0f} to {high:,.0f}"
    return {**no_cost(""), **ends, "available": True, "methods": methods, "why": f"{of} people"}
