"""What a rule says, once read: detectors, their providers and references, and the catalogue that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from leakscope.vocabulary import Entity, entities


class Boundary(StrEnum):
    """What may not stand directly before or after a span."""

    ALNUM = "alnum"
    TOKEN = "token"
    DIGIT = "digit"
    NONE = "none"


#: Character class of each boundary, for look-around in Python's `re`.
BOUNDARY_CLASS: Mapping[str, str] = {"alnum": "[A-Za-z0-9]", "token": "[A-Za-z0-9_-]", "digit": "[0-9]", "none": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Where a rule's facts come from: the issuer's text, when it was read, and how sure that is."""

    title: str
    url: str
    read: str = ""
    confidence: str = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who issues a secret: name, kind of service, what its secrets open, where and how they are revoked."""

    id: str
    name: str
    category: str = "other"
    console: str = ""
    revoke: str = ""
    exposes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """
    One rule: a pattern with the context, structure and weight that make its matches findings.

    Args:
        id: `kind.place.thing`, unique in the catalogue.
        name: for people to read.
        entity: entity type of its findings.
        pattern: in the linear subset that RE2 and Hyperscan share; a group `value` is the span, else the whole match.
        ignore_case: compare ASCII letters without case.
        boundary: what may not stand directly before or after the span.
        anchors: literals, one of which is in every match; lower case when case is ignored. Empty: nothing literal is sure.
        keywords: context that must be there, lower case: in the key, or `keyword_window` code points before, or 20 after.
        context: context that raises confidence when it is there.
        key_only: the pattern must match the whole value, and a keyword must stand in the key.
        confidence: probability that a match without context and with a passed validator is right.
        confidence_context: the same with context.
        validator: name of a function in `leakscope.validators`, or null.
        validator_failure: what happens to a match that fails it: drop, or lower (a fifth of the confidence).
        differs: how its check differs from python-stdnum's, and the issuer's reason; empty when it does not, or there is none.
        min_entropy: Shannon bits per character, below which a match counts as a placeholder.
        environment: live, test or publishable by prefix of the span; the empty prefix is the default.
        decode: name of an offline decoder in `leakscope.detection.decoders`, or null.
        severity: of one exposed: low, medium, high or critical.
        exposes: what one exposed lets an attacker do.
        provider: who issues it, or null.
        examples, counter_examples: the rule's own tests.
        references: where its facts come from.
        file: name of the file it stands in.
        vocabulary: extra words in other vocabularies.
    """

    id: str
    name: str
    entity: str
    pattern: str
    ignore_case: bool = False
    boundary: Boundary = Boundary.ALNUM
    anchors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    keyword_window: int = 40
    context: tuple[str, ...] = ()
    key_only: bool = False
    confidence: float
    confidence_context: float
    validator: str | None = None
    validator_failure: str = "drop"
    differs: str = ""
    min_entropy: float = 0.0
    environment: Mapping[str, str] = field(default_factory=dict)
    decode: str | None = None
    severity: str = "medium"
    exposes: str = ""
    provider: Provider | None = None
    examples: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    file: str = ""
    vocabulary: Mapping[str, str] = field(default_factory=dict)

    def environment_of(self, text: str) -> str | None:
        """live, test or publishable for a span, by its longest listed prefix; null when the rule does not tell."""
        prefixes = [prefix for prefix in self.environment if text.startswith(prefix)]
        return self.environment[max(prefixes, key=len)] if prefixes else None


@dataclass(frozen=True)
class Catalogue:
    """
    All rules of a run, in order of their ids.

    Args:
        detectors: every rule.
        hash: of all files read, so that a run can say which catalogue it used.
        declared: entity types that a user's rule file declares itself, by name.
    """

    detectors: tuple[Detector, ...]
    hash: str
    declared: Mapping[str, Entity] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> Mapping[str, Detector]:
        """Detectors by id."""
        return {detector.id: detector for detector in self.detectors}

    @cached_property
    def entities(self) -> Mapping[str, Entity]:
        """All entity types that findings of this catalogue may have."""
        return {**entities(), **self.declared}

    @cached_property
    def providers(self) -> Mapping[str, Provider]:
        """Providers of secrets by id."""
        return {rule.provider.id: rule.provider for rule in self.detectors if rule.provider}
