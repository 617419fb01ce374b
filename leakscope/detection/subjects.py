"""About whom somebody speaks: the author, somebody else, or nobody; and how old and how related the people spoken of are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from leakscope.detection.lexicons import given_names
from leakscope.detection.subjects_unspaced import NEVER, ages, knows, speaks_of

AUTHOR, THIRD_PARTY, NOBODY = "author", "third_party", "nobody"
SUBJECTS = (AUTHOR, THIRD_PARTY, NOBODY)
#: Ages outside are years, prices or room numbers. Under `ADULT` a person is a child (UN Convention on the Rights of the Child, art. 1).
OLDEST, ADULT = 110, 18
_NAME_VERB = re.compile(r"\b[A-ZÀ-ÖØ-ÞА-Я][a-zà-öø-ÿа-яё'’-]+\s+[A-ZÀ-ÖØ-ÞА-Я][a-zà-öø-ÿа-яё'’-]+\b")
_DATE = re.compile(
    r"(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}(?:st|nd|rd|th|\.)?\s+(?:de\s+)?\w{3,12}\.?,?\s+(?:de\s+)?(?:19|20)\d{2}|[A-Za-z]{3,9}\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d{2}|(?:19|20)\d{2})"
)


@dataclass(frozen=True, slots=True)
class Detail:
    """
    An age or date of birth, and of whom.

    Args:
        start, end: half-open, code points of the text.
        entity: `AGE` or `DATE_OF_BIRTH`.
        about: `author` or `third_party`.
        relation: how the person is related to the author, in the author's word; empty for the author.
        child: whether the person is under 18; null when only a date is known.
    """

    start: int
    end: int
    entity: str
    about: str
    relation: str
    child: bool | None


@cache
def _tables() -> Mapping[str, Any]:
    read = tomllib.loads(files("leakscope.detection").joinpath("data/subjects.toml").read_text("utf-8"))
    return {language: table for language, table in read.items() if isinstance(table, dict)}


@cache
def _expressions(language: str) -> Mapping[str, re.Pattern[str]]:
    """Compiled word lists of one language; English where there is none."""
    table = _tables().get(language, _tables()["en"])
    found = {name: _any(table[name]) for name in ("hedge", "ask", "first", "third", "bare")}
    owners = "|".join(table["own"])
    people = "|".join(table["relation"])
    found["relation"] = re.compile(rf"(?<!\w)(?:(?:{owners})['’ ]\s*(?:\w+[ -]){{0,2}}?)?(?P<who>{people})(?!\w)" if language == "tr" else rf"(?<!\w)(?:{owners})['’ ]\s*(?:[\w-]+ ){{0,2}}?(?P<who>{people})(?!\w)")
    found["of_mine"] = re.compile(rf"(?<!\w)(?:{owners})['’ ]\s*(?:{'|'.join(table['of_mine'])})(?!\w)")
    found["power"] = re.compile(rf"(?<!\w)(?:{owners})['’ ]\s*(?:{'|'.join(table['power'])})(?!\w)" if language != "tr" else rf"(?<!\w)(?:{'|'.join(table['power'])})(?!\w)")
    found["asking"] = re.compile(rf"^\W*(?:{'|'.join(table['asking'])})(?!\w)|\?\s*$")
    found["child"] = re.compile(rf"^(?:{'|'.join(table['child'])})$")
    found["age"] = re.compile("|".join(table["age"]))
    found["birth"] = re.compile("|".join(table["birth"]))
    return found


def _any(words: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)")


@lru_cache(maxsize=65536)
def about_whom(text: str, language: str = "en", named: int | None = None) -> str:
    """
    Whether `text` speaks about its author, somebody else, or nobody.

    Args:
        text: one turn.
        language: ISO 639-1; others than those of `data/subjects.toml` are read as English.
        named: where a names model found the first person named; null: not known, two capitals together tell.

    Returns:
        `author`, `third_party` or `nobody`: who is spoken of first, once ways of asking are taken out. A question in
        general ("what are the symptoms of ...") is about nobody.

    Example:
        >>> about_whom("my mother was diagnosed with cancer"), about_whom("what are the symptoms of flu")
        ('third_party', 'nobody')
    """
    if knows(language):
        own, other, asks = speaks_of(text, language, named)
        return (NOBODY if asks else AUTHOR) if own == other == NEVER else THIRD_PARTY if other <= own else AUTHOR
    words = _expressions(language)
    low, begun = _unframed(text.lower().replace("’", "'"), words["asking"])
    question = words["asking"].search(low) is not None
    bare = words["of_mine"].sub(lambda found: found[0].split()[0] if " " in found[0] else found[0], words["hedge"].sub(" ", low))
    asked = words["ask"].search(bare) is not None
    bare = words["ask"].sub(" ", bare)
    own = _first_own(words, bare)
    other = _other(words, bare, question)
    if named is not None:
        other = min(other, max(named - begun, 0))
    elif low == bare and language != "de":
        other = min(other, _named(text[begun:]))
    if own == other == NEVER:
        return NOBODY if question and not asked else AUTHOR
    if other < own < NEVER and words["power"].search(bare):
        return AUTHOR
    return THIRD_PARTY if other <= own else AUTHOR


#: A greeting or a sigh before what is meant, and the longest plea behind a question.
_OPENING = re.compile(r"\W*(?:[\w']+\s+){0,3}[\w']+\s*[,.!:;]\s+")
_LONGEST_PLEA = 50


def _unframed(low: str, asking: re.Pattern[str]) -> tuple[str, int]:
    """A question without the greeting before it and the plea behind it, and where it begins; other texts as they are."""
    opening = _OPENING.match(low)
    begun = opening.end() if opening and asking.match(low[opening.end() :]) else 0
    end = low.rfind("?") + 1
    return low[begun : end if end > begun and len(low) - end < _LONGEST_PLEA else len(low)], begun


_INDEFINITE = re.compile(r"(?:an?|eine?[nmrs]?|une?|una?|uma?|een)\s")


def _first(expression: re.Pattern[str], text: str) -> int:
    found = expression.search(text)
    return found.start() if found else NEVER


def _first_own(words: Mapping[str, re.Pattern[str]], text: str) -> int:
    """Where the author first speaks of themselves: a pronoun that does not only introduce a relative."""
    relatives = [found.span() for found in words["relation"].finditer(text)]
    for found in words["first"].finditer(text):
        if not any(start <= found.start() < end for start, end in relatives):
            return found.start()
    return NEVER


def _other(words: Mapping[str, re.Pattern[str]], text: str, question: bool) -> int:
    """Where somebody else is first spoken of; "a child" in a question is nobody in particular."""
    related = (found.start() for found in words["relation"].finditer(text) if not (question and _INDEFINITE.match(found[0])))
    return min([_first(words["third"], text), _first(words["bare"], text), *related])


def _named(text: str) -> int:
    """Where a person is first called by two capitalised names."""
    return _first(_NAME_VERB, text)


def details(text: str, language: str = "en") -> list[Detail]:
    """
    Ages and dates of birth in `text`, with the person they belong to.

    Args:
        text: one turn.
        language: as in `about_whom`.

    Returns:
        In the order of the text; an age alone, with nobody near it, is left out.
    """
    if knows(language):
        return sorted((_unspaced(text, *one) for one in ages(text, language)), key=lambda detail: detail.start)
    words = _expressions(language)
    low = "".join(letter.lower()[0] for letter in text).replace("’", "'")  # one for one: a Turkish capital is two letters in lower case
    people = [(found.start("who"), found.end("who"), found["who"]) for found in words["relation"].finditer(low)]
    named = [(found.start(), found.end(), "") for found in _CAPITALISED.finditer(text) if low[found.start() : found.end()] in given_names()]
    found = [detail for match in words["age"].finditer(low) if (detail := _age(match, low, [*people, *named], words))]
    return sorted([*found, *_births(low, people, words)], key=lambda detail: detail.start)


#: A word that begins with a capital.
_CAPITALISED = re.compile(r"\b[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+\b")


def _unspaced(text: str, start: int, end: int, entity: str, third: bool, said: str) -> Detail:
    """What `ages` found as a detail; with an age that says whether it is a child's."""
    child = int(text[start:end]) < ADULT if entity == "AGE" else None
    return Detail(start, end, entity, THIRD_PARTY if third else AUTHOR, said, child)


