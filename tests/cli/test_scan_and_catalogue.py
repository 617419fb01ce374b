"""`scan`, `redact` and `catalogue` as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from leakscope.cli import cli
from leakscope.errors import UsageError
from leakscope.safety.keys import load_or_make_key

KEYS = {"source", "record", "field", "start", "end", "entity", "detector", "confidence", "validated", "fingerprint", "preview", "attributes"}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Three records, two with findings."""
    path = tmp_path / "log.ndjson"
    path.write_text('{"m": "write to ana@gmail.com"}\n{"m": "nothing"}\n{"n": {"password": "Sommer2719"}}\n')
    return path


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    result = CliRunner().invoke(cli, arguments)
    return result.exit_code, result.stdout, result.stderr


def test_ndjson_has_one_object_per_finding_with_the_contracts_keys(log: Path) -> None:
    """`attributes` is an object."""
    code, out, _ = run("scan", str(log), "--format", "ndjson", "--time-budget", "0s")
    found = [json.loads(line) for line in out.splitlines()]
    assert (code, [set(one) for one in found]) == (0, [KEYS, KEYS])
    assert [(one["record"], one["entity"], one["field"]) for one in found] == [(0, "EMAIL_ADDRESS", "m"), (2, "CREDENTIAL_PASSWORD", "n.password")]
    assert all(isinstance(one["attributes"], dict) for one in found)


def test_a_missing_path_is_an_error_and_nothing_else(tmp_path: Path, log: Path) -> None:
    """No header of a table, nothing scanned: also when another path is there."""
    result = CliRunner().invoke(cli, ["scan", str(log), str(tmp_path / "none.csv"), "--time-budget", "0s"])
    assert isinstance(result.exception, UsageError)
    assert (result.exception.exit_code, result.output) == (2, "")


def test_a_finding_in_a_line_of_a_text_has_columns_in_sarif(tmp_path: Path) -> None:
    """Counted from 1, in code points, the end behind the last; where a record is more than its line, there are none."""
    path = tmp_path / "notes.log"
    path.write_text("started\n\u00fc\u00fc write to ana@fastmail.fm now\n")
    _, out, _ = run("scan", str(path), "--format", "sarif", "--time-budget", "0s")
    (result,) = json.loads(out)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 2, "startColumn": 13, "endColumn": 28}
    other = tmp_path / "log.ndjson"
    other.write_text('{"m": "write to ana@fastmail.fm"}\n')
    _, out, _ = run("scan", str(other), "--format", "sarif", "--time-budget", "0s")
    (result,) = json.loads(out)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}


def test_no_value_is_printed(log: Path) -> None:
    """In no form, and not on standard error."""
    for form in ("table", "ndjson", "csv", "sarif"):
        _, out, err = run("scan", str(log), "--format", form, "--time-budget", "0s")
        assert "Sommer2719" not in out + err
        assert "ana@gmail" not in out + err


def test_harmless_values_are_counted_by_reason_and_listed_when_asked(tmp_path: Path) -> None:
    """Nobody's values stand in no finding, unless `--harmless` asks for them with their reasons."""
    path = tmp_path / "log.ndjson"
    path.write_text('{"m": "card 4111 1111 1111 1111, host 192.168.1.4"}\n{"m": "mail ana@gmail.com, not jo@example.org"}\n')
    plain = run("scan", str(path), "--format", "ndjson", "--time-budget", "0s")
    asked = run("scan", str(path), "--format", "ndjson", "--time-budget", "0s", "--harmless")
    told = [(one["record"], one["entity"], one["attributes"].get("suppressed")) for one in map(json.loads, asked[1].splitlines())]

    assert len(plain[1].splitlines()) == 1
    assert "1 private-address, 1 reserved-domain, 1 test-card" in plain[2]
    assert sorted(told, key=str) == [(0, "CREDIT_CARD", "test-card"), (0, "IP_ADDRESS", "private-address"), (1, "EMAIL_ADDRESS", "reserved-domain"), (1, "EMAIL_ADDRESS", None)]


