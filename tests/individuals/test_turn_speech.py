"""Whose data a value in a chat turn is, however often and in whatever shape the evidence repeats the turn."""

import polars as pl
import pytest

from leakscope.individuals.units import place
from tests.individuals.evidence import said, sightings, turns

NAME_AND_NUMBER = "is Ann Lee still my emergency contact? the number is 415-831-0651"


def _slots(placed, entity):
    return placed.filter(pl.col("entity") == entity).get_column("slot").to_list()


def test_a_number_belongs_to_the_name_read_in_another_copy_of_the_turn():
    """A log repeats a turn in two fields; the name is found in one, the phone in the other."""
    first, found = said(0, "message", NAME_AND_NUMBER, ("PHONE_NUMBER", "415-831-0651"))
    again = turns((0, "_source", "user", NAME_AND_NUMBER)).with_columns(turn=first.get_column("turn"))
    name = sightings((0, "_source", "PERSON", "Ann Lee", NAME_AND_NUMBER.index("Ann")))
    placed = place(pl.concat([found, name]), pl.concat([first, again]))
    assert _slots(placed, "PHONE_NUMBER") == _slots(placed, "PERSON") != [""]


def test_cues_count_where_a_turn_is_repeated_without_its_text():
    """Requests repeat earlier turns; their text is kept where they were said first."""
    first, found = said(0, "messages[0]", "my name is Ann Lee", ("PERSON", "Ann Lee"))
    later = first.with_columns(record=pl.lit(1, pl.UInt64), text=pl.lit(None, pl.String))
    placed = place(pl.concat([found, found.with_columns(record=pl.lit(1, pl.UInt64))]), pl.concat([first, later]))
    assert _slots(placed, "PERSON") == ["", ""]


def test_turns_of_a_transcript_are_parts_of_one_value():
    """What the assistant says is nobody's own; what the user says of themselves is theirs."""
    lines = ("User: my name is Ann Lee\n", "Assistant: I told Bob Ray, 415-831-0651")
    text = "".join(lines)
    found = sightings(*((0, "log", entity, value, text.index(value)) for entity, value in (("PERSON", "Ann Lee"), ("PERSON", "Bob Ray"), ("PHONE_NUMBER", "415-831-0651"))))
    parts = turns((0, f"log->transcript[{text.index('my')}]", "user", "my name is Ann Lee"), (0, f"log->transcript[{text.index('I told')}]", "assistant", "I told Bob Ray, 415-831-0651"))
    placed = place(found, parts)
    assert _slots(placed, "PERSON")[0] == ""
    assert _slots(placed, "PERSON")[1] == _slots(placed, "PHONE_NUMBER")[0] != ""


@pytest.mark.parametrize(
    "text",
    [
        "mein Nachbar Ann Lee ist nachts laut",
        "un message pour ma voisine Ann Lee",
        "meu chefe Ann Lee quer saber",
        "mi vecino, Ann Lee, pone música",
        "mijn buurvrouw Ann Lee belt",
        "сосед Ann Lee шумит",
        "我的邻居Ann Lee",
        "wrote to my old teacher Ann Lee",
    ],
)
def test_a_name_after_the_word_for_an_acquaintance_is_a_third_partys(text):
    """In the languages that chats are written in, and not the author's because a possessive stands before it."""
    chat, found = said(0, "messages[0]", text, ("PERSON", "Ann Lee"))

    assert _slots(place(found, chat), "PERSON") != [""]


@pytest.mark.parametrize("text", ["mein Name ist Ann Lee", "je m'appelle Ann Lee", "me llamo Ann Lee", "o meu nome é Ann Lee", "hello, this is Ann Lee", "меня зовут Ann Lee", "我叫Ann Lee", "queja a mi casero, soy Ann Lee", "ich, Ann Lee, brauche Hilfe"])
def test_a_name_that_somebody_gives_as_theirs_is_the_authors(text):
    """In the languages that chats are written in."""
    chat, found = said(0, "messages[0]", text, ("PERSON", "Ann Lee"))

    assert _slots(place(found, chat), "PERSON") == [""]


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("ring meine Nummer 415-831-0651 an", True),
        ("doctor's appointment, my phone is 415-831-0651", True),
        ("my landlord's phone is 415-831-0651", False),
        ("meine Schwester hat jetzt 415-831-0651", False),
    ],
)
def test_a_number_goes_by_whom_the_words_before_it_speak_of(text, own):
    """A possessive makes it the author's, unless it is an acquaintance's."""
    chat, found = said(0, "messages[0]", text, ("PHONE_NUMBER", "415-831-0651"))

    assert (_slots(place(found, chat), "PHONE_NUMBER") == [""]) is own
