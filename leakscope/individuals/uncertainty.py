"""How many distinct people the evidence speaks of, and how sure: what linkage may have joined or kept apart wrongly."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from leakscope.individuals.identifiers import ADDRESS_RANK, SESSION_RANK
from leakscope.individuals.probabilistic import LINK
from leakscope.individuals.weak import WeakLinks
from leakscope.model import Basis, Estimate

#: Confidence that one cluster is one distinct person, by what it rests on. Own judgement.
_BY_RANK = {5.0: 0.99, 4.0: 0.98, 3.0: 0.95, 2.0: 0.85, 1.0: 0.7, 0.5: 0.5}
_BY_RULE = {"name": 0.6, "phone": 0.7, "address": 0.5}
#: Share of the people a model compared by which its count may be off on either side beyond what its own probabilities say:
#: how well those are calibrated is not known on the evidence. Own choice; the FEBRL sets came out within a third of it.
MODEL_DOUBT = 0.01
DRAWS = 200
SURE = 0.995


def certainty(summary: pl.DataFrame) -> pl.DataFrame:
    """
    `cluster, confidence` that a cluster is one distinct person.

    Args:
        summary: `cluster, rule, rank`: what linked it and its best identifier.
    """
    by_rank = pl.col("rank").replace_strict(_BY_RANK, default=0.9, return_dtype=pl.Float64)
    by_rule = pl.col("rule").replace_strict(_BY_RULE, default=None, return_dtype=pl.Float64)
    return summary.select("cluster", confidence=pl.coalesce(by_rule, by_rank))


_KINDS = ("mail", "id", "number")


def namespaces(members: pl.DataFrame) -> pl.DataFrame:
    """
    `cluster, mail, id, number`: which kinds of identifier each person is known by.

    Args:
        members: `cluster, entity, rank` of every sighting.
    """
    mail = pl.col("entity") == "EMAIL_ADDRESS"
    kinds = {"mail": mail, "id": ~mail & (pl.col("rank") > SESSION_RANK) & (pl.col("rank") < 5), "number": pl.col("rank") == 5}
    return members.group_by("cluster").agg(condition.any().alias(kind) for kind, condition in kinds.items())


def _unmet(summary: pl.DataFrame) -> int:
    """
    People who may be others known by another kind of identifier.

    Two people with different mailboxes are two, but a mailbox here and a user id there may be one: at the least there are as many
    people as have the commonest kind of identifier.
    """
    sure = summary.filter((pl.col("rule") == "identifier") & (pl.col("rank") > SESSION_RANK))
    return sure.height - max(int(sure.get_column(kind).sum()) for kind in _KINDS)


def _labels(left: np.ndarray, right: np.ndarray, size: int) -> tuple[int, np.ndarray]:
    ones = np.ones(len(left), dtype=np.int8)
    return connected_components(coo_array((ones, (left, right)), shape=(size, size)), directed=False)


def drawn_people(pairs: pl.DataFrame, *, seed: int = 0) -> tuple[float, float]:
    """
    How the number of people moves when every doubtful link is drawn with its probability.

    Args:
        pairs: `left, right, probability`.
        seed: of the draws.

    Returns:
        The 2.5% and 97.5% points of (people drawn - people at the threshold). Links above `SURE` always hold.
    """
    if pairs.is_empty():
        return 0.0, 0.0
    nodes, codes = np.unique(pairs.select("left", "right").to_numpy().ravel(), return_inverse=True)
    left, right = codes.reshape(-1, 2).T
    chance = pairs.get_column("probability").to_numpy()
    sure = chance >= SURE
    count, label = _labels(left[sure], right[sure], len(nodes))
    left, right, chance = label[left[~sure]], label[right[~sure]], chance[~sure]
    kept = chance >= LINK
    point = _labels(left[kept], right[kept], count)[0]
    generator = np.random.default_rng(seed)
    moved = []
    for _ in range(DRAWS):
        held = generator.random(len(chance)) < chance
        moved.append(_labels(left[held], right[held], count)[0] - point)
    low, high = np.quantile(moved, [0.025, 0.975])
    return float(low), float(high)


def missed_links(pairs: pl.DataFrame) -> float:
    """
    Links that no blocking rule found, from how many rules found those that were.

    Args:
        pairs: `probability, rules`.

    Returns:
        Chao's f1^2 / (2 f2) over linked pairs, with one standard error of its own.

    Source:
        Chao (1987), Biometrics 43:783; each rule is one look at the pairs.
    """
    seen = pairs.filter(pl.col("probability") >= LINK).get_column("rules")
    once, twice = int((seen == 1).sum()), int((seen == 2).sum())
    missed = once * once / (2 * twice) if twice else once * (once - 1) / 2
    return missed + math.sqrt(missed)


def _bridging(pairs: pl.DataFrame) -> float:
    """Share of links that join two groups no other link joins: by so much one missed link changes the count of people."""
    linked = pairs.filter(pl.col("probability") >= LINK)
    if linked.is_empty():
        return 1.0
    nodes, codes = np.unique(linked.select("left", "right").to_numpy().ravel(), return_inverse=True)
    left, right = codes.reshape(-1, 2).T
    return (len(nodes) - _labels(left, right, len(nodes))[0]) / linked.height


def _model_doubt(weak: WeakLinks, seed: int) -> tuple[float, float]:
    """People fewer and more than counted that the model tier leaves open."""
    if not weak.people:
        return 0.0, 0.0
    low, high = drawn_people(weak.pairs, seed=seed)
    people = weak.clusters.get_column("cluster").n_unique()
    spare = MODEL_DOUBT * min(people, weak.people)
    return max(-low, 0.0) + missed_links(weak.pairs) * _bridging(weak.pairs) + spare, max(high, 0.0) + spare


def interval_of(summary: pl.DataFrame, weak: WeakLinks | None = None, *, unsure: int = 0, seed: int = 0) -> Estimate:
    """
    Distinct people with what linkage leaves open.

    Args:
        summary: one row per counted cluster: `cluster, rule, rank, units`, and the kinds of `namespaces`.
        weak: the weak tiers; null when there were none.
        unsure: people not counted because they rest on doubtful findings; the high end counts them.
        seed: of the draws.

    Returns:
        Exact when every person has an identifier of one person. Otherwise low assumes that everybody known only by a session, a
        device or a name is one of the others or of each other, and that people known by different kinds of identifier that never
        stand together are the same people; high that every mention of a bare name is another person; where a model linked, its
        probabilities and the links its blocking missed widen both ends.
    """
    value = summary.height
    faint = summary.filter((pl.col("rule") != "identifier") | (pl.col("rank") <= SESSION_RANK))
    described = summary.filter(pl.col("rule") == "description").height
    doubtful = faint.filter(pl.col("rule") != "description")
    fewer, more = _model_doubt(weak, seed) if weak is not None else (0.0, 0.0)
    unmet = _unmet(summary)
    if doubtful.is_empty() and not described and not (fewer or more or unmet or unsure):
        return Estimate(value=value, low=value, high=value, method="distinct people by identifiers of one person", basis=Basis.EXACT)
    bare = doubtful.filter(pl.col("rule") != "identifier")
    shared = doubtful.filter((pl.col("rule") == "identifier") & (pl.col("rank") <= ADDRESS_RANK))
    spread = sum(int((part.get_column("units") - 1).sum()) for part in (bare, shared))
    low = max(value - doubtful.height - unmet - fewer, 1.0 if value else 0.0)
    said = ["distinct people by identifiers of one person"]
    if weak is not None and weak.people:
        said.append("by a Fellegi-Sunter model, its links drawn by their probabilities, missed links after Chao, 1% for calibration")
    elif described:
        said.append("by exact agreement of a name and a second fact")
    if doubtful.height:
        said.append("low: people known by session, device or name alone are among the others; high: each mention of a bare name is another person")
    if unmet:
        said.append("low: people known by one kind of identifier may be those known by another")
    if unsure:
        said.append("high: people who rest on a doubtful finding")
    return Estimate(value=value, low=math.floor(low), high=math.ceil(value + spread + unsure + more), method="; ".join(said), basis=Basis.MODEL)
