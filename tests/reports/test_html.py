"""The page holds every answer as text, with plots beside it, and works without scripts."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from leakscope.reports import html
from tests.reports.assessment_fixture import NOW


def words(text):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text.partition("</style>")[2])).split())


@pytest.fixture
def page(assessment):
    return html.render(assessment, now=NOW)


def test_every_question_has_its_section(page):
    """In order, each with a heading that its region is labelled by."""
    headings = re.findall(r'<h2 id="([a-z-]+)">([^<]+)</h2>', page)
    labelled = re.findall(r'<section id="[a-z]+" aria-labelledby="([a-z-]+)">', page)

    assert [title for _, title in headings] == ["What was exposed", "Individuals", "How many in all", "How bad", "Who must be told, by when", "What to revoke now", "What would change the answer", "Evidence and method"]
    assert [anchor for anchor, _ in headings] == labelled


@pytest.mark.parametrize("plot", ["Data classes by severity", "People by residence", "Findings over time", "What would move the score"])
def test_the_plots_that_people_look_at_are_there(page, plot):
    """Each under its heading, as inline SVG."""
    after = page.split(plot)[-1]

    assert 0 < after.find("<svg") < 4000


def test_every_plot_is_spoken_or_stands_beside_its_numbers(page):
    """A plot has a label for screen readers, or is hidden because a table says the same."""
    svgs = re.findall(r"<svg [^>]+>", page)

    assert svgs
    assert all('aria-hidden="true"' in svg or re.search(r'role="img" aria-label="[^"]+"', svg) for svg in svgs)


def test_the_numbers_of_the_plots_stand_in_tables(page, assessment):
    """Residence, days and classes can be read as text."""
    text = words(page)

    assert all(row["name"] in text for row in assessment["impact_summary"])
    assert all(row["name"] in text for row in assessment["individuals"]["by_residence"])
    assert all(row["day"] in text for row in assessment["timeline"]["by_day"])


def test_every_duty_shows_why_what_and_on_what_it_rests(page, assessment):
    """Status, reasons, content, law and how far our source was checked."""
    text = words(page)

    assert all(line in text for duty in assessment["duties"] for line in duty["why"])
    assert "not checked at its source" in text
    assert "Text of the article (https://law.example/art-33); Survey (https://survey.example/33)" in text
    assert "22 h 30 min left" in text


def test_every_listed_entry_can_be_addressed(page, assessment):
    """Ids of duties, secrets, classes and evidence are anchors."""
    anchors = set(re.findall(r' id="([^"]+)"', page))

    for part in ("duties", "secrets", "impact_summary", "evidence", "findings_by_entity", "what_would_change"):
        assert {row["id"] for row in assessment[part]} <= anchors


def test_the_page_is_one_file_without_scripts(page):
    """No script, no outside style, picture or font; no inline handler."""
    assert "<script" not in page
    assert "@import" not in page
    assert not re.search(r"url\(", page)
    assert not re.search(r"<[^>]+\son[a-z]+\s*=", page)


def test_the_page_serves_light_dark_paper_and_phone(page):
    """One style sheet for all four."""
    for query in ("prefers-color-scheme: dark", "@media print", "max-width: 46rem"):
        assert query in page


def test_countdowns_are_of_the_moment_of_printing(assessment):
    """The same assessment printed later shows less time left."""
    later = words(html.render(assessment, now=NOW + timedelta(days=2)))

    assert "PASSED 1 d 1 h ago" in later
    assert "printed 2026-02-05 09:30 UTC" in later


def test_the_same_assessment_at_the_same_moment_gives_the_same_page(assessment, page):
    """Byte for byte."""
    assert page == html.render(assessment, now=NOW)


def test_an_assessment_with_nothing_in_it_is_still_a_page(assessment):
    """No people, no chat, no duties, no score."""
    incident = {"scheme": "ENISA 2013", "score": None, "band": "not_assessed", "meaning": "no personal data was found", "factors": []}
    bare = {**assessment, "impact_summary": [], "findings_by_entity": [], "secrets": [], "duties": [], "what_would_change": [], "missing_facts": [], "chat": None, "severity": {"incident": incident}}
    bare["individuals"] = {**assessment["individuals"], "by_residence": [], "by_band": [], "exposure": None, "not_counted": []}
    bare["timeline"] = {**assessment["timeline"], "by_day": []}
    text = words(html.render(bare, now=NOW))

    assert "No duty applies or may apply on the facts stated." in text
    assert "No secrets were found in what was examined." in text
    assert "cannot be stated until the size of the exposure" in text


def test_a_privileged_report_says_so_at_the_top(assessment):
    """The banner stands before the first number."""
    assessment["facts"]["incident"]["privileged"] = True
    text = words(html.render(assessment, now=NOW))

    assert -1 < text.find("Privileged and confidential") < text.find("Severity of the incident")


def _luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1, 2], ids=["light", "dark", "paper"])
def test_every_text_colour_has_enough_contrast(page, theme):
    """At least 4.5 to 1 on every ground it stands on (WCAG 2.2, 1.4.3)."""
    blocks = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", block)) for block in re.findall(r":root \{([^}]+)\}", page)]
    colours = {name: value if len(value) == 7 else "#" + "".join(letter * 2 for letter in value[1:]) for name, value in {**blocks[0], **blocks[theme]}.items()}
    pairs = [(ink, ground) for ink in ("ink", "soft", "accent", "low", "medium", "high", "very-high") for ground in ("paper", "card")]
    pairs += [(level, f"{level}-bg") for level in ("low", "medium", "high", "very-high")] + [("ink", "faint"), ("accent", "accent-soft")]

    assert not [(ink, ground) for ink, ground in pairs if _contrast(colours[ink], colours[ground]) < 4.5]


def test_days_without_findings_keep_their_place():
    """The axis has no gaps, so a silent week looks silent."""
    rows = html.periods([{"day": "2026-01-01", "records": 1, "findings": 2, "secrets": 0}, {"day": "2026-01-04", "records": 1, "findings": 3, "secrets": 1}])

    assert [row["findings"] for row in rows] == [2, 0, 0, 3]


def test_long_spans_are_counted_by_several_days():
    """Ten years stay readable, and nothing is lost."""
    days = [{"day": f"{year}-{month:02d}-15", "records": 1, "findings": 2, "secrets": 1} for year in range(2016, 2026) for month in range(1, 13)]
    rows = html.periods(days)

    assert len(rows) <= html.COLUMNS_SHOWN
    assert sum(row["findings"] for row in rows) == 240
    assert " to " in rows[0]["title"]


def test_absurd_dates_do_not_stop_the_page():
    """Evidence may hold the first and the last day there is."""
    rows = html.periods([{"day": "0001-01-01", "records": 1, "findings": 1, "secrets": 0}, {"day": "9999-12-31", "records": 1, "findings": 1, "secrets": 0}])

    assert sum(row["findings"] for row in rows) == 2


def test_each_controller_gets_its_own_count(assessment):
    """A processor's evidence is split by tenant; a single controller needs no table."""
    assessment["individuals"]["by_controller"] = [{"controller": "controller-a1", "people": 3}, {"controller": "controller-b2", "people": 9}]
    text = words(html.render(assessment, now=NOW))

    assert -1 < text.find("controller-b2 9") < text.find("controller-a1 3")
