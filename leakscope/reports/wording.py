"""How numbers, instants, intervals and statuses read, the same in every form of report."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from leakscope.notification.moments import ends_a_day, in_zone, place

NOT_STATED = "Not stated"
BAND_NAMES = {"very_high": "very high", "not_assessed": "not assessed", "none": "not weighed"}
STATUS_NAMES = {"applies": "applies", "may_apply": "may apply", "does_not_apply": "does not apply", "unknown": "unknown"}
RECIPIENT_NAMES = {
    "regulator": "regulator", "individuals": "individuals", "cra": "consumer reporting agencies", "media": "media",
    "controller": "controller", "card_network": "card networks", "market": "market",
}  # fmt: skip
#: What each sample design allows to say, in plain words.
DESIGN_NAMES = {
    "full": "all records", "first": "the first records", "last": "the last records", "bernoulli": "each record by chance",
    "reservoir": "a random sample", "systematic": "every n-th record", "stratified": "a random sample by stratum",
    "cluster": "a random sample of clusters", "unknown": "not known how it was drawn",
}  # fmt: skip


def band_name(band: str | None) -> str:
    """A level of severity for people to read."""
    return BAND_NAMES.get(band or "", (band or "not assessed").replace("_", " "))


def number(value: float | int | None) -> str:
    """A count as a whole number with thousands separators; unknown reads as such."""
    if value is None:
        return "unknown"
    return f"{round(value):,}"


def _outward(low: float | None, high: float | None) -> tuple[float | None, float | None]:
    """The ends of an interval of a count as whole numbers, never narrower than they were."""
    return (None if low is None else math.floor(low + 1e-9), None if high is None else math.ceil(high - 1e-9))


def percent(share: float | None) -> str:
    """A share as a percentage, never rounded to a false 0 or 100."""
    if share is None:
        return "unknown"
    if 0 < share < 0.001:
        return "<0.1%"
    if 0.999 < share < 1:
        return ">99.9%"
    return f"{share * 100:.1f}%"


def interval(estimate: Mapping[str, Any] | None, *, unit: str = "") -> str:
    """
    An estimate in one phrase: value and interval, or bounds; never a bare number unless it was counted exactly.

    Args:
        estimate: an Estimate as a mapping, or null.
        unit: word after the number.
    """
    if not estimate:
        return "cannot be stated"
    value, (low, high) = estimate.get("value"), _outward(estimate.get("low"), estimate.get("high"))
    tail = f" {unit}" if unit else ""
    if value is None:
        return _bounds(low, high) + tail
    if value == 0:
        return (f"none seen; up to {number(high)} possible" if (high or 0) > 0 else "none found") + tail
    value = round(value)
    if low == value == high:
        return number(value) + tail
    level = f"{float(estimate.get('level') or 0.95) * 100:g}%"
    if low is None or high is None:
        return f"{number(value)} ({_bounds(low, high)})" + tail
    return f"{number(value)}{tail} ({level}: {number(low)} to {number(high)})"


def _bounds(low: float | None, high: float | None) -> str:
    if not low and high is None:
        return "unknown"
    if high is None:
        return f"at least {number(low)}"
    return f"between {number(low or 0)} and {number(high)}"


def short_interval(estimate: Mapping[str, Any] | None) -> str:
    """An estimate for a narrow column: `742 (730-760)`."""
    if not estimate:
        return "-"
    value, (low, high) = estimate.get("value"), _outward(estimate.get("low"), estimate.get("high"))
    if value is None:
        return _bounds(low, high)
    if value == 0 and (high or 0) > 0:
        return f"none seen, up to {number(high)}"
    value = round(value)
    if low == value == high or low is None or high is None:
        return number(value) + ("+" if high is None else "")
    return f"{number(value)} ({number(low)}-{number(high)})"


def parse_instant(text: str | None) -> datetime | None:
    """An instant of the assessment, or null when there is none or it is no instant."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def instant(text: str | None) -> str:
    """An instant to the minute in UTC."""
    moment = parse_instant(text)
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else NOT_STATED


def duration(span: timedelta) -> str:
    """A length of time in its two largest units."""
    minutes = int(abs(span).total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days >= 14:
        return f"{days} days"
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes:02d} min"


