"""Severity of the incident: the worst combination that a person meets, its worksheet, and what would move it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from leakscope.severity.circumstances import ASSUMED, KINDS, Circumstances
from leakscope.severity.overrides import Override, mark, overridden, override_of
from leakscope.severity.score import band_of, severity_score
from leakscope.severity.shapes import Grounds, Scheme

SHOWN_IDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """
    What the incident's severity is read from.

    Args:
        people: result of `people.person_severity` with `score` and `band`; not empty.
        grounds: of the scheme.
        circumstances: of the breach.
        overrides: of severity.
        linked: false when nothing could be linked to a person and all findings stand as one.
    """

    people: pl.DataFrame
    grounds: Grounds
    circumstances: Circumstances
    overrides: tuple[Override, ...]
    linked: bool


def circumstances_total(circumstances: Circumstances, grounds: Grounds, overrides: tuple[Override, ...]) -> float:
    """CB with overrides of the whole or of single circumstances."""
    parts = [overridden(overrides, f"CB.{kind}", circumstances.state(kind, grounds).value) for kind in KINDS]
    return overridden(overrides, "CB", sum(parts))


def _worst(people: pl.DataFrame) -> dict[str, Any]:
    """
    The person of the worst combination; of several, one identified as most of them are, and of the first elements by name.

    Pseudonyms decide last, so that another key does not change the reason shown.
    """
    ranked = people.with_columns(product=pl.col("dpc") * pl.col("ei"), alike=pl.len().over("dpc", "ei", "identification"), held=pl.col("elements").list.join(" "))
    order = ["product", "dpc", "alike", "identification", "held", "person"]
    return ranked.sort(order, descending=[True, True, True, False, False, False]).row(0, named=True)


def _evidence(text: str, people: pl.DataFrame, *, linked: bool) -> dict[str, Any]:
    count = people.height if linked else None
    return {"text": text, "people": count, "ids": people["person"].head(SHOWN_IDS).to_list() if linked else []}


def _number(count: int, singular: str, plural: str) -> str:
    return f"{count:,} {singular if count == 1 else plural}"


def _people(count: int) -> str:
    return _number(count, "person", "people")


def _adjustments(ground: Ground, code: str, holders: pl.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for trigger in ground.grounds.triggers:
        touched = holders.filter(pl.col(f"trigger:{trigger.id}")).height if trigger.category == code else 0
        if touched:
            step = ground.grounds.categories[code].adjustments[trigger.adjustment].step
            shown = ground.circumstances.reasons.get(trigger.condition.fact or "")
            why = f"{trigger.why} ({shown})" if shown else trigger.why
            rows.append({"id": trigger.id, "step": step, "why": why, "people": touched if ground.linked else None})
    return rows


def _category_part(ground: Ground, code: str) -> dict[str, Any] | None:
    column = f"dpc:{code}"
    holders = ground.people.filter(pl.col(column).is_not_null()).sort(column, "person", descending=[True, False])
    if holders.is_empty():
        return None
    top = holders.filter(pl.col(column) == pl.col(column).max())
    value, category = float(top[column][0]), ground.grounds.categories[code]
    text = f"{_people(holders.height)} with such data, {top.height:,} of them at {value:g}" if ground.linked else "findings not linked to people"
    part = {"id": f"DPC.{code}", "name": code, "base": category.base, "value": value, "why": category.meaning, "adjustments": _adjustments(ground, code, holders)}
    marked = {**part, "evidence": _evidence(text, top, linked=ground.linked), "overridable": True}
    return mark(marked, override_of(ground.overrides, f"DPC.{code}"), float(max(holders[f"before:{column}"].drop_nulls(), default=category.base)))


def _dpc_factor(ground: Ground, worst: Mapping[str, Any]) -> dict[str, Any]:
    parts = [part for code in ground.grounds.categories if (part := _category_part(ground, code))]
    before = float(worst["dpc"])
    category = next((part["name"] for part in parts if worst[f"dpc:{part['name']}"] == worst["dpc"]), "simple")
    held = ground.people.filter((pl.col("dpc") == worst["dpc"]) & (pl.col("ei") == worst["ei"]))
    steps = [step for part in parts if part["name"] == category for step in part["adjustments"] if worst[f"trigger:{step['id']}"]]
    fired = [step["why"] for step in sorted(steps, key=lambda step: -step["step"])]
    why = f"{category} data" + (f": {fired[0]}" if fired else f": {ground.grounds.categories[category].meaning}")
    text = f"{_people(held.height)} with this combination" if ground.linked else "all findings taken together, since none could be linked to a person"
    factor = {
        "id": "factor-DPC",
        "factor": "DPC",
        "name": "Data processing context",
        "value": overridden(ground.overrides, "DPC", before),
        "category": category,
        "why": why,
        "evidence": _evidence(text, held, linked=ground.linked),
        "overridable": True,
        "source": "derived from the elements of each person",
        "parts": parts,
    }
    return mark(factor, override_of(ground.overrides, "DPC"), before)


def _ei_factor(ground: Ground, worst: Mapping[str, Any]) -> dict[str, Any]:
    value = float(worst["ei"])
    rule = next((rule for rule in ground.grounds.identification if rule.id == worst["identification"]), None)
    same = ground.people.filter(pl.col("ei") >= value)
    counts = ground.people.group_by("ei").len().sort("ei", descending=True).rows()
    spread = ", ".join(f"{ground.grounds.level_names.get(level, level)} {count:,}" for level, count in counts)
    text = f"{_people(same.height)} identified at least as easily; by level: {spread}" if ground.linked else "findings not linked to people"
    factor = {
        "id": "factor-EI",
        "factor": "EI",
        "name": "Ease of identification",
        "value": overridden(ground.overrides, "EI", value),
        "category": ground.grounds.level_names.get(value, str(value)),
        "why": rule.why if rule else ("nobody without the key can read the data" if worst["identification"] == "unintelligible" else "no identifier seen"),
        "evidence": _evidence(text, same, linked=ground.linked),
        "overridable": True,
        "source": "derived from the identifiers of each person",
        "parts": [],
    }
    return mark(factor, override_of(ground.overrides, "EI"), float(worst["before:ei"]))


def _cb_part(ground: Ground, kind: str) -> dict[str, Any]:
    state, name = ground.circumstances.state(kind, ground.grounds), ground.circumstances.states[kind]
    part = {"id": f"CB.{kind}", "name": kind, "value": overridden(ground.overrides, f"CB.{kind}", state.value), "state": name, "why": state.why}
    source = "assumed, not stated" if name == ASSUMED else "stated in the facts"
    return mark({**part, "source": source, "overridable": True}, override_of(ground.overrides, f"CB.{kind}"), state.value)


def _cb_factor(ground: Ground) -> dict[str, Any]:
    parts = [_cb_part(ground, kind) for kind in KINDS]
    before = sum(part["value"] for part in parts)
    assumed = [part["name"] for part in parts if part["state"] == ASSUMED and part["overridden"] is None]
    weighty = [part["why"] for part in parts if part["value"]]
    factor = {
        "id": "factor-CB",
        "factor": "CB",
        "name": "Circumstances of the breach",
        "value": overridden(ground.overrides, "CB", before),
        "category": ", ".join(f"{part['name']} {part['state']}" for part in parts if part["value"]) or "nothing that aggravates",
        "why": "; ".join(weighty) or "no circumstance that aggravates was stated",
        "evidence": {"text": f"not stated: {', '.join(assumed)}" if assumed else "all circumstances stated in the facts", "people": None, "ids": []},
        "overridable": True,
        "source": "partly assumed" if assumed else "stated in the facts",
        "parts": parts,
    }
    return mark(factor, override_of(ground.overrides, "CB"), before)


def worksheet(ground: Ground) -> list[dict[str, Any]]:
    """The three factors with their parts and the evidence behind each, in the order DPC, EI, CB."""
    worst = _worst(ground.people)
    return [_dpc_factor(ground, worst), _ei_factor(ground, worst), _cb_factor(ground)]


def assumed_range(ground: Ground) -> tuple[float, float]:
    """CB if every circumstance that nobody stated were at its lightest, and at its gravest."""
    low = high = 0.0
    for kind in KINDS:
        override = override_of(ground.overrides, f"CB.{kind}")
        states = ground.grounds.circumstances[kind]
        open_state = ground.circumstances.states[kind] == ASSUMED and override is None
        value = override.after if override else ground.circumstances.state(kind, ground.grounds).value
        low += min(state.value for state in states.values()) if open_state else value
        high += max(state.value for state in states.values()) if open_state else value
    fixed = override_of(ground.overrides, "CB")
    return (fixed.after, fixed.after) if fixed else (low, high)


def _changes(ground: Ground, values: Mapping[str, float]) -> list[tuple[str, float]]:
    dpc, ei, cb = values["DPC"], values["EI"], values["CB"]
    found = [(f"data processing context {step:g} instead of {dpc:g}", severity_score(step, ei, cb)) for step in (dpc - 1, dpc + 1) if 1 <= step <= 4]
    levels = sorted(ground.grounds.level_names)
    near = [level for level in levels if abs(level - ei) < 0.26 and level != ei]
    found += [(f"ease of identification {level:g} ({ground.grounds.level_names[level]}) instead of {ei:g}", severity_score(dpc, level, cb)) for level in near]
    for kind in KINDS:
        here = ground.circumstances.state(kind, ground.grounds).value
        for name, state in ground.grounds.circumstances[kind].items():
            moved = min(2.0, max(0.0, cb - here + state.value))
            if name != ASSUMED and state.value != here:
                found.append((f"{kind}: {state.why}", severity_score(dpc, ei, moved)))
    return found


def _without_worst(ground: Ground, values: Mapping[str, float]) -> list[tuple[str, float]]:
    product = pl.col("dpc") * pl.col("ei")
    rest = ground.people.filter(product < product.max())
    count = ground.people.height - rest.height
    if not ground.linked or rest.is_empty() or any(override_of(ground.overrides, name) for name in ("DPC", "EI")):
        return []
    left = _worst(rest)
    return [(f"without the {_people(count)} with the worst combination", severity_score(left["dpc"], left["ei"], values["CB"]))]


def score_incident(ground: Ground, scheme: Scheme) -> dict[str, Any]:
    """
    The incident's score, band, range, worksheet, flags and sensitivity.

    Args:
        ground: people, circumstances and overrides.
        scheme: of ENISA's kind, for bands and name.

    Returns:
        the `incident` mapping of the assessment; `low` and `high` are the scores with every circumstance that nobody stated at
        its lightest and at its gravest.
    """
    factors = worksheet(ground)
    values = {factor["factor"]: factor["value"] for factor in factors}
    score = severity_score(values["DPC"], values["EI"], values["CB"])
    low, high = (severity_score(values["DPC"], values["EI"], cb) for cb in assumed_range(ground))
    moved = [*_changes(ground, values), *_without_worst(ground, values)]
    return {
        "scheme": scheme.name,
        "scheme_id": scheme.id,
        "combine": scheme.combine,
        "formula": "SE = DPC x EI + CB",
        "working": f"{values['DPC']:g} x {values['EI']:g} + {values['CB']:g} = {score:g}",
        "score": round(score, 4),
        "band": band_of(score, scheme),
        "meaning": next(band.meaning for band in scheme.bands if band.level == band_of(score, scheme)),
        "low": round(low, 4),
        "high": round(high, 4),
        "factors": factors,
        "flags": _flags(ground),
        "sensitivity": [{"change": change, "score": round(value, 4), "band": band_of(value, scheme)} for change, value in moved],
        "confidence": scheme.confidence,
        "note": scheme.note,
    }


def _flags(ground: Ground) -> list[dict[str, Any]]:
    flags = []
    if ground.linked and ground.people.height > ground.grounds.many_people:
        text = f"more than {ground.grounds.many_people} individuals ({ground.people.height:,} observed)"
        flags.append({"id": "flag-many-people", "flag": "many_people", "text": text})
    if ground.circumstances.unintelligible:
        flags.append({"id": "flag-unintelligible", "flag": "unintelligible", "text": "nobody without the key can read the data"})
    for name in ground.circumstances.unshown:
        text = f"the facts say that the data are {name.replace('_', ' ')}, without what shows it (exposure.context_evidence): not counted"
        flags.append({"id": f"flag-{name.replace('_', '-')}", "flag": f"{name}_unshown", "text": text})
    if not ground.linked:
        flags.append({"id": "flag-not-linked", "flag": "not_linked", "text": "no finding could be linked to a person; all stand as one"})
    return flags


