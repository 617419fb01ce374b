"""Deadlines are instants: hours run on, days end at local midnight, business days follow the local calendar."""

from datetime import UTC, date, datetime

import pytest

from leakscope.notification.clocks import after, after_year_end, deadline, is_business_day, started
from leakscope.notification.facts import Clocks, from_mapping
from leakscope.notification.law import jurisdictions
from leakscope.notification.rule import Deadline

ROWS = jurisdictions()
FRIDAY = datetime(2026, 12, 18, 15, tzinfo=UTC)


def test_hours_run_through_the_weekend():
    """72 hours from Friday afternoon end on Monday afternoon."""
    assert after(FRIDAY, 72, "hours", ROWS["EU-GDPR"]) == datetime(2026, 12, 21, 15, tzinfo=UTC)


def test_hours_run_through_a_change_of_the_clocks():
    """72 hours are 72 hours, also over the end of summer time in Berlin."""
    start = datetime(2026, 10, 24, 12, tzinfo=UTC)

    assert (after(start, 72, "hours", ROWS["EU-DE"]) - start).total_seconds() == 72 * 3600


@pytest.mark.parametrize(
    ("name", "start", "days", "ends"),
    [
        ("US-CA", datetime(2026, 1, 10, 20, tzinfo=UTC), 30, datetime(2026, 2, 10, 7, 59, 59, tzinfo=UTC)),
        ("US-CA", datetime(2026, 1, 11, 5, tzinfo=UTC), 30, datetime(2026, 2, 10, 7, 59, 59, tzinfo=UTC)),
        ("US-NY", datetime(2026, 3, 1, 12, tzinfo=UTC), 30, datetime(2026, 4, 1, 3, 59, 59, tzinfo=UTC)),
        ("JP", datetime(2026, 1, 10, 20, tzinfo=UTC), 5, datetime(2026, 1, 16, 14, 59, 59, tzinfo=UTC)),
    ],
)
def test_calendar_days_end_at_the_local_end_of_the_day(name, start, days, ends):
    """The day of the start, read locally, does not count; the last day counts in full."""
    assert after(start, days, "calendar_days", ROWS[name]) == ends


def test_business_days_skip_weekends_and_holidays_of_the_jurisdiction():
    """Three business days in Brazil from Friday 30 October 2026 jump All Souls (2 November)."""
    assert after(datetime(2026, 10, 30, 15, tzinfo=UTC), 3, "business_days", ROWS["BR"]) == datetime(2026, 11, 6, 2, 59, 59, tzinfo=UTC)


def test_the_weekend_is_the_country_s_own():
    """In Israel Sunday is a working day and Friday is not."""
    assert is_business_day(date(2026, 11, 22), "IL")
    assert not is_business_day(date(2026, 11, 20), "IL")


def test_a_month_ends_on_the_last_day_when_there_is_no_same_day():
    """One month from 31 January is the end of February."""
    assert after(datetime(2027, 1, 31, 12, tzinfo=UTC), 1, "months", ROWS["EU-NIS2"]) == datetime(2027, 2, 28, 22, 59, 59, tzinfo=UTC)


def test_the_earlier_of_two_clocks_starts_an_either_or_limit():
    """Discovery, or notice from the processor, whichever came first."""
    clocks = Clocks(discovery=datetime(2026, 11, 3, tzinfo=UTC), processor_notice=datetime(2026, 11, 2, tzinfo=UTC))

    assert started("discovery_or_processor_notice", clocks).clock == "processor_notice"


def test_a_clock_that_nobody_stated_is_missing_and_an_earlier_one_stands_in_for_it():
    """Determination cannot be before awareness: counting from awareness is never too late, and it says so."""
    facts = from_mapping({"clocks": {"awareness": "2026-11-02T10:00:00Z"}})
    limit = deadline(Deadline(value=45, start="determination", outer_limit=True), ROWS["US-AZ"], facts)

    assert limit["missing"] == "clocks.determination"
    assert limit["instant"] == "2026-12-18T06:59:59Z"
    assert "counted from awareness" in limit["text"]


