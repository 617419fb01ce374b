"""The published schema of assessment.json accepts an assessment and refuses what is none."""

from __future__ import annotations

from importlib.resources import files

import jsonschema
import orjson
import pytest

SCHEMA = orjson.loads((files("leakscope.assessment") / "assessment.schema.json").read_bytes())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_the_schema_is_itself_valid():
    """Draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_an_assessment_is_valid(assessment):
    """As built, with every section."""
    assert [error.json_path for error in VALIDATOR.iter_errors(orjson.loads(orjson.dumps(assessment)))] == []


@pytest.mark.parametrize("member", sorted(SCHEMA["required"]))
def test_no_member_of_the_top_level_may_be_missing(assessment, member):
    """The contract's members are all required."""
    del assessment[member]

    assert not VALIDATOR.is_valid(assessment)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("individuals", "estimated"), 12),
        (("individuals", "estimated", "basis"), "guess"),
        (("duties", 0, "status"), "perhaps"),
        (("duties", 0, "probability"), 1.2),
        (("impact_summary", 0, "share_of_impact"), 2),
        (("case", "created"), "yesterday"),
        (("secrets", 0, "severity"), "terrible"),
        (("sample", "design"), "lucky"),
    ],
)
def test_a_wrong_value_is_refused(assessment, path, value):
    """Bare numbers for estimates, statuses and designs nobody knows."""
    part = assessment
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value

    assert not VALIDATOR.is_valid(assessment)


def test_people_in_the_whole_exposure_may_be_unknown(assessment):
    """Null until population and design are stated."""
    assessment["individuals"]["exposure"] = None

    assert VALIDATOR.is_valid(orjson.loads(orjson.dumps(assessment)))
