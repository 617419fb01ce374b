"""Numbers of people held against the law's thresholds, and said in words."""

from __future__ import annotations

from leakscope.model import Estimate
from leakscope.notification.elements import covered
from leakscope.notification.headcount import Headcount, reaches
from leakscope.notification.kleene import UNKNOWN, any_of
from leakscope.notification.outcome import Outcome
from leakscope.notification.rule import Count, Version
from leakscope.notification.setting import Setting


def people_words(estimate: Estimate) -> str:
    """An estimate of people in words, never a bare number when it is not exact."""
    value, low, high = int(estimate.value or 0), int(estimate.low or 0), estimate.high
    if low == high:
        return _people(low)
    if high is None:
        return f"at least {_people(low)}"
    if value == 0:
        return f"none seen, up to {_people(int(high))} not excluded"
    return f"about {_people(value)} ({low:,} to {int(high):,})"


def _people(number: int) -> str:
    return f"{number:,} {'person' if number == 1 else 'people'}"


def counted(count: Count, setting: Setting) -> Outcome:
    """Whether the number of people reaches a threshold, with the probability when the interval spans it."""
    least = f"{'at least' if count.op == '>=' else 'more than'} {count.n:,}"
    if count.basis == "one_state":
        return _in_one_state(count, setting, least)
    value, probability = reaches(setting.affected, count)
    odds = f", probability {probability:.2f}" if value is UNKNOWN and probability is not None else ""
    missing = ("population.records",) if value is UNKNOWN and setting.people.open_ended else ()
    return Outcome(value, (f"{people_words(setting.affected)}; threshold {least}: {value}{odds}",), frozenset({"population.records"}) if missing else frozenset(), missing, probability)


def _in_one_state(count: Count, setting: Setting, least: str) -> Outcome:
    """Whether any single state reaches the threshold; the one nearest to it is named."""
    states = setting.people.by_state(setting.version, lambda row: covered(row, setting.version), "US-")
    reached = [(reaches(found, count), state, found) for state, found in states]
    value = any_of(verdict for (verdict, _), _, _ in reached)
    state, found = max(((state, found) for (verdict, _), state, found in reached if verdict is value), key=lambda pair: (pair[1].low or 0, pair[1].value or 0))
    probability = max((odds for (verdict, odds), _, _ in reached if verdict is UNKNOWN and odds is not None), default=None) if value is UNKNOWN else None
    where = "state not known" if state.endswith("unknown") else state
    return Outcome(value, (f"{people_words(found)} in one state ({where}); threshold {least}: {value}",), frozenset(), (), probability)


def covered_count(people: Headcount, version: Version, residence: tuple[str, ...] | None) -> Estimate:
    """People whose exposed data the version protects; everybody, where it protects any personal data of anybody."""
    if residence is None and version.with_name is None and not version.data and all(row.certain for row in people.rows):
        return people.everybody()
    return people.count(version, lambda row: covered(row, version), residence)


def where_words(setting: Setting) -> str:
    """Among whom the people were counted, and how many of those observed only may live there; empty when the law reaches everybody."""
    if setting.everybody:
        return ""
    codes = setting.jurisdiction.scope.residence
    known, open_ = (sum(row.count for row in setting.people.rows_in(codes, sure=sure)) for sure in (True, False))
    shared = f"; {known:,} observed there, and a share of the {open_:,} observed who may live there" if open_ else ""
    return f" among residents of {setting.jurisdiction.name}{shared}"
