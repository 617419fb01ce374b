"""Tables pasted into a text: every cell under its column's name, and where it stood."""

from __future__ import annotations

import csv
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakscope.text.pasted_tables import MAX_CELLS, may_hold
from leakscope.text.written_rows import written_rows


def named(text: str) -> list[tuple[int, str, str]]:
    """(row, column, value) in order; the places of all values hold them."""
    found = written_rows(text)
    assert all(text[one.text.start : one.text.end] == str(one.text) for one in found), "a place is wrong"
    return [(one.row, one.column, str(one.text)) for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("why?\n id |  ssn\n----+-----------\n  1 | 536221234\n(1 row)\nthanks", [(0, "id", "1"), (0, "ssn", "536221234")]),
        ("+----+------+\n| id | ssn  |\n+----+------+\n|  1 | 5362 |\n|  2 | NULL |\n+----+------+\n", [(0, "id", "1"), (0, "ssn", "5362"), (1, "id", "2"), (1, "ssn", "NULL")]),
        ("+-----------+\n| ssn       |\n+-----------+\n| 536221234 |\n+-----------+", [(0, "ssn", "536221234")]),
        ("|a|b|\n|:--|--:|\n|1|`x`|\n\nrest | of it", [(0, "a", "1"), (0, "b", "x")]),
        ("> a | b\n> --|--\n> 1 | 2", [(0, "a", "1"), (0, "b", "2")]),
        ("\u2502 a \u2502 b \u2502\n\u251c\u2500\u2500\u2500\u253c\u2500\u2500\u2500\u2524\n\u2502 1 \u2502 2 \u2502", [(0, "a", "1"), (0, "b", "2")]),
        ("x:\n   ssn    \n-----------\n 536221234\n 536221235\n(2 rows)", [(0, "ssn", "536221234"), (1, "ssn", "536221235")]),
        ("| Field | Value |\n|---|---|\n| **SSN** | 5362 |\n| Name | Bo |", [(0, "SSN", "5362"), (0, "Name", "Bo")]),
        ('here:\nname,ssn,no\n"Kim, Bo",5362,1\nAna,5363,2\nbye', [(0, "name", "Kim, Bo"), (0, "ssn", "5362"), (0, "no", "1"), (1, "name", "Ana"), (1, "ssn", "5363"), (1, "no", "2")]),
        ("First Name\tSSN\r\nAna\t5362\r\n", [(0, "First Name", "Ana"), (0, "SSN", "5362")]),
        ("id, name, ssn\n1, Bo, 5362", [(0, "id", "1"), (0, "name", "Bo"), (0, "ssn", "5362")]),
        ("\u59d3\u540d;\u8eab\u4efd\u8bc1\u53f7\n\u5f20\u4e09;11010", [(0, "\u59d3\u540d", "\u5f20\u4e09"), (0, "\u8eab\u4efd\u8bc1\u53f7", "11010")]),
    ],
)
def test_every_cell_has_its_columns_name(text: str, expected: list[tuple[int, str, str]]) -> None:
    """In the listings of psql and mysql, Markdown, boxes, and delimited lines; a column of names names what is beside it."""
    assert named(text) == expected
    assert may_hold(text)


@pytest.mark.parametrize(
    "text",
    ["hello, world\nfoo, bar", "import a, b, c\nx = 1, 2, 3", "a || b\nc || d", "Title\n-----\ntext", "one line, ssn, id", "yes,no\nleft,right", "a,a,b\n1,2,3", "first\n---\nsecond\n---\n", "x = {\n  a | b,\n}", "name,ssn,no\n1,2"],
)
def test_what_is_no_table_stays_text(text: str) -> None:
    """Sentences, code, headings, lines with other numbers of values than the first has names."""
    assert named(text) == []


NAMES = st.lists(st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True), min_size=3, max_size=5, unique=True)


@settings(max_examples=200, deadline=None)
@given(names=NAMES, rows=st.lists(st.lists(st.text(st.characters(blacklist_categories=["Cc", "Cs", "Zs", "Zl", "Zp"], blacklist_characters='"'), min_size=1, max_size=8), min_size=5, max_size=5), min_size=1, max_size=4))
def test_what_the_csv_module_writes_is_read_back(names: list[str], rows: list[list[str]]) -> None:
    """Any values without line breaks and quotation marks, quoted where they hold the delimiter."""
    made = io.StringIO()
    kept = [[value.strip("'`") or "x" for value in row[: len(names)]] for row in rows]
    csv.writer(made, lineterminator="\n").writerows([names, *kept])
    assert named("see:\n" + made.getvalue()) == [(number, name, value) for number, row in enumerate(kept) for name, value in zip(names, row, strict=True)]


@pytest.mark.parametrize("text", ["a,b\n" * 50_000, "ab,cd,ef\n" * 50_000, "x\n---\n" + " y\n" * 90_000, "a\n-----\n" * 60_000, "a|b\n-+-\n" * 40_000, '"' * 200_000 + "\n" + ",\n" * 50_000, "a,b,c\n" + "1,2,3\n" * 60_000, "a " * 90_000 + "\nb"])
def test_time_grows_with_the_text_alone(text: str) -> None:
    """Lines made to look like headers over and over; at most so many cells are taken."""
    begin = time.process_time()
    assert len(written_rows(text)) <= MAX_CELLS + 5
    assert time.process_time() - begin < 4
