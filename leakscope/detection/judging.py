"""What stands in one value, whatever record it is in: candidates of all possible rules, weighed together, remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from leakscope.catalogue.model import Catalogue
from leakscope.detection.benign import KEY_WORDS, weighed
from leakscope.detection.candidate import Candidate
from leakscope.detection.context import Context, context_of, reducer
from leakscope.detection.matching import Seeker
from leakscope.detection.nearest import by_nearest_word
from leakscope.detection.overlaps import resolved
from leakscope.detection.prefilter import LAYER, Prefilter
from leakscope.detection.roles import Role, role_candidate, roles_of
from leakscope.safety.keys import IncidentKey
from leakscope.safety.masking import mask
from leakscope.text.normalise import normalise

#: Distinct values and fingerprints remembered between batches; forgotten together when there are more.
CACHE_SIZE = 200_000
#: Longer values are read every time instead of remembered.
CACHED_LENGTH = 20_000


class Sight(NamedTuple):
    """
    A candidate that stands, with all that its finding says wherever it is seen.

    Args:
        candidate: span, type and confidence in its value.
        text: the span.
        fingerprint: keyed hash of the normalised span.
        preview: its mask.
        attributes: as JSON.
    """

    candidate: Candidate
    text: str
    fingerprint: str
    preview: str
    attributes: str

    def as_attributes(self, *, decoded: bool) -> str:
        """Its attributes; of a value that was written inside another also where it stands there."""
        one = self.candidate
        return as_json({**one.attributes, "decoded_start": one.start, "decoded_end": one.end}) if decoded else self.attributes


@dataclass(frozen=True, slots=True)
class Around:
    """
    What is known of the names around a value before it is read.

    Args:
        number: its own, for as long as the kernel lives.
        context: the names, reduced to what rules ask for.
        named: rules that the names alone make possible.
        roles: what the key can say that its value is.
        known: what stands in values seen beside these names.
        seekers: of the rules that were asked here, by index.
    """

    number: int
    context: Context
    named: frozenset[int]
    roles: tuple[Role, ...]
    known: dict[str, tuple[tuple[Sight, ...], tuple[Candidate, ...]]] = field(default_factory=dict)
    seekers: dict[int, Seeker] = field(default_factory=dict)


class Judge:
    """
    Says what stands in a value beside its names.

    Args:
        catalogue: the rules.
        key: incident key for fingerprints.
        entities: only findings of these types; null: all.
        min_confidence: findings below it are suppressed.
    """

    def __init__(self, catalogue: Catalogue, key: IncidentKey, entities: frozenset[str] | None, min_confidence: float) -> None:
        self.detectors = catalogue.detectors
        self._key = key
        self._entities = entities
        self._min_confidence = min_confidence
        self._prefilter = Prefilter(catalogue.detectors, min_confidence)
        self._reduced = reducer(catalogue, KEY_WORDS)
        self._around: dict[tuple[str, str], Around] = {}
        self._shared: dict[Context, Around] = {}
        self._equal: dict[tuple[Any, ...], Around] = {}
        self._forgotten = 0
        self._in_text: dict[str, frozenset[int]] = {}
        self._seen: dict[tuple[str, str], tuple[str, str]] = {}
        self._remembered = 0

    def may_be_layered(self, value: str) -> bool:
        """Whether another encoding may be written inside `value`."""
        return LAYER in self._text(value)

    def known(self, path: str, key: str, value: str, possible: list[int] | None = None) -> tuple[tuple[Sight, ...], tuple[Candidate, ...]]:
        """What stands in `value` beside the names of `path`, and what is suppressed there; `possible`: the rules that may find it, if known."""
        around = self._around.get((path, key)) or self.surroundings(path, key)
        if possible is None:
            in_text = self._text(value)
            if not around.named and not around.roles and (not in_text or in_text == _ONLY_LAYER):
                return _NOTHING
        known = around.known.get(value)
        if known is None:
            if possible is None:
                possible = self._prefilter.possible(value, in_text | around.named)
            known = self._matched(around, value, possible)
            if len(value) <= CACHED_LENGTH:
                self._remember()
                around.known[value] = known
        return known

    def told(self, path: str, key: str, value: str, one: Candidate) -> tuple[tuple[Sight, ...], tuple[Candidate, ...]]:
        """What stands of a candidate that no rule found, and what is suppressed of it."""
        context = self.surroundings(path, key).context
        judged = judged_together([one], context, value, entities=self._entities, min_confidence=self._min_confidence)
        return tuple(self._sight(found, value) for found in judged if not found.reason), tuple(found for found in judged if found.reason)

    def surroundings(self, path: str, key: str) -> Around:
        """What the names around a value say; names that say the same to every rule are one."""
        context = self._reduced(context_of(path, key))
        around = self._shared.get(context)
        if around is None:
            named, raised = (of(context.near, context.path) for of in (self._prefilter.by_names, self._prefilter.raised_by_names))
            roles = roles_of(key) if key else ()
            around = self._equal.setdefault((context.near, named, raised, roles), Around(len(self._equal) + self._forgotten, context, named, roles))
            self._shared[context] = around
        self._remember()
        self._around[path, key] = around
        return around

    def _text(self, value: str) -> frozenset[int]:
        """Rules whose triggers stand in `value`; remembered."""
        known = self._in_text.get(value)
        if known is None:
            known = self._prefilter.in_text(value)
            if len(value) <= CACHED_LENGTH:
                self._remember()
                self._in_text[value] = known
        return known

    def _remember(self) -> None:
        """Counts what is remembered, and forgets everything once it is too much."""
        self._remembered += 1
        if self._remembered > CACHE_SIZE:
            self._forgotten += len(self._equal)
            for cache in (self._around, self._shared, self._equal, self._in_text, self._seen):
                cache.clear()
            self._remembered = 0

    def _matched(self, around: Around, value: str, possible: list[int]) -> tuple[tuple[Sight, ...], tuple[Candidate, ...]]:
        context, seekers = around.context, around.seekers
        found: list[Candidate] = []
        for index in possible:
            seeker = seekers.get(index)
            if seeker is None:
                seeker = seekers[index] = Seeker(self.detectors[index], context, self._min_confidence)
            found += seeker.found(value)
        by_role = role_candidate(around.roles, value) if around.roles else None
        if by_role:
            found.append(by_role)
        if not found:
            return _NOTHING
        judged = judged_together(found, context, value, entities=self._entities, min_confidence=self._min_confidence)
        return tuple(self._sight(one, value) for one in judged if not one.reason), tuple(one for one in judged if one.reason)

    def _sight(self, one: Candidate, value: str) -> Sight:
        text = value[one.start : one.end]
        known = self._seen.get((one.entity, text))
        if known is None:
            known = self._key.pseudonym(one.entity, normalise(one.entity, text)), mask(one.entity, text)
            self._remember()
            self._seen[one.entity, text] = known
        confidence = round(one.confidence, 4)
        return Sight(one if confidence == one.confidence else one._replace(confidence=confidence), text, *known, as_json(one.attributes))


_NOTHING: tuple[tuple[Sight, ...], tuple[Candidate, ...]] = ((), ())
_ONLY_LAYER = frozenset({LAYER})


def judged_together(
    found: Sequence[Candidate], context: Context, value: str, *, entities: frozenset[str] | None, min_confidence: float
) -> tuple[Candidate, ...]:
    """The candidates of one value after the benign catalogue and one another: those that stand, then those suppressed, with reasons."""
    weighed_all = by_nearest_word([weighed(one, context, value) for one in found], context, value)
    suppressed = [one for one in weighed_all if one.reason]
    standing = resolved([one for one in weighed_all if not one.reason and not _inside(one, suppressed)] if suppressed else weighed_all)
    low = [one._replace(reason="low-confidence") for one in standing if one.confidence < min_confidence]
    kept = [one for one in standing if one.confidence >= min_confidence]
    return tuple(one for one in (*kept, *suppressed, *low) if entities is None or one.entity in entities)


#: Types whose span is no mail address, whatever its end looks like: `user:password@host.net`.
_LOGINS = frozenset({"CREDENTIAL_BASIC_AUTH", "SECRET_CONNECTION_STRING"})


def _inside(one: Candidate, suppressed: list[Candidate]) -> bool:
    """Whether `one` is the same span, or part of one, that the benign catalogue knows to be of the same type; or the end of a stand-in for a login."""
    return any(
        (other.entity == one.entity or (one.entity == "EMAIL_ADDRESS" and other.entity in _LOGINS)) and other.start <= one.start and one.end <= other.end
        for other in suppressed
    )


def as_json(attributes: Mapping[str, Any]) -> str:
    """Attributes of a finding as one JSON object, names in order."""
    return orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS).decode() if attributes else "{}"
