"""How many distinct people the evidence speaks of, and how sure: what linkage may have joined or kept apart wrongly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from leakscope.individuals.called import Draws, Names
from leakscope.individuals.identifiers import ADDRESS_RANK, SESSION_RANK
from leakscope.individuals.model_doubt import model_doubt, moved_people
from leakscope.individuals.overlap import kinds_by_record, overlap
from leakscope.individuals.spelling import is_full
from leakscope.individuals.unread import Unread
from leakscope.individuals.weak import WeakLinks
from leakscope.model import Basis, Estimate

#: Confidence that one cluster is one distinct person, by what it rests on. Own judgement.
_BY_RANK = {5.0: 0.99, 4.0: 0.98, 3.0: 0.95, 2.0: 0.85, 1.0: 0.7, 0.5: 0.5}
#: People of whom nothing is known but that they are an element of a list of people, beside somebody who is known.
LISTED = "listed"
_BY_RULE = {LISTED: 0.8, "name": 0.6, "phone": 0.7, "address": 0.5}
DRAWS = 2000
#: Names that were read and are one, and that are none, beyond what the reader's confidence says: own judgement, from an overlap of 0.89
#: (F1) for persons on presidio-research and 2.6% of harmless queries flagged (docs/names.md).
RIGHT, WRONG = 38, 2
#: Identified people with a full name from which on they tell how often two people bear one name; own choice.
LEAST_NAMED = 20
#: People named in chats of authors of known name from which on they tell how often such a name is the author's own; own choice.
LEAST_AUTHORS = 5


def certainty(summary: pl.DataFrame) -> pl.DataFrame:
    """
    `cluster, confidence` that a cluster is one distinct person.

    Args:
        summary: `cluster, rule, rank`: what linked it and its best identifier.
    """
    by_rank = pl.col("rank").replace_strict(_BY_RANK, default=0.9, return_dtype=pl.Float64)
    by_rule = pl.col("rule").replace_strict(_BY_RULE, default=None, return_dtype=pl.Float64)
    return summary.select("cluster", confidence=pl.coalesce(by_rule, by_rank))


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """
    What linkage leaves open, beside what it counted.

    Args:
        members: every sighting of the people counted: `cluster, source, record, group, slot, unit, entity, value, detector, confidence, rank, side, in_turn`.
        rules: `cluster, rule` of the people counted.
        weak: the weak tiers; null when there were none.
        joined: people joined to another by name alone, and how many of them namesakes would make.
        unsure: chance of each person left out as doubtful to be one.
        unread: people in texts that were not read; null when everything was.
        seed: of the draws.
    """

    members: pl.DataFrame
    rules: pl.DataFrame
    weak: WeakLinks | None = None
    joined: tuple[int, float] = (0, 0.0)
    unsure: Sequence[float] = ()
    unread: Unread | None = None
    seed: int = 0


@dataclass(slots=True)
class _Sum:
    """Numbers of people more or fewer than counted, gathered with what they come from."""

    moved: Draws = field(default_factory=lambda: np.zeros(DRAWS))
    fewer: Draws = field(default_factory=lambda: np.zeros(DRAWS))
    more: float = 0.0
    said: list[str] = field(default_factory=list)

    def add(self, moved: Draws, why: str) -> None:
        """Add draws, if they move anything."""
        if moved.any():
            self.moved = self.moved + moved
            self.said.append(why)


def _people(members: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """One row per person counted: what names them, in how many units, and whether chats alone name them as somebody else."""
    full = (pl.col("entity") == "PERSON") & is_full(pl.col("value"))
    read = pl.col("detector").str.starts_with("names.") & (pl.col("entity") == "PERSON")
    told = members.group_by("cluster").agg(
        rank=pl.col("rank").max(),
        units=pl.col("unit").n_unique(),
        third=((pl.col("side") == "third_party") & pl.col("in_turn")).all(),
        name=pl.col("value").filter(full).min(),
        read=pl.when((read | (pl.col("entity") != "PERSON")).all()).then(pl.col("confidence").filter(read).max()),
    )
    return told.join(rules.select("cluster", "rule").unique(subset="cluster"), on="cluster").sort("cluster")


def _bearers(people: pl.DataFrame) -> tuple[int, int]:
    """Identified people with a full name, and how many distinct names they bear."""
    known = people.filter((pl.col("rule") == "identifier") & (pl.col("rank") > SESSION_RANK) & ~pl.col("third")).get_column("name").drop_nulls()
    return known.len(), known.n_unique()


def _named_elsewhere(people: pl.DataFrame) -> pl.Series:
    """Clusters of people whom chats name and whose full name somebody else counted bears."""
    named = people.drop_nulls("name")
    third, others = named.filter("third"), named.filter(~pl.col("third"))
    return third.filter(pl.col("name").is_in(others.get_column("name").implode())).get_column("cluster")


def _namesakes(people: pl.DataFrame, generator: np.random.Generator) -> Draws:
    """
    People whom chats name and who are somebody else counted: as many as share a name with one, less those who would by chance.

    Chance is what identified people show: how many pairs of them share a name.
    """
    named = people.drop_nulls("name")
    third, others = named.filter("third"), named.filter(~pl.col("third"))
    same = _named_elsewhere(people).len()
    bearers, distinct = _bearers(people)
    if not same or bearers < LEAST_NAMED:
        return np.zeros(DRAWS)
    by_chance = min((bearers - distinct) / bearers / max(bearers - 1, 1) * 2 * others.height, 1.0) * third.height
    return np.maximum(same - generator.poisson(by_chance, DRAWS), 0).astype(float)


def _authors(members: pl.DataFrame, elsewhere: pl.Series, generator: np.random.Generator) -> Draws:
    """
    People whom chats seem to name as others and who are the author: "cancel my contract: Ann Lee, born ...".

    How often that happens, those authors tell whose full name is known: the third parties of their chats who bear it. Those `elsewhere`
    are taken for somebody else counted already, who is the author if anybody.
    """
    full = members.filter((pl.col("entity") == "PERSON") & is_full(pl.col("value")))
    place = ["source", "record"]
    third = full.filter(pl.col("in_turn") & pl.col("slot").str.starts_with("third:")).select(*place, "cluster").unique()
    subject = (pl.col("slot") == "") & (pl.col("group") == "")
    authors = members.filter(subject).select(*place, author="cluster").unique(subset=place, keep="first", maintain_order=True)
    known = full.filter(subject).select(author="cluster").unique().with_columns(known=pl.lit(True))
    pairs = third.join(authors, on=place).select("cluster", "author").unique().join(known, on="author", how="left")
    told, open_ = pairs.filter("known"), pairs.filter(pl.col("known").is_null())
    same = int((told.get_column("cluster") == told.get_column("author")).sum())
    if told.height < LEAST_AUTHORS or open_.is_empty():
        return np.zeros(DRAWS)
    chance = generator.beta(same + 0.5, told.height - same + 0.5, DRAWS)
    open_people = open_.get_column("cluster").unique()
    taken = int(open_people.is_in(elsewhere.implode()).sum())
    return np.maximum(generator.binomial(open_people.len(), chance) - taken, 0).astype(float)


def _interval_parts(people: pl.DataFrame, left: Open, generator: np.random.Generator) -> _Sum:
    total = _Sum()
    known = people.filter(pl.col("rule") != LISTED)
    own = known.filter(~pl.col("third")).select("cluster")
    called = Names.of(left.members)
    twice = overlap(kinds_by_record(left.members.join(own, on="cluster", how="semi")), draws=DRAWS, generator=generator, names=called)
    total.add(-twice.doubles, "less people known by one kind of identifier here and another there, as often as records with both kinds show")
    total.fewer = total.fewer + twice.unknown
    others = known.filter("third").select("cluster")
    named = overlap(kinds_by_record(left.members.join(others, on="cluster", how="semi")), draws=DRAWS, generator=generator, names=called)
    total.add(-named.doubles, "less people whom chats name in one place and give by mailbox or number in another")
    total.add(-_namesakes(people, generator), "less people whom chats name and who are others counted")
    total.add(-_authors(left.members, _named_elsewhere(people), generator), "less those who are the chat's author, as often as authors of known name are")
    sure = people.filter(pl.col("rule") == "name").get_column("read").drop_nulls().to_numpy()
    real = generator.beta(RIGHT, WRONG, (DRAWS, 1)) * sure
    total.add(-(generator.random((DRAWS, len(sure))) > real).sum(axis=1).astype(float), "names read count by their confidence")
    unsure = np.asarray(left.unsure, dtype=float)
    total.add((generator.random((DRAWS, len(unsure))) < unsure).sum(axis=1).astype(float), "and people who rest on a doubtful finding, by its confidence")
    wrong = np.minimum(generator.poisson(left.joined[1], DRAWS), left.joined[0]).astype(float)
    total.add(wrong, "and namesakes who were joined for their name")
    if left.unread is not None:
        total.add(left.unread.draws(DRAWS, generator), f"and people named in unread texts, from the {left.unread.share:.0%} of units read")
    if left.weak is not None:
        moved = moved_people(left.weak, DRAWS, generator)
        total.add(-moved, "less people at two addresses, as many as bear a rare full name twice beyond chance")
    _bare(people, total, generator)
    return total


def _bare(people: pl.DataFrame, total: _Sum, generator: np.random.Generator) -> None:
    """Mentions of one bare name, phone or address outside chats that may be of several people."""
    several = people.filter((pl.col("units") > 1) & ~pl.col("third"))
    names = several.filter(pl.col("rule") == "name").get_column("units").to_numpy()
    bearers, distinct = _bearers(people)
    if len(names) and bearers >= LEAST_NAMED:
        more = generator.poisson(bearers / distinct - 1, (DRAWS, len(names)))
        total.add(np.minimum(more, names - 1).sum(axis=1).astype(float), "and others of one bare name, as often as identified people share names")
    elif len(names):
        total.more += float((names - 1).sum())
        total.said.append("high: each mention of a bare name is another person")
    devices = (pl.col("rule") == "identifier") & (pl.col("rank") <= ADDRESS_RANK)
    shared = several.filter(pl.col("rule").is_in(["phone", "address"]) | devices).get_column("units")
    if shared.len():
        total.more += float((shared - 1).sum())
        total.said.append("high: each record of a network address, phone or postal address alone is another person")


def interval_of(left: Open) -> Estimate:
    """
    Distinct people with what linkage leaves open.

    Args:
        left: the people counted and what is open about them.

    Returns:
        Exact when every person has an identifier of one person and one kind of identifier knows them all. Otherwise value and ends
        are the mean and the 2.5% and 97.5% points of draws: of people counted twice, names that are none, people not read; where a model
        linked, its probabilities and the links its blocking missed widen both ends; where nothing tells how likely two are one,
        the low end takes them for one.
    """
    people = _people(left.members, left.rules)
    counted = people.height
    total = _interval_parts(people, left, np.random.default_rng(left.seed))
    fewer, more = model_doubt(left.weak, left.seed) if left.weak is not None else (0.0, 0.0)
    described = people.filter(pl.col("rule") == "description").height
    said = ["distinct people by identifiers of one person"]
    if left.weak is not None and left.weak.people:
        said.append("by a Fellegi-Sunter model, its links drawn by their probabilities, missed links after Chao, 1% for calibration")
    elif described:
        said.append("by exact agreement of a name and a second fact")
    if total.fewer.any():
        said.append("low: people of whom nothing tells whether they are others known by another kind of identifier are")
    said += total.said
    if not (total.moved.any() or total.fewer.any() or total.more or fewer or more or described):
        return Estimate(value=counted, low=counted, high=counted, method=said[0], basis=Basis.EXACT)
    value = round(counted + float(total.moved.mean()))
    low = float(np.quantile(counted + total.moved - total.fewer, 0.025))
    high = float(np.quantile(counted + total.moved, 0.975))
    least = max(math.floor(low - fewer), 1 if counted else 0)
    return Estimate(value=value, low=min(least, value), high=max(math.ceil(high + total.more + more), value), method="; ".join(said), basis=Basis.MODEL)