def due(deadline: Mapping[str, Any]) -> str:
    """
    When a deadline ends, by the clocks of those who must keep it and in UTC.

    A limit in days ends at midnight of the law's place, which in UTC is often the next day: the date people must
    remember comes first.
    """
    moment, local = _both_clocks(deadline)
    if moment is None or local is None:
        return instant(deadline.get("instant"))
    day = f"{moment:%Y-%m-%d} " if local.date() != moment.date() else ""
    zone = place(deadline.get("time_zone"))
    said = f"end of {local:%a %Y-%m-%d}, {zone} time" if ends_a_day(local) else f"{local:%a %Y-%m-%d %H:%M} {zone} time"
    return f"{said} ({day}{moment:%H:%M} UTC)"


def due_short(deadline: Mapping[str, Any]) -> str:
    """The same for a narrow column that names the place beside it: local time where it is known, else UTC."""
    _, local = _both_clocks(deadline)
    if local is None:
        return instant(deadline.get("instant"))
    return f"end of {local:%Y-%m-%d} there" if ends_a_day(local) else f"{local:%Y-%m-%d %H:%M} {place(deadline.get('time_zone'))}"


def _both_clocks(deadline: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    """The end of a deadline in UTC and by local clocks; null where there is none, or no zone whose clocks differ."""
    moment = parse_instant(deadline.get("instant"))
    local = in_zone(moment, deadline.get("time_zone")) if moment else None
    return (moment.astimezone(UTC) if moment else None), (local if local and local.utcoffset() else None)


def countdown(deadline: Mapping[str, Any], *, now: datetime) -> str:
    """Time left to a deadline, or since it passed; its wording where it is no instant."""
    moment = parse_instant(deadline.get("instant"))
    if moment is None:
        return str(deadline.get("text") or NOT_STATED)
    left = moment - now
    return f"{duration(left)} left" if left >= timedelta(0) else f"PASSED {duration(left)} ago"


def is_urgent(deadline: Mapping[str, Any], *, now: datetime) -> bool:
    """Less than three days left, or passed."""
    moment = parse_instant(deadline.get("instant"))
    return moment is not None and moment - now < timedelta(days=3)


def topic_title(row: Mapping[str, Any]) -> str:
    """A chat topic by its name; that it is likely and sensitive is said once, above the list."""
    title = str(row.get("title") or row.get("topic") or "")
    short = title.removeprefix("sensitive, likely ")
    return short[:1].upper() + short[1:]


def status_name(duty: Mapping[str, Any]) -> str:
    """A duty's status, with its probability where the answer depends on an estimate."""
    name = STATUS_NAMES.get(duty["status"], str(duty["status"]))
    chance = duty.get("probability")
    return f"{name} ({chance:.0%})" if chance is not None and duty["status"] == "may_apply" else name


def open_duties(assessment: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Duties that apply or may apply, the earliest deadline first, then the shortest limit; then those that nothing can be said of yet."""
    order = {"applies": 0, "may_apply": 1, "unknown": 2}
    rows = [duty for duty in assessment.get("duties") or () if duty["status"] in order]
    limits = {duty["id"]: duty.get("deadline") or {} for duty in rows}

    def place(duty: Mapping[str, Any]) -> tuple[Any, ...]:
        limit = limits[duty["id"]]
        hours = limit.get("hours")
        return (order[duty["status"]] == 2, limit.get("instant") or "9", hours is None, hours or 0, order[duty["status"]], duty["id"])

    return sorted(rows, key=place)


def screen_duties(assessment: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The open duties, those that apply first, each group by deadline."""
    order = {"applies": 0, "may_apply": 1, "unknown": 2}
    return sorted(open_duties(assessment), key=lambda duty: order[duty["status"]])


def size(size_bytes: float | None) -> str:
    """A size in the unit that reads best."""
    if size_bytes is None:
        return "unknown size"
    amount, units = float(size_bytes), ["bytes", "kB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return f"{amount:,.0f} {units[0]}" if units[0] == "bytes" else f"{amount:,.1f} {units[0]}"


@cache
def language_name(code: str | None) -> str:
    """The English name of a language by its ISO 639 code; the code itself where ISO names none."""
    import pycountry

    if not code or code == "und":
        return "not told"
    found = pycountry.languages.get(alpha_2=code) or pycountry.languages.get(alpha_3=code)
    return str(found.name).partition(" (")[0].partition(";")[0] if found else code


def counted(amount: float | int | None, singular: str, plural: str | None = None) -> str:
    """A count with its noun: `1 record`, `2 records`."""
    return f"{number(amount)} {singular if amount == 1 else plural or singular + 's'}"
