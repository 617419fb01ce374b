"""
People at two addresses in tables that hold nothing but names and addresses.

Of one pair of equal names nothing tells whether it is one person who moved or two of one name. All of them together do: rare given names
and surnames seldom meet twice by chance, and whoever bears them at two addresses moved. How often they do, beside those who
stand twice at one address, holds for everybody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from leakscope.individuals.called import Draws
from leakscope.individuals.comparisons import Compared
from leakscope.individuals.mixture import Learnt

#: Namesakes expected of a given name and a surname, up to which they are rare together. Own choice.
RARE = 0.1
SHUFFLES = 8
#: People from which on their names tell how rare each is; own choice.
LEAST_PEOPLE = 30
#: How often such names meet, of how often they would if given names and surnames were drawn apart: twice, give or take as much, as each
#: language has its own of both. Own judgement; drawn apart, 5, 183, 109 and 413 pairs of all names were expected in the FEBRL sets, where
#: nobody moved, and 2, 175, 120 and 452 seen.
TOGETHER, TOGETHER_DOUBT = 1.5, 0.4
#: Pairs of rare names at one home from which on they tell how often people stand twice; with fewer the ratio is noise. Own choice.
LEAST_HERE = 10
_NAMES, _HOME = ("given", "surname"), "home"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """
    Pairs of descriptions of rare names, by home.

    Args:
        elsewhere: pairs of one rare full name at two homes; every one of them is found.
        by_chance: how many of these strangers would make, given names and surnames drawn apart.
        here: pairs of one rare full name at one home.
        everybody_here: pairs of one person at one home, of whatever name and with slips.
        linked: pairs at two homes that linkage joined already.
        most: people fewer at the most, as there are full names at least.
    """

    elsewhere: int
    by_chance: float
    here: float
    everybody_here: float
    linked: int
    most: int

    def draws(self, count: int, generator: np.random.Generator) -> Draws:
        """Links of people who moved beyond those that linkage made; below nothing where it made too many."""
        chance = self.by_chance * TOGETHER * np.exp(generator.normal(0, TOGETHER_DOUBT, count))
        moved = np.maximum(generator.gamma(self.elsewhere + 0.5, 1.0, count) - generator.poisson(chance), 0)
        here = generator.gamma(self.here + 0.5, 1.0, count)
        everybody = np.maximum(generator.normal(self.everybody_here, np.sqrt(self.everybody_here), count), here)
        return np.asarray(np.minimum(moved / here * everybody - self.linked, self.most))


def rare_names(rows: pl.DataFrame, *, seed: int) -> tuple[npt.NDArray[np.bool_], float]:
    """
    Which rows bear a rare full name, and how many pairs of them strangers make.

    Args:
        rows: `given, surname`; rows without both are never rare.
        seed: of the shuffles.

    Returns:
        A flag for each row, and the mean number of pairs of one rare name when surnames are dealt out anew.
    """
    known = rows.select(pl.all_horizontal(pl.col(_NAMES).is_not_null())).to_series().to_numpy()
    given, surname = (rows.get_column(name).rank("dense").fill_null(0).to_numpy().astype(np.int64) for name in _NAMES)
    # each full name counts once, so that whoever stands there twice has no less rare a name for it
    pairs = np.unique(np.stack([given[known], surname[known]]), axis=1)
    many = [np.bincount(part, minlength=whole.max(initial=0) + 1) for part, whole in zip(pairs, (given, surname), strict=True)]
    least = RARE * max(pairs.shape[1], 1)
    generator, by_chance = np.random.default_rng(seed), 0.0
    first, last = given[known], surname[known]
    for _ in range(SHUFFLES):
        dealt = generator.permutation(last)
        some = many[0][first] * many[1][dealt] < least
        size = np.unique(np.stack([first[some], dealt[some]]), axis=1, return_counts=True)[1]
        by_chance += float((size * (size - 1) / 2).sum()) / SHUFFLES
    return known & (many[0][given] * many[1][surname] < least), by_chance


def last_home(compared: Sequence[Compared]) -> int | None:
    """The level of two homes that have nothing in common; null where homes are not compared."""
    return next((len(kind.levels) - 1 for kind in compared if kind.name == _HOME), None)


def moved_of(pairs: pl.DataFrame, rows: pl.DataFrame, compared: Sequence[Compared], learnt: Learnt, *, link: float, seed: int) -> Moved | None:
    """
    What names and homes tell of people at two addresses.

    Args:
        pairs: `left, right` and the level of each comparison.
        rows: `row, given, surname` of the descriptions, rows dense from 0 in order.
        compared: the comparisons.
        learnt: of the pairs.
        link: probability from which on a pair is one person.
        seed: of the shuffles.

    Returns:
        Null where names or homes were not compared, or too few stand twice at one home.
    """
    last = last_home(compared)
    if last is None or not set(_NAMES) <= {kind.name for kind in compared}:
        return None
    flags, by_chance = rare_names(rows.sort("row"), seed=seed)
    rare = pairs.select(pl.all_horizontal(pl.col(name) == 0 for name in _NAMES)).to_series().to_numpy() & flags[pairs.get_column("left").to_numpy()]
    home = pairs.get_column(_HOME).to_numpy()
    here, elsewhere = (home >= 0) & (home < last), home == last
    twice = float(learnt.probability[rare & here].sum())
    if twice < LEAST_HERE:
        return None
    return Moved(
        elsewhere=int((rare & elsewhere).sum()),
        by_chance=by_chance,
        here=twice,
        everybody_here=float(learnt.probability[here].sum()),
        linked=int((learnt.probability[elsewhere] >= link).sum()),
        most=_beyond_names(rows),
    )


def _beyond_names(rows: pl.DataFrame) -> int:
    """Rows with a full name, less the full names among them."""
    named = rows.select(_NAMES).drop_nulls()
    return named.height - named.n_unique()


def moved_of_equals(people: pl.DataFrame, *, seed: int) -> Moved | None:
    """
    The same where only equal descriptions were joined.

    Args:
        people: `given, surname, units` of people known by name and address alone; units is how many descriptions are theirs.
        seed: of the shuffles.

    Returns:
        Null where they are too few to tell how rare a name is, or too few stand twice at one home.
    """
    if people.height < LEAST_PEOPLE:
        return None
    rare, by_chance = rare_names(people, seed=seed)
    size = people.filter(pl.Series(rare)).group_by(_NAMES).len().get_column("len").cast(pl.Int64)
    again = people.get_column("units") > 1
    twice = float((again & pl.Series(rare)).sum())
    if twice < LEAST_HERE:
        return None
    return Moved(elsewhere=int((size * (size - 1) // 2).sum()), by_chance=by_chance, here=twice, everybody_here=float(again.sum()), linked=0, most=_beyond_names(people))
