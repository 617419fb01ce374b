"""A condition's answer with its reasons: what was found, which facts it rests on, which are missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from leakscope.notification.kleene import NO, UNKNOWN, YES, Kleene, all_of, any_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    The answer to one condition.

    Args:
        value: yes, no or unknown.
        why: sentences for the record.
        facts: facts it read (`table.name`), known or not.
        missing: those of them that are unknown and matter.
        probability: of yes, when a count inside an interval is what is open.
    """

    value: Kleene
    why: tuple[str, ...] = ()
    facts: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    probability: float | None = None

    def because(self, sentence: str) -> Outcome:
        """The same answer with its reason in one sentence."""
        return Outcome(self.value, (sentence,), self.facts, self.missing, self.probability)


def both(outcomes: Iterable[Outcome]) -> Outcome:
    """All must hold; reasons are those that decide."""
    parts = tuple(outcomes)
    return _joined(parts, all_of(part.value for part in parts), decisive=NO)


def either(outcomes: Iterable[Outcome]) -> Outcome:
    """One must hold; reasons are those that decide."""
    parts = tuple(outcomes)
    return _joined(parts, any_of(part.value for part in parts), decisive=YES)


def _joined(parts: tuple[Outcome, ...], value: Kleene, *, decisive: Kleene) -> Outcome:
    told = [part for part in parts if part.value is value] or list(parts)
    if value is not decisive and value is not UNKNOWN:
        told = list(parts)
    why = tuple(dict.fromkeys(sentence for part in told for sentence in part.why))
    missing = tuple(dict.fromkeys(name for part in told for name in part.missing)) if value is UNKNOWN else ()
    odds = [part.probability for part in parts if part.probability is not None and part.value is UNKNOWN]
    return Outcome(value, why, frozenset().union(*(part.facts for part in parts)), missing, (min(odds) if decisive is NO else max(odds)) if odds and value is UNKNOWN else None)
