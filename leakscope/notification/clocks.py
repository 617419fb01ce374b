"""Deadlines as instants: hours run on, calendar days end at local midnight, business days follow the local calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from leakscope.notification.facts import Clocks, Facts
from leakscope.notification.rule import Deadline, Jurisdiction

#: Which timestamps may stand for a clock, most fitting first; a stand-in is named in the deadline's text.
_CLOCKS: Mapping[str, tuple[str, ...]] = {
    "discovery": ("discovery", "awareness"),
    "awareness": ("awareness", "discovery"),
    "determination": ("determination", "awareness", "discovery"),
    "scope_identified": ("scope_identified", "determination", "awareness", "discovery"),
    "classification": ("classification", "awareness", "discovery"),
    "assessment": ("assessment", "awareness", "discovery"),
    "materiality": ("materiality",),
    "notice_to_individuals": ("notice_to_individuals",),
    "notice_to_regulator": ("notice_to_regulator",),
    "notice_to_hhs": ("notice_to_hhs", "notice_to_regulator"),
    "notice_to_anpd": ("notice_to_anpd", "notice_to_regulator"),
    "nis2_notification": ("nis2_notification", "notice_to_regulator"),
    "dora_initial": ("dora_initial", "notice_to_regulator"),
    "dora_intermediate": ("dora_intermediate", "dora_initial", "notice_to_regulator"),
}
#: Clocks that start at whichever came first.
_EARLIEST: Mapping[str, tuple[str, ...]] = {
    "discovery_or_processor_notice": ("discovery", "processor_notice"),
    "determination_or_awareness": ("determination", "awareness"),
    "discovery_or_notice_to_individuals": ("discovery", "notice_to_individuals"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """When a clock started, which timestamp said so, and whether it only stands in for the law's own."""

    instant: datetime | None
    clock: str
    stand_in: bool = False


def started(clock: str, clocks: Clocks) -> Start:
    """The start of a clock from the timestamps stated."""
    if clock in _EARLIEST:
        given = [(getattr(clocks, name), name) for name in _EARLIEST[clock] if getattr(clocks, name)]
        if given:
            instant, name = min(given)
            return Start(instant=instant, clock=name)
        clock = _EARLIEST[clock][0]
    for place, name in enumerate(_CLOCKS.get(clock, (clock,))):
        instant = getattr(clocks, name, None)
        if instant:
            return Start(instant=instant, clock=name, stand_in=place > 0)
    return Start(instant=None, clock=clock)


@cache
def _calendar(code: str) -> Any:
    country, _, part = code.partition("-")
    if not country or country == "EU":
        return holidays.financial_holidays("ECB")
    try:
        return holidays.country_holidays(country, subdiv=part or None)
    except (NotImplementedError, KeyError):
        return holidays.country_holidays(country) if part else holidays.HolidayBase()


def is_business_day(day: date, calendar: str) -> bool:
    """Whether `day` is a working day by a calendar (`US-CA`, `DE`, `EU`); weekends are the country's own."""
    held = _calendar(calendar)
    return day.weekday() not in getattr(held, "weekend", {5, 6}) and day not in held


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + year, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first + timedelta(days=min(day.day, (following - first).days) - 1)


def after(start: datetime, value: float, unit: str, jurisdiction: Jurisdiction) -> datetime:
    """
    The instant `value` units after `start`.

    Args:
        start: aware instant.
        value: how many units; whole for days and months.
        unit: hours, calendar_days, business_days or months.
        jurisdiction: gives time zone and calendar; the day of `start` does not count.

    Returns:
        For hours the instant; otherwise the last second of the last local day, in UTC.
    """
    if unit == "hours":
        return start.astimezone(UTC) + timedelta(hours=value)
    zone = ZoneInfo(jurisdiction.time_zone)
    day = start.astimezone(zone).date()
    if unit == "calendar_days":
        return _end_of(day + timedelta(days=int(value)), zone)
    if unit == "months":
        return _end_of(_months_later(day, int(value)), zone)
    left = int(value)
    while left:
        day += timedelta(days=1)
        left -= is_business_day(day, jurisdiction.calendar)
    return _end_of(day, zone)


def instant_text(moment: datetime | None) -> str | None:
    """An instant as ISO 8601 in UTC, with Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _length(rule: Deadline, facts: Facts) -> float | None:
    """The length under the facts: that of the first variant whose fact is stated, else the rule's own."""
    return next((variant["value"] for variant in rule.variants if facts.value(variant["when"]) == variant["is"]), rule.value)


