"""The page that a board and a regulator read: one file, no network, no scripts, every value escaped."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import ChainableUndefined, DictLoader, Environment
from markupsafe import Markup

from leakscope.notification.questions import asked
from leakscope.reports import plots, secret_wording, sentences, wording
from leakscope.reports.form import Report
from leakscope.safety.escape import plain

Assessment = Mapping[str, Any]
TONES = {"very_high": "very-high", "critical": "very-high", "high": "high", "medium": "medium", "low": "low"}
SECRETS_SHOWN, SECRETS_LISTED, PLACES_SHOWN, TOPICS_SHOWN, CLASSES_SHOWN, CHANGES_SHOWN = 10, 500, 15, 20, 16, 8
#: Columns of the plot over time; longer spans are counted by several days.
COLUMNS_SHOWN = 92
#: Headings of the groups of duties.
GROUPS = (("applies", "These apply"), ("may_apply", "These may apply"), ("unknown", "Of these nothing can be said yet"))
CONTENTS = (
    ("exposed", "What was exposed"), ("individuals", "Individuals"), ("whole", "How many in all"), ("severity", "How bad"),
    ("duties", "Who must be told, by when"), ("revoke", "What to revoke now"), ("changes", "What would change the answer"), ("method", "Evidence and method"),
)  # fmt: skip


def tone(band: str | None) -> str:
    """CSS class of a level of severity."""
    return TONES.get(band or "", "unknown")


def _weight_tone(weight: float) -> str:
    return next(name for bound, name in ((4, "very-high"), (3, "high"), (1, "medium"), (0, "low")) if weight >= bound)


def _finalize(value: Any) -> Any:
    """Nothing reaches the page with control or direction characters in it; autoescape does the rest."""
    return value if isinstance(value, Markup) else plain(value) if isinstance(value, str) else value


@cache
def _environment() -> Environment:
    folder = files(__package__) / "templates"
    templates = {file.name: file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".j2")}
    environment = Environment(loader=DictLoader(templates), autoescape=True, undefined=ChainableUndefined, finalize=_finalize, trim_blocks=True, lstrip_blocks=True)
    words = {
        "number": wording.number, "percent": wording.percent, "interval": wording.interval, "short": _people,
        "instant": wording.instant, "due": wording.due, "band": wording.band_name, "status": wording.status_name, "size": wording.size, "tone": tone,
        "language": wording.language_name, "counted": wording.counted, "source_checked": sentences.source_checked, "sources_read": sentences.sources_read, "override_text": sentences.override_text, "asked": asked,
        "topic_title": wording.topic_title, "interval_tail": _interval_tail, "evidence": _evidence, "css": Markup((folder / "page.css").read_text("utf-8")), "contents": CONTENTS,
    }  # fmt: skip
    environment.globals.update(words)
    environment.filters["capfirst"] = lambda text: str(text or "")[:1].upper() + str(text or "")[1:]
    return environment


def _people(estimate: Mapping[str, Any] | None) -> Markup:
    """An estimate whose interval may stand on a line of its own."""
    value, bracket, rest = wording.short_interval(estimate).partition(" (")
    interval = Markup('<span class="iv"> ({})</span>').format(rest.rstrip(")").replace("-", "–")) if bracket else Markup()
    return Markup("{}{}").format("–" if value == "-" else value, interval)


def _interval_tail(estimate: Mapping[str, Any]) -> str:
    low, high = estimate.get("low"), estimate.get("high")
    if low is None or high is None or low == high:
        return "counted exactly" if low == high and low is not None else wording.interval(estimate)
    return f"{float(estimate.get('level') or 0.95) * 100:g}% interval: {wording.number(low)} to {wording.number(high)}"


def _evidence(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("text") or "")
    return str(value or "")


def _lead(assessment: Assessment, first: Mapping[str, Any] | None, applies: Sequence[Any], now: datetime) -> str:
    people, incident = assessment["individuals"], assessment["severity"]["incident"]
    heavy = [row["name"] for row in assessment["impact_summary"][:3]]
    named = f", above all {heavy[0].lower()}" + (f" and {heavy[1].lower()}" if len(heavy) > 1 else "") if heavy else ""
    total = assessment["coverage"]["records_examined"]
    parts = [f"{wording.number(total)} exposed records were examined. They hold data of {wording.interval(people['estimated'], unit='people')}{named}."]
    if people.get("exposure"):
        parts.append(f"The whole exposure is estimated to concern {wording.interval(people['exposure'], unit='people')}.")
    parts.append(f"Severity is {wording.band_name(incident['band'])}.")
    verb = "duty to notify applies" if len(applies) == 1 else "duties to notify apply"
    parts.append(f"{len(applies)} {verb} on the facts stated (not legal advice)" + (f"; the first deadline is {wording.due(first['deadline'])}." if first else "."))
    return " ".join(parts)


def _segments(incident: Mapping[str, Any]) -> list[plots.Segment]:
    """The bands of the leading scheme as stretches of a scale; none when the assessment holds no scale."""
    scale = incident.get("scale") or {}
    bands = scale.get("bands") or ()
    tones = ["low", "medium", "high", "very-high"]
    bounds = [*(band["at_least"] for band in bands), scale.get("high")]
    picked = [tones[round(place * 3 / max(len(bands) - 1, 1))] for place in range(len(bands))]
    return [plots.Segment(low=low, high=high, tone=name) for low, high, name in zip(bounds, bounds[1:], picked, strict=False)]


def _band_names(incident: Mapping[str, Any]) -> list[str]:
    return [wording.band_name(band["band"]) for band in incident["scale"]["bands"]]


def _gauge(incident: Mapping[str, Any], segments: Sequence[plots.Segment]) -> dict[str, Any]:
    score = incident.get("score")
    if not segments or score is None:
        return {"gauge": None, "ruler": None, "sensitivity": [{**row, "plot": Markup()} for row in incident.get("sensitivity") or ()]}
    title = f"Severity score {score:g}, {wording.band_name(incident['band'])}, on a scale from {segments[0].low:g} to {segments[-1].high:g}"
    gauge = plots.scale(segments, score, low=incident.get("low"), high=incident.get("high"), height=26, title=title)
    moved = [{**row, "plot": plots.scale(segments, row["score"], base=score, height=18)} for row in incident.get("sensitivity") or ()]
    return {"gauge": gauge, "ruler": plots.ruler(segments, _band_names(incident)), "sensitivity": moved}


def _impact_rows(assessment: Assessment) -> list[dict[str, Any]]:
    rows = assessment["impact_summary"]
    ends = [(row.get("sensitivity") or {}) for row in rows]
    maximum = max([0.0, *(row["share_of_impact"] for row in rows), *(end.get("people_high") or 0.0 for end in ends)])
    drawn = []
    for row, end in zip(rows, ends, strict=True):
        low, high = end.get("people_low"), end.get("people_high")
        svg = plots.bar(row["share_of_impact"], maximum=maximum, low=low, high=high, tone=_weight_tone(row["severity_weight"]))
        drawn.append({**row, "sensitivity": end, "plot": svg})
    return drawn


def _residence_rows(assessment: Assessment) -> dict[str, Any]:
    rows = sorted(assessment["individuals"].get("by_residence") or (), key=lambda row: (row.get("residence") is None, -(row["people"].get("value") or 0)))
    known, unknown = [row for row in rows if row.get("residence")], [row for row in rows if not row.get("residence")]
    shown, rest = [*known[:PLACES_SHOWN], *unknown], known[PLACES_SHOWN:]
    maximum = max([0.0, *(row["people"].get("high") or row["people"].get("value") or 0 for row in known[:PLACES_SHOWN])])
    drawn = [
        {
            **row,
            "plot": plots.bar(row["people"].get("value") or 0, maximum=maximum, low=row["people"].get("low"), high=row["people"].get("high")) if row.get("residence") else Markup(),
            "basis_text": ", ".join(str(basis).replace("_", " ") for basis in row.get("basis") or ()),
        }
        for row in shown
    ]
    return {"residence": drawn, "residence_more": len(rest), "residence_more_people": sum(row["people"].get("value") or 0 for row in rest)}


def periods(by_day: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """
    Days, or spans of days where there are many, from the first to the last without gaps.

    Args:
        by_day: `day, records, findings, secrets`; days without records may be missing.

    Returns:
        at most `COLUMNS_SHOWN` rows with the same members and `title`; counts are sums over the span.
    """
    if not by_day:
        return []
    days = {date.fromisoformat(row["day"]): row for row in by_day}
    first, last = min(days), max(days)
    span = (last - first).days + 1
    length = math.ceil(span / COLUMNS_SHOWN)
    sums = [dict.fromkeys(("records", "findings", "secrets"), 0) for _ in range(math.ceil(span / length))]
    for day, row in days.items():
        bucket = sums[(day - first).days // length]
        for name in bucket:
            bucket[name] += row[name] or 0
    rows = []
    for number, counts in enumerate(sums):
        start = first + timedelta(days=number * length)
        end = first + timedelta(days=min(span, (number + 1) * length) - 1)
        rows.append({"day": start.isoformat(), "title": start.isoformat() if start == end else f"{start} to {end}", **counts})
    return rows


def _day_rows(assessment: Assessment) -> dict[str, Any]:
    days = periods(assessment["timeline"].get("by_day") or ())
    if not days:
        return {"days": [], "days_plot": None, "busiest": None}
    busiest = max(days, key=lambda row: row["findings"])
    title = f"Findings from {days[0]['title']} to {days[-1]['title']}; most on {busiest['title']}: {busiest['findings']:,}"
    plot = plots.columns([row["findings"] for row in days], marks=[row["secrets"] for row in days], title=title)
    return {"days": days, "days_plot": plot, "busiest": busiest}


def _band_rows(assessment: Assessment) -> dict[str, Any]:
    rows = list(assessment["individuals"].get("by_band") or ())
    total = sum(row["people"] for row in rows)
    spoken = "; ".join(f"{wording.band_name(row['band'])} {row['people']:,}" for row in rows)
    return {"bands": rows if total else [], "bands_plot": plots.shares([(row["people"], tone(row["band"])) for row in rows], title=f"People by severity: {spoken}")}


def _combination_rows(assessment: Assessment) -> list[dict[str, Any]]:
    rows = assessment["severity"].get("worst_combinations") or ()
    return [{**row, "text": sentences.together_words(row)} for row in rows]


def _stage_lines(method: Mapping[str, Any]) -> list[str]:
    return [str(stage.get("what") or stage.get("says") or stage.get("stage") or stage.get("name")) if isinstance(stage, Mapping) else str(stage) for stage in method.get("stages") or ()]


def _version_pairs(versions: Mapping[str, Any]) -> list[tuple[str, str]]:
    flat = [(name, value) for name, value in versions.items() if not isinstance(value, Mapping) and value is not None]
    nested = [(str(key), value) for group in versions.values() if isinstance(group, Mapping) for key, value in group.items() if value]
    return [(name, str(value)[:16] if len(str(value)) > 40 else str(value)) for name, value in [*flat, *nested]]


def view(assessment: Assessment, *, now: datetime) -> dict[str, Any]:
    """
    Everything the template shows, computed; the template itself decides nothing.

    Args:
        assessment: as in assessment.json.
        now: the instant that countdowns start from.
    """
    incident, chat = assessment["severity"]["incident"], assessment.get("chat")
    duties, impact = wording.open_duties(assessment), _impact_rows(assessment)
    applies = [duty for duty in duties if duty["status"] == "applies"]
    first = next((duty for duty in applies if duty["deadline"].get("instant")), None)
    secrets, bounds = assessment["secrets"], assessment["individuals"].get("bounds") or {}
    kinds = secret_wording.secret_kinds(secrets) if len(secrets) > SECRETS_SHOWN else []
    shown = 0 if kinds else SECRETS_SHOWN
    groups = {row["topic"]: row for row in assessment["severity"].get("topics") or ()}
    topics = sorted((chat or {}).get("topics") or (), key=lambda row: -(row["people"].get("value") or 0))[:TOPICS_SHOWN]
    full = {"low": None, "high": None, "factors": [], "formula": "", "working": "", "meaning": "", "note": "", **incident}
    factors = [{"id": f"factor-{row['factor']}", "name": None, "parts": [], "overridden": None, "evidence": None, **row} for row in full["factors"]]
    return {
        "a": assessment, "incident": {**full, "factors": factors}, "people": {"exposure": None, "bounds": None, "by_role": (), "not_counted": (), **assessment["individuals"]},
        "printed": f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC", "privileged": ((assessment.get("facts") or {}).get("incident") or {}).get("privileged"),
        "lead": _lead(assessment, first, applies, now), "applies": applies, "first": first,
        "live": sum(1 for row in secrets if row["status"] == "looks_live" or row["environment"] == "live"),
        "coverage": sentences.coverage_sentence(assessment), "window": sentences.window_sentence(assessment), "part_note": sentences.PART_NOTE if sentences.is_read_in_part(assessment) else "", "impact": impact, "chat": chat,
        "topics": [{**row, "group": (groups.get(row["topic"]) or {}).get("group"), "weighs": (groups.get(row["topic"]) or {}).get("severity")} for row in topics],
        "secrets_said": secret_wording.secrets_sentence(assessment), "whose": secret_wording.whose_sentences(assessment), "stood_in": secret_wording.stood_in, "whose_is": secret_wording.whose, "seen_in": secret_wording.seen_in,
        "secret_state": secret_wording.secret_state, "secrets_all": secret_wording.secrets_in_all(assessment), "unseen": sentences.unseen_sentence(assessment),
        "not_weighed": assessment["severity"].get("not_weighed") or {}, "combinations": _combination_rows(assessment),
        "controllers": sorted(assessment["individuals"].get("by_controller") or (), key=lambda row: -row["people"]),
        "sample_sentence": sentences.sample_sentence(assessment), "review": sentences.review_lines(assessment["quality"].get("review")), "population": sentences.population_total(assessment),
        "bounds": wording.interval({"value": None, "low": bounds.get("low"), "high": bounds.get("high")}),
        "flags": [flag["text"] if isinstance(flag, Mapping) else str(flag) for flag in incident.get("flags") or ()], "cost": sentences.cost_sentence(assessment), "bands_said": sentences.bands_sentence(assessment),
        "duties": duties, "no_duty": sentences.no_duty_sentence(assessment), "not_applying": [duty for duty in assessment["duties"] if duty["status"] == "does_not_apply"],
        "secret_kinds": kinds, "secrets": secrets[:shown], "secrets_rest": secrets[shown:SECRETS_LISTED], "secrets_more": max(0, len(secrets) - SECRETS_LISTED),
        "classes": impact[:CLASSES_SHOWN], "classes_rest": impact[CLASSES_SHOWN:], "changes": assessment["what_would_change"][:CHANGES_SHOWN],
        "changes_rest": assessment["what_would_change"][CHANGES_SHOWN:],
        "duty_groups": [(title, [duty for duty in duties if duty["status"] == status]) for status, title in GROUPS], "stages": _stage_lines(assessment["method"]),
        "versions": _version_pairs(assessment["versions"]), "countdown": lambda deadline: wording.countdown(deadline, now=now),
        "urgent": lambda deadline: wording.is_urgent(deadline, now=now),
        **_gauge(incident, _segments(incident)), **_residence_rows(assessment), **_day_rows(assessment), **_band_rows(assessment),
    }  # fmt: skip


def render(assessment: Assessment, *, now: datetime) -> str:
    """
    The page as one self-contained HTML document.

    Args:
        assessment: as in assessment.json; holds previews only, no raw values.
        now: the instant that countdowns start from, with a time zone.

    Returns:
        HTML without scripts, with a policy that forbids any request; every text escaped.
    """
    return _environment().get_template("page.html.j2").render(view(assessment, now=now))


REPORT = Report(name="html", suffix=".html", title="one page for a board and a regulator, with plots", render=render)
