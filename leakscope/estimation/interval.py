"""An interval, and the checks every estimator makes of what it is given."""

from __future__ import annotations

from typing import NamedTuple

from scipy.stats import norm

from leakscope.errors import DomainError


class Interval(NamedTuple):
    """
    Lower and upper bound.

    Args:
        lower: in the unit of what is estimated.
        upper: not below `lower`.
    """

    lower: float
    upper: float

    def scaled(self, factor: float) -> Interval:
        """Both bounds times `factor` >= 0."""
        return Interval(self.lower * factor, self.upper * factor)

    def clipped(self, low: float, high: float) -> Interval:
        """Both bounds inside [low, high]."""
        return Interval(min(max(self.lower, low), high), min(max(self.upper, low), high))


def check_level(level: float) -> None:
    """
    `level` is a coverage.

    Raises:
        DomainError: it is not in (0, 1).
    """
    if not 0 < level < 1:
        raise DomainError("the level of an interval lies between 0 and 1")


def check_count(successes: float, trials: float) -> None:
    """
    `successes` out of `trials` is possible.

    Raises:
        DomainError: trials < 1, or successes outside [0, trials].
    """
    if trials < 1:
        raise DomainError("a proportion needs at least one trial")
    if not 0 <= successes <= trials:
        raise DomainError("successes lie between 0 and the number of trials")


def z_value(level: float) -> float:
    """Two-sided normal quantile of `level`; 1.959964 at 0.95."""
    check_level(level)
    return float(norm.ppf(1 - (1 - level) / 2))
