"""Forms, letters, register and calendar say what is known, list what is missing, and leave out what is forbidden."""

import io
import zipfile
from collections import Counter
from datetime import UTC, datetime

import orjson
import polars as pl
import pytest
from docx import Document

from leakscope.errors import CatalogueError, FactsError
from leakscope.notification import decide
from leakscope.notification.answers import ANSWERS, answer_to
from leakscope.notification.forms import due, fill, forms, readable
from leakscope.notification.letters import compose, recipients
from leakscope.notification.records import register_entry
from leakscope.notification.worked import DAY, facts_of
from leakscope.reports import reports
from leakscope.reports.letters import write_letter
from tests.notification.make import exact, frames

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
GROUPS = [("DE", ("full_name", "ssn"), 3), ("US-CA", ("full_name", "ssn", "health_record"), 2), ("US-MA", ("full_name", "ssn"), 2), ("US-CA", ("full_name",), 1), ("FR", ("email_personal",), 1)]
STATED = {
    "incident.establishments": ["US-CA", "DE", "FR"],
    "incident.main_establishment": "DE",
    "incident.organisation": "Example & Sons <Ltd>",
    "clocks.occurrence_start": "2026-10-30T10:00:00Z",
    "narrative.summary": "A store of support logs could be read from outside.",
    "narrative.response": ["The store was closed.", "Keys were replaced."],
    "contacts.toll_free": "+1 800 555 0100",
}


def assessment(more=None):
    """An assessment as far as forms and letters read it, with its frames."""
    people, held = frames(GROUPS)
    facts = facts_of({**STATED, **(more or {})})
    counts = {"individuals": exact(people.height), "exposure": exact(people.height)}
    decision = decide(individuals=people, person_elements=held, counts=counts, facts=facts, on=DAY)
    total = exact(people.height).to_dict()
    places = [{"residence": place, "people": exact(count).to_dict()} for place, _, count in GROUPS[:3]]
    return {
        "case": {"id": "case-1", "title": "Invented"},
        "coverage": {"records_collected": 12},
        "sample": {"population": []},
        "individuals": {"estimated": total, "exposure": None, "by_residence": places, "by_role": [{"role": "account_holder", "people": 9}], "by_element": [{"element": "ssn"}, {"element": "health_record"}]},
        "severity": {"incident": {"scheme": "ENISA 2013", "band": "high", "working": "3 x 1 + 0.5 = 3.5"}},
        "duties": decision.duties,
        "missing_facts": decision.missing_facts,
        "facts": facts.to_dict(),
        "overrides": [],
        "versions": {"law": "0" * 64},
    }, {"individuals": people, "person_elements": held}


@pytest.mark.parametrize("name", forms())
def test_a_form_is_filled_or_says_what_is_missing(name):
    """Every field has an answer or none; required ones without are listed; nothing else is."""
    filled = fill(name, assessment()[0])
    empty = [f"{row['number']}. {row['label']}" for row in filled["fields"] if row["required"] and row["answer"] is None]

    assert filled["missing"] == empty
    assert all(row["answer"] is None or row["answer"] for row in filled["fields"])
    assert readable(filled).count("MISSING") == len(empty)


def test_every_source_of_a_form_exists():
    """A form that asks for what nobody can answer would fail when it is needed."""
    held, _ = assessment()
    for form in forms().values():
        for field in form["field"]:
            if "source" in field:
                answer_to(field["source"], held)
    assert "organisation" in ANSWERS


def test_the_european_template_has_its_hundred_fields_answered_from_the_case():
    """Numbers, letters of data types, risk and people come from the assessment."""
    answers = {row["number"]: row["answer"] for row in fill("EDPB", assessment()[0])["fields"]}

    assert len(answers) == 100
    assert answers[12] == "Example & Sons <Ltd>"
    assert answers[68] == "9"
    assert answers[70] == "k (Health record); n (US social security number)"
    assert answers[87] == "severe"
    assert answers[89] == "high risk"
    assert answers[114].startswith("the authority of your Land")
    assert answers[117] == "DE: 3"


def test_a_form_that_does_not_exist_is_named():
    """With the forms that do."""
    with pytest.raises(CatalogueError, match="ICO"):
        fill("XX", assessment()[0])


