"""Names in languages whose letters know no capitals."""

from __future__ import annotations

import pytest

from leakscope.detection.names_uncased import has_uncased_names, uncased_names


def found(text: str, language: str) -> list[str]:
    """What is found, in its words."""
    return [text[start:end] for start, end in uncased_names(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("ko", "내일 김민준에게 전화해 줘", "김민준"),
        ("ko", "지훈이가 늦는대", "지훈"),
        ("ar", "هل وصل طارق الحداد إلى المكتب؟", "طارق الحداد"),
        ("ar", "أعطه لخالد", "خالد"),
        ("hi", "कल राहुल शर्मा को फोन करना", "राहुल शर्मा"),
        ("he", "תתקשר אל דניאל כהן מחר", "דניאל כהן"),
        ("th", "โทรหาคุณสมชายด้วย", "คุณสมชาย"),
    ],
)
def test_a_person_is_found_by_the_given_name(language: str, text: str, name: str) -> None:
    """A usual given name names somebody, with the family name, particles and prefixes left out."""
    assert found(text, language) == [name]


@pytest.mark.parametrize(("language", "text"), [("ar", "هذا عمل جميل"), ("hi", "मुझे आशा है कि पूजा अच्छी रहेगी"), ("he", "יש הרבה אור בחדר"), ("ko", "우리 나라 바다가 아름다워"), ("th", "น้ำในแก้วสะอาด")])
def test_names_that_are_words_need_a_name_or_title_beside_them(language: str, text: str) -> None:
    """What is an everyday word as well names nobody by itself."""
    assert found(text, language) == []


def test_a_doubtful_name_behind_a_title_or_before_a_family_name_counts() -> None:
    """A title before or a family name behind makes a name of a word."""
    assert found("سلم الملف إلى السيد سعيد", "ar") == ["السيد سعيد"]
    assert found("क्या ज्योति वर्मा आईं", "hi") == ["ज्योति वर्मा"]


def test_a_language_without_a_table_gives_nothing() -> None:
    """English has capitals and a model."""
    assert not has_uncased_names("en")
    assert found("John Smith", "en") == []
