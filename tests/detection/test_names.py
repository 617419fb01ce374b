"""Names by the shipped model, by cues, by spaCy, and through Presidio."""

from __future__ import annotations

import hashlib
import json

import pytest

from leakscope.detection.names import find_names
from leakscope.detection.names_onnx import OnnxNames, shipped_card, shipped_folder
from leakscope.errors import UsageError


def named(text: str, entity: str, model: str = "default") -> list[str]:
    """What is called `entity` in one text."""
    return [text[span.start : span.end] for span in find_names([text], model=model)[0] if span.entity == entity]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("hello my name is Anna Miller and I live in Berlin", ["Anna Miller"]),
        ("my boss karl huber fired me", ["karl huber"]),
        ("can u tell rahul to call me", ["rahul"]),
        ("meine Tochter Lena geht in Köln zur Schule", ["Lena"]),
        ("Dear Dr. John O'Neil, thank you", ["John O'Neil"]),
        ("меня зовут Иван Петров", ["Иван Петров"]),
        ("我叫王伟，住在北京", ["王伟"]),
    ],
)
def test_people_are_found_as_typed(text: str, people: list[str]) -> None:
    """Cased or not, in Latin letters by the model and in others by cues."""
    assert named(text, "PERSON") == people


@pytest.mark.parametrize("text", ["how do i sort a list in python", "explain Bayes' theorem", "what is a good recipe for pancakes", "thanks!", "", "git rebase -i HEAD~3", "def add(a, b): return a + b"])
def test_nobody_is_found_where_nobody_is_named(text: str) -> None:
    """Queries, eponyms and code name nobody."""
    assert named(text, "PERSON") == []


def test_places_organisations_and_addresses_are_told_apart() -> None:
    """One sentence with all kinds."""
    text = "I work at Siemens in Munich and live at 22 Baker Street, London"
    assert named(text, "ORGANIZATION") == ["Siemens"]
    assert "Munich" in named(text, "LOCATION")
    assert any("22 Baker Street" in address for address in named(text, "POSTAL_ADDRESS"))


def test_long_texts_are_read_to_their_end() -> None:
    """A name after many windows is found at its place, once."""
    text = "this is just some filler about the weather today. " * 60 + "please ask Johanna Weber about it."
    spans = [span for span in find_names([text])[0] if span.entity == "PERSON"]
    assert [text[span.start : span.end] for span in spans] == ["Johanna Weber"]


def test_the_order_and_company_of_texts_change_no_place() -> None:
    """Texts read together give the names they give alone."""
    texts = ["ask Maria Lopez", "no names here", "Peter Schmidt lives in Hamburg", "ok"] * 3
    together = [[(span.start, span.end, span.entity) for span in spans] for spans in find_names(texts)]
    alone = [[(span.start, span.end, span.entity) for span in find_names([text])[0]] for text in texts]
    assert together == alone


@pytest.mark.parametrize(("handles", "people"), [(False, []), (True, ["@nikowavy"])])
def test_handles_are_persons_only_where_asked(handles: bool, people: list[str]) -> None:
    """A handle is an online identifier; a user of the names alone may count it as a person."""
    text = "RT @nikowavy : write to info@firm.example"
    assert [text[span.start : span.end] for span in find_names([text], handles=handles)[0] if span.entity == "PERSON"] == people


def test_a_spacy_model_takes_the_place_of_the_shipped_one() -> None:
    """`--names en_core_web_sm` reads with spaCy."""
    assert named("Barack Obama visited Berlin last week.", "PERSON", model="en_core_web_sm") == ["Barack Obama"]


def test_an_unknown_model_is_bad_use() -> None:
    """A name that is neither a model nor a folder says so."""
    with pytest.raises(UsageError, match="no names model"):
        find_names(["x"], model="no_such_model")


def test_the_shipped_model_is_the_one_its_card_describes() -> None:
    """Hash, size under 25 MB, licence and thresholds stand in the card."""
    card = shipped_card()
    parts = {name: (shipped_folder() / name).read_bytes() for name in ("model.onnx", card["exit"]["file"])}
    assert hashlib.sha256(parts["model.onnx"]).hexdigest() == card["sha256"]
    assert hashlib.sha256(parts[card["exit"]["file"]]).hexdigest() == card["exit"]["sha256"]
    assert sum(map(len, parts.values())) < 25_000_000
    assert card["licence"] == "CC BY 4.0"
    assert set(card["thresholds"]) == {"PERSON", "LOCATION", "ORGANIZATION", "POSTAL_ADDRESS"}


def test_what_names_nothing_is_left_early() -> None:
    """Most assistant queries never reach the last layers; a text with names does."""
    reader = OnnxNames(shipped_folder())
    reached: list[int] = []
    rest = reader._rest
    reader._rest = type("Counted", (), {"run": lambda self, outputs, feed: (reached.append(len(feed["states"])), rest.run(outputs, feed))[1]})()
    reader.find(["how do i sort a list in python", "write a poem about autumn", "what is the capital of australia", "summarise this text in three points"])
    assert sum(reached) <= 2
    assert [span.entity for span in reader.find(["my name is Anna Miller"])[0]] == ["PERSON"]


def test_presidio_can_use_the_model() -> None:
    """The recogniser gives Presidio results with its entity names."""
    from leakscope.detection.names_presidio import LeakScopeNamesRecognizer

    found = LeakScopeNamesRecognizer().analyze("my name is Anna Miller", ["PERSON"], None)
    assert [(one.entity_type, one.start, one.end) for one in found] == [("PERSON", 11, 22)]


def test_spacy_can_use_the_model() -> None:
    """The component sets `doc.ents`."""
    import spacy

    import leakscope.detection.names_spacy_pipe  # noqa: F401

    language = spacy.blank("en")
    language.add_pipe("leakscope_names")
    assert [(entity.text, entity.label_) for entity in language("my name is Anna Miller").ents] == [("Anna Miller", "PERSON")]


@pytest.mark.slow
def test_people_in_labelled_sentences_are_found_better_than_half(labelled_data) -> None:
    """On sentences of another project, recall of persons is above 0.8 and precision above 0.8 by overlap."""
    rows = [json.loads(line) for line in (labelled_data / "presidio_generated_large.jsonl").open(encoding="utf-8")][:400]
    found = find_names([row["text"] for row in rows])
    gold = [(n, s["start"], s["end"]) for n, row in enumerate(rows) for s in row["spans"] if s["label"] == "PERSON"]
    guess = [(n, s.start, s.end) for n, spans in enumerate(found) for s in spans if s.entity == "PERSON"]
    hit = lambda one, many: any(one[0] == other[0] and one[1] < other[2] and other[1] < one[2] for other in many)  # noqa: E731
    assert sum(hit(one, guess) for one in gold) / len(gold) > 0.8
    assert sum(hit(one, gold) for one in guess) / len(guess) > 0.8
