"""What the facts of the incident say to severity, read in one place; what nobody stated is `assumed` and says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from leakscope.severity.shapes import Grounds, State

ASSUMED = "assumed"
KINDS = ("confidentiality", "integrity", "availability", "malicious")

_RECIPIENTS = {"nobody": "none", "trusted": "known", "known": "known", "unknown_persons": "unknown", "public": "unknown"}
#: Facts that lower severity only together with what shows them.
CONTEXT = ("already_public", "inaccurate")
#: Kinds of incident that somebody does on purpose.
_ON_PURPOSE = ("hacking", "ransomware", "theft")
#: Sectors whose customers' mere names tell of health, belief or sex life.
_TELLING_SECTORS = frozenset({"health", "religion", "politics", "trade_union", "dating", "adult"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """
    The circumstances of a breach.

    Args:
        states: state of each of `KINDS`; `assumed` where nobody stated it.
        unintelligible: nobody without the key can read the data.
        pseudonymised: direct identifiers were replaced before the exposure.
        misuse: misuse of the data has been seen.
        stated_facts: conditions of triggers that the facts confirm.
        credentials_open: category of what exposed credentials open; null when not stated.
        reasons: what shows a stated condition, by condition, in the words of the facts.
        unshown: conditions that the facts claim without what shows them; they do not hold.
    """

    states: Mapping[str, str]
    unintelligible: bool = False
    pseudonymised: bool = False
    misuse: bool = False
    stated_facts: frozenset[str] = frozenset()
    credentials_open: str | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    unshown: tuple[str, ...] = ()

    def state(self, kind: str, grounds: Grounds) -> State:
        """Value and meaning of one circumstance."""
        return grounds.circumstances[kind][self.states[kind]]

    def total(self, grounds: Grounds) -> float:
        """CB: the sum of all circumstances, 0 to 2."""
        return sum(self.state(kind, grounds).value for kind in KINDS)


def _fact(facts: Any, table: str, name: str) -> Any:
    """One fact of `table`, whether `facts` is an object or a mapping; `unknown` and null are both null."""
    part: Any = facts
    for step in (table, name):
        part = part.get(step) if isinstance(part, Mapping) else getattr(part, step, None)
    return None if part in (None, "unknown", "", ()) else part


def _said(facts: Any, table: str, name: str) -> str | None:
    value = _fact(facts, table, name)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _confidentiality(facts: Any) -> str:
    if _said(facts, "exposure", "posted") == "yes":
        return "unknown"
    stated = _RECIPIENTS.get(str(_said(facts, "exposure", "recipients")))
    if stated:
        return stated
    excluded = [_said(facts, "exposure", name) == "no" for name in ("access", "exfiltration")]
    return "none" if all(excluded) else ASSUMED


def _damage(facts: Any, name: str) -> str:
    harmed, restored = _said(facts, "exposure", name), _said(facts, "exposure", "restored")
    if harmed is None:
        return ASSUMED
    if harmed == "no":
        return "none"
    return "lost" if restored == "no" else "recoverable"


def _malicious(facts: Any) -> str:
    stated = _said(facts, "exposure", "malicious")
    if stated:
        return {"yes": "yes", "no": "none"}.get(stated, ASSUMED)
    return "yes" if _said(facts, "exposure", "kind") in _ON_PURPOSE else ASSUMED


def _shown(facts: Any) -> str | None:
    """What shows that the data were public or are wrong; a claim without it lowers nothing."""
    text = _fact(facts, "exposure", "context_evidence")
    return str(text).strip() or None if text is not None else None


def _triggers(facts: Any) -> frozenset[str]:
    sectors = {str(sector).lower() for sector in _fact(facts, "incident", "sectors") or ()}
    held = {
        "vulnerable_group": _said(facts, "harm", "vulnerable_people") == "yes",
        "sensitive_service": bool(sectors & _TELLING_SECTORS),
        "special_insight_low": _said(facts, "exposure", "special_insight") == "low",
        **{name: _said(facts, "exposure", name) == "yes" and _shown(facts) is not None for name in CONTEXT},
    }
    return frozenset(name for name, holds in held.items() if holds)


def read_circumstances(facts: Any) -> Circumstances:
    """
    The circumstances that `facts` states.

    Args:
        facts: `notification.facts.Facts`, the same as a mapping, or null; only what is stated is read.
    """
    finance = "finance" in {str(sector).lower() for sector in _fact(facts, "incident", "sectors") or ()}
    encryption = _said(facts, "exposure", "encryption")
    return Circumstances(
        states={
            "confidentiality": _confidentiality(facts),
            "integrity": _damage(facts, "altered"),
            "availability": _damage(facts, "unavailable"),
            "malicious": _malicious(facts),
        },
        unintelligible=encryption == "encrypted" and _said(facts, "exposure", "key") == "safe",
        pseudonymised=encryption == "pseudonymised",
        misuse=_said(facts, "harm", "misuse") == "yes",
        stated_facts=_triggers(facts),
        credentials_open="financial" if finance else None,
        reasons=dict.fromkeys(CONTEXT, shown) if (shown := _shown(facts)) else {},
        unshown=tuple(name for name in CONTEXT if not shown and _said(facts, "exposure", name) == "yes"),
    )
