"""How many people, where they live and which of their data: always of the whole exposure when it is known, never mixed with the evidence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from leakscope.notification.answers.reading import Assessment
from leakscope.notification.law import jurisdictions
from leakscope.vocabulary import elements


def people(assessment: Assessment) -> Mapping[str, Any]:
    """The estimate of people that a notice states: of the whole exposure, or of the evidence when no more can be said."""
    held = assessment["individuals"]
    return held.get("exposure") or held["estimated"]


def phrase(estimate: Mapping[str, Any] | None) -> str | None:
    """An estimate in words a form takes: exact, approximate with its interval, a lower bound, or none seen with what is possible."""
    if not estimate or estimate.get("value") is None:
        return None
    value, low, high = estimate["value"], estimate.get("low"), estimate.get("high")
    if low == high == value:
        return f"{value:,.0f}"
    if high is None:
        return f"at least {math.floor(low or 0):,}; the total is being established"
    level = f"{(estimate.get('level') or 0.95) * 100:g}%"
    if round(value) == 0:
        return f"none seen so far; up to {math.ceil(high - 1e-9):,} not excluded ({level})"
    return f"approximately {value:,.0f} ({level} interval {math.floor((low or 0) + 1e-9):,} to {math.ceil(high - 1e-9):,})"


def people_phrase(assessment: Assessment) -> str | None:
    """How many people in all, in words."""
    return phrase(people(assessment))


def people_number(assessment: Assessment) -> str | None:
    """How many people in all, as the bare number that a form's own field takes."""
    value = people(assessment).get("value")
    return None if value is None else f"{value:.0f}"


def people_status(assessment: Assessment) -> str:
    """Whether that number is exact, approximate or still open."""
    estimate = people(assessment)
    if estimate.get("value") is None:
        return "to be determined"
    return "exact" if estimate.get("low") == estimate.get("high") == estimate["value"] else "approximate"


def people_detail(assessment: Assessment) -> str:
    """The number, how it was reached, and the roles of those observed."""
    held = assessment["individuals"]
    roles = ", ".join(f"{row['role'].replace('_', ' ')} {row['people']:,}" for row in held.get("by_role") or ())
    return f"{people_phrase(assessment) or 'number being established'}; method: {people(assessment).get('method')}" + (f"; of those observed, by role: {roles}" if roles else "")


def categories(assessment: Assessment) -> str | None:
    """Kinds of people, by their roles."""
    names = {"account_holder": "users or subscribers", "chat_author": "users", "third_party": "other people named in the data", "employee": "employees", "business_contact": "business contacts", "child": "children"}
    found = [names[row["role"]] for row in assessment["individuals"].get("by_role") or () if row["role"] in names and row["people"]]
    return ", ".join(dict.fromkeys(found)) or None


def in_the_eea(assessment: Assessment) -> list[Mapping[str, Any]]:
    """Residence rows of the European Economic Area."""
    codes = set(jurisdictions()["EU-GDPR"].scope.residence)
    return [row for row in assessment["individuals"].get("by_residence") or () if (row.get("residence") or "").split("-")[0] in codes]


def affected_eea(assessment: Assessment) -> str | None:
    """Countries of the EEA in which people are known to live."""
    return ", ".join(sorted(row["residence"] for row in in_the_eea(assessment))) or None


def people_per_eea(assessment: Assessment) -> str | None:
    """People per country of the EEA, on the scale of the total that the form states."""
    scale = "exposure" if assessment["individuals"].get("exposure") else "people"
    rows = sorted(in_the_eea(assessment), key=lambda row: row["residence"])
    said = "; ".join(f"{row['residence']}: {phrase(row.get(scale) or row['people']) or 'not known'}" for row in rows)
    unplaced = next((row for row in assessment["individuals"].get("by_residence") or () if row.get("residence") is None), None)
    rest = phrase(unplaced.get(scale) or unplaced["people"]) if unplaced and said else None
    return (f"{said}; residence not known: {rest}" if rest else said) or None


def residents(assessment: Assessment, code: str) -> Mapping[str, Any] | None:
    """People who live in `code`, as the duties counted them, else as the assessment did."""
    duty: Iterable[Mapping[str, Any]] = (row for row in assessment["duties"] if row["jurisdiction"] == code and row.get("people"))
    lived = (row for row in assessment["individuals"].get("by_residence") or () if row.get("residence") == code)
    return next((row["people"] for row in (*duty, *lived)), None)


def exceeds(assessment: Assessment, code: str, number: int) -> str | None:
    """Whether more than `number` people live in `code`; null while the interval spans it."""
    low, high = ((residents(assessment, code) or {}).get(name) for name in ("low", "high"))
    return "yes" if (low or 0) > number else "no" if high is not None and high <= number else None


def exposed(assessment: Assessment) -> list[str]:
    """Element codes of everybody's data, the most frequent first."""
    return [row["element"] for row in assessment["individuals"].get("by_element") or ()]


def names_of(codes: Iterable[str]) -> str | None:
    """Names of elements, for a form."""
    known = elements()
    return ", ".join(known[code].name if code in known else code for code in codes) or None


def data_types(assessment: Assessment) -> str | None:
    """Kinds of data of everybody, wherever they live."""
    return names_of(exposed(assessment))


def data_types_of(assessment: Assessment, code: str) -> str | None:
    """Kinds of data of the people known to live in `code`; where nobody is known to, says so and names everybody's."""
    there = [row for row in assessment["individuals"].get("by_residence") or () if row.get("residence") == code]
    held = names_of(dict.fromkeys(element for row in there for element in row.get("elements") or ()))
    if held:
        return held
    everybody = data_types(assessment)
    return f"no resident is known so far; of everybody: {everybody}" if everybody else None


def data_types_edpb(assessment: Assessment) -> str | None:
    """The European template's letters, each with the kinds of data that it stands for here."""
    known = elements()
    under: dict[str, list[str]] = {}
    for code in exposed(assessment):
        if code in known and known[code].edpb_field_70:
            under.setdefault(known[code].edpb_field_70, []).append(known[code].name)
    return "; ".join(f"{letter} ({', '.join(names)})" for letter, names in sorted(under.items())) or None
