"""Distinct people and secrets beyond those seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakscope.errors import DomainError
from leakscope.estimation.distinct import (
    Frequencies,
    ace,
    chao1,
    chao_jost_coverage,
    chao_lin,
    chapman,
    duj1,
    gee,
    good_turing_coverage,
    hard_bounds,
)

#: Spider counts of Hsieh, Ma and Chao (2016), iNEXT, with the figures its ChaoRichness prints.
GIRDLED = Frequencies.of([46, 22, 17, 15, 15, 9, 8, 6, 6, 4, 2, 2, 2, 2, *[1] * 12])
LOGGED = Frequencies.of([88, 22, 16, 15, 13, 10, 8, 8, 7, 7, 7, 5, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, *[1] * 14])


@pytest.mark.parametrize(("seen", "value", "error", "interval"), [(GIRDLED, 43.893, 14.306, (30.511, 96.971)), (LOGGED, 61.403, 18.532, (43.502, 128.583))])
def test_chao1_agrees_with_inext(seen, value, error, interval):
    """Estimate, standard error and log-normal interval as published."""
    found = chao1(seen)

    assert (found.value, found.standard_error) == pytest.approx((value, error), abs=5e-4)
    assert found.interval == pytest.approx(interval, abs=5e-4)


@pytest.mark.parametrize(("fraction", "value"), [(0.0001, 43.89018932106013), (0.1, 41.34978723404255), (0.5, 33.18279569892473), (0.9, 27.240866873065016)])
def test_without_replacement_the_unseen_shrink_with_the_sample(fraction, value):
    """Chao and Lin's estimator."""
    assert chao_lin(GIRDLED, fraction).value == pytest.approx(value)


def test_coverage_and_ace_agree_with_the_literature():
    """Good-Turing, Chao-Jost and ACE of the spider data."""
    assert good_turing_coverage(GIRDLED) == pytest.approx(0.9285714285714286)
    assert chao_jost_coverage(GIRDLED) == pytest.approx(0.9288554387957967)
    assert ace(GIRDLED) == pytest.approx(48.41522903033908)
    assert ace(LOGGED) == pytest.approx(52.68499427262313)


@pytest.mark.parametrize(("fraction", "stress", "jackknife"), [(0.01, 134.0, 27.97847809377402), (0.1, 51.94733192202055, 27.786259541984734), (0.5, 30.970562748477143, 26.962962962962962)])
def test_database_estimators_agree_with_their_formulae(fraction, stress, jackknife):
    """GEE and the first-order jackknife."""
    assert gee(GIRDLED, fraction) == pytest.approx(stress)
    assert duj1(GIRDLED, fraction) == pytest.approx(jackknife)


def test_two_looks_estimate_what_neither_saw():
    """Chapman's estimator and its variance."""
    value, variance = chapman(200, 150, 60)

    assert value == pytest.approx(496.55737704918033)
    assert variance == pytest.approx(1657.647527979818)


@given(st.lists(st.integers(1, 50), max_size=60), st.floats(0.001, 1))
def test_no_estimate_lies_below_what_was_seen(counts, fraction):
    """Seen is seen; the whole is exactly it."""
    seen = Frequencies.of(counts)
    found = chao_lin(seen, fraction)

    assert found.value >= seen.observed
    assert found.interval.lower >= seen.observed - 1e-9
    assert found.interval.upper >= found.value - 1e-9
    assert chao_lin(seen, 1).value == seen.observed


@given(st.lists(st.integers(2, 50), min_size=1, max_size=60))
def test_nothing_unseen_is_inferred_when_everything_was_seen_twice(counts):
    """Without singletons there is no sign of more."""
    assert chao1(Frequencies.of(counts)).value == len(counts)


def test_hard_bounds_need_no_assumption_but_people_per_record():
    """Every unread record may name new people."""
    assert hard_bounds(10, 100, 1000) == (10, 910)
    assert hard_bounds(10, 100, 1000, 3) == (10, 2710)


@pytest.mark.parametrize("call", [lambda: Frequencies.of([0]), lambda: chao_lin(GIRDLED, 1.5), lambda: gee(GIRDLED, 0), lambda: duj1(GIRDLED, 2), lambda: hard_bounds(1, 5, 4), lambda: chapman(5, 5, 6)])
def test_an_impossible_sample_is_refused(call):
    """A domain error, not a number."""
    with pytest.raises(DomainError):
        call()
