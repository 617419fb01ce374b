"""Names in languages with other letters than the names model's, found by given names in any case, patronymics and family names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import re2

#: A word, with hyphens and apostrophes inside it.
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")

#: What parts a Turkish name from its ending.
_APOSTROPHE = re.compile("['’]")


@dataclass(frozen=True, slots=True)
class Table:
    """
    What is known of one language's names.

    Args:
        given: lower-case forms of given names, in all cases; true for those that are no everyday words.
        patronymic, family: what such words look like, in lower case.
        surname: words that are family names by their ending alone, in lower case; null where no ending is only theirs.
        no_person: lower-case words of places and authorities; empty where two capitalised words say too little.
    """

    given: Mapping[str, bool]
    patronymic: Any
    family: Any
    surname: Any
    no_person: frozenset[str]


@cache
def _tables() -> Mapping[str, Any]:
    read = tomllib.loads(files("leakscope.detection").joinpath("data/names_given.toml").read_text("utf-8"))
    return {language: table for language, table in read.items() if isinstance(table, dict)}


def has_given_names(language: str) -> bool:
    """Whether there is a table of given names for a language (ISO 639-1)."""
    return language in _tables()


def forms(name: str, bends: Mapping[str, list[str]]) -> set[str]:
    """
    `name` in all its cases.

    Args:
        name: dictionary form.
        bends: last letters of a dictionary form, and what may stand in their place; the longest that fit are taken.

    Example:
        >>> sorted(forms("Анна", {"а": ["а", "ы"], "": [""]}))
        ['Анна', 'Анны']
    """
    ending = max((one for one in bends if name.endswith(one)), key=len)
    stem = name[: len(name) - len(ending)]
    return {stem + one for one in bends[ending]}


@cache
def _table(language: str) -> Table:
    read = _tables()[language]
    doubtful = set(read["also_words"])
    # a form that two names share is as sure as the surer one
    every = sorted((form.lower(), name not in doubtful) for name in read["given"] for form in forms(name, read["bends"]))
    surname = re2.compile(read["surname"]) if "surname" in read else None
    return Table(dict(every), re2.compile(read["patronymic"]), re2.compile(read["family"]), surname, frozenset(read.get("no_person", "").split()))


def given_names(text: str, language: str) -> Iterator[tuple[int, int]]:
    """
    Half-open spans of persons in `text`, told by their given names, from left to right.

    A given name counts beside a patronymic; beside a family name if it is no everyday word or both are capitalised; before
    another capitalised word; and alone if capitalised and no everyday word. Two capitalised words side by side are a person's
    too where one has an ending that only family names have, or where they stand inside a sentence and neither is a word of
    places or authorities.

    Args:
        text: what somebody typed, in any case.
        language: ISO 639-1; one without a table gives nothing.
    """
    if not has_given_names(language):
        return
    table = _table(language)
    words = [found.span() for found in _WORD.finditer(text)]
    free = 0
    for place, (start, end) in enumerate(words):
        sure = table.given.get(text[start:end].lower())
        if place < free:
            continue
        if sure is None:
            if (table.surname is not None or table.no_person) and _is_full_name(text, words, place, table):
                yield words[place][0], words[place + 1][1]
                free = place + 2
            continue
        first, last = _around(text, words, place, table, sure)
        if max(first, free) <= last:
            first = max(first, free)
            yield words[first][0], words[last][1]
            free = last + 1


def _plain(word: str) -> str:
    """A word in lower case without its Turkish ending; a Turkish capital İ is an i."""
    return _APOSTROPHE.split(word)[0].replace("İ", "i").lower()


def _is_full_name(text: str, words: list[tuple[int, int]], place: int, table: Table) -> bool:
    """Whether the words at a place and behind it are capitalised, and a family name by their ending or by where they stand."""
    if place + 1 >= len(words) or text[words[place][1] : words[place + 1][0]].strip():
        return False
    pair = [text[slice(*words[at])] for at in (place, place + 1)]
    if not all(word[0].isupper() and word[1:].islower() for word in pair) or any(_plain(word) in table.no_person for word in pair):
        return False
    start, end = words[place - 1] if place else (0, 0)
    inside = place > 0 and (text[start].islower() or end - start == 1) and not text[end : words[place][0]].strip()
    surnamed = table.surname is not None and any(table.surname.fullmatch(word.lower()) for word in pair)
    return surnamed or (inside and bool(table.no_person))


def _around(text: str, words: list[tuple[int, int]], place: int, table: Table, sure: bool) -> tuple[int, int]:
    """First and last word of the person whose given name stands at `place`; the last before the first where it is nobody's."""

    def word(at: int) -> str:
        """The word at a place if only blanks part it from the one nearer to the given name."""
        if not 0 <= at < len(words):
            return ""
        left, right = (at, at + 1) if at < place else (at - 1, at)
        return "" if text[words[left][1] : words[right][0]].strip() else text[slice(*words[at])]

    capital = text[words[place][0]].isupper()
    father = bool(table.patronymic.fullmatch(word(place + 1).lower()))
    last = place + father
    before, behind = word(place - 1), word(last + 1)

    def is_family(other: str) -> bool:
        alike = other[:1].isupper() == capital
        return alike and (sure or father or capital) and bool(table.family.fullmatch(other.lower()))

    if is_family(behind) or (capital and behind[:1].isupper()):
        return place, last + 1
    if is_family(before):
        return place - 1, last
    return (place, last) if father or (capital and sure) else (1, 0)
