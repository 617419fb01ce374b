"""Severity of chat topics: which special protection a topic has and how heavy it weighs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from leakscope.severity.overrides import Override
from leakscope.severity.shapes import Grounds
from leakscope.severity.weights import weight_of
from leakscope.vocabulary import element_of, elements

_LEVELS = ((4, "very_high"), (3, "high"), (2, "medium"), (0, "low"))
CHILDREN, FINANCES, WORKPLACE = "children", "finances", "workplace confidential"
_GROUPS = {"minors": CHILDREN, "finance": FINANCES, "workplace": WORKPLACE, "code": WORKPLACE}


def rate_topic(topic: str, grounds: Grounds, overrides: Iterable[Override] = ()) -> dict[str, Any]:
    """
    Protection and severity of one topic.

    Args:
        topic: lower-case code as in `TOPIC_<CODE>` entities (`health`, `minors` ...).
        grounds: weights of the topic's element.
        overrides: of weights.

    Returns:
        `topic, group` ("Art. 9", "Art. 10", children, finances, workplace confidential, other), `weight`, `severity`.
    """
    code = element_of(f"TOPIC_{topic.upper()}")
    element = elements().get(code or "")
    weight = weight_of(code, grounds, overrides).value if code else 1.0
    group = _GROUPS.get(topic) or (element.gdpr if element and element.gdpr else "other")
    return {"topic": topic, "group": group, "weight": weight, "severity": next(name for bound, name in _LEVELS if weight >= bound)}


def rate_topics(chat: Mapping[str, Any] | None, grounds: Grounds, overrides: Iterable[Override] = ()) -> list[dict[str, Any]]:
    """Every topic of the chat section with its protection, severity and estimates, the most severe first."""
    rated = [
        {**rate_topic(row["topic"], grounds, overrides), "id": row.get("id"), "title": row.get("title"), "people": row.get("people"), "conversations": row.get("conversations")}
        for row in (chat or {}).get("topics") or []
    ]
    return sorted(rated, key=lambda row: (-row["weight"], row["topic"]))
