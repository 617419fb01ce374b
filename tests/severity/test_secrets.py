"""A secret is as severe as its privilege, environment and life leave it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from leakscope.schema import SECRETS, conform
from leakscope.severity.secrets import rate_secrets, secrets_by_severity

ON = datetime(2026, 1, 10, tzinfo=UTC)


def secret(severity="high", **more):
    base = dict.fromkeys(SECRETS) | {
        "fingerprint": "f" * 24, "provider": "x", "entity": "SECRET_API_KEY", "detector": "secret.x.key", "kind": "X key", "environment": "live", "status": "looks_live",
        "scopes": [], "checksum": "none", "confidence": 0.9, "records": 1, "occurrences": 1, "first_seen": ON, "last_seen": ON, "services": [], "preview": "x***",
    }  # fmt: skip
    return {**base, "severity": severity, **more}


def secrets_of(*rows):
    return conform(pl.DataFrame([{**row, "fingerprint": f"{number:024x}", "fingerprints": [f"{number:024x}"]} for number, row in enumerate(rows)], schema=SECRETS), SECRETS)


@pytest.mark.parametrize(
    ("given", "severity"),
    [
        (secret("high"), "high"),
        (secret("high", scopes=["repo", "admin:org"]), "critical"),
        (secret("critical", scopes=["*"]), "critical"),
        (secret("high", scopes=["read"]), "medium"),
        (secret("high", scopes=["files:read", "users:read"]), "medium"),
        (secret("high", environment="test", status="test"), "low"),
        (secret("critical", environment="test"), "medium"),
        (secret("high", environment="publishable"), "low"),
        (secret("critical", status="documented_example"), "low"),
        (secret("critical", expires=ON - timedelta(days=1)), "low"),
        (secret("critical", expires=ON + timedelta(days=1)), "critical"),
        (secret("high", checksum="invalid"), "low"),
        (secret("low", environment="test"), "low"),
    ],
)
def test_privilege_environment_and_life_move_the_severity(given, severity):
    """Power raises; test keys, expiry, examples and broken checksums lower."""
    assert severity == rate_secrets(secrets_of(given), on=ON)["severity"][0]


def test_the_worst_case_and_the_reason_are_kept():
    """The sheet can say why a key is not as bad as its kind."""
    row = rate_secrets(secrets_of(secret("critical", expires=ON - timedelta(days=1))), on=ON).row(0, named=True)

    assert (row["worst_case"], row["severity_why"]) == ("critical", "worst case critical, expired")


def test_rating_twice_is_rating_once():
    """A rated sheet keeps its worst cases, so that nothing sinks further."""
    rated = rate_secrets(secrets_of(secret("critical", environment="test"), secret("high", scopes=["admin"])), on=ON)

    assert rated.equals(rate_secrets(rated, on=ON))


def test_the_most_dangerous_come_first_and_live_before_unknown():
    """Severity, then environment, then last seen."""
    rated = rate_secrets(secrets_of(secret("medium"), secret("high", environment="unknown"), secret("high"), secret("critical", environment="test")), on=ON)

    assert rated.select("severity", "environment").rows() == [("high", "live"), ("high", "unknown"), ("medium", "live"), ("medium", "test")]


def test_secrets_by_severity_lists_every_level():
    """Levels without secrets stand at zero."""
    rows = secrets_by_severity(rate_secrets(secrets_of(secret("high")), on=ON))

    assert [(row["severity"], row["secrets"]) for row in rows] == [("critical", 0), ("high", 1), ("medium", 0), ("low", 0)]
