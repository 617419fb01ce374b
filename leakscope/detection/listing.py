"""What the catalogue holds, as plain rows for people and programs."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from leakscope.catalogue import Catalogue, load
from leakscope.errors import UsageError
from leakscope.safety.escape import plain

Row = dict[str, Any]
#: Detectors named to somebody who asked for one that is not there.
NEAR = 5


def _detectors(catalogue: Catalogue) -> list[Row]:
    return [
        {"id": one.id, "entity": one.entity, "confidence": one.confidence, "severity": one.severity, "name": one.name} for one in catalogue.detectors
    ]


def _entities(catalogue: Catalogue) -> list[Row]:
    counts = {name: sum(one.entity == name for one in catalogue.detectors) for name in catalogue.entities}
    return [
        {"name": one.name, "family": one.family, "country": one.country or "", "detectors": counts[one.name], "title": one.title}
        for one in sorted(catalogue.entities.values(), key=lambda one: one.name)
    ]


def _providers(catalogue: Catalogue) -> list[Row]:
    counts = {name: sum(bool(one.provider and one.provider.id == name) for one in catalogue.detectors) for name in catalogue.providers}
    return [
        {"id": one.id, "category": one.category, "detectors": counts[one.id], "name": one.name, "console": one.console}
        for one in sorted(catalogue.providers.values(), key=lambda one: one.id)
    ]


def _roles(catalogue: Catalogue) -> list[Row]:
    from leakscope.detection.roles import roles

    return [{"id": f"field.{one.id}", "entity": one.entity, "names": len(one.names) + len(one.exact)} for one in roles()]


def _formats(catalogue: Catalogue) -> list[Row]:
    from leakscope.sources import formats

    return [{"name": one.name, "suffixes": " ".join(one.suffixes), "title": one.title} for one in formats().values()]


def _jurisdictions(catalogue: Catalogue) -> list[Row]:
    """Read through the registry of the command line, because detection does not know the law."""
    law = importlib.import_module("leakscope.notification.law")
    return [{"id": name, "name": one.name} for name, one in law.jurisdictions().items()]


LISTS: Mapping[str, Callable[[Catalogue], list[Row]]] = {
    "detectors": _detectors,
    "entities": _entities,
    "providers": _providers,
    "roles": _roles,
    "formats": _formats,
    "jurisdictions": _jurisdictions,
}


def listed(kind: str, rules: Path | None = None) -> list[Row]:
    """All entries of one kind, in order of their names."""
    return LISTS[kind](load(rules))


def shown(name: str, rules: Path | None = None) -> Row:
    """
    One detector in full.

    Raises:
        UsageError: there is none of that id.
    """
    known = load(rules).by_id
    found = known.get(name)
    if found is None:
        near = sorted(one for one in known if name.lower() in one)
        some = f"Did you mean {', '.join(near[:NEAR])}{' ...' if len(near) > NEAR else ''}?" if near else "leakscope catalogue list detectors names them all."
        raise UsageError(f"There is no detector or jurisdiction {plain(name)}.", hint=some)
    return asdict(found)
