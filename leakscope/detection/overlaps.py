"""
Which of several overlapping findings stands, and what becomes of the others.

Secrets and credentials compete among themselves, and so does everything else. Of overlapping candidates of one type, the longest
of those with confidence 0.85 or more stands; if none is so sure, the surest. Then types compete: a secret whose issuer is known
wins over one of unknown origin, if it is more likely right than not; of those with confidence 0.85 or more, the validated wins over
the unvalidated, then the longest, then the surest; if none is so sure, the surest, then the longest; then the detector whose id
sorts first. The others are kept in the winner's `alternatives`. Personal data inside a secret's span (the `user@host` of a connection string) gives way to it, and so
does what begins inside a secret of known issuer (the `token@host` of an address); but in a login with password the e-mail address is
a finding of its own.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from leakscope.detection.candidate import Candidate

SURE = 0.85
LIKELY = 0.5
MAX_ALTERNATIVES = 20
_PAIRS = frozenset({"CREDENTIAL_PAIR", "CREDENTIAL_BASIC_AUTH"})


class Spans:
    """Spans that do not overlap, each with a number; finds those that overlap another one without looking at all of them."""

    __slots__ = ("_ends", "_numbers", "_starts")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._numbers: list[int] = []

    def add(self, start: int, end: int, number: int) -> None:
        """One more span, overlapping none of those there."""
        at = bisect_left(self._starts, start)
        self._starts.insert(at, start)
        self._ends.insert(at, end)
        self._numbers.insert(at, number)

    def over(self, start: int, end: int) -> list[int]:
        """Numbers of the spans that overlap `[start, end)`."""
        return self._numbers[bisect_right(self._ends, start) : bisect_left(self._starts, end)]


def is_secret(entity: str) -> bool:
    """Whether findings of `entity` compete with secrets and credentials."""
    return entity.startswith(("SECRET_", "CREDENTIAL_"))


def _rank(one: Candidate) -> tuple[bool, bool, bool, float, float, tuple[int, ...]]:
    length = float(one.end - one.start)
    issued = "provider" in one.attributes and one.confidence >= LIKELY
    if one.confidence >= SURE:
        return issued, True, one.validated is True, length, one.confidence, _backwards(one.detector)
    return issued, False, False, one.confidence, length, _backwards(one.detector)


@lru_cache(maxsize=4096)
def _backwards(name: str) -> tuple[int, ...]:
    """Sorts names the other way round."""
    return tuple(-ord(c) for c in name)


def resolved(candidates: Iterable[Candidate]) -> list[Candidate]:
    """
    The candidates that stand, in order of place.

    Args:
        candidates: of one value, suppressed ones left out.
    """
    listed = list(candidates)
    if len(listed) < 2:
        return listed
    placed = sorted(listed, key=_in_place)
    if all(one.end <= other.start for one, other in pairwise(placed)):
        return placed
    if len(listed) == 2 and listed[0].entity == listed[1].entity:
        return _longest_of_type(listed)
    secrets = _winners(_longest([one for one in listed if is_secret(one.entity)]))
    others = _winners(_longest([one for one in listed if not is_secret(one.entity)]))
    if not secrets:
        return sorted(others, key=_in_place)
    covers = Spans()
    for index, one in enumerate(secrets):
        if one.entity not in _PAIRS:
            covers.add(one.start, one.end, index)
    kept = [one for one in others if not any(_gives_way(one, secrets[index]) for index in covers.over(one.start, one.end))]
    return sorted([*secrets, *kept], key=_in_place)


def _gives_way(one: Candidate, secret: Candidate) -> bool:
    """Whether `one` lies inside `secret`, or begins inside one whose issuer is known: `token@host` in an address is no mailbox."""
    inside = secret.start <= one.start < secret.end
    return inside and (one.end <= secret.end or ("provider" in secret.attributes and secret.confidence >= LIKELY))


def _in_place(one: Candidate) -> tuple[int, int, str]:
    return one.start, one.end, one.detector


def _longest(listed: list[Candidate]) -> list[Candidate]:
    """Of overlapping candidates of one type, the one that stands for the type."""
    if len(listed) < 2:
        return listed
    types: dict[str, list[Candidate]] = {}
    for one in listed:
        types.setdefault(one.entity, []).append(one)
    return [one for some in types.values() for one in (some if len(some) < 2 else _longest_of_type(some))]


def _longest_of_type(listed: list[Candidate]) -> list[Candidate]:
    standing: list[Candidate] = []
    taken = Spans()
    for one in sorted(listed, key=_rank_in_type, reverse=True):
        if not taken.over(one.start, one.end):
            taken.add(one.start, one.end, len(standing))
            standing.append(one)
    return standing


def _rank_in_type(one: Candidate) -> tuple[bool, bool, float, bool, float, tuple[int, ...]]:
    issued, sure, validated, *_ = _rank(one)
    length = float(one.end - one.start)
    backwards = _backwards(one.detector)
    return (issued, sure, length, validated, one.confidence, backwards) if sure else (issued, sure, one.confidence, validated, length, backwards)


def _winners(listed: list[Candidate]) -> list[Candidate]:
    if len(listed) < 2:
        return listed
    standing: list[Candidate] = []
    beaten: list[list[Candidate]] = []
    taken = Spans()
    for one in sorted(listed, key=_rank, reverse=True):
        over = min(taken.over(one.start, one.end), default=None)
        if over is None:
            taken.add(one.start, one.end, len(standing))
            standing.append(one)
            beaten.append([])
        elif one.entity != standing[over].entity:
            beaten[over].append(one)
    return [_with_alternatives(winner, losers) for winner, losers in zip(standing, beaten, strict=True)]


def _with_alternatives(winner: Candidate, losers: list[Candidate]) -> Candidate:
    if not losers:
        return winner
    named = [{"entity": one.entity, "detector": one.detector, "confidence": round(one.confidence, 4)} for one in losers[:MAX_ALTERNATIVES]]
    return winner._replace(attributes={**winner.attributes, "alternatives": named})
