"""
Laws that nothing in the evidence reaches yet, and that a fact nobody stated may bring: where the people live whose residence is unknown,
and where the organisation is established.

Each such law is asked as if all of them lived there, and the organisation were established there where nobody stated a place: what it would
then require is what staying silent could hide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from leakscope.notification.engine import Answer, evaluate, in_order
from leakscope.notification.facts import Facts
from leakscope.notification.headcount import Headcount
from leakscope.notification.kleene import NO, UNKNOWN
from leakscope.notification.law import jurisdictions
from leakscope.notification.people import Profile, lives_in
from leakscope.notification.rule import Jurisdiction
from leakscope.notification.scope import EEA

#: User-assigned codes of ISO 3166-1, which no country has: the place that is tried, and any other.
_THERE, _ELSEWHERE = "QQ", "ZZ"
#: Groups of people looked at one by one; those that fewer people are in are looked at together.
_MOST_GROUPS = 500
#: Bases on which a law reaches people or organisations by place alone.
_BY_PLACE = frozenset({"residents", "territorial", "establishment"})
_CLOSED = "does_not_apply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """
    A law that would require something if it reached the case.

    Args:
        row: the jurisdiction.
        homes: people of unknown residence may live there.
        seat: nobody stated where the organisation is established.
        duties: what would apply or be open then, in the engine's form.
    """

    row: Jurisdiction
    homes: bool
    seat: bool
    duties: tuple[dict[str, Any], ...]


def elsewhere(before: Answer, people: Headcount, facts: Facts, on: date, *, proposed: frozenset[str] = frozenset()) -> tuple[Elsewhere, ...]:
    """
    The laws by place that no duty of `before` that stands or is open comes from, and that would bring one.

    Args:
        before: the answer as it stands.
        people: the people it was given for.
        facts: the facts it was given for.
        on: the day of the law.
        proposed: as for the answer.

    Returns:
        In the order of jurisdictions.
    """
    reached = {duty["jurisdiction"] for duty in before.duties if duty["status"] != _CLOSED}
    seat = facts.incident.establishments is None
    groups = _groups(people.rows)
    found = []
    for row in jurisdictions().values():
        homes = row.scope.basis != "establishment" and people.living_in(row.scope.residence) is UNKNOWN
        by_seat = seat and row.scope.basis != "residents"
        if row.id in reached or row.scope.basis not in _BY_PLACE or row.scope.regime is not None or not (homes or by_seat):
            continue
        duties, _ = evaluate(_there(row), _moved(groups, row, people), _seated(facts, row, seat=by_seat), on, proposed=row.id in proposed)
        open_then = tuple(sorted((duty for duty in duties if duty["status"] != _CLOSED), key=in_order))
        if open_then:
            found.append(Elsewhere(row=row, homes=homes, seat=by_seat, duties=open_then))
    return tuple(found)


def _groups(rows: Sequence[Profile]) -> tuple[Profile, ...]:
    """Profiles with few kinds of residence and at most `_MOST_GROUPS` of them; the small ones as one, of which only what all have is certain."""
    held: dict[tuple[Any, ...], int] = {}
    for row in rows:
        place = row.residence if row.residence in (None, "US") else _ELSEWHERE
        held[place, row.certain, row.possible, row.child] = held.get((place, row.certain, row.possible, row.child), 0) + row.count
    merged = [Profile(residence=place, certain=certain, possible=possible, count=count, child=child) for (place, certain, possible, child), count in held.items()]
    merged.sort(key=lambda one: (-one.count, one.residence or "", sorted(one.certain), sorted(one.possible), one.child))
    kept, rest = merged[:_MOST_GROUPS], merged[_MOST_GROUPS:]
    return (*kept, *(_together(place, of) for place in (None, "US", _ELSEWHERE) if (of := [one for one in rest if one.residence == place])))


def _together(place: str | None, rows: Sequence[Profile]) -> Profile:
    certain = frozenset.intersection(*(one.certain for one in rows))
    possible = frozenset().union(*(one.certain | one.possible for one in rows)) - certain
    return Profile(residence=place, certain=certain, possible=possible, count=sum(one.count for one in rows))


def _there(row: Jurisdiction) -> Jurisdiction:
    """The same law for the place that is tried."""
    return replace(row, scope=replace(row.scope, residence=(_THERE,), establishment=(_THERE,)))


def _moved(groups: Iterable[Profile], row: Jurisdiction, people: Headcount) -> Headcount:
    """The people, those living there who may."""
    moved = tuple(replace(one, residence=_THERE if one.residence != _ELSEWHERE and lives_in(one.residence, row.scope.residence) is UNKNOWN else _ELSEWHERE) for one in groups)
    return Headcount(rows=moved, total=people.total, open_ended=people.open_ended, observed=people.observed)


def _seated(facts: Facts, row: Jurisdiction, *, seat: bool) -> Facts:
    """The facts, established there where nobody stated a place; what is stated of targets is kept."""
    incident = facts.incident
    aimed = incident.targets
    if aimed is not None and any(lives_in(place, row.scope.residence) is not NO for place in aimed):
        aimed = (*aimed, _THERE)
    return replace(facts, incident=replace(incident, establishments=(_THERE,) if seat else incident.establishments, targets=aimed))


def changes_elsewhere(found: Sequence[Elsewhere], people: Headcount) -> list[dict[str, Any]]:
    """
    What those laws would require, in a few entries: Europe, Britain, the United States, and the other countries together.

    Returns:
        Entries in the form of `changes`; their ids begin with `PLACE`.
    """
    return [_entry(name, place, some, people) for name, place, some in _by_region(found)]


#: Begins the id of a change of place.
PLACE = "change-place-"


def _by_region(found: Sequence[Elsewhere]) -> list[tuple[str, str, list[Elsewhere]]]:
    regions: dict[str, list[Elsewhere]] = {"EEA": [], "GB": [], "US": [], "other": []}
    for one in found:
        regions["US" if one.row.group == "US-state" else {EEA: "EEA", "UK": "GB"}.get(one.row.id, "other")].append(one)
    states, others = len(regions["US"]), len(regions["other"])
    places = ("the EEA", "the United Kingdom", f"one of {states} US states and territories", f"one of {others} other {'country' if others == 1 else 'countries'}")
    return [(name, place, some) for (name, some), place in zip(regions.items(), places, strict=True) if some]


#: Names that one entry holds; the rest is a number.
_NAMED = 6


def _entry(name: str, place: str, found: Sequence[Elsewhere], people: Headcount) -> dict[str, Any]:
    duties = [duty for one in found for duty in one.duties]
    sure = all(any(duty["status"] == "applies" for duty in one.duties) for one in found)
    names = [one.row.name for one in found]
    listed = f" ({', '.join(names[:_NAMED])}{f' and {len(names) - _NAMED} more' if len(names) > _NAMED else ''})" if len(names) > 1 else ""
    count = f"{len(duties)} {'duty' if len(duties) == 1 else 'duties'}"
    verb = "would apply" if sure else "would apply or be open"
    return {
        "id": f"{PLACE}{name}",
        "change": f"{_supposed(found, people)} in {place}{listed}",
        "effect": f"{count} {verb}{_shortest(duties)}",
        "duties": sorted(duty["id"] for duty in duties),
        "facts": [],
    }


def _supposed(found: Sequence[Elsewhere], people: Headcount) -> str:
    nowhere = _unplaced(people) if any(one.homes for one in found) else 0
    who = f"If some of {nowhere:,} people whose residence is unknown live" if nowhere > 1 else "If the person whose residence is unknown lives"
    seat = any(one.seat for one in found)
    if nowhere and seat:
        return f"{who}, or you are established,"
    return who if nowhere else "If you are established (now unknown)"


def _unplaced(people: Headcount) -> int:
    """Observed people of whom nothing tells where they live, or in which of the United States."""
    return sum(row.count for row in people.rows if row.residence in (None, "US"))


def _shortest(duties: Iterable[dict[str, Any]]) -> str:
    """The shortest limit among duties, with its clock."""
    limits = [duty for duty in duties if duty["deadline"]["hours"] is not None]
    if not limits:
        return ""
    first = min(limits, key=lambda duty: (duty["deadline"]["hours"], duty["id"]))
    return f"; the shortest limit: {first['deadline']['text']} ({first['jurisdiction_name']})"
