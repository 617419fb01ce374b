"""What a severity scheme is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A level of severity from a score upwards; the lowest has no bound."""

    level: str
    meaning: str
    at_least: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """
    One factor of a scheme, read from a measure through cuts or from the elements exposed.

    Args:
        id: short code.
        name: for people to read.
        why: what it means and where it comes from.
        measure: one of the measures that `scheme` knows; null when it is read from elements.
        cuts: (at least, value), ascending; empty: the measure itself is the value.
        base: value when no element or category below is exposed.
        elements: value by element code; wins over its category.
        categories: value by ENISA category.
    """

    id: str
    name: str
    why: str
    measure: str | None = None
    cuts: tuple[tuple[float, float], ...] = ()
    base: float = 0.0
    elements: Mapping[str, float] = field(default_factory=dict)
    categories: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A whole step up or down within a category, and when it is taken."""

    id: str
    step: int
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A data processing context with its base score and adjustments."""

    id: str
    base: int
    meaning: str
    adjustments: Mapping[str, Adjustment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """
    What must hold of one person's elements; every part that is given must hold.

    Args:
        all: each of these is exposed.
        any: at least `at_least` of these are exposed.
        with_any: besides, one of these is exposed.
        none: none of these is exposed.
        only: the category holds nothing but these.
        stated: one of these was seen as a value, not inferred from a topic.
        values_of: elements whose distinct values are counted against the two bounds below.
        values_at_least: lower bound, inclusive.
        values_at_most: upper bound, inclusive.
        inferred: true when all of the category must have been inferred from topics.
        child: true when the person must be a child.
        fact: a circumstance that must have been stated.
    """

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    at_least: int = 1
    with_any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()
    values_of: tuple[str, ...] = ()
    values_at_least: int | None = None
    values_at_most: int | None = None
    inferred: bool = False
    child: bool = False
    fact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """An adjustment of a category and the condition that calls for it."""

    id: str
    category: str
    adjustment: str
    why: str
    condition: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentificationRule:
    """A level of identification and the condition for it; the first rule that holds counts."""

    id: str
    value: float
    why: str
    condition: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The value of a circumstance in one state, and what that state means."""

    value: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """The severity weight of a data class and where it comes from."""

    value: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """
    The measures of a scheme of ENISA's kind: categories, triggers, identification, circumstances, weights.

    Args:
        access: category of what a credential opens, by element; "" is the default.
        access_why: why that default.
    """

    minimum_confidence: float
    categories: Mapping[str, Category]
    triggers: tuple[Trigger, ...]
    access: Mapping[str, str]
    access_why: str
    floor: float
    unintelligible: float
    level_names: Mapping[float, str]
    identification: tuple[IdentificationRule, ...]
    circumstances: Mapping[str, Mapping[str, State]]
    weight_source: str
    element_weights: Mapping[str, Weight]
    secret_weights: Mapping[str, float]
    many_people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """
    A way to score severity.

    Args:
        combine: how factors become a score, one of those that `scheme` knows.
        bands: ascending.
        factors: of schemes that are not ENISA's kind.
        grounds: own measures; null: those of the default scheme are used.
        vectors: worked scores that the scheme must give.
        dpc_vectors: worked category scores.
    """

    id: str
    name: str
    title: str
    combine: str
    low: float
    high: float
    confidence: str
    note: str
    bands: tuple[Band, ...]
    factors: tuple[Factor, ...]
    grounds: Grounds | None
    vectors: tuple[Mapping[str, Any], ...]
    dpc_vectors: tuple[Mapping[str, Any], ...]
