"""The field's words: entity types of findings, elements of personal data, and what other vocabularies call them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from leakscope.errors import CatalogueError


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """
    A kind of data about a person, as law and severity know it.

    Args:
        code: our code, lower snake case.
        name: for people to read.
        enisa: ENISA 2013 processing context: simple, behavioural, financial, sensitive, or by_access.
        dpv: IRI in W3C's Data Privacy Vocabulary 2.3, if it has one.
        gdpr: "Art. 9" or "Art. 10" for special categories.
        edpb_field_70: letter in field 70 of the EDPB common template.
        us: element code used by the US rules.
        veris: VERIS data variety.
        confidence: researched, or own-mapping where nobody else's mapping exists.
    """

    code: str
    name: str
    enisa: str
    dpv: str | None = None
    gdpr: str | None = None
    edpb_field_70: str | None = None
    us: str | None = None
    veris: str | None = None
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """
    A type of finding.

    Args:
        name: Presidio's where it has one, UPPER_SNAKE.
        title: for people to read.
        family: personal, organisation, credential, secret, chat or context.
        element: code of its `Element`, if it says something about a person.
        normalise: name of the normaliser that makes values comparable.
        linkage: strong, weak, device or none.
        country: ISO 3166-1 alpha-2 of the issuer, if national.
    """

    name: str
    title: str
    family: str
    element: str | None = None
    normalise: str = "exact"
    linkage: str = "none"
    country: str | None = None


def _toml(path: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path.name} is not valid TOML: {error}") from None


@cache
def elements() -> Mapping[str, Element]:
    """All elements by code."""
    here = files(__package__)
    veris = _toml(here / "veris.toml")["data_variety"]
    rows = _toml(here / "elements.toml")["element"]
    return {code: Element(code=code, veris=veris.get(code), **row) for code, row in rows.items()}


def _catalogue_files() -> Iterable[Traversable]:
    root = files("leakscope.catalogue")
    for folder in ("general", "identifiers", "secrets"):
        yield from sorted((file for file in (root / folder).iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)


@cache
def entities() -> Mapping[str, Entity]:
    """All entity types by name: the general ones and those declared beside national detectors."""
    found: dict[str, Entity] = {}
    for path in (files(__package__) / "entities.toml", *_catalogue_files()):
        for row in _toml(path).get("entity", ()):
            if row["name"] in found:
                raise CatalogueError(f"entity {row['name']} is declared twice; the second time in {path.name}")
            found[row["name"]] = Entity(**row)
    return found


def element_of(entity: str) -> str | None:
    """The element code that a finding of `entity` exposes, or null."""
    known = entities().get(entity)
    return known.element if known else None
