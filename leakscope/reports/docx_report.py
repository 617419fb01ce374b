"""The summary as a Word document that counsel can edit."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from leakscope.errors import UsageError
from leakscope.reports.form import Report
from leakscope.reports.wording import (
    DESIGN_NAMES,
    NOT_STATED,
    band_name,
    countdown,
    coverage_sentence,
    instant,
    interval,
    number,
    open_duties,
    percent,
    population_total,
    short_interval,
    status_name,
)
from leakscope.safety.escape import plain

Assessment = Mapping[str, Any]
SECRETS_SHOWN = 50
#: Fixed, so that the same assessment gives the same document.
AUTHOR = "LeakScope"
#: Office Open XML keeps core properties to 255 characters.
TITLE_LENGTH = 255


def _new() -> Any:
    try:
        import docx
    except ImportError:
        raise UsageError("Word documents need python-docx", hint="pip install 'leakscope-impact[docx]'") from None
    return docx.Document()


def _paragraph(document: Any, text: str, *, bold: bool = False) -> None:
    document.add_paragraph().add_run(plain(text)).bold = bold


def _table(document: Any, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    listed = [[plain(str(value)) for value in row] for row in rows]
    if not listed:
        return
    table = document.add_table(rows=1, cols=len(heads))
    table.style = "Light Grid Accent 1"
    for place, head in zip(table.rows[0].cells, heads, strict=True):
        place.text = head
    for row in listed:
        for place, value in zip(table.add_row().cells, row, strict=True):
            place.text = value
    document.add_paragraph()


def _summary(document: Any, assessment: Assessment, now: datetime) -> None:
    incident, people = assessment["severity"]["incident"], assessment["individuals"]
    score = f" ({incident['score']:g}, {incident['scheme']})" if incident.get("score") is not None else ""
    rows = (
        ("Severity", band_name(incident["band"]) + score),
        ("Individuals in the evidence", interval(people["estimated"])),
        ("Individuals in the whole exposure", interval(people.get("exposure"))),
        ("Duties that apply", str(sum(1 for duty in assessment["duties"] if duty["status"] == "applies"))),
        ("Secrets to revoke", number(len(assessment["secrets"]))),
        ("Coverage", coverage_sentence(assessment)),
    )
    _table(document, ("", ""), rows)


def _exposed(document: Any, assessment: Assessment, now: datetime) -> None:
    rows = (
        (row["name"], number(row["records"]), short_interval(row["people"]), f"{row['severity_weight']:g}", percent(row["share_of_impact"])) for row in assessment["impact_summary"]
    )
    _table(document, ("Data class", "Records", "People (95%)", "Weight", "Share of impact"), rows)


def _individuals(document: Any, assessment: Assessment, now: datetime) -> None:
    people = assessment["individuals"]
    _paragraph(document, f"{number(people['observed'].get('value'))} observed; {number(people['identified'])} identified, {number(people['identifiable_only'])} identifiable only.")
    _table(document, ("Residence", "People (95%)"), ((row["name"], short_interval(row["people"])) for row in people.get("by_residence") or ()))
    _table(document, ("Severity", "People"), ((band_name(row["band"]), number(row["people"])) for row in people.get("by_band") or ()))


def _whole(document: Any, assessment: Assessment, now: datetime) -> None:
    sample, people, total = assessment["sample"], assessment["individuals"], population_total(assessment)
    design = DESIGN_NAMES.get(sample["design"], sample["design"])
    _paragraph(document, f"Sample: {number(sample['records'])} records, {design}; exposure of {number(total) + ' records' if total else 'unknown size'}.")
    exposure = people.get("exposure")
    _paragraph(document, f"People in all: {interval(exposure)}" + (f"; {exposure['method']}." if exposure else "."))


def _severity(document: Any, assessment: Assessment, now: datetime) -> None:
    incident = assessment["severity"]["incident"]
    _paragraph(document, f"{incident['scheme']}: {incident.get('working') or NOT_STATED}. {incident.get('meaning') or ''}")
    _table(document, ("Factor", "Value", "Why"), ((factor["factor"], f"{factor['value']:g}", factor["why"]) for factor in incident["factors"]))
    _table(document, ("If", "Score", "Severity"), ((row["change"], f"{row['score']:g}", band_name(row["band"])) for row in incident.get("sensitivity") or ()))


def _duties(document: Any, assessment: Assessment, now: datetime) -> None:
    rows = [
        (status_name(duty), f"{duty['jurisdiction_name']}: {duty['recipient']}", duty["instrument"], instant((duty.get("deadline") or {}).get("instant")), countdown(duty.get("deadline") or {}, now=now))
        for duty in open_duties(assessment)
    ]
    _table(document, ("Status", "Whom to tell", "Instrument", "Deadline", "Left"), rows)
    if not rows:
        _paragraph(document, "No duty applies or may apply on the facts stated.")


def _secrets(document: Any, assessment: Assessment, now: datetime) -> None:
    rows = [(str(row["rank"]), row["kind"], row["preview"], row["severity"], row["revoke"] or "") for row in assessment["secrets"][:SECRETS_SHOWN]]
    _table(document, ("#", "Secret", "Preview", "Severity", "How to revoke"), rows)
    if not rows:
        _paragraph(document, "No secrets were found in what was examined.")


def _changes(document: Any, assessment: Assessment, now: datetime) -> None:
    for row in assessment.get("what_would_change") or ():
        document.add_paragraph(plain(f"{row['change']}: {row['effect']}"), style="List Bullet")
    _table(document, ("Fact still missing", "Why it matters"), ((row["fact"], row["why"]) for row in assessment.get("missing_facts") or ()))


SECTIONS = (
    ("What was exposed", _exposed), ("Individuals", _individuals), ("How many in all", _whole), ("How bad", _severity),
    ("Who must be told, by when", _duties), ("What to revoke now", _secrets), ("What would change the answer", _changes),
)  # fmt: skip


def render(assessment: Assessment, *, now: datetime) -> bytes:
    """
    The summary as a Word document.

    Args:
        assessment: as in assessment.json.
        now: the instant that countdowns start from, and the document's date.

    Raises:
        UsageError: python-docx is not installed.
    """
    document, case = _new(), assessment["case"]
    properties = document.core_properties
    properties.author, properties.title = AUTHOR, plain(str(case["title"] or case["id"]))[:TITLE_LENGTH]
    properties.created = properties.modified = now.astimezone(UTC).replace(tzinfo=None)
    document.add_heading(plain(str(case["title"] or case["id"])), level=0)
    _paragraph(document, f"Case {case['id']}, law as of {case['on']}, printed {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC.")
    if ((assessment.get("facts") or {}).get("incident") or {}).get("privileged"):
        _paragraph(document, "Privileged and confidential. Prepared at the direction of counsel.", bold=True)
    _summary(document, assessment, now)
    for heading, section in SECTIONS:
        document.add_heading(heading, level=1)
        section(document, assessment, now)
    _paragraph(document, (assessment.get("method") or {}).get("disclaimer") or "This is not legal advice.")
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


REPORT = Report(name="docx", suffix=".docx", title="summary as a Word document", render=render)
