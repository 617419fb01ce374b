"""Why a duty applies or not, on whom it rests, and what would change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from leakscope.assessment.case import INDIVIDUALS, Case
from leakscope.assessment.explain.model import PEOPLE_SHOWN, PLACES_SHOWN, Explanation, Rows, Section, said
from leakscope.errors import UsageError
from leakscope.notification.law import jurisdictions
from leakscope.notification.questions import asked
from leakscope.reports.sentences import change_sentence, source_checked, sources_read
from leakscope.reports.wording import due, instant, interval
from leakscope.safety.escape import plain


def covers(duty: Mapping[str, Any], residence: str) -> bool:
    """Whether the law of a duty reaches people who live in `residence` (ISO 3166-1 or 3166-2)."""
    row = jurisdictions().get(str(duty["jurisdiction"]))
    codes = row.scope.residence if row else (str(duty["jurisdiction"]),)
    return any(residence == code or residence.startswith(f"{code}-") for code in codes)


def explain_duty(case: Case, name: str) -> Explanation:
    """
    Why a duty has its status: its tests, people, deadline, source, and what would change it.

    Raises:
        UsageError: the case has no such duty.
    """
    assessment = case.assessment()
    duty = next((duty for duty in assessment["duties"] if duty["id"] == name), None)
    if duty is None:
        raise UsageError(f"there is no duty {plain(name)} in this case", hint=_listed(duty["id"] for duty in assessment["duties"]))
    changes = [("", change_sentence(row)) for row in assessment["what_would_change"] if name in row.get("duties", ())]
    missing = [("", f"{row.get('question') or asked(row['fact'])} ({row['fact']}; {row['why']})") for row in assessment["missing_facts"] if name in (row.get("matters_for") or ())]
    sections = [
        Section(heading=f"{duty['jurisdiction_name']}: {duty['recipient']}", rows=_duty_facts(duty)),
        Section(heading="Why", rows=[("", said(line)) for line in duty["why"]]),
        Section(heading="Deadline", rows=_deadline_rows(duty.get("deadline") or {})),
        Section(heading="What must be said", rows=[("", said(line)) for line in duty.get("content") or ()]),
        Section(heading="People it rests on", rows=_people_of(case, duty)),
        Section(heading="Facts still missing", rows=missing),
        Section(heading="What would change it", rows=changes),
    ]
    return Explanation(id=name, kind="duty", sections=tuple(section for section in sections if section.rows))


def _listed(ids: Iterable[str]) -> str:
    shown = list(ids)
    return f"One of: {', '.join(shown[:PLACES_SHOWN])}{' ...' if len(shown) > PLACES_SHOWN else ''}"


def _duty_facts(duty: Mapping[str, Any]) -> Rows:
    confidence = duty.get("confidence") or {}
    chance = f" (probability {duty['probability']:.0%})" if duty.get("probability") is not None else ""
    return [
        ("status", str(duty["status"]).replace("_", " ") + chance),
        ("instrument", duty["instrument"]),
        ("law", duty.get("citation") or "not stated"),
        ("in force", _in_force(duty.get("in_force") or {})),
        ("our source", source_checked(duty) + (f", as of {confidence['as_of']}" if confidence.get("as_of") else "")),
        *(("", said(source)) for source in sources_read(duty)),
    ]


def _deadline_rows(deadline: Mapping[str, Any]) -> Rows:
    """The limit, the clock it runs on, and the instant it ends."""
    rows: Rows = [("limit", said(deadline.get("text")))]
    if deadline.get("starts"):
        rows.append(("clock", f"started {instant(deadline['starts'])} with {said(deadline.get('from')).replace('_', ' ')}"))
    if deadline.get("calendar"):
        rows.append(("counted in", said(deadline["calendar"])))
    rows.append(("ends", due(deadline) if deadline.get("instant") else "at no fixed instant"))
    if deadline.get("provisional"):
        rows.append(("note", "provisional: the fact that starts the clock was assumed"))
    return rows


def _in_force(span: Mapping[str, Any]) -> str:
    start, end = span.get("from"), span.get("to")
    if not start:
        return "since when is not known"
    return f"from {start} to {end}" if end else f"since {start}"


def _people_of(case: Case, duty: Mapping[str, Any]) -> Rows:
    people = case.read_frame(INDIVIDUALS).filter(pl.col("counted") & pl.col("residence").is_not_null())
    reached = [code for code in people["residence"].unique().to_list() if covers(duty, code)]
    resident = people.filter(pl.col("residence").is_in(reached)).sort("person")
    if resident.is_empty():
        return []
    estimate = duty.get("people") or {}
    stated = [("estimated", f"{interval(estimate)}; {estimate.get('method')}")] if estimate else []
    return [*stated, ("observed there", f"{resident.height:,}"), *(("such as" if number == 0 else "", person) for number, person in enumerate(resident["person"].head(PEOPLE_SHOWN)))]
