"""Simulated exposures whose truth is known: how often the intervals hold it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from leakscope.estimation.beyond import distinct_beyond, distinct_by_clusters
from leakscope.estimation.detector_error import Accuracy, corrected_share
from leakscope.estimation.exposure import total_of_records
from leakscope.estimation.reach import Reach
from leakscope.model import SampleDesign

#: Records per person: one each, a few, skewed, and a mixture of one-timers and heavy users.
SKEWS = {
    "one": lambda draw, people: np.ones(people, dtype=int),
    "few": lambda draw, people: 1 + draw.poisson(2, people),
    "skewed": lambda draw, people: draw.geometric(0.3, people),
    "mixed": lambda draw, people: np.where(draw.random(people) < 0.7, 1, draw.geometric(0.05, people)),
}
RUNS = {"quick": 150, "thorough": 1000}


def exposure(draw, people, skew):
    """Person of each record, in random order, and whether the record holds the entity: persons differ in how often theirs do."""
    owner = np.repeat(np.arange(people), SKEWS[skew](draw, people))
    owner = owner[draw.permutation(len(owner))]
    habit = draw.beta(0.6, 2.4, people)
    return owner, draw.random(len(owner)) < habit[owner]


def drawn(draw, design, owner, fraction):
    """Record numbers that a design draws."""
    size = len(owner)
    if design is SampleDesign.BERNOULLI:
        return np.flatnonzero(draw.random(size) < fraction)
    if design is SampleDesign.RESERVOIR:
        return draw.choice(size, int(size * fraction), replace=False)
    if design is SampleDesign.SYSTEMATIC:
        return np.floor((np.arange(int(size * fraction)) + draw.random()) / fraction).astype(int)
    chosen = draw.random(owner.max() + 1) < fraction
    return np.flatnonzero(chosen[owner])


def holds(low, truth, high):
    """Whether an interval holds the truth."""
    return low - 1e-9 <= truth <= high + 1e-9


def totals_coverage(design, skew, runs, seed):
    """How often the interval for the records with an entity holds their true number."""
    draw = np.random.default_rng(seed)
    kept = 0
    for _ in range(runs):
        owner, has = exposure(draw, 400, skew)
        rows = drawn(draw, design, owner, 0.2)
        reach = Reach(read={"": len(rows)}, whole=len(owner), design=design, by="table")
        per = pl.DataFrame({"person": owner[rows], "hit": has[rows].astype(float)}).group_by("person").agg(pl.col("hit").sum(), size=pl.len())
        clusters = (per["hit"].to_list(), per["size"].cast(float).to_list()) if design is SampleDesign.CLUSTER else None
        found = total_of_records(int(has[rows].sum()), reach, {}, clusters)
        kept += holds(found.low, has.sum(), found.high)
    return kept / runs


def people_coverage(design, skew, runs, seed, *, fraction=0.2):
    """How often the interval for distinct people holds their true number."""
    draw = np.random.default_rng(seed)
    kept = 0
    for _ in range(runs):
        owner, _ = exposure(draw, 500, skew)
        rows = drawn(draw, design, owner, fraction)
        counts = np.unique(owner[rows], return_counts=True)[1].tolist()
        if design is SampleDesign.CLUSTER:
            found = distinct_by_clusters(counts, len(rows), len(owner), 1e9)
        else:
            found = distinct_beyond(counts, len(rows) / len(owner))
        kept += holds(found.low, 500, found.high)
    return kept / runs


def corrected_coverage(runs, seed, *, share, sensitivity, specificity):
    """How often the corrected share holds the true one, when sample and labelled records are drawn anew."""
    draw = np.random.default_rng(seed)
    kept = 0
    for _ in range(runs):
        apparent = share * sensitivity + (1 - share) * (1 - specificity)
        measured = Accuracy(hits=draw.binomial(150, sensitivity), positives=150, clear=draw.binomial(400, specificity), negatives=400)
        found = corrected_share(draw.binomial(800, apparent), 800, measured)
        kept += holds(found.interval.lower, share, found.interval.upper)
    return kept / runs


def check_totals(runs):
    """Random designs hold 93 to 98%: the exact finite interval is never below its level and a little above at small counts."""
    for design in (SampleDesign.BERNOULLI, SampleDesign.RESERVOIR, SampleDesign.SYSTEMATIC, SampleDesign.CLUSTER):
        for skew in ("few", "mixed"):
            assert 0.92 <= totals_coverage(design, skew, runs, 7) <= 0.99, (design, skew)


def check_people(runs):
    """Random records hold at least 93%, and more where skew leaves the number open, as the method says; whole people 92 to 98%."""
    for skew in SKEWS:
        assert people_coverage(SampleDesign.BERNOULLI, skew, runs, 11) >= 0.93, skew
        assert 0.91 <= people_coverage(SampleDesign.CLUSTER, skew, runs, 11) <= 1.0, skew


def check_correction(runs):
    """Shares corrected for detector error hold 93 to 98%, from rare to common."""
    for share, sensitivity, specificity in ((0.02, 0.9, 0.97), (0.2, 0.9, 0.95), (0.5, 0.8, 0.98)):
        assert 0.93 <= corrected_coverage(runs, 3, share=share, sensitivity=sensitivity, specificity=specificity) <= 0.99


@pytest.mark.parametrize("check", [check_totals, check_people, check_correction])
def test_intervals_hold_the_truth_of_simulated_exposures(check):
    """A quick look; the thorough one is marked slow."""
    check(RUNS["quick"])


@pytest.mark.slow
@pytest.mark.parametrize("check", [check_totals, check_people, check_correction])
def test_intervals_hold_the_truth_of_a_thousand_exposures(check):
    """A thousand exposures for each design and skew."""
    check(RUNS["thorough"])


def test_scaling_by_the_sampled_fraction_would_be_wrong():
    """Observed people over the fraction is far from the truth when people have several records."""
    draw = np.random.default_rng(1)
    owner, _ = exposure(draw, 500, "skewed")
    rows = drawn(draw, SampleDesign.BERNOULLI, owner, 0.2)
    seen = len(set(owner[rows].tolist()))

    assert seen / 0.2 > 1.5 * 500
    assert distinct_beyond(np.unique(owner[rows], return_counts=True)[1].tolist(), 0.2).value < 1.2 * 500
