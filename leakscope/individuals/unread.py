"""People whom only reading finds: how many more stand in texts that were not read, or that the names model cannot read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from leakscope.detection.turn_places import TRANSCRIPT
from leakscope.individuals.called import Draws

#: Every text that could be read; `modelled`: the names model reads its language, others are read by a few rules only.
READING = {"turn": pl.String, "unit": pl.String, "stratum": pl.String, "chosen": pl.Boolean, "modelled": pl.Boolean}
#: Named people found and missed by the names model: recall 0.95 on LifeBench's chats (docs/names.md), as if seen on 60 people.
FOUND, MISSED = 57, 3
#: How far the share of texts that name somebody may differ from language to language, as a share of itself. Own judgement.
LANGUAGE_DOUBT = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """
    People in what was not read.

    Args:
        found: people whom only reading found, in texts the model reads.
        value: expected number of people in such texts that were not read.
        error: standard error of `value`.
        foreign: expected number of people in texts of other languages, beyond those found there.
        share: of the units that were read.
    """

    found: int
    value: float
    error: float
    foreign: float
    share: float

    def draws(self, count: int, generator: np.random.Generator) -> Draws:
        """
        Numbers of people that may stand there: not read, of languages not read, and missed where the model read.

        How many are missed is as much by chance as how often the model misses is uncertain: both are drawn.
        """
        unread = _skewed(self.value, self.error, count, generator)
        missed = generator.poisson((self.found + unread) * (1 / generator.beta(FOUND, MISSED, count) - 1))
        foreign = generator.poisson(_skewed(self.foreign, LANGUAGE_DOUBT * self.foreign, count, generator))
        return unread + missed + foreign


def _skewed(mean: float, error: float, count: int, generator: np.random.Generator) -> Draws:
    """Log-normal draws of a count: where few were found, the spread among units is underestimated, and more stretches further than fewer."""
    if mean <= 0:
        return np.zeros(count)
    spread = np.log1p((error / mean) ** 2)
    return np.exp(generator.normal(np.log(mean) - spread / 2, np.sqrt(spread), count))


def units_of_people(members: pl.DataFrame, turns: pl.DataFrame, reading: pl.DataFrame) -> pl.DataFrame:
    """
    `cluster, unit, modelled`: the units of reading in which people stand whom nothing but reading found.

    Args:
        members: `cluster, source, record, field, entity, rank, detector` of every sighting of the people counted.
        turns: schema `TURNS`.
        reading: as `READING`; a sentence outside conversations goes by the place of its first sight.
    """
    naming = (pl.col("rank") > 0) | pl.col("entity").is_in(["PERSON", "PHONE_NUMBER", "POSTAL_ADDRESS"])
    names = members.filter(naming)
    only = names.group_by("cluster").agg(read=pl.col("detector").str.starts_with("names.").all()).filter("read")
    where = names.join(only, on="cluster", how="semi").select("cluster", "source", "record", "field").unique()
    place = pl.concat_str(pl.lit("p"), "source", pl.lit(":"), pl.col("record").cast(pl.String), pl.lit(":"), "field")
    said = turns.select("source", "record", pl.col("field").str.replace(TRANSCRIPT, ""), "turn").unique()
    told = where.join(said, on=["source", "record", "field"], how="left").with_columns(turn=pl.coalesce("turn", place))
    return told.join(reading.filter("chosen"), on="turn").group_by("cluster", "unit").agg(pl.col("modelled").any())


def _hits(people: pl.DataFrame, fractions: pl.DataFrame) -> pl.DataFrame:
    """
    `unit, hits`: people by unit, each once over all units.

    A person seen in `k` of the units read, a share `f` of all, stands in about `k/f` units; the chance to be seen in one at least is
    1 - (1 - f)^(k/f) and not f, so that such people count for less than those of a single unit.
    """
    told = people.join(fractions, on="unit").with_columns(seen=pl.len().over("cluster"), mean=pl.col("fraction").mean().over("cluster"))
    chance = pl.when(pl.col("seen") > 1).then(1 - (1 - pl.col("mean")) ** (pl.col("seen") / pl.col("mean"))).otherwise("fraction")
    return told.group_by("unit").agg(hits=(pl.col("fraction") / chance / pl.col("seen")).sum())


def unread_people(members: pl.DataFrame, turns: pl.DataFrame, reading: pl.DataFrame) -> Unread:
    """
    How many people stand in texts that were not read, or not by the model, from those in texts that were.

    Args:
        members, turns, reading: as `units_of_people`.

    Returns:
        The total over the strata of reading less the people seen; a stratum of which nothing was read takes the mean of all others, and is as
        uncertain as that. Texts in other languages name as many people each. Nothing read tells nothing.

    Source:
        Horvitz and Thompson (1952); Cochran (1977), eq. 5.6 for the variance over strata; Neyman (1938) for sampling in two phases.
    """
    units = reading.group_by("unit", "stratum").agg(pl.col("chosen").any())
    read = units.filter("chosen")
    share = read.height / units.height if units.height else 1.0
    people = units_of_people(members, turns, reading)
    found = people.filter("modelled").get_column("cluster").n_unique()
    if read.is_empty():
        return Unread(found=0, value=0.0, error=0.0, foreign=0.0, share=share)
    more, error = _expanded(people.filter("modelled"), units, read)
    foreign = reading.filter(~pl.col("modelled")).height
    each = (found + more) / max(reading.height - foreign, 1)
    elsewhere = people.filter(~pl.col("modelled").any().over("cluster")).get_column("cluster").n_unique()
    return Unread(found=found, value=more, error=error, foreign=max(each * foreign - elsewhere, 0.0), share=share)


def _expanded(people: pl.DataFrame, units: pl.DataFrame, read: pl.DataFrame) -> tuple[float, float]:
    """People in units not read, none below zero, and the standard error of that."""
    sizes = units.group_by("stratum").agg(whole=pl.len(), part=pl.col("chosen").sum())
    fractions = read.join(sizes, on="stratum").select("unit", fraction=pl.col("part") / pl.col("whole"))
    counted = read.join(_hits(people, fractions), on="unit", how="left").with_columns(pl.col("hits").fill_null(0.0))
    # few units without a person do not show that a stratum has none: half a person more, as rare as by chance, is the least spread
    least = (pl.col("hits").sum() + 0.5) / pl.len()
    told = counted.group_by("stratum").agg(mean=pl.col("hits").mean(), spread=pl.max_horizontal(pl.col("hits").var().fill_null(0.0), least))
    mean = float(counted["hits"].sum()) / counted.height
    whole_people = variance = 0.0
    every = sizes.join(told, on="stratum", how="left").sort("stratum")
    for whole, part, own, own_spread in every.select("whole", "part", "mean", "spread").iter_rows():
        left = whole - part
        whole_people += whole * (mean if own is None else own)
        variance += (left * mean) ** 2 if own is None else whole * left * own_spread / part
    return max(whole_people - people.get_column("cluster").n_unique(), 0.0), float(np.sqrt(variance))
