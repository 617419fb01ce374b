"""What to do: whom to tell, what to revoke, what to find out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from textwrap import shorten
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from leakscope.reports.screen.layout import BAND_STYLES, Assessment, columns, more, text
from leakscope.reports.secret_wording import secret_kinds, whose_sentences
from leakscope.reports.sentences import change_sentence, no_duty_sentence
from leakscope.reports.wording import RECIPIENT_NAMES, countdown, due_short, is_urgent, screen_duties, status_name

SECRETS_SHOWN, DUTIES_SHOWN, CHANGES_SHOWN = 5, 9, 3
#: A change and its effect stay within about a line each.
CHANGE_LENGTH = 110



def duties(assessment: Assessment, now: datetime) -> list[RenderableType]:
    """Whom to tell, those that apply first, with what is left of each time limit."""
    rows = screen_duties(assessment)
    if not rows:
        return [text(no_duty_sentence(assessment)), text("Not legal advice.", "dim")]
    table = columns((("status", {"width": 15}), ("whom to tell", {"ratio": 1, "overflow": "fold"}), ("deadline, left", {"width": 34, "overflow": "fold"})))
    grouped = _grouped(rows)
    kinds = Counter((duty["jurisdiction_name"], duty["recipient_kind"]) for duty, _ in grouped)
    for duty, count in grouped[:DUTIES_SHOWN]:
        several = kinds[duty["jurisdiction_name"], duty["recipient_kind"]] > 1 and count == 1
        kind = duty["recipient"] if several else RECIPIENT_NAMES.get(duty["recipient_kind"], duty["recipient_kind"].replace("_", " "))
        deadline = duty.get("deadline") or {}
        fixed = deadline.get("instant")
        style = "bold red" if is_urgent(deadline, now=now) else ""
        status = text(status_name(duty), "bold" if duty["status"] == "applies" else "")
        name = f"{duty['jurisdiction_name']}: {kind}" + (f" (x{count})" if count > 1 else "")
        left = countdown(deadline, now=now)
        when = f"{due_short(deadline)}, {left.removesuffix(' left')}" if fixed else left
        table.add_row(status, text(name), text(when, style))
    unverified = sum(1 for duty in rows if (duty.get("confidence") or {}).get("unverified"))
    note = "Not legal advice." + (f" Law not checked at its source: {unverified} of these." if unverified else "")
    return [table, *_left_over(rows[sum(count for _, count in grouped[:DUTIES_SHOWN]) :]), text(note, "dim")]


def _grouped(duties: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], int]]:
    """Neighbouring duties to the same kind of recipient of one jurisdiction at the same moment, as one line."""

    def key(duty: Mapping[str, Any]) -> tuple[str, ...]:
        deadline = duty.get("deadline") or {}
        moment = deadline.get("instant") or deadline.get("text")
        return tuple(map(str, (duty["jurisdiction_name"], duty["recipient_kind"], status_name(duty), moment)))

    groups = [list(group) for _, group in groupby(duties, key=key)]
    return [(group[0], len(group)) for group in groups]


def _left_over(duties: Sequence[Mapping[str, Any]]) -> list[RenderableType]:
    counts = [(sum(1 for duty in duties if duty["status"] == status), words) for status, words in (("applies", "that apply"), ("may_apply", "that may apply"), ("unknown", "unknown"))]
    said = ", ".join(f"{count} {words}" for count, words in counts if count)
    return [text(f"and {said}: leakscope decide CASE", "dim")] if duties else []


def secrets(assessment: Assessment, now: datetime) -> list[RenderableType]:
    """Kinds of secrets, the most dangerous first, and whose they are."""
    rows = assessment["secrets"]
    if not rows:
        return [text("No secrets were found in what was examined.")]
    kinds = secret_kinds(rows)
    previews = [str(row["preview"]).partition(" (")[0] if row["count"] == 1 else "" for row in kinds[:SECRETS_SHOWN]]
    single = [("preview", {"max_width": 24, "overflow": "fold"})] if any(previews) else []
    table = columns((("count", {"justify": "right", "width": 6}), ("secret", {"ratio": 1, "overflow": "fold"}), *single, ("severity", {"width": 8}), ("state", {"width": 10, "overflow": "fold"})))
    for row, preview in zip(kinds, previews, strict=False):
        state = text(row["severity"], BAND_STYLES.get(row["severity"], "")), text(row["state"])
        table.add_row(f"{row['count']:,}", text(row["kind"]), *([text(preview)] if single else []), *state)
    more = f"and {len(kinds) - SECRETS_SHOWN} more kinds; each" if len(kinds) > SECRETS_SHOWN else "Each"
    whose = [text(f"{sentence}.") for sentence in whose_sentences(assessment)]
    return [table, text(f"{more} secret, most dangerous first: leakscope secrets CASE", "dim"), *whose]


def changes(assessment: Assessment, now: datetime) -> list[RenderableType]:
    """Facts that would change a duty, and how many are still missing."""
    rows = assessment.get("what_would_change") or ()
    if not rows:
        return [text("Nothing that was left open would change a duty.")]
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(ratio=1)
    for row in rows[:CHANGES_SHOWN]:
        table.add_row("-", text(change_sentence({name: shorten(row[name], CHANGE_LENGTH, placeholder=" ...") for name in ("change", "effect")})))
    missing = assessment.get("missing_facts") or ()
    tail = [text(f"Facts still missing: {len(missing)}; leakscope facts ask FACTS.toml", "dim")] if missing else []
    return [table, *more(len(rows), CHANGES_SHOWN, "in the report"), *tail]
