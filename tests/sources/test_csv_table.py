"""Delimited tables."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_delimiter_and_encoding_gives_the_same_table(reading, mark, encoding):
    """Dialect and encoding are told from the content."""
    content = "".join(mark.join(row) + "\n" for row in (["name", "city", "note"], ["Zoë", "Köln", "x"], ["Ana", "Málaga", "y"])).encode(encoding)

    batches, aside, used = reading("t.csv", content)

    assert (used, aside) == (["csv"], [])
    assert batches[0].frame.rows() == [("Zoë", "Köln", "x"), ("Ana", "Málaga", "y")]


def test_ragged_rows_lose_no_field(reading):
    """A short row is filled with nulls; a long one gets columns of its own."""
    batches, _, _ = reading("t.csv", b"a,b\n1\n2,3,4\n")

    assert batches[0].frame.to_dicts() == [{"a": "1", "b": None, "column_3": None}, {"a": "2", "b": "3", "column_3": "4"}]


def test_a_table_without_header_keeps_its_first_row(reading):
    """Rows of data are not taken for names."""
    batches, _, _ = reading("t.csv", b"1001,ana@example.org,1990-01-02\n1002,bo@example.org,1991-01-02\n")

    assert batches[0].frame.columns == ["column_1", "column_2", "column_3"]
    assert batches[0].records == 2


def test_sentences_with_commas_are_text(reading):
    """Prose is not cut into columns."""
    _, _, used = reading("notes.txt", b"Dear Ana, thank you, we met.\nYes, I know, it was nice.\nWell, then, goodbye.\n")

    assert used == ["text"]


def test_what_the_csv_module_wrote_comes_back(reading):
    """Quoting, embedded newlines and delimiters survive the round trip."""
    cell = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip) | st.sampled_from(["a,b", 'q"q', "two\nlines"])

    @given(st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=8))
    def check(rows):
        target = io.StringIO()
        writer = csv.writer(target)
        writer.writerows([("alpha", "beta", "gamma"), *rows])
        batches, aside, _ = reading("t.csv", target.getvalue().encode())
        back = [tuple(value or "" for value in row) for batch in batches for row in batch.frame.rows()]

        assert (back, aside) == ([tuple(row) for row in rows], [])

    check()
