"""Names in letters that the names model does not know, by given names in their cases and by the forms of family names."""

from __future__ import annotations

import pytest

from leakscope.detection.names import find_names
from leakscope.detection.names_given import forms, given_names, has_given_names
from leakscope.detection.names_rules import find_by_rules


def persons(text: str, language: str) -> list[str]:
    """Persons found in a text."""
    return [text[span.start : span.end] for span in find_by_rules(text, language) if span.entity == "PERSON"]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Поздравь Елену Петрову, пожалуйста", "ru", ["Елену Петрову"]),
        ("напиши письмо ивану петровичу сидорову", "ru", ["ивану петровичу сидорову"]),
        ("Иванов Иван Иванович опоздал", "ru", ["Иванов Иван Иванович"]),
        ("Анна, Мария и Ольга пошли домой", "ru", ["Анна", "Мария", "Ольга"]),
        ("Письмо Льву Толстому и Павлу", "ru", ["Льву Толстому", "Павлу"]),
        ("стихи А. С. Пушкина", "ru", ["А. С. Пушкина"]),
        ("Зустрів Олександра Шевченка вчора", "uk", ["Олександра Шевченка"]),
        ("Ο Γιώργος Παπαδόπουλος τηλεφώνησε", "el", ["Γιώργος Παπαδόπουλος"]),
        ("Ο Κλεάνθης Ζουμπούλης τηλεφώνησε", "el", ["Κλεάνθης Ζουμπούλης"]),
        ("μίλησα με την Ροδάνθη Μπακατσέλου χθες", "el", ["Ροδάνθη Μπακατσέλου"]),
        ("Ροδανθη Μπακοπούλου, 42 ετών", "el", ["Ροδανθη Μπακοπούλου"]),
        ("给王晓敏写推荐信", "zh", ["王晓敏"]),
        ("邻居李静半夜放音乐", "zh", ["李静"]),
        ("佐藤健一の誕生日に何を贈る", "ja", ["佐藤健一"]),
    ],
)
def test_people_are_found_without_an_introduction(text: str, language: str, expected: list[str]) -> None:
    """A given name with a family name, a patronymic or a capital is a person, in any case and in lower case."""
    assert expected == persons(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("моя вера сильна, и надежда умирает последней", "ru"),
        ("какой роман нового автора прочитать", "ru"),
        ("марк стоит дорого", "ru"),
        ("как приготовить борщ", "ru"),
        ("Лев в зоопарке спит", "ru"),
        ("πώς πάω στην Εθνική Τράπεζα", "el"),
        ("πόσο κάνει το εισιτήριο για τη Νέα Υόρκη", "el"),
        ("周末计划，马上就好", "zh"),
        ("程序员的工作怎么样", "zh"),
        ("上野公園への行き方", "ja"),
    ],
)
def test_everyday_words_are_nobody(text: str, language: str) -> None:
    """Given names that are everyday words do not count alone, nor do family names."""
    assert persons(text, language) == []


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("я живу на ул. Пушкина, д. 89, кв. 4", "ru", "ул. Пушкина, д. 89, кв. 4"),
        ("東京都渋谷区道玄坂1-2-3に住んでいます", "ja", "東京都渋谷区道玄坂1-2-3"),
        ("서울특별시 강남구 테헤란로 123", "ko", "서울특별시 강남구 테헤란로 123"),
    ],
)
def test_street_addresses_are_found_by_their_form(text: str, language: str, expected: str) -> None:
    """A street with a number is an address, and the person it is called after nobody."""
    assert [("POSTAL_ADDRESS", expected)] == [(span.entity, text[span.start : span.end]) for span in find_by_rules(text, language)]


def test_latin_names_in_another_script_are_read_by_the_model() -> None:
    """A name in Latin letters inside a Russian sentence is found, and both kinds stand in order."""
    text = "Здравствуйте, письмо от Craig Coleman для Елены Петровой про отопление"
    assert [text[span.start : span.end] for span in find_names([text])[0] if span.entity == "PERSON"] == ["Craig Coleman", "Елены Петровой"]


@pytest.mark.parametrize(("text", "name"), [("please help, Алексей Соловьёв from accounting owes me money", "Алексей Соловьёв"), ("hi there, 王晓敏 is suing our company over unpaid overtime", "王晓敏"), ("a letter to 佐藤健一 about the heating", "佐藤健一")])
def test_names_in_another_script_inside_a_latin_sentence_are_found(text: str, name: str) -> None:
    """A name in Cyrillic or Chinese signs in an English sentence is found by its rules."""
    assert [name] == [text[span.start : span.end] for span in find_names([text])[0] if span.entity == "PERSON"]


def test_a_mail_address_does_not_hide_the_script() -> None:
    """A short Chinese sentence with a long mail address is read as Chinese."""
    text = "给王晓敏（xiaomin.wang1234567890@example.com）写邮件"
    assert [text[span.start : span.end] for span in find_names([text])[0]] == ["王晓敏"]


def test_the_longest_ending_bends() -> None:
    """An ending of two letters goes before its last letter."""
    assert {"Мария", "Марии"} == forms("Мария", {"ия": ["ия", "ии"], "я": ["я", "и", "е"], "": [""]})


def test_a_language_without_a_table_gives_nothing() -> None:
    """Languages without given names are left alone."""
    assert not has_given_names("fi")
    assert list(given_names("Anna Korhonen", "fi")) == []


@pytest.mark.parametrize(("text", "expected"), [("dün Bereket Sungurtekin'le konuştum", ["Bereket Sungurtekin'le"]), ("yarın İstanbul Havalimanı kapalı mı", []), ("bugün Ziraat Bankası açık mı", [])])
def test_two_capitalised_words_inside_a_turkish_sentence_are_a_person(text: str, expected: list[str]) -> None:
    """They are unless one is a word of places, authorities or firms."""
    assert [text[start:end] for start, end in given_names(text, "tr")] == expected
