"""Why a person is counted, what of theirs was exposed, and how bad that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from leakscope.assessment.case import FINDINGS, INDIVIDUALS, PERSON_ELEMENTS, RECORD_PERSONS, Case
from leakscope.assessment.explain.duty import covers
from leakscope.assessment.explain.model import PLACES_SHOWN, Explanation, Rows, Section, grounds_for, said
from leakscope.assessment.leading import scheme_of
from leakscope.errors import UsageError
from leakscope.reports.wording import counted
from leakscope.safety.escape import plain
from leakscope.schema import FINDINGS as FINDINGS_SCHEMA
from leakscope.schema import SECRETS, empty
from leakscope.severity import assess, load_scheme
from leakscope.severity.circumstances import read_circumstances
from leakscope.severity.people import exposed_elements, person_severity
from leakscope.severity.scheme import ENISA_KIND
from leakscope.vocabulary import elements, entities


def explain_person(case: Case, name: str) -> Explanation:
    """
    What of one person was exposed and where, how it was linked, how bad it is, and which duties rest on it.

    Raises:
        UsageError: nobody, or more than one person, begins with `name`.
    """
    people = case.read_frame(INDIVIDUALS)
    found = people.filter(pl.col("person").str.starts_with(name))
    if found.is_empty() or (found.height > 1 and name not in found["person"]):
        hint = "Give more of the id." if found.height else "leakscope people CASE lists them."
        raise UsageError(f"{'several people begin' if found.height else 'nobody in this case begins'} with {plain(name)}", hint=hint)
    person = found.filter(pl.col("person") == name).row(0, named=True) if name in found["person"] else found.row(0, named=True)
    held = case.read_frame(PERSON_ELEMENTS).filter(pl.col("person") == person["person"])
    assessment = case.assessment()
    sections = [
        Section(heading="Person", rows=_person_rows(person)),
        Section(heading="What of theirs was exposed, and where first", rows=_element_rows(held)),
        Section(heading="How they were linked", rows=_link_rows(case, person["person"])),
        Section(heading="How bad for them", rows=_severity_rows(case, found.filter(pl.col("person") == person["person"]), held)),
        Section(heading="Duties where they live", rows=_residence_duties(person["residence"], assessment)),
    ]
    return Explanation(id=person["person"], kind="person", sections=tuple(section for section in sections if section.rows))


def _person_rows(person: Mapping[str, Any]) -> Rows:
    residence = f"{person['residence']} from {str(person['residence_basis']).replace('_', ' ')} ({person['residence_confidence']:.0%})" if person["residence"] else "unknown"
    rows = [
        ("best identifier", person["label"] or "none"),
        ("kind", person["kind"]),
        ("role", str(person["role"]).replace("_", " ")),
        ("counted", "yes" if person["counted"] else f"no: {person['reason']}"),
        ("lives in", residence),
        ("records", said(person["records"])),
        ("one distinct person", f"{person['confidence']:.0%} sure" if person["confidence"] is not None else "not known"),
        ("seen", f"{_day(person['first_seen'])} to {_day(person['last_seen'])}"),
    ]
    return rows + ([("conflict", "contradictory identifiers: kept for a human")] if person["conflict"] else [])


def _day(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "not known"


def _element_rows(held: pl.DataFrame) -> Rows:
    known = elements()
    return [
        (
            known[row["element"]].name if row["element"] in known else row["element"],
            f"{counted(row['values'], 'value')} in {counted(row['findings'], 'finding')} as {kind_of(row['entity'])}, confidence {row['confidence']:.2f}, {str(row['role']).replace('_', ' ')}; "
            f"first {row['source']}, record {row['record']}, field {row['field']}",
        )
        for row in held.sort("element", "entity").iter_rows(named=True)
    ]


def kind_of(entity: str) -> str:
    """A kind of finding for people to read."""
    known = entities().get(entity)
    return known.title.lower() if known else entity.replace("_", " ").lower()


def _link_rows(case: Case, person: str) -> Rows:
    linked = case.read_frame(RECORD_PERSONS).filter(pl.col("person") == person)
    if linked.is_empty():
        return []
    used = linked.group_by("fingerprint").agg(pl.len().alias("records"), pl.col("source").first(), pl.col("record").min()).sort(["records", "fingerprint"], descending=[True, False])
    named = case.read_frame(FINDINGS).filter(pl.col("fingerprint").is_in(used["fingerprint"].implode())).unique("fingerprint", keep="first").select("fingerprint", "entity", "preview")
    # what was said and what it is about links nobody
    linking = [entity for entity, row in entities().items() if row.linkage != "none"]
    rows = used.join(named, on="fingerprint", how="left", maintain_order="left").filter(pl.col("entity").is_in(linking) | pl.col("entity").is_null()).head(PLACES_SHOWN)
    return [
        (kind_of(row["entity"] or "identifier"), f"{row['preview'] or ''} ({row['fingerprint'][:12]}) in {row['records']:,} places, first {row['source']}, record {row['record']}") for row in rows.iter_rows(named=True)
    ]


def _severity_rows(case: Case, person: pl.DataFrame, held: pl.DataFrame) -> Rows:
    assessment = case.assessment()
    grounds, circumstances = grounds_for(case, assessment), read_circumstances(assessment.get("facts"))
    exposed = exposed_elements(held, person, minimum_confidence=grounds.minimum_confidence)
    if exposed.is_empty():
        return [("severity", "not weighed: not counted, or nothing was seen with enough confidence")]
    row = person_severity(exposed, grounds, circumstances).row(0, named=True)
    categories = [(f"DPC {code}", f"{row[f'dpc:{code}']} from base {category.base}") for code, category in grounds.categories.items() if row[f"dpc:{code}"] is not None]
    fired = [(f"  {trigger.adjustment.replace('_', ' ')}", f"{grounds.categories[trigger.category].adjustments[trigger.adjustment].step:+d}: {trigger.why}") for trigger in grounds.triggers if row[f"trigger:{trigger.id}"]]
    rule = next((rule.why for rule in grounds.identification if rule.id == row["identification"]), "no identifier")
    weighed = _weighed(case, assessment, person, held)
    return [*categories, *fired, ("EI", f"{row['ei']:g}: {rule}"), ("CB", f"{row['cb']:g}: circumstances of the incident"), ("score", weighed)]


def _weighed(case: Case, assessment: Mapping[str, Any], person: pl.DataFrame, held: pl.DataFrame) -> str:
    """The person's score with what people overrode, as it went into the bands."""
    facts = assessment.get("facts") or {}
    nothing = {"findings": empty(FINDINGS_SCHEMA), "secrets": empty(SECRETS), "chat": None, "estimates": {}}
    result = assess(person_elements=held, individuals=person, facts=facts, scheme=scheme_of(case, assessment), **nothing).bands.row(0, named=True)
    overridden = sorted({row["target"].removeprefix("severity.") for row in assessment.get("overrides") or () if str(row["target"]).startswith("severity.")})
    note = f"; decided by people: {', '.join(overridden)}" if overridden else ""
    led = load_scheme(scheme_of(case, assessment))
    working = f"{result['dpc']:g} x {result['ei']:g} + {result['cb']:g} = {result['score']:g}" if led.combine == ENISA_KIND else f"{result['score']:g} in {led.name}"
    return f"{working}: {result['band'].replace('_', ' ')}{note}"


def _residence_duties(residence: str | None, assessment: Mapping[str, Any]) -> Rows:
    if residence is None:
        return [("residence", "unknown: no duty rests on where this person lives")]
    wanted = [duty for duty in assessment["duties"] if covers(duty, residence)]
    return [(str(duty["status"]).replace("_", " "), f"{duty['id']}: {duty['instrument']}, {duty['recipient']}") for duty in wanted][:PLACES_SHOWN]
