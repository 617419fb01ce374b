"""People at two addresses in tables of names and addresses."""

import random

import numpy as np
import polars as pl
import pytest

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.individuals import link
from leakscope.individuals.moved import TOGETHER, Moved, moved_of_equals, rare_names
from leakscope.model import Batch
from leakscope.schema import RECORDS, TURNS, empty
from tests.individuals.evidence import KEY

PARTS = "an be co da el fi go hu ir jo ka lu me no or pe qui ro sa tu".split()


def word(draw, count):
    """A name of so many syllables."""
    return "".join(draw.choice(PARTS) for _ in range(count)).capitalize()


def addresses(people, moved, seed):
    """A table of two records a person, the second of `moved` of them at another address."""
    draw = random.Random(seed)
    given, surnames = [word(draw, 2) for _ in range(60)], [word(draw, 3) for _ in range(300)]
    rows = []

    def home():
        return {"street": f"{draw.randint(1, 200)} {word(draw, 3)} Street", "city": word(draw, 3), "postcode": f"{draw.randint(10000, 99999)}"}

    for number in range(people):
        name = {"first_name": draw.choice(given), "last_name": draw.choice(surnames)}
        first = home()
        rows += [{**name, **first}, {**name, **(home() if number < moved else first)}]
    draw.shuffle(rows)
    return pl.DataFrame(rows)


@pytest.mark.parametrize(("moved", "seed"), [(0, 1), (60, 2), (120, 3)])
def test_the_number_allows_for_people_who_moved(moved, seed):
    """Four hundred people of two records, none, 60 or 120 of whom moved in between."""
    table = addresses(400, moved, seed)
    found = Kernel(load(), KEY).find_batch(Batch(source="table", first_record=0, records=table.height, frame=table))
    interval = link(found, empty(RECORDS), empty(TURNS), KEY).interval

    assert interval.low <= 400 <= interval.high
    assert abs(interval.value - 400) <= 30


def test_no_more_namesakes_than_chance_makes_are_nobody_who_moved():
    """Twenty pairs where nearly twenty are expected tell of a few movers, or none, and not of the links made."""
    draws = Moved(elsewhere=20, by_chance=20 / TOGETHER, here=200.0, everybody_here=200.0, linked=0, most=400).draws(4000, np.random.default_rng(1))

    assert float(np.quantile(draws, 0.025)) == 0.0
    assert float(draws.mean()) < 8


def test_whoever_bears_a_common_name_moved_as_often_as_whoever_bears_a_rare_one():
    """Forty rare names at two homes beside eighty at one: half as many again of everybody's four hundred pairs."""
    draws = Moved(elsewhere=40, by_chance=0.0, here=80.0, everybody_here=400.0, linked=10, most=400).draws(4000, np.random.default_rng(1))

    assert float(draws.mean()) == pytest.approx(400 / 2 - 10, abs=12)


def test_a_few_people_of_one_name_are_not_taken_for_one():
    """Among ten people nothing tells how rare a name is."""
    assert moved_of_equals(pl.DataFrame({"given": ["ann"] * 10, "surname": ["lee"] * 10, "units": [1] * 10}), seed=0) is None


def test_common_names_are_not_rare():
    """Of a thousand people in a hundred given names and ten surnames each full name is expected once; of as many names of their own none."""
    common = pl.DataFrame({"given": [f"g{n % 100}" for n in range(1000)], "surname": [f"s{n % 10}" for n in range(1000)]})
    apart = pl.DataFrame({"given": [f"g{n % 100}" for n in range(1000)], "surname": [f"s{n}" for n in range(1000)]})

    assert not rare_names(common, seed=0)[0].any()
    assert rare_names(apart, seed=0)[0].all()


def test_no_more_people_are_joined_than_names_allow():
    """However often rare names meet, each full name is somebody."""
    draws = Moved(elsewhere=300, by_chance=0.0, here=12.0, everybody_here=400.0, linked=0, most=50).draws(1000, np.random.default_rng(1))

    assert draws.max() == 50


def test_where_nobody_stands_twice_at_one_home_nothing_is_said_of_two():
    """Names that meet in chats at two places, and never at one: their ratio is noise."""
    people = pl.DataFrame({"given": [f"g{n % 30}" for n in range(60)], "surname": [f"s{n % 30}" for n in range(60)], "units": [1] * 60})

    assert moved_of_equals(people, seed=0) is None
