"""One small case that many tests look at."""

from datetime import UTC, datetime

import pytest

from leakscope.assessment.run import assess, options_from
from leakscope.safety.keys import load_or_make_key

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

ROWS = """\
{"timestamp":"2025-01-20T10:00:00Z","service":"api","user_id":"5b0b3b8e-5d0c-4f0e-9a53-0d6f6cfe1c55","email":"ana.lima41@correio.pt","first_name":"Ana","last_name":"Lima","message":"login ok"}
{"timestamp":"2025-01-20T10:05:00Z","service":"api","user_id":"5b0b3b8e-5d0c-4f0e-9a53-0d6f6cfe1c55","email":"ana.lima41@correio.pt","message":"{\\"messages\\":[{\\"role\\":\\"user\\",\\"content\\":\\"My name is Ana Lima and I was diagnosed with diabetes, please write to my doctor.\\"}]}"}
{"timestamp":"2025-01-21T08:00:00Z","service":"billing","user_id":"0f8d6a71-90a2-4f7b-8a4d-5f0a3a1e7b21","email":"h.becker77@webpost.de","iban":"DE83370400440532013000","message":"DB_URL=postgresql://app:Tr4v3rs3-Quiet-Fjord@db.internal:5432/main"}
{"timestamp":"2025-01-22T08:00:00Z","service":"billing","message":"cache warmed in 12 ms"}
{"timestamp":"2025-01-22T09:00:00Z","service":"billing","message":"half written
"""


@pytest.fixture(scope="package")
def evidence(tmp_path_factory):
    """A small log with two people, one secret, one conversation and one half-written line."""
    path = tmp_path_factory.mktemp("evidence") / "log.ndjson"
    path.write_text(ROWS, encoding="utf-8")
    return path


@pytest.fixture(scope="package")
def key_file(tmp_path_factory):
    """One incident key for all runs."""
    path = tmp_path_factory.mktemp("key") / "incident.key"
    load_or_make_key(path)
    return path


@pytest.fixture(scope="package")
def run(evidence, key_file, tmp_path_factory):
    """(**options) -> Assessment of the evidence in a case of its own."""

    def again(**options):
        case = tmp_path_factory.mktemp("cases") / "case"
        given = {"paths": [str(evidence)], "case": case, "key": str(key_file), "time_budget": "none", **options}
        return assess(options_from(**given), now=NOW)

    return again


@pytest.fixture(scope="package")
def assessed(run):
    """The plain run."""
    return run()
