"""What linkage takes and gives beside frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from leakscope.model import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDecision:
    """
    What a human decided about linkage.

    Args:
        action: `merge` joins all of `persons`; `split` sets the one person apart into one per best identifier.
        persons: pseudonyms as printed; a decision about a person no longer there is kept and does nothing.
        why: the reason given.
        who: who decided.
        at: ISO 8601 instant.
    """

    action: Literal["merge", "split"]
    persons: tuple[str, ...]
    why: str
    who: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """
    The people in the evidence.

    Args:
        individuals: schema `INDIVIDUALS`; also those not counted, with their reason.
        person_elements: schema `PERSON_ELEMENTS`.
        record_persons: schema `RECORD_PERSONS`.
        interval: distinct people in the evidence with linkage uncertainty.
        not_counted: reason -> how many, by reason.
        quality: blocking rules, match weights, identifiers dropped, and how each number was reached.
    """

    individuals: pl.DataFrame
    person_elements: pl.DataFrame
    record_persons: pl.DataFrame
    interval: Estimate
    not_counted: Mapping[str, int] = field(default_factory=dict)
    quality: Mapping[str, Any] = field(default_factory=dict)
