"""People and estimates for tests, in the shapes that the engine takes."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from leakscope.model import Basis, Estimate
from leakscope.schema import INDIVIDUALS, PERSON_ELEMENTS


def exact(people: int) -> Estimate:
    """A full count."""
    return Estimate(value=people, low=people, high=people, method="counted", basis=Basis.EXACT)


def sampled(value: float, low: float, high: float) -> Estimate:
    """An estimate from a sample."""
    return Estimate(value=value, low=low, high=high, method="sample", basis=Basis.SAMPLE)


def frames(groups: Iterable[tuple[str | None, tuple[str, ...], int]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """INDIVIDUALS and PERSON_ELEMENTS of groups of (residence, elements, how many)."""
    people, held = [], []
    for residence, codes, count in groups:
        for _ in range(count):
            person = f"person-{len(people):06d}"
            people.append(
                {
                    "person": person, "kind": "identified", "role": "account_holder", "counted": True, "reason": None, "residence": residence,
                    "residence_basis": "address", "residence_confidence": 0.9, "controller": None, "child": None, "records": 1, "elements": len(codes),
                    "first_seen": None, "last_seen": None, "conflict": False, "confidence": 0.99, "label": "x***",
                }
            )  # fmt: skip
            held += [
                {"person": person, "element": code, "entity": "X", "confidence": 0.9, "findings": 1, "values": 1, "source": "s", "record": 0, "field": "f", "role": "own"}
                for code in codes
            ]
    return pl.DataFrame(people, schema=INDIVIDUALS), pl.DataFrame(held, schema=PERSON_ELEMENTS)
