"""The incident report that responders file: fixed sections, filled from the assessment and the facts; nothing is invented."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from leakscope.notification.questions import asked
from leakscope.reports.form import Report
from leakscope.reports.markdown_severity import combinations, escape, table, topics, worksheet
from leakscope.reports.secret_wording import secrets_in_all, secrets_sentence, whose_sentences
from leakscope.reports.sentences import (
    PART_NOTE,
    bands_sentence,
    change_sentence,
    cost_sentence,
    coverage_sentence,
    duty_name,
    is_read_in_part,
    no_duty_sentence,
    override_text,
    review_lines,
    sample_sentence,
    source_checked,
    unseen_sentence,
)
from leakscope.reports.wording import (
    NOT_STATED,
    band_name,
    countdown,
    due,
    instant,
    interval,
    number,
    open_duties,
    percent,
    short_interval,
    status_name,
)

Assessment = Mapping[str, Any]
MAX_ROWS = 25
#: Tactics in the order an attack runs; others that were stated follow.
TACTICS = (
    "reconnaissance", "initial_access", "execution", "persistence", "privilege_escalation", "defense_evasion", "credential_access",
    "discovery", "lateral_movement", "collection", "command_and_control", "exfiltration", "impact",
)  # fmt: skip


def _fact(assessment: Assessment, table: str, name: str) -> Any:
    value = ((assessment.get("facts") or {}).get(table) or {}).get(name)
    return None if value in (None, "", "unknown", [], (), {}) else value


def _stated(value: Any) -> str:
    """A stated fact, escaped; else that nobody stated it."""
    if value in (None, "", "unknown", [], (), {}):
        return NOT_STATED
    if isinstance(value, list | tuple):
        return ", ".join(escape(str(item)) for item in value)
    return escape(str(value))


def _when(value: Any) -> str:
    return escape(instant(value)) if value else NOT_STATED


def _word(value: Any) -> str:
    return _stated(value.replace("_", " ") if isinstance(value, str) else value)


def _fields(rows: Iterable[tuple[str, str]]) -> list[str]:
    return [*(f"- **{label}:** {value}" for label, value in rows), ""]


def _bullets(values: Any) -> list[str]:
    rows = [values] if isinstance(values, str) else list(values or ())
    return [*(f"- {escape(str(row))}" for row in rows), ""] if rows else [NOT_STATED + ".", ""]


def _executive(assessment: Assessment, now: datetime) -> list[str]:
    incident, people = assessment["severity"]["incident"], assessment["individuals"]
    applies = [duty for duty in assessment["duties"] if duty["status"] == "applies"]
    dated = [duty for duty in open_duties(assessment) if duty["status"] == "applies" and duty["deadline"].get("instant")]
    top = ", ".join(escape(row["name"]) for row in assessment["impact_summary"][:4]) or "none"
    score = f" (score {incident['score']:g}, {escape(incident['scheme'])})" if incident.get("score") is not None else ""
    exposure = people.get("exposure")
    lines = [
        f"**What happened:** {_stated(_fact(assessment, 'narrative', 'summary'))}",
        "",
        f"- Severity: **{escape(band_name(incident['band']))}**{score}.",
        f"- Individuals in the evidence: {escape(interval(people['estimated']))}.",
        f"- Individuals in the whole exposure: {escape(interval(exposure)) if exposure else 'cannot be stated; size and sample design are needed'}.",
        f"- Data that weighs most: {top}.",
        f"- Distinct secrets to revoke: {number(len(assessment['secrets']))}.",
        f"- Duties to notify that apply: {len(applies)}" + (f"; first deadline {escape(due(dated[0]['deadline']))} ({escape(countdown(dated[0]['deadline'], now=now))})." if dated else "."),
        f"- Coverage: {escape(coverage_sentence(assessment))}",
        "",
    ]
    return lines


def _geography(assessment: Assessment) -> str:
    places = [row for row in assessment["individuals"].get("by_residence") or () if row.get("residence")]
    named = ", ".join(f"{escape(row['name'])} {escape(short_interval(row['people']))}" for row in places[:10])
    seats = _stated(_fact(assessment, "incident", "establishments"))
    return f"organisation established in: {seats}; people by residence (from the evidence): {named or 'unknown'}"


def _systems(assessment: Assessment) -> str:
    seen = assessment["timeline"].get("systems") or {}
    if not seen.get("services_total") and not seen.get("hosts_total"):
        return "none named in the evidence"
    named = ", ".join(f"{escape(row['service'])} ({number(row['records'])} records)" for row in seen["services"])
    rest = seen["services_total"] - len(seen["services"])
    more = f" and {rest} more" if rest > 0 and named else ""
    return f"{named}{more}; {number(seen['hosts_total'])} hosts (from the evidence)" if named else f"{number(seen['services_total'])} services, {number(seen['hosts_total'])} hosts (from the evidence)"


def _details(assessment: Assessment, now: datetime) -> list[str]:
    start, end = _fact(assessment, "clocks", "occurrence_start"), _fact(assessment, "clocks", "occurrence_end")
    window = f"{f'from {_when(start)}' if start else 'beginning not stated'}, {f'until {_when(end)}' if end else 'end not stated'}" if start or end else NOT_STATED
    return _fields(
        (
            ("Reference", _stated(_fact(assessment, "incident", "reference"))),
            ("Discovery date", _when(_fact(assessment, "clocks", "discovery"))),
            ("Incident date", window),
            ("Affected organisation", _stated(_fact(assessment, "incident", "organisation"))),
            ("Role", _word(_fact(assessment, "incident", "role"))),
            ("Sector", _stated(_fact(assessment, "incident", "sectors"))),
            ("Geography", _geography(assessment)),
            ("Kind of incident", _word(_fact(assessment, "exposure", "kind"))),
            ("Systems", _stated(_fact(assessment, "exposure", "systems"))),
            ("Services and hosts", _systems(assessment)),
            ("How it was discovered", _stated(_fact(assessment, "narrative", "how_discovered"))),
            ("Data window", f"{_when(assessment['timeline']['data_window'].get('first'))} to {_when(assessment['timeline']['data_window'].get('last'))} (from the evidence: first and last timestamps)"),
        )
    )


def _attack(assessment: Assessment, tactic: str) -> Any:
    return (_fact(assessment, "narrative", "attack") or {}).get(tactic)


def _timeline(assessment: Assessment, now: datetime) -> list[str]:
    facts = (assessment.get("facts") or {}).get("clocks") or {}
    moments = (
        ("occurrence_start", "Incident began"), ("occurrence_end", "Incident ended"), ("discovery", "Discovered"), ("awareness", "Aware that personal data was concerned"),
        ("determination", "Determined to be notifiable"), ("containment", "Contained"), ("notice_to_regulator", "Regulator told"), ("notice_to_individuals", "Individuals told"),
        ("notice_to_hhs", "HHS told"), ("notice_to_anpd", "ANPD told"), ("nis2_notification", "NIS2 incident notification filed"),
        ("dora_initial", "DORA initial notification filed"), ("dora_intermediate", "DORA intermediate report filed"),
    )  # fmt: skip
    window, exposed = assessment["timeline"]["data_window"], assessment["timeline"].get("exposure_window") or {}
    rows = [(facts[name], label, "stated in the facts") for name, label in moments if facts.get(name)]
    rows += [(window[end], label, "from the evidence") for end, label in (("first", "First record"), ("last", "Last record")) if window.get(end)]
    told = {moment for moment, _, basis in rows if basis == "stated in the facts"}
    rows += [(exposed[end], label, str(exposed.get("basis") or "")) for end, label in (("from", "Exposed from"), ("to", "Exposed until")) if exposed.get(end) and exposed[end] not in told]
    parts = (
        ("Initial Access", _stated(_attack(assessment, "initial_access"))),
        ("Lateral Movement", _stated(_attack(assessment, "lateral_movement"))),
        ("Data Exfiltration or Impact", _exfiltration(assessment)),
        ("Detection and Response", _stated(_fact(assessment, "narrative", "how_discovered"))),
    )
    moments_told = table(("When (UTC)", "What", "Basis"), ((_when(moment), label, escape(basis)) for moment, label, basis in sorted(rows)))
    return [*moments_told, *(line for label, value in parts for line in (f"### {label}", "", value, ""))]


def _exfiltration(assessment: Assessment) -> str:
    stated = _attack(assessment, "exfiltration") or _attack(assessment, "impact")
    if stated:
        return _stated(stated)
    known = _fact(assessment, "exposure", "exfiltration")
    return f"Exfiltration stated in the facts: {_word(known)}." if known else NOT_STATED


def _methodology(assessment: Assessment, now: datetime) -> list[str]:
    attack = _fact(assessment, "narrative", "attack") or {}
    order = [*TACTICS, *sorted(set(attack) - set(TACTICS))]
    rows = [(escape(tactic.replace("_", " ").capitalize()), _stated(attack.get(tactic))) for tactic in order if tactic in TACTICS[:2] or attack.get(tactic)]
    cause = _stated(_fact(assessment, "narrative", "root_cause"))
    if not attack:
        rows = [(tactic.replace("_", " ").capitalize(), NOT_STATED) for tactic in ("initial_access", "lateral_movement", "exfiltration", "impact")]
    return [*table(("Tactic", "What was done"), rows), *_fields([("Root cause", cause)])]


def _impact_rows(assessment: Assessment) -> list[list[str]]:
    return [
        [
            escape(row["name"]), number(row["records"]) if row["records"] is not None else "-", number(row["values"]) if row["values"] is not None else "-",
            escape(short_interval(row["people"])), f"{row['severity_weight']:g}", escape(percent(row["share_of_impact"])),
        ]
        for row in assessment["impact_summary"][:MAX_ROWS]
    ]  # fmt: skip


def _cost(assessment: Assessment) -> str:
    cost = cost_sentence(assessment)
    return f"{NOT_STATED}. {escape(cost[0].upper() + cost[1:])}" if cost else f"{NOT_STATED}."


def _impact(assessment: Assessment, now: datetime) -> list[str]:
    people, incident = assessment["individuals"], assessment["severity"]["incident"]
    bands = escape(bands_sentence(assessment))
    fields = _fields(
        (
            ("People observed", f"{number(people['observed'].get('value'))} ({number(people['identified'])} identified, {number(people['identifiable_only'])} identifiable)"),
            ("People estimated in the evidence", f"{escape(interval(people['estimated']))}; {escape(people['estimated']['method'])}"),
            ("People in the whole exposure", f"{escape(interval(people['exposure']))}; {escape(people['exposure']['method'])}" if people.get("exposure") else "cannot be stated"),
            ("Sample", escape(sample_sentence(assessment))),
            ("People by severity", bands or "not assessed"),
            ("Incident severity", f"{escape(band_name(incident['band']))}; {escape(incident.get('working') or '')}"),
            ("Secrets", escape(secrets_sentence(assessment))),
            ("Secrets in the whole exposure", escape(secrets_in_all(assessment) or "cannot be stated")),
            ("Not seen", escape(unseen_sentence(assessment) or "no upper bound can be stated, because the design of the sample is not known")),
            *((name, escape(text)) for name, text in review_lines(assessment["quality"].get("review"))),
        )
    )
    classes = table(("Data class", "Records", "Values", "People (95%)", "Weight", "Share of impact"), _impact_rows(assessment))
    return [
        "### Financial", "", _cost(assessment), "",
        "### Data Breach", "", *fields, *classes, *([PART_NOTE, ""] if is_read_in_part(assessment) else []), *topics(assessment), *combinations(assessment),
        "**Severity, factor by factor**", "", *worksheet(assessment),
        "### Operational", "", _stated(_fact(assessment, "narrative", "impact")), "",
        "### Reputational", "", _stated(_fact(assessment, "narrative", "consequences")), "",
    ]  # fmt: skip


def _indicators(assessment: Assessment, now: datetime) -> list[str]:
    hashes = [[escape(row["source"]), escape(row["sha256"]), f"{number(row['records_examined'])}"] for row in assessment["evidence"]]
    stated = _bullets(_fact(assessment, "narrative", "indicators"))
    return [*stated, "Evidence examined (SHA-256), for matching copies that turn up:", "", *table(("Source", "SHA-256", "Records"), hashes)]


def _duty_row(duty: Mapping[str, Any], now: datetime) -> list[str]:
    deadline = duty.get("deadline") or {}
    fixed = deadline.get("instant")
    when = [escape(due(deadline)), escape(countdown(deadline, now=now))] if fixed else [escape(deadline.get("text") or NOT_STATED), "-"]
    return [escape(status_name(duty)), escape(duty_name(duty)), escape(duty.get("citation") or duty["instrument"]), escape(source_checked(duty)), *when]


def _response(assessment: Assessment, now: datetime) -> list[str]:
    duties = [_duty_row(duty, now) for duty in open_duties(assessment)]
    whose = whose_sentences(assessment)
    secrets = [[str(row["rank"]), escape(row["kind"]), escape(row["preview"]), escape(row["severity"]), escape(row["revoke"] or NOT_STATED)] for row in assessment["secrets"][:MAX_ROWS]]
    return [
        "### Taken", "", *_bullets(_fact(assessment, "narrative", "response")),
        "### Notifications", "", "Not legal advice.", "", *(table(("Status", "Whom to tell", "Law", "Our source", "Deadline", "Left"), duties) or [no_duty_sentence(assessment), ""]),
        "### Secrets to revoke", "", *(_bullets([f"{sentence}." for sentence in whose]) if whose else []), *(table(("#", "Secret", "Preview", "Severity", "How"), secrets) or ["None found in what was examined.", ""]),
    ]  # fmt: skip


def _lessons(assessment: Assessment, now: datetime) -> list[str]:
    return _bullets(_fact(assessment, "narrative", "lessons"))


def _recommendations(assessment: Assessment, now: datetime) -> list[str]:
    derived = []
    if assessment["secrets"]:
        derived.append(f"Revoke the {number(len(assessment['secrets']))} distinct secrets, the most dangerous first (from the evidence).")
    derived += [f"Answer: {row.get('question') or asked(row['fact'])} ({row['fact']}; {row['why']})" for row in assessment.get("missing_facts") or ()]
    prevention = _fact(assessment, "narrative", "prevention")
    return [
        "### Stated", "", *_bullets(prevention),
        "### From the assessment", "", *(_bullets(derived) if derived else ["Nothing open.", ""]),
        "### What would change the duties", "", *_bullets([change_sentence(row) for row in assessment.get("what_would_change") or ()] or ["Nothing that was left open would change a duty."]),
        *(["### Decided by people", "", *_bullets([override_text(row) for row in assessment["overrides"]])] if assessment.get("overrides") else []),
    ]  # fmt: skip


SECTIONS = (
    ("Executive Summary", _executive), ("Incident Details", _details), ("Timeline", _timeline), ("Attack Methodology", _methodology),
    ("Impact Assessment", _impact), ("Indicators of Compromise", _indicators), ("Response Actions", _response),
    ("Lessons Learned", _lessons), ("Recommendations", _recommendations),
)  # fmt: skip


def render(assessment: Assessment, *, now: datetime) -> str:
    """
    The incident report as Markdown.

    Args:
        assessment: as in assessment.json; what nobody stated reads "Not stated".
        now: the instant that countdowns start from.

    Returns:
        text with every value escaped; the nine sections always stand, in order.
    """
    case = assessment["case"]
    title = _fact(assessment, "incident", "title") or case["title"] or case["id"]
    head = [f"# Incident report: {escape(title)}", "", f"Case {escape(case['id'])}, law as of {escape(case['on'])}, printed {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC.", ""]
    privileged = ["**Privileged and confidential. Prepared at the direction of counsel.**", ""] if _fact(assessment, "incident", "privileged") else []
    body = [line for heading, section in SECTIONS for line in (f"## {heading}", "", *section(assessment, now))]
    disclaimer = escape((assessment.get("method") or {}).get("disclaimer") or "This is not legal advice.")
    return "\n".join([*head, *privileged, *body, "---", "", disclaimer, ""])


REPORT = Report(name="markdown", suffix=".md", title="incident report with the sections responders use", render=render)
