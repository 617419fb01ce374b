"""What the model tier leaves open: links drawn by their probabilities, and those no blocking rule found."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from leakscope.individuals.called import Draws
from leakscope.individuals.probabilistic import LINK
from leakscope.individuals.weak import WeakLinks

#: Share of the people a model compared by which its count may be off on either side beyond what its own probabilities say:
#: how well those are calibrated is not known on the evidence. Own choice; the FEBRL sets came out within a sixth of it, tables of
#: twins and movers (benchmarks/linkage_stress.py, four shapes, seeds 1 to 4) within it in 15 of 16.
MODEL_DOUBT = 0.02
DRAWS = 200
SURE = 0.995


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


def moved_people(weak: WeakLinks, count: int, generator: np.random.Generator) -> Draws:
    """People counted at two addresses and hence twice, one number a draw; none where the model tells them."""
    if weak.moved is None:
        return np.zeros(count)
    return weak.moved.draws(count, generator) * _bridging(weak.pairs)


def model_doubt(weak: WeakLinks, seed: int) -> tuple[float, float]:
    """People fewer and more than counted that the model tier leaves open, beside those who moved."""
    if not weak.people:
        return 0.0, 0.0
    low, high = drawn_people(weak.pairs.filter(~pl.col("apart")), seed=seed)
    people = weak.clusters.get_column("cluster").n_unique()
    spare = MODEL_DOUBT * min(people, weak.people)
    return max(-low, 0.0) + missed_links(weak.pairs) * _bridging(weak.pairs) + spare, max(high, 0.0) + spare
