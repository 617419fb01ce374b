"""Columns that stand under one another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

_ROWS = [("1", "Ana Berg", "ana@x.test", "+49 1"), ("22", "Zoë Müller", "zoe@x.test", "+33 22"), ("3", "Bo", "bo@x.test", ""), ("4", "Di Li", "di@x.test", "+1 4")]


def _rows(batches):
    return [{name: value for name, value in row.items() if value is not None} for batch in batches for row in batch.frame.to_dicts()]


def _printed(rows, widths, gap=" "):
    return "".join(gap.join(field.ljust(width) for field, width in zip(row, widths, strict=True)) + "\n" for row in rows)


@pytest.mark.parametrize(
    "content",
    [
        _printed([("ID", "NAME", "EMAIL", "PHONE"), *_ROWS], (5, 20, 25, 15), ""),
        _printed([("ID", "NAME", "EMAIL", "PHONE"), ("-" * 5, "-" * 20, "-" * 25, "-" * 15), *_ROWS], (5, 20, 25, 15)),
        _printed([("ID", "NAME", "EMAIL", "PHONE"), *_ROWS], (4, 12, 14, 8), "   ").replace("\n", "\r\n"),
    ],
)
def test_columns_are_told_by_their_places(reading, content):
    """With a rule of dashes or without; empty fields are null."""
    batches, aside, used = reading("people.txt", content.encode())

    assert (used, aside) == (["fixed-width"], [])
    assert _rows(batches) == [{name: field for name, field in zip(("ID", "NAME", "EMAIL", "PHONE"), row, strict=True) if field} for row in _ROWS]


def test_numbers_that_touch_the_next_column_are_cut_off(reading):
    """As mainframes write them, without names."""
    content = "".join(f"{number:05d}{name:<20}{mail:<20}\n" for number, (_, name, mail, _) in enumerate(_ROWS))
    batches, aside, used = reading("x.dat", content.encode())

    assert (used, aside) == (["fixed-width"], [])
    assert batches[0].frame.rows()[1] == ("00001", "Zoë Müller", "zoe@x.test")


def test_a_line_that_does_not_keep_to_the_columns_stays_whole(reading):
    """Footers are examined."""
    content = _printed([("ID", "NAME", "EMAIL", "PHONE"), *_ROWS * 10], (5, 20, 25, 15), "") + "exported by someone@x.test in the evening of the first\n"
    batches, _, _ = reading("people.txt", content.encode())

    assert _rows(batches)[-1] == {"line": "exported by someone@x.test in the evening of the first"}
    assert len(_rows(batches)) == 41


def test_words_under_a_line_of_names_are_columns(reading):
    """VPC flow logs."""
    content = "version account-id interface-id srcaddr dstaddr action\n" + "2 123456789010 eni-1 192.0.2.7 10.0.0.1 ACCEPT\n" * 4
    batches, aside, used = reading("flow.log", content.encode())

    assert (used, aside, _rows(batches)[0]["srcaddr"], len(_rows(batches))) == (["fixed-width"], [], "192.0.2.7", 4)


@pytest.mark.parametrize("content", ["def f(x):\n    return x\n\n\nclass A:\n    pass\n" * 3, "Dear Ana,  thank you.\nIt was nice  to meet.\nBye  now.\nBo\n", "- a\n- b\n- c\n- d\n", "a: 1\nb:\n  - c\n  - d\n"])
def test_programs_and_prose_have_no_columns(reading, content):
    """Blanks alone make no table."""
    assert reading("x", content.encode())[2] == ["text"]


def test_no_record_is_lost_whatever_the_fields(reading):
    """Every line is a record, and every field comes back."""
    field = st.text(st.sampled_from("abcXYZ019@."), min_size=1, max_size=9)

    @given(st.lists(st.tuples(field, field, field), min_size=4, max_size=9))
    def check(rows):
        batches, aside, used = reading("x.txt", _printed([("aa_aa", "bb_bb", "cc_cc"), ("-" * 9,) * 3, *rows], (9, 9, 9), "  ").encode())
        found = [tuple(row.values()) for row in _rows(batches)]

        assert (used, aside, found) == (["fixed-width"], [], rows)

    check()
