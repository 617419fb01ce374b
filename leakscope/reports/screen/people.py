"""Whose data it is, and how many people there are in all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.console import RenderableType

from leakscope.reports.screen.layout import Assessment, pairs
from leakscope.reports.secret_wording import secrets_in_all
from leakscope.reports.sentences import bands_sentence, observed_sentence, review_lines, sample_sentence, unseen_sentence
from leakscope.reports.wording import interval, number, short_interval

PLACES_SHOWN = 4



def _not_counted(people: Mapping[str, Any]) -> str:
    return ", ".join(f"{number(row['count'])} {row['reason']}" for row in (people.get("not_counted") or ())[:4]) or "none"


def _fewer(people: Mapping[str, Any]) -> bool:
    """Whether fewer people are estimated than were told apart, which looks like a mistake unless the reason is said."""
    estimated, observed = people["estimated"].get("value"), people["observed"].get("value")
    return estimated is not None and observed is not None and estimated < observed


def individuals(assessment: Assessment, now: datetime) -> list[RenderableType]:
    """Observed and estimated people, where they live, how grave it is for them, and who is not counted."""
    people = assessment["individuals"]
    places = sorted(people.get("by_residence") or (), key=lambda row: (row.get("residence") is None, -(row["people"].get("value") or 0)))
    known = ", ".join(f"{row['name']} {short_interval(row['people'])}" for row in places[:PLACES_SHOWN])
    rest = f", {len(places) - PLACES_SHOWN} more" if len(places) > PLACES_SHOWN else ""
    bands = bands_sentence(assessment)
    rows = [
        ("Observed", observed_sentence(people)),
        ("Estimated", f"{interval(people['estimated'])} in the evidence" + ("; some of those observed are one person" if _fewer(people) else "")),
        ("Live in", (known + rest) or "unknown"),
        ("By severity", bands if bands else "not assessed"),
        ("Not counted", _not_counted(people)),
    ]
    controllers = [row for row in people.get("by_controller") or () if row.get("controller")]
    if len(controllers) > 1:
        rows.append(("Controllers", f"{len(controllers)} controllers or tenants, each with its own people: leakscope report CASE --format html"))
    if people.get("conflicts"):
        rows.append(("For a human", f"{number(people['conflicts'])} with contradictory identifiers"))
    return [pairs(rows)]


def whole(assessment: Assessment, now: datetime) -> list[RenderableType]:
    """The sample, the whole exposure, and what no record read holds."""
    people = assessment["individuals"]
    rows = [("Sample", sample_sentence(assessment))]
    if people.get("exposure"):
        rows.append(("In all", f"{interval(people['exposure'])}; {str(people['exposure']['method']).partition(';')[0]}"))
    else:
        low = (people.get("bounds") or {}).get("low")
        floor = low if low is not None else people["observed"].get("value")
        rows.append(("In all", "cannot be stated without size and design" + (f"; at least {number(floor)}" if floor else "")))
    rows += [(label, text) for label, text in (("Secrets", secrets_in_all(assessment)), ("Not seen", unseen_sentence(assessment))) if text]
    rows += review_lines(assessment["quality"]["review"]) if assessment["quality"].get("review") else []
    return [pairs(rows)]