def test_without_any_clock_there_is_no_instant():
    """Nothing is invented."""
    limit = deadline(Deadline(value=72, unit="hours", start="awareness"), ROWS["EU-GDPR"], from_mapping({}))

    assert (limit["instant"], limit["missing"]) == (None, "clocks.awareness")


def test_a_limit_from_notice_to_individuals_is_shown_for_the_latest_day_until_they_are_told():
    """California's attorney general: 15 days after notice to consumers."""
    rule = Deadline(value=15, start="notice_to_individuals")
    told_by = datetime(2026, 12, 2, 7, 59, 59, tzinfo=UTC)
    open_yet = deadline(rule, ROWS["US-CA"], from_mapping({}), told_by=told_by)
    told = deadline(rule, ROWS["US-CA"], from_mapping({"clocks": {"notice_to_individuals": "2026-11-20T12:00:00Z"}}), told_by=told_by)

    assert (open_yet["instant"], open_yet["provisional"]) == ("2026-12-17T07:59:59Z", True)
    assert (told["instant"], told["provisional"]) == ("2026-12-06T07:59:59Z", False)


def test_law_enforcement_may_suspend_a_limit_until_a_day():
    """The limit moves to the end of the request when that is later, and says why."""
    facts = from_mapping({"clocks": {"discovery": "2026-11-02T10:00:00Z"}, "law_enforcement": {"hold": "yes", "until": "2027-02-01T00:00:00Z"}})
    limit = deadline(Deadline(value=30, start="discovery"), ROWS["US-NY"], facts, held=True)

    assert limit["instant"] == "2027-02-01T00:00:00Z"
    assert "law enforcement" in limit["text"]


def test_law_enforcement_without_an_end_leaves_no_instant():
    """While the request lasts there is no date, and then no delay."""
    facts = from_mapping({"clocks": {"discovery": "2026-11-02T10:00:00Z"}, "law_enforcement": {"hold": "yes"}})

    assert deadline(Deadline(value=30, start="discovery"), ROWS["US-NY"], facts, held=True)["instant"] is None


def test_the_yearly_log_ends_sixty_days_after_the_local_year():
    """HIPAA below 500 people: 1 March after a common year."""
    assert after_year_end(datetime(2026, 11, 1, tzinfo=UTC), 60, ROWS["US-HIPAA"]) == datetime(2027, 3, 2, 4, 59, 59, tzinfo=UTC)


SECOND = [
    ("US-NY", "regulator-hipaa", "notice_to_hhs"),
    ("US-IL", "regulator-hipaa", "notice_to_hhs"),
    ("BR", "regulator-supplement", "notice_to_anpd"),
    ("EU-NIS2", "regulator-final", "nis2_notification"),
    ("EU-DORA", "regulator-intermediate", "dora_initial"),
    ("EU-DORA", "regulator-final", "dora_intermediate"),
]


@pytest.mark.parametrize(("law", "duty", "clock"), SECOND)
def test_a_second_report_counts_from_the_one_before_it_to_the_same_recipient(law, duty, clock):
    """Another regulator told earlier does not start it; only until its own moment is stated it stands in, and that is said."""
    rule = next(row for row in ROWS[law].versions[0].duties if row.id == duty).deadline
    other = {"notice_to_regulator": "2026-12-01T08:00:00Z"}
    own = deadline(rule, ROWS[law], from_mapping({"clocks": {**other, clock: "2026-12-10T08:00:00Z"}}))
    stand_in = deadline(rule, ROWS[law], from_mapping({"clocks": other}))

    assert (own["starts"], own["missing"]) == ("2026-12-10T08:00:00Z", None)
    assert (stand_in["starts"], stand_in["missing"]) == ("2026-12-01T08:00:00Z", f"clocks.{clock}")
    assert "until that moment is stated" in stand_in["text"]
