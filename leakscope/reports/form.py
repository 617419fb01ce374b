"""What a form of report is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    A form an assessment can take.

    Args:
        name: as the command line takes it.
        suffix: of the file, with its dot.
        title: one line for people to choose by.
        render: `(assessment, *, now)` to text or bytes; with `frames` set, `(assessment, *, now, frames)`.
        frames: names of the case's tables that the form reads besides the assessment (`findings`, `individuals` ...).
    """

    name: str
    suffix: str
    title: str = ""
    render: Callable[..., str | bytes]
    frames: tuple[str, ...] = ()

    def write(self, assessment: Mapping[str, Any], *, now: datetime, frames: Frames | None = None) -> bytes:
        """The finished file's content."""
        extra = {"frames": frames or {}} if self.frames else {}
        content = self.render(assessment, now=now, **extra)
        return content.encode() if isinstance(content, str) else content
