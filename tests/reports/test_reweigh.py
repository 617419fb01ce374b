"""Deciding again under other facts weighs again, too: the saved case does not contradict itself."""

from __future__ import annotations

from dataclasses import replace

from leakscope.assessment.reweigh import reweigh
from leakscope.model import Basis, Estimate
from leakscope.notification.facts import Facts, from_mapping
from tests.reports.case_fixture import make_case

COUNTS = {"individuals": Estimate(value=1902.0, low=1871.0, high=1960.0, method="m", basis=Basis.MODEL), "exposure": None}


def test_other_circumstances_change_the_score(tmp_path, assessment):
    """Nobody has the data: the assumed recipients fall away."""
    case = make_case(tmp_path / "case", assessment)
    calm = from_mapping({"exposure": {"recipients": "nobody", "malicious": "no", "altered": "no", "unavailable": "no"}})

    fresh = reweigh(case, assessment, calm, COUNTS)

    assert fresh["severity"]["incident"]["score"] == assessment["severity"]["incident"]["score"] - 0.5


def test_an_override_in_the_facts_is_recorded(tmp_path, assessment):
    """With what it replaced."""
    case = make_case(tmp_path / "case", assessment)
    written = from_mapping({"override": [{"target": "severity.EI", "value": 0.5, "who": "A. Example", "when": "2026-02-02T10:00:00Z", "why": "checked"}]})

    fresh = reweigh(case, assessment, replace(Facts(), overrides=written.overrides), COUNTS)

    assert [(row["target"], row["before"], row["after"]) for row in fresh["overrides"]] == [("severity.EI", 1.0, 0.5)]


def test_the_same_facts_weigh_the_same(tmp_path, assessment):
    """Twice the same input, twice the same output."""
    case = make_case(tmp_path / "case", assessment)

    assert reweigh(case, assessment, Facts(), COUNTS) == reweigh(case, assessment, Facts(), COUNTS)