def _age(match: re.Match[str], low: str, people: list[tuple[int, int, str]], words: Mapping[str, re.Pattern[str]]) -> Detail | None:
    group = next((number for number in range(1, (match.lastindex or 0) + 1) if match[number]), None)
    if group is None or not 0 < int(match[group]) <= OLDEST or re.match(r"\s*(?:%|€|\$|usd|eur|gb|mb|km|kg|min|hours?|days?|weeks?|months?|people)", low[match.end() :]):
        return None
    whom = _whom(low, match.start(group), people, words)
    if whom is None:
        return None
    return Detail(match.start(group), match.end(group), "AGE", whom[0], whom[1], int(match[group]) < ADULT)


def _births(low: str, people: list[tuple[int, int, str]], words: Mapping[str, re.Pattern[str]]) -> list[Detail]:
    found = []
    for cue in words["birth"].finditer(low):
        date = _DATE.match(low, cue.end())
        if date:
            whom = _whom(low, cue.start(), people, words) or (AUTHOR, "")
            found.append(Detail(date.start(), date.end(), "DATE_OF_BIRTH", whom[0], whom[1], None))
    return found


#: Code points between an age and the person it belongs to.
_REACH = 40


def _whom(low: str, place: int, people: list[tuple[int, int, str]], words: Mapping[str, re.Pattern[str]]) -> tuple[str, str] | None:
    """The person nearest to an age, looking back first; null when nobody is near."""
    near = [(abs(place - end) + (5 if start > place else 0), who) for start, end, who in people if -_REACH <= place - end <= _REACH]
    own = [place - found.end() for found in words["first"].finditer(low, max(0, place - 20), place) if not any(start - 12 <= found.start() <= end for start, end, _ in people)]
    third = [place - found.end() for found in words["third"].finditer(low, max(0, place - 20), place)]
    options = [(distance, (THIRD_PARTY, who)) for distance, who in near]
    options += [(distance, (AUTHOR, "")) for distance in own] + [(distance, (THIRD_PARTY, "")) for distance in third]
    return min(options)[1] if options else None
