"""In which turn a value stands."""

import polars as pl
import pytest

from leakscope.detection.turn_places import in_turns
from leakscope.schema import TURNS, empty
from tests.individuals.evidence import sightings, turns


@pytest.mark.parametrize(
    ("turn", "field", "start", "told"),
    [
        ("messages[0].content", "messages[0].content", 3, ("user", False)),
        ("messages[0].content", "messages[1].content", 3, (None, None)),
        ("messages[0].content", "messages[0].content->$.token", 0, ("user", True)),
        ("log->transcript[10]", "log", 12, ("user", False)),
        ("log->transcript[10]", "log", 5, (None, None)),
        ("log->transcript[10]", "log", 30, (None, None)),
    ],
)
def test_a_value_stands_in_the_turn_that_holds_its_place(turn, field, start, told):
    """By field, by structured text inside it, or by the part of a transcript; what stands beside a turn is in none."""
    placed = in_turns(sightings((0, field, "SECRET_TOKEN", "abc", start)), turns((0, turn, "user", "x" * 20)))
    assert placed.select("turn_role", "quoted").row(0) == told


def test_rows_keep_their_order_and_number():
    """Also where there are no turns."""
    found = sightings((1, "b", "SECRET_TOKEN", "abc"), (0, "a", "SECRET_TOKEN", "abc"), (0, "a", "SECRET_TOKEN", "abc"))
    assert in_turns(found, empty(TURNS)).select(found.columns).equals(found)
    assert in_turns(found, turns((0, "a", "user", "abc"))).get_column("turn_role").to_list() == [None, "user", "user"]
    assert in_turns(found, pl.concat([turns((0, "a", "user", "abc"))] * 2)).height == found.height
