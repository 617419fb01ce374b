"""Moments for people: in UTC, and in the time of the place that has to act."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def said(text: str | None, zone: str | None = None) -> str | None:
    """
    An instant to the minute in UTC, with the local time where a zone is known and its clocks differ; null when there is none.

    Example:
        >>> said("2025-01-29T18:10:00Z", "Europe/Berlin")
        '2025-01-29 18:10 UTC (19:10 in Berlin)'
    """
    if not text:
        return None
    moment = datetime.fromisoformat(text).astimezone(UTC)
    local = in_zone(moment, zone)
    utc = f"{moment:%Y-%m-%d %H:%M} UTC"
    if local is None or not local.utcoffset():
        return utc
    day = f"{local:%Y-%m-%d} " if local.date() != moment.date() else ""
    return f"{utc} ({day}{local:%H:%M} in {place(zone)})"


def in_zone(moment: datetime, zone: str | None) -> datetime | None:
    """The moment by the clocks of a zone; null when the zone is not known."""
    try:
        return moment.astimezone(ZoneInfo(zone)) if zone else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def place(zone: str | None) -> str:
    """
    The place that names a zone.

    Example:
        >>> place("America/New_York")
        'New York'
    """
    return (zone or "UTC").rpartition("/")[2].replace("_", " ")


def ends_a_day(local: datetime) -> bool:
    """Whether a moment is the last second of its day, as limits in days end."""
    return (local + timedelta(seconds=1)).date() != local.date()
