"""How the screen is laid out: label and value, columns, what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from leakscope.reports.wording import band_name
from leakscope.safety.escape import plain

BAND_STYLES = {"very_high": "bold red", "high": "red", "medium": "yellow", "low": "green", "critical": "bold red"}
Assessment = Mapping[str, Any]


def text(value: object, style: str = "") -> Text:
    """A value from the assessment, made safe for a terminal."""
    return Text(plain(str(value)), style=style)


def line(*parts: str | Text) -> Text:
    """Parts of one line, each with its own style."""
    joined = Text()
    for part in parts:
        joined.append(part if isinstance(part, Text) else text(part))
    return joined


def level(band: str) -> Text:
    """A level of severity as a word that catches the eye."""
    return text(band_name(band).upper(), BAND_STYLES.get(band, "bold"))


def pairs(rows: Iterable[tuple[str, str | Text]], *, label_width: int = 12) -> Table:
    """Labels and what is said of each."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=label_width, style="dim", no_wrap=True)
    table.add_column(ratio=1)
    for label, value in rows:
        table.add_row(label, value if isinstance(value, Text) else text(value))
    return table


def columns(headings: Sequence[tuple[str, dict[str, Any]]]) -> Table:
    """An empty table of these columns."""
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim", expand=True)
    for name, options in headings:
        table.add_column(name, **options)
    return table


def more(total: int, shown: int, what: str) -> list[RenderableType]:
    """A line that says how many were left out, if any were."""
    return [text(f"and {total - shown} more {what}", "dim")] if total > shown else []
