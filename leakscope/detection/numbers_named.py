"""
National numbers whose check digit fails, in fields that carry their name.

A column called `cpf` holds such numbers, even where they are mistyped, made up for a test, or masked in part. The rule for the number
drops them, because a failed check digit anywhere else means another number. Here they count as what the field says, less sure and with
the reason; a number whose digits are masked is a type of its own, which no law counts as the number and which joins no people.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from leakscope.catalogue import load
from leakscope.catalogue.model import Detector
from leakscope.detection.candidate import Candidate
from leakscope.detection.expressions import expression_of
from leakscope.detection.matching import is_valid
from leakscope.detection.roles import LONGEST_NAME, TRAILING, bare
from leakscope.text.words import key_words
from leakscope.vocabulary import element_of, entities

#: Longest value that is such a number.
_LONGEST = 40
MASKED, _MASKED_CONFIDENCE = "NATIONAL_ID_MASKED", 0.6
#: Digits, letters and separators, of which some are hidden and at least two shown.
_HALF_SHOWN = re.compile(r"(?=(?:[^0-9]*[0-9]){2})(?=[^*#\u2022\u25cfxX]*[*#\u2022\u25cfxX]{2})[0-9A-Za-z*#\u2022\u25cf][0-9A-Za-z*#\u2022\u25cf./ -]{5,24}")
_HIDDEN = re.compile(r"[*#\u2022\u25cf]|[xX]{2}")
_ENTITY_OF_ELEMENT = {"passport_number": "PASSPORT", "driver_licence": "DRIVER_LICENSE", "health_insurance_number": "HEALTH_INSURANCE_NUMBER", "tax_id": "TAX_ID"}
_TELEPHONES = ("PHONE_NUMBER", "MOBILE_NUMBER")
#: What stands in for a number: one digit throughout, or all in order.
_STAND_INS = ("01234567890123456789", "12345678901234567890", "98765432109876543210")


class Named(NamedTuple):
    """The ids of rules whose number a field's name means, and whether it is a name of an official number of any kind."""

    rules: tuple[str, ...]
    official: bool

    def __bool__(self) -> bool:
        return bool(self.rules) or self.official


@cache
def _content() -> Mapping[str, Any]:
    return tomllib.loads((files("leakscope.catalogue") / "numbers.toml").read_text("utf-8"))


@cache
def _official() -> frozenset[str]:
    words = tomllib.loads((files("leakscope.catalogue") / "official.toml").read_text("utf-8"))["words"]
    return frozenset(bare(key_words(word)) for word in words)


@cache
def _by_name() -> Mapping[str, tuple[str, ...]]:
    """Rules with a check digit by the names of their numbers, each with every rule for that number: with separators, without."""
    others = frozenset(_content()["other_meanings"]) | _official()
    asked = [rule for rule in load().detectors if _is_asked(rule)]
    meant: dict[str, set[str]] = {}
    for rule in asked:
        for name in {bare(key_words(word)) for word in rule.keywords or rule.context} - others:
            meant.setdefault(name, set()).add(rule.entity)
    return {name: tuple(rule.id for rule in asked if rule.entity in some) for name, some in meant.items()}


def _is_asked(rule: Detector) -> bool:
    known = entities().get(rule.entity)
    asked = known is not None and known.country and known.family == "personal" and known.element in _content()["elements"]
    return bool(asked) and rule.validator is not None


@lru_cache(maxsize=65536)
def numbers_of(key: str) -> Named:
    """
    The numbers that the name `key` means; the longest name in which it ends decides.

    Example:
        >>> numbers_of("customer_cpf").rules
        ('id.br.cpf', 'id.br.cpf_bare', 'id.br.cpf_bare_bare')
    """
    words = bare(key_words(key)).split()
    ends = _ends(words)
    while len(words) > 1 and words[-1] in TRAILING and not any(one in _by_name() or one in _official() for one in ends):
        words = words[:-1]
        ends = _ends(words)
    rules = next((_by_name()[name] for name in ends if name in _by_name()), ())
    return Named(rules, any(name in _official() for name in ends))


def _ends(words: list[str]) -> list[str]:
    return [" ".join(words[start:]) for start in range(max(0, len(words) - LONGEST_NAME), len(words))]


def number_candidate(named: Named, value: str) -> Candidate | None:
    """The whole of `value` as one of the numbers that its field names, if its check digit fails or its digits are masked; else null."""
    text = value.strip()
    if not named or not text or len(text) > _LONGEST:
        return None
    fitting = [rule for rule in map(load().by_id.__getitem__, named.rules) if expression_of(rule).fullmatch(text)]
    if any(is_valid(rule.validator or "", text) for rule in fitting):
        return None
    if _HIDDEN.search(text) and _HALF_SHOWN.fullmatch(text):
        return _whole(value, text, MASKED, "field.masked_number", _MASKED_CONFIDENCE, {"check": "masked"})
    if not fitting:
        return None
    said = tuple(dict.fromkeys(rule.entity for rule in fitting))
    one = _whole(value, text, said[0] if len(said) == 1 else _common(said), "field.failed_check", float(_content()["confidence"]), {"check": "fails"})
    return one._replace(validated=False, reason="placeholder" if _stands_in(text) else None)


def without_telephones(found: list[Candidate], named: Candidate) -> list[Candidate]:
    """Candidates of a value that its field calls an official number: groups of digits that look like a telephone are none."""
    return [one for one in found if not (one.entity.endswith(_TELEPHONES) and one.start >= named.start and one.end <= named.end)]


def _whole(value: str, text: str, entity: str, detector: str, confidence: float, attributes: Mapping[str, str]) -> Candidate:
    start = value.index(text)
    return Candidate(start, start + len(text), entity, detector, confidence, None, None, attributes)


def _common(said: tuple[str, ...]) -> str:
    """The type that numbers of several countries have in common."""
    elements = {element_of(one) for one in said}
    return _ENTITY_OF_ELEMENT.get(elements.pop() or "", "NATIONAL_ID") if len(elements) == 1 else "NATIONAL_ID"


def _stands_in(text: str) -> bool:
    digits = "".join(c for c in text if c.isdigit())
    return len(set(digits)) <= 1 or (len(digits) > 5 and any(digits in one for one in _STAND_INS))
