"""Invented exposures with the truth beside them: any size, the same bytes for the same name, rows and seed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from leakscope.errors import UsageError
from leakscope.registry import discover


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """
    One kind of exposure that can be made.

    Args:
        name: what the user types.
        evidence: file or folder it writes beside `truth/`.
        rows: how many records by default.
        about: one line for people.
        write: (rows, seed, folder) -> writes evidence and truth; memory does not grow with rows.
    """

    name: str
    evidence: str
    rows: int
    about: str
    write: Callable[[int, int, Path], None]


def generators() -> Mapping[str, Generator]:
    """Every generator by name."""
    return {found.name: found for found in discover(sys.modules[__name__], "GENERATOR").values()}


def make(name: str, *, rows: int | None = None, seed: int = 0, folder: Path) -> Path:
    """
    Write a labelled exposure.

    Args:
        name: of a generator.
        rows: records to make, at least 1; null takes the generator's default.
        seed: any whole number; the same name, rows and seed give the same bytes.
        folder: where to write; made if absent.

    Returns:
        Path of the evidence; the truth stands in `truth/` beside it.

    Raises:
        UsageError: no generator has this name, or rows is below 1.
    """
    known = generators()
    if name not in known:
        raise UsageError(f"there is no corpus called {name}", hint=f"choose one of {', '.join(known)}")
    if rows is not None and rows < 1:
        raise UsageError("a corpus has at least one row")
    folder.mkdir(parents=True, exist_ok=True)
    known[name].write(rows or known[name].rows, seed, folder)
    return folder / known[name].evidence
