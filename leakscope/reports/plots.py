"""
Plots as inline SVG that scale with the page: every coordinate is a percentage, every word stays in HTML beside them.

A plot is decoration on a table that holds the same numbers, so it is hidden from screen readers unless it stands alone.
Colours are CSS classes; the page decides what they look like on paper, by day and by night.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from leakscope.safety.escape import markup

#: Room at the right end of a scale, so that a marker at the maximum is not cut.
_INSET = 1.0


def _percent(value: float, low: float, high: float) -> float:
    if high <= low:
        return 0.0
    share = min(1.0, max(0.0, (value - low) / (high - low)))
    return round(_INSET + share * (100 - 2 * _INSET), 3)


def _svg(parts: Iterable[str], *, height: int, title: str | None = None, kind: str = "plot") -> Markup:
    label = f'role="img" aria-label="{markup(title)}"' if title else 'aria-hidden="true" focusable="false"'
    return Markup(f'<svg class="{kind}" width="100%" height="{height}" {label}>{"".join(parts)}</svg>')


def bar(value: float, *, maximum: float, low: float | None = None, high: float | None = None, tone: str = "accent") -> Markup:
    """
    A horizontal bar with a whisker for its interval.

    Args:
        value: length of the bar, in the unit of `maximum`.
        maximum: what the full width stands for; above 0, else nothing is drawn.
        low: lower end of the interval.
        high: upper end; both or neither.
        tone: CSS class of the colour.
    """
    if maximum <= 0:
        return _svg((), height=18, kind="plot bar")
    width = round(min(1.0, max(0.0, value / maximum)) * 100, 3)
    parts = ['<rect class="track" x="0" y="4" width="100%" height="10" rx="2"/>']
    if value > 0:
        parts.append(f'<rect class="{markup(tone)}" x="0" y="4" width="{max(width, 0.4)}%" height="10" rx="2"/>')
    if low is not None and high is not None and high > low:
        left, right = (round(min(1.0, max(0.0, end / maximum)) * 100, 3) for end in (low, high))
        parts.append(f'<line class="whisker" x1="{left}%" x2="{right}%" y1="9" y2="9"/>')
        parts += [f'<line class="whisker" x1="{end}%" x2="{end}%" y1="5.5" y2="12.5"/>' for end in (left, right)]
    return _svg(parts, height=18, kind="plot bar")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a scale with its colour."""

    low: float
    high: float
    tone: str


def ruler(segments: Sequence[Segment], names: Sequence[str]) -> Markup:
    """
    The bounds of a scale and the names of its segments, to stand under it; for the eye only.

    Args:
        segments: as given to `scale`.
        names: of each segment, in order.
    """
    start, end = segments[0].low, segments[-1].high
    parts = []
    for segment, name in zip(segments, names, strict=True):
        left, right = _percent(segment.low, start, end), _percent(segment.high, start, end)
        parts.append(f'<text class="tick" x="{left}%" y="12" text-anchor="{"start" if segment.low == start else "middle"}">{segment.low:g}</text>')
        parts.append(f'<text class="tick" x="{(left + right) / 2:.3f}%" y="12" text-anchor="middle">{markup(name)}</text>')
    parts.append(f'<text class="tick" x="{_percent(end, start, end)}%" y="12" text-anchor="end">{end:g}</text>')
    return _svg(parts, height=18, kind="plot ruler")


def scale(segments: Sequence[Segment], marker: float, *, low: float | None = None, high: float | None = None, base: float | None = None, height: int = 22, title: str | None = None) -> Markup:
    """
    A marker on a scale of coloured segments, with the range it may move in.

    Args:
        segments: ascending, together the whole scale.
        marker: where the score stands.
        low: lower end of its range.
        high: upper end.
        base: another score to compare with, joined by a line.
        height: in pixels.
        title: read aloud; null when a table beside it says the same.
    """
    start, end = segments[0].low, segments[-1].high
    middle = height / 2
    parts = []
    for segment in segments:
        left, right = _percent(segment.low, start, end), _percent(segment.high, start, end)
        parts.append(f'<rect class="{markup(segment.tone)} faint" x="{left}%" y="{middle - 4}" width="{max(right - left - 0.4, 0.1):.3f}%" height="8" rx="1.5"/>')
    place = _percent(marker, start, end)
    if low is not None and high is not None and high > low:
        parts.append(f'<line class="range" x1="{_percent(low, start, end)}%" x2="{_percent(high, start, end)}%" y1="{middle}" y2="{middle}"/>')
    if base is not None and base != marker:
        parts.append(f'<line class="move" x1="{_percent(base, start, end)}%" x2="{place}%" y1="{middle}" y2="{middle}"/>')
    parts.append(f'<circle class="marker {markup(_tone_at(segments, marker))}" cx="{place}%" cy="{middle}" r="{6 if height >= 22 else 5}"/>')
    return _svg(parts, height=height, title=title, kind="plot scale")


def _tone_at(segments: Sequence[Segment], value: float) -> str:
    reached = [segment.tone for segment in segments if value >= segment.low]
    return reached[-1] if reached else segments[0].tone


def shares(parts: Sequence[tuple[float, str]], *, title: str) -> Markup:
    """
    One bar cut into shares.

    Args:
        parts: amount and CSS class of each, in order; zeros are left out.
        title: read aloud.
    """
    total, left, drawn = sum(amount for amount, _ in parts), 0.0, []
    for amount, tone in parts:
        width = 100 * amount / total if total else 0
        if width > 0:
            drawn.append(f'<rect class="{markup(tone)}" x="{left:.3f}%" y="2" width="{max(width - 0.25, 0.15):.3f}%" height="18" rx="2"/>')
        left += width
    return _svg(drawn, height=22, title=title, kind="plot shares")


def columns(series: Sequence[float], *, marks: Sequence[float] = (), height: int = 120, title: str) -> Markup:
    """
    One column per step of time, with dots of a second, rarer count above.

    Args:
        series: heights, in order.
        marks: amounts of the rarer count, one per step, or none; a dot's size grows with the square root.
        height: in pixels.
        title: read aloud.
    """
    if not series:
        return _svg((), height=height, title=title)
    top, step = max(series) or 1, 100 / len(series)
    room, largest = height - 26, max([1.0, *marks])
    parts = [f'<line class="grid" x1="0" x2="100%" y1="{height - room * line - 1:.1f}" y2="{height - room * line - 1:.1f}"/>' for line in (0.5, 1.0)]
    for number, value in enumerate(series):
        tall = room * value / top
        left, width = number * step + step * 0.1, step * 0.8
        parts.append(f'<rect class="accent" x="{left:.3f}%" y="{height - tall - 1:.1f}" width="{width:.3f}%" height="{tall:.1f}" rx="1.5"/>')
    for number, mark in enumerate(marks):
        if mark > 0:
            parts.append(f'<circle class="dot" cx="{number * step + step / 2:.3f}%" cy="10" r="{2 + 5 * (mark / largest) ** 0.5:.2f}"/>')
    parts.append(f'<line class="axis" x1="0" x2="100%" y1="{height - 0.5}" y2="{height - 0.5}"/>')
    return _svg(parts, height=height, title=title, kind="plot columns")
