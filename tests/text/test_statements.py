"""Rows of SQL in a text: every value under its column's name, and where it stood."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakscope.safety.keys import IncidentKey
from leakscope.text.leaf import place
from leakscope.text.statements import MAX_CELLS, cells
from leakscope.text.written_rows import around
from leakscope.text.unfold import leaves

KEY = IncidentKey(b"t" * 32)


def named(text: str) -> list[tuple[str, str]]:
    """(column, value) in order."""
    return [(cell.column, str(cell.text)) for cell in cells(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INSERT INTO t (id, ssn) VALUES (7, '536221234');", [("id", "7"), ("ssn", "536221234")]),
        ("replace into `shop`.`users` (`name`, `note`) values ('O\\'Neil','a\\nb'), ('Ana', NULL)", [("name", "O'Neil"), ("note", "a\nb"), ("name", "Ana")]),
        ('INSERT INTO "u"("full name") VALUES (\'Ana O\'\'Hara\') ON CONFLICT DO NOTHING', [("full name", "Ana O'Hara")]),
        ("INSERT [dbo].[u] ([born], [n]) VALUES (CAST(N'1980-01-02' AS Date), N'Ana')", [("born", "1980-01-02"), ("n", "Ana")]),
        ("INSERT INTO t (a, b) VALUES (E'x\\'y', 'p'::jsonb)", [("a", "x'y"), ("b", "p")]),
        ("INSERT INTO t (a, b) VALUES (0x616e61, -3.5)", [("a", "ana"), ("b", "-3.5")]),
        ("CREATE TABLE p (id int, ssn varchar(9), PRIMARY KEY (id));\nINSERT INTO p VALUES (1, '536221234');", [("id", "1"), ("ssn", "536221234")]),
        ("12:01 DEBUG insert into t (a, b) values (1, 2) took 5 ms", [("a", "1"), ("b", "2")]),
    ],
)
def test_every_value_has_its_columns_name(text: str, expected: list[tuple[str, str]]) -> None:
    """In the writings of MySQL, PostgreSQL, SQL Server and logs; nulls are none."""
    assert named(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        'query: INSERT INTO "u" ("mail", "ssn") VALUES ($1, $2) -- PARAMETERS: ["ana@gmail.com","536221234"]',
        "[SQL: INSERT INTO u (mail, ssn) VALUES (?, ?)]\n[parameters: ('ana@gmail.com', '536221234')]",
        'cur.execute("INSERT INTO u (mail, ssn) VALUES (%s, %s)", ("ana@gmail.com", 536221234))',
        "INSERT INTO u (mail, ssn) VALUES (:mail, :ssn) with params ['ana@gmail.com', '536221234']",
    ],
)
def test_bound_values_are_read_from_the_list_behind(text: str) -> None:
    """Marks for values to come, in logs of mappers and in code."""
    assert named(text) == [("mail", "ana@gmail.com"), ("ssn", "536221234")]


@pytest.mark.parametrize(
    "text",
    ["INSERT INTO t VALUES (1, 'x')", "INSERT INTO t (a, b) VALUES (1)", "INSERT INTO t (a, a) VALUES (1, 2)", "the values (such as 5) go into t", "INSERT INTO t (a) SELECT 1", "INSERT INTO t (a) VALUES ($1)", "INSERT INTO t (a) VALUES (new.a)"],
)
def test_what_has_no_names_stays_text(text: str) -> None:
    """No column list and no definition, more names than values, names twice, prose, no rows, other columns."""
    assert cells(text) == []


def test_a_row_cut_off_gives_what_is_whole() -> None:
    """The last value may be half of one, and stays in the text around."""
    text = "INSERT INTO t (a, b, c) VALUES (1, 'x', '536"
    assert named(text) == [("a", "1"), ("b", "x")]
    assert around(text, cells(text)).text.endswith("'536")


def test_many_rows_stay_bounded_and_nothing_is_lost() -> None:
    """Behind the most values taken apart the rest stays text, which is read as such."""
    text = "INSERT INTO t (a) VALUES " + ", ".join(f"('v{number}x')" for number in range(MAX_CELLS + 5))
    taken = cells(text)
    assert len(taken) == MAX_CELLS
    assert f"v{MAX_CELLS + 4}x" in around(text, taken).text


def test_the_cells_and_the_text_around_them_stand_for_the_value() -> None:
    """The statement itself is no value any more, so that no word of another column stands beside a value."""
    text = "INSERT INTO users (ssn, order_no) VALUES (536221234, 536221235) -- by ana@gmail.com"
    found = {leaf.field: leaf.value for leaf in leaves({"q": text}, KEY)}
    assert found == {
        "q->insert": "INSERT INTO users (ssn, order_no) VALUES (, ) -- by ana@gmail.com",
        "q->insert.users[0].ssn": "536221234",
        "q->insert.users[0].order_no": "536221235",
    }


def test_a_settings_table_names_its_values() -> None:
    """Columns called name and value are a pair, as in any list of such."""
    found = {leaf.field: leaf.key for leaf in leaves({"q": "INSERT INTO s (name, value) VALUES ('smtp_password', 'gr33nTe4')"}, KEY)}
    assert found["q->insert.s[smtp_password]"] == "smtp_password"


TEXTS = st.text(st.characters(blacklist_characters="\x00", blacklist_categories=["Cs"]), max_size=12)


@settings(max_examples=200, deadline=None)
@given(rows=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_any_values_that_sqlite_writes_are_read_back_at_their_place(rows: list[tuple[str, str]]) -> None:
    """SQLite's own quoting is the oracle; each character points at what writes it."""
    with sqlite3.connect(":memory:") as base:
        quoted = [base.execute("SELECT quote(?), quote(?)", row).fetchone() for row in rows]
    if any("\\'" in one or "`" in one for pair in quoted for one in pair):
        return
    text = "INSERT INTO t (a, b) VALUES " + ",".join(f"({a},{b})" for a, b in quoted)
    found = [leaf for leaf in leaves({"q": text}, KEY) if leaf.field.count("->") == 1 and leaf.field != "q->insert"]
    assert [leaf.value for leaf in found] == [one for row in rows for one in row if one.strip()]
    for leaf in found:
        written = "".join(text[slice(*place(leaf, at, at + 1))] for at in range(len(leaf.value)))
        assert written.replace("''", "'") == leaf.value


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="INSERTO insertvalues(),'\"`;?$1a-\\\n", max_size=120))
def test_any_text_can_be_taken_apart_again_without_its_values(text: str) -> None:
    """What is around the values holds no more of them, and all spans lie in the text."""
    statement = f"INSERT INTO t (a, b) VALUES ({text}"
    taken = cells(statement)
    assert all(0 <= cell.text.start < cell.text.end <= len(statement) for cell in taken)
    assert not taken or cells(around(statement, taken).text) == [] or len(around(statement, taken).text) < len(statement)
