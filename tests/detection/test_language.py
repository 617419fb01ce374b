"""Languages are told per text, offline."""

from __future__ import annotations

import polars as pl
import pytest

from leakscope.detection.language import tell, tell_all, tell_languages


@pytest.mark.parametrize(
    ("text", "language"),
    [("hello my name is anna", "en"), ("ich bin heute sehr müde", "de"), ("merci beaucoup pour votre aide", "fr"), ("quiero cancelar mi cuenta", "es"), ("привет, меня зовут иван", "ru"), ("今天天气怎么样", "zh"), ("お元気ですか", "ja"), ("ok", "und"), ("", "und"), ("12345", "und")],
)
def test_a_text_has_its_language(text: str, language: str) -> None:
    """Words decide, scripts where they can, and too few letters tell nothing."""
    assert tell(text) == language


def test_answers_stand_in_the_order_of_the_texts() -> None:
    """Repeated texts get the same answer at each place."""
    assert tell_all(pl.Series(["guten morgen zusammen", "good morning everybody", "guten morgen zusammen"])).to_list() == ["de", "en", "de"]


def test_a_short_turn_speaks_the_language_of_its_conversation() -> None:
    """"ok" in a German conversation is German; the assistant speaks with the user."""
    told = tell_languages(pl.Series(["ich brauche hilfe bei der bewerbung", "ok", "Gern."]), pl.Series(["user", "user", "assistant"]), pl.Series(["c", "c", "c"]))
    assert told.to_list() == ["de", "de", "de"]
