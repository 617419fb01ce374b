"""The duties of a decision for a terminal: who must be told, by when, how long is left, and why."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from leakscope.notification.questions import asked
from leakscope.reports.sentences import change_sentence, no_duty_sentence, override_text
from leakscope.reports.wording import (
    RECIPIENT_NAMES,
    band_name,
    countdown,
    due_short,
    instant,
    is_urgent,
    open_duties,
    short_interval,
    status_name,
)
from leakscope.safety.escape import plain

CHANGES_SHOWN, FACTS_SHOWN = 8, 12


def render_duties(decision: Mapping[str, Any], *, now: datetime, assessed_on: str | None = None, width: int = 80, color: bool = False) -> str:
    """
    A decision as text.

    Args:
        decision: `Decision.to_dict()`, or an assessment.
        now: for the countdowns.
        assessed_on: day whose law the case was assessed under, to say where it is another one.
        width: columns.
        color: whether to use colour.
    """
    console = Console(file=io.StringIO(), width=width, force_terminal=color, no_color=not color, highlight=False, markup=False, legacy_windows=False)
    if decision.get("banner"):
        console.print(Text(plain(str(decision["banner"])), style="bold"), "", sep="\n")
    for line in _under(decision, now, assessed_on):
        console.print(_line(line, "dim"))
    console.print()
    for title, parts in _sections(decision, now):
        console.print(Text(title, style="bold"))
        for part in parts:
            console.print(Padding(part, (0, 0, 0, 2)))
        console.print()
    console.print(Text(plain(str(decision.get("disclaimer") or "Not legal advice.")), style="dim"))
    file = console.file
    assert isinstance(file, io.StringIO)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def _under(decision: Mapping[str, Any], now: datetime, assessed_on: str | None) -> Iterable[str]:
    """Under the law of which day this was decided, and that the case was assessed under another."""
    day = decision.get("on") or decision.get("case", {}).get("on")
    yield f"law of {day}, now {instant(now.isoformat())}"
    if assessed_on and assessed_on != day:
        yield f"The case was assessed under the law of {assessed_on}; --on {assessed_on} decides under that."


def _severity(decision: Mapping[str, Any]) -> str | None:
    """The incident's severity under the same facts, where the decision carries it."""
    stated = decision.get("severity") or {}
    incident = stated.get("incident", stated)
    if incident.get("score") is None:
        return None
    return f"{band_name(incident['band'])} ({incident['scheme']}: {incident['working']})"


def _sections(decision: Mapping[str, Any], now: datetime) -> Iterable[tuple[str, list[RenderableType]]]:
    if severity := _severity(decision):
        yield "Severity", [_line(severity)]
    yield "Who must be told, by when", _open(decision, now)
    closed = [duty for duty in decision["duties"] if duty["status"] == "does_not_apply"]
    if closed:
        yield "Considered, and why not", [_closed(closed)]
    if decision.get("what_would_change"):
        yield "What would change the answer", _listed(decision["what_would_change"], "change", "effect", CHANGES_SHOWN)
    if decision.get("missing_facts"):
        asked_for = [{"fact": f"{row.get('question') or asked(row['fact'])} ({row['fact']})", "why": row["why"]} for row in decision["missing_facts"]]
        yield "Facts still missing", _listed(asked_for, "fact", "why", FACTS_SHOWN)
    if decision.get("overrides"):
        yield "Decided by people", [_line(override_text(row)) for row in decision["overrides"]]


def _line(text: str, style: str = "") -> Text:
    return Text(plain(text), style=style)


def _open(decision: Mapping[str, Any], now: datetime) -> list[RenderableType]:
    duties = open_duties(decision)
    if not duties:
        return [_line(no_duty_sentence(decision))]
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim", expand=True)
    table.add_column("status", width=15)
    table.add_column("whom to tell, under what", ratio=1, overflow="fold")
    table.add_column("people", justify="right", max_width=14, overflow="fold")
    table.add_column("deadline, left", width=18, overflow="fold")
    for duty in duties:
        table.add_row(*_row(duty, now))
    unverified = sum(1 for duty in duties if duty["confidence"]["unverified"])
    return [table, *([_line(f"* unverified, check before relying: {unverified} of these {len(duties)}", "dim")] if unverified else [])]


def _row(duty: Mapping[str, Any], now: datetime) -> tuple[Text, Text, Text, Text]:
    mark = " *" if duty["confidence"]["unverified"] else ""
    who = f"{duty['jurisdiction_name']}: {RECIPIENT_NAMES.get(duty['recipient_kind'], duty['recipient_kind'])}"
    recipient = "" if duty["recipient_kind"] == "individuals" else f" ({duty['recipient']})"
    limit = duty["deadline"]
    urgent = "bold red" if is_urgent(limit, now=now) else ""
    when = f"{due_short(limit)}\n{countdown(limit, now=now)}" if limit.get("instant") else str(limit["text"])
    told = f"\ntold {instant(duty['notified'])}" if duty.get("notified") else ""
    cell = Text.assemble(_line(who, "bold" if duty["status"] == "applies" else ""), _line(recipient + mark), "\n", _line(duty["citation"], "dim"))
    return _line(status_name(duty)), cell, _line(short_interval(duty["people"])), Text.assemble(*_lines(when, urgent), *_lines(told, "dim"))


def _lines(text: str, style: str) -> list[Text]:
    pieces = text.split("\n")
    return [part for place, piece in enumerate(pieces) for part in ((Text("\n"),) if place else ()) + (_line(piece, style),)]


def _closed(duties: list[Mapping[str, Any]]) -> RenderableType:
    """One row per jurisdiction and reason: the duties it settles, and why."""
    rows: dict[tuple[str, str], list[str]] = {}
    for duty in duties:
        whom = RECIPIENT_NAMES.get(duty["recipient_kind"], duty["recipient_kind"].replace("_", " "))
        rows.setdefault((duty["jurisdiction_name"], "; ".join(duty["why"])), []).append(whom)
    table = Table.grid(padding=(0, 1))
    table.add_column(ratio=2, overflow="fold")
    table.add_column(ratio=5, overflow="fold")
    for (place, why), names in rows.items():
        table.add_row(_line(f"{place}: {', '.join(name + (f' x{count}' if count > 1 else '') for name, count in Counter(names).items())}", "dim"), _line(why))
    return table


def _listed(rows: Sequence[Mapping[str, Any]], left: str, right: str, shown: int) -> list[RenderableType]:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(ratio=1, overflow="fold")
    for row in rows[:shown]:
        table.add_row("-", _line(change_sentence({"change": row[left], "effect": row[right]})))
    return [table, *([_line(f"and {len(rows) - shown} more with --format json", "dim")] if len(rows) > shown else [])]
