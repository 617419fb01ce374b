"""What one rule finds in one value: the plain meaning of the catalogue, which every faster path must agree with."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from leakscope.catalogue.model import Detector
from leakscope.detection.candidate import Candidate
from leakscope.detection.context import Context
from leakscope.detection.expressions import expression_of
from leakscope.text.words import key_words, keyword_expression, text_words
from leakscope.validators import validator

#: Code points after a span in which a required keyword may still stand.
WINDOW_AFTER = 20
#: Behind one of these, words say what the next number is; names of issuers and of logins also stand behind it.
NEXT_VALUE = re.compile(r"[,;|\n]")
_SECRETS = ("SECRET_", "CREDENTIAL_")
#: A rule below this confidence finds nothing without a word.
LIKELY = 0.5
#: Code points on either side of a span in which words raise its confidence.
CONTEXT_WINDOW = 60
#: What a failed check leaves of a match's confidence, when its rule keeps it.
FAILED_FACTOR = 0.2
#: Where one value of a list ends and a quoted one begins: `7, '77 Lakeshore Blvd'`. A span that can begin in the second does.
_NEXT_QUOTED = re.compile(r"""[A-Za-z0-9)]['"]?,\s?['"]""")
#: Groups that a greedy pattern may have taken from the words behind a number (`... 1450 now`).
_GROUPS_TOO_MANY = 3
_ASCII_ALNUM = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def entropy(text: str) -> float:
    """Shannon entropy of the characters of `text`, in bits per character."""
    counts, length = Counter(text), len(text)
    return -sum(n / length * math.log2(n / length) for n in counts.values()) if length else 0.0


@lru_cache(maxsize=65536)
def is_valid(name: str, text: str) -> bool:
    """Whether `text` passes the check called `name`; what a check of a library stumbles over is not valid."""
    try:
        return bool(validator(name)(text))
    except Exception:  # libraries raise anything on odd text
        return False


def asked_for(detector: Detector, least: float) -> tuple[str, ...]:
    """Words of which one must stand in or beside a value, if `detector` is to find anything of confidence `least` there; empty: none."""
    if detector.keywords or detector.confidence >= least:
        return detector.keywords
    return detector.context


def can_reach(detector: Detector, least: float) -> bool:
    """Whether a match of `detector` can have the confidence `least` at all."""
    return detector.confidence >= least or bool(detector.context and detector.confidence_context >= least)


def names_for(detector: Detector, context: Context) -> str:
    """The words of keys that `detector` reads: a provider's name may stand anywhere on the path, other words only near."""
    return context.path if detector.provider else context.near


def candidates(detector: Detector, context: Context, value: str, least: float = 0.0) -> list[Candidate]:
    """
    Every span that `detector` finds in `value`, in order, not overlapping one another.

    Args:
        detector: the rule.
        context: names around the value.
        value: the decoded text.
        least: a match that its rule puts below this confidence, context considered, is no candidate.
    """
    return Seeker(detector, context, least).found(value)


