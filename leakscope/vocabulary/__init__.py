"""The field's words: entity types of findings, elements of personal data, and what other vocabularies call them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from leakscope.errors import CatalogueError
from leakscope.vocabulary.rule_files import contents, parsed


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


@cache
def elements() -> Mapping[str, Element]:
    """All elements by code."""
    here = files(__package__)
    veris, rows = (parsed(name, (here / name).read_text("utf-8"))[table] for name, table in (("veris.toml", "data_variety"), ("elements.toml", "element")))
    return {code: Element(code=code, veris=veris.get(code), **row) for code, row in rows.items()}


@cache
def entities() -> Mapping[str, Entity]:
    """All entity types by name: the general ones and those declared beside national detectors."""
    found: dict[str, Entity] = {}
    general = parsed("entities.toml", (files(__package__) / "entities.toml").read_text("utf-8"))
    for path, content in {"entities.toml": general, **contents()}.items():
        for row in content.get("entity", ()):
            if row["name"] in found:
                raise CatalogueError(f"entity {row['name']} is declared twice; the second time in {path.rpartition('/')[2]}")
            found[row["name"]] = Entity(**row)
    return found


def element_of(entity: str) -> str | None:
    """The element code that a finding of `entity` exposes, or null."""
    known = entities().get(entity)
    return known.element if known else None
