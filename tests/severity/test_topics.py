"""Chat topics are grouped by the protection they have."""

from __future__ import annotations

import pytest

from leakscope.severity.scheme import grounds_of, load_scheme
from leakscope.severity.topics import rate_topic, rate_topics

GROUNDS = grounds_of(load_scheme())


@pytest.mark.parametrize(
    ("topic", "group", "severity"),
    [("health", "Art. 9", "very_high"), ("criminal", "Art. 10", "very_high"), ("minors", "children", "high"), ("finance", "finances", "high"), ("workplace", "workplace confidential", "medium"), ("legal", "other", "medium")],
)
def test_a_topic_has_its_protection_and_severity(topic, group, severity):
    """Special categories, criminal matters, children, finances, workplace."""
    rated = rate_topic(topic, GROUNDS)

    assert (group, severity) == (rated["group"], rated["severity"])


def test_topics_come_most_severe_first():
    """Health before workplace."""
    chat = {"topics": [{"topic": "workplace"}, {"topic": "health"}]}

    assert [row["topic"] for row in rate_topics(chat, GROUNDS)] == ["health", "workplace"]


def test_without_chat_there_are_no_topics():
    """Null is not an error."""
    assert rate_topics(None, GROUNDS) == []
