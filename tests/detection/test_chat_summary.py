"""The chat section: counted once, by role and language, and nobody is quoted."""

from __future__ import annotations

import pytest

from leakscope.detection import expensive
from leakscope.detection.chat import summary
from leakscope.schema import TURNS, empty
from tests.detection.chat_rows import KEY, SAID, text, turns_of

SECRET = "i was diagnosed with diabetes and my name is Anna Miller"


@pytest.fixture(scope="module")
def section() -> dict:
    """The section of two records of one conversation."""
    more = [*SAID, {"role": "user", "content": SECRET}]
    turns = turns_of({"timestamp": "2026-03-01T10:00:00Z", "session_id": "s", "user_id": "u", "messages": SAID}, {"timestamp": "2026-03-01T10:05:00Z", "session_id": "s", "user_id": "u", "messages": more})
    read = expensive.read(expensive.plan(turns, budget_seconds=None), turns, None, KEY)
    return summary(turns, read.topics, totals=read.totals)


def test_turns_count_once(section: dict) -> None:
    """Seven occurrences are four turns of one conversation and one user."""
    assert section["turns"] == {"user": 2, "assistant": 1, "system": 1, "tool": 0}
    assert (section["distinct_user_turns"], section["users"], section["conversations"]["value"]) == (2, 1, 1)
    assert (section["records"], section["system_prompts"]) == (2, 1)


def test_the_time_span_is_that_of_the_records(section: dict) -> None:
    """First and last instants in UTC."""
    assert (section["first"], section["last"]) == ("2026-03-01T10:00:00Z", "2026-03-01T10:05:00Z")


def test_topics_come_with_estimates_and_subjects(section: dict) -> None:
    """A disclosure of health by its author, with basis and severity."""
    (health,) = [topic for topic in section["topics"] if topic["topic"] == "health"]
    assert health["id"] == "topic-health"
    assert health["turns"]["value"] == 1
    assert health["turns"]["basis"] == "exact"
    assert health["disclosures_about"] == {"author": 1.0, "third_party": 0.0, "nobody": 0.0}
    assert health["severity"] == "critical"
    assert section["what_an_attacker_could_do"]


def test_nobody_is_quoted(section: dict) -> None:
    """No word of a turn, name or id stands in the section."""
    written = text(section)
    assert all(part not in written for part in ("Anna", "diagnosed", SAID[1]["content"], SAID[0]["content"]))


def test_no_chat_is_no_section() -> None:
    """Without turns there is nothing to say."""
    assert summary(empty(TURNS)) is None
