"""Sensitive topics: told from harmless ones, in several languages, with seeds a user can extend."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leakscope.detection.topics import TOPICS, classify, pieces
from leakscope.detection.topics_head import read_seeds, seed_folder, seeds_hash, shipped_head, train
from leakscope.errors import CatalogueError

TURNS = Path(__file__).resolve().parents[2] / "corpora" / "labelled_turns" / "turns.ndjson"


def topic(text: str, language: str = "en") -> str:
    """Topic of one text."""
    return str(classify([text], [language])["topic"][0])


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("I was diagnosed with diabetes", "en", "health"),
        ("ich bin schwul und keiner weiß es", "de", "sexuality"),
        ("je me suis converti à l'islam", "fr", "religion"),
        ("mi hermano está en la cárcel por robo", "es", "criminal"),
        ("у меня долги и нечем платить за квартиру", "ru", "finance"),
        ("how do i sort a list in python", "en", "none"),
        ("wie koche ich reis", "de", "none"),
        ("DB_PASSWORD=Tr0ub4dor&3x why is access denied", "en", "code"),
    ],
)
def test_a_topic_is_told(text: str, language: str, expected: str) -> None:
    """Special categories and distress are told from everyday requests; credentials by their form."""
    assert topic(text, language) == expected


def test_a_disclosure_says_about_whom() -> None:
    """A sensitive text has a subject; a harmless one has none."""
    told = classify(["my mother has cancer and gets chemotherapy", "what is the capital of france"], ["en", "en"])
    assert told.schema == TOPICS
    assert told["about"].to_list() == ["third_party", "nobody"]


def test_one_sentence_in_a_long_message_is_enough() -> None:
    """A disclosure after harmless sentences is found."""
    filler = "We moved to a bigger flat with a nice balcony last month. The kitchen is new and the cat likes it. "
    assert topic(filler + "Since then I have been diagnosed with cancer and get chemotherapy every week.") == "health"


def test_pieces_hold_every_word() -> None:
    """Cutting at sentence ends loses nothing but blanks."""
    text = "One. Two two? Three three three!\nFour. " * 20
    assert "".join("".join(pieces(text)).split()) == "".join(text.split())


def test_no_texts_give_an_empty_frame() -> None:
    """Nothing in, nothing out, with the schema."""
    assert classify([]).schema == TOPICS


def test_probabilities_rise_with_the_score() -> None:
    """Calibration keeps the order and puts one half at the threshold."""
    head = shipped_head()
    low, middle, high = (float(head.calibrated(score)) for score in (head.threshold - 0.2, head.threshold, head.threshold + 0.2))
    assert low < middle < high
    assert middle == pytest.approx(0.5)


def test_the_shipped_head_was_trained_on_the_shipped_seeds() -> None:
    """The head names the hash of the seeds beside it."""
    import numpy as np

    from leakscope.detection.topics_head import head_path

    with np.load(head_path()) as stored:
        assert json.loads(stored["about"].tobytes())["seeds"] == seeds_hash(read_seeds(seed_folder()))


@pytest.mark.slow
def test_a_user_can_add_a_topic(tmp_path: Path) -> None:
    """Seeds of a new topic in a folder of the user's make a head that knows it."""
    sentences = ["the submarine dives at noon", "torpedo tubes one and two are loaded", "our boat lies at periscope depth", "the sonar hears a destroyer", "surface the submarine at once"]
    (tmp_path / "navy.toml").write_text(f'topic = "navy"\n[seeds]\nen = {json.dumps(sentences)}\n', "utf-8")
    head = train(read_seeds(seed_folder(), tmp_path), threshold=0.5, slope=1.0)
    assert head.score([["the sonar of the submarine is broken"]])[0][0] == "navy"


def test_a_broken_seed_file_says_which(tmp_path: Path) -> None:
    """A file without seeds is named in the error."""
    (tmp_path / "odd.toml").write_text('topic = "x"\n', "utf-8")
    with pytest.raises(CatalogueError, match=r"odd\.toml"):
        read_seeds(tmp_path)


def test_the_labelled_turns_keep_their_figures() -> None:
    """Four of five disclosures are found; at most one in twenty harmless turns and two in five questions in general are called sensitive."""
    rows = [json.loads(line) for line in TURNS.open(encoding="utf-8")]
    told = classify([row["text"] for row in rows], [row["language"] for row in rows])["topic"]
    found = [guess != "none" for guess, row in zip(told, rows, strict=True) if row["topic"] != "none" and row["about"] != "nobody"]
    asked = [guess != "none" for guess, row in zip(told, rows, strict=True) if row["topic"] != "none" and row["about"] == "nobody"]
    false = [guess != "none" for guess, row in zip(told, rows, strict=True) if row["topic"] == "none"]
    assert sum(found) / len(found) >= 0.8
    assert sum(asked) / len(asked) <= 0.4
    assert sum(false) / len(false) <= 0.05


@pytest.mark.slow
def test_counselling_is_told_from_banking(labelled_data: Path) -> None:
    """Recall of 85% on counselling questions at 3% on bank questions."""
    read = lambda name: [json.loads(line)["text"] for line in (labelled_data / name).open(encoding="utf-8")]  # noqa: E731
    sensitive, harmless = classify(read("counsel_chat.jsonl")[:300]), classify(read("banking77.jsonl")[::10])
    assert (sensitive["topic"] != "none").mean() >= 0.85
    assert (harmless["topic"] != "none").mean() <= 0.03


@pytest.mark.parametrize(("asked", "told"), [("what are the symptoms of diabetes", "how do i tell my boss that i have diabetes"), ("was ist eine Privatinsolvenz", "ich stecke in der Privatinsolvenz")])
def test_a_question_about_nobody_weighs_less(asked: str, told: str) -> None:
    """A question in general is less likely sensitive than somebody's own words of the same subject, and about nobody."""
    answers = classify([asked, told], ["en" if asked.startswith("what") else "de"] * 2)
    assert answers["topic"][1] != "none"
    assert answers["about"].to_list() == ["nobody", "author"]
    assert answers["probability"][0] < answers["probability"][1]


@pytest.mark.parametrize(("said", "expected"), [("speed up our function", "code"), ("accélère notre fonction interne", "code"), ("how does this function work", "none")])
def test_fenced_code_that_is_called_ones_own_is_code(said: str, expected: str) -> None:
    """A few lines between fences are source code where the words around say whose they are."""
    assert topic(f"{said}\n```js\nfunction fee(o) {{ return o.size * 0.29 }}\n```") == expected


def test_pasted_code_says_nothing_about_relatives() -> None:
    """Words inside code are nobody's; code that is somebody's own is its author's."""
    text = "why does this fail?\n```python\nfor client in db.query('SELECT * FROM clients'):\n    print(client.margin)\n```\nKeyError on erp-prod.example"
    assert classify([text]).select("topic", "about").row(0) == ("code", "author")


def test_no_labelled_turn_is_a_seed() -> None:
    """What measures is kept apart from what trains."""
    corpora = [TURNS, *(TURNS.parents[1] / name / "turns.ndjson" for name in ("situations", "plain_talk"))]
    turns = {json.loads(line)["text"].lower().strip(" .?!") for path in corpora for line in path.open(encoding="utf-8")}
    assert len(turns) >= 2000
    seeds = {text.lower().strip(" .?!") for _, _, text in read_seeds(seed_folder())}
    assert turns & seeds == {"quali sono i sintomi della celiachia"}  # written twice by chance; the card of plain_talk says so
