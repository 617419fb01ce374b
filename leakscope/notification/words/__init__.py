"""What people are told, by language: one TOML per language; another language is another file."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from leakscope.errors import CatalogueError

ENGLISH = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """
    The words of one language.

    Args:
        code: ISO 639 code, the name of its file.
        language: its English name.
        places: ISO codes of the places whose people are written to in it.
        date: how a day is written, in the terms of strftime.
        letter: sentences of the letter by name.
        heading: headings by name.
        consequence: `brief` for an authority and `told` for the person, by consequence.
        advice: what people can do, by advice.
        elements: what was exposed of a person, by element code.
    """

    code: str
    language: str
    places: tuple[str, ...]
    date: str
    letter: Mapping[str, str]
    heading: Mapping[str, str]
    consequence: Mapping[str, Mapping[str, str]]
    advice: Mapping[str, str]
    elements: Mapping[str, str]

    def consequences(self, codes: Collection[str], *, to: str = "told") -> tuple[str, ...]:
        """Likely consequences when these elements are exposed, `told` to the person or `brief` for an authority."""
        return tuple(self.consequence[name][to] for name in _brought("consequence", codes))

    def advised(self, codes: Collection[str]) -> tuple[str, ...]:
        """What a person can do of whom these elements are exposed."""
        return tuple(self.advice[name] for name in _brought("advice", codes))


@cache
def languages() -> Mapping[str, Words]:
    """
    All languages by code.

    Raises:
        CatalogueError: a file is malformed.
    """
    found = {}
    for path in sorted(files(__package__).iterdir(), key=lambda path: path.name):
        code, _, suffix = path.name.rpartition(".")
        if suffix == "toml" and code != "groups":
            try:
                held = tomllib.loads(path.read_text("utf-8"))
                held.pop("schema_version")
                found[code] = Words(code=code, **{**held, "places": tuple(held["places"])})
            except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
                raise CatalogueError(f"{path.name} is not a well-formed file of words: {error}") from None
    return found


def spoken_in(place: str) -> Words | None:
    """The language in which people of a place (`DE`, `US-CA`, `CA-QC`) are written to; null when we have no words for them."""
    for code in (place, place.partition("-")[0]):
        for held in languages().values():
            if code in held.places:
                return held
    return None


@cache
def _groups() -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / "groups.toml").read_text("utf-8"))


def _brought(kind: str, codes: Collection[str]) -> list[str]:
    """Names of the consequences or pieces of advice that these elements bring, in the file's order."""
    return [name for name, elements in _groups()[kind].items() if not set(codes).isdisjoint(elements)]
