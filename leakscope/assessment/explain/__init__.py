"""Why something stands in the result: back to row and field, through every rule on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from leakscope.assessment.case import Case
from leakscope.assessment.explain.duty import explain_duty
from leakscope.assessment.explain.finding import explain_finding, find_finding, places_of
from leakscope.assessment.explain.model import Explanation, Section, is_nested, said
from leakscope.assessment.explain.person import explain_person
from leakscope.errors import UsageError
from leakscope.safety.escape import plain

__all__ = ["Explanation", "Section", "explain"]


def explain(case: Case, name: str) -> Explanation:
    """
    Explain a finding, a person, a duty, or any entry of the assessment.

    Args:
        case: an assessed case.
        name: `finding-N` (N: row of findings.parquet), a fingerprint or its beginning, `SOURCE:RECORD`, a person or its beginning,
            a duty, or the id of any entry of the assessment.

    Raises:
        UsageError: nothing in the case has that id.
    """
    if name.startswith("duty-"):
        return explain_duty(case, name)
    if name.startswith("person-"):
        return explain_person(case, name)
    if (finding := find_finding(case, name)) is not None:
        return explain_finding(case, name, finding)
    entry = next((found for found in _entries(case.assessment()) if found.get("id") == name), None)
    if entry is None:
        raise UsageError(f"nothing in this case is called {plain(name)}", hint="Ids stand in assessment.json: finding-0, person-..., duty-EU-GDPR-regulator, secret-..., entity-EMAIL_ADDRESS.")
    return Explanation(id=name, kind="entry", sections=(*_entry_sections(entry), *places_of(case, entry)))


def _entries(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        if "id" in value:
            yield value
        for part in value.values():
            yield from _entries(part)
    elif isinstance(value, list):
        for part in value:
            yield from _entries(part)


def _entry_sections(entry: Mapping[str, Any]) -> Iterator[Section]:
    flat = [(key.replace("_", " "), said(value)) for key, value in entry.items() if not is_nested(value)]
    yield Section(heading=str(entry.get("name") or entry.get("title") or entry["id"]), rows=flat)
    for key, value in entry.items():
        if is_nested(value):
            listed = value if isinstance(value, list) else [value]
            rows = [("", ", ".join(f"{part.replace('_', ' ')} {said(one)}" for part, one in row.items() if not is_nested(one))) for row in listed]
            yield Section(heading=key.replace("_", " "), rows=rows)
