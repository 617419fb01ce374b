"""The one screen that a responder pastes into a ticket: plain words, 80 columns, complete without colour."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.padding import Padding

from leakscope.reports.form import Report
from leakscope.reports.screen.action import changes, duties, secrets
from leakscope.reports.screen.exposed import exposed, severity
from leakscope.reports.screen.layout import text
from leakscope.reports.screen.people import individuals, whole
from leakscope.reports.screen.summary import summary

Assessment = Mapping[str, Any]

#: Headings in the order of the questions the tool answers.
SECTIONS = (
    ("What was exposed", exposed),
    ("Individuals", individuals),
    ("How many in all", whole),
    ("How bad", severity),
    ("Who must be told, by when", duties),
    ("What to revoke now", secrets),
    ("What would change the answer", changes),
)


def render(assessment: Assessment, *, now: datetime, width: int = 80, color: bool = False) -> str:
    """
    The assessment on one screen.

    Args:
        assessment: as in assessment.json.
        now: the instant that countdowns start from, with a time zone.
        width: columns; no line is longer.
        color: style it for a terminal; the words are the same without.

    Returns:
        text ending in a newline; no trailing blanks, no control characters but the colours.
    """
    console = Console(file=io.StringIO(), width=width, force_terminal=color, color_system="standard" if color else None, highlight=False, emoji=False, legacy_windows=False)
    case, evidence = assessment["case"], assessment["evidence"]
    console.print(text(f"LeakScope: {case['title'] or case['id']}", "bold"))
    named = evidence[0]["source"] if len(evidence) == 1 else f"{len(evidence)} sources"
    console.print(text(f"case {case['id']}, {named}, law of {case['on']}, now {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC", "dim"))
    for block in summary(assessment, now):
        console.print(Padding(block, (1, 0, 0, 0)))
    for heading, section in SECTIONS:
        console.print(Padding(text(heading, "bold"), (1, 0, 0, 0)))
        for block in section(assessment, now):
            console.print(Padding(block, (0, 0, 0, 2)))
    written = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in written.splitlines()) + "\n"


def _render(assessment: Assessment, *, now: datetime) -> str:
    return render(assessment, now=now)


REPORT = Report(name="text", suffix=".txt", title="the one-screen summary as plain text", render=_render)
