"""The severity-weighted impact summary: per data class how much, whose, how heavy, and what share of the whole."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import polars as pl

from leakscope.model import Basis, Estimate
from leakscope.severity.combinations import worst_with
from leakscope.severity.overrides import Override, override_of
from leakscope.severity.shapes import Grounds, Weight
from leakscope.severity.weights import weight_of
from leakscope.vocabulary import element_of, elements


def scaled(count: int, individuals: Estimate | None, observed: int | None = None) -> Estimate:
    """
    People of one class as an estimate: the count, with the interval that all individuals have around their count.

    Args:
        count: distinct individuals observed with it.
        individuals: all individuals in the evidence; null when nobody estimated them.
        observed: all individuals observed; null takes the estimate's own value.

    Note:
        The estimate of all may lie below what was observed, because some are one person known by two identifiers. Which class they
        fall into is not known, so the count stays the value and the low end takes up the difference.
    """
    if individuals is None or not individuals.value or individuals.low is None or individuals.high is None:
        return Estimate(value=float(count), low=float(count), high=float(count), method="distinct individuals observed", basis=Basis.EXACT)
    low, high = (bound / (observed or individuals.value) for bound in (individuals.low, individuals.high))
    method = "distinct individuals observed; relative interval of all individuals"
    ends = {"low": math.floor(count * min(1.0, low) + 1e-9), "high": math.ceil(count * max(1.0, high) - 1e-9)}
    return Estimate(value=float(count), **ends, level=individuals.level, method=method, basis=individuals.basis)


def _topic_people(chat: Mapping[str, Any] | None) -> dict[str, Mapping[str, Any]]:
    """People per element as the chat section estimates them: better than a count where only a sample was read."""
    topics = (chat or {}).get("topics") or []
    found: dict[str, Mapping[str, Any]] = {}
    for topic in topics:
        code = element_of(f"TOPIC_{topic['topic'].upper()}")
        people = topic.get("people")
        if code and people and people.get("value") is not None and people["value"] > (found.get(code) or {"value": -1})["value"]:
            found[code] = people
    return found


def _person_rows(
    exposed: pl.DataFrame,
    sets: pl.DataFrame,
    grounds: Grounds,
    *,
    counts: pl.DataFrame,
    chat: Mapping[str, Any] | None,
    individuals: Estimate | None,
    observed: int | None,
    overrides: tuple[Override, ...],
) -> list[dict[str, Any]]:
    found, topics = {row["element"]: row for row in counts.iter_rows(named=True)}, _topic_people(chat)
    per_element = dict(exposed.group_by("element").agg(pl.col("person").n_unique()).sort("element").rows())
    values = dict(exposed.group_by("element").agg(pl.col("values").sum()).rows())
    rows = []
    for code in sorted({*per_element, *found, *topics} & set(elements())):
        weight, counted = weight_of(code, grounds, overrides), per_element.get(code, 0)
        people = scaled(counted, individuals, observed).to_dict()
        if code in topics and topics[code]["value"] >= counted:
            people = dict(topics[code])
        elif not counted:
            people = Estimate(value=None, low=0.0, high=None, method="found, but not linked to a person", basis=Basis.BOUNDS).to_dict()
        counted_once = found.get(code) or {"records": None, "values": int(values.get(code, 0))}
        worst = worst_with(code, sets, grounds)
        rows.append(_row(code, elements()[code].name, counted_once["records"], counted_once["values"], people, weight, worst))
    return rows


def _row(code: str, name: str, records: int | None, values: int | None, people: dict[str, Any] | None, weight: Weight, worst: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "id": f"impact-{code}",
        "data_class": code,
        "name": name,
        "records": records,
        "values": values,
        "people": people,
        "severity_weight": weight.value,
        "weight_source": weight.source,
        "share_of_impact": 0.0,
        "worst_combination": worst,
    }


def _secret_rows(secrets: pl.DataFrame, grounds: Grounds, overrides: tuple[Override, ...]) -> list[dict[str, Any]]:
    """One row per severity of secrets; a distinct secret counts as one person does."""
    grouped = secrets.group_by("severity").agg(pl.col("records").sum(), pl.len().alias("values")).rows(named=True)
    rows = []
    for row in sorted(grouped, key=lambda row: -grounds.secret_weights.get(row["severity"], 1.0)):
        code, level = f"secret_{row['severity']}", row["severity"]
        override = override_of(overrides, f"weight.{code}")
        weight = Weight(value=float(grounds.secret_weights.get(level, 1.0)), source="severity of the secret by privilege, environment and life; own judgement")
        weight = Weight(value=override.after, source=f"override by {override.who}: {override.why}") if override else weight
        rows.append(_row(code, f"Secrets, {level}", int(row["records"]), int(row["values"]), None, weight, None))
    return rows


def _units(row: Mapping[str, Any], bound: str = "value") -> float:
    """How many people (or secrets) a class touches; values where nobody could be linked."""
    if row["people"] is None:
        return float(row["values"] or 0)
    amount = row["people"].get(bound)
    amount = row["people"].get("value") if amount is None else amount
    return float(amount if amount is not None else row["values"] or 0)


def _share(part: float, total: float) -> float:
    return round(part / total, 6) if total > 0 else 0.0


def with_shares(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    The rows with their share of the impact and how it moves, the largest first.

    Impact of a class = weight x people (or distinct secrets). The shares add up to 1. `sensitivity` holds the share with the
    weight a quarter lower and higher (at most 4), and with people at the ends of their interval, all else equal.
    """
    impacts = [row["severity_weight"] * _units(row) for row in rows]
    total = sum(impacts)
    finished = []
    for row, impact in zip(rows, impacts, strict=True):
        units, rest, weight = _units(row), total - impact, row["severity_weight"]
        changed = {
            "weight_lower": 0.75 * weight * units,
            "weight_higher": min(4.0, 1.25 * weight) * units,
            "people_low": weight * _units(row, "low"),
            "people_high": weight * _units(row, "high"),
        }
        sensitivity = {name: _share(value, rest + value) for name, value in changed.items()}
        finished.append({**row, "impact": round(impact, 4), "share_of_impact": _share(impact, total), "sensitivity": sensitivity})
    return sorted(finished, key=lambda row: (-row["share_of_impact"], -row["severity_weight"], row["data_class"]))


def summarise(
    exposed: pl.DataFrame,
    sets: pl.DataFrame,
    secrets: pl.DataFrame,
    grounds: Grounds,
    *,
    counts: pl.DataFrame,
    chat: Mapping[str, Any] | None,
    individuals: Estimate | None,
    observed: int | None = None,
    overrides: tuple[Override, ...] = (),
) -> list[dict[str, Any]]:
    """
    The impact summary: data classes about people, then secrets, by share of impact.

    Args:
        exposed: result of `people.exposed_elements`.
        sets: result of `combinations`.
        secrets: schema `SECRETS`, rated.
        grounds: weights.
        counts: result of `counts.element_counts`, for records and values.
        chat: the chat section, whose topics carry their own estimates of people.
        individuals: all individuals in the evidence.
        observed: how many were counted.
        overrides: of weights.
    """
    about = _person_rows(exposed, sets, grounds, counts=counts, chat=chat, individuals=individuals, observed=observed, overrides=overrides)
    return with_shares([*about, *_secret_rows(secrets, grounds, overrides)])
