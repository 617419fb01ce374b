"""Severity per individual: which categories, adjustments and identification level hold for each person, as one pass of expressions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import and_

import polars as pl

from leakscope.severity.circumstances import Circumstances
from leakscope.severity.shapes import Category, Condition, Grounds, Scheme
from leakscope.vocabulary import elements

BY_ACCESS = "by_access"
_TOPIC = "TOPIC_"
#: Pseudonymisation lowers the ease of identification; by how much is own judgement: one level.
PSEUDONYMISED_STEP = 0.25


def element_categories(grounds: Grounds, circumstances: Circumstances) -> dict[str, str]:
    """
    The category of every element; credentials have that of what they open.

    Args:
        grounds: what credentials open when the facts do not say it.
        circumstances: what the facts say.
    """
    default = circumstances.credentials_open or grounds.access[""]
    opened = {code: grounds.access.get(code, default) for code in elements()}
    return {code: opened[code] if element.enisa == BY_ACCESS else element.enisa for code, element in elements().items()}


def exposed_elements(person_elements: pl.DataFrame, individuals: pl.DataFrame, *, minimum_confidence: float) -> pl.DataFrame:
    """
    One row per counted person and element.

    Args:
        person_elements: schema `PERSON_ELEMENTS`; any order.
        individuals: schema `INDIVIDUALS`; who is not counted is left out.
        minimum_confidence: elements seen with less are left out.

    Returns:
        `person, element, values, records, stated, child, kind`, sorted by person and element.
    """
    child = (pl.col("child").fill_null(False) | (pl.col("role") == "child")).alias("child")
    counted = individuals.filter(pl.col("counted")).select("person", child, "records")
    return (
        person_elements.lazy()
        .filter(pl.col("confidence") >= minimum_confidence)
        .group_by("person", "element")
        .agg(pl.col("values").sum().cast(pl.Int64), stated=(~pl.col("entity").fill_null("").str.starts_with(_TOPIC)).any())
        .join(counted.lazy(), on="person", how="inner")
        .sort("person", "element")
        .collect()
    )


class _Aggregates:
    """Collects the aggregates that conditions need, so that one `group_by` computes all of them."""

    def __init__(self) -> None:
        self.expressions: dict[str, pl.Expr] = {}

    def _name(self, expression: pl.Expr, key: str) -> pl.Expr:
        self.expressions.setdefault(key, expression)
        return pl.col(key)

    def count(self, codes: Iterable[str]) -> pl.Expr:
        listed = sorted(set(codes))
        return self._name(pl.col("element").is_in(listed).sum(), f"count:{'|'.join(listed)}")

    def stated(self, codes: Iterable[str]) -> pl.Expr:
        listed = sorted(set(codes))
        return self._name((pl.col("element").is_in(listed) & pl.col("stated")).sum(), f"stated:{'|'.join(listed)}")

    def values(self, codes: Iterable[str]) -> pl.Expr:
        listed = sorted(set(codes))
        return self._name((pl.col("element").is_in(listed) * pl.col("values")).sum(), f"values:{'|'.join(listed)}")

    def category(self, category: str) -> pl.Expr:
        return self._name((pl.col("category") == category).sum(), f"category:{category}")

    def category_stated(self, category: str) -> pl.Expr:
        return self._name(((pl.col("category") == category) & pl.col("stated")).sum(), f"category-stated:{category}")

    def category_besides(self, category: str, codes: Iterable[str]) -> pl.Expr:
        listed = sorted(set(codes))
        inside = (pl.col("category") == category) & ~pl.col("element").is_in(listed)
        return self._name(inside.sum(), f"category-besides:{category}:{'|'.join(listed)}")


def _predicate(condition: Condition, category: str, aggregates: _Aggregates, facts: frozenset[str]) -> pl.Expr:
    parts: list[pl.Expr] = [pl.lit(True) if condition.fact is None else pl.lit(condition.fact in facts)]
    if condition.all:
        parts.append(aggregates.count(condition.all) == len(set(condition.all)))
    if condition.any:
        parts.append(aggregates.count(condition.any) >= condition.at_least)
    if condition.with_any:
        parts.append(aggregates.count(condition.with_any) >= 1)
    if condition.none:
        parts.append(aggregates.count(condition.none) == 0)
    if condition.stated:
        parts.append(aggregates.stated(condition.stated) >= 1)
    if condition.only:
        parts.append(aggregates.category_besides(category, condition.only) == 0)
    if condition.values_at_least is not None:
        parts.append(aggregates.values(condition.values_of) >= condition.values_at_least)
    if condition.values_at_most is not None:
        parts.append(aggregates.values(condition.values_of) <= condition.values_at_most)
    if condition.inferred:
        parts.append(aggregates.category_stated(category) == 0)
    if condition.child:
        parts.append(pl.col("child"))
    return reduce(and_, parts)


def _category_score(category: Category, fired: Mapping[str, pl.Expr], grounds: Grounds) -> pl.Expr:
    """The expression of `score.adjust` over all persons."""
    steps = [
        pl.when(fired[trigger.id]).then(category.adjustments[trigger.adjustment].step).otherwise(0)
        for trigger in grounds.triggers
        if trigger.category == category.id
    ]
    up = pl.max_horizontal(pl.lit(0), *steps)
    down = pl.min_horizontal(pl.lit(0), *steps)
    return (category.base + up + down).clip(1, 4)


def _identification(grounds: Grounds, aggregates: _Aggregates, circumstances: Circumstances) -> tuple[pl.Expr, pl.Expr]:
    level, rule = pl.lit(grounds.floor), pl.lit("none")
    for step in reversed(grounds.identification):
        holds = _predicate(step.condition, "", aggregates, circumstances.stated_facts)
        level = pl.when(holds).then(pl.lit(step.value)).otherwise(level)
        rule = pl.when(holds).then(pl.lit(step.id)).otherwise(rule)
    if circumstances.unintelligible:
        return pl.lit(grounds.unintelligible), pl.lit("unintelligible")
    if circumstances.pseudonymised:
        return pl.max_horizontal(level - PSEUDONYMISED_STEP, pl.lit(grounds.floor)), rule
    return level, rule


def person_severity(exposed: pl.DataFrame, scheme_grounds: Grounds, circumstances: Circumstances) -> pl.DataFrame:
    """
    DPC with its parts, EI and CB of every person.

    Args:
        exposed: result of `exposed_elements`.
        scheme_grounds: categories, triggers and identification rules.
        circumstances: of the breach.

    Returns:
        one row per person, sorted: `person, elements, values, records, dpc, ei, cb, special, identification` and per category
        `dpc:<category>` (null when the person has nothing of it), per trigger `trigger:<id>`. Linear in rows and rules.
    """
    categories = element_categories(scheme_grounds, circumstances)
    special = sorted(code for code, element in elements().items() if element.gdpr)
    aggregates = _Aggregates()
    present = {code: aggregates.category(code) > 0 for code in scheme_grounds.categories}
    fired = {
        trigger.id: present[trigger.category] & _predicate(trigger.condition, trigger.category, aggregates, circumstances.stated_facts)
        for trigger in scheme_grounds.triggers
    }
    scores = {
        code: pl.when(present[code]).then(_category_score(category, fired, scheme_grounds))
        for code, category in scheme_grounds.categories.items()
    }
    level, rule = _identification(scheme_grounds, aggregates, circumstances)
    special_count = aggregates.count(special)
    grouped = (
        exposed.lazy()
        .with_columns(category=pl.col("element").replace_strict(categories, default="simple"))
        .group_by("person")
        .agg(
            pl.col("element").sort().alias("elements"),
            pl.col("values").sum().alias("values_sum"),
            pl.col("records").first(),
            pl.col("child").first(),
            *(expression.alias(name) for name, expression in aggregates.expressions.items()),
        )
    )
    return (
        grouped.select(
            "person",
            "elements",
            pl.col("values_sum").alias("values"),
            "records",
            *(score.alias(f"dpc:{code}") for code, score in scores.items()),
            *(flag.alias(f"trigger:{name}") for name, flag in fired.items()),
            ei=level,
            identification=rule,
            special=special_count > 0,
        )
        .with_columns(dpc=pl.max_horizontal(f"dpc:{code}" for code in scores).fill_null(1), cb=pl.lit(circumstances.total(scheme_grounds)))
        .sort("person")
        .collect()
    )


def score_expression(scheme: Scheme, *, people: int, circumstances: Circumstances, grounds: Grounds, fixed: Mapping[str, float] | None = None) -> pl.Expr:
    """
    The score of `scheme` over a frame with `dpc, ei, cb, records, special, elements`; the twin of `score.combine`.

    Args:
        scheme: any.
        people: size of the incident, for factors that ask for it.
        circumstances: of the breach.
        grounds: for the values of the circumstances.
        fixed: values by factor id that people set instead.
    """
    if scheme.combine == "dpc_ei_cb":
        return pl.col("dpc") * pl.col("ei") + pl.col("cb")
    columns = {
        **{name: pl.col(name).cast(pl.Float64) for name in ("dpc", "ei", "cb", "records", "special")},
        "people": pl.lit(float(people)),
        "circumstances": pl.col("cb").cast(pl.Float64),
        "malicious": pl.lit(circumstances.state("malicious", grounds).value),
        "misuse": pl.lit(float(circumstances.misuse)),
    }
    categories = element_categories(grounds, circumstances)
    values = []
    for factor in scheme.factors:
        if fixed and factor.id in fixed:
            value = pl.lit(fixed[factor.id])
        elif factor.measure is None:
            by_element = {code: factor.elements.get(code, factor.categories.get(categories[code], factor.base)) for code in elements()}
            value = pl.col("elements").list.eval(pl.element().replace_strict(by_element, default=factor.base)).list.max().fill_null(factor.base)
        else:
            value = columns[factor.measure]
            for at_least, cut in factor.cuts:
                value = pl.when(columns[factor.measure] >= at_least).then(pl.lit(cut)).otherwise(value)
        values.append(value.cast(pl.Float64))
    if scheme.combine == "log10_product":
        product = reduce(lambda left, right: left * right, values)
        return pl.when(product > 0).then(product.log10()).otherwise(scheme.low).clip(scheme.low, scheme.high)
    joined = pl.max_horizontal(values) if scheme.combine == "max" else pl.sum_horizontal(values)
    return joined.clip(scheme.low, scheme.high)


def band_expression(scheme: Scheme, score: str = "score") -> pl.Expr:
    """The level that each `score` falls into; the twin of `score.band_of`."""
    level = pl.lit(scheme.bands[0].level)
    for band in scheme.bands[1:]:
        level = pl.when(pl.col(score) >= band.at_least).then(pl.lit(band.level)).otherwise(level)
    return level


