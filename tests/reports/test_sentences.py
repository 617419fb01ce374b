"""Sentences that every form of report says alike."""

from leakscope.reports.sentences import duties_sentence, no_duty_sentence

WAITING = {"id": "change-place-EEA", "change": "If you are established in the EEA", "effect": "2 duties would apply", "duties": ["duty-EU-GDPR-individuals", "duty-EU-GDPR-regulator"]}


def test_where_places_are_not_stated_no_report_says_that_nothing_applies():
    """It names how many duties hang on them and where to state them."""
    decision = {"duties": [], "what_would_change": [WAITING]}

    assert "2 duties hang on it" in no_duty_sentence(decision) and "leakscope facts new" in no_duty_sentence(decision)
    assert "none applies" not in duties_sentence(decision)


def test_where_places_are_stated_and_no_duty_follows_it_is_said_so():
    """Nothing is left open that a place would settle."""
    assert no_duty_sentence({"duties": [], "what_would_change": []}) == "No duty applies or may apply on the facts stated."
    assert duties_sentence({"duties": []}) == "none applies on the facts stated"
