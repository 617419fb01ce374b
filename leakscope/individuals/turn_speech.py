"""Whose data a value in a chat turn is: the author's own, or a third party's."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from leakscope.detection.turn_places import in_turns
from leakscope.individuals.vocabulary import words

#: Code points before a value in which a cue counts, and words that may stand between cue and value.
CUE_WINDOW = 48
CUE_GAP_WORDS = 3
#: The same in scripts without spaces, and of a word that must stand beside the value.
CUE_GAP_CHARACTERS = 40
BESIDE_CHARACTERS = 3
#: Code points after a person's name within which other identifiers are that person's.
NAME_REACH = 120
#: What people hand over about themselves when nothing says otherwise; names and mail addresses are as often another's.
_USUALLY_ANOTHERS = ("PERSON", "EMAIL_ADDRESS", "USERNAME", "SOCIAL_HANDLE")


def _cue_pattern(cues: Sequence[str], *, words: int = CUE_GAP_WORDS, characters: int = CUE_GAP_CHARACTERS) -> str:
    """One of `cues`, then at most so many words (scripts without spaces: characters), then the value."""
    latin = [re.escape(cue).replace(r"\ ", r"\s+") for cue in cues if not _is_cjk(cue)]
    others = [re.escape(cue) for cue in cues if _is_cjk(cue)]
    gap = rf"(?:[^\w.!?]+\w+){{0,{words}}}[^\w.!?]*$"
    return rf"(?i)(?:(?:^|\W)(?:{'|'.join(latin)}){gap}" + (rf"|(?:{'|'.join(others)})[^。！？]{{0,{characters}}}$)" if others else ")")


def _of_another(before: pl.Expr) -> pl.Expr:
    """Whether the words before a value tell that it is somebody else's: "his", "my wife", "Nachbarin"."""
    cues = words()["cues"]
    spaced = [cue for cue in cues["relations"] if not _is_cjk(cue)]
    owned = rf"(?:{'|'.join(cue for cue in cues['possessive'] if not _is_cjk(cue))})\W+(?:{'|'.join(spaced)})"
    after_possessive = rf"(?i)(?:^|\W){owned}(?:[^\w.!?]+\w+){{0,{CUE_GAP_WORDS}}}[^\w.!?]*$"
    # "doctor" in "doctor's appointment, my phone" is nobody's; without a possessive the word must stand beside the value
    beside = _cue_pattern(cues["relations"], words=1, characters=BESIDE_CHARACTERS)
    return before.str.contains(_cue_pattern(cues["third"])) | before.str.contains(after_possessive) | before.str.contains(beside)


def _is_cjk(text: str) -> bool:
    return any("\u3040" <= character <= "\u9fff" for character in text)


def _in_turns(placed: pl.DataFrame, turns: pl.DataFrame) -> pl.DataFrame:
    """
    `placed` with `turn_role`, `before` (text before the value), `turn_field`, `said` and `quoted`; null outside turns.

    `said` is what the copies of one turn in a record have in common: names may be read in one copy, numbers in another. What is
    quoted in a turn is told apart by its own field.
    """
    # a turn that is repeated carries its text where it was said first only
    texts = turns.select("turn", "text").drop_nulls().unique(subset="turn", keep="first", maintain_order=True)
    first = pl.max_horizontal(pl.col("at") - pl.col("begin") - CUE_WINDOW, pl.lit(0))
    told = in_turns(placed, turns).with_row_index("_row").join(texts, on="turn", how="left", maintain_order="left")
    within = pl.col("turn_role").is_not_null()
    return told.with_columns(
        said=pl.when(pl.col("quoted")).then("field").when(within).then("turn"),
        before=pl.when(pl.col("quoted")).then(pl.lit("")).when(within).then(pl.col("text").str.slice(first, pl.col("at") - pl.col("begin") - first)),
    ).drop("begin", "turn", "text", "conversation", "user")


