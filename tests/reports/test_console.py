"""One screen for a ticket: the answers in order, honest about what is not known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leakscope.reports import console
from tests.reports.assessment_fixture import NOW, estimate

HEADINGS = ("What was exposed", "Individuals", "How many in all", "How bad", "Who must be told, by when", "What to revoke now", "What would change the answer")


def screen(assessment, **more):
    return console.render(assessment, now=NOW, **more)


def test_the_sections_stand_in_the_order_of_the_questions(assessment):
    """Each heading on a line of its own."""
    lines = screen(assessment).splitlines()

    assert list(HEADINGS) == [line for line in lines if line in HEADINGS]


@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_line_is_wider_than_asked(assessment, width):
    """Ticket systems wrap at eighty."""
    assert max(len(line) for line in screen(assessment, width=width).splitlines()) <= width


def test_without_colour_there_is_no_escape_sequence(assessment):
    """What is pasted is plain text."""
    text = screen(assessment, color=False)

    assert "\x1b" not in text
    assert not any(line != line.rstrip() for line in text.splitlines())


def test_secrets_of_one_kind_stand_on_one_line(assessment):
    """Three hundred password hashes are one thing to do; each of them is in the rotation sheet."""
    row = {**assessment["secrets"][0], "kind": "Password hash", "severity": "high", "environment": "unknown", "status": "looks_live"}
    lines = screen({**assessment, "secrets": [row] * 300}).splitlines()
    listed = lines[lines.index("What to revoke now") : lines.index("What would change the answer")]

    assert sum("Password hash" in line for line in listed) == 1
    assert any("300" in line and "looks live" in line for line in listed)


def test_it_fits_a_screenful(assessment):
    """At most ninety-five lines, however many rows the assessment has."""
    many = {**assessment, "impact_summary": assessment["impact_summary"] * 5, "secrets": assessment["secrets"] * 20, "duties": assessment["duties"] * 20}

    assert len(screen(many).splitlines()) <= 95


def test_an_estimate_never_stands_without_its_interval(assessment):
    """People in the evidence and in the whole exposure show both ends."""
    text = screen(assessment)

    assert "1,902 (95%: 1,871 to 1,960)" in text
    assert "41,200 (95%: 36,900 to 46,800)" in text


def test_zero_found_is_never_zero_affected(assessment):
    """An upper bound stands in its place."""
    assessment["individuals"]["estimated"] = estimate(0.0, 0.0, 14.0, method="rule of three", basis="sample")

    assert "none seen; up to 14 possible in the evidence" in screen(assessment)


def test_an_exposure_of_unknown_size_gets_no_number(assessment):
    """The reason and the floor stand in its place."""
    assessment["individuals"]["exposure"] = None
    assessment["sample"]["population"] = []
    text = screen(assessment)

    assert "cannot be stated without size and design; at least 1,902" in " ".join(text.split())


def test_deadlines_count_down_and_say_when_they_passed(assessment):
    """Time left before, time since after."""
    later = console.render(assessment, now=NOW + timedelta(days=2))

    assert "22 h 30 min" in screen(assessment)
    assert "PASSED 1 d 1 h ago" in later


def test_a_duty_that_rests_on_an_estimate_shows_its_probability(assessment):
    """May apply, with how likely."""
    assert "may apply (31%)" in screen(assessment)


def test_an_incident_without_score_is_not_called_harmless(assessment):
    """Not assessed, and why."""
    why = "no personal data was found in what was read"
    assessment["severity"]["incident"] = {"scheme": "ENISA 2013", "score": None, "band": "not_assessed", "meaning": why, "working": why, "low": None, "high": None, "factors": [], "flags": [], "sensitivity": []}
    text = " ".join(screen(assessment).split())

    assert "NOT ASSESSED" in text
    assert why in text


def test_an_empty_assessment_still_answers_every_question(assessment):
    """Nothing found, nothing due: each section says so."""
    bare = {**assessment, "impact_summary": [], "findings_by_entity": [], "secrets": [], "duties": [], "what_would_change": [], "missing_facts": [], "chat": None}
    text = screen(bare)

    assert all(heading in text for heading in HEADINGS)
    assert "No secrets were found in what was examined." in text
    assert "No duty applies or may apply on the facts stated." in text


def test_law_that_nobody_checked_is_said(assessment):
    """The count of such duties stands under the table."""
    assert "Law not checked at its source: 1 of these." in screen(assessment)


def test_nobody_found_is_no_floor_of_zero(assessment):
    """Neither "at least 0" nor "0 in the evidence" is said."""
    none = estimate(0.0)
    assessment["individuals"] |= {"observed": none, "estimated": none, "exposure": None, "bounds": {"low": 0, "high": None, "note": ""}}
    text = " ".join(screen(assessment).split())

    assert "none found in the evidence" in text
    assert "nobody, in what was examined" in text
    assert "at least 0" not in text
