"""Each form is what its readers take it for, and every module that offers one is found."""

from __future__ import annotations

import csv
import io
import re

import orjson
import polars as pl
import pytest

from leakscope.reports import Report, csv_report, docx_report, dpv, reports, sarif, veris
from leakscope.schema import FINDINGS, empty
from leakscope.vocabulary import elements
from tests.reports.assessment_fixture import NOW, individuals, person_elements

FRAMES = {"individuals": individuals(), "person_elements": person_elements(), "findings": empty(FINDINGS)}


#: Every form; the pack of letters renders a Word document per duty and takes seconds.
FORMS = [pytest.param(name, marks=pytest.mark.slow) if name == "letters" else name for name in sorted(reports())]


def test_the_contracts_forms_are_all_found():
    """Names of the command line, each a report with its suffix."""
    found = reports()

    assert {"html", "json", "docx", "csv", "markdown", "veris", "dpv", "sarif"} <= set(found)
    assert all(isinstance(report, Report) and report.name == name and report.suffix and report.title for name, report in found.items())


@pytest.mark.parametrize("name", FORMS)
def test_every_form_renders_the_same_assessment_the_same_way(assessment, name):
    """Twice the same content, and some of it; documents that are zip archives differ only in their clock."""
    report = reports()[name]
    first, second = (report.write(assessment, now=NOW, frames=FRAMES) for _ in range(2))

    assert first
    assert first == second or first[:2] == b"PK"


@pytest.mark.parametrize("name", FORMS)
def test_rendering_leaves_the_assessment_as_it_was(assessment, name):
    """A report only reads."""
    before = orjson.dumps(assessment, option=orjson.OPT_SORT_KEYS)
    reports()[name].write(assessment, now=NOW, frames=FRAMES)

    assert before == orjson.dumps(assessment, option=orjson.OPT_SORT_KEYS)


def test_json_is_the_assessment(assessment):
    """Nothing added, nothing lost."""
    assert assessment == orjson.loads(reports()["json"].write(assessment, now=NOW))


# VERIS


def test_a_veris_record_has_what_its_schema_requires(assessment):
    """Required members, with Unknown where nobody stated."""
    record = veris.build(assessment)

    assert {"schema_version", "incident_id", "security_incident", "action", "actor", "asset", "attribute", "timeline", "discovery_method", "victim"} <= set(record)
    assert {"country", "employee_count", "industry"} <= set(record["victim"])
    assert re.fullmatch(r"\d{2}-?\d{0,4}", record["victim"]["industry"])
    assert record["victim"]["employee_count"] == "Unknown"
    assert record["action"] == {"error": {"variety": ["Misconfiguration"], "vector": ["Unknown"]}}


@pytest.mark.parametrize(
    ("exposure", "disclosed"),
    [
        ({}, "Potentially"),
        ({"recipients": "unknown_persons"}, "Potentially"),
        ({"access": "yes"}, "Yes"),
        ({"exfiltration": "yes"}, "Yes"),
        ({"posted": "yes"}, "Yes"),
        ({"recipients": "nobody", "access": "no"}, "No"),
        ({"access": "no"}, "Potentially"),
    ],
)
def test_disclosure_is_yes_only_with_evidence(assessment, exposure, disclosed):
    """Mere exposure is potential."""
    assessment["facts"]["exposure"] = exposure

    assert disclosed == veris.build(assessment)["attribute"]["confidentiality"]["data_disclosure"]


def test_veris_varieties_are_those_of_its_enumeration(assessment):
    """Whole numbers of records per variety."""
    enumeration = {
        "API key", "Bank", "Classified", "Copyrighted", "Credentials", "Digital certificate", "Internal", "Medical", "Multi-factor credential", "Payment",
        "Personal", "Sensitive Personal", "Secrets", "Session key", "Source code", "System", "Virtual currency", "Other", "Unknown",
    }  # fmt: skip
    rows = veris.build(assessment)["attribute"]["confidentiality"]["data"]

    assert {row["variety"] for row in rows} <= enumeration
    assert all(isinstance(row["amount"], int) for row in rows)


def test_veris_keeps_people_and_intervals_in_plus(assessment):
    """The schema has no place for them."""
    people = veris.build(assessment)["plus"]["leakscope"]["individuals"]

    assert (people["estimated"]["low"], people["estimated"]["high"]) == (1871.0, 1960.0)


def test_a_case_always_has_the_same_veris_id(assessment):
    """Derived from the case, not drawn."""
    assert veris.build(assessment)["incident_id"] == veris.build(assessment)["incident_id"]


# DPV


