"""Ten thousand hostile texts through each escape, parsed back by what would read them."""

from __future__ import annotations

import csv
import html.parser
import io
import re
import unicodedata

import pytest
from rich.console import Console
from rich.markup import render

from leakscope.safety import escape
from tests.hostile.payloads import payloads

COUNT = 10_000
TEXTS = payloads(COUNT)
_ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def test_there_are_ten_thousand_of_them():
    """All parts alone, and mixtures."""
    assert len(set(TEXTS)) == COUNT


def test_a_log_line_stays_one_line_without_anything_that_acts():
    """Nothing that a terminal or a log reader acts on is left, and no line is forged."""
    shown = [escape.plain(text) for text in TEXTS]

    assert [text for text in shown if _ACTING.search(text) or len(text.splitlines()) > 1] == []
    assert all(unicodedata.is_normalized("NFC", text) for text in shown)


def test_a_terminal_shows_the_text_and_no_style():
    """Rich parses it back to the plain text, with no style, link or control code."""
    parsed = [(escape.plain(text), render(escape.terminal(text))) for text in TEXTS]

    assert [(plain, shown.plain) for plain, shown in parsed if shown.plain != plain or shown.spans] == []


def test_a_terminal_receives_no_escape_sequence():
    """What is written to the terminal itself holds none."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system="truecolor", width=10_000, highlight=False, emoji=False)
    for text in TEXTS:
        console.print(escape.terminal(text), soft_wrap=True)

    assert _ACTING.search(out.getvalue().replace("\n", "")) is None
    assert out.getvalue().count("\n") == COUNT


class _Reader(html.parser.HTMLParser):
    """Collects cells, and everything that is no cell."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.cells, self.titles, self.other = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag == "td" and [name for name, _ in attrs] == ["title"]:
            self.cells.append("")
            self.titles.append(attrs[0][1])
        else:
            self.other.append(tag)

    def handle_data(self, data):
        self.cells[-1] += data

    def handle_comment(self, data):
        self.other.append("comment")

    def handle_decl(self, decl):
        self.other.append("declaration")


def test_a_page_holds_text_and_no_element():
    """As text and as a quoted attribute, the parser gives the same text back and meets no element but ours."""
    reader = _Reader()
    reader.feed("".join(f'<td title="{escape.markup(text)}">{escape.markup(text)}</td>' for text in TEXTS))
    reader.close()
    expected = [escape.plain(text) for text in TEXTS]

    assert reader.other == []
    assert reader.cells == expected == reader.titles


def test_a_spreadsheet_reads_cells_and_no_formula():
    """The CSV reader gives back as many cells, none of which starts like a formula."""
    out = io.StringIO()
    csv.writer(out).writerows([escape.cell(text), "end"] for text in TEXTS)
    rows = list(csv.reader(io.StringIO(out.getvalue())))

    assert [len(row) for row in rows] == [2] * COUNT
    assert [row[0] for row in rows if row[0].lstrip().startswith(("=", "+", "-", "@", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20"))] == []
    assert [row[0].removeprefix("'") for row in rows] == [escape.plain(text).removeprefix("'") for text in TEXTS]


def test_markdown_shows_the_text_and_no_markup():
    """A CommonMark parser with tables, strike-through and links finds words alone."""
    markdown_it = pytest.importorskip("markdown_it")
    parser = markdown_it.MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    wrong = []
    for text in TEXTS:
        tokens = parser.parse(f"x {escape.markdown(text)} y")
        inline = [child for token in tokens for child in token.children or ()]
        if [token.type for token in tokens] != ["paragraph_open", "inline", "paragraph_close"] or {child.type for child in inline} - {"text", "text_special"}:
            wrong.append((text, [child.type for child in inline]))
    assert wrong == []
