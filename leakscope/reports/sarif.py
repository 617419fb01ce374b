"""Findings as SARIF 2.1.0, for code hosts and viewers that show findings beside their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import IO, Any
from urllib.parse import quote

import orjson
import polars as pl

from leakscope import __version__
from leakscope.catalogue import load
from leakscope.catalogue.model import Catalogue
from leakscope.reports.form import Frames, Report
from leakscope.safety.escape import plain
from leakscope.vocabulary import entities

#: Source: OASIS Static Analysis Results Interchange Format 2.1.0.
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"secret": "error", "credential": "error", "personal": "warning", "chat": "warning", "organisation": "note", "context": "note"}
#: SARIF viewers rank by this figure: critical from 9, high from 7, medium from 4 (as code hosts read it).
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.0", "low": "2.0"}
_SECURITY_SEVERITY = {"secret": "9.0", "credential": "9.0", "personal": "6.0", "chat": "6.0", "organisation": "2.0", "context": "1.0"}


def _family(entity: str) -> str:
    known = entities().get(entity)
    return known.family if known else "personal"


def _title(entity: str) -> str:
    known = entities().get(entity)
    return known.title if known else entity.replace("_", " ").capitalize()


def _rule(name: str, entity: str, catalogue: Catalogue) -> dict[str, Any]:
    """A reporting descriptor; what a detector of the catalogue exposes and how it is revoked are its help."""
    family, known = _family(entity), catalogue.by_id.get(name)
    title = known.name if known else _title(entity)
    exposes = known.exposes if known and known.exposes else f"{title}: found by the name of its field, its conversation or a model."
    revoke = known.provider.revoke if known and known.provider else ""
    severity = _SCORES[known.severity] if known else _SECURITY_SEVERITY.get(family, "5.0")
    return {
        "id": plain(name),
        "name": plain(entity),
        "shortDescription": {"text": plain(title)[:LONGEST_DESCRIPTION]},
        "fullDescription": {"text": plain(exposes)[:LONGEST_DESCRIPTION]},
        "help": {"text": plain(" ".join(part for part in (exposes, revoke) if part))},
        "defaultConfiguration": {"level": _LEVELS.get(family, "warning")},
        "properties": {"tags": ["exposed-data", family], "security-severity": severity},
    }


#: What GitHub's code scanning takes: results in a run, characters of a description (its documentation of SARIF support and of limits, read 2026-11-28).
RESULTS_PER_RUN, LONGEST_DESCRIPTION = 25_000, 1024
#: The field of a record that is a line of a text.
_LINE = "line"


def _region(row: Mapping[str, Any], record: int) -> dict[str, int]:
    """
    The finding's line and, where a record is a line of a text, its columns (SARIF 3.30.5 and 3.30.8: counted from 1, the end behind the last).

    Where a record is more than its line, the columns in the file are not known; the logical location and the properties say the field and
    the place in its value.
    """
    if str(row["field"]).partition("->")[0] != _LINE:
        return {"startLine": record + 1}
    return {"startLine": record + 1, "startColumn": int(row["start"]) + 1, "endColumn": int(row["end"]) + 1}


def _result(row: Mapping[str, Any], rules: Mapping[str, int]) -> dict[str, Any]:
    record = int(row["record"])
    place = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(plain(row["source"]), safe="/._-~")},
            "region": _region(row, record),
        },
        "logicalLocations": [{"fullyQualifiedName": plain(row["field"]), "kind": "member"}],
    }
    reason = orjson.loads(row.get("attributes") or "{}").get("suppressed")
    kept_back = {"suppressions": [{"kind": "external", "status": "accepted", "justification": plain(str(reason))}]} if reason else {}
    return {
        **kept_back,
        "ruleId": plain(row["detector"]),
        "ruleIndex": rules[row["detector"]],
        "level": _LEVELS.get(_family(row["entity"]), "warning"),
        "message": {"text": f"{plain(_title(row['entity']))} in field {plain(row['field'])} of record {record}: {plain(row['preview'] or '')}"},
        "locations": [place],
        "partialFingerprints": {"value/v1": row["fingerprint"]},
        "rank": round(float(row["confidence"]) * 100, 1),
        "properties": {"record": record, "start": row["start"], "end": row["end"], "confidence": row["confidence"], "validated": row["validated"]},
    }


def build(rows: Iterable[Mapping[str, Any]], catalogue: Catalogue | None = None) -> dict[str, Any]:
    """
    A SARIF log of findings, in runs of up to `RESULTS_PER_RUN`, each with an id of its own so that one does not replace another.

    Args:
        rows: findings with the columns of schema `FINDINGS`; their order is kept.
        catalogue: where their detectors are described; null takes the bundled one.
    """
    listed, described = list(rows), catalogue or load()
    parts = [listed[at : at + RESULTS_PER_RUN] for at in range(0, len(listed), RESULTS_PER_RUN)] or [[]]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(part, number, described) for number, part in enumerate(parts, 1)]}


def _run(listed: list[Mapping[str, Any]], number: int, described: Catalogue) -> dict[str, Any]:
    """One run of as many results as code hosts take, with the rules that found them."""
    unique = dict(sorted({(row["detector"], row["entity"]) for row in listed}, reverse=True))
    names = sorted(unique)
    index = {name: at for at, name in enumerate(names)}
    driver = {"name": "LeakScope", "version": __version__, "semanticVersion": __version__, "rules": [_rule(name, unique[name], described) for name in names]}
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"leakscope/{number}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(row, index) for row in listed],
    }


def render(assessment: Mapping[str, Any], *, now: datetime, frames: Frames | None = None) -> str:
    """
    The case's findings as a SARIF log; a record's number plus one stands as its line.

    Args:
        assessment: not used beyond being the case's.
        now: not used.
        frames: `findings`.
    """
    findings = (frames or {}).get("findings", pl.DataFrame())
    return orjson.dumps(build(findings.iter_rows(named=True)), option=orjson.OPT_APPEND_NEWLINE).decode()


def write(frames: Iterator[pl.DataFrame], out: IO[str], catalogue: Catalogue) -> None:
    """
    One SARIF log of a stream of findings; held whole, because SARIF is one document.

    Args:
        frames: schema `FINDINGS`.
        out: where the log goes.
        catalogue: where the detectors are described.
    """
    rows = (row for frame in frames for row in frame.iter_rows(named=True))
    out.write(orjson.dumps(build(rows, catalogue), option=orjson.OPT_APPEND_NEWLINE).decode())


REPORT = Report(name="sarif", suffix=".sarif", title="findings as SARIF 2.1.0", render=render, frames=("findings",))
