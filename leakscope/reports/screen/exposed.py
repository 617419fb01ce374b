"""What was exposed, and how bad it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from leakscope.reports.screen.layout import Assessment, columns, level, line, more, pairs, text
from leakscope.reports.sentences import PART_SHORT, cost_sentence, coverage_sentence, is_read_in_part, window_sentence
from leakscope.reports.wording import counted, interval, number, percent, short_interval, topic_title

CLASSES_SHOWN = 9



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


def exposed(assessment: Assessment, now: datetime) -> list[RenderableType]:
    """Coverage, kinds of data by their share of the impact, and likely topics of chats."""
    rows = [
        ("Coverage", coverage_sentence(assessment)),
        ("Data from", window_sentence(assessment)),
        ("Found", _kind_counts(assessment)),
    ]
    topics = sorted((assessment.get("chat") or {}).get("topics") or (), key=lambda row: -(row["people"].get("value") or 0))
    if topics:
        rows.append(("Chat topics", "people who likely wrote of: " + ", ".join(f"{topic_title(row).lower()} {short_interval(row['people'])}" for row in topics[:3])))
    table = columns(
        (("data class", {"ratio": 1, "overflow": "fold"}), ("records", {"justify": "right"}), ("values", {"justify": "right"}),
         ("people (95%)", {"justify": "right", "no_wrap": True}), ("weight", {"justify": "right"}), ("impact", {"justify": "right"}))
    )  # fmt: skip
    summary = assessment["impact_summary"]
    for row in summary[:CLASSES_SHOWN]:
        values = (text(number(row[name]) if row[name] is not None else "-") for name in ("records", "values"))
        table.add_row(text(row["name"]), *values, text(short_interval(row["people"])), text(f"{row['severity_weight']:g}"), text(percent(row["share_of_impact"])))
    note = [text(PART_SHORT, "dim")] if is_read_in_part(assessment) else []
    return [pairs(rows), Text(), table, *more(len(summary), CLASSES_SHOWN, "data classes"), *note] if summary else [pairs(rows)]


def severity(assessment: Assessment, now: datetime) -> list[RenderableType]:
    """Level, working and every factor with its name and its reason."""
    incident = assessment["severity"]["incident"]
    band = incident["band"]
    head = line(level(band), f": {incident['meaning']}" if incident.get("meaning") else "")
    rows: list[tuple[str, str | Text]] = [(incident["scheme"], head)] + ([("Working", incident["working"])] if incident["factors"] else [])
    if incident.get("low") is not None and incident["low"] != incident["high"]:
        rows.append(("Range", f"{incident['low']:g} to {incident['high']:g}, depending on facts that nobody stated"))
    rows += [(f"{factor['factor']} {factor['value']:g}", f"{str(factor['name']).lower()}: {factor['why']}") for factor in incident["factors"]]
    flags = "; ".join(flag["text"] if isinstance(flag, Mapping) else str(flag) for flag in incident.get("flags") or ())
    rows += [(label, said) for label, said in (("Flags", flags), ("Cost", cost_sentence(assessment, short=True))) if said]
    return [pairs(rows)]
