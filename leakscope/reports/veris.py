"""The incident in VERIS 1.4.1 JSON, for incident databases; what VERIS has no place for stands under `plus.leakscope`."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
import polars as pl

from leakscope.reports.form import Frames, Report
from leakscope.reports.wording import parse_instant
from leakscope.safety.escape import plain
from leakscope.vocabulary import elements

Assessment = Mapping[str, Any]
#: Name space of incident ids: the same case always gives the same id.
_IDS = uuid.UUID("6e1c5a52-7b0e-4d0f-9d4e-0c3a4a9ce1b7")
UNKNOWN = "Unknown"


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "veris.toml").read_text("utf-8"))


def _fact(assessment: Assessment, table: str, name: str) -> Any:
    value = ((assessment.get("facts") or {}).get(table) or {}).get(name)
    return None if value in ("", "unknown", [], ()) else value


def disclosure(assessment: Assessment) -> str:
    """`Yes` only with evidence that somebody has the data; `Potentially` when it was merely exposed."""
    stated = {_fact(assessment, "exposure", name) for name in ("access", "exfiltration", "posted")}
    if "yes" in stated:
        return "Yes"
    return "No" if _fact(assessment, "exposure", "recipients") == "nobody" and "no" in stated else "Potentially"


def _action(assessment: Assessment) -> dict[str, Any]:
    kind = _fact(assessment, "exposure", "kind")
    if kind not in _words()["action"]:
        return {"unknown": {"notes": "the facts do not say"}}
    group, variety, vector = _words()["action"][kind]
    return {group: {"variety": [variety], "vector": [vector]}}


def _actor(assessment: Assessment) -> dict[str, Any]:
    if _fact(assessment, "exposure", "insider") == "yes":
        return {"internal": {"variety": [UNKNOWN], "motive": [UNKNOWN]}}
    group = next(iter(_action(assessment)))
    if group == "error":
        return {"internal": {"variety": [UNKNOWN], "motive": ["NA"]}}
    if group in ("hacking", "malware", "physical"):
        return {"external": {"variety": [UNKNOWN], "motive": [UNKNOWN], "country": [UNKNOWN]}}
    return {"unknown": {"notes": "the facts do not say"}}


def _variety(element: str | None, family: str | None) -> str | None:
    known = elements().get(element or "")
    return known.veris if known and known.veris else ("Secrets" if family in ("secret", "credential") else None)


def _amounts(assessment: Assessment, findings: pl.DataFrame | None) -> tuple[int, dict[str, int]]:
    """
    Distinct records that hold anything VERIS names, in all and by variety.

    Without the case's findings the largest count of a kind of finding stands for its variety: a floor.
    """
    if findings is None:
        amounts: dict[str, int] = {}
        for row in assessment["findings_by_entity"]:
            if variety := _variety(row.get("element"), row.get("family")):
                amounts[variety] = max(amounts.get(variety, 0), int(row.get("records") or 0))
        return max([0, *amounts.values()]), amounts
    names = {row["entity"]: variety for row in assessment["findings_by_entity"] if (variety := _variety(row.get("element"), row.get("family")))}
    told = findings.select("source", "record", variety=pl.col("entity").replace_strict(names, default=None, return_dtype=pl.String)).drop_nulls("variety").unique()
    return told.select("source", "record").n_unique() if told.height else 0, dict(told.group_by("variety").len().iter_rows())


def _confidentiality(assessment: Assessment, findings: pl.DataFrame | None) -> dict[str, Any]:
    words = _words()["data_victim"]
    victims = sorted({words.get(row["role"], "Other") for row in assessment["individuals"].get("by_role") or () if row.get("people")}) or [UNKNOWN]
    encrypted = _fact(assessment, "exposure", "encryption")
    state = {"encrypted": "Stored encrypted", "none": "Stored unencrypted"}.get(str(encrypted), "Stored")
    records, amounts = _amounts(assessment, findings)
    return {
        "data_disclosure": disclosure(assessment),
        "data_total": records,
        "data": [{"variety": name, "amount": amount} for name, amount in sorted(amounts.items())] or [{"variety": UNKNOWN}],
        "data_victim": victims,
        "state": [state],
        "notes": "data_total counts distinct records examined that hold personal data or secrets, each amount those of its variety; people and intervals stand under plus.leakscope",
    }


def _attribute(assessment: Assessment, findings: pl.DataFrame | None) -> dict[str, Any]:
    parts: dict[str, Any] = {"confidentiality": _confidentiality(assessment, findings)}
    if _fact(assessment, "exposure", "altered") == "yes":
        parts["integrity"] = {"variety": [UNKNOWN]}
    if _fact(assessment, "exposure", "unavailable") == "yes":
        parts["availability"] = {"variety": ["Loss"]}
    return parts


def _incident_day(assessment: Assessment) -> dict[str, int]:
    window = assessment["timeline"].get("exposure_window") or {}
    candidates = (_fact(assessment, "clocks", "occurrence_start"), window.get("from"), _fact(assessment, "clocks", "discovery"), assessment["case"]["created"])
    moment = next(found for text in candidates if (found := parse_instant(text)))
    return {"year": moment.year, "month": moment.month, "day": moment.day}


def _elapsed(start: datetime | None, end: datetime | None) -> dict[str, Any] | None:
    if start is None or end is None or end < start:
        return None
    minutes = (end - start).total_seconds() / 60
    for unit, length in (("Months", 43200), ("Weeks", 10080), ("Days", 1440), ("Hours", 60)):
        if minutes >= length:
            return {"unit": unit, "value": round(minutes / length)}
    return {"unit": "Minutes", "value": round(minutes)}


def _timeline(assessment: Assessment) -> dict[str, Any]:
    start, discovery, containment = (parse_instant(_fact(assessment, "clocks", name)) for name in ("occurrence_start", "discovery", "containment"))
    spans = {"discovery": _elapsed(start, discovery), "containment": _elapsed(discovery, containment)}
    return {"incident": _incident_day(assessment), **{name: span for name, span in spans.items() if span}}


def _employees(count: Any) -> str:
    if not isinstance(count, int):
        return UNKNOWN
    return next(str(row["name"]) for row in _words()["employee_count"] if "at_most" not in row or count <= row["at_most"])


def _victim(assessment: Assessment) -> dict[str, Any]:
    places = _fact(assessment, "incident", "establishments") or ()
    countries = sorted({str(place)[:2].upper() for place in places if len(str(place)) >= 2}) or [UNKNOWN]
    return {
        "victim_id": plain(str(_fact(assessment, "incident", "organisation") or UNKNOWN)),
        "country": countries,
        "employee_count": _employees(_fact(assessment, "incident", "size")),
        "industry": "000",
    }


def _plus(assessment: Assessment) -> dict[str, Any]:
    people, incident = assessment["individuals"], assessment["severity"]["incident"]
    return {
        "leakscope": {
            "case": assessment["case"]["id"],
            "individuals": {name: people.get(name) for name in ("observed", "estimated", "exposure")},
            "secrets": len(assessment["secrets"]),
            "severity": {name: incident.get(name) for name in ("scheme", "score", "band", "low", "high")},
            "versions": assessment["versions"],
        }
    }


def build(assessment: Assessment, findings: pl.DataFrame | None = None) -> dict[str, Any]:
    """
    The incident as a VERIS record.

    Args:
        assessment: as in assessment.json.
        findings: schema `FINDINGS` of the case, for exact counts of records; null takes the counts of the assessment.
    """
    formats = [_words()["asset"].get(row.get("format") or "", "S - Unknown") for row in assessment["evidence"]]
    rating = _words()["overall_rating"].get(assessment["severity"]["incident"]["band"])
    summary = _fact(assessment, "narrative", "summary")
    found = _fact(assessment, "narrative", "how_discovered")
    return {
        "schema_version": _words()["schema_version"],
        "incident_id": str(uuid.uuid5(_IDS, str(assessment["case"]["id"]))),
        "source_id": "leakscope",
        "security_incident": "Confirmed",
        "confidence": "Medium",
        "summary": plain(str(summary)) if summary else "Not stated",
        "timeline": _timeline(assessment),
        "victim": _victim(assessment),
        "action": _action(assessment),
        "actor": _actor(assessment),
        "asset": {"assets": [{"variety": name} for name in sorted(set(formats))] or [{"variety": UNKNOWN}]},
        "attribute": _attribute(assessment, findings),
        "discovery_method": {"unknown": {"notes": plain(str(found))} if found else {}},
        "impact": {"overall_rating": rating or UNKNOWN},
        "plus": _plus(assessment),
    }


def render(assessment: Assessment, *, now: datetime, frames: Frames | None = None) -> str:
    """The VERIS record as JSON; `now` is not used, `frames` may hold `findings`."""
    return orjson.dumps(build(assessment, (frames or {}).get("findings")), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


REPORT = Report(name="veris", suffix=".veris.json", title="VERIS 1.4.1 incident record", render=render, frames=("findings",))
