"""People counted twice because records know them by different kinds of identifier."""

import numpy as np
import polars as pl
import pytest

from leakscope.individuals.called import Names
from leakscope.individuals.overlap import kinds_by_record, overlap
from tests.individuals.exposures import split_people


def counted_twice(members, *, draws=1000, seed=0, names=None):
    """`overlap` of sightings."""
    return overlap(kinds_by_record(members), draws=draws, generator=np.random.default_rng(seed), names=names)


def members(*rows):
    """Sightings `(cluster, record, entity, rank)`."""
    return pl.DataFrame([(cluster, "a", record, entity, float(rank)) for cluster, record, entity, rank in rows], schema=["cluster", "source", "record", "entity", "rank"], orient="row")


def test_people_of_one_kind_of_identifier_are_counted_once():
    """Different mailboxes are different people."""
    found = counted_twice(members(*((n, n, "EMAIL_ADDRESS", 4) for n in range(50))))

    assert (float(found.unknown.max()), float(found.doubles.max())) == (0, 0.0)


def test_without_records_of_both_kinds_nothing_is_known():
    """Three mailboxes beside ten user ids may be three of them."""
    found = counted_twice(members(*((n, n, "ONLINE_IDENTIFIER", 3) for n in range(10)), *((n, n, "EMAIL_ADDRESS", 4) for n in range(10, 13))))

    assert (float(found.unknown.max()), float(found.doubles.max())) == (3, 0.0)


def test_people_known_by_evidence_of_no_kind_may_be_anybody():
    """A cluster that neither mailbox, number, id, account, description, session nor device holds together is unknown, and stops nothing."""
    found = counted_twice(members(*((n, n, "EMAIL_ADDRESS", 4) for n in range(10)), *((n, n, "DATE_OF_BIRTH", 0) for n in range(10, 14))))

    assert (float(found.unknown.max()), float(found.doubles.max())) == (4, 0.0)


def test_people_known_by_mail_alone_are_like_those_known_by_both():
    """All forty seen with both have records with the user id alone, so nearly all ten seen by mail alone have them too."""
    both = [(n, record, entity, rank) for n in range(40) for record, entity, rank in ((n, "EMAIL_ADDRESS", 4), (n, "ONLINE_IDENTIFIER", 3), (100 + n, "ONLINE_IDENTIFIER", 3))]
    alone = [(n, n, "EMAIL_ADDRESS", 4) for n in range(200, 210)]
    strangers = [(n, n, "ONLINE_IDENTIFIER", 3) for n in range(300, 330)]
    found = counted_twice(members(*both, *alone, *strangers))

    assert not found.unknown.any()
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


def test_a_few_people_known_by_both_tell_and_leave_a_wide_spread():
    """Three of three seen with both have their mailbox elsewhere too: most of the sixty known by user id alone do, but that is not sure."""
    both = [(n, record, entity, rank) for n in range(3) for record, entity, rank in ((n, "EMAIL_ADDRESS", 4), (n, "ONLINE_IDENTIFIER", 3), (100 + n, "EMAIL_ADDRESS", 4))]
    mails = [(n, n, "EMAIL_ADDRESS", 4) for n in range(200, 280)]
    found = counted_twice(members(*both, *mails, *((n, n, "ONLINE_IDENTIFIER", 3) for n in range(300, 360))))
    low, high = np.quantile(found.doubles, [0.025, 0.975])

    assert not found.unknown.any()
    assert 45 < found.doubles.mean() < 57
    assert high - low > 20


def test_where_nobody_is_known_by_that_very_kind_those_of_any_kind_tell():
    """Forty people with name and mailbox in a file have the mailbox nowhere else; so the card alone in that file is hardly one of them."""
    both = [(n, n, entity, rank) for n in range(40) for entity, rank in (("EMAIL_ADDRESS", 4), ("PERSON", 0))]
    found = counted_twice(members(*both, *((n, n, "CREDIT_CARD", 2) for n in range(100, 110))))

    assert not found.unknown.any()
    assert found.doubles.mean() < 1


def test_whoever_is_already_somebody_of_another_kind_is_not_also_unknown():
    """Nearly all thirty user ids are mailboxes; of fifty names in another file nothing tells, so they may be mailboxes, or the few ids left over."""
    both = [(n, record, entity, rank) for n in range(60) for record, entity, rank in ((n, "EMAIL_ADDRESS", 4), (n, "ONLINE_IDENTIFIER", 3), (100 + n, "EMAIL_ADDRESS", 4))]
    mails = [(n, n, "EMAIL_ADDRESS", 4) for n in range(200, 260)]
    ids = [(n, n, "ONLINE_IDENTIFIER", 3) for n in range(300, 330)]
    names = members(*((n, n, "CREDIT_CARD", 2) for n in range(400, 405)), *((n, n, "PERSON", 0) for n in range(405, 450))).with_columns(source=pl.lit("notes"))
    found = counted_twice(pl.concat([members(*both, *mails, *ids), names]))

    assert found.doubles.mean() == pytest.approx(29, abs=2)
    assert found.unknown.max() <= 50


def called(*people):
    """`Names` of `(cluster, name)`; no two given names or family names are alike."""
    return Names.of(pl.DataFrame([(cluster, "PERSON", name) for cluster, name in people], schema={"cluster": pl.UInt32, "entity": pl.String, "value": pl.String}, orient="row"))


def test_people_of_other_names_are_not_counted_twice():
    """Two of two seen with both have their mailbox elsewhere; but none of the ten cards' owners bears the name of a mailbox's."""
    both = [(n, record, entity, rank) for n in range(2) for record, entity, rank in ((n, "EMAIL_ADDRESS", 4), (n, "CREDIT_CARD", 2), (50 + n, "EMAIL_ADDRESS", 4))]
    mails, cards = [(n, n, "EMAIL_ADDRESS", 4) for n in range(100, 160)], [(n, n, "CREDIT_CARD", 2) for n in range(200, 210)]
    people = members(*both, *mails, *cards)
    unnamed = counted_twice(people)
    named = counted_twice(people, names=called(*((n, f"{word(n)} {word(n + 500)}") for n in [*range(100, 160), *range(200, 210)])))

    assert unnamed.doubles.mean() > 5
    assert named.doubles.mean() < 1


def test_whoever_bears_a_name_known_there_tells_of_the_nameless():
    """Fifteen chat authors bear the name of a mailbox's owner: of the forty who say no name nearly all have a mailbox, too."""
    mails, authors = [(n, n, "EMAIL_ADDRESS", 4) for n in range(100, 160)], [(n, n, "ONLINE_IDENTIFIER", 3) for n in range(200, 240)]
    joined = [(n, record, entity, rank) for n in range(15) for record, entity, rank in ((n, "EMAIL_ADDRESS", 4), (50 + n, "ONLINE_IDENTIFIER", 3))]
    found = counted_twice(members(*joined, *mails, *authors), names=called(*((n, f"{word(n)} {word(n + 500)}") for n in [*range(15), *range(100, 160)])))
    low, high = np.quantile(found.doubles, [0.025, 0.975])

    assert found.doubles.mean() == pytest.approx(38, abs=2)
    assert high - low < 12


def word(number):
    """Letters of a number, the same for no other."""
    return "".join(chr(97 + int(digit)) for digit in f"{number:04d}")
