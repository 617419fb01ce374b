"""Composes one letter per cohort of people with the same exposed data in the same place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from leakscope.notification.content import forbidden_in
from leakscope.notification.elements import covered
from leakscope.notification.kleene import YES
from leakscope.notification.law import Jurisdiction, Version, jurisdictions
from leakscope.notification.people import Profile, lives_in, profiles
from leakscope.vocabulary import elements

_OPEN = ("applies", "may_apply")
#: Place of people whose residence nobody knows; laws that reach everybody are owed to them too.
UNKNOWN_PLACE = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """
    A letter to one cohort.

    Args:
        id: stable name: place and a number by size.
        place: ISO code of residence.
        elements: codes of the data that were exposed of everybody in the cohort.
        people: how many individuals observed belong to it.
        laws: ids of the duties it fulfils.
        sections: heading and paragraphs, in order.
        missing: content that the law asks for and nobody stated.
    """

    id: str
    place: str
    elements: tuple[str, ...]
    people: int
    laws: tuple[str, ...]
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    missing: tuple[str, ...]


@cache
def _advice() -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / "advice.toml").read_text("utf-8"))


def compose(assessment: Mapping[str, Any], individuals: pl.DataFrame, person_elements: pl.DataFrame) -> list[Letter]:
    """
    Letters for every cohort whose place has an open duty to tell individuals, largest cohort first.

    Args:
        assessment: the assessment with its duties and facts.
        individuals: schema `INDIVIDUALS`.
        person_elements: schema `PERSON_ELEMENTS`.
    """
    told = {duty["jurisdiction"]: duty for duty in assessment["duties"] if duty["recipient_kind"] == "individuals" and duty["status"] in _OPEN}
    everywhere = frozenset(name for name in told if _reaches_everybody(jurisdictions()[name], assessment["facts"].get("incident") or {}))
    cohorts = _cohorts(profiles(individuals, person_elements), told, everywhere)
    return [_letter(number, place, codes, people, laws, assessment) for number, (place, codes, people, laws) in enumerate(cohorts, 1)]


def _reaches_everybody(row: Jurisdiction, incident: Mapping[str, Any]) -> bool:
    """An establishment brings in everybody's data, wherever they live."""
    places = (*(incident.get("establishments") or ()), incident.get("main_establishment") or "")
    return not row.scope.residence or (row.scope.basis == "territorial" and any(lives_in(place, row.scope.establishment) is YES for place in places if place))


def _cohorts(rows: Iterable[Profile], told: Mapping[str, Any], everywhere: frozenset[str]) -> list[tuple[str, tuple[str, ...], int, tuple[str, ...]]]:
    sizes: dict[tuple[str, tuple[str, ...]], int] = {}
    for row in rows:
        if row.certain:
            key = (row.residence or UNKNOWN_PLACE, tuple(sorted(row.certain)))
            sizes[key] = sizes.get(key, 0) + row.count
    found = ((place, codes, people, _laws(place, codes, told, everywhere)) for (place, codes), people in sizes.items())
    return sorted((item for item in found if item[3]), key=lambda item: (-item[2], item[0], item[1]))


def _laws(place: str, codes: tuple[str, ...], told: Mapping[str, Any], everywhere: frozenset[str]) -> tuple[str, ...]:
    profile = Profile(place, frozenset(codes), frozenset(), 1)
    held = []
    for name, duty in told.items():
        row = jurisdictions()[name]
        version = version_of(row, duty)
        here = name in everywhere or lives_in(place, row.scope.residence) is YES
        if here and covered(profile, version) is YES:
            held.append(duty["id"])
    return tuple(sorted(held))


def version_of(row: Jurisdiction, duty: Mapping[str, Any]) -> Version:
    """The version of the law that a duty was decided on."""
    return next((version for version in row.versions if version.citation == duty["citation"]), row.versions[0])


def _letter(number: int, place: str, codes: tuple[str, ...], people: int, laws: tuple[str, ...], assessment: Mapping[str, Any]) -> Letter:
    by_id = {duty["id"]: duty for duty in assessment["duties"]}
    versions = [version_of(jurisdictions()[by_id[law]["jurisdiction"]], by_id[law]) for law in laws]
    forbidden = {word for version in versions for word in forbidden_in("US_STATE_INDIVIDUAL", version)}
    missing: list[str] = []
    general = any(not law.startswith("duty-US-") for law in laws)
    if forbidden and general:
        missing.append(f"a decision of counsel: one law asks for the nature of the breach, that of {place} forbids it in this letter")
    sections = [section for section in _sections(place, codes, assessment["facts"], forbidden, versions, missing, general=general) if section[1]]
    return Letter(id=f"letter-{number:03d}-{place}", place=place, elements=codes, people=people, laws=laws, sections=tuple(sections), missing=tuple(dict.fromkeys(missing)))


