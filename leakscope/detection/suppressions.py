"""Findings that somebody looked at and set aside: by fingerprint, each with who, when and why."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl

from leakscope.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """
    One decision to leave findings out.

    Args:
        who: the person who decided.
        when: the day.
        why: the reason, in words.
        fingerprint: of the value, with the incident's key; null: any value.
        detector: pattern of detector ids (`secret.generic.*`); null: any.
        source: pattern of source names; null: any.
        field: pattern of fields; null: any.
        until: last day on which it holds; null: no end.
    """

    who: str
    when: date
    why: str
    fingerprint: str | None = None
    detector: str | None = None
    source: str | None = None
    field: str | None = None
    until: date | None = None

    def covers(self, finding: Mapping[str, object], on: date) -> bool:
        """Whether `finding` is left out on the day `on`."""
        if self.until is not None and on > self.until:
            return False
        patterns = {"detector": self.detector, "source": self.source, "field": self.field}
        if self.fingerprint is not None and finding["fingerprint"] != self.fingerprint:
            return False
        return all(pattern is None or fnmatchcase(str(finding[name]), pattern) for name, pattern in patterns.items())


def load(path: Path) -> tuple[Suppression, ...]:
    """
    The suppressions of a TOML file, `[[suppression]]` tables with `who`, `when`, `why` and at least one of what they cover.

    Raises:
        UsageError: the file is not of that form; the message says which entry.
    """
    try:
        rows = tomllib.loads(path.read_text("utf-8")).get("suppression", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise UsageError(f"{path} is no readable TOML file", hint="Write [[suppression]] tables with who, when and why.") from None
    return tuple(_one(path, number, row) for number, row in enumerate(rows, 1))


def _one(path: Path, number: int, row: Mapping[str, object]) -> Suppression:
    try:
        found = Suppression(**row)  # type: ignore[arg-type]
    except TypeError:
        raise UsageError(f"{path}: suppression {number} needs who, when and why, and only known fields") from None
    if not (str(found.who).strip() and str(found.why).strip() and isinstance(found.when, date)):
        raise UsageError(f"{path}: suppression {number} needs who, when (a date) and why")
    if not any((found.fingerprint, found.detector, found.source, found.field)):
        raise UsageError(f"{path}: suppression {number} would cover everything", hint="Name a fingerprint, detector, source or field.")
    return found


def without(findings: pl.DataFrame, suppressions: tuple[Suppression, ...], on: date) -> pl.DataFrame:
    """`findings` without those that a suppression covers on the day `on`."""
    if not suppressions or not findings.height:
        return findings
    columns = ("source", "field", "detector", "fingerprint")
    keep = [not any(one.covers(row, on) for one in suppressions) for row in findings.select(columns).iter_rows(named=True)]
    return findings.filter(pl.Series(keep, dtype=pl.Boolean))