def test_forms_are_due_where_a_regulator_may_have_to_be_told():
    """Massachusetts from one resident; California only above 500; the European template for the lead authority."""
    assert due(assessment()[0]) == ["EDPB", "MASSACHUSETTS"]


def test_the_register_entry_has_facts_effects_action_and_reasons():
    """Art. 33(5); what nobody stated says so."""
    entry = register_entry(assessment()[0])

    assert entry["facts"]["summary"] == STATED["narrative.summary"]
    assert entry["facts"]["root_cause"] == "Not stated"
    assert {row["duty"] for row in entry["reasons_for_not_notifying"]} >= {"duty-US-CA-regulator"}


def letters(more=None):
    """The letters of the case."""
    held, tables = assessment(more)
    return held, compose(held, tables["individuals"], tables["person_elements"])


def test_there_is_one_letter_per_place_and_set_of_data_where_a_duty_is_open():
    """An establishment in the Union brings in everybody's data, wherever they live."""
    _, written = letters()

    assert [(letter.place, letter.people) for letter in written] == [("DE", 3), ("US-CA", 2), ("US-MA", 2), ("FR", 1), ("US-CA", 1)]
    assert written[1].laws == ("duty-EU-GDPR-individuals", "duty-US-CA-individuals")
    assert written[4].laws == ("duty-EU-GDPR-individuals",)


def test_without_an_establishment_only_residents_are_owed_a_letter():
    """A Californian of whom only a name was exposed gets none from an American company."""
    _, written = letters({"incident.establishments": ["US-CA"], "incident.main_establishment": "US", "incident.targets": ["EU"]})

    assert [(letter.place, letter.laws) for letter in written if letter.place.startswith("US")] == [("US-CA", ("duty-US-CA-individuals",)), ("US-MA", ("duty-US-MA-individuals",))]


def test_massachusetts_letters_say_nothing_of_the_nature_of_the_breach():
    """Required content stays, forbidden content goes, offers owed are asked for."""
    _, written = letters()
    letter = next(letter for letter in written if letter.place == "US-MA")
    text = str(letter.sections)

    assert "What happened" not in text
    assert STATED["narrative.summary"] not in text
    assert "police report" in text
    assert "credit monitoring for 18 months: provider and how to enrol" in letter.missing


def test_no_letter_says_how_many_people_are_affected():
    """A letter is to one person."""
    _, written = letters()

    assert all("people" not in paragraph for letter in written for _, paragraphs in letter.sections for paragraph in paragraphs)


def test_what_nobody_stated_is_marked_in_the_letter_and_listed():
    """Nobody can be asked; consequences are proposed, and to be confirmed."""
    _, written = letters()

    assert written[0].missing == (
        "your confirmation of the likely consequences, which are proposed from the kinds of data",
        "data protection officer or other contact point",
        "a check that the passages from the facts are in German",
    )
    assert "[MISSING: data protection officer or other contact point]" in str(written[0].sections)
    assert "[MISSING: likely consequences]" not in str(written[0].sections)


def test_a_letter_speaks_the_language_of_its_place():
    """German and French to people there; English with a request for a translation where we have no words."""
    _, written = letters()
    by_place = {letter.place: letter for letter in written}

    assert tuple(by_place[place].language for place in ("DE", "FR", "US-MA")) == ("de", "fr", "en")
    assert by_place["DE"].sections[1] == ("Welche Informationen betroffen sind", ("Betroffen sind diese Informationen über Sie: Ihr Name, Ihre US-Sozialversicherungsnummer.",))
    assert by_place["FR"].sections[1][1] == ("Les informations qui vous concernent : votre adresse électronique.",)


def test_a_place_whose_language_we_have_not_is_asked_for_a_translation():
    """And where the residence is unknown, so is the language."""
    held, tables = assessment()
    individuals = tables["individuals"].with_columns(pl.lit("PL").alias("residence"))

    assert {"a translation, unless English is understood in PL"} == {letter.missing[-1] for letter in compose(held, individuals, tables["person_elements"])}
    nowhere = tables["individuals"].with_columns(pl.lit(None, pl.String).alias("residence"))
    assert "the language: where these individuals live is not known" in compose(held, nowhere, tables["person_elements"])[0].missing


