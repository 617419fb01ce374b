"""`people` and `review` on a finished case."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from leakscope.cli import cli
from leakscope.errors import UsageError
from leakscope.safety.ledger import read_ledger

ROWS = [("ann.lee@gmx.de", "Ann Lee"), ("bob.ray@gmx.de", "Bob Ray"), ("noreply@firm.de", ""), *((f"person.{n}@gmx.de", f"Person Number{n}") for n in range(12)), *(("", "") for _ in range(25))]


def run(*arguments, stdin=None):
    """The command's result, errors raised."""
    return CliRunner().invoke(cli, [str(one) for one in arguments], input=stdin, catch_exceptions=False, standalone_mode=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Evidence and the case made of it."""
    root = tmp_path_factory.mktemp("case")
    evidence = root / "customers.csv"
    evidence.write_text("email,full_name\n" + "".join(f"{email},{name}\n" for email, name in ROWS))
    run("assess", evidence, "--case", root / "case", "--names", "none", "--format", "json")
    return root


@pytest.fixture
def case(folder, tmp_path):
    """A copy of the case that a test may change."""
    copy = tmp_path / "case"
    copy.mkdir(mode=0o700)
    for file in (folder / "case").iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    return copy


def people(case, *options):
    """The people as JSON prints them."""
    return json.loads(run("people", case, "--format", "json", *options).stdout)


def test_people_are_listed_without_their_values(case):
    """Masked labels, elements, and who is not counted and why."""
    rows = people(case)
    shown = run("people", case, "--limit", 0).stdout

    assert len([row for row in rows if row["counted"]]) == 14
    assert [row["reason"] for row in people(case, "--not-counted")] == ["bot"]
    assert "ann.lee" not in shown + json.dumps(rows)
    assert "E-mail" in shown or "e-mail" in shown
    assert "email_personal" not in shown


def test_the_csv_holds_one_row_a_person(case):
    """With a header."""
    rows = list(csv.DictReader(run("people", case, "--format", "csv").stdout.splitlines()))

    assert len(rows) == len(people(case))
    assert {"person", "label", "exposed"} <= set(rows[0])


def test_every_element_of_a_person_has_its_place(case):
    """One row per person and element, with source, record and field, in every form; the table holds no value."""
    rows = people(case, "--rows")
    shown = run("people", case, "--rows", "--limit", 0).stdout
    ann = [row for row in rows if row["label"].startswith("a***")]

    assert {(row["element"], row["source"], row["record"], row["field"], row["role"]) for row in ann} == {
        ("email_personal", "customers.csv", 0, "email", "own"),
        ("full_name", "customers.csv", 0, "full_name", "own"),
    }
    assert len(list(csv.DictReader(run("people", case, "--rows", "--format", "csv").stdout.splitlines()))) == len(rows)
    assert shown.count("customers.csv,") == len(rows)
    assert "ann.lee" not in shown + json.dumps(rows)


def test_a_reason_without_a_decision_is_refused(case):
    """Nothing would be remembered."""
    with pytest.raises(UsageError):
        run("people", case, "--why", "same card")


def test_nobody_of_the_kind_asked_for_is_said(case):
    """A case without conflicts has nobody to show, which does not mean that nobody was found."""
    assert run("people", case, "--conflicts").stdout == "Nobody to show.\n"


def test_a_merge_and_its_split_are_remembered_and_the_case_still_adds_up(case):
    """In the tables, the assessment, the decisions and the ledger."""
    first, second = [row["person"] for row in people(case) if row["counted"]][:2]
    before = len(people(case))

    assert len(people(case, "--merge", first, second, "--why", "same card")) == before - 1
    assert json.loads((case / "assessment.json").read_text())["individuals"]["observed"]["value"] == 13
    assert run("verify", case).exit_code in (0, None)
    assert len(people(case, "--split", first, "--why", "a mistake")) == before
    assert run("verify", case).exit_code in (0, None)
    decided = [entry["facts"] for entry in read_ledger(case / "ledger.jsonl") if entry["event"] == "override"]
    assert [(one["action"], one["why"]) for one in decided] == [("merge", "same card"), ("split", "a mistake")]


@pytest.mark.parametrize("options", [("--merge", "person-0", "person-1", "--why", "x"), ("--split", "person-0", "--why", "x"), ("--split", "person-0")])
def test_an_impossible_decision_is_refused_and_changes_nothing(case, options):
    """Unknown people, or no reason."""
    before = (case / "ledger.jsonl").read_bytes()
    with pytest.raises(UsageError):
        run("people", case, *options)

    assert (case / "ledger.jsonl").read_bytes() == before


def test_labels_travel_by_csv_and_come_back_as_estimates(case, tmp_path):
    """Precision, elusion and recall with intervals, in the assessment too."""
    sheet = tmp_path / "labels.csv"
    run("review", case, "--sample", 30, "--export", sheet)
    rows = list(csv.DictReader(sheet.read_text().splitlines()))
    for row in rows:
        row["label"] = "right" if row["kind"] == "finding" else "clean"
    with Path(sheet).open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    review = json.loads(run("review", case, "--sample", 30, "--import", sheet).stdout)

    assert len(rows) == 30
    assert review["precision"]["value"] == review["recall"]["value"] == 1
    assert review["elusion"]["value"] == 0
    assert review["elusion"]["high"] > 0
    assert json.loads((case / "assessment.json").read_text())["quality"]["review"] == review
    assert run("verify", case).exit_code in (0, None)


def test_items_are_labelled_in_the_terminal_and_kept_when_stopped(case, folder):
    """Two labels and then a stop; the record is shown when its evidence is at hand."""
    answered = run("review", case, "--sample", 10, "--evidence", folder / "customers.csv", stdin="r\nw\nq\n")
    again = run("review", case, "--sample", 10, stdin="q\n")

    assert json.loads(answered.stdout)["labelled"] == 2
    assert "of 8" in again.stderr


def test_a_new_run_keeps_the_merges_of_an_earlier_case(folder, case, tmp_path):
    """Under the same key; the new case tells of them, and a split undoes them there too."""
    ann, bob = (row["person"] for row in people(case) if row["label"].startswith(("a***", "b***")))
    run("people", case, "--merge", ann, bob, "--why", "one person under two names")
    again = tmp_path / "again"
    run("assess", folder / "customers.csv", "--case", again, "--key", folder / "case.key", "--decisions", case, "--names", "none", "--format", "json")
    assessment = json.loads((again / "assessment.json").read_text())

    assert assessment["individuals"]["observed"]["value"] == 13
    assert [(row["before"], row["after"]) for row in assessment["overrides"]] == [(14, 13)]
    run("people", again, "--split", ann, "--why", "two people after all")
    assert len([row for row in people(again) if row["counted"]]) == 14


def test_decisions_about_people_of_another_key_change_nothing_and_say_so(folder, case, tmp_path):
    """Pseudonyms of another incident name nobody here."""
    ann, bob = (row["person"] for row in people(case) if row["label"].startswith(("a***", "b***")))
    run("people", case, "--merge", ann, bob, "--why", "one person under two names")
    again = tmp_path / "again"
    run("assess", folder / "customers.csv", "--case", again, "--decisions", case, "--names", "none", "--format", "json")
    assessment = json.loads((again / "assessment.json").read_text())

    assert assessment["individuals"]["observed"]["value"] == 14
    assert "nothing changed" in assessment["overrides"][0]["why"]
