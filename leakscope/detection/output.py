"""Writes findings as a stream: NDJSON, CSV, a table for people, SARIF for code-scanning tools."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

import orjson
import polars as pl

from leakscope import __version__
from leakscope.catalogue.model import Catalogue
from leakscope.safety.escape import cell, plain
from leakscope.schema import FINDINGS

#: `security-severity` of SARIF results by the rule's severity (the scale of CVSS, as code-scanning tools read it).
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.0", "low": "2.0"}
_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
_COLUMNS = ("source", "record", "field", "start", "end", "entity", "confidence", "preview")


def as_object(row: Mapping[str, Any]) -> dict[str, Any]:
    """A finding as the contract's JSON object: `attributes` is an object, not text."""
    return {**row, "attributes": orjson.loads(row["attributes"] or "{}")}


def write_ndjson(frames: Iterator[pl.DataFrame], out: IO[str], catalogue: Catalogue) -> None:
    """One JSON object a finding."""
    for frame in frames:
        for row in frame.iter_rows(named=True):
            out.write(orjson.dumps(as_object(row), option=orjson.OPT_APPEND_NEWLINE).decode())


def write_csv(frames: Iterator[pl.DataFrame], out: IO[str], catalogue: Catalogue) -> None:
    """One row a finding, cells that a spreadsheet could take for formulas made harmless."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FINDINGS.names())
    for frame in frames:
        for row in frame.iter_rows():
            writer.writerow("" if value is None else cell(value) if isinstance(value, str) else value for value in row)


def write_table(frames: Iterator[pl.DataFrame], out: IO[str], catalogue: Catalogue) -> None:
    """Aligned columns, one line a finding."""
    widths = (18, 7, 30, 6, 6, 24, 5, 26)
    out.write(_line([name.upper() for name in _COLUMNS], widths))
    for frame in frames:
        for row in frame.select(_COLUMNS).iter_rows():
            out.write(_line([f"{value:.2f}" if isinstance(value, float) else plain(str(value)) for value in row], widths))


def _line(cells: list[str], widths: tuple[int, ...]) -> str:
    fitted = (text if len(text) <= width else f"{text[: width - 1]}…" for text, width in zip(cells, widths, strict=True))
    return "  ".join(text.ljust(width) for text, width in zip(fitted, widths, strict=True)).rstrip() + "\n"


def write_sarif(frames: Iterator[pl.DataFrame], out: IO[str], catalogue: Catalogue) -> None:
    """One SARIF 2.1.0 log (OASIS standard, 2020): rules with `security-severity`, results with physical and logical locations."""
    results = [_result(row, catalogue) for frame in frames for row in frame.iter_rows(named=True)]
    used = sorted({result["ruleId"] for result in results})
    driver = {"name": "LeakScope", "version": __version__, "rules": [_rule(name, catalogue) for name in used]}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }
    out.write(orjson.dumps(log, option=orjson.OPT_APPEND_NEWLINE).decode())


def _severity(detector: str, catalogue: Catalogue) -> str:
    rule = catalogue.by_id.get(detector)
    return rule.severity if rule else "medium"


def _rule(name: str, catalogue: Catalogue) -> dict[str, Any]:
    rule = catalogue.by_id.get(name)
    return {
        "id": name,
        "name": rule.name if rule else name,
        "shortDescription": {"text": rule.name if rule else f"Field role {name}"},
        "fullDescription": {"text": rule.exposes if rule and rule.exposes else "Personal data in a field whose name says so."},
        "properties": {"security-severity": _SCORES[_severity(name, catalogue)], "tags": ["security"]},
    }


def _result(row: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    return {
        "ruleId": row["detector"],
        "level": _LEVELS[_severity(row["detector"], catalogue)],
        "message": {"text": plain(f"{row['entity']} ({row['preview']}) in {row['field']}, record {row['record']}")},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": row["source"]}, "region": {"startLine": row["record"] + 1}},
                "logicalLocations": [{"fullyQualifiedName": row["field"], "kind": "member"}],
            }
        ],
        "partialFingerprints": {"leakscope/v1": row["fingerprint"]},
        "rank": round(100 * row["confidence"], 1),
    }


WRITERS: Mapping[str, Callable[[Iterator[pl.DataFrame], IO[str], Catalogue], None]] = {
    "ndjson": write_ndjson,
    "csv": write_csv,
    "table": write_table,
    "sarif": write_sarif,
}
