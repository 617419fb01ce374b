"""Every language says everything that English says, and every element has words in it."""

import string

import pytest

from leakscope.notification.words import ENGLISH, languages, spoken_in
from leakscope.vocabulary import elements

LANGUAGES = sorted(languages())


def leaves(words):
    """Paths of all texts of a language, with the number of their places."""
    held = {"letter": words.letter, "heading": words.heading, "advice": words.advice, "elements": words.elements}
    held |= {f"consequence.{name}": said for name, said in words.consequence.items()}
    return {f"{table}.{name}": sum(1 for _, field, _, _ in string.Formatter().parse(text) if field is not None) for table, row in held.items() for name, text in row.items()}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_has_the_same_sentences_as_english(code):
    """No heading, advice or place in a sentence is missing or too many."""
    assert leaves(languages()[ENGLISH]) == leaves(languages()[code])


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_names_every_element(code):
    """What was exposed of a person is always said in plain words."""
    assert set(elements()) == set(languages()[code].elements)


def test_no_place_is_spoken_to_in_two_languages():
    """Each place is listed once."""
    places = [place for words in languages().values() for place in words.places]

    assert len(places) == len(set(places))


@pytest.mark.parametrize(("place", "code"), [("DE", "de"), ("AT", "de"), ("FR", "fr"), ("CA-QC", "fr"), ("CA-ON", "en"), ("US-TX", "en"), ("MX", "es")])
def test_a_part_of_a_country_speaks_as_the_country_does_unless_it_is_listed(place, code):
    """Quebec is written to in French, Texas in English."""
    assert code == spoken_in(place).code


def test_a_place_without_words_has_none():
    """Nobody is written to in a language that we chose for them."""
    assert spoken_in("PL") is None


@pytest.mark.parametrize(
    ("codes", "brief"),
    [
        (("payment_card_number",), ("financial loss",)),
        (("religion",), ("loss of confidentiality, damage to reputation, blackmail", "discrimination")),
        (("unique_id",), ("recognition of a person by an account, a device or an address on the network",)),
        (("organisation",), ()),
    ],
)
def test_consequences_follow_from_the_kinds_of_data(codes, brief):
    """Each kind brings its own, and what says nothing of a person brings none."""
    assert brief == languages()[ENGLISH].consequences(codes, to="brief")
