"""The incident report keeps its sections and never invents what nobody stated."""

from __future__ import annotations

import re

from leakscope.reports import markdown
from tests.reports.assessment_fixture import NOW

SECTIONS = ["Executive Summary", "Incident Details", "Timeline", "Attack Methodology", "Impact Assessment", "Indicators of Compromise", "Response Actions", "Lessons Learned", "Recommendations"]


def section(text, heading):
    return text.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_the_nine_sections_stand_in_order(assessment):
    """Exactly those that responders use."""
    assert re.findall(r"^## (.+)$", markdown.render(assessment, now=NOW), flags=re.MULTILINE) == SECTIONS


def test_the_sub_sections_stand_in_their_section(assessment):
    """Timeline and impact are split as responders split them."""
    text = markdown.render(assessment, now=NOW)

    assert re.findall(r"^### (.+)$", section(text, "Timeline"), flags=re.MULTILINE) == ["Initial Access", "Lateral Movement", "Data Exfiltration or Impact", "Detection and Response"]
    assert re.findall(r"^### (.+)$", section(text, "Impact Assessment"), flags=re.MULTILINE) == ["Financial", "Data Breach", "Operational", "Reputational"]


def test_what_nobody_stated_reads_not_stated(assessment):
    """Without facts, everything that only people know is open."""
    assessment["facts"] = {}
    text = markdown.render(assessment, now=NOW)
    details = section(text, "Incident Details")

    for label in ("Discovery date", "Incident date", "Affected organisation", "Sector"):
        assert f"- **{label}:** Not stated" in details
    assert section(text, "Attack Methodology").count("Not stated") >= 4
    assert "Not stated" in section(text, "Lessons Learned")


def test_what_was_stated_is_quoted(assessment):
    """Discovery, organisation, cause and response come from the facts."""
    text = markdown.render(assessment, now=NOW)

    assert "- **Discovery date:** 2026-02-01 07:10 UTC" in text
    assert "- **Affected organisation:** Meridian Models (invented)" in text
    assert "The database accepted connections without a password." in text
    assert "- Port closed." in section(text, "Response Actions")


def test_what_the_evidence_shows_carries_its_basis(assessment):
    """First and last record, residence and counts say where they come from."""
    text = markdown.render(assessment, now=NOW)

    assert "| 2026-01-12 00:00 UTC | First record | from the evidence |" in text
    assert "chat-api (12,004 records), gateway (7,996 records); 14 hosts (from the evidence)" in text
    assert "(from the evidence: first and last timestamps)" in text
    assert "people by residence (from the evidence): Germany 190" in text


def test_tactics_that_were_stated_fill_the_table_in_order(assessment):
    """Initial access before exfiltration, whatever order the facts have."""
    assessment["facts"]["narrative"]["attack"] = {"exfiltration": "Tables were copied.", "initial_access": "No password."}
    method = section(markdown.render(assessment, now=NOW), "Attack Methodology")

    assert method.find("Initial access") < method.find("No password.") < method.find("Exfiltration") < method.find("Tables were copied.")


def test_the_money_is_never_invented(assessment):
    """Financial impact is not stated; a rough published range is marked as such."""
    financial = section(markdown.render(assessment, now=NOW), "Impact Assessment").split("### Data Breach")[0]

    assert "Not stated. Rough range from published studies" in financial


def test_an_estimate_stands_with_its_interval_and_method(assessment):
    """People in the evidence and in all."""
    breach = section(markdown.render(assessment, now=NOW), "Impact Assessment")

    assert "1,902 (95%: 1,871 to 1,960); linkage uncertainty" in breach
    assert "41,200 (95%: 36,900 to 46,800); coverage estimator" in breach


def test_open_duties_stand_with_their_deadlines(assessment):
    """Those that do not apply are left out."""
    actions = section(markdown.render(assessment, now=NOW), "Response Actions")

    assert "| applies | European Union: regulator (lead supervisory authority) | Regulation (EU) 2016/679, Art. 33(1) | checked in the law's text | 2026-02-04 08:00 UTC | 22 h 30 min left |" in actions
    assert "| applies | European Union: individuals | Regulation (EU) 2016/679, Art. 34(1) | checked in the law's text | without undue delay | - |" in actions
    assert "899" not in actions