def _sections(place: str, codes: Sequence[str], facts: Mapping[str, Any], forbidden: set[str], versions: Sequence[Version], missing: list[str], *, general: bool) -> Iterable[tuple[str, tuple[str, ...]]]:
    story, contacts = facts.get("narrative") or {}, facts.get("contacts") or {}
    if "nature of breach" not in forbidden:
        yield "What happened", (_say(story.get("summary"), "what happened", missing), _when(facts.get("clocks") or {}, missing))
    yield "What information was involved", (f"The information about you: {_named(codes)}.",)
    if general:
        yield "What this may mean for you", (_say(story.get("consequences"), "likely consequences", missing),)
    yield "What we are doing", tuple(story.get("response") or (_say(None, "what the organisation is doing", missing),))
    yield "What you can do", (*(story.get("advice") or ()), *_advised(codes))
    if (offer := _offer(codes, versions)) or story.get("services_offered"):
        yield "Help we offer", (_say(story.get("services_offered"), offer, missing),)
    if place.startswith("US-"):
        agencies = _advice()["agencies"]
        yield agencies["heading"], tuple(agencies["text"])
    own = _advice()["place"].get(place, {})
    yield "Your rights", (*own.get("text", ()), *(_say(None, need, missing) for need in own.get("needs", ())))
    yield "Whom to ask", tuple(part for part in (_contact(contacts, place, missing),) if part)


def _say(text: str | None, what: str, missing: list[str]) -> str:
    if text:
        return text
    missing.append(what)
    return f"[MISSING: {what}]"


def _when(clocks: Mapping[str, Any], missing: list[str]) -> str:
    start, end = ((clocks.get(name) or "")[:10] for name in ("occurrence_start", "occurrence_end"))
    if not start:
        return _say(None, "date or range of dates", missing)
    return f"It took place from {start} to {end}." if end and end != start else f"It took place on {start}." if end else f"It began on {start}."


def _named(codes: Iterable[str]) -> str:
    """Names of elements inside a sentence: lower case, except for words that are all capitals (IP, PIN)."""
    known = elements()
    names = [known[code].name if code in known else code.replace("_", " ") for code in codes]
    return ", ".join(name if name[1:2].isupper() else name[0].lower() + name[1:] for name in names)


def _advised(codes: Sequence[str]) -> tuple[str, ...]:
    return tuple(row["text"] for row in _advice()["advice"] if set(row["elements"]) & set(codes))


def _offer(codes: Sequence[str], versions: Sequence[Version]) -> str:
    """The service the law asks to offer for these data, in words; empty when it asks for none."""
    needed = {"SSN": "ssn", "TIN": "tax_id", "BANK_ACCOUNT": "bank_account", "DL_STATE_ID": "driver_licence"}
    for version in versions:
        for kind, words in (("credit_monitoring", "credit monitoring"), ("id_theft_service", "identity theft protection")):
            asked = {needed.get(code) for code in version.extras.get(f"{kind}_elements", ())}
            if asked & set(codes):
                return f"{words} for {version.extras[f'{kind}_months']} months: provider and how to enrol"
        months = version.extras.get("id_theft_service_months_if_offered_source_of_breach")
        if months and {"ssn", "driver_licence"} & set(codes):
            return f"identity theft protection for {months} months, if you were the source of the breach: provider and how to enrol"
    return ""


def _contact(contacts: Mapping[str, Any], place: str, missing: list[str]) -> str:
    if place.startswith("US-"):
        parts = [contacts.get(name) for name in ("toll_free", "email", "website")]
        return "; ".join(part for part in parts if part) or _say(None, "contact for individuals: toll-free number, e-mail or web page", missing)
    parts = [contacts.get(name) for name in ("dpo_name", "dpo_contact", "email", "website")]
    return "; ".join(part for part in parts if part) or _say(None, "data protection officer or other contact point", missing)