@pytest.mark.slow
def test_several_processes_find_and_count_what_one_does(tmp_path: Path) -> None:
    """The same findings in the same order, the same reasons, the rule file and the choice of entities included."""
    path, key = tmp_path / "log.ndjson", tmp_path / "key"
    path.write_text("".join(f'{{"m": "card 4111 1111 1111 1111, mail ana{number}@gmail.com from 192.168.1.4"}}\n' for number in range(9_000)))
    load_or_make_key(key)
    one, two = (run("scan", str(path), "--format", "ndjson", "--time-budget", "0s", "--key", str(key), "--entities", "EMAIL_ADDRESS", "--workers", count) for count in ("1", "2"))
    assert len(one[1].splitlines()) == 9_000
    assert one == two


def test_sarif_marks_what_is_harmless_as_suppressed(tmp_path: Path) -> None:
    """A viewer of SARIF hides it, with the reason."""
    path = tmp_path / "log.ndjson"
    path.write_text('{"m": "card 4111 1111 1111 1111"}\n')
    _, out, _ = run("scan", str(path), "--format", "sarif", "--time-budget", "0s", "--harmless")
    (result,) = json.loads(out)["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "test-card"}]


def test_entities_and_confidence_narrow_the_findings(log: Path) -> None:
    """Only asked types come out."""
    _, out, _ = run("scan", str(log), "--format", "ndjson", "--entities", "EMAIL_ADDRESS,IBAN_CODE", "--time-budget", "0s")
    assert [json.loads(line)["entity"] for line in out.splitlines()] == ["EMAIL_ADDRESS"]


def test_sarif_has_severity_and_logical_locations(log: Path) -> None:
    """As code-scanning tools read it."""
    _, out, _ = run("scan", str(log), "--format", "sarif", "--time-budget", "0s")
    (sarif,) = json.loads(out)["runs"]
    assert {rule["id"] for rule in sarif["tool"]["driver"]["rules"]} == {result["ruleId"] for result in sarif["results"]}
    assert all(float(rule["properties"]["security-severity"]) > 0 for rule in sarif["tool"]["driver"]["rules"])
    assert sarif["results"][1]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "n.password"


def test_one_key_gives_one_fingerprint(log: Path, tmp_path: Path) -> None:
    """Runs with the same key compare, runs without do not."""
    key = tmp_path / "key"
    key.write_text("ab" * 32)
    same = {run("scan", str(log), "--format", "ndjson", "--key", str(key), "--time-budget", "0s")[1] for _ in range(2)}
    assert len(same) == 1
    assert run("scan", str(log), "--format", "ndjson", "--time-budget", "0s")[1] not in same


def test_suppressions_need_who_when_and_why(log: Path, tmp_path: Path) -> None:
    """With them, the findings are left out and counted; without, it is bad use."""
    path = tmp_path / "known.toml"
    path.write_text('[[suppression]]\nwho = "A. Analyst"\nwhen = 2026-01-05\nwhy = "test account"\ndetector = "pii.*"\n')
    _, out, err = run("scan", str(log), "--format", "ndjson", "--suppressions", str(path), "--time-budget", "0s")
    assert [json.loads(line)["entity"] for line in out.splitlines()] == ["CREDENTIAL_PASSWORD"]
    assert "1 finding left out" in err
    path.write_text('[[suppression]]\ndetector = "pii.*"\n')
    result = CliRunner().invoke(cli, ["scan", str(log), "--suppressions", str(path)])
    assert "who, when and why" in str(result.exception)


def test_redact_writes_the_same_records_masked(log: Path) -> None:
    """Line by line."""
    code, out, _ = run("redact", str(log), "--no-names")
    assert code == 0
    assert [json.loads(line) for line in out.splitlines()] == [{"m": "write to [EMAIL_ADDRESS]"}, {"m": "nothing"}, {"n": {"password": "[CREDENTIAL_PASSWORD]"}}]


def test_the_catalogue_is_listed_and_shown() -> None:
    """Every kind has entries; one detector is shown in full."""
    for kind in ("detectors", "entities", "providers", "roles", "formats", "jurisdictions"):
        assert run("catalogue", "list", kind)[1].strip()
    assert json.loads(run("catalogue", "show", "pii.email")[1])["id"] == "pii.email"
