"""People by exposed elements and place, scaled to the exposure, and compared with thresholds."""

import pytest
from scipy.stats import beta

from leakscope.model import Basis, Estimate
from leakscope.notification.elements import us_element
from leakscope.notification.headcount import Headcount, reaches
from leakscope.notification.kleene import NO, UNKNOWN, YES
from leakscope.notification.people import Profile, lives_in, profiles
from leakscope.notification.rule import Count
from tests.notification.make import exact, frames, sampled


def one(*codes: str, possible: tuple[str, ...] = ()) -> Profile:
    """One person of whom these elements were exposed."""
    return Profile("US-CA", frozenset(codes), frozenset(possible), 1)


@pytest.mark.parametrize(
    ("codes", "asked", "expected"),
    [
        (("payment_card_number",), "CARD_WITH_CODE", NO),
        (("payment_card_code",), "CARD_WITH_CODE", NO),
        (("payment_card_number", "payment_card_code"), "CARD_WITH_CODE", YES),
        (("payment_card_number", "payment_card_expiry"), "CARD_WITH_CODE", YES),
        (("payment_card_number",), "CARD_ALONE", YES),
        (("password_plain",), "ONLINE_CREDENTIALS", NO),
        (("email_personal",), "ONLINE_CREDENTIALS", NO),
        (("email_work", "password_plain"), "ONLINE_CREDENTIALS", YES),
        (("username", "security_answer"), "ONLINE_CREDENTIALS", YES),
        (("username", "password_hash"), "ONLINE_CREDENTIALS", NO),
        (("bank_account",), "FIN_ACCT_WITH_CODE", NO),
        (("bank_account", "pin"), "FIN_ACCT_WITH_CODE", YES),
        (("ssn",), "SSN", YES),
        (("ssn",), "ANY_COMBINATION_ENABLING_ID_THEFT", YES),
        (("driver_licence",), "ANY_COMBINATION_ENABLING_ID_THEFT", UNKNOWN),
        (("email_personal", "password_plain"), "EMAIL_ACCOUNT_CREDENTIALS", UNKNOWN),
        (("insurance_policy",), "HEALTH_INSURANCE", UNKNOWN),
        (("health_insurance_number",), "HEALTH_INSURANCE", YES),
        (("education",), "STUDENT_ID", UNKNOWN),
        (("health_record",), "MEDICAL", YES),
    ],
)
def test_combinations_are_of_the_same_person(codes, asked, expected):
    """A combination needs its parts of one person; what only suggests an element leaves it open."""
    assert us_element(one(*codes), asked) is expected


def test_parts_of_a_combination_in_two_people_make_none():
    """A user name here and a password there are no credentials of anybody."""
    people = Headcount.of((one("email_personal"), one("password_plain")), {}, full=True)

    assert people.count("credentials", lambda row: us_element(row, "ONLINE_CREDENTIALS")).high == 0


@pytest.mark.parametrize(
    ("residence", "codes", "expected"),
    [("US-CA", ("US-CA",), YES), ("US", ("US-CA",), UNKNOWN), (None, ("US-CA",), UNKNOWN), ("CA-QC", ("CA",), YES), ("DE", ("US-DE",), NO), ("US-NY", ("US",), YES)],
)
def test_a_country_may_hide_a_state_and_null_may_hide_any(residence, codes, expected):
    """Unknown is not elsewhere."""
    assert lives_in(residence, codes) is expected


def test_profiles_group_people_and_leave_out_those_not_counted():
    """Same elements and place: one row; what is not counted is nobody."""
    import polars as pl

    people, held = frames([("DE", ("full_name", "ssn"), 3), ("DE", ("full_name",), 1)])
    people = people.with_columns(counted=pl.int_range(pl.len()) > 0)
    rows = profiles(people, held.with_columns(confidence=pl.when(pl.col("element") == "ssn").then(0.3).otherwise(0.9)))

    assert [(row.count, sorted(row.certain), sorted(row.possible)) for row in rows] == [(1, ["full_name"], []), (2, ["full_name"], ["ssn"])]


@pytest.mark.parametrize(
    ("estimate", "count", "expected"),
    [
        (exact(500), Count(op=">=", n=500), (YES, 1.0)),
        (exact(500), Count(op=">", n=500), (NO, 0.0)),
        (exact(501), Count(op=">", n=500), (YES, 1.0)),
        (sampled(600, 510, 700), Count(op=">=", n=500), (YES, 1.0)),
        (sampled(300, 200, 499), Count(op=">=", n=500), (NO, 0.0)),
    ],
)
def test_a_threshold_outside_the_interval_is_decided(estimate, count, expected):
    """Above or below the whole interval there is no doubt to report."""
    assert reaches(estimate, count) == expected


def test_a_threshold_inside_the_interval_has_the_probability_of_the_posterior():
    """7 of 1,000 seen, 50,000 in all: P(at least 500) agrees with the Beta posterior to 3 points."""
    value, probability = reaches(sampled(350, 141, 718), Count(op=">=", n=500))

    assert value is UNKNOWN
    assert probability == pytest.approx(1 - beta(7.5, 993.5).cdf(0.01), abs=0.03)


def test_without_an_upper_end_there_is_no_probability_and_no_no():
    """A floor below the threshold leaves it open."""
    floor = Estimate(value=100, low=100, high=None, method="floor", basis=Basis.BOUNDS)

    assert reaches(floor, Count(op=">=", n=500)) == (UNKNOWN, None)


def test_a_sample_is_scaled_by_exposure_over_observed():
    """40 of 100 observed live in Texas; the exposure holds about 1,000 people."""
    rows = (Profile("US-TX", frozenset({"ssn"}), frozenset(), 40), Profile("DE", frozenset({"ssn"}), frozenset(), 60))
    people = Headcount.of(rows, {"exposure": sampled(1000, 900, 1100)}, full=False)
    found = people.count("ssn", lambda row: row.has(("ssn",)), ("US-TX",))

    assert found.value == 400
    assert found.low < 400 < found.high
    assert found.low >= 40


def test_none_seen_in_a_sample_is_not_none_in_the_exposure():
    """Zero found is never zero affected: the upper end is the exact one-sided limit."""
    people = Headcount.of((Profile("US-TX", frozenset({"full_name"}), frozenset(), 100),), {"exposure": sampled(1000, 1000, 1000)}, full=False)
    found = people.count("ssn", lambda row: row.has(("ssn",)), ("US-TX",))

    assert found.low == 0
    assert found.high == pytest.approx(1000 * (1 - 0.05 ** (1 / 100)), abs=1)


def test_nobody_observed_does_not_mean_nobody_exposed():
    """With no people in a sample the exposure's own upper end stands; with all of it read, nobody is nobody."""
    sample = Headcount.of((), {"exposure": Estimate(value=0, low=0, high=40, method="upper bound", basis=Basis.SAMPLE)}, full=False)
    whole = Headcount.of((), {}, full=True)

    assert sample.count("anybody", lambda row: YES).high == 40
    assert whole.count("anybody", lambda row: YES).high == 0


def test_people_of_unknown_residence_widen_the_interval():
    """They may live anywhere; the point value shares them out like the known ones."""
    rows = (Profile("US-TX", frozenset({"ssn"}), frozenset(), 30), Profile("DE", frozenset({"ssn"}), frozenset(), 30), Profile(None, frozenset({"ssn"}), frozenset(), 40))
    found = Headcount.of(rows, {}, full=True).count("ssn", lambda row: row.has(("ssn",)), ("US-TX",))

    assert (found.low, found.value, found.high) == (30, 50, 70)
