"""Numbers that two systems give to different people."""

import polars as pl

from leakscope.individuals.identifiers import identify
from leakscope.individuals.linkage import link
from leakscope.individuals.systems import by_system
from leakscope.schema import TURNS, empty
from tests.individuals.evidence import KEY, records, sightings

NAMES = "ann bob cora dan eve finn gina hal ida jon kim leo".split()


def users(source, names, family):
    """A table of users numbered from 1, each with a name."""
    rows = [((place, "user_id", "ONLINE_IDENTIFIER", str(place + 1)), (place, "full_name", "PERSON", f"{name} {family}")) for place, name in enumerate(names)]
    return sightings(*(cell for row in rows for cell in row)).with_columns(source=pl.lit(source))


def counted(*tables):
    """People in several tables."""
    found = pl.concat(tables)
    return link(found, records(found), empty(TURNS), KEY).individuals.filter("counted").height


def test_numbers_of_two_systems_are_different_people():
    """User 1 of the shop and user 1 of the forum bear other names throughout."""
    assert counted(users("shop", NAMES, "lee"), users("forum", NAMES[::-1], "kaya")) == 24


def test_numbers_of_one_system_are_the_same_people():
    """Two exports of one table, in the second of which one name was changed."""
    assert counted(users("may", NAMES, "lee"), users("june", [*NAMES[:-1], "mia"], "lee")) == 12


def test_exports_of_one_system_stay_together_beside_another_system():
    """Two exports of the shop agree with one another and not with the forum."""
    assert counted(users("may", NAMES, "lee"), users("june", NAMES, "lee"), users("forum", NAMES[::-1], "kaya")) == 24


def test_files_that_do_not_contradict_are_left_as_they_are():
    """One table alone has no other system."""
    placed = users("shop", NAMES, "lee").with_columns(unit=pl.col("record").cast(pl.UInt32), session_key=pl.lit(False), side=pl.lit("own"), in_turn=pl.lit(False))
    identifiers = identify(placed)

    assert by_system(identifiers, placed.select("unit", "source").unique(), pl.DataFrame(schema={"unit": pl.UInt32, "name": pl.String})).equals(identifiers)


def test_a_name_here_and_there_in_an_address_tells_no_systems_apart():
    """Streets are called after people; what references the users in a table of addresses are the users."""
    streets = [f"Elm {number}" for number in range(8)]
    homes = [cell for place, street in enumerate(streets, start=1) for cell in ((place, "user_id", "ONLINE_IDENTIFIER", str(place + 1)), (place, "street", "POSTAL_ADDRESS", street))]
    called = [(place, "street", "PERSON", "jana pawla") for place in range(1, 5)]

    assert counted(users("shop", NAMES, "lee"), sightings(*homes, *called).with_columns(source=pl.lit("homes"))) == 12
