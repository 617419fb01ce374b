"""The same number reads the same in every form of report: people, records, secrets, duties, score."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import docx
import orjson
import pytest

from leakscope.reports import console, docx_report, html, markdown, reports
from leakscope.reports.secret_wording import secrets_sentence
from leakscope.reports.sentences import bands_sentence, cost_sentence, duties_sentence, review_lines, sample_sentence
from leakscope.reports.wording import interval, number, percent
from tests.reports.assessment_fixture import NOW, estimate


def _page(assessment):
    text = re.sub(r"<(style|svg).*?</\1>", " ", html.render(assessment, now=NOW), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).replace("–", "-").split())


def _document(assessment):
    document = docx.Document(io.BytesIO(docx_report.render(assessment, now=NOW)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join([*(part.text for part in document.paragraphs), *cells]).split())


FORMS = {
    "text": lambda assessment: " ".join(console.render(assessment, now=NOW, width=400).split()),
    "markdown": lambda assessment: " ".join(markdown.render(assessment, now=NOW).replace("\\", "").split()),
    "html": _page,
    "docx": _document,
}


@pytest.fixture
def whole(assessment):
    """An assessment that also says something of the whole exposure."""
    assessment["sample"] |= {
        "secrets_observed": estimate(6), "secrets_exposure": estimate(31.0, 12.0, 90.0, method="m", basis="sample"),
        "unseen_share": estimate(0.0, 0.0, 0.00015, method="m", basis="sample"), "inference": [],
    }  # fmt: skip
    return assessment


@pytest.mark.parametrize("form", FORMS)
def test_people_secrets_and_score_are_the_same_everywhere(whole, form):
    """In the evidence and in the whole exposure, with both ends of each interval."""
    text, people = FORMS[form](whole), whole["individuals"]
    score = whole["severity"]["incident"]

    assert interval(people["estimated"]) in text
    assert interval(people["exposure"]) in text or interval(people["exposure"], unit="people") in text
    assert interval(whole["sample"]["secrets_exposure"], unit="distinct secrets") in text
    assert secrets_sentence(whole) in text
    assert score["working"] in text
    assert number(people["observed"]["value"]) in text


@pytest.mark.parametrize("form", FORMS)
def test_every_class_that_a_form_lists_has_its_records_people_and_share(whole, form):
    """The screen lists the first nine; the others all of them."""
    text = FORMS[form](whole)
    rows = whole["impact_summary"][: 9 if form == "text" else None]

    assert rows
    for row in rows:
        people = row["people"]
        shown = [number(people["value"]), number(people["low"]), number(people["high"])] if people and people["value"] is not None else []
        for part in (percent(row["share_of_impact"]), number(row["records"]), *shown):
            assert part in text


@pytest.mark.parametrize("form", FORMS)
def test_as_many_duties_apply_everywhere(whole, form):
    """And not legal advice stands beside them."""
    text = FORMS[form](whole)
    applies = sum(duty["status"] == "applies" for duty in whole["duties"])

    assert duties_sentence(whole) in text or f"{applies} apply" in text or f"Duties to notify that apply: {applies}" in text
    assert "ot legal advice" in text


def test_machine_forms_carry_the_same_numbers(whole):
    """CSV, VERIS and DPV against the assessment."""
    forms = reports()
    classes = list(csv.DictReader(io.StringIO(forms["csv-classes"].write(whole, now=NOW).decode())))
    veris = orjson.loads(forms["veris"].write(whole, now=NOW))
    breach = orjson.loads(forms["dpv"].write(whole, now=NOW))["@graph"][0]
    people = whole["individuals"]

    assert [(row["data_class"], int(row["records"]), float(row["share_of_impact"])) for row in classes] == [
        (row["data_class"], row["records"], row["share_of_impact"]) for row in whole["impact_summary"]
    ]
    assert (breach["leakscope:peopleInEvidence"]["leakscope:value"], breach["leakscope:peopleInExposure"]["leakscope:high"]) == (people["estimated"]["value"], people["exposure"]["high"])
    assert orjson.dumps(people["estimated"]["value"]) in orjson.dumps(veris["plus"])


#: Codes of facts, duties and elements: lower case joined by underscores, or ids; none may reach a reader outside the names that people type.
CODE = re.compile(r"\b(?:duty|change)-[A-Z][\w-]+|\b[a-z]{2,}(?:_[a-z]+)+\b")


@pytest.mark.parametrize("form", ["text", "docx", "markdown", "html"])
def test_no_internal_name_reaches_a_reader(whole, form):
    """Elements, roles, reasons and duties in words; names of facts, files and columns stand only where a reader types them."""
    allowed = {row["fact"] for row in whole["missing_facts"]} | {"log_stream", "en_core_web_sm"}
    found = set(CODE.findall(FORMS[form](whole)))

    assert {code for code in found if not any(code in name for name in allowed) and not code.startswith("sk_")} == set()


@pytest.mark.parametrize("form", FORMS)
def test_how_the_records_were_drawn_what_labels_say_and_the_cost_read_the_same_everywhere(whole, form):
    """Sample design and draw, precision and recall of a review, and the rough range that was asked for."""
    half = estimate(0.5, 0.4, 0.6, method="m", basis="sample")
    agreement = {"items": 4, "agreed": 3, "kappa": 0.5, "disputed": ["finding-2"]}
    whole["quality"]["review"] = {"labelled": 10, "reviewers": 2, "agreement": agreement, "precision": half, "elusion": half, "recall": half, "corrected_records": half, "corrected": []}
    whole["sample"] |= {"drawn": 100, "drawn_design": "cluster", "drawn_by": "user_id", "seed": 3}
    whole["severity"]["cost"] = {"available": True, "usd_low": 1000, "usd_high": 2000, "why": "10 people", "note": "Rough.", "methods": [{"source": "A study", "year": "2020"}]}
    text = FORMS[form](whole)

    assert sample_sentence(whole) in text
    assert bands_sentence(whole) in text
    assert "a random sample of whole clusters by user_id, seed 3" in text
    assert all(said in text for _, said in review_lines(whole["quality"]["review"]))
    assert cost_sentence(whole, short=form == "text").removeprefix("rough range") in text
