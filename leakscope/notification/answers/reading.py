"""How a form's question is answered from the facts: a value, several together, a yes or no, a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from leakscope.notification.moments import said

Assessment = Mapping[str, Any]
Answer = Callable[[Assessment], str | None]


def table(assessment: Assessment, name: str) -> Mapping[str, Any]:
    """A table of the facts; empty when nothing of it was stated."""
    return assessment["facts"].get(name) or {}


def fact(name: str, key: str) -> Answer:
    """A fact in words; null while it is unknown."""

    def read(assessment: Assessment) -> str | None:
        value = table(assessment, name).get(key)
        if value in (None, "", "unknown", [], {}):
            return None
        return "; ".join(map(str, value)) if isinstance(value, list) else str(value).replace("_", " ")

    return read


def moment(key: str) -> Answer:
    """A clock's timestamp to the minute, in UTC and in the organisation's own time."""
    return lambda assessment: said(table(assessment, "clocks").get(key), table(assessment, "clocks").get("time_zone"))


def together(*answers: Answer, joined: str = "; ") -> Answer:
    """What is known of several answers, one after the other."""
    return lambda assessment: joined.join(text for answer in answers if (text := answer(assessment))) or None


def yes_or_no(name: str, key: str, yes: str, no: str) -> Answer:
    """A fact that is yes or no, in the form's words; null while it is unknown."""
    return lambda assessment: {"yes": yes, "no": no}.get(table(assessment, name).get(key) or "")