def _with_speech(inside: pl.DataFrame) -> pl.DataFrame:
    """Adds `own` (null: not told) and `anchor` (fingerprint of the name or value that a third party goes by)."""
    cues = words()["cues"]
    is_name = pl.col("entity") == "PERSON"
    before = pl.col("before")
    apposed = before.str.contains(rf"(?i)(?:^|\W)(?:{'|'.join(cues['first_person'])})\s*,\s*$")
    # "to my landlord: this is Ann": the words right before the value decide
    at_once = apposed | before.str.contains(_cue_pattern(cues["own"], words=0))
    third = _of_another(before) & ~at_once
    stated = at_once | before.str.contains(_cue_pattern(cues["own"]))
    # "my neighbour Ann": before a name, a possessive tells whose acquaintance it is
    owned = ~is_name & before.str.contains(_cue_pattern(cues["possessive"]))
    own = (stated | owned) & ~third
    user = (pl.col("turn_role") == "user") & ~pl.col("quoted")
    told = inside.with_columns(
        own=pl.when(user & own).then(True).when(~user | third | (is_name & ~own)).then(False),
        name=pl.when(is_name).then("fingerprint"),
        name_start=pl.when(is_name).then("at"),
    )
    turn = ["source", "record", "said"]
    told = told.sort(*turn, "at", maintain_order=True).with_columns(
        last_name=pl.col("name").forward_fill().over(turn),
        last_start=pl.col("name_start").forward_fill().over(turn),
        last_own=pl.when(is_name).then("own").forward_fill().over(turn),
    )
    near = pl.col("last_name").is_not_null() & (pl.col("at") - pl.col("last_start") <= NAME_REACH)
    near_third = near & ~pl.col("last_own").fill_null(False)
    return told.with_columns(
        own=pl.coalesce("own", pl.when(near).then("last_own"), ~pl.col("entity").is_in(_USUALLY_ANOTHERS)),
        anchor=pl.when(near_third & ~is_name).then("last_name").otherwise("fingerprint"),
    )


def _echoes_are_own(told: pl.DataFrame) -> pl.DataFrame:
    """A value the author called their own is the author's wherever the conversation repeats it."""
    mine = told.filter(pl.col("own")).select("source", "record", "fingerprint").unique().with_columns(echo=pl.lit(True))
    return (
        told.join(mine, on=["source", "record", "fingerprint"], how="left", maintain_order="left")
        .with_columns(own=pl.col("own") | pl.col("echo").fill_null(False))
        .drop("echo")
    )


def place_in_turns(placed: pl.DataFrame, turns: pl.DataFrame) -> pl.DataFrame:
    """
    `placed` with `group`, `slot` and `side` set for values inside chat turns, and `in_turn`.

    Args:
        placed: sightings with `group`, `slot` and `side` by path.
        turns: schema `TURNS`.

    Returns:
        The same rows in the same order. A value outside a turn that equals a third party's stays as placed.
    """
    if turns.is_empty() or placed.is_empty():
        return placed.with_columns(in_turn=pl.lit(False))
    located = _in_turns(placed, turns)
    outside = located.filter(pl.col("turn_role").is_null())
    inside = located.filter(pl.col("turn_role").is_not_null())
    subject = outside.filter(pl.col("side") == "own").select("source", "record", "fingerprint").unique().with_columns(subject=pl.lit(True))
    told = _echoes_are_own(_with_speech(inside)).join(subject, on=["source", "record", "fingerprint"], how="left", maintain_order="left")
    own = pl.col("own") | pl.col("subject").fill_null(False)
    # structured text quoted in a turn (a tool's answer) keeps its own grouping by path
    quoted_slot = pl.lit("quoted:") + pl.col("turn_field") + pl.lit("|") + pl.col("slot")
    told = told.with_columns(
        group=pl.when(own | ~pl.col("quoted")).then(pl.lit("")).otherwise("group"),
        slot=pl.when(own).then(pl.lit("")).when(pl.col("quoted")).then(quoted_slot).otherwise(pl.lit("third:") + pl.col("anchor")),
        side=pl.when(own).then(pl.lit("own")).otherwise(pl.lit("third_party")),
        in_turn=pl.lit(True),
    )
    columns = [*placed.columns, "in_turn"]
    return (
        pl.concat([outside.with_columns(in_turn=pl.lit(False)).select("_row", *columns), told.select("_row", *columns)])
        .sort("_row")
        .select(columns)
    )
