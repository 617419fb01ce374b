"""Hostile text in any field comes out inert in every form: it may be read, it never acts."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from leakscope.reports import console, csv_report, docx_report, dpv, html, json_report, markdown, sarif, veris
from leakscope.schema import FINDINGS
from tests.reports.assessment_fixture import NOW, individuals, person_elements
from tests.reports.hostile import FORMULA, PAYLOAD, poison

#: What may never reach a reader: controls, and marks that hide or reorder text.
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class Shape(HTMLParser):
    """The tags of a page in order, with the names of their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "action", "data", "poster", "xlink:href")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def shape(text: str) -> Shape:
    parsed = Shape()
    parsed.feed(text)
    return parsed


def test_hostile_text_adds_no_tag_and_no_attribute_to_the_page(assessment):
    """The page has the same tags with the same attributes, whatever the text says."""
    clean, hostile = shape(html.render(assessment, now=NOW)), shape(html.render(poison(assessment), now=NOW))

    assert clean.tags == hostile.tags
    assert any("alert(1)" in word for word in hostile.words)


def test_the_page_asks_for_nothing(assessment):
    """Links lead into the page only; no script, no frame, no form."""
    page = shape(html.render(poison(assessment), now=NOW))

    assert {link[:1] for link in page.links} <= {"#", "d"}
    assert all(link.startswith(("#", "data:,")) for link in page.links)
    assert not {"script", "iframe", "form", "object", "embed", "img", "base"} & {tag for tag, _ in page.tags}


def test_the_page_forbids_requests_by_policy(assessment):
    """The policy allows inline style and data images, nothing else."""
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"" in html.render(assessment, now=NOW)


@pytest.mark.parametrize("render", [html.render, markdown.render, console.render], ids=["html", "markdown", "console"])
def test_no_control_or_direction_character_passes(assessment, render):
    """They show as their code point instead."""
    text = render(poison(assessment), now=NOW)

    assert not ACTIVE.search(text)
    assert "202e" in text


def _tokens(text: str) -> list[str]:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return [child.type for token in parser.parse(text) for child in (token, *(token.children or ()))]


def test_hostile_text_stays_text_in_markdown(assessment):
    """No HTML, link, picture, code or emphasis of its own; the same blocks as without it."""
    clean, hostile = _tokens(markdown.render(assessment, now=NOW)), _tokens(markdown.render(poison(assessment), now=NOW))

    assert not {"html_block", "html_inline", "link_open", "image", "code_inline", "fence", "code_block", "em_open", "s_open"} & set(hostile)
    assert _blocks(clean) == _blocks(hostile)


def _blocks(kinds: list[str]) -> list[str]:
    return [kind for kind in kinds if kind.endswith(("_open", "_close")) or kind == "hr"]


def test_no_address_becomes_a_link_on_a_code_host(assessment):
    """Bare addresses are broken up, since code hosts link them without markup."""
    text = markdown.render(poison(assessment), now=NOW)

    assert not re.search(r"(?<!\\)(https?://|www\.)", text)


@pytest.mark.parametrize("payload", [FORMULA, "+1", "-1", "@SUM(1)", "\t=1", "  =1", "\uff1d1", "|calc", "%0A", "\r\n=1", PAYLOAD])
def test_no_cell_starts_like_a_formula(assessment, payload):
    """Every cell of every table opens as text."""
    hostile = poison(assessment, payload)
    tables = [csv_report.render_classes(hostile, now=NOW), csv_report.render_secrets(hostile, now=NOW)]

    for cells in (list(csv.reader(io.StringIO(table))) for table in tables):
        width = len(cells[0])
        assert all(len(row) == width for row in cells)
        assert not [cell for row in cells for cell in row if re.match(r"\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]", cell)]
        assert not [cell for row in cells for cell in row if ACTIVE.search(cell)]


def test_people_and_findings_tables_are_inert_too(assessment):
    """Labels, previews and field paths come from the evidence."""
    import polars as pl

    people = individuals().with_columns(label=pl.lit(PAYLOAD), reason=pl.lit(FORMULA))
    row = dict.fromkeys(FINDINGS) | {"source": FORMULA, "record": 1, "field": PAYLOAD, "start": 0, "end": 1, "entity": "PERSON", "detector": "pii.x", "confidence": 0.5, "fingerprint": "f", "preview": FORMULA}
    findings = pl.DataFrame([row], schema=FINDINGS)
    tables = [
        csv_report.render_people(assessment, now=NOW, frames={"individuals": people, "person_elements": person_elements()}),
        csv_report.render_findings(assessment, now=NOW, frames={"findings": findings}),
    ]

    for table in tables:
        cells = [cell for line in csv.reader(io.StringIO(table)) for cell in line]
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "|"))]
        assert not [cell for cell in cells if ACTIVE.search(cell)]


def test_the_screen_shows_hostile_text_as_text(assessment):
    """No escape sequence, no markup of the terminal library; lines stay within the width."""
    text = console.render(poison(assessment), now=NOW, width=80, color=False)

    assert "\x1b" not in text
    assert "[bold]rich[/bold]" in text.replace("\n", "") or "[bold]" in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_colour_is_the_only_escape_on_a_terminal(assessment):
    """With colour, nothing but colour codes: the words are the same."""
    plain_text = console.render(poison(assessment), now=NOW, color=False)
    coloured = re.sub(r"\x1b\[[0-9;]*m", "", console.render(poison(assessment), now=NOW, color=True))

    assert "\x1b" not in coloured
    assert [line.rstrip() for line in coloured.splitlines()] == plain_text.splitlines()


@pytest.mark.parametrize("module", [veris, dpv, json_report], ids=["veris", "dpv", "json"])
def test_data_forms_stay_well_formed(assessment, module):
    """Quotes and controls never break the JSON."""
    import orjson

    assert orjson.loads(module.render(poison(assessment), now=NOW))


def test_sarif_stays_well_formed():
    """A hostile source name becomes a quoted address."""
    row = dict.fromkeys(FINDINGS) | {"source": PAYLOAD, "record": 4, "field": PAYLOAD, "start": 0, "end": 3, "entity": "PERSON", "detector": "pii.person", "confidence": 0.5, "fingerprint": "f", "preview": PAYLOAD}
    place = sarif.build([row])["runs"][0]["results"][0]["locations"][0]

    assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", place["physicalLocation"]["artifactLocation"]["uri"])
    assert not ACTIVE.search(place["logicalLocations"][0]["fullyQualifiedName"])


def test_the_word_document_takes_any_text(assessment):
    """Characters that XML forbids are written as code points; the document opens."""
    docx = pytest.importorskip("docx")
    document = docx.Document(io.BytesIO(docx_report.render(poison(assessment), now=NOW)))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs) + "".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)

    assert "alert(1)" in words
    assert not ACTIVE.search(words)
