"""People counted twice because records know them by different kinds of identifier."""

import numpy as np
import polars as pl
import pytest

from leakscope.individuals.overlap import kinds_by_record, overlap
from tests.individuals.exposures import split_people


def counted_twice(members, *, draws=1000, seed=0):
    """`overlap` of sightings."""
    return overlap(kinds_by_record(members), draws=draws, generator=np.random.default_rng(seed))


def members(*rows):
    """Sightings `(cluster, record, entity, rank)`."""
    return pl.DataFrame([(cluster, "a", record, entity, float(rank)) for cluster, record, entity, rank in rows], schema=["cluster", "source", "record", "entity", "rank"], orient="row")


def test_people_of_one_kind_of_identifier_are_counted_once():
    """Different mailboxes are different people."""
    found = counted_twice(members(*((n, n, "EMAIL_ADDRESS", 4) for n in range(50))))

    assert (found.unknown, float(found.doubles.max())) == (0, 0.0)


def test_without_records_of_both_kinds_nothing_is_known():
    """Three mailboxes beside ten user ids may be three of them."""
    found = counted_twice(members(*((n, n, "ONLINE_IDENTIFIER", 3) for n in range(10)), *((n, n, "EMAIL_ADDRESS", 4) for n in range(10, 13))))

    assert (found.unknown, float(found.doubles.max())) == (3, 0.0)


def test_people_known_by_evidence_of_no_kind_may_be_anybody():
    """A cluster that neither mailbox, number, id, account, description, session nor device holds together is unknown, and stops nothing."""
    found = counted_twice(members(*((n, n, "EMAIL_ADDRESS", 4) for n in range(10)), *((n, n, "DATE_OF_BIRTH", 0) for n in range(10, 14))))

    assert (found.unknown, float(found.doubles.max())) == (4, 0.0)


def test_people_known_by_mail_alone_are_like_those_known_by_both():
    """All forty seen with both have records with the user id alone, so nearly all ten seen by mail alone have them too."""
    both = [(n, record, entity, rank) for n in range(40) for record, entity, rank in ((n, "EMAIL_ADDRESS", 4), (n, "ONLINE_IDENTIFIER", 3), (100 + n, "ONLINE_IDENTIFIER", 3))]
    alone = [(n, n, "EMAIL_ADDRESS", 4) for n in range(200, 210)]
    strangers = [(n, n, "ONLINE_IDENTIFIER", 3) for n in range(300, 330)]
    found = counted_twice(members(*both, *alone, *strangers))

    assert found.unknown == 0
    assert found.doubles.mean() == pytest.approx(10, abs=0.5)


@pytest.mark.parametrize("skew", [0.0, 0.7, 1.3])
def test_the_truth_lies_in_the_drawn_interval(skew):
    """Simulated exposures of 300 people, active alike or very differently."""
    generator, held, errors = np.random.default_rng(int(skew * 10)), 0, []
    for seed in range(40):
        sightings, truth = split_people(generator, 300, skew)
        people = sightings["cluster"].n_unique() - counted_twice(sightings, draws=400, seed=seed).doubles
        low, high = np.quantile(people, [0.025, 0.975])
        held += low <= truth <= high
        errors.append(people.mean() / truth - 1)

    assert held >= 34
    assert abs(float(np.mean(errors))) < 0.01
