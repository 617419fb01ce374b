"""The law as data: one TOML file per jurisdiction or sector regime, read into frozen rules."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from leakscope.errors import CatalogueError
from leakscope.notification.confidence import Confidence
from leakscope.notification.rule import RECIPIENT_KINDS, UNITS, Count, Deadline, DutyRule, Jurisdiction, Scope, Version


def read_jurisdiction(text: str, name: str) -> Jurisdiction:
    """
    A jurisdiction from its TOML text.

    Args:
        text: contents of the file.
        name: file name for messages.

    Raises:
        CatalogueError: the file is malformed or uses a word no rule has.
    """
    try:
        tables = tomllib.loads(text)
        head, versions = tables["jurisdiction"], tables["version"]
        return Jurisdiction(
            **head,
            scope=Scope(**{key: _tupled(value) for key, value in tables["scope"].items()}),
            versions=tuple(_version(row) for row in versions),
            cases=tuple(tables.get("case", ())),
        )
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{name} is not valid TOML: {error}") from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise CatalogueError(f"{name} is not a well-formed jurisdiction: {error}") from None


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _version(row: Mapping[str, Any]) -> Version:
    names = {"from": "start", "to": "end", "from_confidence": "start_confidence", "elements_with_name": "with_name", "elements_standalone": "standalone"}
    row = {names.get(key, key): value for key, value in row.items()}
    for key in ("with_name", "standalone"):
        if key in row:
            row[key] = frozenset(row[key])
    confidence = Confidence(**{key: _tupled(value) for key, value in row.pop("confidence").items()})
    duties = tuple(_duty(duty) for duty in row.pop("duty", ()))
    return Version(**row, confidence=confidence, duties=duties)


def _duty(row: Mapping[str, Any]) -> DutyRule:
    row = {key: _tupled(value) for key, value in row.items()}
    for key in ("count", "below"):
        if key in row:
            row[key] = Count(**row[key])
    if "deadline" in row:
        row["deadline"] = Deadline(**{key: _tupled(value) for key, value in row["deadline"].items()})
        if row["deadline"].unit not in UNITS:
            raise ValueError(f"unit {row['deadline'].unit}")
    if row["recipient_kind"] not in RECIPIENT_KINDS:
        raise ValueError(f"recipient_kind {row['recipient_kind']}")
    return DutyRule(**row)


def folder() -> Traversable:
    """Where the jurisdiction files are."""
    return files(__package__) / "jurisdictions"


@cache
def jurisdictions() -> Mapping[str, Jurisdiction]:
    """
    All jurisdictions by id, in id order; law packs of other distributions come through entry points.

    Raises:
        CatalogueError: a file is malformed or an id is used twice.
    """
    found: dict[str, Jurisdiction] = {}
    for path in sorted((path for root in (folder(), *_packs()) for path in root.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name):
        row = read_jurisdiction(path.read_text("utf-8"), path.name)
        if row.id in found:
            raise CatalogueError(f"jurisdiction {row.id} is declared twice; the second time in {path.name}")
        found[row.id] = row
    return dict(sorted(found.items()))


def _packs() -> list[Traversable]:
    from importlib.metadata import entry_points

    return [files(entry.value) for entry in entry_points(group="leakscope.law")]


@cache
def tables(name: str) -> Mapping[str, Any]:
    """A data file beside this module: element groups, content profiles."""
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text("utf-8"))


def shown(name: str) -> dict[str, Any]:
    """
    A jurisdiction's file as it stands, for people to check: scope, versions, duties, sources, worked cases.

    Raises:
        CatalogueError: no jurisdiction has that id.
    """
    for root in (folder(), *_packs()):
        for path in root.iterdir():
            if path.name.endswith(".toml") and (held := tomllib.loads(path.read_text("utf-8")))["jurisdiction"]["id"] == name:
                return held
    raise CatalogueError(f"there is no jurisdiction called {name}", hint="leakscope catalogue list jurisdictions names them all")


@cache
def law_hash() -> str:
    """SHA-256 over every law file in use, so that a decision says which law data it was taken on."""
    digest = hashlib.sha256()
    for root in (folder(), *_packs()):
        for path in sorted((path for path in root.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for name in ("groups", "content"):
        digest.update((files(__package__) / f"{name}.toml").read_bytes())
    return digest.hexdigest()