class Seeker:
    """
    Finds what one rule finds in values beside the same names; what the names alone decide is decided once.

    Args:
        detector: the rule.
        context: names around the values.
        least: a match that the rule puts below this confidence, context considered, is no candidate.
    """

    __slots__ = ("_attributes", "_drops", "_expression", "_group", "_labelled", "_least", "_name", "_named", "_names", "_raised", "_rule", "_seek_context", "_up_to_next")

    def __init__(self, detector: Detector, context: Context, least: float) -> None:
        self._rule, self._least = detector, least
        self._names = names_for(detector, context)
        self._named: bool | None = None if detector.keywords and not detector.key_only else True
        self._raised: bool | None = None if detector.context else False
        self._expression = expression_of(detector)
        self._group: int | str = "value" if "value" in self._expression.groupindex else 0
        self._labelled = "name" in self._expression.groupindex
        self._drops = detector.validator is not None and detector.validator_failure == "drop"
        self._attributes: Mapping[str, Any] = {"provider": detector.provider.id} if detector.provider else {}
        by_its_word = detector.keywords or detector.confidence < LIKELY
        self._up_to_next = bool(by_its_word and not detector.provider and not detector.entity.startswith(_SECRETS))
        self._name = bool(detector.key_only and context.near and keyword_expression(detector.keywords).search(context.near))

    def found(self, value: str) -> list[Candidate]:
        """Every span that the rule finds in `value`, in order, not overlapping one another."""
        kept = []
        for match in self._matches(value):
            start, end = match.span(self._group)
            if (value.find("'", start, end) >= 0 or value.find('"', start, end) >= 0) and not self._rule.key_only:
                match = self._quoted(match, value, start, end)
                start, end = match.span(self._group)
            if end > start and (self._named or self._has_keyword(value, start, end)):
                one = self._judged(value, start, end) or (self._shortened(match, value) if self._drops else None)
                if one:
                    kept.append(one._replace(attributes={**one.attributes, "named": key_words(match["name"])}) if self._labelled else one)
        return kept

    def _matches(self, value: str) -> Iterable[re.Match[str]]:
        if not self._rule.key_only:
            return self._expression.finditer(value)
        if not self._name:
            return ()
        lead = len(value) - len(value.lstrip())
        whole = self._expression.fullmatch(value, lead, lead + len(value.strip()))
        return (whole,) if whole else ()

    def _quoted(self, match: re.Match[str], value: str, start: int, end: int) -> re.Match[str]:
        """The match that begins in the quoted value behind a comma, where there is one; else the same."""
        quoted = _NEXT_QUOTED.search(value, start, end)
        again = self._expression.match(value, quoted.end(), end) if quoted and quoted.end() < end else None
        return again or match

    def _shortened(self, match: re.Match[str], value: str) -> Candidate | None:
        """The span without the last groups of it, where that passes the check which the whole did not."""
        if self._rule.key_only:
            return None
        start, end = match.span(self._group)
        for _ in range(_GROUPS_TOO_MANY):
            end = max(value.rfind(" ", start, end), value.rfind("-", start, end))
            if end <= start:
                return None
            again = self._expression.match(value, match.start(), end)
            if again and again.span(self._group) == (start, end):
                one = self._judged(value, start, end)
                if one:
                    return one
        return None

    def _has_keyword(self, value: str, start: int, end: int) -> bool:
        if self._named is None:
            self._named = bool(self._names and keyword_expression(self._rule.keywords).search(self._names))
        return self._named or self._is_near(keyword_expression(self._rule.keywords).search, value, start, end, self._rule.keyword_window)

    def _is_raised(self, value: str, start: int, end: int) -> bool:
        """Whether a word that makes the rule surer stands near a span."""
        if self._raised is None:
            self._seek_context = keyword_expression(self._rule.context).search
            self._raised = bool(self._names and self._seek_context(self._names))
        return self._raised or (bool(self._rule.context) and self._is_near(self._seek_context, value, start, end, CONTEXT_WINDOW))

    def _is_near(self, seek: Callable[[str], object], value: str, start: int, end: int, window: int) -> bool:
        before = _before(value, start, window)
        if before and seek(_words(before)):
            return True
        after = value[end : end + WINDOW_AFTER]
        if self._up_to_next:  # a number that only its word makes one has none behind the next comma
            after = NEXT_VALUE.split(after, maxsplit=1)[0]
        return bool(after and seek(_words(after)))

    def _judged(self, value: str, start: int, end: int) -> Candidate | None:
        """The span as a candidate, its structure checked and its context weighed; null when the rule drops it."""
        rule, text = self._rule, value[start:end]
        validated = is_valid(rule.validator, text) if rule.validator else None
        if validated is False and self._drops:
            return None
        in_context = self._is_raised(value, start, end) if rule.context else False
        confidence = rule.confidence_context if in_context else rule.confidence
        if confidence < self._least:
            return None
        reason = "placeholder" if rule.min_entropy and entropy(text) < rule.min_entropy else None
        attributes = self._attributes
        if rule.environment and (environment := rule.environment_of(text)):
            attributes = {**attributes, "environment": environment}
        words = rule.keywords or (rule.context if in_context else ())
        return Candidate(start, end, rule.entity, rule.id, confidence * FAILED_FACTOR if validated is False else confidence, validated, reason, attributes, words)


#: The same stretch stands near several rules' spans.
_words = lru_cache(maxsize=1024)(text_words)


def _before(value: str, start: int, window: int) -> str:
    """The text before a span; a word cut by the window's edge is left out, so that it cannot pass for another."""
    if start <= window:
        return value[:start]
    text = value[start - window : start]
    return text.lstrip(_ASCII_ALNUM) if value[start - window - 1].isalnum() else text
