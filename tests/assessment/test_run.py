"""One run from evidence to decisions."""

import stat

import polars as pl
import pytest

from leakscope.assessment.case import open_case
from leakscope.assessment.verify import verify
from leakscope.schema import FINDINGS, INDIVIDUALS, PERSON_ELEMENTS

SECTIONS = (
    "schema_version case evidence coverage sample fields findings_by_entity secrets chat organisations timeline individuals impact_summary severity "
    "duties what_would_change missing_facts facts overrides quality method versions"
).split()


def test_the_assessment_has_every_section_in_order(assessed):
    """The contract's top level."""
    assert list(assessed.data) == SECTIONS


def test_every_record_is_examined_or_set_aside(assessed):
    """Five collected, four examined, the half-written one set aside with its reason."""
    coverage = assessed.data["coverage"]

    assert (coverage["records_collected"], coverage["records_examined"], coverage["records_set_aside"]) == (5, 4, 1)
    assert [(piece["reason"], piece["records"]) for piece in coverage["set_aside"]] == [("not-json", 1)]


def test_two_people_are_found_and_counted_once_each(assessed):
    """Rows of one user are one person."""
    assert assessed.data["individuals"]["observed"]["value"] == 2


def test_the_exposure_is_not_guessed(assessed):
    """Nobody stated size or design: no number, but a missing fact."""
    assert assessed.data["individuals"]["exposure"] is None
    assert any("population" in fact["fact"] or "design" in fact["fact"] for fact in assessed.data["missing_facts"])


def test_a_stated_full_copy_is_counted_not_estimated(run):
    """With design full the exposure is what was seen."""
    individuals = run(sample_design="full", population=["5"]).data["individuals"]

    assert individuals["exposure"] is not None
    assert int(individuals["exposure"]["low"]) <= 2 <= individuals["exposure"]["high"]


def test_the_database_password_is_in_the_rotation_sheet(assessed):
    """The connection string is one distinct secret."""
    assert [row["entity"] for row in assessed.data["secrets"]] == ["SECRET_CONNECTION_STRING"]


def test_the_case_can_be_read_by_its_owner_only(assessed):
    """Folder 0700, files 0600."""
    modes = {stat.S_IMODE(path.stat().st_mode) for path in assessed.case.iterdir()}

    assert (stat.S_IMODE(assessed.case.stat().st_mode), modes) == (0o700, {0o600})


def test_the_tables_have_their_schemas(assessed):
    """Others build on the columns."""
    case = open_case(assessed.case)

    assert [frame.schema for frame in (case.findings(), case.individuals(), case.person_elements())] == [FINDINGS, INDIVIDUALS, PERSON_ELEMENTS]


def test_a_fresh_case_verifies(assessed):
    """Every check holds."""
    assert [check.name for check in verify(open_case(assessed.case)) if check.holds is not True] == []


@pytest.mark.parametrize("name", ["assessment.json", "findings.parquet", "individuals.parquet", "manifest.json", "ledger.jsonl"])
def test_any_changed_file_is_noticed(run, name):
    """One byte is enough."""
    case = open_case(run(names="none").case)
    path = case.root / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))

    assert any(check.holds is False for check in verify(case))


def test_the_same_evidence_seed_and_instant_give_the_same_assessment(run, assessed):
    """Byte for byte, but for the case's name."""
    again = run()
    first, second = ({**one.data, "case": {**one.data["case"], "id": ""}} for one in (assessed, again))

    assert first["coverage"]["expensive"] is None or first["coverage"]["expensive"].keys() == second["coverage"]["expensive"].keys()
    assert _timeless(first) == _timeless(second)


def _timeless(data):
    """Without the seconds that reading took."""
    coverage = {**data["coverage"], "expensive": {name: value for name, value in (data["coverage"]["expensive"] or {}).items() if "second" not in name and "speed" not in name}}
    return {**data, "coverage": coverage}


def test_a_random_draw_is_accounted_for(run):
    """Drawn, set aside and left out add up, and the same seed draws the same records."""
    one, other = (run(rows=3, seed=7, names="none").data for _ in range(2))
    coverage = one["coverage"]

    assert coverage["records_collected"] == coverage["records_examined"] + coverage["records_set_aside"] + coverage["records_not_drawn"] == 5
    assert one["findings_by_entity"] == other["findings_by_entity"]


def test_identical_files_are_read_once(run, evidence, tmp_path):
    """A copy is listed as a duplicate and adds nothing."""
    copy = tmp_path / "copy.ndjson"
    copy.write_bytes(evidence.read_bytes())
    data = run(paths=[str(evidence), str(copy)], names="none").data

    assert data["coverage"]["records_collected"] == 5
    assert [row["duplicate_of"] for row in data["evidence"]] == [None, "log.ndjson"]


def test_findings_locate_a_value_that_is_really_there(assessed, evidence):
    """Every finding's record, read again from the evidence, holds text at the finding's place."""
    import orjson

    lines = evidence.read_bytes().splitlines()
    flat = open_case(assessed.case).findings().filter(~pl.col("field").str.contains("->|\\[", literal=False))
    for record, field, start, end in flat.select("record", "field", "start", "end").iter_rows():
        value = orjson.loads(lines[record])[field]

        assert 0 <= start < end <= len(value)


def test_a_data_class_counts_each_record_once(assessed):
    """Records of an element are distinct ones, never fewer than its people's first places."""
    rows = {row["data_class"]: row["records"] for row in assessed.data["impact_summary"]}
    listed = {row["element"]: row["records"] for row in assessed.data["individuals"]["by_element"]}

    assert {code: rows[code] for code in rows if code in listed} == {code: listed[code] for code in rows if code in listed}


def test_people_of_a_class_are_the_same_in_every_section(assessed):
    """Value and both ends, in the impact summary and among the individuals."""
    rows = {row["data_class"]: row["people"] for row in assessed.data["impact_summary"] if row["people"] and row["people"]["value"] is not None}
    listed = {row["element"]: row["people"] for row in assessed.data["individuals"]["by_element"]}

    assert listed
    assert {code: rows[code] for code in listed if code in rows} == {code: listed[code] for code in listed if code in rows}


def test_people_by_severity_are_stated_for_the_evidence_and_the_whole(run):
    """Those seen add up, and none is estimated below what was seen."""
    data = run(names="none", sample_design="bernoulli", population=["400"]).data
    rows = data["individuals"]["by_band"]

    assert sum(row["people"] for row in rows) == data["individuals"]["observed"]["value"]
    assert sum(row["exposure"]["value"] for row in rows) == pytest.approx(data["individuals"]["exposure"]["value"])
    assert all(row["people"] <= row["exposure"]["low"] + 1e-9 and row["estimated"]["value"] >= row["people"] for row in rows)
    assert run(names="none").data["individuals"]["by_band"][0]["exposure"] is None


def test_people_by_the_bands_of_another_scheme_are_counted_too(run):
    """Whatever its levels are called."""
    rows = run(names="none", scheme="four-tier").data["individuals"]["by_band"]

    assert sum(row["people"] for row in rows) == 2
    assert {row["band"] for row in rows} <= {"public", "internal", "confidential", "restricted", "none"}
