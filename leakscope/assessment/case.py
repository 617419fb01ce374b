"""
The case folder: everything a run leaves, 0700, files 0600, each written whole or not at all.

Every file written is entered into the ledger with its hash, so that `verify` can tell whether it is still the file that was written.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from leakscope.errors import InvariantError, UsageError
from leakscope.safety.ledger import Ledger, read_ledger
from leakscope.schema import SECRETS as SECRETS_SCHEMA
from leakscope.schema import empty

ASSESSMENT, MANIFEST, LEDGER = "assessment.json", "manifest.json", "ledger.jsonl"
FINDINGS, INDIVIDUALS, PERSON_ELEMENTS = "findings.parquet", "individuals.parquet", "person_elements.parquet"
UNITS = "drawn_units.parquet"
RECORD_PERSONS, SECRETS, TURNS, RECORDS = "record_persons.parquet", "secrets.parquet", "turns.parquet", "records.parquet"

_JSON = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS


@dataclass(frozen=True, slots=True)
class Case:
    """
    A case folder on disk.

    Args:
        root: the folder.
    """

    root: Path

    def ledger(self) -> Ledger:
        """The case's ledger, its chain checked, ready for further entries."""
        return Ledger(self.root / LEDGER)

    def entries(self) -> list[dict[str, Any]]:
        """All ledger entries, the chain checked."""
        return read_ledger(self.root / LEDGER)

    def write(self, name: str, content: bytes, ledger: Ledger) -> None:
        """Write `content` as file `name`, atomically and 0600, and enter its hash into the ledger; a folder in `name` is made, 0700."""
        (self.root / name).parent.mkdir(mode=0o700, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=".writing-", dir=self.root)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self.root / name)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise
        ledger.write("written", file=name, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content))

    def write_json(self, name: str, content: Any, ledger: Ledger) -> None:
        """Write `content` as indented JSON."""
        self.write(name, orjson.dumps(content, option=_JSON), ledger)

    def write_frame(self, name: str, frame: pl.DataFrame, ledger: Ledger) -> None:
        """Write `frame` as Parquet."""
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd", statistics=False)
        self.write(name, buffer.getvalue(), ledger)

    def read(self, name: str) -> bytes:
        """
        A file of the case as it was written.

        Raises:
            InvariantError: it was changed since, or the ledger that says so was.
            OSError: it is missing.
        """
        content = (self.root / name).read_bytes()
        entries = self.entries() if (self.root / LEDGER).is_file() else []
        written = [entry["facts"]["sha256"] for entry in entries if entry["event"] == "written" and entry["facts"]["file"] == name]
        if written and hashlib.sha256(content).hexdigest() != written[-1]:
            raise InvariantError(f"{name} of the case was changed after it was written", hint="Run leakscope verify CASE.")
        return content

    def read_json(self, name: str) -> dict[str, Any]:
        """
        A JSON file of the case.

        Raises:
            InvariantError: it is missing, damaged or changed.
        """
        try:
            content = orjson.loads(self.read(name))
        except (OSError, orjson.JSONDecodeError):
            raise InvariantError(f"{name} of the case is missing or damaged", hint="Run leakscope verify CASE.") from None
        if not isinstance(content, dict):
            raise InvariantError(f"{name} of the case is damaged")
        return content

    def read_frame(self, name: str) -> pl.DataFrame:
        """
        A Parquet file of the case.

        Raises:
            InvariantError: it is missing, damaged or changed.
        """
        try:
            return pl.read_parquet(io.BytesIO(self.read(name)))
        except (OSError, pl.exceptions.PolarsError):
            raise InvariantError(f"{name} of the case is missing or damaged", hint="Run leakscope verify CASE.") from None

    def assessment(self) -> dict[str, Any]:
        """The assessment, as every report reads it."""
        return self.read_json(ASSESSMENT)

    def findings(self) -> pl.DataFrame:
        """Schema FINDINGS."""
        return self.read_frame(FINDINGS)

    def individuals(self) -> pl.DataFrame:
        """Schema INDIVIDUALS."""
        return self.read_frame(INDIVIDUALS)

    def secrets(self) -> pl.DataFrame:
        """Schema SECRETS, rated; empty where none were looked for."""
        return self.read_frame(SECRETS) if (self.root / SECRETS).is_file() else empty(SECRETS_SCHEMA)

    def person_elements(self) -> pl.DataFrame:
        """Schema PERSON_ELEMENTS."""
        return self.read_frame(PERSON_ELEMENTS)


def create_case(root: Path) -> Case:
    """
    An empty case folder at `root`, mode 0700.

    Raises:
        UsageError: something is there already, or the folder cannot be made.
    """
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        root.chmod(0o700)
        occupied = any(root.iterdir())
    except OSError as error:
        raise UsageError(f"The case folder {root} cannot be made: {os.strerror(error.errno or 0)}", hint="Name another with --case.") from None
    if occupied:
        raise UsageError(f"The case folder {root} is not empty", hint="Name another with --case; a case is never overwritten.")
    return Case(root)


def unfinished(root: Path) -> list[dict[str, Any]] | None:
    """
    The ledger of a run in `root` that was ended from outside; null when there is none, or when it finished.

    Half a last line, which a kill can leave, is cut off; so are files that were being written.
    """
    path = root / LEDGER
    if not path.is_file():
        return None
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        os.truncate(path, len(whole))
    try:
        entries = read_ledger(path)
    except InvariantError:
        return None
    if not entries or entries[0]["event"] != "started" or entries[-1]["event"] == "failed" or any(one["event"] == "finished" and one["facts"].get("stage") == "assemble" for one in entries):
        return None
    for left in root.glob(".writing-*"):
        left.unlink()
    return entries


def open_case(root: Path | str) -> Case:
    """
    The case in `root`.

    Raises:
        UsageError: there is none.
    """
    path = Path(root)
    if not (path / ASSESSMENT).is_file() and not (path / LEDGER).is_file():
        raise UsageError(f"{path} is no case folder", hint="leakscope assess PATH makes one and prints its name.")
    return Case(path)
