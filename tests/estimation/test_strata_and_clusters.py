"""Shares from stratified and clustered samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakscope.errors import DomainError
from leakscope.estimation.cluster import (
    bootstrap_share,
    cluster_share,
    design_effect,
    effective_clusters,
    jackknife_variance,
    kish_design_effect,
    linearised_variance,
)
from leakscope.estimation.stratified import Stratum, neyman_allocation, normal_total, stratified_share

STRATA = [Stratum(population=n, sample=s, successes=k) for n, s, k in ((5000, 200, 30), (3000, 150, 3), (2000, 100, 40))]
SIZES, HITS = [12, 30, 8, 25, 18, 40, 10, 22], [3, 12, 0, 9, 5, 20, 1, 8]


def test_a_stratified_share_agrees_with_the_worked_example():
    """Cochran's formula for the share, its error and the total."""
    found = stratified_share(STRATA)

    assert found.value == pytest.approx(0.161)
    assert found.standard_error == pytest.approx(0.016035493014188537)
    assert normal_total(found, 10_000) == pytest.approx((1295.7101121047137, 1924.2898878952863), rel=1e-6)


def test_strata_read_whole_leave_no_doubt():
    """Nothing is estimated when everything was read."""
    found = stratified_share([Stratum(population=10, sample=10, successes=3), Stratum(population=5, sample=5, successes=5)])

    assert found.interval == (8 / 15, 8 / 15)


def test_a_property_of_every_record_is_a_share_of_one():
    """Also where the weights of the strata add up to a hair more."""
    found = stratified_share([Stratum(population=size, sample=2, successes=2) for size in (48, 47, 49, 46, 50, 7)])

    assert found.value == pytest.approx(1)
    assert found.interval.upper <= 1


def test_one_stratum_is_a_simple_sample():
    """The same share, and an error with the finite correction."""
    found = stratified_share([Stratum(population=1000, sample=100, successes=20)])

    assert found.value == 0.2
    assert found.standard_error == pytest.approx(np.sqrt(0.9 * 0.2 * 0.8 / 99))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 5000), min_size=1, max_size=8), st.integers(0, 4000), st.data())
def test_an_allocation_spends_its_records_and_fits(populations, extra, data):
    """At least one record each, never more than there are, all of them spent."""
    size = len(populations) + extra
    deviations = data.draw(st.lists(st.floats(0, 0.5), min_size=len(populations), max_size=len(populations)))
    given_records = neyman_allocation(populations, deviations, size)

    assert sum(given_records) == min(size, sum(populations))
    assert all(1 <= n <= most for n, most in zip(given_records, populations, strict=True))


def test_records_of_one_file_are_not_independent():
    """The linearised error and the design effect of the worked example."""
    assert np.sqrt(linearised_variance(HITS, SIZES, 8 / 400)) == pytest.approx(0.047561813476237315)
    assert design_effect(HITS, SIZES, 8 / 400) == pytest.approx(1.6274841812789955)
    assert kish_design_effect(20, 0.05) == pytest.approx(1.95)


def test_clusters_of_one_record_are_a_simple_sample():
    """The variance is that of a mean."""
    hits = [1] * 20 + [0] * 80

    assert linearised_variance(hits, [1] * 100) == pytest.approx(0.2 * 0.8 / 99)


def test_the_bootstrap_tells_the_same_story():
    """Its interval has about the width of the linearised one."""
    hits, sizes = HITS * 6, SIZES * 6
    low, high = bootstrap_share(hits, sizes, seed=1)
    linear = cluster_share(hits, sizes).interval

    assert (high - low) == pytest.approx(linear.upper - linear.lower, rel=0.25)


def test_all_clusters_leave_no_doubt():
    """The share of everything."""
    assert cluster_share(HITS, SIZES, clusters=8).interval == (58 / 165, 58 / 165)


@pytest.mark.parametrize("call", [lambda: stratified_share([]), lambda: stratified_share([Stratum(population=5, sample=0, successes=0)]), lambda: cluster_share([], []), lambda: cluster_share([1], [1, 2]), lambda: neyman_allocation([5], [0.5, 0.5], 3)])
def test_an_impossible_sample_is_refused(call):
    """A domain error, not a number."""
    with pytest.raises(DomainError):
        call()


def test_the_jackknife_leaves_out_each_cluster_in_turn():
    """Against the definition, each cluster left out by hand; near the linearised one for clusters of like size."""
    ratios = np.array([(sum(HITS) - y) / (sum(SIZES) - m) for y, m in zip(HITS, SIZES, strict=True)])
    expected = (len(HITS) - 1) * ratios.var()

    assert jackknife_variance(HITS, SIZES) == pytest.approx(expected)
    assert jackknife_variance(HITS, SIZES) == pytest.approx(linearised_variance(HITS, SIZES), rel=0.25)


def test_a_huge_cluster_weighs_like_few_and_widens_the_interval():
    """Ninety clusters of one record and one of ninety are as good as four."""
    sizes, hits = [1.0] * 90 + [90.0], [1.0] * 30 + [0.0] * 60 + [60.0]
    even = cluster_share([1.0] * 30 + [0.0] * 60, [1.0] * 90).interval
    uneven = cluster_share(hits, sizes).interval

    assert effective_clusters(sizes) == pytest.approx(180**2 / (90 + 90**2))
    assert uneven.upper - uneven.lower > 2 * (even.upper - even.lower)
