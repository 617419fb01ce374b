"""Small frames of invented people for tests of severity."""

from __future__ import annotations

from typing import Any

import polars as pl

from leakscope.model import Basis, Estimate
from leakscope.schema import FINDINGS, INDIVIDUALS, PERSON_ELEMENTS, SECRETS, conform, empty
from leakscope.severity import Severity, assess

TOPICS = {"diagnosis_history": "TOPIC_HEALTH"}


def elements_of(people: dict[str, dict[str, int] | list[str]], *, entities: dict[str, str] | None = None, confidence: float = 0.9) -> pl.DataFrame:
    """Schema PERSON_ELEMENTS: people by name, each with elements (and how many values of each)."""
    rows = []
    for person, held in people.items():
        for element, values in (held.items() if isinstance(held, dict) else ((name, 1) for name in held)):
            entity = (entities or {}).get(element, element.upper())
            place = {"source": "a", "record": 0, "field": "f", "role": "own"}
            rows.append({"person": person, "element": element, "entity": entity, "confidence": confidence, "findings": values, "values": values, **place})
    return conform(pl.DataFrame(rows), PERSON_ELEMENTS) if rows else empty(PERSON_ELEMENTS)


def individuals_of(names: list[str], **more: Any) -> pl.DataFrame:
    """Schema INDIVIDUALS: counted account holders unless `more` says otherwise."""
    base: dict[str, Any] = dict.fromkeys(INDIVIDUALS) | {"counted": True, "kind": "identified", "role": "account_holder", "records": 1, "confidence": 1.0} | more
    return conform(pl.DataFrame([{**base, "person": name} for name in names], schema=INDIVIDUALS), INDIVIDUALS)


def findings_of(*rows: tuple[str, int, str]) -> pl.DataFrame:
    """Schema FINDINGS: entity, record and fingerprint of each."""
    base: dict[str, Any] = dict.fromkeys(FINDINGS) | {"source": "a", "field": "f", "start": 0, "end": 1, "detector": "d", "confidence": 0.9, "preview": "*", "attributes": "{}"}
    made = [{**base, "entity": entity, "record": record, "fingerprint": fingerprint} for entity, record, fingerprint in rows]
    return conform(pl.DataFrame(made, schema=FINDINGS), FINDINGS)


def assessed(people: dict[str, Any], *, entities: dict[str, str] | None = None, individuals: pl.DataFrame | None = None, confidence: float = 0.9, **more: Any) -> Severity:
    """Severity of invented people."""
    count = float(len(people))
    given: dict[str, Any] = {
        "person_elements": elements_of(people, entities=entities, confidence=confidence),
        "individuals": individuals_of(list(people)) if individuals is None else individuals,
        "estimates": {"individuals": Estimate(value=count, low=count, high=count, method="counted", basis=Basis.EXACT)},
        "findings": empty(FINDINGS),
        "secrets": empty(SECRETS),
        "chat": None,
        "facts": None,
        **more,
    }
    return assess(**given)


def one(held: dict[str, int] | list[str], **more: Any) -> dict[str, Any]:
    """Score, band and factors of a single person."""
    return assessed({"p": held}, **more).bands.row(0, named=True)
