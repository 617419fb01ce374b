"""How many people of the exposure pass a test, and whether that reaches a threshold."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scipy.special import ndtri

from leakscope.estimation import estimate_reaches
from leakscope.model import Basis, Estimate
from leakscope.notification.kleene import NO, UNKNOWN, YES, Kleene, any_of
from leakscope.notification.people import Profile, lives_in
from leakscope.notification.rule import Count


@dataclass(frozen=True, kw_only=True, eq=False)
class Headcount:
    """
    The people of the case and how they stand for the exposure.

    What depends on people alone is worked out once and kept, because facts are changed many times to see what would
    change the answer.

    Args:
        rows: profiles of the individuals observed.
        total: people of the whole exposure, or of the evidence when that is all there is.
        open_ended: true when the exposure may hold more people than anybody estimated.
        observed: individuals in `rows`.
    """

    rows: tuple[Profile, ...]
    total: Estimate
    open_ended: bool
    observed: int
    _kept: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, rows: tuple[Profile, ...], counts: Mapping[str, Estimate | None], *, full: bool) -> Headcount:
        """
        Args:
            rows: profiles.
            counts: `exposure` (people in the whole exposure), else `individuals` (people in the evidence).
            full: true when the evidence is the whole exposure.
        """
        observed = sum(row.count for row in rows)
        exposure = counts.get("exposure")
        floor = Estimate(value=observed, low=observed, high=observed, method="individuals observed in the evidence", basis=Basis.EXACT)
        total = exposure or counts.get("individuals") or floor
        if total.value is None:
            total = Estimate(value=max(observed, total.low or 0), low=max(observed, total.low or 0), high=total.high, method=total.method, basis=total.basis)
        return cls(rows=rows, total=total, open_ended=(exposure is None and not full) or total.high is None, observed=observed)

    def keep(self, key: Hashable, work: Callable[[], Any]) -> Any:
        """The result of `work`, done once per `key`."""
        if key not in self._kept:
            self._kept[key] = work()
        return self._kept[key]

    def places(self) -> Mapping[str | None, tuple[Profile, ...]]:
        """Profiles by residence."""

        def grouped() -> dict[str | None, tuple[Profile, ...]]:
            found: dict[str | None, list[Profile]] = {}
            for row in self.rows:
                found.setdefault(row.residence, []).append(row)
            return {place: tuple(rows) for place, rows in found.items()}

        return self.keep("places", grouped)

    def living_in(self, codes: tuple[str, ...]) -> Kleene:
        """Whether anybody lives in one of the codes."""
        return self.keep(("living", codes), lambda: any_of(lives_in(place, codes) for place in self.places()))

    def rows_in(self, codes: tuple[str, ...] | None, *, sure: bool) -> tuple[Profile, ...]:
        """Profiles of people who certainly live in one of the codes, or only may; everybody is sure when the codes are null."""
        if codes is None:
            return self.rows if sure else ()
        wanted = YES if sure else UNKNOWN
        return self.keep(("rows", codes, sure), lambda: tuple(row for place, rows in self.places().items() if lives_in(place, codes) is wanted for row in rows))

    def count(self, name: Hashable, test: Callable[[Profile], Kleene], residence: tuple[str, ...] | None = None) -> Estimate:
        """
        How many people of the exposure pass `test` and live in `residence` (everybody when null).

        People of unknown residence may live there: they widen the interval, and the point value shares them
        out like the known ones. A sample is scaled by exposure over observed.

        Args:
            name: what `test` asks; the same name must always mean the same test.
            test: depends on a profile alone.
            residence: ISO codes.
        """
        return self.keep(("count", name, residence), lambda: self._counted(test, residence))

    def everybody(self) -> Estimate:
        """All people of the exposure, with the very bounds that everything else states of them."""
        total = self.total
        if self.observed == 0 or total.basis is Basis.EXACT:
            return self._scaled(self.observed, self.observed, self.observed)
        low, high = math.floor(total.low or 0), None if self.open_ended or total.high is None else math.ceil(total.high)
        return Estimate(value=round(total.value or self.observed), low=low, high=high, level=total.level, method=total.method, basis=total.basis)

    def _counted(self, test: Callable[[Profile], Kleene], codes: tuple[str, ...] | None) -> Estimate:
        low = high = value = 0.0
        share = self._share(codes)
        for place, rows in self.places().items():
            here = YES if codes is None else lives_in(place, codes)
            if here is NO:
                continue
            for row in rows:
                passed = test(row)
                if passed is NO:
                    continue
                high += row.count
                low += row.count if passed is YES and here is YES else 0
                value += row.count * (1.0 if passed is YES else 0.5) * (share if here is UNKNOWN else 1.0)
        return self._scaled(low, value, high)

    def _share(self, codes: tuple[str, ...] | None) -> float:
        if codes is None:
            return 1.0
        sizes = self.keep("sizes", lambda: {place: sum(row.count for row in rows) for place, rows in self.places().items() if place is not None})
        placed, there = sum(sizes.values()), sum(size for place, size in sizes.items() if lives_in(place, codes) is YES)
        return there / placed if placed else 0.5

    def _scaled(self, low: float, value: float, high: float) -> Estimate:
        total, seen = self.total, self.observed
        if seen == 0:
            top = None if self.open_ended else total.high
            return Estimate(value=0, low=0, high=top, method="nobody observed in the evidence", basis=Basis.BOUNDS if top != 0 else Basis.EXACT)
        if total.basis is Basis.EXACT and total.value == seen:
            top = None if self.open_ended else high
            basis = Basis.EXACT if low == high and top is not None else Basis.BOUNDS
            method = "counted in the evidence" + ("; the exposure may hold more" if self.open_ended else "")
            return Estimate(value=round(value), low=low, high=top, method=method, basis=basis)
        z = float(ndtri(0.5 + total.level / 2))
        point = (total.value or seen) / seen
        bottom = max(low, _wilson(low, seen, z)[0] * (total.low if total.low is not None else seen))
        top = None if total.high is None else max(high, _upper(high, seen, z, total.level) * total.high)
        method = f"{total.method}; split by the {round(value)} of {seen} observed (Wilson), scaled by exposure over observed"
        return Estimate(value=round(value * point), low=math.floor(bottom), high=None if self.open_ended or top is None else math.ceil(top), level=total.level, method=method, basis=total.basis if total.basis is not Basis.EXACT else Basis.SAMPLE)

    def by_state(self, name: Hashable, test: Callable[[Profile], Kleene], prefix: str) -> list[tuple[str, Estimate]]:
        """People who pass in each state under `prefix` (`US-`), and in one that nobody is known to live in but some may."""
        states = sorted(place for place in self.places() if place and place.startswith(prefix))
        return [(state, self.count(name, test, (state,))) for state in (*states, f"{prefix}unknown")]


def _wilson(successes: float, trials: int, z: float) -> tuple[float, float]:
    p, zz = successes / trials, z * z / trials
    centre, half = p + zz / 2, z * math.sqrt(p * (1 - p) / trials + zz / (4 * trials))
    return max(0.0, (centre - half) / (1 + zz)), min(1.0, (centre + half) / (1 + zz))


def _upper(successes: float, trials: int, z: float, level: float) -> float:
    if successes == 0:
        return 1 - (1 - level) ** (1 / trials)
    return _wilson(successes, trials, z)[1]


def reaches(estimate: Estimate, count: Count) -> tuple[Kleene, float | None]:
    """
    Whether a number of people reaches a threshold, and the probability that it does.

    Args:
        estimate: how many people, with interval.
        count: the threshold.

    Returns:
        Yes or no when the interval lies on one side, else unknown with P(number >= threshold).
        The probability is null when only bounds are known or nobody was seen: neither has a distribution.
    """
    least, low, high = count.least, estimate.low or 0.0, estimate.high
    if low >= least:
        return YES, 1.0
    if high is not None and high < least:
        return NO, 0.0
    probability = estimate_reaches(estimate, least) if estimate.value else None
    return UNKNOWN, None if probability is None else round(probability, 4)
