"""What one rule finds in one value: the plain meaning of the catalogue, which every faster path must agree with."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from leakscope.catalogue.model import Detector
from leakscope.detection.context import Context
from leakscope.detection.expressions import expression_of
from leakscope.text.words import keyword_expression, text_words
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """
    A span that a rule found in a value, before spans compete.

    Args:
        start, end: code points in the value.
        entity: entity type.
        detector: the rule's id.
        confidence: after validator and context.
        validated: whether structure was checked and holds; null when there is no check.
        reason: why it is suppressed, else null.
        attributes: what else is known.
        words: of which one near the span made its rule find it, or surer; empty when it stands for itself.
    """

    start: int
    end: int
    entity: str
    detector: str
    confidence: float
    validated: bool | None = None
    reason: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ()


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


def _near(keywords: tuple[str, ...], names: str, before: str, after: str) -> bool:
    seek = keyword_expression(keywords).search
    return bool((names and seek(names)) or (before and seek(text_words(before))) or (after and seek(text_words(after))))


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


def candidates(detector: Detector, context: Context, value: str, least: float = 0.0) -> Iterator[Candidate]:
    """
    Every span that `detector` finds in `value`, in order, not overlapping one another.

    Args:
        detector: the rule.
        context: names around the value.
        value: the decoded text.
        least: a match that its rule puts below this confidence, context considered, is no candidate.
    """
    for found in _found(detector, context, value):
        start, end = found.span("value") if "value" in found.re.groupindex else found.span()
        quoted = _NEXT_QUOTED.search(value, start, end)
        if quoted and not detector.key_only:
            again = found.re.match(value, quoted.end(), end) if quoted.end() < end else None
            if again:
                found, (start, end) = again, again.span("value" if "value" in again.re.groupindex else 0)
        if end > start and _has_keyword(detector, context, value, start, end):
            candidate = judged(detector, context, value, start, end, least) or _shortened(detector, context, value, found, least)
            if candidate:
                yield candidate


#: Where one value of a list ends and a quoted one begins: `7, '77 Lakeshore Blvd'`. A span that can begin in the second does.
_NEXT_QUOTED = re.compile(r"""[A-Za-z0-9)]['"]?,\s?['"]""")
#: Groups that a greedy pattern may have taken from the words behind a number (`... 1450 now`).
_GROUPS_TOO_MANY = 3


def _shortened(detector: Detector, context: Context, value: str, found: re.Match[str], least: float) -> Candidate | None:
    """The span without the last groups of it, where that passes the check which the whole did not."""
    if detector.key_only or detector.validator is None or detector.validator_failure != "drop":
        return None
    group = "value" if "value" in found.re.groupindex else 0
    start, end = found.span(group)
    for _ in range(_GROUPS_TOO_MANY):
        end = max(value.rfind(" ", start, end), value.rfind("-", start, end))
        if end <= start:
            return None
        again = expression_of(detector).match(value, found.start(), end)
        if again and again.span(group) == (start, end):
            candidate = judged(detector, context, value, start, end, least)
            if candidate:
                return candidate
    return None


def _found(detector: Detector, context: Context, value: str) -> Iterator[re.Match[str]]:
    if not detector.key_only:
        yield from expression_of(detector).finditer(value)
    elif context.near and keyword_expression(detector.keywords).search(context.near):
        lead = len(value) - len(value.lstrip())
        whole = expression_of(detector).fullmatch(value, lead, lead + len(value.strip()))
        if whole:
            yield whole


def _has_keyword(detector: Detector, context: Context, value: str, start: int, end: int) -> bool:
    if not detector.keywords or detector.key_only:
        return True
    return _near(detector.keywords, names_for(detector, context), _before(value, start, detector.keyword_window), _after(detector, value, end))


def _before(value: str, start: int, window: int) -> str:
    """The text before a span; a word cut by the window's edge is left out, so that it cannot pass for another."""
    left = max(0, start - window)
    text = value[left:start]
    return text if left == 0 or not value[left - 1].isalnum() else text.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


def _after(detector: Detector, value: str, end: int) -> str:
    """The text behind a span; for a number that only its word makes one, up to where the next value of a list begins."""
    after = value[end : end + WINDOW_AFTER]
    by_its_word = detector.keywords or detector.confidence < LIKELY
    return NEXT_VALUE.split(after, maxsplit=1)[0] if by_its_word and not detector.provider and not detector.entity.startswith(_SECRETS) else after


def judged(detector: Detector, context: Context, value: str, start: int, end: int, least: float = 0.0) -> Candidate | None:
    """The span as a candidate, its structure checked and its context weighed; null when the rule drops it."""
    text = value[start:end]
    if detector.validator and detector.validator_failure == "drop" and not is_valid(detector.validator, text):
        return None
    in_context = bool(detector.context) and _near(
        detector.context, names_for(detector, context), _before(value, start, CONTEXT_WINDOW), _after(detector, value, end)
    )
    confidence = detector.confidence_context if in_context else detector.confidence
    if confidence < least:
        return None
    validated = is_valid(detector.validator, text) if detector.validator else None
    reason = "placeholder" if detector.min_entropy and entropy(text) < detector.min_entropy else None
    return Candidate(
        start=start,
        end=end,
        entity=detector.entity,
        detector=detector.id,
        confidence=confidence * FAILED_FACTOR if validated is False else confidence,
        validated=validated,
        reason=reason,
        attributes=_attributes(detector, text),
        words=detector.keywords or (detector.context if in_context else ()),
    )


def _attributes(detector: Detector, text: str) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    if detector.provider:
        attributes["provider"] = detector.provider.id
    environment = detector.environment_of(text)
    if environment:
        attributes["environment"] = environment
    return attributes
