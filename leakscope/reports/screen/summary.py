"""The first lines: how bad, how many, what to revoke, which clock runs."""

from __future__ import annotations

from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from leakscope.reports.screen.layout import Assessment, level, line, pairs
from leakscope.reports.secret_wording import secrets_sentence
from leakscope.reports.sentences import duties_sentence
from leakscope.reports.wording import countdown, due, interval, open_duties


def summary(assessment: Assessment, now: datetime) -> list[RenderableType]:
    """Severity, people in the evidence and in the whole exposure, secrets, duties and the first deadline."""
    incident, people = assessment["severity"]["incident"], assessment["individuals"]
    score = f": {str(incident['meaning']).partition(';')[0]}" if incident.get("score") is None else f" ({incident['score']:g}, {incident['scheme']})"
    rows: list[tuple[str, str | Text]] = [
        ("Severity", line(level(incident["band"]), score)),
        ("People", interval(people["estimated"]) + " in the evidence"),
        *([("", interval(people["exposure"]) + " in the whole exposure")] if people.get("exposure") else []),
        ("Secrets", secrets_sentence(assessment)),
        ("Duties", duties_sentence(assessment)),
        *([("First limit", limit)] if (limit := first_limit(assessment, now)) else []),
    ]
    return [pairs(rows)]


def first_limit(assessment: Assessment, now: datetime) -> str:
    """The first deadline, or the limit that runs from a moment nobody stated; empty when no duty is open."""
    rows = open_duties(assessment)
    for status, condition in (("applies", ""), ("may_apply", "if it applies, ")):
        dated = [duty for duty in rows if duty["status"] == status and duty["deadline"].get("instant")]
        if dated:
            return f"{condition}{due(dated[0]['deadline'])}, {countdown(dated[0]['deadline'], now=now)}"
    waiting = [duty for duty in rows if duty["deadline"].get("hours")]
    return f"{waiting[0]['deadline']['text']}, which nobody stated: leakscope facts new FACTS.toml" if waiting else ""
