"""Three-valued logic (Kleene, strong): what is not known stays not known until something settles it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Kleene(StrEnum):
    """Yes, no, or not known; `&`, `|` and `~` never turn not known into no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    def __and__(self, other: Kleene) -> Kleene:
        if Kleene.NO in (self, other):
            return Kleene.NO
        return Kleene.UNKNOWN if Kleene.UNKNOWN in (self, other) else Kleene.YES

    def __or__(self, other: Kleene) -> Kleene:
        if Kleene.YES in (self, other):
            return Kleene.YES
        return Kleene.UNKNOWN if Kleene.UNKNOWN in (self, other) else Kleene.NO

    def __invert__(self) -> Kleene:
        return {Kleene.YES: Kleene.NO, Kleene.NO: Kleene.YES, Kleene.UNKNOWN: Kleene.UNKNOWN}[self]


YES, NO, UNKNOWN = Kleene.YES, Kleene.NO, Kleene.UNKNOWN


def known(truth: bool) -> Kleene:
    """A plain truth value as a Kleene value."""
    return YES if truth else NO


def all_of(values: Iterable[Kleene]) -> Kleene:
    """Conjunction; yes when there is nothing to hold."""
    result = YES
    for value in values:
        result = result & value
    return result


def any_of(values: Iterable[Kleene]) -> Kleene:
    """Disjunction; no when there is nothing that could hold."""
    result = NO
    for value in values:
        result = result | value
    return result
