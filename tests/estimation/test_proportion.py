"""Intervals for a share."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom
from statsmodels.stats.proportion import proportion_confint

from leakscope.errors import DomainError
from leakscope.estimation.proportion import (
    clopper_pearson_interval,
    finite_correction,
    hypergeometric_interval,
    jeffreys_interval,
    sample_size,
    wilson_interval,
    zero_upper_bound,
)

CASES = [(0, 1), (0, 30), (1, 1000), (4, 20), (4, 200), (18, 20), (38, 38), (190, 200), (0, 3000)]
#: R's binom package, as in the constants of statsmodels' tests: exact and Wilson.
R_BINOM = {
    (18, 20): ((0.6830172859809176, 0.9876514728297052), (0.698966354771513, 0.972133518786232)),
    (4, 20): ((0.05733399705003284, 0.436614002996668), (0.0806576625797981, 0.4160174322518935)),
    (4, 200): ((0.005475565879556443, 0.05041360908989634), (0.00780442641634947, 0.05028708690582643)),
}


@pytest.mark.parametrize(("successes", "trials"), CASES)
@pytest.mark.parametrize(
    ("ours", "method"), [(wilson_interval, "wilson"), (clopper_pearson_interval, "beta"), (jeffreys_interval, "jeffreys")]
)
def test_a_binomial_interval_agrees_with_statsmodels(successes, trials, ours, method):
    """Both ends to 1e-9; at no or only successes the end is 0 or 1 by definition."""
    low, high = proportion_confint(successes, trials, method=method)

    assert ours(successes, trials).lower == pytest.approx(0.0 if successes == 0 else low, abs=1e-9)
    assert ours(successes, trials).upper == pytest.approx(1.0 if successes == trials else high, abs=1e-9)


@pytest.mark.parametrize(("counts", "published"), R_BINOM.items())
def test_a_binomial_interval_agrees_with_r(counts, published):
    """Published constants of R's binom package."""
    exact, wilson = published

    assert clopper_pearson_interval(*counts) == pytest.approx(exact, abs=1e-7)
    assert wilson_interval(*counts) == pytest.approx(wilson, abs=1e-7)


@pytest.mark.parametrize(
    ("hits", "sample", "population", "low", "high"), [(3, 100, 1000, 7, 82), (0, 100, 1000, 0, 34), (10, 200, 500, 15, 40), (5, 300, 10000, 56, 381)]
)
def test_the_finite_interval_inverts_the_hypergeometric_tails(hits, sample, population, low, high):
    """Whole counts, narrower than the binomial ones scaled."""
    assert hypergeometric_interval(hits, sample, population) == (low, high)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(0, 60), st.integers(1, 60), st.data())
def test_the_finite_interval_holds_exactly_the_totals_that_are_not_rejected(population, total, sample, data):
    """Checked against every total one by one."""
    sample = min(sample, population)
    hits = data.draw(st.integers(max(0, sample - (population - min(total, population))), min(sample, min(total, population))))
    low, high = hypergeometric_interval(hits, sample, population)

    possible = range(hits, population - (sample - hits) + 1)
    tails = {k: min(hypergeom.sf(hits - 1, population, k, sample), hypergeom.cdf(hits, population, k, sample)) for k in possible}
    surely, perhaps = ([k for k, tail in tails.items() if tail > limit] for limit in (0.025 + 1e-9, 0.025 - 1e-9))
    assert min(perhaps) <= low <= min(surely)
    assert max(surely) <= high <= max(perhaps)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 500), st.integers(1, 500))
def test_exchanging_successes_and_failures_mirrors_the_interval(successes, trials):
    """What is said of those with it says the same of those without."""
    successes = min(successes, trials)
    for interval in (wilson_interval, clopper_pearson_interval, jeffreys_interval):
        low, high = interval(successes, trials)
        other_low, other_high = interval(trials - successes, trials)

        assert (low, high) == pytest.approx((1 - other_high, 1 - other_low), abs=1e-9)


def test_nothing_seen_is_bounded_above():
    """Three in n, about; never zero."""
    assert zero_upper_bound(300) == pytest.approx(0.00993608194445772)
    assert clopper_pearson_interval(0, 300).upper == pytest.approx(0.01222097469429355)


@pytest.mark.parametrize(("sample", "population", "factor"), [(100, 1000, 0.949157995752499), (200, 500, 0.7753724297456154), (300, 10000, 0.984935028162249)])
def test_the_finite_correction_shrinks_the_error(sample, population, factor):
    """Cochran's factor; a whole population has no error left."""
    assert finite_correction(sample, population) == pytest.approx(factor)
    assert finite_correction(population, population) == 0


@pytest.mark.parametrize(("margin", "population", "size"), [(0.05, 10_000, 370), (0.02, 100_000, 2345), (0.01, 1_000_000, 9513), (0.05, None, 385)])
def test_a_sample_size_reaches_its_margin(margin, population, size):
    """Cochran's table values."""
    assert sample_size(margin, population) == size


@pytest.mark.parametrize("call", [lambda: wilson_interval(1, 0), lambda: wilson_interval(3, 2), lambda: clopper_pearson_interval(-1, 2), lambda: jeffreys_interval(1, 2, 1.0), lambda: hypergeometric_interval(1, 5, 4), lambda: finite_correction(0, 4), lambda: sample_size(0)])
def test_an_impossible_count_is_refused(call):
    """A domain error, not a number."""
    with pytest.raises(DomainError):
        call()
