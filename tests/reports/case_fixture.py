"""A case folder around the invented assessment, with a few findings in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from leakscope.assessment import case as files
from leakscope.assessment.case import Case, create_case
from leakscope.schema import FINDINGS, INDIVIDUALS, PERSON_ELEMENTS, RECORD_PERSONS, conform
from tests.reports.assessment_fixture import individuals, person, person_elements, secrets


def _findings() -> pl.DataFrame:
    base = {"source": "log_stream.ndjson", "field": "string.values[message]", "start": 0, "end": 12, "confidence": 0.97, "validated": None, "attributes": "{}"}
    rows = [
        {**base, "record": 7, "entity": "EMAIL_ADDRESS", "detector": "pii.email", "fingerprint": "ab" * 12, "preview": "m***@***.com"},
        {**base, "record": 7, "entity": "EMAIL_ADDRESS", "detector": "pii.email", "fingerprint": "ab" * 12, "preview": "m***@***.com"},
        {**base, "record": 14, "entity": "SECRET_API_KEY", "detector": "secret.openai.project_key", "fingerprint": "cd" * 12, "preview": "sk-proj-********", "validated": True, "attributes": '{"provider": "openai"}'},
        {**base, "record": 21, "entity": "TOPIC_HEALTH", "detector": "topic.health", "fingerprint": "ef" * 12, "preview": "h*******"},
    ]  # fmt: skip
    return conform(pl.DataFrame(rows), FINDINGS)


def make_case(root: Path, assessment: dict[str, Any]) -> Case:
    """A case at `root` as a run leaves it, as far as reports and explanations read it."""
    case = create_case(root)
    ledger = case.ledger()
    linked = pl.DataFrame([{"source": "log_stream.ndjson", "record": 7, "person": person(1), "fingerprint": "ab" * 12}])
    case.write_frame(files.FINDINGS, _findings(), ledger)
    case.write_frame(files.INDIVIDUALS, conform(individuals(), INDIVIDUALS), ledger)
    case.write_frame(files.PERSON_ELEMENTS, conform(person_elements(), PERSON_ELEMENTS), ledger)
    case.write_frame(files.RECORD_PERSONS, conform(linked, RECORD_PERSONS), ledger)
    case.write_frame(files.SECRETS, secrets(), ledger)
    case.write_json(files.ASSESSMENT, assessment, ledger)
    return case
