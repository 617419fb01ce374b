"""
The word nearest to a value says what it is: of two readings of one number, the one whose word stands farther off is the less likely.

`SSN on file; passport 536221235` is a passport number, though both words stand near enough for their rules. A word behind a
value counts less than one before it, and not at all behind a comma; any word in the text is nearer than the names of its keys. Only personal data
compete: a key's issuer is often named farther off than the words `api key`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from leakscope.detection.candidate import Candidate
from leakscope.detection.context import Context
from leakscope.detection.matching import NEXT_VALUE, WINDOW_AFTER
from leakscope.detection.overlaps import is_secret
from leakscope.text.words import keyword_expression, text_words
from leakscope.vocabulary import element_of

#: What is left of the confidence of a reading whose word is not the nearest.
FARTHER_FACTOR = 0.5
#: Characters before a value that are searched for the word; the widest window that rules ask for is cut to it.
_BEFORE = 80
#: Characters by which a word behind a value counts as farther off than one before it: most words stand before.
_BEHIND = 15.0
#: Types of numbers whose words do not say the country, and the elements that such a number can be.
_OF_NO_COUNTRY = frozenset({"NATIONAL_ID", "TAX_ID", "VAT_ID", "COMPANY_NUMBER"})
_REGISTERED = frozenset({"national_id", "tax_id", "ssn", "organisation"})
#: Distance of a word in the names around a value.
_IN_NAMES = 1000.0
_NOWHERE = 10_000.0


def by_nearest_word(found: list[Candidate], context: Context, value: str) -> list[Candidate]:
    """
    The candidates of one value, those made less sure that cover no more than another one whose word stands nearer.

    Args:
        found: in any order; the result is in the same.
        context: names around the value.
        value: the text.
    """
    told = [one for one in found if one.words and not one.reason and not is_secret(one.entity)] if len(found) > 1 else []
    if len(told) < 2:
        return found
    distances: dict[int, float] = {}

    def distance(one: Candidate) -> float:
        if id(one) not in distances:
            distances[id(one)] = _distance(one, context, value)
        return distances[id(one)]

    far = {id(one) for one, over in _covered(told) if not _say_the_same(one.entity, over.entity) and distance(over) < distance(one)}
    return [one._replace(confidence=one.confidence * FARTHER_FACTOR) if id(one) in far else one for one in found]


def _covered(told: list[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
    """Each candidate with each other one that covers it, in time that grows with the text and not with its square."""
    open_still: list[Candidate] = []
    for one in sorted(told, key=lambda candidate: (candidate.start, -candidate.end)):
        open_still = [other for other in open_still if other.end > one.start]
        for other in open_still:
            if other.end >= one.end:
                yield one, other
            if (other.start, other.end) == (one.start, one.end):
                yield other, one
        open_still.append(one)


@lru_cache(maxsize=4096)
def _say_the_same(entity: str, other: str) -> bool:
    """Whether two types are one, or one kind of number in two countries, or one of no known country: of these, the word tells nothing."""
    element, second = element_of(entity), element_of(other)
    if entity == other or (element is not None and element == second):
        return True
    return bool({entity, other} & _OF_NO_COUNTRY) and {element, second} <= _REGISTERED


def _distance(one: Candidate, context: Context, value: str) -> float:
    """Characters between the span and the nearest of its rule's words, more behind it."""
    seek = keyword_expression(one.words)
    before = text_words(value[max(0, one.start - _BEFORE) : one.start])
    ends = [len(before) - found.end() for found in seek.finditer(before)]
    after = NEXT_VALUE.split(value[one.end : one.end + WINDOW_AFTER], maxsplit=1)[0]
    behind = seek.search(text_words(after))
    inside = seek.search(text_words(value[one.start : one.end]))
    places: Iterable[float] = (*ends[-1:], *([behind.start() + _BEHIND] if behind else []), *([0.0] if inside else []))
    named = _IN_NAMES if context.path and seek.search(context.path) else _NOWHERE
    return min(places, default=named)
