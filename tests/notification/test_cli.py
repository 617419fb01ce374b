"""The commands `decide` and `facts`: what they print, write and refuse."""

import json

import orjson
import pytest
from click.testing import CliRunner

from leakscope.assessment.case import ASSESSMENT, FINDINGS, INDIVIDUALS, PERSON_ELEMENTS, RECORD_PERSONS, RECORDS, Case, create_case
from leakscope.cli import cli
from leakscope.notification import facts as fact_files
from leakscope.schema import FINDINGS as FINDINGS_SCHEMA
from leakscope.schema import RECORD_PERSONS as RECORD_PERSONS_SCHEMA
from leakscope.schema import RECORDS as RECORDS_SCHEMA
from leakscope.schema import empty
from tests.notification.make import exact, frames

FACTS = """
[incident]
role = "controller"
establishments = ["DE"]
[clocks]
awareness = 2026-11-02T10:00:00Z
[exposure]
medium = "electronic"
exfiltration = "yes"
access = "yes"
encryption = "none"
malicious = "yes"
recipients = "unknown_persons"
"""


@pytest.fixture
def case(tmp_path):
    """A finished case with three Germans and no stated facts."""
    made = create_case(tmp_path / "case")
    ledger = made.ledger()
    people, held = frames([("DE", ("full_name", "ssn"), 3)])
    estimated = exact(3).to_dict()
    assessment = {
        "case": {"id": "case-1"}, "individuals": {"estimated": estimated, "exposure": None}, "severity": {}, "missing_facts": [], "duties": [],
        "facts": fact_files.Facts().to_dict(), "overrides": [],
    }  # fmt: skip
    made.write_json(ASSESSMENT, assessment, ledger)
    tables = ((INDIVIDUALS, people), (PERSON_ELEMENTS, held), (FINDINGS, empty(FINDINGS_SCHEMA)), (RECORD_PERSONS, empty(RECORD_PERSONS_SCHEMA)), (RECORDS, empty(RECORDS_SCHEMA)))
    for name, frame in tables:
        made.write_frame(name, frame, ledger)
    return made.root


@pytest.fixture
def facts(tmp_path):
    """A facts file."""
    path = tmp_path / "incident.toml"
    path.write_text(FACTS)
    return path


def run(*arguments, **more):
    """The command's result."""
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], **more)


def test_decide_prints_duties_with_countdowns_in_eighty_columns(case, facts):
    """Whom to tell, under which law, by when; what would change it; not legal advice."""
    result = run("decide", case, "--facts", facts, "--on", "2026-11-24")

    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "2026-11-05 10:00" in result.stdout
    assert "PASSED" in result.stdout or "left" in result.stdout
    assert "not legal advice" in result.stdout
    assert "\x1b[" not in result.stdout


def test_decide_as_json_is_the_decision(case, facts):
    """Data for machines on standard output."""
    content = json.loads(run("decide", case, "--facts", facts, "--format", "json", "--on", "2026-11-24").stdout)

    assert content["duties"][0]["id"] == "duty-EU-GDPR-regulator"
    assert content["duties"][0]["status"] == "applies"


def test_decide_uses_the_facts_of_the_case_when_none_are_given(case):
    """A case without facts leaves duties open."""
    content = json.loads(run("decide", case, "--format", "json", "--on", "2026-11-24").stdout)

    assert {duty["status"] for duty in content["duties"]} == {"may_apply"}


def test_decide_saves_only_when_asked(case, facts):
    """`--save` puts the decision into the assessment; the ledger keeps that it happened."""
    before = (case / ASSESSMENT).read_bytes()
    run("decide", case, "--facts", facts, "--on", "2026-11-24")
    unsaved = (case / ASSESSMENT).read_bytes()
    run("decide", case, "--facts", facts, "--on", "2026-11-24", "--save")
    saved = orjson.loads((case / ASSESSMENT).read_bytes())

    assert unsaved == before
    assert saved["facts"]["incident"]["role"] == "controller"
    assert saved["duties"][0]["status"] == "applies"
    assert [entry["event"] for entry in Case(case).entries()][-2:] == ["decided", "written"]


def test_overrides_and_sign_off_go_into_the_ledger(case, facts):
    """Who, when, why, before and after."""
    decided = '[[override]]\ntarget = "duty-EU-GDPR-individuals"\nvalue = "does_not_apply"\nwho = "A. Counsel"\nwhen = 2026-11-05T10:00:00Z\nwhy = "w"\n[sign_off]\nwho = "A. Counsel"\n'
    facts.write_text(FACTS + decided)
    run("decide", case, "--facts", facts, "--on", "2026-11-24")
    entries = {entry["event"]: entry["facts"] for entry in Case(case).entries()}

    assert (entries["override"]["before"], entries["override"]["after"]) == ("applies", "does_not_apply")
    assert entries["sign-off"]["who"] == "A. Counsel"


@pytest.mark.parametrize("arguments", [("decide", "absent"), ("decide", ".", "--on", "soon"), ("decide", ".")])
def test_decide_refuses_bad_use(arguments, tmp_path, monkeypatch):
    """No case, no date: an error, not an answer."""
    monkeypatch.chdir(tmp_path)

    assert run(*arguments).exit_code != 0


def test_facts_new_writes_a_private_file_once(tmp_path):
    """0600, and never over another."""
    path = tmp_path / "incident.toml"
    first, second = run("facts", "new", path), run("facts", "new", path)

    assert first.exit_code == 0
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert isinstance(second.exception, Exception)
    assert fact_files.load(path) == fact_files.Facts()


def test_facts_ask_asks_what_the_case_needs_and_writes_the_answers(case, facts):
    """Questions come from the case's missing facts; wrong answers are asked again; empty ones stay unknown."""
    result = run("facts", "ask", facts, "--case", case, input="nonsense\n5000\n" + "\n" * 60)

    assert result.exit_code == 0
    assert result.output.count("a number, for example 1200") == 1
    assert dict(fact_files.load(facts).population.records) == {"": 5000}
    assert fact_files.load(facts).population.design == "unknown"
    assert FACTS.strip().splitlines()[1] in facts.read_text()


def test_facts_check_says_what_is_stated(facts):
    """And exits 0; a malformed file is refused."""
    result = run("facts", "check", facts)
    facts.write_text("[incident]\nrole = 'boss'\n")

    assert "9 facts stated" in result.output
    assert run("facts", "check", facts).exit_code != 0


def test_catalogue_shows_a_jurisdiction_as_its_file_says():
    """Counsel reads scope, duties, sources and cases in one place."""
    shown = json.loads(run("catalogue", "show", "us-ma").stdout)

    assert shown["jurisdiction"]["name"] == "Massachusetts"
    assert shown["version"][0]["confidence"]["level"] == "verified-primary"
