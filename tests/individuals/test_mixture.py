"""Pairs told apart into one person, people of one home and strangers, without labels."""

import numpy as np
import pytest

from leakscope.individuals.comparisons import comparisons, shares
from leakscope.individuals.mixture import learn

COMPARED = comparisons(["given", "surname", "birth", "address", "place"])
PERSON, HOMES, STRANGERS = 900, 500, 40_000
POSSIBLE = 2_000_000.0


def drawn(generator, levels, count):
    """`count` vectors whose levels hold as often as `levels` says, each comparison by itself."""
    return np.column_stack([generator.choice(len(share), count, p=share) for share in levels]).astype(np.int16)


@pytest.fixture(scope="module")
def pairs():
    """`(vectors, chance, truth, person)`: pairs of three known classes; truth is 0 for one person, 1 for one home, 2 for strangers."""
    generator = np.random.default_rng(5)
    chance = [np.array([0.01, 0.001, 0.0005, 0.005, 0.004, 0.0005, 0.6, 0.379]), np.array([0.005, 0.0005, 0.002, 0.003, 0.9895]), np.array([4e-5, 2e-4, 1e-3, 1 - 1.24e-3])]
    home = len(COMPARED[3].levels)
    chance += [np.array([0.0002] * (home - 2) + [0.02, 0.98 - 0.0002 * (home - 2)])]
    chance = [share / share.sum() for share in chance]
    person = [np.array([0.69, 0.03, 0.01, 0.16, 0.085, 0.005, 0.004, 0.016]), np.array([0.79, 0.01, 0.12, 0.03, 0.05]), np.array([0.8, 0.14, 0.03, 0.03])]
    person += [shares(one, "person") for one in COMPARED[3:]]
    homes = [chance[0], np.array([0.84, 0.01, 0.1, 0.02, 0.03]), chance[2], *(shares(one, "household") for one in COMPARED[3:])]
    parts = [drawn(generator, levels, count) for levels, count in ((person, PERSON), (homes, HOMES), (chance, STRANGERS))]
    return np.vstack(parts), chance, np.repeat([0, 1, 2], [PERSON, HOMES, STRANGERS]), person


def learnt_of(pairs):
    """What the model makes of them, told a wrong number of people at first."""
    return learn(pairs[0], pairs[1], COMPARED, start=300 / POSSIBLE, possible=POSSIBLE, rarer={})


def test_people_are_told_from_housemates_and_strangers(pairs):
    """At even odds fewer than 3% of people are missed, and fewer than 3% of links are wrong."""
    linked = learnt_of(pairs).probability >= 0.5

    assert linked[pairs[2] == 0].mean() > 0.97
    assert (pairs[2][linked] == 0).mean() > 0.97


def test_how_many_pairs_are_one_person_and_of_one_home_is_learnt(pairs):
    """Within a tenth, from a start a third as high."""
    learnt = learnt_of(pairs)

    assert learnt.person * POSSIBLE == pytest.approx(PERSON, rel=0.1)
    assert learnt.household * POSSIBLE == pytest.approx(HOMES, rel=0.1)


def test_how_often_facts_agree_is_learnt(pairs):
    """Within four hundredths of the truth that the pairs were drawn from."""
    learnt = learnt_of(pairs).shares["person"]

    assert max(float(np.abs(learnt[one.name] - true).max()) for one, true in zip(COMPARED, pairs[3], strict=True)) < 0.04


def test_nothing_is_impossible_however_few_pairs_teach():
    """A level that no pair shows keeps a share, so that people who moved are not ruled out by an address alone."""
    vectors = np.zeros((30, len(COMPARED)), dtype=np.int16)
    chance = [np.full(len(one.levels), 1 / len(one.levels)) for one in COMPARED]
    learnt = learn(vectors, chance, COMPARED, start=1e-3, possible=1000.0, rarer={})

    assert min(float(share.min()) for kind in learnt.shares.values() for share in kind.values()) > 1e-4


def test_what_is_unknown_says_nothing():
    """Pairs with nothing known are as likely to be one person as any."""
    vectors = np.full((5, len(COMPARED)), -1, dtype=np.int16)
    chance = [np.full(len(one.levels), 1 / len(one.levels)) for one in COMPARED]
    learnt = learn(vectors, chance, COMPARED, start=0.01, possible=1000.0, rarer={})

    assert np.ptp(learnt.probability) == 0
    assert learnt.probability[0] < 0.05
