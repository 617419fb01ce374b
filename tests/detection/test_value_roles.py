"""Fields whose names say nothing are told by their values together."""

from __future__ import annotations

import polars as pl
import pytest

from leakscope.catalogue import load
from leakscope.detection.columns import fields
from leakscope.detection.value_roles import role_of
from leakscope.schema import SIGHTINGS, empty

CASES = [
    ("PERSON", ["Maria", "James", "Patricia", "Robert", "Linda", "Xqzt"]),
    ("PERSON", ["Johnson", "Garcia", "Nguyen", "Kowalski", "Miller", "Brown"]),
    ("PERSON", ["Linda Miller", "James T. Garcia", "Brown, Patricia", "Robert Jones", "Mary Ann Smith"]),
    ("LOCATION", ["Berlin", "Madrid", "Osnabrück", "Shreveport", "Lyon"]),
    ("GENDER", ["F", "M"]),
    ("GENDER", ["Female", "Male", "Not provided"]),
    ("ETHNICITY", ["Asian", "White", "Black or African American", "Other"]),
    ("COORDINATES", ["48.137430", "48.139120", "48.140010", "48.151900", "48.120001"]),
    ("COORDINATES", ["(48.13743, 11.57549)", "(48.1, 11.5)", "(48.137, 11.575)", "(47.9213, 11.221)", "(48.0011, 11.0923)"]),
    ("PHONE_NUMBER", ["7737210858", "3124555442", "7734881634", "6302571190", "7083338127", "2123377411"]),
]
NOTHING = [
    ["White", "Black", "Red", "Silver", "Green", "Gold"],
    ["active", "closed", "pending", "new", "archived"],
    ["12.50", "19.99", "7.00", "100.10", "3.25"],
    ["2012001115", "2012000107", "2013000073", "2014110042", "2015020001"],
    ["M", "L", "XL", "S"],
    ["Maria"],
    [],
]


@pytest.mark.parametrize(("entity", "values"), CASES)
def test_values_together_tell_their_field(entity: str, values: list[str]) -> None:
    """Names, towns, genders, descent, degrees and numbers of phones need no header."""
    role = role_of(values)

    assert role is not None
    assert (role.entity, 0.5 <= role.confidence <= 0.9) == (entity, True)


@pytest.mark.parametrize("values", NOTHING)
def test_words_of_other_things_tell_nothing(values: list[str]) -> None:
    """Colours, states, prices, case numbers and sizes are nobody's."""
    assert role_of(values) is None


def test_a_column_without_a_header_gets_its_role_with_counts() -> None:
    """The role stands with the number of values that bear it out and their share."""
    names = ["Maria", "James", "Patricia", "Robert", "Linda", "Zyxw", "Maria", ""]
    frame = pl.DataFrame({"source": "s", "record": range(8), "field": "column_1", "key": "column_1", "value": names})

    found = fields(frame, empty(SIGHTINGS), load())

    assert found.select("entity", "count").row(0) == ("PERSON", 6)
    assert found["prevalence"][0] == pytest.approx(6 / 7, abs=1e-4)


def test_a_field_that_rules_know_keeps_what_they_say() -> None:
    """Values are only asked where nothing else prevails."""
    frame = pl.DataFrame({"source": "s", "record": [0], "field": "x", "key": "x", "value": ["Maria"]})
    seen = pl.DataFrame({**{name: [None] for name in SIGHTINGS}, "source": ["s"], "record": [0], "field": ["x"], "start": [0], "entity": ["USERNAME"], "confidence": [0.9]}, schema_overrides=SIGHTINGS)

    assert fields(frame, seen, load())["entity"].to_list() == ["USERNAME"]
