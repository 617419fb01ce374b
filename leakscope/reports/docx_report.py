"""The summary as a Word document that counsel can edit."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from leakscope.errors import UsageError
from leakscope.notification.questions import asked
from leakscope.reports.form import Report
from leakscope.reports.secret_wording import secrets_in_all, secrets_sentence, whose_sentences
from leakscope.reports.sentences import (
    PART_NOTE,
    bands_sentence,
    change_sentence,
    cost_sentence,
    coverage_sentence,
    duties_sentence,
    duty_name,
    is_read_in_part,
    no_duty_sentence,
    observed_sentence,
    override_text,
    review_lines,
    sample_sentence,
    source_checked,
    together_words,
    unseen_sentence,
    window_sentence,
)
from leakscope.reports.wording import (
    NOT_STATED,
    band_name,
    countdown,
    due,
    interval,
    number,
    open_duties,
    percent,
    short_interval,
    status_name,
    topic_title,
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
        ("Duties", duties_sentence(assessment)),
        ("Secrets to revoke", secrets_sentence(assessment)),
        ("Coverage", coverage_sentence(assessment)),
    )
    _table(document, ("", ""), rows)


def _exposed(document: Any, assessment: Assessment, now: datetime) -> None:
    _paragraph(document, f"Data from: {window_sentence(assessment)}.")
    rows = (
        (row["name"], _or_dash(row["records"]), _or_dash(row["values"]), short_interval(row["people"]), f"{row['severity_weight']:g}", percent(row["share_of_impact"]))
        for row in assessment["impact_summary"]
    )
    _table(document, ("Data class", "Records", "Values", "People (95%)", "Weight", "Share of impact"), rows)
    if is_read_in_part(assessment):
        _paragraph(document, PART_NOTE)
    groups = {row["topic"]: row for row in assessment["severity"].get("topics") or ()}
    topics = (
        (topic_title(row), (groups.get(row["topic"]) or {}).get("group") or row.get("gdpr") or "-", short_interval(row["people"])) for row in (assessment.get("chat") or {}).get("topics") or ()
    )
    _table(document, ("What people likely wrote about", "Protection", "People (95%)"), topics)


def _or_dash(count: int | None) -> str:
    return "-" if count is None else number(count)


def _individuals(document: Any, assessment: Assessment, now: datetime) -> None:
    people = assessment["individuals"]
    _paragraph(document, f"Observed: {observed_sentence(people)}. Estimated for the evidence: {interval(people['estimated'])}.")
    _table(document, ("Residence", "People (95%)"), ((row["name"], short_interval(row["people"])) for row in people.get("by_residence") or ()))
    _table(document, ("Severity", "People observed"), ((band_name(row["band"]), number(row["people"])) for row in people.get("by_band") or ()))
    if bands := bands_sentence(assessment):
        _paragraph(document, f"People by severity, {bands}.")


def _whole(document: Any, assessment: Assessment, now: datetime) -> None:
    people = assessment["individuals"]
    _paragraph(document, f"Sample: {sample_sentence(assessment)}.")
    exposure = people.get("exposure")
    _paragraph(document, f"People in all: {interval(exposure)}" + (f"; {exposure['method']}." if exposure else "."))
    for label, text in (("Secrets in all", secrets_in_all(assessment)), ("Not seen", unseen_sentence(assessment))):
        if text:
            _paragraph(document, f"{label}: {text}.")
    for label, text in review_lines(assessment["quality"].get("review")):
        _paragraph(document, f"{label}: {text}.")


def _severity(document: Any, assessment: Assessment, now: datetime) -> None:
    incident = assessment["severity"]["incident"]
    _paragraph(document, f"{incident['scheme']}: {incident.get('working') or NOT_STATED}. {incident.get('meaning') or ''}")
    rows = [_factor(one, indent) for factor in incident["factors"] for one, indent in ((factor, ""), *((part, "  ") for part in factor.get("parts") or ()))]
    _table(document, ("Factor", "Value", "Why", "Evidence"), rows)
    _table(document, ("If", "Score", "Severity"), ((row["change"], f"{row['score']:g}", band_name(row["band"])) for row in incident.get("sensitivity") or ()))
    together = assessment["severity"].get("worst_combinations") or ()
    listed = ((together_words(row), number(row["people"]), band_name(row["band"])) for row in together)
    _table(document, ("The worst exposed together of one person", "People observed", "Severity"), listed)
    if cost := cost_sentence(assessment):
        _paragraph(document, f"Cost: {cost}")
    _table(document, ("Other scheme", "Level", "Meaning"), ((row["scheme"], band_name(row["band"]), row.get("meaning") or "") for row in assessment["severity"].get("other_schemes") or ()))
    weights = ((row["name"], f"{row['severity_weight']:g}", row["weight_source"]) for row in assessment["impact_summary"])
    _table(document, ("Data class", "Weight", "Source of the weight"), weights)


def _factor(factor: Mapping[str, Any], indent: str) -> tuple[str, ...]:
    steps = "".join(f"; {step['step']:+d}: {step['why']}" for step in factor.get("adjustments") or ())
    overridden = factor.get("overridden")
    by = f"; set from {overridden['before']:g} by {overridden['who']}: {overridden['why']}" if overridden else ""
    evidence = factor.get("evidence") or {}
    text = evidence.get("text") if isinstance(evidence, Mapping) else evidence
    return (indent + str(factor.get("name") or factor.get("factor")), f"{factor['value']:g}", f"{factor['why']}{steps}{by}", text or factor.get("source") or "-")


def _duties(document: Any, assessment: Assessment, now: datetime) -> None:
    rows = [
        (status_name(duty), duty_name(duty), duty.get("citation") or duty["instrument"], source_checked(duty), *_limit(duty.get("deadline") or {}, now))
        for duty in open_duties(assessment)
    ]
    _paragraph(document, "Not legal advice. Each line shows its rule and how far our source of it was checked.")
    _table(document, ("Status", "Whom to tell", "Law", "Our source", "Deadline", "Left"), rows)
    if not rows:
        _paragraph(document, no_duty_sentence(assessment))


def _limit(deadline: Mapping[str, Any], now: datetime) -> tuple[str, str]:
    fixed = deadline.get("instant")
    return (due(deadline), countdown(deadline, now=now)) if fixed else (str(deadline.get("text") or NOT_STATED), "-")


def _secrets(document: Any, assessment: Assessment, now: datetime) -> None:
    rows = [(str(row["rank"]), row["kind"], row["preview"], row["severity"], row["revoke"] or "") for row in assessment["secrets"][:SECRETS_SHOWN]]
    for sentence in whose_sentences(assessment):
        _paragraph(document, f"{sentence}.")
    _table(document, ("#", "Secret", "Preview", "Severity", "How to revoke"), rows)
    if len(assessment["secrets"]) > SECRETS_SHOWN:
        _paragraph(document, f"And {len(assessment['secrets']) - SECRETS_SHOWN:,} more: leakscope secrets lists all.")
    if not rows:
        _paragraph(document, "No secrets were found in what was examined.")


def _changes(document: Any, assessment: Assessment, now: datetime) -> None:
    for row in assessment.get("what_would_change") or ():
        document.add_paragraph(plain(change_sentence(row)), style="List Bullet")
    rows = ((row.get("question") or asked(row["fact"]), row["why"], row["fact"]) for row in assessment.get("missing_facts") or ())
    _table(document, ("Question still open", "Why it matters", "Its name in the facts file"), rows)
    if assessment.get("overrides"):
        _paragraph(document, "Decided by people", bold=True)
        for row in assessment["overrides"]:
            document.add_paragraph(plain(override_text(row)), style="List Bullet")


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
