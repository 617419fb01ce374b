"""A share corrected for the detector's own misses and false alarms, as measured on labelled records."""

from __future__ import annotations

import math
from dataclasses import dataclass

from leakscope.errors import DomainError
from leakscope.estimation.interval import Interval, check_count, z_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """
    What a detector did on labelled records.

    Args:
        hits: records with the entity that it found.
        positives: records with the entity, at least 1.
        clear: records without the entity that it left alone.
        negatives: records without the entity, at least 1.
    """

    hits: float
    positives: float
    clear: float
    negatives: float

    @property
    def sensitivity(self) -> float:
        """Share of what is there that is found (recall)."""
        return self.hits / self.positives

    @property
    def specificity(self) -> float:
        """Share of what is not there that is left alone."""
        return self.clear / self.negatives


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """
    A share corrected for detector error.

    Args:
        value: in [0, 1].
        raw: before clipping.
        standard_error: of `raw` (delta method).
        interval: Lang and Reiczigel's, in [0, 1].
        clipped: whether `raw` lay outside [0, 1]; to be said wherever `value` is shown.
    """

    value: float
    raw: float
    standard_error: float
    interval: Interval
    clipped: bool


def _youden(sensitivity: float, specificity: float) -> float:
    power = sensitivity + specificity - 1
    if power <= 0:
        raise DomainError("a detector no better than chance corrects nothing", hint="Label more records, or leave the share uncorrected.")
    return power


def rogan_gladen(share: float, sensitivity: float, specificity: float) -> float:
    """
    The true share behind an apparent one; may fall outside [0, 1].

    Args:
        share: apparent share.
        sensitivity, specificity: of the detector; together above 1.

    Returns:
        (ap + Sp - 1) / (Se + Sp - 1).

    Raises:
        DomainError: the detector is no better than chance.

    Source:
        Rogan and Gladen (1978), Am. J. Epidemiol. 107:71, eq. 1.
    """
    return (share + specificity - 1) / _youden(sensitivity, specificity)


def _delta_variance(share: float, trials: float, accuracy: Accuracy, value: float) -> float:
    """Variance of the corrected share from its three samples; Rogan and Gladen (1978), eq. 4."""
    se, sp = accuracy.sensitivity, accuracy.specificity
    power = _youden(se, sp)
    parts = (
        share * (1 - share) / trials,
        value**2 * se * (1 - se) / accuracy.positives,
        (1 - value) ** 2 * sp * (1 - sp) / accuracy.negatives,
    )
    return sum(parts) / power**2


def lang_reiczigel_interval(successes: float, trials: float, accuracy: Accuracy, level: float = 0.95) -> Interval:
    """
    Interval for a share corrected for detector error that keeps its coverage at small shares and perfect detectors.

    Args:
        successes: apparent successes out of `trials`.
        trials: records read, at least 1.
        accuracy: of the detector.
        level: coverage in (0, 1).

    Returns:
        Bounds in [0, 1].

    Raises:
        DomainError: a bound above is broken, or the detector is no better than chance.

    Source:
        Lang and Reiczigel (2014), Prev. Vet. Med. 113:13: pseudo-counts z^2 for the share, one success and one failure for
        sensitivity and specificity, and a shift of the centre.
    """
    check_count(successes, trials)
    z = z_value(level)
    size = trials + z * z
    share = (successes + z * z / 2) / size
    se = (accuracy.hits + 1) / (accuracy.positives + 2)
    sp = (accuracy.clear + 1) / (accuracy.negatives + 2)
    power = _youden(se, sp)
    value = (share + sp - 1) / power
    shift = 2 * z * z * (value * se * (1 - se) / (accuracy.positives + 2) - (1 - value) * sp * (1 - sp) / (accuracy.negatives + 2))
    variance = (
        share * (1 - share) / size
        + value**2 * se * (1 - se) / (accuracy.positives + 2)
        + (1 - value) ** 2 * sp * (1 - sp) / (accuracy.negatives + 2)
    ) / power**2
    spread = z * math.sqrt(variance)
    return Interval(value + shift - spread, value + shift + spread).clipped(0.0, 1.0)


def corrected_share(successes: float, trials: float, accuracy: Accuracy, level: float = 0.95) -> Corrected:
    """
    The share of records with an entity, corrected for what its detector misses and invents.

    Args:
        successes: records in which the detector found it, out of `trials`.
        trials: records read (an effective number is allowed).
        accuracy: measured on labelled records of the same kind.
        level: coverage in (0, 1).

    Raises:
        DomainError: a count is impossible, or the detector is no better than chance.
    """
    check_count(successes, trials)
    share = successes / trials
    raw = rogan_gladen(share, accuracy.sensitivity, accuracy.specificity)
    error = math.sqrt(_delta_variance(share, trials, accuracy, raw))
    value = min(max(raw, 0.0), 1.0)
    interval = lang_reiczigel_interval(successes, trials, accuracy, level)
    return Corrected(value=value, raw=raw, standard_error=error, interval=interval, clipped=value != raw)
