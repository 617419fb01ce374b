"""A finished case decided again says the same about the same facts, and agrees with itself about others."""

import shutil
from datetime import UTC, date, datetime

import pytest

from leakscope.assessment.case import open_case
from leakscope.assessment.redecide import override_from, redecide
from leakscope.assessment.verify import verify
from leakscope.errors import UsageError

ON = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

SCHEME = """
schema_version = 1
id = "ours"
name = "Our classes"
title = "Classes of our policy"
combine = "max"
range = [1, 2]
confidence = "own judgement"
[[band]]
level = "plain"
meaning = "nothing to do"
[[band]]
level = "grave"
at_least = 2
meaning = "tell the board"
[[factor]]
id = "class"
name = "Class"
base = 1
why = "the highest class of any element"
elements = { email_personal = 2 }
"""


@pytest.fixture
def case(assessed, tmp_path):
    """A copy of the small case, to be changed."""
    shutil.copytree(assessed.case, tmp_path / "case")
    return open_case(tmp_path / "case")


def test_the_same_facts_give_the_same_result(case):
    """Records, people, shares and severity of the saved case are those of the run."""
    before = case.assessment()
    redecide(case, facts_file=None, on=ON, save=True)
    after = case.assessment()

    for part in ("impact_summary", "severity", "individuals", "findings_by_entity", "sample", "overrides"):
        assert before[part] == after[part]


def test_a_size_stated_later_reaches_every_number_of_the_whole(case, tmp_path):
    """The saved case does not state duties on people that its own pages do not know."""
    facts = tmp_path / "facts.toml"
    facts.write_text('[population]\ndesign = "bernoulli"\n[population.records]\n"" = 1000\n', encoding="utf-8")
    redecide(case, facts_file=str(facts), on=ON, save=True)
    after = case.assessment()

    assert after["individuals"]["exposure"]["value"] >= after["individuals"]["observed"]["value"]
    assert (after["sample"]["design"], after["sample"]["population"]) == ("bernoulli", [{"source": "", "records": 1000, "basis": "stated"}])
    assert after["sample"]["secrets_exposure"]["value"] >= 1
    assert all(row["exposure_records"]["value"] > row["records"] for row in after["findings_by_entity"])
    assert not [row for row in after["missing_facts"] if row["fact"].startswith("population")]
    assert all(check.holds is not False for check in verify(case))


def test_an_override_of_the_command_line_stays_with_the_case(case):
    """It becomes a fact, is recorded with what it replaced, and holds when decided again."""
    override = override_from("severity.EI=0.25", why="pseudonyms only", who="A. Example", now=NOW)
    redecide(case, facts_file=None, on=ON, save=True, overrides=[override])
    redecide(case, facts_file=None, on=ON, save=True)
    after = case.assessment()

    assert [(row["target"], row["after"], row["who"], row["why"]) for row in after["overrides"]] == [("severity.EI", 0.25, "A. Example", "pseudonyms only")]
    assert next(row["value"] for row in after["severity"]["incident"]["factors"] if row["factor"] == "EI") == 0.25
    assert [entry["facts"]["target"] for entry in case.entries() if entry["event"] == "override"] == ["severity.EI", "severity.EI"]


def test_without_saving_nothing_but_the_ledger_changes(case):
    """The severity under an override is said, and the case stands as it was."""
    before = case.assessment()
    decided = redecide(case, facts_file=None, on=ON, overrides=[override_from("severity.CB=2", why="w", who="x", now=NOW)])

    assert decided.to_dict()["severity"]["score"] > before["severity"]["incident"]["score"]
    assert case.assessment() == before


@pytest.mark.parametrize(("text", "why"), [("severity.EI", "w"), ("severity.EI=0.5", " "), ("severity.EI=high", "w"), ("=3", "w")])
def test_an_override_that_is_none_is_refused(text, why):
    """No value, no reason, or no number."""
    with pytest.raises(UsageError):
        override_from(text, why=why, who="x", now=NOW)


def test_a_merge_of_people_stays_when_the_case_is_decided_again(case):
    """Decisions about people are no facts, and are not lost."""
    from leakscope.assessment.relink import make_decision, relink

    people = case.individuals()
    two = people.filter(people["counted"])["person"].to_list()[:2]
    relink(case, make_decision("merge", tuple(two), "the same customer", who="x", now=NOW))
    redecide(case, facts_file=None, on=ON, save=True)

    assert [row["target"] for row in case.assessment()["overrides"]] == ["individuals"]


def test_a_scheme_of_the_users_own_is_kept_in_the_case(run, tmp_path):
    """It leads, and the case is weighed again with it after the file is gone."""
    path = tmp_path / "ours.toml"
    path.write_text(SCHEME, encoding="utf-8")
    made = run(scheme=str(path))
    incident = made.data["severity"]["incident"]
    path.unlink()
    case = open_case(made.case)
    decided = redecide(case, facts_file=None, on=ON)

    assert (incident["scheme"], incident["band"]) == ("Our classes", "grave")
    assert decided.severity["incident"] == incident


def test_a_wrong_override_in_the_facts_ends_the_run_before_anything_is_read(run, tmp_path):
    """No case is left behind, and the nearest name is the hint."""
    facts = tmp_path / "facts.toml"
    facts.write_text('[[override]]\ntarget = "severity.weigth.ssn"\nvalue = 2\nwho = "x"\nwhen = 2026-01-02T10:00:00Z\nwhy = "y"\n', encoding="utf-8")

    with pytest.raises(UsageError) as caught:
        run(facts=str(facts), case=tmp_path / "case")

    assert "severity.weight.ssn" in caught.value.hint
    assert not (tmp_path / "case").exists()
