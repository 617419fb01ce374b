"""The one screen that a responder pastes into a ticket: plain words, 80 columns, complete without colour."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from textwrap import shorten
from typing import Any

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from leakscope.reports.form import Report
from leakscope.reports.sentences import (
    PART_SHORT,
    bands_sentence,
    change_sentence,
    cost_sentence,
    coverage_sentence,
    duties_sentence,
    is_read_in_part,
    observed_sentence,
    review_lines,
    sample_sentence,
    secret_kinds,
    secrets_in_all,
    secrets_sentence,
    unseen_sentence,
    whose_sentences,
    window_sentence,
)
from leakscope.reports.wording import (
    RECIPIENT_NAMES,
    band_name,
    countdown,
    counted,
    instant,
    interval,
    is_urgent,
    number,
    open_duties,
    percent,
    screen_duties,
    short_interval,
    status_name,
    topic_title,
)
from leakscope.safety.escape import plain

BAND_STYLES = {"very_high": "bold red", "high": "red", "medium": "yellow", "low": "green", "critical": "bold red"}
CLASSES_SHOWN, SECRETS_SHOWN, DUTIES_SHOWN, CHANGES_SHOWN, PLACES_SHOWN = 9, 5, 9, 3, 4
#: A change and its effect stay within about a line each.
CHANGE_LENGTH = 110
Assessment = Mapping[str, Any]


def _text(value: object, style: str = "") -> Text:
    return Text(plain(str(value)), style=style)


def _line(*parts: str | Text) -> Text:
    joined = Text()
    for part in parts:
        joined.append(part if isinstance(part, Text) else _text(part))
    return joined


def _pairs(rows: Iterable[tuple[str, str | Text]], *, label_width: int = 12) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=label_width, style="dim", no_wrap=True)
    table.add_column(ratio=1)
    for label, value in rows:
        table.add_row(label, value if isinstance(value, Text) else _text(value))
    return table


def _columns(headings: Sequence[tuple[str, dict[str, Any]]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim", expand=True)
    for name, options in headings:
        table.add_column(name, **options)
    return table


def _more(total: int, shown: int, what: str) -> list[RenderableType]:
    return [_text(f"and {total - shown} more {what}", "dim")] if total > shown else []


def _summary(assessment: Assessment, now: datetime) -> list[RenderableType]:
    incident, people = assessment["severity"]["incident"], assessment["individuals"]
    band = incident["band"]
    dated = [duty for duty in open_duties(assessment) if duty["status"] == "applies" and duty["deadline"].get("instant")]
    first = f"; first {instant(dated[0]['deadline']['instant'])}, {countdown(dated[0]['deadline'], now=now)}" if dated else ""
    score = f": {str(incident['meaning']).partition(';')[0]}" if incident.get("score") is None else f" ({incident['score']:g}, {incident['scheme']})"
    rows: list[tuple[str, str | Text]] = [
        ("Severity", _line(_text(band_name(band).upper(), BAND_STYLES.get(band, "bold")), score)),
        ("People", interval(people["estimated"]) + " in the evidence"),
        ("Secrets", secrets_sentence(assessment)),
        ("Duties", duties_sentence(assessment) + first),
    ]
    return [_pairs(rows)]


def _kind_counts(assessment: Assessment) -> str:
    findings = sum(row["findings"] for row in assessment["findings_by_entity"])
    if not findings:
        return "nothing that the detectors know; that is no proof that nothing was exposed"
    parts = [counted(findings, "finding")]
    chat = assessment.get("chat")
    if chat and chat.get("records"):
        value = chat["conversations"].get("value")
        users = f" of {counted(chat['users'], 'user')}" if chat.get("users") else ""
        parts.append(f"{interval(chat['conversations'])} {'conversation' if value == 1 else 'conversations'}{users}")
    return ", ".join(parts)


def _exposed(assessment: Assessment, now: datetime) -> list[RenderableType]:
    rows = [
        ("Coverage", coverage_sentence(assessment)),
        ("Data from", window_sentence(assessment)),
        ("Found", _kind_counts(assessment)),
    ]
    topics = sorted((assessment.get("chat") or {}).get("topics") or (), key=lambda row: -(row["people"].get("value") or 0))
    if topics:
        rows.append(("Chat topics", "people who likely wrote of: " + ", ".join(f"{topic_title(row).lower()} {short_interval(row['people'])}" for row in topics[:3])))
    table = _columns(
        (("data class", {"ratio": 1, "overflow": "fold"}), ("records", {"justify": "right"}), ("values", {"justify": "right"}),
         ("people (95%)", {"justify": "right", "no_wrap": True}), ("weight", {"justify": "right"}), ("impact", {"justify": "right"}))
    )  # fmt: skip
    summary = assessment["impact_summary"]
    for row in summary[:CLASSES_SHOWN]:
        values = (_text(number(row[name]) if row[name] is not None else "-") for name in ("records", "values"))
        table.add_row(_text(row["name"]), *values, _text(short_interval(row["people"])), _text(f"{row['severity_weight']:g}"), _text(percent(row["share_of_impact"])))
    note = [_text(PART_SHORT, "dim")] if is_read_in_part(assessment) else []
    return [_pairs(rows), Text(), table, *_more(len(summary), CLASSES_SHOWN, "data classes"), *note] if summary else [_pairs(rows)]


def _not_counted(people: Mapping[str, Any]) -> str:
    return ", ".join(f"{number(row['count'])} {row['reason']}" for row in (people.get("not_counted") or ())[:4]) or "none"


def _individuals(assessment: Assessment, now: datetime) -> list[RenderableType]:
    people = assessment["individuals"]
    places = sorted(people.get("by_residence") or (), key=lambda row: (row.get("residence") is None, -(row["people"].get("value") or 0)))
    known = ", ".join(f"{row['name']} {short_interval(row['people'])}" for row in places[:PLACES_SHOWN])
    rest = f", {len(places) - PLACES_SHOWN} more" if len(places) > PLACES_SHOWN else ""
    bands = bands_sentence(assessment)
    rows = [
        ("Observed", observed_sentence(people)),
        ("Estimated", f"{interval(people['estimated'])} in the evidence"),
        ("Live in", (known + rest) or "unknown"),
        ("By severity", bands if bands else "not assessed"),
        ("Not counted", _not_counted(people)),
    ]
    controllers = [row for row in people.get("by_controller") or () if row.get("controller")]
    if len(controllers) > 1:
        rows.append(("Controllers", f"{len(controllers)} controllers or tenants, each with its own people: leakscope report CASE --format html"))
    if people.get("conflicts"):
        rows.append(("For a human", f"{number(people['conflicts'])} with contradictory identifiers"))
    return [_pairs(rows)]


def _whole(assessment: Assessment, now: datetime) -> list[RenderableType]:
    people = assessment["individuals"]
    rows = [("Sample", sample_sentence(assessment))]
    if people.get("exposure"):
        rows.append(("In all", f"{interval(people['exposure'])}; {people['exposure']['method']}"))
    else:
        low = (people.get("bounds") or {}).get("low")
        floor = low if low is not None else people["observed"].get("value")
        rows.append(("In all", "cannot be stated without size and design" + (f"; at least {number(floor)}" if floor else "")))
    rows += [(label, text) for label, text in (("Secrets", secrets_in_all(assessment)), ("Not seen", unseen_sentence(assessment))) if text]
    rows += review_lines(assessment["quality"]["review"]) if assessment["quality"].get("review") else []
    return [_pairs(rows)]


def _severity(assessment: Assessment, now: datetime) -> list[RenderableType]:
    incident = assessment["severity"]["incident"]
    band = incident["band"]
    head = _line(_text(band_name(band).upper(), BAND_STYLES.get(band, "bold")), f": {incident['meaning']}" if incident.get("meaning") else "")
    rows: list[tuple[str, str | Text]] = [(incident["scheme"], head)] + ([("Working", incident["working"])] if incident["factors"] else [])
    if incident.get("low") is not None and incident["low"] != incident["high"]:
        rows.append(("Range", f"{incident['low']:g} to {incident['high']:g}, depending on facts that nobody stated"))
    rows += [(f"{factor['factor']} {factor['value']:g}", str(factor["why"])) for factor in incident["factors"]]
    flags = "; ".join(flag["text"] if isinstance(flag, Mapping) else str(flag) for flag in incident.get("flags") or ())
    rows += [(label, text) for label, text in (("Flags", flags), ("Cost", cost_sentence(assessment, short=True))) if text]
    return [_pairs(rows)]


def _duties(assessment: Assessment, now: datetime) -> list[RenderableType]:
    duties = screen_duties(assessment)
    if not duties:
        return [_text("No duty applies or may apply on the facts stated."), _text("Not legal advice.", "dim")]
    table = _columns((("status", {"width": 15}), ("whom to tell", {"ratio": 1, "overflow": "fold"}), ("deadline (UTC), left", {"width": 31, "overflow": "fold"})))
    grouped = _grouped(duties)
    kinds = Counter((duty["jurisdiction_name"], duty["recipient_kind"]) for duty, _ in grouped)
    for duty, count in grouped[:DUTIES_SHOWN]:
        several = kinds[duty["jurisdiction_name"], duty["recipient_kind"]] > 1 and count == 1
        kind = duty["recipient"] if several else RECIPIENT_NAMES.get(duty["recipient_kind"], duty["recipient_kind"].replace("_", " "))
        deadline = duty.get("deadline") or {}
        fixed = deadline.get("instant")
        style = "bold red" if is_urgent(deadline, now=now) else ""
        status = _text(status_name(duty), "bold" if duty["status"] == "applies" else "")
        name = f"{duty['jurisdiction_name']}: {kind}" + (f" (x{count})" if count > 1 else "")
        left = countdown(deadline, now=now)
        when = f"{instant(fixed).removesuffix(' UTC')}, {left.removesuffix(' left')}" if fixed else left
        table.add_row(status, _text(name), _text(when, style))
    unverified = sum(1 for duty in duties if (duty.get("confidence") or {}).get("unverified"))
    note = "Not legal advice." + (f" Law not checked at its source: {unverified} of these." if unverified else "")
    return [table, *_left_over(duties[sum(count for _, count in grouped[:DUTIES_SHOWN]) :]), _text(note, "dim")]


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
    text = ", ".join(f"{count} {words}" for count, words in counts if count)
    return [_text(f"and {text}: leakscope decide CASE", "dim")] if duties else []


def _secrets(assessment: Assessment, now: datetime) -> list[RenderableType]:
    secrets = assessment["secrets"]
    if not secrets:
        return [_text("No secrets were found in what was examined.")]
    kinds = secret_kinds(secrets)
    previews = [str(row["preview"]).partition(" (")[0] if row["count"] == 1 else "" for row in kinds[:SECRETS_SHOWN]]
    single = [("preview", {"max_width": 24, "overflow": "fold"})] if any(previews) else []
    table = _columns((("count", {"justify": "right", "width": 6}), ("secret", {"ratio": 1, "overflow": "fold"}), *single, ("severity", {"width": 8}), ("state", {"width": 10, "overflow": "fold"})))
    for row, preview in zip(kinds, previews, strict=False):
        state = _text(row["severity"], BAND_STYLES.get(row["severity"], "")), _text(row["state"])
        table.add_row(f"{row['count']:,}", _text(row["kind"]), *([_text(preview)] if single else []), *state)
    more = f"and {len(kinds) - SECRETS_SHOWN} more kinds; each" if len(kinds) > SECRETS_SHOWN else "Each"
    whose = [_text(f"{sentence}.") for sentence in whose_sentences(assessment)]
    return [table, _text(f"{more} secret, most dangerous first: leakscope secrets CASE", "dim"), *whose]


def _changes(assessment: Assessment, now: datetime) -> list[RenderableType]:
    rows = assessment.get("what_would_change") or ()
    if not rows:
        return [_text("Nothing that was left open would change a duty.")]
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(ratio=1)
    for row in rows[:CHANGES_SHOWN]:
        table.add_row("-", _text(change_sentence({name: shorten(row[name], CHANGE_LENGTH, placeholder=" ...") for name in ("change", "effect")})))
    missing = assessment.get("missing_facts") or ()
    tail = [_text(f"Facts still missing: {len(missing)}; leakscope facts ask FACTS.toml", "dim")] if missing else []
    return [table, *_more(len(rows), CHANGES_SHOWN, "in the report"), *tail]


#: Headings in the order of the questions the tool answers.
SECTIONS = (
    ("What was exposed", _exposed),
    ("Individuals", _individuals),
    ("How many in all", _whole),
    ("How bad", _severity),
    ("Who must be told, by when", _duties),
    ("What to revoke now", _secrets),
    ("What would change the answer", _changes),
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
    console.print(_text(f"LeakScope: {case['title'] or case['id']}", "bold"))
    named = evidence[0]["source"] if len(evidence) == 1 else f"{len(evidence)} sources"
    console.print(_text(f"case {case['id']}, {named}, law of {case['on']}, now {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC", "dim"))
    for block in _summary(assessment, now):
        console.print(Padding(block, (1, 0, 0, 0)))
    for heading, section in SECTIONS:
        console.print(Padding(_text(heading, "bold"), (1, 0, 0, 0)))
        for block in section(assessment, now):
            console.print(Padding(block, (0, 0, 0, 2)))
    written = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in written.splitlines()) + "\n"


def _render(assessment: Assessment, *, now: datetime) -> str:
    return render(assessment, now=now)


REPORT = Report(name="text", suffix=".txt", title="the one-screen summary as plain text", render=_render)
