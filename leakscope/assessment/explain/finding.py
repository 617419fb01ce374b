"""Why a finding is one, whose it is, and what it means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from leakscope.assessment.case import FINDINGS, INDIVIDUALS, RECORD_PERSONS, Case
from leakscope.assessment.explain.duty import covers
from leakscope.assessment.explain.model import PEOPLE_SHOWN, PLACES_SHOWN, Explanation, Rows, Section, said
from leakscope.catalogue import load
from leakscope.reports.wording import counted
from leakscope.vocabulary import elements, entities


def find_finding(case: Case, name: str) -> dict[str, Any] | None:
    """One finding by its row, its fingerprint or its record; null when the name is none of these."""
    findings = case.read_frame(FINDINGS).with_row_index("row")
    number = name.removeprefix("finding-")
    if name.startswith("finding-") and number.isdigit():
        found = findings.filter(pl.col("row") == int(number))
    elif len(name) >= 6 and all(letter in "0123456789abcdef" for letter in name):
        found = findings.filter(pl.col("fingerprint").str.starts_with(name))
    else:
        source, _, record = name.rpartition(":")
        found = findings.filter((pl.col("source") == source) & (pl.col("record") == int(record))) if source and record.isdigit() else findings.clear()
    if found.is_empty():
        return None
    row = found.row(0, named=True)
    return {**row, "_same": findings.filter(pl.col("fingerprint") == row["fingerprint"]).height}


def explain_finding(case: Case, name: str, finding: dict[str, Any]) -> Explanation:
    """From the place in the evidence, through the rule that fired, to whose it is and what it weighs."""
    assessment, entity = case.assessment(), entities().get(finding["entity"])
    code = entity.element if entity else None
    sections = [
        Section(heading="Finding", rows=_finding_rows(finding)),
        Section(heading="Rule that found it", rows=_detector_rows(finding["detector"])),
        Section(heading="Whose", rows=_owner_rows(case, finding)),
        Section(heading="What it means", rows=_meaning_rows(finding["entity"], code, assessment)),
        Section(heading="Duties where they live", rows=_duty_rows(case, finding, assessment)),
    ]
    return Explanation(id=name, kind="finding", sections=tuple(section for section in sections if section.rows))


def _finding_rows(finding: Mapping[str, Any]) -> Rows:
    attributes = json.loads(finding["attributes"] or "{}")
    rows = [
        ("where", f"{finding['source']}, record {finding['record']}, field {finding['field']}, code points {finding['start']} to {finding['end']}"),
        ("kind", entities()[finding["entity"]].title if finding["entity"] in entities() else "not in the catalogue"),
        ("entity", finding["entity"]),
        ("preview", finding["preview"] or ""),
        ("confidence", f"{finding['confidence']:.3f}"),
        ("structure", {True: "checked and right", False: "checked and wrong", None: "no structural check exists"}[finding["validated"]]),
        ("fingerprint", finding["fingerprint"]),
        ("the same value", f"found {finding['_same']:,} times in all"),
    ]
    return rows + [(key.replace("_", " "), said(value)) for key, value in sorted(attributes.items())]


#: What found a finding that no pattern of the catalogue did, by the beginning of its name.
_OTHER_DETECTORS = {
    "field.": "the name of the field or column, which says what its values are",
    "cells.": "the values of a column without a name, which together say what they are",
    "beside.": "what stands beside it in the record",
    "topic.": "the reading of a conversation's topic, in a sample of conversations",
    "names.": "a model or rule that reads names in prose",
    "chat.": "the shape of the record: a list of messages with roles",
    "presidio.": "a recogniser that was registered with Presidio",
}


def _detector_rows(detector: str) -> Rows:
    rule = load().by_id.get(detector)
    if rule is None:
        kind = next((said for head, said in _OTHER_DETECTORS.items() if detector.startswith(head)), "a rule of yours, or one of another version")
        return [("detector", detector), ("which is", kind)]
    context = f"raised by nearby {', '.join(rule.context[:6])}" if rule.context else "no context words"
    rows = [
        ("detector", f"{rule.id}: {rule.name} ({rule.file})"),
        ("pattern", rule.pattern),
        ("needs nearby", ", ".join(rule.keywords) or "nothing"),
        ("confidence", f"{rule.confidence:g} alone, {rule.confidence_context:g} in context; {context}"),
        ("check", f"{rule.validator}, a failure means {rule.validator_failure}" if rule.validator else "none"),
    ]
    opened = [("opens", rule.exposes)] if rule.exposes else []
    return rows + opened + [("source", f"{one.title}, read {one.read}, {one.confidence}") for one in rule.references]


def _owner_rows(case: Case, finding: Mapping[str, Any]) -> Rows:
    linked = case.read_frame(RECORD_PERSONS)
    same = linked.filter((pl.col("source") == finding["source"]) & (pl.col("record") == finding["record"]))
    direct = same.filter(pl.col("fingerprint") == finding["fingerprint"])["person"].unique(maintain_order=True).to_list()
    others = [person for person in same["person"].unique(maintain_order=True).to_list() if person not in direct]
    rows = [("named by it", person) for person in direct[:PEOPLE_SHOWN]] + [("in the same record", person) for person in others[:PEOPLE_SHOWN]]
    return rows or [("person", "none could be linked to this record")]


def _meaning_rows(entity: str, code: str | None, assessment: Mapping[str, Any]) -> Rows:
    if code is None:
        return [("severity", f"{entity} says nothing of a person by itself; secrets are rated by privilege, environment and life")]
    element = elements()[code]
    special = [("special category", f"GDPR {element.gdpr}")] if element.gdpr else []
    impact = next((row for row in assessment["impact_summary"] if row["data_class"] == code), None)
    weighed = [("severity weight", f"{impact['severity_weight']:g}: {impact['weight_source']}"), ("share of impact", f"{impact['share_of_impact']:.1%} of all")] if impact else []
    return [("element", element.name), ("processing context", element.enisa.replace("_", " ")), *special, *weighed]


def _duty_rows(case: Case, finding: Mapping[str, Any], assessment: Mapping[str, Any]) -> Rows:
    """Open duties of the places where the people of this record live."""
    linked = case.read_frame(RECORD_PERSONS).filter((pl.col("source") == finding["source"]) & (pl.col("record") == finding["record"]))
    people = case.read_frame(INDIVIDUALS).filter(pl.col("counted") & pl.col("person").is_in(linked["person"].implode()))
    places = people["residence"].drop_nulls().unique().sort().to_list()
    open_duties = [duty for duty in assessment["duties"] if duty["status"] in ("applies", "may_apply") and any(covers(duty, place) for place in places)]
    rows = [(str(duty["status"]).replace("_", " "), f"{duty['id']}: {duty['citation'] or duty['instrument']}") for duty in open_duties]
    return rows[:PLACES_SHOWN]


def places_of(case: Case, entry: Mapping[str, Any]) -> list[Section]:
    """Where in the evidence an entry stands that is made of findings: a secret, an entity, a data class, a field."""
    if "fingerprint" in entry:
        chosen = pl.col("fingerprint").is_in(entry.get("fingerprints") or [entry["fingerprint"]])
    elif entry.get("field"):
        chosen = (pl.col("field").str.replace_all(r"\[\d+\]", "[]") == entry["field"]) & (pl.col("entity") == entry["entity"])
    elif entry.get("entity"):
        chosen = pl.col("entity") == entry["entity"]
    elif entry.get("data_class"):
        chosen = pl.col("entity").is_in([name for name, entity in entities().items() if entity.element == entry["data_class"]])
    else:
        return []
    found = case.read_frame(FINDINGS).with_row_index("row").filter(chosen)
    fields = found.group_by("source", "field").agg(pl.len().alias("findings"), pl.col("record").n_unique().alias("records"), pl.col("record").min().alias("first"), pl.col("row").first())
    shown = fields.sort(["findings", "source", "field"], descending=[True, False, False]).head(PLACES_SHOWN).iter_rows(named=True)
    rows = [(f"finding-{row['row']}", f"{row['source']}, field {row['field']}: {counted(row['findings'], 'finding')} in {counted(row['records'], 'record')}, first record {row['first']}") for row in shown]
    return [Section(heading="Where it stands", rows=rows)] if rows else []
