"""Records drawn at random by number alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare, kstest

from leakscope.errors import DomainError
from leakscope.estimation.draw import draw_fraction, draw_rows, draw_systematic, tickets


@given(st.integers(0, 2**63), st.integers(1, 400), st.integers(0, 400), st.text(max_size=8))
def test_batches_and_order_do_not_change_a_bernoulli_draw(seed, records, cut, source):
    """The draw of parts is the part of the draw."""
    cut = min(cut, records)
    whole = draw_fraction(range(records), 0.3, source=source, seed=seed)
    parts = [draw_fraction(range(cut), 0.3, source=source, seed=seed), draw_fraction(range(cut, records), 0.3, source=source, seed=seed)]

    assert np.concatenate(parts).tolist() == whole.tolist()


@given(st.integers(0, 1000), st.integers(0, 200), st.integers(0, 300))
def test_a_draw_of_rows_has_as_many(seed, rows, records):
    """Or all there are; each once."""
    drawn = draw_rows(range(records), rows, seed=seed)

    assert len(set(drawn.tolist())) == len(drawn) == min(rows, records)


def test_a_smaller_draw_lies_within_a_larger_one():
    """So that a sample can be extended."""
    assert set(draw_rows(range(1000), 50, seed=3)) <= set(draw_rows(range(1000), 80, seed=3))
    assert set(draw_fraction(range(1000), 0.05, seed=3)) <= set(draw_fraction(range(1000), 0.08, seed=3))


def test_tickets_are_uniform_and_independent_of_neighbours():
    """By Kolmogorov and Smirnov, and by pairs."""
    found = tickets(np.arange(200_000), seed=5)
    pairs = np.histogram2d(found[:-1], found[1:], bins=8)[0].ravel()

    assert kstest(found, "uniform").pvalue > 1e-3
    assert chisquare(pairs).pvalue > 1e-3


def test_sources_and_seeds_draw_differently():
    """Equal record numbers of two files do not share their luck."""
    draws = {tuple(draw_rows(range(1000), 20, source=source, seed=seed).tolist()) for source in ("a", "b") for seed in (1, 2)}

    assert len(draws) == 4


def test_a_systematic_draw_steps_evenly():
    """Gaps differ by one at most."""
    gaps = np.diff(draw_systematic(1000, 30, seed=2).astype(int))

    assert set(gaps) <= {33, 34}


@pytest.mark.parametrize("call", [lambda: draw_fraction([1], 1.2), lambda: draw_rows([1], -1), lambda: draw_systematic(-1, 2)])
def test_an_impossible_draw_is_refused(call):
    """A domain error, not a sample."""
    with pytest.raises(DomainError):
        call()