def _words(rule: Deadline, value: float | None) -> str:
    if value is None:
        return rule.text or "without undue delay"
    unit = {"hours": "hours", "calendar_days": "days", "business_days": "business days", "months": "month" if value == 1 else "months"}[rule.unit]
    since = (rule.counted_from or (rule.start or "")).replace("_", " ")
    limit = f"{value:g} {unit} from {since}"
    return f"{rule.text}; at the latest {limit}" if rule.text and rule.outer_limit else (f"{limit} ({rule.text})" if rule.text else limit)


def deadline(rule: Deadline, jurisdiction: Jurisdiction, facts: Facts, *, told_by: datetime | None = None, held: bool = False) -> dict[str, Any]:
    """
    A duty's time limit under the facts.

    Args:
        rule: the time limit.
        jurisdiction: whose calendar and time zone count.
        facts: the clocks.
        told_by: the latest instant for telling individuals under the same law, for limits tied to it.
        held: law enforcement asked to wait and the law allows it.

    Returns:
        `instant` (or null), `time_zone` by whose clocks people read it (the organisation's for limits in hours, null while
        nobody stated it; the law's for limits in days), `from`, `starts`, `text`, `calendar`, `outer_limit`, `hours` (about how long the limit is, for
        ordering), `missing` (clock fact) and `provisional`.
    """
    value, missing, provisional = _length(rule, facts), None, False
    start = started(rule.start, facts.clocks) if rule.start else Start(instant=None, clock="")
    instant = after(start.instant, value, rule.unit, jurisdiction) if value is not None and start.instant else None
    text = _words(rule, value)
    if value is not None and start.instant and start.stand_in:
        missing, text = f"clocks.{rule.start}", f"{text}; counted from {start.clock.replace('_', ' ')} until that moment is stated"
    if value is not None and start.instant is None:
        missing = f"clocks.{start.clock}"
        if rule.start == "notice_to_individuals" and told_by:
            instant, provisional = after(told_by, value, rule.unit, jurisdiction), True
            text = f"{text}; shown for the latest day on which individuals may be told"
    if rule.cap_value and (cap := started(rule.cap_start or "awareness", facts.clocks)).instant:
        limit = after(cap.instant, rule.cap_value, rule.unit, jurisdiction)
        instant = min(instant, limit) if instant else limit
    if rule.order in ("no_later_than_individuals", "before_individuals", "simultaneous"):
        instant, text, provisional = _ordered(rule, instant, text, facts.clocks.notice_to_individuals or told_by, provisional)
    if held:
        instant, text = _held(instant, text, facts)
    return {
        "instant": instant_text(instant),
        "time_zone": facts.clocks.time_zone if rule.unit == "hours" else jurisdiction.time_zone,
        "from": rule.start,
        "starts": instant_text(start.instant),
        "text": text,
        "calendar": _calendar_words(rule.unit, jurisdiction) if value is not None else jurisdiction.time_zone,
        "outer_limit": rule.outer_limit,
        "hours": _hours(rule.unit, value),
        "missing": missing,
        "provisional": provisional,
    }


def _ordered(rule: Deadline, instant: datetime | None, text: str, told_by: datetime | None, provisional: bool) -> tuple[datetime | None, str, bool]:
    words = {"no_later_than_individuals": "not later than notice to individuals", "before_individuals": "before notice to individuals", "simultaneous": "together with notice to individuals"}[rule.order or ""]
    text = text if words.split()[-1] in text or words in text else f"{text}; {words}"
    if told_by is None:
        return instant, text, provisional
    return (min(instant, told_by) if instant else told_by), text, provisional


def _held(instant: datetime | None, text: str, facts: Facts) -> tuple[datetime | None, str]:
    until = facts.law_enforcement.until
    if until is None:
        return None, f"{text}; suspended while the law-enforcement request lasts, then without delay"
    later = max(instant, until) if instant else until
    return later, f"{text}; suspended until {instant_text(until)} at the request of law enforcement"


def _hours(unit: str, value: float | None) -> float | None:
    return None if value is None else value * {"hours": 1, "calendar_days": 24, "business_days": 34, "months": 730}[unit]


def _calendar_words(unit: str, jurisdiction: Jurisdiction) -> str:
    if unit == "hours":
        return "hours, without pause"
    days = f"business days, {jurisdiction.calendar} calendar" if unit == "business_days" else "calendar days"
    return f"{days}, ending at midnight {jurisdiction.time_zone}"


def after_year_end(start: datetime, days: int, jurisdiction: Jurisdiction) -> datetime:
    """The end of the day `days` days after the end of the local calendar year of `start`."""
    zone = ZoneInfo(jurisdiction.time_zone)
    return _end_of(date(start.astimezone(zone).year, 12, 31) + timedelta(days=days), zone)
