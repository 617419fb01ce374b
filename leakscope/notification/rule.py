"""A rule of law as data: jurisdiction, version, duty, time limit, threshold, and to whom it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from leakscope.notification.confidence import Confidence

RECIPIENT_KINDS = ("regulator", "individuals", "cra", "media", "controller", "card_network", "market")
UNITS = ("hours", "calendar_days", "business_days", "months")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """
    A number of people that must be reached.

    Args:
        op: `>=` or `>`.
        n: how many.
        basis: residents of the jurisdiction, all people under the rule, or those of any one state.
        text: what holds below it, for duties that only change there.
        days_after_year_end: deadline below it.
    """

    op: str
    n: int
    basis: str = "residents"
    text: str | None = None
    days_after_year_end: int | None = None

    @property
    def least(self) -> int:
        """The smallest whole number that satisfies it."""
        return self.n if self.op == ">=" else self.n + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """
    A time limit: how long, from when, by which calendar.

    Args:
        value: length in `unit`; null when the law only says "promptly" or the like.
        unit: hours run on; calendar days end at local midnight; business days by the jurisdiction's calendar; months.
        start: name of the clock.
        counted_from: the law's own words for the clock where ours are wider.
        outer_limit: true when the date is the latest and an earlier one is owed where feasible.
        text: the law's qualitative words.
        order: no_later_than_individuals, before_individuals or simultaneous.
        cap_value: second limit in the same unit, from `cap_start`; the earlier counts.
        variants: other lengths in the same unit, each with the fact (`when`, `is`) that brings it.
    """

    value: float | None = None
    unit: str = "calendar_days"
    start: str | None = None
    counted_from: str | None = None
    outer_limit: bool = False
    text: str | None = None
    order: str | None = None
    cap_value: float | None = None
    cap_start: str | None = None
    variants: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRule:
    """
    One recipient who must be told, when, and on which conditions beyond those of its version.

    Args:
        all_of: conditions that must all hold.
        any_of: conditions of which one must hold; `count` stands for the number of people.
        count: number of people; a condition of its own unless `any_of` names it.
        below: for a duty owed at any number, what changes below this one.
        wording: the law's test in short.
    """

    id: str
    recipient_kind: str
    recipient: str
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    count: Count | None = None
    below: Count | None = None
    deadline: Deadline = Deadline()
    content: str | None = None
    wording: str | None = None
    confidence: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Version:
    """
    A jurisdiction's rules over a span of time.

    Args:
        status: in_force, pending, proposed or no_general_duty.
        start: first day in force; null when long in force or, for pending law, not yet fixed.
        end: first day no longer in force.
        trigger: type (the law's words), means (how we test it) and paper_records.
        harm_test: kind, standard, retain_determination_years, filing.
        encryption: safe_harbour, lost_if_key_compromised.
        with_name: element codes that count together with a name; null for laws on all personal data.
        standalone: element codes that count alone.
        data: group of elements the regime is about, and what others are (`no`, `possible`).
    """

    status: str
    regime: str
    citation: str
    trigger: Mapping[str, Any]
    confidence: Confidence
    duties: tuple[DutyRule, ...]
    start: date | None = None
    end: date | None = None
    start_confidence: str | None = None
    harm_test: Mapping[str, Any] = field(default_factory=dict)
    encryption: Mapping[str, Any] = field(default_factory=dict)
    name_required: bool = True
    with_name: frozenset[str] | None = None
    standalone: frozenset[str] = frozenset()
    data: Mapping[str, str] = field(default_factory=dict)
    law_enforcement_delay: bool = False
    counting_is_no_reason_to_wait: bool = False
    retain_reasons_years: int | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """
    Whom the rules bind.

    Args:
        basis: residents, territorial, member_state, establishment or regime.
        residence: ISO codes whose residents are protected.
        establishment: ISO codes where being established brings the organisation under the rules.
        regime: fact under `regimes` that must hold, with `values` that satisfy it.
        question: what to ask when that fact is unknown.
        ask_when: element group whose presence makes the question worth asking.
        only: fact that must hold beyond residence.
        exempt: facts that exempt when stated.
    """

    basis: str
    residence: tuple[str, ...] = ()
    establishment: tuple[str, ...] = ()
    regime: str | None = None
    values: tuple[str, ...] = ("yes",)
    question: str | None = None
    ask_when: str | None = None
    only: str | None = None
    exempt: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Jurisdiction:
    """One row of the law: a jurisdiction or sector regime with its versions and worked cases."""

    id: str
    name: str
    group: str
    time_zone: str
    calendar: str
    scope: Scope
    versions: tuple[Version, ...]
    cases: tuple[Mapping[str, Any], ...] = ()
    inherits: str | None = None

    def at(self, day: date, *, proposed: bool = False) -> Version | None:
        """The version in force on `day`, else null; with `proposed`, the one that is only proposed, as if it were law."""
        drafts = [version for version in self.versions if version.status in ("proposed", "pending")] if proposed else []
        if drafts:
            return drafts[0]
        held = [version for version in self.versions if _in_force(version, day)]
        return max(held, key=lambda version: version.start or date.min) if held else None

    def upcoming(self, day: date) -> Version | None:
        """The next version that is not yet in force on `day`, if any; dated ones first."""
        later = [version for version in self.versions if version.status != "no_general_duty" and not _in_force(version, day) and not _over(version, day)]
        return min(later, key=lambda version: version.start or date.max) if later else None


def _over(version: Version, day: date) -> bool:
    return version.end is not None and day >= version.end


def _in_force(version: Version, day: date) -> bool:
    if version.status == "proposed" or _over(version, day):
        return False
    if version.status == "pending" and version.start is None:
        return False
    return version.start is None or version.start <= day
