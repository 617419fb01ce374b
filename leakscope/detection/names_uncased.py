"""Names in languages whose letters know no capitals, found by lists of given names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

#: A word with the signs that Hindi and Thai write above and below letters, and with a stop or mark behind a short title.
_WORD = re.compile(r"[^\W\d_][\w\u0900-\u097f\u0e00-\u0e7f'\"]*\.?")


@dataclass(frozen=True, slots=True)
class Table:
    """
    What is known of one language's names.

    Args:
        given, doubtful, family, title, linking: words, as `data/names_uncased.toml` says.
        before, behind: letters that grow onto a word; the empty ones first.
        first: whether the family name stands first and is written together with the given name.
        joined: an expression for titles and names where words are not parted; null: words are.
    """

    given: frozenset[str]
    doubtful: frozenset[str]
    family: frozenset[str]
    title: frozenset[str]
    linking: frozenset[str]
    before: tuple[str, ...]
    behind: tuple[str, ...]
    first: bool
    joined: re.Pattern[str] | None


@cache
def _tables() -> Mapping[str, Table]:
    read = tomllib.loads(files("leakscope.detection").joinpath("data/names_uncased.toml").read_text("utf-8"))
    return {language: _table(table) for language, table in read.items() if isinstance(table, dict)}


def _table(read: Mapping[str, object]) -> Table:
    given, doubtful, family, title, linking = (frozenset(str(read[name]).split()) for name in ("given", "doubtful", "family", "title", "linking"))
    before, behind = (("", *(str(part) for part in found)) if isinstance(found := read.get(name, ()), list) else ("",) for name in ("before", "behind"))
    names, titles, families = (_any(words) for words in (given, title, family))
    joined = re.compile(rf"(?:{titles})(?:{_any(given | doubtful)})(?:\s?(?:{families}))?|(?:{names})(?:\s?(?:{families}))?") if read.get("joined") else None
    return Table(given, doubtful, family, title, linking, before, behind, bool(read.get("first")), joined)


def _any(words: frozenset[str]) -> str:
    """An expression for any of some words, the longest first; for nothing where there is none."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word))) or r"(?!)"


def has_uncased_names(language: str) -> bool:
    """Whether there is a table for a language (ISO 639-1)."""
    return language in _tables()


def uncased_names(text: str, language: str) -> Iterator[tuple[int, int]]:
    """
    Half-open spans of persons in `text`, told by their given names, from left to right.

    Args:
        text: what somebody typed.
        language: ISO 639-1; one without a table gives nothing.
    """
    if not has_uncased_names(language):
        return
    table = _tables()[language]
    if table.joined is not None:
        yield from (found.span() for found in table.joined.finditer(text))
        return
    words = [found.span() for found in _WORD.finditer(text)]
    free = 0
    for place, (start, end) in enumerate(words):
        part = _given(text[start:end], table)
        if part is None or place < free:
            continue
        last = _last(text, words, place, table)
        titled = place > 0 and text[slice(*words[place - 1])] in table.title
        if part[2] or titled or last > place:
            yield words[place - 1][0] if titled else start + part[0], words[last][1] if last > place else start + part[1]
            free = last + 1


def _given(word: str, table: Table) -> tuple[int, int, bool] | None:
    """Where in a word a given name stands, with the family name before it, and whether it is surely a name; null where none does."""
    for behind in table.behind:
        for before in table.before:
            if not (word.startswith(before) and word.endswith(behind)):
                continue
            stem = word[len(before) : len(word) - len(behind)]
            whole = table.first and stem[:1] in table.family and stem[1:] in table.given | table.doubtful
            if whole or stem in table.given or stem in table.doubtful:
                return len(before), len(before) + len(stem), whole or stem in table.given
    return None


def _last(text: str, words: list[tuple[int, int]], place: int, table: Table) -> int:
    """The last word of the name that begins at `place`: family and further given names behind it, parted by blanks alone."""
    last = place
    for after in range(place + 1, min(place + 4, len(words))):
        word = text[slice(*words[after])]
        if table.first or text[words[after - 1][1] : words[after][0]].strip() or not (word in table.family or word in table.given or word in table.linking):
            break
        last = after
    return last