def test_every_person_owed_a_letter_is_on_the_list_of_recipients_once():
    """As many of each letter as it says, with what it says was involved."""
    held, tables = assessment()
    written = compose(held, tables["individuals"], tables["person_elements"])
    rows = recipients(written, tables["individuals"], tables["person_elements"])

    assert {letter.id: letter.people for letter in written} == Counter(row["letter"] for row in rows)
    assert len({row["person"] for row in rows}) == len(rows)
    assert rows[0]["exposed"] == "Ihr Name, Ihre US-Sozialversicherungsnummer"


def text_of(content):
    """The paragraphs of a DOCX."""
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)


def test_letters_are_documents_with_the_sender_and_every_section():
    """The archive holds one DOCX per cohort and the list of cohorts; the same case gives the same bytes."""
    held, tables = assessment()
    content = reports()["letters"].write(held, now=NOW, frames=tables)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        text = text_of(archive.read("letter-002-US-CA.docx"))
        cohorts = orjson.loads(archive.read("cohorts.json"))

    assert names == ["cohorts.json", "letter-001-DE.docx", "letter-002-US-CA.docx", "letter-003-US-MA.docx", "letter-004-FR.docx", "letter-005-US-CA.docx", "recipients.csv"]
    assert "Example & Sons <Ltd>" in text
    assert "The store was closed." in text
    assert "Equifax" in text
    assert cohorts[1]["duties"] == ["duty-EU-GDPR-individuals", "duty-US-CA-individuals"]
    assert content == reports()["letters"].write(held, now=NOW, frames=tables)


def test_users_replace_the_template(tmp_path):
    """Any DOCX with the placeholders will do; what is no DOCX is refused with help."""
    own = Document()
    own.add_paragraph("From {{ organisation }}")
    own.save(tmp_path / "own.docx")
    held, written = letters()

    assert text_of(write_letter(written[0], held, (tmp_path / "own.docx").read_bytes(), NOW)) == "From Example & Sons <Ltd>"
    with pytest.raises(FactsError):
        write_letter(written[0], held, b"no docx", NOW)
    missing, tables = assessment({"contacts.letter_template": str(tmp_path / "absent.docx")})
    with pytest.raises(FactsError):
        reports()["letters"].write(missing, now=NOW, frames=tables)


def test_the_forms_archive_holds_each_form_twice_and_the_register():
    """JSON for machines, text for people."""
    with zipfile.ZipFile(io.BytesIO(reports()["forms"].write(assessment()[0], now=NOW))) as archive:
        assert archive.namelist() == ["edpb.json", "edpb.txt", "massachusetts.json", "massachusetts.txt", "register.json"]


def test_the_calendar_has_an_event_per_dated_open_duty():
    """RFC 5545: CRLF, lines of at most 75 octets, an alarm before each deadline."""
    held, _ = assessment()
    held["duties"][0]["why"].append("a line; with, marks\nand ünïcödé " * 8)
    lines = reports()["ics"].write(held, now=NOW).decode().split("\r\n")
    dated = [duty for duty in held["duties"] if duty["deadline"]["instant"] and duty["status"] != "does_not_apply"]

    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert lines.count("BEGIN:VEVENT") == len(dated) > 0
    assert lines.count("BEGIN:VALARM") == 2 * len(dated)
    assert max(len(line.encode()) for line in lines) <= 75
    assert "DTSTART:20261105T100000Z" in lines


def test_a_duty_already_fulfilled_is_not_in_the_calendar():
    """What was told needs no alarm."""
    held, _ = assessment({"notice": [{"duty": "EU-GDPR", "when": "2026-11-04T10:00:00Z"}]})

    assert "EU-GDPR" not in reports()["ics"].write(held, now=NOW).decode()


def test_the_european_report_is_json_with_what_is_missing():
    """`report --format edpb`."""
    content = orjson.loads(reports()["edpb"].write(assessment()[0], now=NOW))

    assert content["filled"] == "2026-11-24T09:00:00Z"
    assert "48. awareness time" not in content["missing"]
    assert "51. discovery detail" in content["missing"]
