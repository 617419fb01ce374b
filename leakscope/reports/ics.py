"""Deadlines as a calendar (RFC 5545): one event per duty with a fixed instant, with alarms before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from leakscope.reports.form import Report
from leakscope.reports.wording import RECIPIENT_NAMES, due, open_duties, parse_instant, status_name
from leakscope.safety.escape import plain

_FOLD = 75


def _escaped(text: object) -> str:
    lines = [plain(line) for line in str(text).split("\n")]
    return "\\n".join(re.sub(r"([\\;,])", r"\\\1", line) for line in lines)


def _folded(line: str) -> str:
    """A content line in pieces of at most 75 octets, never inside a character."""
    pieces: list[str] = []
    piece, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > _FOLD - (1 if pieces else 0):
            pieces.append(piece)
            piece, size = "", 0
        piece, size = piece + character, size + width
    return "\r\n ".join([*pieces, piece])


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _description(duty: Mapping[str, Any]) -> str:
    checked = "unverified: check before relying" if duty["confidence"]["unverified"] else f"source: {duty['confidence']['level']}"
    parts = [f"Status: {status_name(duty)}", f"Ends: {due(duty['deadline'])}", f"To: {duty['recipient']}", f"Limit: {duty['deadline']['text']}", f"Law: {duty['citation']} ({checked})"]
    if duty["missing_facts"]:
        parts.append(f"Missing: {', '.join(duty['missing_facts'])}")
    return "\n".join([*parts, *duty["why"], "Not legal advice."])


def _event(duty: Mapping[str, Any], assessment: Mapping[str, Any], now: datetime) -> Iterable[str]:
    instant = parse_instant(duty["deadline"]["instant"])
    if instant is None:
        return
    case = assessment["case"]["id"]
    incident = (assessment["facts"].get("incident") or {}).get("reference") or assessment["case"].get("title") or case
    whom = RECIPIENT_NAMES.get(duty["recipient_kind"], duty["recipient_kind"])
    who = f"{duty['jurisdiction_name']}: tell {whom}{'' if duty['status'] == 'applies' else ', if it applies'} ({incident})"
    yield from ("BEGIN:VEVENT", f"UID:{_escaped(duty['id'])}.{_escaped(case)}@leakscope", f"DTSTAMP:{_stamp(now)}", f"DTSTART:{_stamp(instant)}")
    yield f"SUMMARY:{_escaped(who)}"
    yield f"DESCRIPTION:{_escaped(_description(duty))}"
    yield f"STATUS:{'CONFIRMED' if duty['status'] == 'applies' else 'TENTATIVE'}"
    yield "TRANSP:TRANSPARENT"
    for before in ("P1D", "PT2H"):
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-{before}", f"DESCRIPTION:{_escaped(who)}", "END:VALARM")
    yield "END:VEVENT"


def render(assessment: Mapping[str, Any], *, now: datetime) -> str:
    """
    The calendar of an assessment's deadlines.

    Args:
        assessment: the assessment.
        now: time stamp of the events.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//LeakScope//Notification deadlines//EN", "CALSCALE:GREGORIAN"]
    for duty in open_duties(assessment):
        if not duty.get("notified"):
            lines += _event(duty, assessment, now)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


REPORT = Report(name="ics", suffix=".ics", title="Deadlines for a calendar", render=render)
