"""From a case to a finished report: which form, which tables it reads, and a file only its owner can read."""

from __future__ import annotations

import contextlib
import difflib
import os
import tempfile
from pathlib import Path

import polars as pl

from leakscope.assessment.case import Case
from leakscope.errors import UsageError
from leakscope.reports import Report, reports
from leakscope.safety.escape import plain

FILES = {
    "findings": "findings.parquet", "individuals": "individuals.parquet", "person_elements": "person_elements.parquet",
    "record_persons": "record_persons.parquet", "secrets": "secrets.parquet", "records": "records.parquet",
}  # fmt: skip


def known_form(name: str) -> Report:
    """
    The form called `name`.

    Raises:
        UsageError: there is none; says which there are.
    """
    found = reports()
    if name in found:
        return found[name]
    near = difflib.get_close_matches(name, list(found), 1)
    hint = f"Did you mean {near[0]}?" if near else f"One of: {', '.join(found)}."
    raise UsageError(f"There is no report format {plain(name)}", hint=hint)


def form_for(target: str | None) -> Report:
    """
    The form that the ending of a file's name asks for; text where there is no file or no ending.

    Raises:
        UsageError: no form has that ending; before, the file would have held what its name does not say.
    """
    name = Path(target or "").name.lower()
    if target in (None, "-") or not Path(name).suffix or Path(str(target)).is_dir():
        return known_form("text")
    fitting = [report for report in reports().values() if name.endswith(report.suffix if report.suffix.startswith(".") else f".{report.suffix}")]
    fitting = fitting or [report for report in reports().values() if report.name == {"md": "markdown"}.get(Path(name).suffix[1:], Path(name).suffix[1:])]
    if not fitting:
        raise UsageError(f"No form of report ends in {plain(Path(name).suffix)}", hint="Choose one with --format; leakscope report CASE --format list names them.")
    return max(fitting, key=lambda report: len(report.suffix))


def read_frames(case: Case, report: Report) -> dict[str, pl.DataFrame]:
    """The tables of `case` that `report` asks for."""
    return {name: case.read_frame(FILES[name]) for name in report.frames if name in FILES}


def target_file(target: str | None, report: Report, *, case: Path) -> Path:
    """
    The file to write: `target`, or a name of the report's own inside it when it is a folder.

    Raises:
        UsageError: the folder to write into does not exist.
    """
    path = Path(target) if target else Path.cwd()
    if path.is_dir():
        path = path / f"{case.resolve().name}{'' if report.suffix.startswith('.') else '.'}{report.suffix}"
    if not path.parent.is_dir():
        raise UsageError(f"The folder {plain(str(path.parent))} does not exist", hint="Make it first, or name another with -o.")
    return path


def write_private(path: Path, content: bytes) -> None:
    """
    Write `content` as `path`, whole or not at all, readable by its owner only.

    Raises:
        UsageError: the file cannot be written.
    """
    temporary = None
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        raise UsageError(f"{plain(str(path))} cannot be written: {os.strerror(error.errno or 0)}") from None
