"""What forms are told: one scale for people, causes as regulators mean them, times that nobody reads an hour off."""

import pytest

from leakscope.model import Basis, Estimate
from leakscope.notification.answers import answer_to
from leakscope.notification.answers.people import phrase
from leakscope.notification.headcount import Headcount
from leakscope.notification.moments import said
from leakscope.notification.people import Profile


def stated(value, low, high):
    """An estimate as the assessment holds it."""
    return {"value": value, "low": low, "high": high, "level": 0.95, "method": "m", "basis": "sample"}


def held(**more):
    """An assessment as far as these answers read it."""
    germany = {"residence": "DE", "people": stated(28, 27, 29), "exposure": stated(124, 28, 572), "elements": ["full_name"]}
    unknown = {"residence": None, "people": stated(100, 90, 110), "exposure": stated(500, 100, 2000), "elements": ["unique_id"]}
    individuals = {"estimated": stated(128, 117, 139), "exposure": stated(624, 130.9, 2571.2), "by_residence": [germany, unknown], "by_element": [{"element": "unique_id"}, {"element": "bank_account"}]}
    return {"individuals": individuals, "duties": [], "facts": {}, **more}


def test_people_per_country_are_on_the_scale_of_the_total():
    """Of the whole exposure when it is known, and those whose country is unknown are named."""
    assert answer_to("people_per_eea", held()) == "DE: approximately 124 (95% interval 28 to 572); residence not known: approximately 500 (95% interval 100 to 2,000)"


def test_without_the_whole_exposure_both_concern_the_evidence():
    """One scale, the smaller one."""
    case = held()
    case["individuals"]["exposure"] = None

    assert answer_to("people_phrase", case) == "approximately 128 (95% interval 117 to 139)"
    assert answer_to("people_per_eea", case).startswith("DE: approximately 28 (")


def test_an_interval_is_never_narrower_than_it_was():
    """Bounds are rounded outward, as on every other page."""
    assert answer_to("people_phrase", held()) == "approximately 624 (95% interval 130 to 2,572)"


def test_zero_seen_is_not_zero_affected():
    """What may be there is said."""
    assert phrase(stated(0, 0, 487.3)) == "none seen so far; up to 488 not excluded (95%)"
    assert phrase(stated(0, 0, 0)) == "0"


@pytest.mark.parametrize(
    ("exposure", "cause"),
    [
        ({"kind": "misconfiguration", "insider": "no"}, "internal, the organisation's own misconfiguration, malicious use not known"),
        ({"kind": "misdirected", "malicious": "no"}, "internal, the organisation's own misdirected, not malicious"),
        ({"kind": "hacking", "insider": "no", "malicious": "yes"}, "external, malicious"),
        ({"kind": "hacking", "malicious": "yes"}, "malicious"),
        ({"kind": "insider"}, "internal, malicious use not known"),
        ({"kind": "unknown", "insider": "no"}, None),
    ],
)
def test_an_own_mistake_is_an_internal_cause(exposure, cause):
    """That nobody inside meant it does not make it external."""
    assert cause == answer_to("cause", held(facts={"exposure": exposure}))


def test_consequences_are_proposed_until_somebody_states_them():
    """Art. 33(3)(c) is never left empty while the kinds of data are known."""
    assert answer_to("consequences", held()).startswith("Proposed from the kinds of data exposed, to be confirmed: financial loss; ")
    assert answer_to("consequences", held(facts={"narrative": {"consequences": "None likely."}})) == "None likely."


def test_kinds_of_data_of_a_place_are_those_of_the_people_there():
    """And where nobody is known to live, the form says so."""
    assert answer_to("data_types_of:DE", held()) == "Name"
    assert answer_to("data_types_of:US-MA", held()) == "no resident is known so far; of everybody: Online identifier, Bank account"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        (None, "2025-03-01 04:59 UTC"),
        ("America/New_York", "2025-03-01 04:59 UTC (2025-02-28 23:59 in New York)"),
        ("Europe/Berlin", "2025-03-01 04:59 UTC (05:59 in Berlin)"),
        ("Europe/London", "2025-03-01 04:59 UTC"),
        ("Nowhere/Land", "2025-03-01 04:59 UTC"),
    ],
)
def test_a_moment_is_said_in_utc_and_by_the_clocks_of_the_place(zone, words):
    """With the day where it is another one."""
    assert words == said("2025-03-01T04:59:59Z", zone)


def test_everybody_has_the_bounds_that_the_estimate_has():
    """The same number of people reads the same in a duty and on the page."""
    total = Estimate(value=6624.6, low=2178.1, high=21274.2, level=0.95, method="m", basis=Basis.SAMPLE)
    people = Headcount.of((Profile("DE", frozenset({"full_name"}), frozenset(), 1500),), {"exposure": total}, full=False)

    assert (people.everybody().value, people.everybody().low, people.everybody().high) == (6625, 2178, 21275)
