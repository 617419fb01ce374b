"""Whom a law reaches: residence, establishment, targeting, sector regimes, the lead authority in the EEA."""

from __future__ import annotations

from typing import Any

import pycountry

from leakscope.notification.elements import group
from leakscope.notification.facts import Facts
from leakscope.notification.headcount import Headcount
from leakscope.notification.kleene import NO, UNKNOWN, YES, Kleene, known
from leakscope.notification.law import jurisdictions
from leakscope.notification.outcome import Outcome
from leakscope.notification.people import lives_in
from leakscope.notification.rule import DutyRule, Jurisdiction

EEA = "EU-GDPR"
#: What people write for the whole of it.
_EEA_WORDS = ("EU", "EEA")


def nexus(row: Jurisdiction, people: Headcount, facts: Facts) -> Outcome:
    """
    Whether a jurisdiction has anything to do with the case: residents there, or an establishment there.

    A no with a reason was worth considering and goes on record; one without is left out.
    """
    scope = row.scope
    homes = people.living_in(scope.residence)
    seated = seated_in(row, facts)
    if scope.basis == "residents":
        return Outcome(homes, (f"residents of {row.name} among the people",) if homes is not NO else ())
    if scope.basis == "establishment":
        return Outcome(YES, (f"established in {row.name}",), frozenset({"incident.establishments"})) if seated is YES else Outcome(NO)
    if scope.basis == "regime":
        return Outcome(YES if regime(row, facts).value is YES else homes | seated)
    return _territorial(row, homes, seated, facts)


def seated_in(row: Jurisdiction, facts: Facts) -> Kleene:
    """Whether the organisation is established where a jurisdiction's law begins to bind it."""
    given = facts.incident.establishments
    main = facts.incident.main_establishment
    places = (*(given or ()), *((main,) if main else ()))
    codes = (*row.scope.establishment, *_EEA_WORDS) if row.id == EEA else row.scope.establishment
    if any(lives_in(place, codes) is YES for place in places):
        return YES
    return UNKNOWN if given is None else NO


def _territorial(row: Jurisdiction, homes: Kleene, seated: Kleene, facts: Facts) -> Outcome:
    read = frozenset({"incident.establishments", "incident.targets"})
    if seated is YES:
        return Outcome(YES, (f"established in {_place(row)}",), read)
    if homes is not YES:
        return Outcome(NO, (), read)
    aimed = facts.incident.targets
    europe = row.id == EEA or row.scope.basis == "member_state"
    codes = (*row.scope.residence, *(_EEA_WORDS if europe else ()))
    targeted = UNKNOWN if aimed is None else known(any(lives_in(place, codes) is not NO for place in aimed))
    value = seated | targeted
    if value is NO and row.scope.basis == "member_state":
        return Outcome(NO)
    if value is NO:
        return Outcome(NO, (f"people live in {_place(row)}, but you stated neither an establishment nor an offer of goods or services there",), read)
    missing = tuple(path for path, given in (("incident.establishments", facts.incident.establishments), ("incident.targets", aimed)) if given is None) if value is UNKNOWN else ()
    where = f"people live in {_place(row)}"
    said = f"{where} and are offered goods or services there" if value is YES else f"{where}; open whether its law reaches you"
    return Outcome(value, (said,), read, missing)


def _place(row: Jurisdiction) -> str:
    """A jurisdiction as a place; rows that are named for a law or an authority go by their country's name."""
    if row.id == EEA:
        return "the EEA"
    if "-" not in row.id or row.scope.basis == "member_state" or row.id in row.scope.residence:
        return row.name
    code = row.scope.residence[0]
    found = pycountry.countries.get(alpha_2=code)
    return str(getattr(found, "common_name", found.name)) if found else code


def regime(row: Jurisdiction, facts: Facts) -> Outcome:
    """Whether the organisation is one of those whom a sector regime binds; yes for general laws."""
    if row.scope.regime is None:
        return Outcome(YES)
    path = f"regimes.{row.scope.regime}"
    stated = facts.value(path)
    value = UNKNOWN if stated == "unknown" else known(stated in row.scope.values)
    return Outcome(value, (f"{row.scope.question} {'Yes.' if value is YES else value}",), frozenset({path}), (path,) if value is UNKNOWN else ())


def ask(row: Jurisdiction, people: Headcount, facts: Facts) -> list[dict[str, Any]]:
    """The one question of a regime nobody indicated, only when what was exposed makes it worth asking."""
    scope = row.scope
    if scope.ask_when is None:
        return []
    codes = group(scope.ask_when)
    if not people.keep(("any", scope.ask_when), lambda: any(item.has(codes) is not NO for item in people.rows)):
        return []
    homes = people.living_in(scope.residence)
    national = all("-" not in code for code in scope.residence)
    if YES not in (homes, seated_in(row, facts)) and not (homes is UNKNOWN and national):
        return []
    why = f"{scope.ask_when} data are among the exposed; if yes, {row.name} ({row.versions[-1].citation}) has duties of its own"
    return [{"fact": f"regimes.{scope.regime}", "question": scope.question, "why": why, "matters_for": [row.id]}]


def addressed(rule: DutyRule, row: Jurisdiction, facts: Facts) -> Outcome | None:
    """
    For a member state of the EEA: whether its own authority is addressed beside the general duty.

    One notice to the lead authority covers all states; while establishments are unknown the general duty stands for them.
    """
    if row.scope.basis != "member_state":
        return None
    read = frozenset({"incident.establishments", "incident.main_establishment"})
    if rule.recipient_kind != "regulator":
        return Outcome(NO, ("covered by the general duty under the GDPR",), read)
    seats = facts.incident.establishments
    if seats is None:
        return Outcome(UNKNOWN, ("open whether you are established in the EEA, which decides the authority",), read, ("incident.establishments",))
    if seated_in(jurisdictions()[EEA], facts) is YES:
        return Outcome(NO, ("one notice to the lead authority under the GDPR covers this one",), read)
    return Outcome(YES, ("not established in the EEA: each affected state's authority is told (EDPB Guidelines 9/2022)",), read)


def leading(facts: Facts) -> tuple[str, ...]:
    """Member states whose authority may lead: the main establishment, else every establishment in the EEA."""
    eea = set(jurisdictions()[EEA].scope.establishment)
    main = facts.incident.main_establishment
    if main and main.split("-")[0] in eea:
        return (main.split("-")[0],)
    return tuple(sorted({place.split("-")[0] for place in facts.incident.establishments or () if place.split("-")[0] in eea}))
