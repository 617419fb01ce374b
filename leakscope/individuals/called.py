"""What people are called, as evidence that two of them are one or are not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from leakscope.individuals.spelling import is_full, mailbox_key, name_keys

Draws = npt.NDArray[np.float64]
#: People of one name who were found to be, and not, by names that both spell alike; as if seen on twenty. Own judgement.
ALIKE, UNLIKE = 18, 2
#: Of the people known by a kind so many must have a name, or a mailbox made of one, for names to tell; own choice.
LEAST_NAMED = 0.5
#: Pairs of people that what is believed of namesakes beforehand counts for: half a pair in so many share a full name. Own judgement.
UNSEEN = 500.0
#: Namesakes whom somebody unknown would find there by chance, at most.
MOST_NAMESAKES = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """
    What the names of the people known by one kind tell of others.

    Args:
        share: how often somebody known there would be found there by name, one number a draw; nothing where names do not tell.
        by_chance: how often somebody not known there would.
        keyed: clusters with a name.
        matched: those of whose name somebody is known there.
    """

    share: Draws
    by_chance: float
    keyed: pl.Series
    matched: pl.Series

    @property
    def usable(self) -> bool:
        """Whether names tell anything."""
        return bool(self.share.any())

    def found(self, chance: Draws) -> Draws:
        """How often people of whom `chance` are known there are found there by name."""
        return np.asarray(chance * self.share + (1 - chance) * self.by_chance)

    def doubles(self, clusters: pl.Series, chance: Draws, generator: np.random.Generator) -> Draws:
        """How many of `clusters` are known there, where `chance` of all like them are: most namesakes are, others of known name seldom."""
        if not self.usable:
            return generator.binomial(clusters.len(), chance).astype(float)
        named = clusters.filter(clusters.is_in(self.keyed.implode()))
        same, found = int(named.is_in(self.matched.implode()).sum()), self.found(chance)
        namesakes = generator.binomial(same, chance * self.share / found)
        others = generator.binomial(named.len() - same, chance * (1 - self.share) / (1 - found))
        return np.asarray(namesakes + others + generator.binomial(clusters.len() - named.len(), chance), dtype=float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """
    What people are called.

    Args:
        keys: `cluster, key` of their full names, as `name_keys`.
        mails: `cluster, key` of their mailboxes.
    """

    keys: pl.DataFrame
    mails: pl.DataFrame

    @staticmethod
    def none() -> Names:
        """Nobody is called anything."""
        empty = pl.DataFrame(schema={"cluster": pl.UInt32, "key": pl.String})
        return Names(keys=empty, mails=empty)

    @staticmethod
    def of(members: pl.DataFrame) -> Names:
        """
        The names of people.

        Args:
            members: `cluster, entity, value` of every sighting.
        """
        full = members.filter((pl.col("entity") == "PERSON") & is_full(pl.col("value"))).select("cluster", name="value").unique(maintain_order=True)
        keys = name_keys(full).select("cluster", "key").unique(maintain_order=True)
        mails = members.filter(pl.col("entity") == "EMAIL_ADDRESS").select("cluster", key=mailbox_key(pl.col("value"))).drop_nulls().unique(maintain_order=True)
        return Names(keys=keys, mails=mails)

    def _of_mailboxes(self) -> float:
        """Share of the people with a name and a mailbox whose mailbox is made of the name."""
        both = self.mails.join(self.keys.select("cluster").unique(), on="cluster", how="semi")
        made = both.join(self.keys, on=["cluster", "key"], how="semi").get_column("cluster").n_unique()
        return made / max(both.get_column("cluster").n_unique(), 1)

    def telling(self, there: pl.Series, draws: int, generator: np.random.Generator) -> Telling:
        """
        What the names of `there` tell.

        Args:
            there: clusters of the people known by a kind.
            draws: how many numbers to draw.
            generator: of the draws.
        """
        names = self.keys.filter(pl.col("cluster").is_in(there.implode()))
        mails = self.mails.filter(pl.col("cluster").is_in(there.implode())).join(names, on="cluster", how="anti")
        named, boxes = names.get_column("cluster").n_unique(), mails.get_column("cluster").n_unique()
        keyed = self.keys.get_column("cluster").unique()
        reached = (named + boxes * self._of_mailboxes()) / max(there.len(), 1)
        same = pl.concat([names.select("key"), mails.select("key")]).unique()
        matched = self.keys.join(same, on="key", how="semi").get_column("cluster").unique()
        by_chance = _namesakes(names) * (named + boxes)
        if reached < LEAST_NAMED or by_chance > MOST_NAMESAKES:
            return Telling(share=np.zeros(draws), by_chance=0.0, keyed=keyed, matched=matched.clear())
        return Telling(share=np.asarray(reached * generator.beta(ALIKE, UNLIKE, draws)), by_chance=by_chance, keyed=keyed, matched=matched)


def namesake_rate(shared: pl.Series, possible: float) -> float:
    """
    How often two people bear one name.

    Args:
        shared: of each key, how many of the people bear it; every name has two keys.
        possible: pairs of these people.

    Returns:
        The share of pairs that do, with half a pair in `UNSEEN` added: few people show none, and some there are.
    """
    count = shared.cast(pl.Float64)
    return (float((count * (count - 1) / 2).sum()) / 2 + 0.5) / (possible + UNSEEN)


def _namesakes(names: pl.DataFrame) -> float:
    """`namesake_rate` of people told apart."""
    size = names.get_column("cluster").n_unique()
    return namesake_rate(names.group_by("key").agg(pl.col("cluster").n_unique().alias("size")).get_column("size"), size * (size - 1) / 2)
