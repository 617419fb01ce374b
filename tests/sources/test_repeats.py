"""Records of one source that stand in another count once."""

from datetime import date

import numpy as np
import orjson
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakscope.model import Batch, SetAside
from leakscope.sources.repeats import Repeats, record_hashes


def _line(number):
    return orjson.dumps({"email": f"person{number}@example.org", "note": "written twice"}) + b"\n"


def _lines(source, numbers, first=0):
    return Batch(source=source, first_record=first, records=len(numbers), lines=b"".join(map(_line, numbers)))


def _frame(source, rows):
    return Batch(source=source, first_record=0, records=len(rows), frame=pl.DataFrame(rows))


def _read(batches):
    """(records that stay, by source; (source, reason, records, first record) of those set aside)"""
    stay, aside = {}, []
    for piece in Repeats(11).distinct(iter(batches)):
        if isinstance(piece, SetAside):
            aside.append((piece.source, piece.reason, piece.records, piece.record))
        else:
            numbers = piece.numbers.to_list() if piece.numbers is not None else list(range(piece.first_record, piece.first_record + piece.records))
            stay.setdefault(piece.source, []).extend(numbers)
            assert len(numbers) == piece.records == (piece.frame.height if piece.frame is not None else piece.lines.count(b"\n"))
    return stay, aside


def test_a_record_of_two_files_is_examined_in_the_first():
    """The second file keeps its other records, with their own numbers."""
    stay, aside = _read([_lines("a", [1, 2, 3]), _lines("b", [9, 2, 8, 3])])

    assert stay == {"a": [0, 1, 2], "b": [0, 2]}
    assert aside == [("b", "duplicate", 2, 1)]


def test_equal_records_of_one_source_are_events_of_their_own():
    """Also in batches apart, and when another source stands between them."""
    stay, aside = _read([_lines("a", [1, 1]), _lines("b", [2]), _lines("a", [1], first=2)])

    assert (stay, aside) == ({"a": [0, 1, 2], "b": [0]}, [])


def test_each_source_that_is_repeated_is_named_by_itself():
    """What stands in two earlier sources counts for the first of them."""
    stay, aside = _read([_lines("a", [1, 2]), _lines("b", [2, 3]), _lines("c", [1, 2, 3, 4])])

    assert stay["c"] == [3]
    assert aside == [("b", "duplicate", 1, 0), ("c", "duplicate", 2, 0), ("c", "duplicate", 1, 2)]


def test_records_that_say_next_to_nothing_are_no_repeats():
    """A number alone is equal by chance."""
    few = b'{"id":1}\n{"id":2}\n'
    stay, aside = _read([Batch(source=name, first_record=0, records=2, lines=few) for name in "ab"] + [_frame(name, [{"id": 1, "ok": True}]) for name in "cd"])

    assert (sum(map(len, stay.values())), aside) == (6, [])


def test_rows_are_equal_by_name_and_value_whatever_the_order_of_columns():
    """Names count: the same values under another name are another record."""
    row = {"email": "ana@example.org", "city": "Porto Alegre"}
    turned, renamed = {"city": "Porto Alegre", "email": "ana@example.org"}, {"email": "ana@example.org", "town": "Porto Alegre"}
    _, aside = _read([_frame("a", [row]), _frame("b", [turned]), _frame("c", [renamed])])

    assert [source for source, *_ in aside] == ["b"]


@pytest.mark.parametrize("value", [[1, 2], {"a": 1}, b"\xff\x00", date(2026, 1, 2), 2.5, None, [{"a": [1]}]])
def test_rows_of_any_type_are_compared_by_all_their_values(value):
    """A difference in a column of any type makes another record."""
    same = {"email": "somebody@example.org", "value": [value, value]}
    frame = pl.DataFrame(same | {"email": [same["email"]] * 2}, strict=False)
    hashes = record_hashes(Batch(source="a", first_record=0, records=2, frame=frame), 5)
    other = frame.with_columns(pl.Series("email", ["other@example.org.example"] * 2))

    assert hashes is not None and hashes[0] == hashes[1] != 0
    assert record_hashes(Batch(source="a", first_record=0, records=2, frame=other), 5)[0] != hashes[0]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.lists(st.integers(0, 30), min_size=1, max_size=12)), max_size=12))
def test_what_is_kept_agrees_with_a_brute_force_count(given_batches):
    """For any order of sources and batches: a record stays unless its text stood in another source before."""
    first, expected, places, batches = {}, 0, dict.fromkeys("abcd", 0), []
    for source, numbers in given_batches:
        batches.append(_lines(source, numbers, first=places[source]))
        places[source] += len(numbers)
        expected += sum(first.setdefault(number, source) == source for number in numbers)
    stay, aside = _read(batches)

    assert sum(map(len, stay.values())) == expected
    assert sum(map(len, stay.values())) + sum(one[2] for one in aside) == sum(places.values())


def test_many_records_of_many_sources_stay_apart():
    """Sorted runs are joined as they grow; nothing is lost on the way."""
    numbers = np.random.default_rng(3).permutation(20_000).tolist()
    batches = [_lines(f"s{place // 100 % 7}", numbers[place : place + 100], first=place) for place in range(0, 20_000, 100)]
    stay, aside = _read([*batches, _lines("again", numbers)])

    assert (sum(map(len, stay.values())), sum(one[2] for one in aside)) == (20_000, 20_000)
