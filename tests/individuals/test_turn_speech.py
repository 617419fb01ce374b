"""Whose data a value in a chat turn is, however often and in whatever shape the evidence repeats the turn."""

import polars as pl

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
