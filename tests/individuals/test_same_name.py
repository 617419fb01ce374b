"""People whom nothing but kinds of identifier tells apart, joined by name."""

import polars as pl
import pytest

from leakscope.individuals.same_name import join_same_names

_GIVEN, _FAMILY = "ada bea cora dora elsa flora gina hanna ines jana".split(), "berger cramer dorner ebner felder gruber".split()


def joined(people, births=()):
    """
    `join_same_names` of clusters of one unit each.

    Args:
        people: `(kind, value, name)`, in the order of their numbers.
        births: `(number, birth date)`.
    """
    count = len(people)
    clusters = pl.DataFrame({"unit": range(count), "cluster": range(count)}, schema={"unit": pl.UInt32, "cluster": pl.UInt32})
    named = pl.DataFrame([(place, name) for place, (_, _, name) in enumerate(people) if name], schema={"unit": pl.UInt32, "name": pl.String}, orient="row")
    rows = [(place, place, kind, 4.0 if kind == "EMAIL_ADDRESS" else 3.0, kind, value) for place, (kind, value, _) in enumerate(people)]
    identifiers = pl.DataFrame(rows, schema={"unit": pl.UInt32, "ident": pl.UInt32, "kind": pl.String, "rank": pl.Float64, "entity": pl.String, "value": pl.String}, orient="row")
    return join_same_names(clusters, named, identifiers, pl.DataFrame(births, schema={"unit": pl.UInt32, "birth": pl.String}, orient="row"))


def customers():
    """Sixty customers of different names, each with a mailbox that tells nothing."""
    return [("EMAIL_ADDRESS", f"c{place}@gmx.de", f"{given} {family}") for place, (given, family) in enumerate((g, f) for g in _GIVEN for f in _FAMILY)]


def people_in(found):
    """How many people are left."""
    return found.clusters["cluster"].n_unique()


def test_an_author_who_gives_a_customers_full_name_is_the_customer():
    """A user id and a mailbox of one name that nobody else bears."""
    found = joined([*customers(), ("ID", "u1", "ada berger"), ("ID", "u2", "felder jana")])

    assert (people_in(found), found.joins) == (60, 2)
    assert found.by_chance < 0.2


def test_a_mailbox_made_of_an_authors_name_is_the_authors():
    """The list of mailboxes names nobody, but one of them is made of the author's name."""
    mails = [("EMAIL_ADDRESS", f"{name.replace(' ', '.')}{place}@gmx.de", "") for place, (_, _, name) in enumerate(customers())]
    known = [("ID", f"u{place}", name) for place, (_, _, name) in enumerate(customers()[:20])]

    assert people_in(joined([*mails, *known])) == 60


def test_two_bearers_of_a_name_join_nobody():
    """Which of the two customers the author is nobody knows."""
    twice = [*customers(), ("EMAIL_ADDRESS", "other@gmx.de", "ada berger")]

    assert people_in(joined([*twice, ("ID", "u1", "ada berger"), ("ID", "u2", "bea cramer")])) == 62


@pytest.mark.parametrize(("second", "people"), [("19800101", 60), ("19910307", 61)])
def test_people_of_different_birth_dates_stay_apart(second, people):
    """A name alone does not outweigh a birth date."""
    assert people_in(joined([*customers(), ("ID", "u1", "ada berger")], [(0, "19800101"), (60, second)])) == people


def test_where_names_are_common_nobody_is_joined():
    """Thirty customers bear three names: an equal name tells nothing."""
    few = [("EMAIL_ADDRESS", f"c{place}@gmx.de", f"ada {_FAMILY[place % 3]}") for place in range(30)]
    found = joined([*few, ("EMAIL_ADDRESS", "c@gmx.de", "bea gruber"), ("ID", "u1", "bea gruber")])

    assert (people_in(found), found.joins) == (32, 0)
