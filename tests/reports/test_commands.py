"""`report` and `explain` on a case: right files, right exit codes, and back to row and field."""

from __future__ import annotations

import io
import stat

import orjson
import pytest
from click.testing import CliRunner

from leakscope.assessment.explain import explain
from leakscope.cli import cli
from leakscope.errors import UsageError
from leakscope.reports import reports
from tests.reports.assessment_fixture import person
from tests.reports.case_fixture import make_case


@pytest.fixture
def case(tmp_path, assessment):
    return make_case(tmp_path / "case", assessment)


def run(*words):
    return CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=True)


def rows(explanation):
    return {heading: values for part in explanation.to_dict()["sections"] for heading, values in [(part["heading"], dict(part["rows"]))]}


@pytest.mark.parametrize("form", ["html", "json", "docx", "csv", "markdown", "veris", "dpv", "sarif"])
def test_a_form_is_written_for_its_owner_only(case, tmp_path, form):
    """The file of the contract, mode 0600."""
    target = tmp_path / f"out.{form}"
    done = run("report", case.root, "--format", form, "-o", target)

    assert done.exit_code == 0
    assert target.stat().st_size > 100
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_folder_takes_a_file_named_after_the_case(case, tmp_path):
    """With the suffix of the form."""
    run("report", case.root, "--format", "markdown", "-o", tmp_path)

    assert (tmp_path / "case.md").read_text().startswith("# Incident report")


def test_without_a_target_text_goes_to_standard_output(case):
    """So that it can be piped."""
    done = run("report", case.root, "--format", "json")

    assert orjson.loads(done.stdout)["schema_version"] == "1.0"


def test_the_screen_is_the_default(case):
    """The one-screen summary, without colour when piped."""
    done = run("report", case.root)

    assert "\nIndividuals\n" in done.stdout
    assert "\x1b" not in done.stdout


def test_an_unknown_form_names_the_nearest(case):
    """Bad use with a hint."""
    done = run("report", case.root, "--format", "htlm")

    assert isinstance(done.exception, UsageError)
    assert "html" in str(done.exception)


def test_a_missing_folder_is_bad_use(case, tmp_path):
    """No half-written file is left."""
    done = run("report", case.root, "--format", "html", "-o", tmp_path / "no" / "such" / "x.html")

    assert isinstance(done.exception, UsageError)


def test_list_names_every_form(case):
    """One line each."""
    assert len(reports()) == len(run("report", case.root, "--format", "list").stdout.splitlines())


def test_a_finding_is_explained_back_to_its_field_and_rule(case):
    """Place, rule, person, weight."""
    found = rows(explain(case, "finding-0"))

    assert found["Finding"]["where"] == "log_stream.ndjson, record 7, field string.values[message], code points 0 to 12"
    assert found["Whose"]["named by it"] == person(1)
    assert "0.75" in found["What it means"]["severity weight"]


@pytest.mark.parametrize("name", ["finding-2", "cdcdcdcd", "cd" * 12, "log_stream.ndjson:14"])
def test_a_finding_goes_by_row_fingerprint_or_record(case, name):
    """Each leads to the same finding."""
    assert rows(explain(case, name))["Finding"]["entity"] == "SECRET_API_KEY"


def test_a_person_is_explained_from_elements_to_score(case):
    """What of theirs was exposed, how they were linked, how bad it is and why."""
    found = rows(explain(case, person(1)))

    assert "Online identifier" in found["What of theirs was exposed, and where first"]
    assert found["How they were linked"]["e-mail address"].startswith("m***@***.com")
    assert found["How bad for them"]["score"].startswith("2 x ")


def test_a_person_goes_by_the_beginning_of_the_id(case):
    """As long as it is the only one."""
    assert explain(case, person(300)[:12]).id == person(300)
    with pytest.raises(UsageError, match="several people"):
        explain(case, "person-0")


def test_a_duty_is_explained_with_its_people_and_law(case):
    """Why, deadline, who lives there, what would change it."""
    found = rows(explain(case, "duty-US-CA-regulator"))

    assert found["California: Attorney General"]["status"] == "may apply (probability 31%)"
    assert found["People it rests on"]["observed there"] == "191"
    assert "500 California residents" in found["What would change it"][""]


def test_every_id_of_the_assessment_can_be_explained(case, assessment):
    """Whatever has an id in the result has an explanation."""

    def ids(value):
        if isinstance(value, dict):
            yield from ([value["id"]] if isinstance(value.get("id"), str) and value is not assessment["case"] else [])
            for part in value.values():
                yield from ids(part)
        elif isinstance(value, list):
            for part in value:
                yield from ids(part)

    for name in sorted(set(ids({key: value for key, value in assessment.items() if key != "facts"}))):
        assert explain(case, name).sections


def test_an_entity_leads_to_its_fields_and_findings(case):
    """Field, how often, first record, and a finding to explain next."""
    places = rows(explain(case, "entity-EMAIL_ADDRESS"))["Where it stands"]

    assert places == {"finding-0": "log_stream.ndjson, field string.values[message]: 2 findings in 1 record, first record 7"}


def test_what_is_not_there_is_bad_use(case):
    """With the shapes of ids as a hint."""
    for name in ("duty-XX-regulator", "person-ffff", "finding-99", "nonsense"):
        with pytest.raises(UsageError):
            explain(case, name)


def test_the_command_prints_text_and_json(case):
    """Both lead back to the record."""
    text, data = run("explain", case.root, "finding-0"), run("explain", case.root, "finding-0", "--format", "json")

    assert "record 7" in text.stdout
    assert orjson.loads(io.BytesIO(data.stdout_bytes).read())["kind"] == "finding"


@pytest.mark.parametrize(("name", "begin"), [("page.html", b"<!doctype html>"), ("people.csv", b"person,kind"), ("memo.docx", b"PK"), ("notes.md", b"# Incident report"), ("notes", b"LeakScope"), ("x.edpb.json", b'{\n  "filled"')])
def test_a_files_ending_chooses_the_form(case, tmp_path, name, begin):
    """No file holds what its name does not say."""
    run("report", case.root, "-o", tmp_path / name)

    assert (tmp_path / name).read_bytes().startswith(begin)


def test_an_ending_that_no_form_has_is_bad_use(case, tmp_path):
    """With the way to the list of forms."""
    result = run("report", case.root, "-o", tmp_path / "page.pdf")

    assert isinstance(result.exception, UsageError)
    assert not (tmp_path / "page.pdf").exists()
