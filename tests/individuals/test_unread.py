"""People named in texts that were not read, or in languages the model does not read."""

import numpy as np
import polars as pl
import pytest

from leakscope.individuals.unread import READING, unread_people
from leakscope.schema import TURNS


def names(*places):
    """A person for each `(cluster, turn)`, found by reading."""
    rows = [(cluster, "a", turn, f"t{turn}", "PERSON", 0.0, "names.model") for cluster, turn in places]
    return pl.DataFrame(rows, schema={"cluster": pl.UInt32, "source": pl.String, "record": pl.UInt64, "field": pl.String, "entity": pl.String, "rank": pl.Float64, "detector": pl.String}, orient="row")


def evidence(texts):
    """`(turns, reading)` of texts `(unit, stratum, chosen, modelled)`; text n is the field `tn` of record n."""
    reading = pl.DataFrame([(f"turn{n}", *text) for n, text in enumerate(texts)], schema=READING, orient="row")
    turns = pl.DataFrame({"source": ["a"] * len(texts), "record": range(len(texts)), "field": [f"t{n}" for n in range(len(texts))], "turn": [f"turn{n}" for n in range(len(texts))]})
    return pl.DataFrame({name: turns[name].cast(TURNS[name]) for name in turns.columns}), reading


def test_all_read_leaves_nobody_unread():
    """Every text was read by the model."""
    turns, reading = evidence([(f"u{n}", "s", True, True) for n in range(4)])
    told = unread_people(names((0, 0), (1, 1)), turns, reading)

    assert (told.found, told.value, told.foreign, told.share) == (2, 0.0, 0.0, 1.0)


def test_unread_units_name_as_many_as_those_read_of_their_stratum():
    """Two of four read units of a stratum of twelve name somebody: four more in the eight others, none in the other stratum."""
    texts = [(f"u{n}", "talk", n < 4, True) for n in range(12)] + [(f"v{n}", "code", n < 5, True) for n in range(10)]
    turns, reading = evidence(texts)
    told = unread_people(names((0, 0), (1, 1)), turns, reading)

    assert told.value == pytest.approx(4)
    assert told.error == pytest.approx(np.sqrt(12 * 8 * (2.5 / 4) / 4 + 10 * 5 * (0.5 / 5) / 5))


def test_a_person_of_several_units_is_expanded_by_fewer():
    """Somebody who stands in both units read of four is hardly missed in the others."""
    turns, reading = evidence([(f"u{n}", "s", n < 2, True) for n in range(4)])

    assert unread_people(names((0, 0), (0, 1)), turns, reading).value < 0.2


def test_texts_of_other_languages_name_as_many_people():
    """One in two texts names somebody; ten texts are in a language the model does not read."""
    turns, reading = evidence([(f"u{n}", "s", True, n < 10) for n in range(20)])
    told = unread_people(names(*((n, n) for n in range(5))), turns, reading)

    assert told.foreign == pytest.approx(5)


def test_the_truth_lies_in_the_drawn_interval():
    """A quarter of 200 units is read, strata differ in how many they name; names are missed as often as on labelled chats."""
    generator, held = np.random.default_rng(1), 0
    for _ in range(60):
        rates = [0.1] * 100 + [1.5] * 100
        named = generator.poisson(rates)
        chosen = np.concatenate([generator.permutation(100) < 25, generator.permutation(100) < 25])
        texts = [(f"u{n}", "ab"[n // 100], bool(chosen[n]), True) for n in range(200)]
        turns, reading = evidence(texts)
        people = [n for n in range(200) for _ in range(named[n])]
        found = [(cluster, n) for cluster, n in enumerate(people) if chosen[n] and generator.random() < 0.95]
        low, high = np.quantile(len(found) + unread_people(names(*found), turns, reading).draws(500, generator), [0.025, 0.975])
        held += low <= len(people) <= high

    assert held >= 53
