"""The number of people behind a sample, whatever the skew of records per person."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import binom, chi2

from leakscope.errors import DomainError
from leakscope.estimation.distinct import Frequencies, chao_lin
from leakscope.estimation.mixture import hidden_people

SEEN = st.lists(st.integers(1, 30), min_size=1, max_size=80)


def binomial_ends(seen, fraction):
    """Where the likelihood of N, seen ~ Binomial(N, fraction), falls below its top by the chi-square quantile: scipy's, solved by brentq."""
    top = binom.logpmf(seen, math.floor(seen / fraction), fraction) - chi2.ppf(0.95, 1) / 2

    def off(people):
        below, above = (binom.logpmf(seen, whole, fraction) for whole in (math.floor(people), math.floor(people) + 1))
        return below + (people - math.floor(people)) * (above - below) - top

    return brentq(off, seen + 0.01, seen / fraction), brentq(off, seen / fraction, 5 * seen / fraction)


@pytest.mark.parametrize(("seen", "fraction"), [(60, 0.3), (200, 0.5), (40, 0.1)])
def test_people_with_one_record_each_have_the_upper_end_of_a_binomial_likelihood(seen, fraction):
    """When nobody is seen twice the largest number is that of people with one record, whose likelihood is known in closed form."""
    found = hidden_people(Frequencies.of([1] * seen), fraction)

    assert found.value == pytest.approx(seen / fraction, rel=0.1)
    assert found.interval.upper == pytest.approx(binomial_ends(seen, fraction)[1], rel=0.01)


def test_a_known_sum_of_records_pins_people_with_one_each():
    """Every record names one person, nobody twice: there are about as many people as records."""
    free = hidden_people(Frequencies.of([1] * 200), 0.2)
    tied = hidden_people(Frequencies.of([1] * 200), 0.2, total=1000, share=1.0)

    assert tied.value == pytest.approx(1000, rel=0.02)
    assert tied.interval.upper < 1010 < free.interval.upper


def test_two_samples_of_one_exposure_give_numbers_of_one_size():
    """A fiftieth of an exposure whose people have one to hundreds of records: the peak of the likelihood jumped up to sevenfold."""
    draw = np.random.default_rng(8)
    records = np.maximum(draw.lognormal(0.7, 1.2, 8000).round().astype(int), 1)
    samples = [draw.binomial(records, 0.02) for _ in range(12)]
    values = [hidden_people(Frequencies.of(counts[counts > 0].tolist()), 0.02).value for counts in samples]

    assert max(values) / min(values) < 2.5
    assert np.median(values) == pytest.approx(8000, rel=0.25)


@given(SEEN, st.floats(0.02, 0.95))
@settings(max_examples=40, deadline=None)
def test_the_value_lies_in_its_interval_and_not_below_what_was_seen(counts, fraction):
    """For any sample."""
    seen = Frequencies.of(counts)
    found = hidden_people(seen, fraction)

    assert seen.observed <= found.interval.lower <= found.value * (1 + 1e-6)
    assert found.value <= found.interval.upper * (1 + 1e-6)
    assert math.isfinite(found.interval.upper)


@given(SEEN, st.floats(0.1, 0.9))
@settings(max_examples=20, deadline=None)
def test_a_higher_level_gives_a_wider_interval(counts, fraction):
    """And contains the narrower one."""
    wide, narrow = (hidden_people(Frequencies.of(counts), fraction, level=level).interval for level in (0.99, 0.8))

    assert wide.lower <= narrow.lower * 1.001
    assert wide.upper >= narrow.upper * 0.999


@given(SEEN)
def test_nobody_is_hidden_when_everything_was_read(counts):
    """The people seen."""
    assert hidden_people(Frequencies.of(counts), 1.0).interval == (len(counts), len(counts))


def test_the_order_of_people_does_not_matter():
    """Only how often each was seen."""
    counts = [1, 1, 2, 5, 1, 3, 9]

    assert hidden_people(Frequencies.of(counts), 0.3) == hidden_people(Frequencies.of(sorted(counts)), 0.3)


@pytest.mark.parametrize("fraction", [0.0, 1.5])
def test_a_fraction_outside_its_range_is_refused(fraction):
    """Nothing drawn, or more than everything."""
    with pytest.raises(DomainError):
        hidden_people(Frequencies.of([1]), fraction)


def test_it_is_nearer_the_truth_than_the_lower_bound_where_records_are_skewed():
    """Seven people in ten with one record, the others with twenty on average, a fifth drawn: by the median of 30 samples."""
    draw = np.random.default_rng(3)
    likely, bound = [], []
    for _ in range(30):
        records = np.where(draw.random(400) < 0.7, 1, draw.geometric(0.05, 400))
        counts = draw.binomial(records, 0.2)
        seen = Frequencies.of(counts[counts > 0].tolist())
        likely.append(hidden_people(seen, 0.2).value)
        bound.append(chao_lin(seen, 0.2).value)

    assert abs(np.median(likely) - 400) < 60
    assert np.median(bound) < 320
