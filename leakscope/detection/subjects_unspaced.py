"""About whom somebody speaks, and how old people are, in languages without blanks between words or with words that grow."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import re2

#: After every place of the text.
NEVER = 10**9
#: Code points between an age and the person it belongs to, and from the author to somebody of theirs ("our team's ...").
_REACH, _POSSESSED = 30, 10
_CLAUSE = re.compile(r"[^。！？!?؟\n,，、]+[。！？!?؟\n,，、]?")
_DATE = r"(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}|(?:19|20)\d{2}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]?)"


@dataclass(frozen=True, slots=True)
class Table:
    """
    What tells about whom a text is in one language; compiled expressions.

    Args:
        first, third: the author, somebody else.
        asking: what questions and requests hold.
        stating: what a sentence holds that says something of its author without a pronoun.
        before, behind: what stands before, and behind, somebody in whose company the author does something.
        possessed: what a stretch ends with that says whose somebody is.
        age, birth: an age; what stands before a date of birth.
    """

    first: Any
    third: Any
    asking: Any
    stating: Any
    before: Any
    behind: Any
    possessed: Any
    age: Any
    birth: Any


@cache
def _tables() -> Mapping[str, Table]:
    read = tomllib.loads(files("leakscope.detection").joinpath("data/subjects_unspaced.toml").read_text("utf-8"))
    return {language: _compiled(table) for language, table in read.items() if isinstance(table, dict)}


def _compiled(table: Mapping[str, list[str]]) -> Table:
    """Expressions of one language; nothing fits a list that is missing."""
    one = {name: "|".join(f"(?:{part})" for part in table[name]) if table.get(name) else r"\z\A." for name in Table.__slots__}
    one["before"] = f"(?:{one['before']})$"
    one["possessed"] = f"(?:{one['possessed']})$"
    one["birth"] = rf"(?:{one['birth']})[\s:：是为は은는이가]{{0,3}}({_DATE})|({_DATE})\s?(?:{one['birth']})"
    return Table(**{name: re2.compile(pattern) for name, pattern in one.items()})


def knows(language: str) -> bool:
    """Whether there is a table for a language (ISO 639-1)."""
    return language in _tables()


def speaks_of(text: str, language: str, named: int | None) -> tuple[int, int, bool]:
    """
    Where the author and where somebody else is first spoken of (`NEVER`: nowhere), and whether the text only asks.

    Args:
        text: one turn.
        language: one that is known.
        named: where the first person named stands; null for none.

    Note:
        These languages seldom say "I": a sentence that states something and names nobody is its author's, also before a
        question. Somebody in whose company the author does something ("with my wife") is not the one spoken of.
    """
    table = _tables()[language]
    own = found.start() if (found := table.first.search(text)) else NEVER
    states = any(table.stating.search(clause) and not clause.rstrip().endswith(("?", "？", "؟")) for clause in _CLAUSE.findall(text))
    others = [start for start, end in _others(table, text) if not (_in_company(table, text, start, end) and (own < NEVER or states))]
    other = min([*others, NEVER if named is None else named])
    if own < other < own + _POSSESSED and table.possessed.search(text[own:other]):
        other = own
    return own, other, table.asking.search(text) is not None and not states


def _others(table: Table, text: str) -> Iterator[tuple[int, int]]:
    return (found.span() for found in table.third.finditer(text))


def _in_company(table: Table, text: str, start: int, end: int) -> bool:
    """Whether somebody is only one the author does something with: a word before or behind them says so."""
    return bool(table.before.search(text[:start])) or bool(table.behind.match(text, end)) or bool(table.behind.match(text, end - 1))


def ages(text: str, language: str) -> Iterator[tuple[int, int, str, bool, str]]:
    """
    Start, end, entity (`AGE`, `DATE_OF_BIRTH`), whether of somebody else, and in which words, of each age and date of birth.

    Args:
        text: one turn.
        language: one that is known.

    Note:
        An age belongs to whom was spoken of last before it; with nobody near it is left out, a date of birth is the author's.
    """
    table = _tables()[language]
    people = [(start, end, True, text[start:end]) for start, end in _others(table, text)]
    inside = lambda at: any(start <= at < end for start, end, _, _ in people)  # noqa: E731
    people += [(*found.span(), False, "") for found in table.first.finditer(text) if not inside(found.start())]
    for entity, expression in (("AGE", table.age), ("DATE_OF_BIRTH", table.birth)):
        for match in expression.finditer(text):
            group = next(number for number in range(1, expression.groups + 1) if match.group(number) is not None)
            start, end = match.span(group)
            near = [(abs(start - behind) + (0 if begin < start else _REACH // 2), third, said) for begin, behind, third, said in people if abs(start - behind) <= _REACH]
            if near or entity == "DATE_OF_BIRTH":
                _, third, said = min(near) if near else (0, False, "")
                yield start, end, entity, third, said

