"""What the commands share about the terminal: consoles, progress, exit codes."""

from __future__ import annotations

import os
import sys

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)


def set_exit_code(ctx: click.Context, code: int) -> None:
    """End the command with `code` unless it is 0."""
    if code:
        ctx.exit(code)


def standard_error() -> Console:
    """The console for everything that is not the answer; honours NO_COLOR."""
    return Console(stderr=True, highlight=False, markup=False)


def width() -> int:
    """Columns of the answer: the terminal's, at most 100; 80 when there is none."""
    if not sys.stdout.isatty():
        return 80
    return min(100, max(60, Console().width))


def colour() -> bool:
    """Whether the answer may use colour."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


class TerminalProgress:
    """A progress bar with rate and time left, on a terminal only; prints nothing elsewhere."""

    def __init__(self) -> None:
        self._console = standard_error()
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def start(self, stage: str, total: float | None, unit: str) -> None:
        """A stage begins."""
        self.stop()
        if not self._console.is_terminal:
            return
        amount = (DownloadColumn(), TransferSpeedColumn()) if unit == "bytes" else (MofNCompleteColumn(),)
        self._bar = Progress(SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), *amount, TimeRemainingColumn(), console=self._console, transient=True)
        self._task = self._bar.add_task(stage, total=total)
        self._bar.start()

    def advance(self, amount: float) -> None:
        """More of the running stage is done."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, amount)

    def stop(self) -> None:
        """The running stage is done."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
