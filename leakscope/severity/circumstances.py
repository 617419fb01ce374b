"""What the facts of the incident say to severity, read in one place; what nobody stated is `assumed` and says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leakscope.severity.scheme import Grounds, State

ASSUMED = "assumed"
KINDS = ("confidentiality", "integrity", "availability", "malicious")

#: Where each circumstance may stand in a facts object or mapping; the first that says something counts.
_PLACES: Mapping[str, tuple[str, ...]] = {
    "confidentiality": ("severity.confidentiality", "exposure.recipients", "recipients"),
    "integrity": ("severity.integrity", "exposure.integrity", "integrity"),
    "availability": ("severity.availability", "exposure.availability", "availability"),
    "malicious": ("severity.malicious", "exposure.malicious_intent", "exposure.malicious", "malicious_intent", "malicious"),
    "unintelligible": ("severity.unintelligible", "exposure.unintelligible", "unintelligible"),
    "misuse": ("severity.misuse", "exposure.misuse", "misuse_seen", "misuse"),
    "sensitive_service": ("severity.sensitive_service", "organisation.sensitive_service", "sensitive_service"),
    "vulnerable_group": ("severity.vulnerable_group", "vulnerable_group", "vulnerable_people"),
    "credentials_open": ("severity.credentials_open", "credentials_open"),
}
_STATES: Mapping[str, str] = {
    "nobody": "none", "none": "none", "no": "none", "false": "none", "not_altered": "none", "recoverable": "recoverable",
    "known": "known", "known_recipients": "known", "trusted": "known", "internal": "known",
    "unknown_recipients": "unknown", "public": "unknown", "anyone": "unknown", "sold": "unknown", "unknown_number": "unknown",
    "yes": "yes", "true": "yes", "malicious": "yes",
    "temporary": "recoverable", "altered": "recoverable", "lost": "lost", "unrecoverable": "lost", "not_recoverable": "lost",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """
    The circumstances of a breach.

    Args:
        states: state of each of `KINDS`; `assumed` where nobody stated it.
        unintelligible: nobody without the key can read the data.
        misuse: misuse of the data has been seen.
        stated_facts: conditions of triggers that the facts confirm.
        credentials_open: category of what exposed credentials open; null when not stated.
    """

    states: Mapping[str, str]
    unintelligible: bool = False
    misuse: bool = False
    stated_facts: frozenset[str] = frozenset()
    credentials_open: str | None = None

    def state(self, kind: str, grounds: Grounds) -> State:
        """Value and meaning of one circumstance."""
        return grounds.circumstances[kind][self.states[kind]]

    def total(self, grounds: Grounds) -> float:
        """CB: the sum of all circumstances, 0 to 2."""
        return sum(self.state(kind, grounds).value for kind in KINDS)


def _one(source: Any, name: str) -> Any:
    if isinstance(source, Mapping):
        return source.get(name)
    return getattr(source, name, None)


def _look_up(facts: Any, place: str) -> Any:
    value = facts
    for name in place.split("."):
        value = _one(value, name)
        if value is None:
            return _one(facts, place) if isinstance(facts, Mapping) else None
    return value


def _stated(facts: Any, circumstance: str) -> Any:
    found = (_look_up(facts, place) for place in _PLACES[circumstance])
    return next((value for value in found if value is not None and str(value).lower() not in ("", "unknown")), None)


def _state(facts: Any, kind: str, known: Mapping[str, State]) -> str:
    value = _stated(facts, kind)
    if value is None:
        return ASSUMED
    state = _STATES.get(str(value).lower().replace(" ", "_"), ASSUMED)
    return state if state in known else ASSUMED


def read_circumstances(facts: Any, grounds: Grounds) -> Circumstances:
    """
    The circumstances that `facts` states.

    Args:
        facts: a facts object, a mapping as in the facts file, or null; only what is stated is read.
        grounds: which states a circumstance may have.
    """
    stated = frozenset(name for name in ("sensitive_service", "vulnerable_group") if _stated(facts, name) is True)
    opens = _stated(facts, "credentials_open")
    return Circumstances(
        states={kind: _state(facts, kind, grounds.circumstances[kind]) for kind in KINDS},
        unintelligible=_stated(facts, "unintelligible") is True,
        misuse=_stated(facts, "misuse") is True,
        stated_facts=stated,
        credentials_open=opens if opens in grounds.categories else None,
    )
