"""The severity-weighted impact summary: per data class how much, whose, how heavy, and what share of the whole."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import polars as pl

from leakscope.model import Basis, Estimate
from leakscope.severity.overrides import Override, override_of
from leakscope.severity.shapes import Grounds, Weight
from leakscope.vocabulary import element_of, elements

WORST_SHOWN = 10
#: Elements named in a combination; more would be a list, not a combination.
COMBINATION_SIZE = 6
#: People that half of the combinations listed should have at least; with fewer, fewer elements are named.
SHARED = 3
#: Combinations looked at, from the worst, to list ten.
CANDIDATES = 100


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


def combinations(exposed: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """
    Distinct sets of elements that people have, the worst first.

    Args:
        exposed: result of `people.exposed_elements`.
        people: one row per person with `person, elements, score, band`.

    Returns:
        `elements, people, score, band`; sorted by score, people, elements.
    """
    return (
        people.lazy()
        .with_columns(signature=pl.col("elements").list.join("|"))
        .group_by("signature")
        .agg(pl.col("elements").first(), pl.len().alias("people"), pl.col("score").max(), pl.col("band").sort_by("score").last())
        .sort("score", "people", "signature", descending=[True, True, False])
        .drop("signature")
        .collect()
    )


def _combination_names(codes: list[str], grounds: Grounds) -> list[str]:
    heavy = sorted(codes, key=lambda code: (-weight_of(code, grounds).value, code))
    return heavy[:COMBINATION_SIZE]


def _shortened(sets: pl.DataFrame, grounds: Grounds) -> pl.DataFrame:
    """
    The worst of `sets` by their heaviest elements, as many as leave rows of more than a few people: `shown, more, people, score, band`.

    In a table everybody has the same elements; in logs hardly two people do, and a list of ten single people tells nothing of the
    exposure. `people` have all that is shown, `score` and `band` are of the worst of them; `more` is how many further elements each
    of them has, null where they differ.
    """
    for size in range(COMBINATION_SIZE, 1, -1):
        heads = (tuple(_combination_names(codes, grounds)[:size]) for codes in sets["elements"])
        told = [_with_all(list(codes), sets, grounds) for codes in islice(_distinct(heads), CANDIDATES)]
        rows = pl.concat(told).sort("score", "weight", "people", pl.col("shown").list.join("|"), descending=[True, True, True, False])
        if sets.height <= WORST_SHOWN or rows["people"].head(WORST_SHOWN).median() >= SHARED:  # type: ignore[operator]
            break
    return rows


def _distinct(heads: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Each of `heads` once, as it comes: in a log there are many thousand sets, and a hundred are looked at."""
    seen: set[tuple[str, ...]] = set()
    for head in heads:
        if head not in seen:
            seen.add(head)
            yield head


def _with_all(codes: list[str], sets: pl.DataFrame, grounds: Grounds) -> pl.DataFrame:
    """One row of the people who have every one of `codes`, with the `weight` of these together."""
    further = pl.col("elements").list.len().cast(pl.Int64) - len(codes)
    return sets.filter(pl.all_horizontal(pl.col("elements").list.contains(code) for code in codes)).select(
        shown=pl.lit(pl.Series([codes], dtype=pl.List(pl.String))),
        more=pl.when(further.n_unique() == 1).then(further.first()),
        people=pl.col("people").sum(),
        score=pl.col("score").max(),
        band=pl.col("band").sort_by("score").last(),
        weight=pl.lit(float(sum(weight_of(code, grounds).value for code in codes))),
    )


def worst_combinations(sets: pl.DataFrame, grounds: Grounds) -> list[dict[str, Any]]:
    """
    The ten worst combinations of elements.

    Args:
        sets: result of `combinations`.
        grounds: for the order of elements within one.

    Returns:
        `id, elements, names, more, people, score, band`; `elements` are the heaviest, in that order, `people` those who have them all,
        `score` and `band` of the worst of them.
    """
    if sets.is_empty():
        return []
    return [
        {
            "id": f"combination-{number}",
            "elements": row["shown"],
            "names": [elements()[code].name if code in elements() else code for code in row["shown"]],
            "more": row["more"] or 0,
            "people": row["people"],
            "score": round(row["score"], 4),
            "band": row["band"],
        }
        for number, row in enumerate(_shortened(sets, grounds).head(WORST_SHOWN).iter_rows(named=True), start=1)
    ]


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


def _worst_of(code: str, sets: pl.DataFrame, grounds: Grounds) -> dict[str, Any] | None:
    inside = sets.filter(pl.col("elements").list.contains(code)).head(1)
    if inside.is_empty():
        return None
    row = inside.row(0, named=True)
    others = [name for name in _combination_names(row["elements"], grounds) if name != code]
    return {"elements": [code, *others], "people": row["people"], "band": row["band"]}


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
        worst = _worst_of(code, sets, grounds)
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
