"""Everyday words in lower case that a names model takes for people."""

from __future__ import annotations

import pytest

from leakscope.detection.names_everyday import as_place, names_somebody
from leakscope.detection.names_span import NameSpan


def span(text: str, said: str, entity: str = "PERSON") -> NameSpan:
    """The span of `said` in `text`."""
    start = text.index(said)
    return NameSpan(start, start + len(said), entity, 0.9)


@pytest.mark.parametrize("said", ["alors", "iyi günler", "lid van de", "ritalina", "marido", "please help"])
def test_everyday_words_in_lower_case_name_nobody(said: str) -> None:
    """Greetings, pleas and function words are no person, whatever the model says."""
    assert not names_somebody(f"{said} ...", span(f"{said} ...", said))


@pytest.mark.parametrize("said", ["anna", "anna miller", "alors dupont", "Alors", "trump", "grace"])
def test_a_capital_or_an_unknown_word_may_be_somebody(said: str) -> None:
    """Names in lower case stay, and so does what is capitalised."""
    assert names_somebody(f"{said} ...", span(f"{said} ...", said))


def test_places_are_left_alone() -> None:
    """Only persons are held against the words."""
    assert names_somebody("in alors", span("in alors", "alors", "LOCATION"))


@pytest.mark.parametrize(("said", "expected"), [("Kapadokya", "LOCATION"), ("selam Kapadokya", "LOCATION"), ("Ayşe", "PERSON"), ("Ayşe Toscana", "PERSON")])
def test_a_region_is_a_place_whatever_the_model_says(said: str, expected: str) -> None:
    """A person whose words are regions and everyday words alone is a place."""
    assert as_place(f"{said} için", span(f"{said} için", said)).entity == expected
