"""About whom a turn speaks, and ages and births in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leakscope.detection.subjects import AUTHOR, NOBODY, THIRD_PARTY, about_whom, details

TURNS = Path(__file__).resolve().parents[2] / "corpora" / "labelled_turns" / "turns.ndjson"


@pytest.mark.parametrize(
    ("text", "language", "subject"),
    [
        ("I was diagnosed with lupus", "en", "author"),
        ("what are symptoms of lupus", "en", "nobody"),
        ("my daughter has epilepsy", "en", "third_party"),
        ("how do I help my husband who drinks", "en", "third_party"),
        ("i think my brother is depressed", "en", "third_party"),
        ("my boss makes me sign false reports", "en", "author"),
        ("ich habe Depressionen", "de", "author"),
        ("meine Mutter hat Krebs", "de", "third_party"),
        ("was sind die Symptome von Grippe", "de", "nobody"),
        ("je suis enceinte", "fr", "author"),
        ("mi hijo tiene asma", "es", "third_party"),
        ("¿qué es el asma?", "es", "nobody"),
        ("у меня диабет", "ru", "author"),
        ("我妈妈得了癌症", "zh", "third_party"),
        ("医生说得了癌症", "zh", "author"),
        ("癌症有什么症状？", "zh", "nobody"),
        ("父が脳梗塞で倒れました", "ja", "third_party"),
        ("うつ病と診断されました", "ja", "author"),
        ("うつ病とは何ですか", "ja", "nobody"),
        ("아버지가 암에 걸렸어요", "ko", "third_party"),
        ("우울증 진단을 받았어요", "ko", "author"),
    ],
)
def test_the_subject_is_who_is_spoken_of(text: str, language: str, subject: str) -> None:
    """The author's own, somebody else's, or a question in general."""
    assert about_whom(text, language) == subject


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("my daughter, 9, has asthma", "en", [("9", "AGE", "third_party", "daughter", True)]),
        ("i am 34 and tired", "en", [("34", "AGE", "author", "", False)]),
        ("my husband was born on 12/03/1980", "en", [("12/03/1980", "DATE_OF_BIRTH", "third_party", "husband", None)]),
        ("meine tochter ist 7 jahre alt", "de", [("7", "AGE", "third_party", "tochter", True)]),
        ("mi hijo de 5 años no duerme", "es", [("5", "AGE", "third_party", "hijo", True)]),
        ("j'ai 16 ans", "fr", [("16", "AGE", "author", "", True)]),
        ("the meeting is at 9", "en", []),
        ("chapter 12 is long", "en", []),
    ],
)
def test_ages_and_births_belong_to_somebody(text: str, language: str, expected: list[tuple[str, str, str, str, bool | None]]) -> None:
    """An age is found where somebody stands near it, with the relation and whether that is a child."""
    assert [(text[one.start : one.end], one.entity, one.about, one.relation, one.child) for one in details(text, language)] == expected


def test_the_labelled_turns_keep_their_figure() -> None:
    """Of the sensitive labelled turns at least nine in ten are about whom the label says."""
    rows = [row for line in TURNS.open(encoding="utf-8") if (row := json.loads(line))["topic"] != "none"]
    right = sum(about_whom(row["text"], row["language"]) == row["about"] for row in rows)
    assert right / len(rows) >= 0.9


@pytest.mark.parametrize("text", ["hi there, what are the symptoms of a stroke? what should i do", "sorry, how does a mortgage work? thanks a lot", "ok so how does the senate work? can you keep it short"])
def test_a_greeting_and_a_plea_do_not_make_a_question_somebodys(text: str) -> None:
    """A question in general stays one between the words that people put around it."""
    assert about_whom(text) == NOBODY


def test_who_is_named_first_is_spoken_of() -> None:
    """A person whom a names model found before the author speaks of themselves is the one spoken of, in lower case too."""
    text = "silke zimmermann is suing us over the accident, what are our weak points"
    assert (about_whom(text), about_whom(text, named=0)) == (AUTHOR, THIRD_PARTY)


def test_an_introduction_is_the_authors() -> None:
    """Who says their own name speaks of themselves."""
    text = "i'm daniel nguyen and i need a sick note"
    assert about_whom(text, named=text.index("daniel")) == AUTHOR


@pytest.mark.parametrize(
    ("language", "text", "about"),
    [
        ("ja", "先週から薬を飲み始めました。運転してもいいですか", "author"),
        ("ja", "この薬の副作用は何ですか", "nobody"),
        ("ja", "父が倒れました。どうすればいいですか", "third_party"),
        ("zh", "我们店里的一位顾客心脏病发作了", "third_party"),
        ("zh", "我跟老公都查出高血压", "author"),
        ("ko", "약을 먹은 뒤로 어지러워요, 괜찮을까요?", "author"),
        ("ko", "이 약의 부작용은 뭐예요?", "nobody"),
        ("ar", "زوجتي مصابة بالسكري", "third_party"),
        ("ar", "ما أعراض السكري؟", "nobody"),
        ("ar", "عندي ارتفاع في ضغط الدم", "author"),
    ],
)
def test_statements_without_a_pronoun_are_their_authors(language: str, text: str, about: str) -> None:
    """In languages that seldom say "I" a statement before a question is the author's; relatives and customers are somebody else."""
    assert about_whom(text, language) == about


@pytest.mark.parametrize(
    ("language", "text", "about", "child"),
    [("zh", "我女儿9岁", "third_party", True), ("ja", "私は34歳です", "author", False), ("ko", "제 학생이 14살이에요", "third_party", True), ("ar", "أمي عمرها 71 سنة", "third_party", False), ("nl", "Mijn dochter, 9, slaapt slecht", "third_party", True), ("tr", "İyi günler, kızım 13 yaşında", "third_party", True)],
)
def test_ages_are_told_in_more_languages(language: str, text: str, about: str, child: bool) -> None:
    """An age belongs to the person spoken of last before it."""
    assert [(one.entity, one.about, one.child) for one in details(text, language)] == [("AGE", about, child)]


def test_an_age_behind_a_given_name_is_that_persons() -> None:
    """A child called by name is somebody else, although no relation is said."""
    assert [(one.about, one.child) for one in details("Leo is 4 and wets the bed again", "en")] == [("third_party", True)]


def test_a_date_of_birth_in_signs_is_read() -> None:
    """Dates are read with the signs for year, month and day."""
    assert [(one.entity, one.about) for one in details("我的出生日期是1979年2月14日", "zh")] == [("DATE_OF_BIRTH", "author")]
