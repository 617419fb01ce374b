"""Reads the catalogue's TOML files into detectors."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from leakscope.catalogue.model import Boundary, Catalogue, Detector, Provider, Reference
from leakscope.errors import CatalogueError
from leakscope.vocabulary import Entity, entities, rule_files

#: Confidence gained by context when a rule does not state it: a third of the doubt that is left.
CONTEXT_GAIN = 1 / 3


def load(rules: Path | None = None) -> Catalogue:
    """
    The built-in catalogue, with a user's rules added.

    Args:
        rules: a TOML file of the same form; its detectors replace built-in ones of the same id.

    Raises:
        CatalogueError: a file is not of the form; the message names file and rule.
    """
    return _builtin() if rules is None else _with_rules(rules)


@cache
def _builtin() -> Catalogue:
    detectors: dict[str, Detector] = {}
    for path, content in rule_files.contents().items():
        for detector in _detectors(path, _of_the_form(path, content)):
            if detector.id in detectors:
                raise CatalogueError(f"{path}: detector {detector.id} is declared twice, first in {detectors[detector.id].file}")
            detectors[detector.id] = detector
    return Catalogue(_ordered(detectors), _hash(rule_files.texts()))


def _with_rules(rules: Path) -> Catalogue:
    from leakscope.catalogue.check import unusable

    try:
        text = rules.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise CatalogueError(f"{rules} cannot be read as a rule file") from None
    builtin, content = _builtin(), _of_the_form(rules.name, rule_files.parsed(rules.name, text))
    own = {detector.id: detector for detector in _detectors(rules.name, content)}
    declared = {row["name"]: Entity(**row) for row in content.get("entity", ())}
    clash = sorted(declared.keys() & entities().keys())
    if clash:
        raise CatalogueError(f"{rules.name}: entity {clash[0]} is declared already")
    catalogue = Catalogue(_ordered({**builtin.by_id, **own}), _hash({"": builtin.hash, rules.name: text}), declared)
    for rule in own.values():
        for problem in unusable(rule, catalogue):
            raise CatalogueError(f"{rules.name}: {rule.id}: {problem}")
    return catalogue


def _ordered(detectors: dict[str, Detector]) -> tuple[Detector, ...]:
    return tuple(detectors[name] for name in sorted(detectors))


def _hash(texts: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for path, text in sorted(texts.items()):
        digest.update(f"{path}\0{text}\0".encode())
    return digest.hexdigest()


def _of_the_form(path: str, content: dict[str, Any]) -> dict[str, Any]:
    if content.get("schema_version") != 1:
        raise CatalogueError(f"{path} does not say schema_version = 1")
    return content


def _detectors(path: str, content: dict[str, Any]) -> Iterator[Detector]:
    provider = _provider(path, content.get("provider"))
    for row in content.get("detector", ()):
        yield _announced(_detector(path, row, provider))


def _provider(path: str, row: dict[str, Any] | None) -> Provider | None:
    if row is None:
        return None
    try:
        return Provider(**row)
    except TypeError as error:
        raise CatalogueError(f"{path}: [provider] is not of the form: {error}") from None


@cache
def _official() -> tuple[tuple[str, ...], float]:
    """Words that announce an official number without saying which, and what a passed check digit is worth beside one."""
    content = _of_the_form("official.toml", rule_files.parsed("official.toml", (files("leakscope.catalogue") / "official.toml").read_text("utf-8")))
    return tuple(content["words"]), float(content["confidence"])


def _announced(detector: Detector) -> Detector:
    """A rule for bare numbers with a check digit takes the general words as context; every other rule is as it stands."""
    if not (detector.file.startswith("identifiers/") and detector.id.endswith("_bare") and detector.validator) or detector.keywords:
        return detector
    words, confidence = _official()
    return replace(detector, context=(*detector.context, *words), confidence_context=max(detector.confidence_context, confidence))


def _detector(path: str, row: dict[str, Any], provider: Provider | None) -> Detector:
    name = row.get("id", "a detector without id")
    for key in _REQUIRED:
        if key not in row:
            raise CatalogueError(f"{path}: {name} does not say its {key}")
    for key in row.keys() - _FIELDS:
        near = difflib.get_close_matches(key, sorted(_FIELDS), 1)
        raise CatalogueError(f"{path}: {name} has a field {key}, which rules have not", hint=f"Did you mean {near[0]}?" if near else "")
    try:
        stated = {**row}
        confidence = _number(path, name, stated.pop("confidence"))
        environment = stated.pop("environment", {})
        return Detector(
            **{key: tuple(value) if isinstance(value, list) else value for key, value in stated.items() if key not in _TYPED},
            confidence=confidence,
            confidence_context=float(row.get("confidence_context", confidence + (1 - confidence) * CONTEXT_GAIN)),
            boundary=Boundary(row.get("boundary", "alnum")),
            environment={"": environment} if isinstance(environment, str) else environment,
            references=tuple(Reference(**reference) for reference in row.get("references", ())),
            exposes=row.get("exposes") or (provider.exposes if provider else ""),
            provider=provider,
            file=path,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CatalogueError(f"{path}: {name} is not of the form: {error}") from None


def _number(path: str, name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CatalogueError(f"{path}: {name}: confidence is a number between 0 and 1")
    return float(value)


#: What a rule file says of a rule, and what it cannot leave out; provider and file come from where it stands.
_FIELDS = frozenset(one.name for one in fields(Detector)) - {"provider", "file"}
_REQUIRED = ("id", "name", "entity", "pattern", "confidence")
_TYPED = frozenset({"confidence_context", "boundary", "references", "exposes"})
