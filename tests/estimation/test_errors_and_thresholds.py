"""Detector error, elusion, two-phase totals and legal thresholds."""

import pytest

from leakscope.errors import DomainError
from leakscope.estimation import Accuracy, Phase, corrected_share, elusion, estimate_reaches, probability_at_least, two_phase
from leakscope.model import Basis, Estimate


def accuracy(sensitivity, positives, specificity, negatives):
    """Counts behind a sensitivity and a specificity."""
    return Accuracy(hits=sensitivity * positives, positives=positives, clear=specificity * negatives, negatives=negatives)


@pytest.mark.parametrize(
    ("share", "trials", "measured", "value", "error"),
    [
        (0.2, 1000, accuracy(0.9, 200, 0.95, 500), 0.176470588235294, 0.018166584274045935),
        (0.4, 500, accuracy(0.8, 100, 0.98, 400), 0.487179487179487, 0.03787233354228766),
    ],
)
def test_rogan_and_gladen_correct_a_share(share, trials, measured, value, error):
    """Point and delta-method error of the worked examples."""
    found = corrected_share(share * trials, trials, measured)

    assert (found.raw, found.standard_error) == pytest.approx((value, error))
    assert found.interval.lower < found.value < found.interval.upper
    assert not found.clipped


def test_a_share_below_the_false_alarm_rate_is_clipped_and_says_so():
    """Zero with an upper bound, never a negative share."""
    found = corrected_share(30, 1000, accuracy(0.9, 200, 0.95, 500))

    assert found.raw == pytest.approx(-0.0235294117647059)
    assert (found.value, found.clipped) == (0.0, True)
    assert found.interval.lower == 0.0


def test_a_perfect_detector_changes_little():
    """With much labelled data the corrected interval is nearly that of the share itself."""
    found = corrected_share(200, 1000, accuracy(1.0, 100_000, 1.0, 100_000))

    assert found.value == pytest.approx(0.2)
    assert found.interval == pytest.approx((0.1763, 0.2259), abs=2e-3)


def test_a_detector_like_a_coin_corrects_nothing():
    """It is refused."""
    with pytest.raises(DomainError):
        corrected_share(1, 10, accuracy(0.5, 10, 0.5, 10))


def test_elusion_gives_recall_with_its_interval():
    """6 of 1,500 in a clean set of 90,000 beside 8,000 found."""
    found = elusion(6, 1500, 90_000, 8000)

    assert found.share_interval == pytest.approx((0.0014693009117972874, 0.008685842245365153))
    assert found.missed_interval == pytest.approx((132.23708206175587, 781.7258020828638))
    assert found.recall == pytest.approx(0.9569377990430622)
    assert found.recall_interval == pytest.approx((0.910982667905954, 0.9837391506510001))


def test_two_phases_add_their_variances():
    """The second is that of a stratified sample, the first that of the whole first phase."""
    strata = [Phase(eligible=5000, read=200, hits=30), Phase(eligible=3000, read=150, hits=3), Phase(eligible=2000, read=100, hits=40)]
    whole, sampled = two_phase(strata), two_phase(strata, population=100_000)

    assert whole.share == pytest.approx(0.161)
    assert whole.second_variance == pytest.approx(0.016035493014188537**2)
    assert whole.first_variance == 0
    assert sampled.first_variance == pytest.approx(0.9 * (0.161 * 0.839 - whole.second_variance) / 9999)
    assert sampled.total == pytest.approx(16_100)
    assert sampled.interval.upper - sampled.interval.lower > whole.interval.upper - whole.interval.lower


def test_a_first_phase_read_whole_is_a_count():
    """No interval where nothing was left unread."""
    assert two_phase([Phase(eligible=20, read=20, hits=5)]).interval == (0.25, 0.25)


def test_nothing_in_the_second_phase_is_bounded_above():
    """Zero hits among those read is not zero in all."""
    assert 0 < two_phase([Phase(eligible=1000, read=50, hits=0)]).interval.upper < 0.1


def test_a_threshold_has_a_probability():
    """7 of 1,000 people drawn from 50,000: fewer than 500 is likely, not sure."""
    assert probability_at_least(500, 7, 1000, 50_000) == pytest.approx(0.17058487539499212)
    assert probability_at_least(7, 7, 1000, 50_000) == 1
    assert probability_at_least(49_008, 7, 1000, 50_000) == 0


def estimate(value, low, high, basis):
    """An estimate at 95%."""
    return Estimate(value=value, low=low, high=high, method="test", basis=basis)


@pytest.mark.parametrize(
    ("found", "threshold", "probability"),
    [
        (estimate(500, 500, 500, Basis.EXACT), 500, 1.0),
        (estimate(499, 499, 499, Basis.EXACT), 500, 0.0),
        (estimate(None, 600, 900, Basis.BOUNDS), 500, 1.0),
        (estimate(None, 100, 400, Basis.BOUNDS), 500, 0.0),
        (estimate(None, 100, 900, Basis.BOUNDS), 500, None),
        (estimate(None, 100, None, Basis.BOUNDS), 500, None),
        (estimate(500, 400, 625, Basis.SAMPLE), 500, 0.5),
        (estimate(500, 400, 625, Basis.SAMPLE), 625, 0.025),
        (estimate(500, 400, 625, Basis.SAMPLE), 400, 0.975),
        (estimate(0, 0, 30, Basis.SAMPLE), 30, 0.025),
    ],
)
def test_an_interval_tells_how_likely_a_threshold_is_reached(found, threshold, probability):
    """Exact and bounded counts decide or do not; sampled ones by the distribution of their interval."""
    assert estimate_reaches(found, threshold) == (probability if probability is None else pytest.approx(probability, abs=1e-6))
