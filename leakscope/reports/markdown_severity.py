"""How severity reads in Markdown: the worksheet, topics, the worst combinations; and how Markdown is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from leakscope.reports.sentences import together_words
from leakscope.reports.wording import band_name, number, short_interval, topic_title
from leakscope.safety.escape import markdown

Assessment = Mapping[str, Any]
#: Escapes that only matter at the start of a line or inside an address, and make plain words hard to read elsewhere.
_NEEDLESS = re.compile(r"(?<=\w)\\(-)(?=\w)|\\([()])|(?<=\d)\\([.:/])(?=\d)|(?<=[^\W\d])\\(\.)(?=\s|$)|(?<=[\w)%])\\(:)(?=\s)|(?<=\s)\\([+&])(?=\s)|(?<=\w)\\(%)|(?<=[\w)])\\(\.)(?=\s|$)|(?<=\\\*)\\(-)(?=\w)|(?<=\w)\\(/)(?=\w)|(?<=\b[A-Z])\\(\.)(?=[A-Z\d])|(?<=[a-z])\\(\.)(?=\d)")


def escape(text: object) -> str:
    """`text` for one line of Markdown: inert, and readable as it stands."""
    return _NEEDLESS.sub(lambda found: next(part for part in found.groups() if part), markdown(str(text)))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table as lines, its cells escaped already; nothing where there are no rows."""
    body = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}", *body, ""] if body else []


def topics(assessment: Assessment) -> list[str]:
    """What people likely wrote about, with its protection, severity and people."""
    groups = {row["topic"]: row for row in assessment["severity"].get("topics") or ()}
    rows = [
        [escape(topic_title(row)), escape((groups.get(row["topic"]) or {}).get("group") or row.get("gdpr") or "-"), escape(band_name((groups.get(row["topic"]) or {}).get("severity") or "none")), escape(short_interval(row["people"]))]
        for row in (assessment.get("chat") or {}).get("topics") or ()
    ]
    return ["What people likely wrote about:", "", *table(("Topic", "Protection", "Severity", "People (95%)"), rows)] if rows else []


def combinations(assessment: Assessment) -> list[str]:
    """The worst that was exposed together of one person."""
    rows = [
        [escape(together_words(row)), number(row["people"]), f"{row['score']:g}" if row.get("score") is not None else "-", escape(band_name(row["band"]))]
        for row in assessment["severity"].get("worst_combinations") or ()
    ]
    return ["The worst that was exposed together of one person, people as observed:", "", *table(("Together exposed", "People", "Score", "Severity"), rows)] if rows else []


def worksheet(assessment: Assessment) -> list[str]:
    """The score factor by factor with its evidence, and what would move it."""
    incident = assessment["severity"]["incident"]
    rows = [row for factor in incident["factors"] for row in (_factor_row(factor, head=True), *(_factor_row(part, head=False) for part in factor.get("parts") or ()))]
    if not rows:
        return [escape(incident.get("meaning") or "Not assessed."), ""]
    moved = [[escape(row["change"]), f"{row['score']:g}", escape(band_name(row["band"]))] for row in incident.get("sensitivity") or ()]
    others = ", ".join(f"{escape(row['scheme'])} {escape(band_name(row['band']))}" for row in assessment["severity"].get("other_schemes") or ())
    return [
        f"{escape(incident['scheme'])}, {escape(incident.get('formula') or '')}: {escape(incident['working'])}. {escape(incident.get('note') or '')}", "",
        *table(("Factor", "Value", "Why", "Evidence"), rows),
        *table(("If", "Score", "Severity"), moved),
        *([f"By other schemes: {others}.", ""] if others else []),
    ]  # fmt: skip


def _factor_row(factor: Mapping[str, Any], *, head: bool) -> list[str]:
    name = factor.get("name") or factor.get("factor")
    steps = "".join(f"; {step['step']:+d}: {step['why']}" for step in factor.get("adjustments") or ())
    overridden = factor.get("overridden")
    by = f"; set from {overridden['before']:g} by {overridden['who']}: {overridden['why']}" if overridden else ""
    evidence = factor.get("evidence") or {}
    text = evidence.get("text") if isinstance(evidence, Mapping) else evidence
    return [f"**{escape(name)}**" if head else escape(name), f"{factor['value']:g}", escape(f"{factor['why']}{steps}{by}"), escape(text or factor.get("source") or "-")]
