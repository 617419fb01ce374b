"""What stands in one value, whatever record it is in: candidates of all possible rules, weighed together, remembered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from leakscope.catalogue.model import Catalogue
from leakscope.detection.benign import KEY_WORDS, OF_NAMES, weighed
from leakscope.detection.benign_lists import says
from leakscope.detection.benign_log_ids import ELSEWHERE
from leakscope.detection.candidate import Candidate
from leakscope.detection.context import Context, context_of, reducer
from leakscope.detection.matching import Seeker
from leakscope.detection.named_rules import NamedRules
from leakscope.detection.nearest import by_nearest_word
from leakscope.detection.numbers_named import MASKED, Named, number_candidate, numbers_of, without_telephones
from leakscope.detection.overlaps import resolved
from leakscope.detection.prefilter import LAYER, Prefilter
from leakscope.detection.roles import Role, role_candidate, roles_of
from leakscope.detection.sight import Sight, as_json
from leakscope.safety.keys import IncidentKey
from leakscope.safety.masking import mask
from leakscope.text.normalise import normalise

#: Distinct values and fingerprints remembered between batches; forgotten together when there are more.
CACHE_SIZE = 200_000
#: Longer values are read every time instead of remembered.
CACHED_LENGTH = 20_000

#: What stands in a value, and what is suppressed there.
Judgement = tuple[Sequence[Sight], Sequence[Candidate]]


@dataclass(frozen=True, slots=True)
class Around:
    """
    What is known of the names around a value before it is read.

    Args:
        number: its own, for as long as the kernel lives.
        kin: equal where all rules find the same, but those that ask for more of the names (`benign.asks_more`).
        context: the names, reduced to what rules ask for.
        named: rules that the names alone make possible.
        roles: what the key can say that its value is.
        numbers: official numbers that the key names.
        known: what stands in values seen beside these names.
        seekers: of the rules that were asked here, by index.
    """

    number: int
    kin: int
    context: Context
    named: frozenset[int]
    roles: tuple[Role, ...]
    numbers: Named
    known: dict[str, Judgement] = field(default_factory=dict)
    seekers: dict[int, Seeker] = field(default_factory=dict)

    @property
    def asks(self) -> bool:
        """Whether the key alone can make something of its value."""
        return bool(self.roles or self.numbers)


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
        #: Where the compiled scan is used: the same as the prefilter says, sooner; null where it cannot tell.
        self.compiled: Callable[[Around, str], list[int] | None] | None = None
        self._key = key
        self._entities = entities
        self._min_confidence = min_confidence
        self._named = NamedRules(catalogue.detectors, min_confidence)
        self._reduced = reducer(catalogue, KEY_WORDS)
        self._around: dict[tuple[str, str], Around] = {}
        self._shared: dict[Context, Around] = {}
        self._equal: dict[tuple[Any, ...], Around] = {}
        self._kin: dict[tuple[Any, ...], int] = {}
        self._forgotten = 0
        self._in_text: dict[str, frozenset[int]] = {}
        self._seen: dict[tuple[str, str], tuple[str, str]] = {}
        self._remembered = 0

    @cached_property
    def _prefilter(self) -> Prefilter:
        """Made when it is first asked: where the compiled scan says what is possible, nobody asks."""
        return Prefilter(self.detectors, self._min_confidence)

    def may_be_layered(self, value: str) -> bool:
        """Whether another encoding may be written inside `value`."""
        return LAYER in self._text(value)

    def known(self, path: str, key: str, value: str, possible: list[int] | None = None) -> Judgement:
        """What stands in `value` beside the names of `path`, and what is suppressed there; `possible`: the rules that may find it, if known."""
        around = self._around.get((path, key)) or self.surroundings(path, key)
        known = around.known.get(value)
        if known is not None:
            return known
        if possible is None:
            possible = self._possible(around, value)
        if not possible and not around.asks:
            return _NOTHING
        known = self.judged(around, value, possible)
        if len(value) <= CACHED_LENGTH:
            self._remember()
            around.known[value] = known
        return known

    def _possible(self, around: Around, value: str) -> list[int]:
        """Rules that may find something in `value`."""
        said = self.compiled(around, value) if self.compiled else None
        return self._prefilter.possible(value, self._text(value) | around.named) if said is None else said

    def told(self, path: str, key: str, value: str, one: Candidate) -> Judgement:
        """What stands of a candidate that no rule found, and what is suppressed of it."""
        return self._together([one], self.surroundings(path, key).context, value)

    def surroundings(self, path: str, key: str) -> Around:
        """What the names around a value say; names that say the same to every rule are one."""
        context = self._reduced(context_of(path, key))
        around = self._shared.get(context)
        if around is None:
            named, raised = (of(context.near, context.path) for of in (self._named.possible, self._named.surer))
            roles, numbers = roles_of(key), numbers_of(key)
            says_all = (context.near, named, raised, roles, numbers)
            around = self._equal.get(says_all)
            if around is None:
                kin = self._kin_of(context, named, (roles, numbers))
                around = self._equal[says_all] = Around(len(self._equal) + self._forgotten, kin, context, named, roles, numbers)
            self._shared[context] = around
        self._remember()
        self._around[path, key] = around
        return around

    def _kin_of(self, context: Context, named: frozenset[int], key: tuple[Any, ...]) -> int:
        """The number of all names that say the same as these to rules and to the benign catalogue; `key`: all that the key says of its value."""
        said = (named, key, self._named.heard(context.near, context.path), tuple(says(one, context.near) for one in OF_NAMES))
        return self._kin.setdefault(said, len(self._kin))

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

    def judged(self, around: Around, value: str, possible: Sequence[int]) -> Judgement:
        """What stands in `value`, in which the rules `possible` may find something; nothing is remembered of it."""
        context, seekers = around.context, around.seekers
        found: list[Candidate] = []
        for index in possible:
            seeker = seekers.get(index)
            if seeker is None:
                seeker = seekers[index] = Seeker(self.detectors[index], context, self._min_confidence)
            found += seeker.found(value)
        if around.asks:
            found = with_names(found, around.roles, around.numbers, value)
        return self._together(found, context, value) if found else _NOTHING

    def _together(self, found: Sequence[Candidate], context: Context, value: str) -> Judgement:
        standing, suppressed = judged_together(found, context, value, self._min_confidence) if len(found) > 1 else self._alone(found[0], context, value)
        if self._entities is not None:
            standing, suppressed = ([one for one in some if one.entity in self._entities] for some in (standing, suppressed))
        return [self._sight(one, value) for one in standing], suppressed

    def _alone(self, one: Candidate, context: Context, value: str) -> tuple[Sequence[Candidate], Sequence[Candidate]]:
        """`judged_together` of a candidate that competes with none."""
        one = weighed(one, context, value)
        if not one.reason and one.confidence >= self._min_confidence:
            return (one,), ()
        return (), (one if one.reason else one._replace(reason="low-confidence"),)

    def _sight(self, one: Candidate, value: str) -> Sight:
        start, end, entity, detector, confidence, validated, _, attributes, _ = one
        text = value[start:end]
        known = self._seen.get((entity, text))
        if known is None:
            known = self._key.pseudonym(entity, normalise(entity, text)), mask(entity, text)
            self._remember()
            self._seen[entity, text] = known
        return Sight(start, end, entity, detector, round(confidence, 4), validated, *known, as_json(attributes), text)


_NOTHING: Judgement = ((), ())


def with_names(found: list[Candidate], asked: tuple[Role, ...], numbers: Named, value: str) -> list[Candidate]:
    """The candidates of a value with what its name makes of it; a number whose digits are masked is nothing else."""
    number = number_candidate(numbers, value)
    if number and number.entity == MASKED:
        return [number]
    by_role = role_candidate(asked, value) if asked else None
    every = [*without_telephones(found, number), number] if number else found
    return [*every, by_role] if by_role else every


def judged_together(found: Sequence[Candidate], context: Context, value: str, min_confidence: float) -> tuple[Sequence[Candidate], Sequence[Candidate]]:
    """The candidates of one value after the benign catalogue and one another: those that stand, and those suppressed, with reasons."""
    weighed_all = by_nearest_word([weighed(one, context, value) for one in found], context, value)
    suppressed = [one for one in weighed_all if one.reason]
    known = [one for one in suppressed if one.reason != ELSEWHERE]
    standing = resolved([one for one in weighed_all if not one.reason and not _inside(one, known)] if suppressed else weighed_all)
    if all(one.confidence >= min_confidence for one in standing):
        return standing, suppressed
    low = [one._replace(reason="low-confidence") for one in standing if one.confidence < min_confidence]
    return [one for one in standing if one.confidence >= min_confidence], [*suppressed, *low]


#: Types whose span is no mail address, whatever its end looks like: `user:password@host.net`.
_LOGINS = frozenset({"CREDENTIAL_BASIC_AUTH", "SECRET_CONNECTION_STRING"})


def _inside(one: Candidate, suppressed: list[Candidate]) -> bool:
    """Whether `one` is the same span, or part of one, that the benign catalogue knows to be of the same type; or the end of a stand-in for a login."""
    return any(
        (other.entity == one.entity or (one.entity == "EMAIL_ADDRESS" and other.entity in _LOGINS)) and other.start <= one.start and one.end <= other.end
        for other in suppressed
    )
