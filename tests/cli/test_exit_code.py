"""`--fail-on`: what reaches the level that a pipeline of a build server stops at."""

from __future__ import annotations

import pytest

from leakscope.cli.assess import exit_code

ENISA = [{"band": band} for band in ("low", "medium", "high", "very_high")]


def result(band="low", *, secrets=(), bands=ENISA, aside=()):
    incident = {"band": band, "scale": {"bands": bands}}
    return {"severity": {"incident": incident}, "secrets": [{"severity": one} for one in secrets], "coverage": {"set_aside": [{"reason": one} for one in aside]}}


@pytest.mark.parametrize(("band", "secrets", "code"), [("high", (), 10), ("very_high", (), 10), ("medium", (), 0), ("not_assessed", ("critical",), 10), ("low", ("medium", "high"), 10), ("not_assessed", ("medium",), 0), ("not_assessed", (), 0)])
def test_the_incident_or_a_secret_reaches_the_level(band, secrets, code):
    """Secrets alone are not scored as an incident, and a critical one fails the build all the same."""
    assert exit_code(result(band, secrets=secrets), "high") == code


def test_levels_of_another_scheme_are_stretched_over_the_four():
    """The highest of three levels is as high as the highest of four."""
    nist = [{"band": band} for band in ("low", "moderate", "high")]

    assert [exit_code(result(band, bands=nist), "very_high") for band in ("low", "moderate", "high")] == [0, 0, 10]


def test_without_a_level_only_what_was_set_aside_counts():
    """A duplicate file is no loss."""
    assert [exit_code(result("very_high", aside=reasons), None) for reasons in ((), ("duplicate",), ("truncated",))] == [0, 0, 4]
