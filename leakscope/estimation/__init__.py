"""From the sample to the whole: shares, totals and distinct counts with intervals that say how they were reached."""

from leakscope.estimation.counts import EntityCount, Estimates, estimate_counts
from leakscope.estimation.detector_error import Accuracy, corrected_share
from leakscope.estimation.double_sampling import Phase, TwoPhase, two_phase
from leakscope.estimation.draw import draw_fraction, draw_rows, draw_systematic
from leakscope.estimation.elusion import elusion
from leakscope.estimation.thresholds import estimate_reaches, probability_at_least

__all__ = [
    "Accuracy",
    "EntityCount",
    "Estimates",
    "Phase",
    "TwoPhase",
    "corrected_share",
    "draw_fraction",
    "draw_rows",
    "draw_systematic",
    "elusion",
    "estimate_counts",
    "estimate_reaches",
    "probability_at_least",
    "two_phase",
]
