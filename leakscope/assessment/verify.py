"""Checks a case: the ledger's chain, the hash of every file, the evidence if it is still there, and the counts that must add up."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leakscope.assessment.case import ASSESSMENT, Case
from leakscope.assessment.paths import path_of
from leakscope.errors import InvariantError
from leakscope.severity.counts import element_counts


@dataclass(frozen=True, slots=True)
class Check:
    """
    One thing that was verified.

    Args:
        name: what was looked at.
        holds: whether it holds; null when it could not be checked.
        detail: one plain sentence.
    """

    name: str
    holds: bool | None
    detail: str


def verify(case: Case) -> list[Check]:
    """All checks of `case`, in a fixed order; a damaged ledger ends them, because nothing else can be trusted then."""
    try:
        entries = case.entries()
    except (InvariantError, OSError):
        return [Check("ledger chain", False, "The ledger is missing, or an entry was changed, removed or put in.")]
    chain = Check("ledger chain", True, f"{len(entries)} entries, each hashing the one before it.")
    return [chain, *_files(case, entries), *_evidence(case), *_counts(case)]


def _files(case: Case, entries: list[dict[str, Any]]) -> list[Check]:
    written = {entry["facts"]["file"]: entry["facts"]["sha256"] for entry in entries if entry["event"] == "written"}
    return [_file(case.root / name, name, expected) for name, expected in sorted(written.items())]


def _file(path: Path, name: str, expected: str) -> Check:
    if not path.is_file():
        return Check(name, False, "The file is missing.")
    same = hashlib.sha256(path.read_bytes()).hexdigest() == expected
    return Check(name, same, "Unchanged since it was written." if same else "The file was changed after it was written.")


def _evidence(case: Case) -> list[Check]:
    try:
        manifest = case.read_json("manifest.json")
    except InvariantError:
        return []
    return [_one_evidence(row) for row in manifest.get("evidence", ()) if row.get("path")]


def _one_evidence(row: dict[str, Any]) -> Check:
    name, path = f"evidence {row['source']}", path_of(row["path"])
    if not path.is_file():
        return Check(name, None, "Not at the place it was read from; not checked.")
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    same = digest.hexdigest() == row["sha256"]
    return Check(name, same, "The same bytes as when it was read." if same else "The evidence changed after it was read.")


def _counts(case: Case) -> list[Check]:
    try:
        assessment = case.assessment()
    except InvariantError:
        return [Check("assessment", False, f"{ASSESSMENT} is missing or damaged.")]
    coverage = assessment["coverage"]
    collected, examined, aside = (coverage[f"records_{kind}"] for kind in ("collected", "examined", "set_aside"))
    drawn_out = coverage.get("records_not_drawn", 0)
    records = Check("record counts", collected == examined + aside + drawn_out, f"{collected} collected = {examined} examined + {aside} set aside + {drawn_out} not drawn.")
    by_evidence = sum(row["records_collected"] or 0 for row in assessment["evidence"])
    evidence = Check("evidence counts", by_evidence == collected, f"{by_evidence} records over all pieces of evidence, {collected} in all.")
    try:
        people, findings = case.individuals(), case.findings().height
    except InvariantError as error:
        return [records, evidence, Check("tables", False, error.message)]
    counted = int(people["counted"].sum()) if people.height else 0
    observed = assessment["individuals"]["observed"]["value"]
    individuals = Check("individuals", counted == observed, f"{counted} counted people in the table, {observed:g} in the assessment.")
    stated = sum(row["findings"] for row in assessment["findings_by_entity"])
    return [records, evidence, individuals, Check("findings", findings == stated, f"{findings} findings in the table, {stated} in the assessment."), _classes(case, assessment)]


def _classes(case: Case, assessment: dict[str, Any]) -> Check:
    """The records of every data class, counted again from the findings."""
    counted = dict(element_counts(case.findings()).select("element", "records").iter_rows())
    stated = {row["data_class"]: row["records"] for row in assessment["impact_summary"] if row["data_class"] in counted}
    differ = sum(1 for code, records in stated.items() if records != counted[code])
    return Check("data classes", not differ, f"Records of {len(stated)} data classes counted again from the findings; {differ} differ.")


def require(checks: list[Check]) -> None:
    """
    Raise when a check failed.

    Raises:
        InvariantError: at least one check does not hold.
    """
    failed = [check.name for check in checks if check.holds is False]
    if failed:
        raise InvariantError(f"{len(failed)} checks failed: {', '.join(failed)}")
