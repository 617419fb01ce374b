"""Everything that is written is inert where it is written."""

import csv
import io
import json
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

from leakscope.safety import escape

HOSTILE = ["\x1b[31mred", "a\u202egnp.exe", "<script>x</script>", "=cmd|' /C calc'!A0", "[click](javascript:x)", "[bold]x[/bold]", "\r\nforged line", "`x`", "\u2028", "@SUM(1)", "\t=1"]


class _Collector(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


@given(st.one_of(st.sampled_from(HOSTILE), st.text()))
def test_plain_text_holds_no_control_character(text):
    """Nothing is left that a terminal or log could act on."""
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2028\u200b" for c in escape.plain(text))


@given(st.one_of(st.sampled_from(HOSTILE), st.text()))
def test_markup_opens_no_tag_and_shows_the_plain_text(text):
    """An HTML parser sees one text and no tag."""
    page = _Collector()
    page.feed(f"<p>{escape.markup(text)}</p>")
    page.close()

    assert (page.tags, page.text) == (["p"], escape.plain(text))


@given(st.one_of(st.sampled_from(HOSTILE), st.text()))
def test_a_terminal_prints_the_text_and_no_style(text):
    """rich shows the plain text itself, its brackets included."""
    console = Console(file=io.StringIO(), force_terminal=True, width=10_000, soft_wrap=True, highlight=False, emoji=False)
    console.print(escape.terminal(text), end="")

    assert "\x1b" not in console.file.getvalue()


@given(st.one_of(st.sampled_from(HOSTILE), st.text()))
def test_a_cell_is_never_a_formula_and_survives_csv(text):
    """Read back, a cell starts with no formula trigger."""
    target = io.StringIO()
    csv.writer(target).writerow([escape.cell(text), "next"])
    back = next(csv.reader(io.StringIO(target.getvalue(), newline="")))

    assert back == [escape.cell(text), "next"]
    assert not back[0].lstrip().startswith(("=", "+", "-", "@", "|", "%"))


@pytest.mark.parametrize("text", [*HOSTILE, "# head", "1. list", "<https://a.example>", "![i](x)", "a|b", "~~x~~", "https://a.example/x"])
def test_markdown_renders_as_one_paragraph_of_text(text):
    """A Markdown renderer makes no link, image, heading, list or tag of it."""
    rendered = MarkdownIt("commonmark", {"linkify": False}).enable("table").enable("strikethrough").render(f"x {escape.markdown(text)}")
    page = _Collector()
    page.feed(rendered)

    assert page.tags == ["p"]


def test_json_output_keeps_the_text_inside_its_string():
    """The escapes leave JSON one string."""
    assert json.loads(json.dumps(escape.plain('"}\n{"a":1'))).count("{") == 2
