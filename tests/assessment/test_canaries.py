"""A value from the evidence appears nowhere but in the evidence."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CANARIES = {
    "email": "zz.canary.mail@kanarienpost.de",
    "name": "Quirinia Canarywood",
    "ssn": "536-22-8726",
    "card": "5425237190660419",  # no example of a rule, which the compiled rules in the cache may hold
    "password": "C4nary-Passw0rd-Fjord",
    "key": "sk-ant-api03-GTd7FguoV8FWnFbB0JxXujr4qqaaABvvLOzAxzXMcU1vsHiQMaRiNTN9Ox98whGcTZc1UWb5fxzpF7STG7nVLe3lARUsRAA",
    "chat": "canarysickness",
}


def _evidence(folder):
    chat = json.dumps({"messages": [{"role": "user", "content": f"I am {CANARIES['name']} and I suffer from {CANARIES['chat']}, my key is {CANARIES['key']}"}]})
    rows = [
        {"timestamp": "2025-01-20T10:00:00Z", "email": CANARIES["email"], "full_name": CANARIES["name"], "ssn": CANARIES["ssn"], "card_number": CANARIES["card"]},
        {"timestamp": "2025-01-20T10:01:00Z", "message": chat, CANARIES["email"]: "a key that is data"},
        {"timestamp": "2025-01-20T10:02:00Z", "message": f"DB=postgresql://app:{CANARIES['password']}@db.internal/main"},
    ]
    text = "\n".join(json.dumps(row) for row in rows) + '\n{"broken": "' + CANARIES["email"] + "\n"
    (folder / "log.ndjson").write_text(text)
    (folder / "facts.toml").write_text("[clocks]\nawareness = 2025-01-29T09:00:00Z\n")


def _run(folder, *arguments):
    environment = {**os.environ, "TMPDIR": str(folder / "tmp"), "XDG_CACHE_HOME": str(folder / "cache"), "HOME": str(folder / "home"), "NO_COLOR": "1"}
    done = subprocess.run([sys.executable, "-m", "leakscope", *arguments], cwd=folder, capture_output=True, env=environment, timeout=300, check=False)
    return done.returncode, done.stdout + done.stderr


def _forms(value):
    """A value as it could appear: plain, in base64, in JSON, percent-encoded, in UTF-16."""
    from urllib.parse import quote

    raw = value.encode()
    return {raw, base64.b64encode(raw)[:-4], quote(value, safe="").encode(), value.encode("utf-16-le"), json.dumps(value).encode()[1:-1]}


def _leaks(content):
    return sorted(name for name, value in CANARIES.items() if any(form in content for form in _forms(value)))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Every command that prints or writes, run on evidence full of canaries."""
    folder = tmp_path_factory.mktemp("canaries")
    for name in ("tmp", "home", "cache"):
        (folder / name).mkdir()
    _evidence(folder)
    code, output = _run(folder, "assess", "log.ndjson", "--case", "case", "--facts", "facts.toml", "--time-budget", "none")
    outputs = {"assess": output}
    assert code == 4, "the half-written line is set aside"
    finding = _run(folder, "explain", "case", "duty-EU-GDPR-regulator")
    outputs |= {"explain": finding[1]}
    for command in (("secrets", "case"), ("people", "case"), ("decide", "case"), ("verify", "case"), ("identify", "log.ndjson"), ("diff", "case", "case"), ("scan", "log.ndjson", "--format", "ndjson"), ("scan", "log.ndjson", "--format", "sarif"), ("scan", "log.ndjson", "--format", "csv"), ("scan", "log.ndjson"), ("redact", "log.ndjson"), ("secrets", "nowhere"), ("scan", "nowhere.ndjson")):
        outputs[" ".join(command)] = _run(folder, *command)[1]
    for form in ("html", "json", "markdown", "csv", "sarif", "veris", "dpv", "docx", "ics", "edpb"):
        outputs[f"report {form}"] = _run(folder, "report", "case", "--format", form, "-o", f"out.{form}")[1]
    return folder, outputs


def test_no_output_shows_a_value(finished):
    """Neither standard output nor standard error of any command; redact gives back the words between what it masked."""
    _, outputs = finished

    leaks = {command: set(_leaks(output)) - ({"chat"} if command.startswith("redact") else set()) for command, output in outputs.items()}

    assert {command: found for command, found in leaks.items() if found} == {}


def test_no_file_holds_a_value(finished):
    """Case, reports, temporary files, caches and home: only the evidence itself has them."""
    folder, _ = finished
    files = [path for path in sorted(Path(folder).rglob("*")) if path.is_file() and path.name != "log.ndjson"]

    assert {str(path.relative_to(folder)): _leaks(path.read_bytes()) for path in files if _leaks(path.read_bytes())} == {}
    assert any(path.name == "assessment.json" for path in files)


def test_no_parquet_table_of_the_case_holds_a_value(finished):
    """Compressed columns are read back and searched as text."""
    import polars as pl

    folder, _ = finished
    for path in (folder / "case").glob("*.parquet"):
        text = pl.read_parquet(path).write_ndjson()

        assert _leaks(text.encode()) == [], path.name


def test_the_canaries_were_found_at_all(finished):
    """The test would notice: each kind of canary is a finding of the case."""
    import polars as pl

    found = set(pl.read_parquet(finished[0] / "case" / "findings.parquet")["entity"])

    assert {"EMAIL_ADDRESS", "PERSON", "US_SSN", "CREDIT_CARD", "SECRET_API_KEY", "SECRET_CONNECTION_STRING"} <= found
