"""What the detectors missed: a sample of the records called clean, labelled by a human."""

from __future__ import annotations

from dataclasses import dataclass

from leakscope.errors import DomainError
from leakscope.estimation.interval import Interval, check_count
from leakscope.estimation.proportion import clopper_pearson_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Elusion:
    """
    Misses among what was called clean, and the recall that follows.

    Args:
        share: of the clean set that holds something after all.
        share_interval: Clopper-Pearson.
        missed: how many that is in the clean set.
        missed_interval: of `missed`.
        recall: found / (found + missed).
        recall_interval: from `missed_interval`, and from the precision of what was found where that was labelled.
    """

    share: float
    share_interval: Interval
    missed: float
    missed_interval: Interval
    recall: float
    recall_interval: Interval


def recall_of(found: float, missed: float) -> float:
    """found / (found + missed); 1 when nothing was there to find."""
    return found / (found + missed) if found + missed > 0 else 1.0


def elusion(hits: int, sample: int, clean: int, found: float, *, found_interval: Interval | None = None, level: float = 0.95) -> Elusion:
    """
    Elusion and recall from a labelled sample of the clean set.

    Args:
        hits: sampled clean records that hold something after all.
        sample: clean records labelled, at least 1.
        clean: size of the clean set, at least `sample`.
        found: records rightly called not clean.
        found_interval: of `found`, when its precision is itself an estimate.
        level: coverage in (0, 1).

    Raises:
        DomainError: a count is impossible.

    Source:
        Grossman and Cormack (2011), Richmond J. L. & Tech. 17:11; Roitblat (2007). Low elusion does not mean high recall
        where little is there to be found.
    """
    check_count(hits, sample)
    if clean < sample or found < 0:
        raise DomainError("the clean set holds at least its sample, and what was found is not negative")
    share_interval = clopper_pearson_interval(hits, sample, level)
    share = hits / sample
    missed_interval = share_interval.scaled(clean)
    low_found, high_found = found_interval or Interval(found, found)
    recall_interval = Interval(recall_of(low_found, missed_interval.upper), recall_of(high_found, missed_interval.lower))
    return Elusion(
        share=share,
        share_interval=share_interval,
        missed=share * clean,
        missed_interval=missed_interval,
        recall=recall_of(found, share * clean),
        recall_interval=recall_interval,
    )
