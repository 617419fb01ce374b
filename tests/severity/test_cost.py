"""The cost range is rough, says so, and stops where its sources stop."""

from __future__ import annotations

import pytest

from leakscope.errors import DomainError
from leakscope.model import Basis, Estimate
from leakscope.severity.cost import cost_ranges, regression_cost


def people(value, low=None, high=None):
    return Estimate(value=value, low=value if low is None else low, high=value if high is None else high, method="m", basis=Basis.SAMPLE)


def test_the_regression_gives_its_published_example():
    """A hundred records cost about 71,677 dollars."""
    assert pytest.approx(regression_cost(100), rel=0.001) == 71677


@pytest.mark.parametrize("records", [0, 100_001])
def test_the_regression_is_not_used_beyond_its_data(records):
    """One to a hundred thousand records."""
    with pytest.raises(DomainError):
        regression_cost(records)


def test_a_range_covers_every_method_and_both_ends_of_the_interval():
    """Low from the fewest people, high from the most, each with year and source."""
    cost = cost_ranges(people(1000.0, 900.0, 1200.0))

    assert cost["rough"] and cost["available"]
    assert cost["usd_low"] <= 900 * 146 and cost["usd_high"] >= 1200 * 165
    assert all(method["year"] and method["source"] for method in cost["methods"])


@pytest.mark.parametrize("estimate", [people(200_000.0), people(90_000.0, 80_000.0, 120_000.0), None, people(0.0)])
def test_beyond_the_ceiling_or_without_people_there_is_no_range(estimate):
    """Nothing is multiplied, and the reason stands there."""
    cost = cost_ranges(estimate)

    assert not cost["available"]
    assert (cost["usd_low"], cost["usd_high"]) == (None, None)
    assert cost["why"]
