"""Severity schemes as data: one TOML file each, loaded, checked and found by name or by path."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from leakscope.errors import CatalogueError, UsageError
from leakscope.safety.escape import plain
from leakscope.severity.shapes import (
    Adjustment,
    Band,
    Category,
    Condition,
    Factor,
    Grounds,
    IdentificationRule,
    Scheme,
    State,
    Trigger,
    Weight,
)
from leakscope.vocabulary import elements

DEFAULT_SCHEME = "enisa-2013"
#: A scheme that has measures of its own, as ENISA's; the others read from these.
ENISA_KIND = "dpc_ei_cb"
COMBINATIONS = (ENISA_KIND, "max", "sum", "log10_product")
MEASURES = ("dpc", "ei", "cb", "people", "records", "special", "circumstances", "malicious", "misuse")


def _condition(row: Mapping[str, Any], *, own: Sequence[str]) -> Condition:
    values = row.get("values", {})
    plain = {name: value for name, value in row.items() if name not in {*own, "values"}}
    shaped: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
    counted: dict[str, Any] = {"values_of": tuple(values.get("of", ())), "values_at_least": values.get("at_least"), "values_at_most": values.get("at_most")}
    condition = Condition(**shaped, **counted)
    named = (*condition.all, *condition.any, *condition.with_any, *condition.none, *condition.only, *condition.stated, *condition.values_of)
    unknown = sorted(set(named) - set(elements()))
    if unknown:
        raise CatalogueError(f"severity rule {row['id']} names elements that do not exist: {', '.join(unknown)}")
    return condition


def _category(code: str, row: Mapping[str, Any]) -> Category:
    adjustments = {name: Adjustment(id=name, **part) for name, part in row.get("adjustment", {}).items()}
    return Category(id=code, base=row["base"], meaning=row["meaning"], adjustments=adjustments)


def _trigger(row: Mapping[str, Any], categories: Mapping[str, Category]) -> Trigger:
    category, adjustment = row["category"], row["adjustment"]
    if category not in categories or adjustment not in categories[category].adjustments:
        raise CatalogueError(f"severity trigger {row['id']} asks for {category}.{adjustment}, which the scheme does not have")
    condition = _condition(row, own=("id", "category", "adjustment", "why"))
    return Trigger(id=row["id"], category=category, adjustment=adjustment, why=row["why"], condition=condition)


def _identification(row: Mapping[str, Any]) -> IdentificationRule:
    return IdentificationRule(id=row["id"], value=row["value"], why=row["why"], condition=_condition(row, own=("id", "value", "why")))


def _grounds(document: Mapping[str, Any]) -> Grounds | None:
    if "category" not in document:
        return None
    categories = {code: _category(code, row) for code, row in document["category"].items()}
    identification, weight, access = document["identification"], document["weight"], document["access"]
    return Grounds(
        minimum_confidence=document.get("minimum_confidence", 0.5),
        categories=categories,
        triggers=tuple(_trigger(row, categories) for row in document.get("trigger", ())),
        access={"": access["default"], **access.get("elements", {})},
        access_why=access["why"],
        floor=identification["floor"],
        unintelligible=identification["unintelligible"],
        level_names={float(value): name for value, name in identification["levels"].items()},
        identification=tuple(_identification(row) for row in identification["rule"]),
        circumstances={
            kind: {state: State(**row) for state, row in states.items()} for kind, states in document["circumstance"].items()
        },
        weight_source=weight["source"],
        element_weights={code: Weight(**row) for code, row in weight.get("element", {}).items()},
        secret_weights=weight["secret"],
        many_people=document.get("flags", {}).get("many_people", 100),
    )


def _factor(row: Mapping[str, Any]) -> Factor:
    cuts = tuple((float(cut["at_least"]), float(cut["value"])) for cut in row.get("cuts", ()))
    if row.get("measure") is not None and row["measure"] not in MEASURES:
        raise CatalogueError(f"severity factor {row['id']} reads the measure {row['measure']}, which does not exist", hint=", ".join(MEASURES))
    return Factor(**{**row, "cuts": tuple(sorted(cuts))})


def parse_scheme(text: str, name: str) -> Scheme:
    """
    A scheme from the text of its file.

    Args:
        text: TOML, as the bundled schemes.
        name: of the file, for messages.

    Raises:
        CatalogueError: the text is no TOML or no scheme; says which part.
    """
    try:
        document = tomllib.loads(text)
        scheme = Scheme(
            **{part: document[part] for part in ("id", "name", "title", "combine", "confidence")},
            note=document.get("note", ""),
            low=float(document["range"][0]),
            high=float(document["range"][1]),
            bands=tuple(Band(**row) for row in document["band"]),
            factors=tuple(_factor(row) for row in document.get("factor", ())),
            grounds=_grounds(document),
            vectors=tuple(document.get("vector", ())),
            dpc_vectors=tuple(document.get("dpc_vector", ())),
        )
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"severity scheme {name} is not valid TOML: {error}") from None
    except KeyError as error:
        raise CatalogueError(f"severity scheme {name} lacks {error}") from None
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        raise CatalogueError(f"severity scheme {name} is not well formed: {error}") from None
    _check(scheme, name)
    return scheme


def _check(scheme: Scheme, name: str) -> None:
    bounds = [band.at_least for band in scheme.bands]
    known = [bound for bound in bounds if bound is not None]
    if not bounds or bounds[0] is not None or len(known) != len(bounds) - 1 or known != sorted(known):
        raise CatalogueError(f"severity scheme {name}: bands must ascend, and only the first is without at_least")
    if scheme.combine not in COMBINATIONS:
        raise CatalogueError(f"severity scheme {name}: combine must be one of {', '.join(COMBINATIONS)}")
    if scheme.combine != "dpc_ei_cb" and not scheme.factors:
        raise CatalogueError(f"severity scheme {name} has no factor")


def _bundled() -> dict[str, Traversable]:
    folder = files(__package__) / "schemes"
    return {file.name.removesuffix(".toml"): file for file in folder.iterdir() if file.name.endswith(".toml")}


def scheme_names() -> list[str]:
    """Names of the bundled schemes, the default first."""
    return sorted(_bundled(), key=lambda name: (name != DEFAULT_SCHEME, name))


def scheme_text(name: str) -> str:
    """
    The TOML of a bundled scheme by name, or of a user's by path.

    Raises:
        UsageError: there is no such scheme, or it cannot be read.
    """
    if name in _bundled():
        return _bundled()[name].read_text("utf-8")
    path = Path(name)
    if path.suffix != ".toml" or not path.is_file():
        near = difflib.get_close_matches(name, scheme_names(), 1)
        hint = f"Did you mean {near[0]}?" if near else f"Give the path of a TOML file or one of: {', '.join(scheme_names())}."
        raise UsageError(f"there is no severity scheme {plain(name)}", hint=hint)
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"the severity scheme {plain(name)} cannot be read as text") from None


@cache
def load_scheme(name: str = DEFAULT_SCHEME) -> Scheme:
    """
    A bundled scheme by name, or a user's by the path of its TOML file.

    Raises:
        UsageError: there is no such scheme.
        CatalogueError: the file is not well formed, does not give its own worked scores, or has the id of a bundled scheme.
    """
    scheme = parse_scheme(scheme_text(name), Path(name).name)
    if name not in _bundled() and scheme.id in _bundled():
        raise CatalogueError(f"severity scheme {Path(name).name} has the id {scheme.id} of a bundled scheme", hint="Give it an id of its own.")
    return scheme


def grounds_of(scheme: Scheme) -> Grounds:
    """The measures that `scheme` uses: its own, or those of the default scheme."""
    if scheme.grounds is not None:
        return scheme.grounds
    grounds = load_scheme().grounds
    assert grounds is not None
    return grounds
