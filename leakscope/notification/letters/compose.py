"""Composes one letter per cohort of people with the same exposed data in the same place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from leakscope.notification.content import forbidden_in
from leakscope.notification.elements import covered
from leakscope.notification.kleene import YES
from leakscope.notification.law import jurisdictions
from leakscope.notification.moments import in_zone
from leakscope.notification.people import Profile, lives_in, profiles
from leakscope.notification.rule import Jurisdiction, Version
from leakscope.notification.words import ENGLISH, Words, languages, spoken_in

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
        language: code of the language it is written in.
        elements: codes of the data that were exposed of everybody in the cohort.
        people: how many individuals observed belong to it.
        laws: ids of the duties it fulfils.
        sections: heading and paragraphs, in order.
        missing: content that the law asks for and nobody stated.
    """

    id: str
    place: str
    language: str
    elements: tuple[str, ...]
    people: int
    laws: tuple[str, ...]
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    missing: tuple[str, ...]


@cache
def _of_places() -> Mapping[str, Any]:
    """What the law of a place adds to its letters, in that place's words."""
    return tomllib.loads((files(__package__) / "places.toml").read_text("utf-8"))


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
    words = spoken_in(place) or languages()[ENGLISH]
    draft = _Draft(place=place, codes=codes, facts=assessment["facts"], words=words, missing=missing)
    sections = [section for section in _sections(draft, forbidden, versions, general=general) if section[1]]
    missing += _of_language(draft)
    return Letter(id=f"letter-{number:03d}-{place}", place=place, language=words.code, elements=codes, people=people, laws=laws, sections=tuple(sections), missing=tuple(dict.fromkeys(missing)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What a letter is written from; `missing` grows while it is written."""

    place: str
    codes: tuple[str, ...]
    facts: Mapping[str, Any]
    words: Words
    missing: list[str]

    def say(self, text: str | None, what: str) -> str:
        """A stated text, or the mark of what is missing."""
        if text:
            return text
        self.missing.append(what)
        return f"[MISSING: {what}]"


def _of_language(draft: _Draft) -> list[str]:
    """What the choice of language leaves to people: a translation we have not, and the facts' own words."""
    if draft.place == UNKNOWN_PLACE:
        return ["the language: where these individuals live is not known"]
    if spoken_in(draft.place) is None:
        return [f"a translation, unless English is understood in {draft.place}"]
    story = draft.facts.get("narrative") or {}
    stated = any(story.get(name) for name in ("summary", "consequences", "response", "advice", "services_offered"))
    return [f"a check that the passages from the facts are in {draft.words.language}"] if stated and draft.words.code != ENGLISH else []


def _sections(draft: _Draft, forbidden: set[str], versions: Sequence[Version], *, general: bool) -> Iterable[tuple[str, tuple[str, ...]]]:
    story, heading, words = draft.facts.get("narrative") or {}, draft.words.heading, draft.words
    if "nature of breach" not in forbidden:
        yield heading["happened"], (draft.say(story.get("summary"), "what happened"), _when(draft))
    yield heading["involved"], (words.letter["involved"].format(named(draft.codes, words)),)
    if general:
        yield heading["means"], _consequences(draft)
    yield heading["doing"], tuple(story.get("response") or (draft.say(None, "what the organisation is doing"),))
    yield heading["can_do"], (*(story.get("advice") or ()), *words.advised(draft.codes))
    if (offer := _offer(draft.codes, versions)) or story.get("services_offered"):
        yield heading["offer"], (draft.say(story.get("services_offered"), offer),)
    if draft.place.startswith("US-"):
        agencies = _of_places()["agencies"]
        yield agencies["heading"], tuple(agencies["text"])
    own = _of_places()["place"].get(draft.place, {})
    yield heading["rights"], (*own.get("text", ()), *(draft.say(None, need) for need in own.get("needs", ())))
    yield heading["ask"], tuple(part for part in (_contact(draft),) if part)


def _consequences(draft: _Draft) -> tuple[str, ...]:
    """As stated, else what the kinds of data bring, which the organisation must confirm."""
    stated = (draft.facts.get("narrative") or {}).get("consequences")
    proposed = () if stated else draft.words.consequences(draft.codes)
    if not proposed:
        return (draft.say(stated, "likely consequences"),)
    draft.missing.append("your confirmation of the likely consequences, which are proposed from the kinds of data")
    return proposed


def _when(draft: _Draft) -> str:
    clocks, said = draft.facts.get("clocks") or {}, draft.words.letter
    start, end = (_day(clocks.get(name), clocks.get("time_zone")) for name in ("occurrence_start", "occurrence_end"))
    if not start:
        return draft.say(None, "date or range of dates")
    written = draft.words.date
    if not end:
        return said["since"].format(f"{start:{written}}")
    return said["on_day"].format(f"{start:{written}}") if end == start else said["between"].format(f"{start:{written}}", f"{end:{written}}")


def _day(text: str | None, zone: str | None) -> date | None:
    """The day of an instant where the organisation is."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return (in_zone(moment, zone) or moment).date()


def named(codes: Iterable[str], words: Words) -> str:
    """What was exposed, in the words of the person's language."""
    return ", ".join(words.elements.get(code, code.replace("_", " ")) for code in codes)


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


def _contact(draft: _Draft) -> str:
    contacts = draft.facts.get("contacts") or {}
    if draft.place.startswith("US-"):
        parts = [contacts.get(name) for name in ("toll_free", "email", "website")]
        return "; ".join(part for part in parts if part) or draft.say(None, "contact for individuals: toll-free number, e-mail or web page")
    parts = [contacts.get(name) for name in ("dpo_name", "dpo_contact", "email", "website")]
    return "; ".join(part for part in parts if part) or draft.say(None, "data protection officer or other contact point")
