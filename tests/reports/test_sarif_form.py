"""SARIF is of the form that the standard asks for, and within what code hosts take."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from leakscope.reports import sarif


def _object(required: tuple[str, ...] = (), *, any_of: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    """An object that holds nothing but `properties`."""
    form: dict[str, Any] = {"type": "object", "additionalProperties": False, "required": list(required), "properties": properties}
    return {**form, "anyOf": [{"required": [one]} for one in any_of]} if any_of else form


def _listed(form: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": form}


TEXT, BAG, LEVEL = {"type": "string"}, {"type": "object"}, {"enum": ["none", "note", "warning", "error"]}
MESSAGE = _object(("text",), text=TEXT, markdown=TEXT, properties=BAG)
PLACE, OFFSET = {"type": "integer", "minimum": 1}, {"type": "integer", "minimum": -1}
REGION = _object(any_of=("startLine", "charOffset", "byteOffset"), startLine=PLACE, startColumn=PLACE, endLine=PLACE, endColumn=PLACE, charOffset=OFFSET, byteOffset=OFFSET)
PHYSICAL = _object(any_of=("address", "artifactLocation"), artifactLocation=_object(uri={"type": "string", "format": "uri-reference"}, index=OFFSET), region=REGION)
LOCATION = _object(physicalLocation=PHYSICAL, logicalLocations=_listed(_object(name=TEXT, fullyQualifiedName=TEXT, kind=TEXT)))
SUPPRESSION = _object(("kind",), kind={"enum": ["inSource", "external"]}, status={"enum": ["accepted", "underReview", "rejected"]}, justification=TEXT)
RESULT = _object(
    ("message",),
    ruleId=TEXT, ruleIndex=OFFSET, level=LEVEL, message=MESSAGE, locations=_listed(LOCATION), rank={"type": "number", "minimum": -1, "maximum": 100},
    partialFingerprints={"type": "object", "additionalProperties": TEXT}, suppressions=_listed(SUPPRESSION), properties=BAG,
)  # fmt: skip
CONFIGURATION = _object(level=LEVEL, enabled={"type": "boolean"}, rank={"type": "number"})
RULE = _object(("id",), id=TEXT, name=TEXT, shortDescription=MESSAGE, fullDescription=MESSAGE, help=MESSAGE, helpUri=TEXT, defaultConfiguration=CONFIGURATION, properties=BAG)
DRIVER = _object(("name",), name=TEXT, version=TEXT, semanticVersion=TEXT, informationUri=TEXT, rules=_listed(RULE))
RUN = _object(("tool",), tool=_object(("driver",), driver=DRIVER), automationDetails=_object(id=TEXT), columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]}, results=_listed(RESULT))
#: The objects that are written, with what the standard (OASIS SARIF 2.1.0, section 3) asks of them; the published schema itself is not at hand here.
LOG = {**_object(("version", "runs"), version={"const": "2.1.0"}, runs=_listed(RUN)), "properties": {"$schema": TEXT, "version": {"const": "2.1.0"}, "runs": _listed(RUN)}}


def finding(**other: Any) -> dict[str, Any]:
    """One finding as a row."""
    row = {
        "source": "logs/a b.ndjson", "record": 0, "field": "n.password", "start": 0, "end": 4, "entity": "CREDENTIAL_PASSWORD", "detector": "credential.password_field",
        "confidence": 0.9, "validated": None, "fingerprint": "ab" * 8, "preview": "h*******", "attributes": "{}",
    }  # fmt: skip
    return {**row, **other}


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [finding()],
        [finding(field="line", start=3, end=9)],
        [finding(attributes='{"suppressed":"test-card"}'), finding(entity="PERSON", detector="field.full_name", preview=None, validated=True, source="dump.sql:users")],
    ],
)
def test_every_object_is_of_the_standards_form(rows: list[dict[str, Any]]) -> None:
    """Required properties are there, no others are, values are of the sets and ranges."""
    jsonschema.Draft7Validator(LOG).validate(sarif.build(rows))


def test_the_form_refuses_what_the_standard_refuses() -> None:
    """A line 0, an unknown level, a result without message."""
    for part in ({"level": "critical"}, {"message": {}}, {"locations": [{"physicalLocation": {"artifactLocation": {}, "region": {"startLine": 0}}}]}):
        log = sarif.build([finding()])
        log["runs"][0]["results"][0].update(part)
        assert not jsonschema.Draft7Validator(LOG).is_valid(log)


def test_more_results_than_a_run_may_have_make_several_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with an id of its own, all results in order, its rules listed in it."""
    monkeypatch.setattr(sarif, "RESULTS_PER_RUN", 2)
    runs = sarif.build([finding(record=number, detector=f"d{number}") for number in range(5)])["runs"]
    assert [[one["properties"]["record"] for one in run["results"]] for run in runs] == [[0, 1], [2, 3], [4]]
    assert len({run["automationDetails"]["id"] for run in runs}) == 3
    assert [[rule["id"] for rule in run["tool"]["driver"]["rules"]] for run in runs] == [["d0", "d1"], ["d2", "d3"], ["d4"]]


def test_rules_are_within_what_code_hosts_take() -> None:
    """Short descriptions, at most ten tags."""
    (run,) = sarif.build([finding(), finding(detector="id.br.cpf", entity="BR_CPF")])["runs"]
    for rule in run["tool"]["driver"]["rules"]:
        assert max(len(rule[name]["text"]) for name in ("shortDescription", "fullDescription")) <= sarif.LONGEST_DESCRIPTION
        assert len(rule["properties"]["tags"]) <= 10
