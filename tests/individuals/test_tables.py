"""`individuals(frame)` for tables and findings."""

import polars as pl
import pytest

import leakscope
from leakscope.errors import UsageError
from leakscope.individuals import tables
from leakscope.safety.keys import new_key

CUSTOMERS = pl.DataFrame(
    {
        "email": ["ann.lee@gmx.de", "bob.ray@gmx.de", "ann.lee@gmx.de", None],
        "full_name": ["Ann Lee", "Bob Ray", "Ann Lee", None],
        "note": ["", "likes tea", "called twice", "nothing"],
    }
)


def groups(found):
    """Records of each person, and records of nobody."""
    return found.group_by("person").agg(pl.col("record").sort()).sort("person", nulls_last=True)["record"].to_list()


def test_rows_of_one_person_are_grouped_and_rows_of_nobody_are_null():
    """One row per record, whatever it holds."""
    assert groups(leakscope.individuals(CUSTOMERS)) == [[0, 2], [1], [3]]


def test_a_lazy_frame_does_as_well():
    """It is collected."""
    assert leakscope.individuals(CUSTOMERS.lazy()).height == 4


def test_findings_link_by_fingerprint():
    """Without values: the same people as far as identifiers tell."""
    found = leakscope.scan(CUSTOMERS, key=new_key()).collect()

    assert groups(leakscope.individuals(found)) == [[0, 2], [1]]


def test_long_tables_are_linked_by_columns(monkeypatch):
    """The columns' way gives the same people as searching every cell."""
    table = pl.DataFrame({"email": [f"person{n % 40}@gmx.de" for n in range(100)], "city": ["Berlin"] * 100})
    every = groups(leakscope.individuals(table))
    monkeypatch.setattr(tables, "EVERY_CELL", 10)

    assert groups(leakscope.individuals(table)) == every


def test_a_table_without_columns_is_refused():
    """Bad use, not an empty answer."""
    with pytest.raises(UsageError):
        leakscope.individuals(pl.DataFrame())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Nguyễn Văn An", "An Nguyen Van", True),
        ("Müller Jürgen", "Jürgen Müller", True),
        ("García López, María", "María García López", True),
        ("Иванов Пётр", "Пётр Иванов", True),
        ("Ann Lee", "Ann Leeds", False),
    ],
)
def test_names_in_the_other_order_are_one_person_of_one_birth_date(one, other, same):
    """Family names come first in many countries; accents do not tell people apart."""
    table = pl.DataFrame({"full_name": [one, other], "date_of_birth": ["1980-03-14", "1980-03-14"]})
    found = leakscope.individuals(table)["person"].to_list()

    assert (found[0] == found[1]) is same