def test_dpv_names_the_personal_data_by_its_concepts(assessment):
    """One breach node, its severity, and the concepts of what was exposed."""
    breach = dpv.build(assessment)["@graph"][0]

    assert "eu-gdpr:DataBreach" in breach["@type"]
    assert breach["hasSeverity"] == "risk:HighSeverity"
    assert {"pd:EmailAddressPersonal", "pd:Name", "pd:OfficialID"} <= set(breach["hasPersonalData"])


def test_dpv_has_one_notice_for_each_open_duty(assessment):
    """European authorities and people by the GDPR's concepts, others by the general one."""
    notices = {node["@id"].rpartition("/")[2]: node["@type"] for node in dpv.build(assessment)["@graph"] if "hasNotificationStatus" in node}

    assert notices["duty-EU-GDPR-regulator"] == "eu-gdpr:DPABreachNotice"
    assert notices["duty-EU-GDPR-individuals"] == "eu-gdpr:DataSubjectBreachNotice"
    assert notices["duty-US-CA-individuals"] == "dpv:DataBreachNotice"
    assert "duty-US-NY-individuals" not in notices


def test_every_dpv_concept_of_an_element_is_compact():
    """No element's concept stays a bare address in the graph."""
    assert not [code for code, element in elements().items() if element.dpv and dpv._compact(element.dpv).startswith("http")]


# SARIF


def finding(**more):
    base = {"source": "log.ndjson", "record": 4, "field": "message", "start": 3, "end": 9, "entity": "EMAIL_ADDRESS", "detector": "pii.email", "confidence": 0.97, "validated": None, "fingerprint": "ab12", "preview": "m***@***.com", "attributes": "{}"}
    return {**base, **more}


def test_sarif_places_each_finding_at_its_record(assessment):
    """Line is record plus one; field is the logical place."""
    findings = pl.DataFrame([finding()], schema=FINDINGS)
    log = orjson.loads(sarif.render(assessment, now=NOW, frames={"findings": findings}))
    result = log["runs"][0]["results"][0]
    place = result["locations"][0]

    assert (log["version"], result["ruleId"]) == ("2.1.0", "pii.email")
    assert place["physicalLocation"]["region"]["startLine"] == 5
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "message"


def test_sarif_rules_and_results_agree():
    """Each result points at the rule of its detector, once each, in order."""
    run = sarif.build([finding(detector="b"), finding(detector="a", entity="SECRET_API_KEY"), finding(detector="b")])["runs"][0]
    rules = run["tool"]["driver"]["rules"]

    assert [rule["id"] for rule in rules] == ["a", "b"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert [result["level"] for result in run["results"]] == ["warning", "error", "warning"]


# CSV


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_people_by_element_counts_distinct_values(assessment):
    """One row per individual; the columns add up to the matrix."""
    rows = rows_of(csv_report.render_people(assessment, now=NOW, frames=FRAMES))
    expected = person_elements().group_by("element").agg(pl.col("values").sum()).rows()

    assert individuals().height == len(rows)
    assert dict(expected) == {element: sum(int(row[element]) for row in rows) for element, _ in expected}


def test_the_summary_table_has_intervals_in_columns(assessment):
    """Value, low, high and method apart, so that a spreadsheet can reckon."""
    row = next(row for row in rows_of(csv_report.render_classes(assessment, now=NOW)) if row["data_class"] == "email_personal")

    assert (row["people"], row["people_low"], row["people_high"]) == ("742.0", "729", "765")


def test_the_rotation_sheet_has_one_row_per_secret(assessment):
    """In rotation order, with how to revoke it."""
    rows = rows_of(csv_report.render_secrets(assessment, now=NOW))

    assert [str(row["rank"]) for row in assessment["secrets"]] == [row["rank"] for row in rows]
    assert all(row["revoke"] for row in rows)
    assert (rows[0]["stood_in"], rows[0]["owner_basis"]) == ("messages of users (2), logs, settings or tables (1)", "author")


# Word


def test_the_word_document_holds_every_section_and_number(assessment):
    """Headings of the questions; people, duties and classes in tables."""
    docx = pytest.importorskip("docx")
    document = docx.Document(io.BytesIO(docx_report.render(assessment, now=NOW)))
    headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 1"]
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}

    assert [heading for heading, _ in docx_report.SECTIONS] == headings
    assert {"1,902 (95%: 1,871 to 1,960)", "Regulation (EU) 2016/679, Art. 33(1)", "Chat or e-mail content"} <= cells


@pytest.mark.parametrize("name", ["csv", "csv-findings", "sarif"])
def test_a_form_that_reads_tables_works_without_them(assessment, name):
    """What the assessment alone can tell, or an empty table."""
    assert reports()[name].render(assessment, now=NOW)
