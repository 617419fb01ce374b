"""In which turn of a conversation a value stands."""

from __future__ import annotations

import polars as pl

#: How the field of a turn ends that is part of a transcript; the number is where it begins.
TRANSCRIPT = r"->transcript\[(\d+)\]$"


#: Whose conversation a turn is part of: the user it names, else the first that the conversation names.
AUTHOR = pl.coalesce("user", pl.col("user").drop_nulls().first().over("conversation"))


def _places(turns: pl.DataFrame) -> pl.DataFrame:
    """
    Where each turn stands: `source, record, turn_field, stem, begin, length, turn, turn_role, conversation, user`.

    A turn of a transcript is a part of the value at `stem`, from `begin` on; every other turn is the whole value at its field.
    """
    begin = pl.col("field").str.extract(TRANSCRIPT, 1).cast(pl.Int64).fill_null(0)
    stem = pl.col("field").str.replace(TRANSCRIPT, "")
    named = [pl.col("field").alias("turn_field"), stem.alias("stem"), begin.alias("begin"), pl.col("role").alias("turn_role")]
    places = turns.select("source", "record", *named, "length", "turn", "conversation", "user")
    return places.unique(subset=["source", "record", "turn_field"], keep="first", maintain_order=True)


def in_turns(found: pl.DataFrame, turns: pl.DataFrame) -> pl.DataFrame:
    """
    The rows of `found` with the turn that each stands in.

    Args:
        found: `source, record, field, start, attributes` among its columns.
        turns: schema `TURNS`.

    Returns:
        `found` in its order with `at` (code points from the start of the innermost text) and, null outside turns: `turn_field, begin,
        turn, turn_role, conversation, user, quoted` (the value stands in structured text that the turn holds: the turn's field is the
        start of its own).
    """
    places = _places(turns)
    inner_place = pl.col("attributes").str.extract(r'"decoded_start":\s*(\d+)', 1).cast(pl.Int64, strict=False)
    keyed = found.with_row_index("_row").with_columns(at=pl.coalesce(inner_place, pl.col("start").cast(pl.Int64)))
    sought = keyed.select("_row", "source", "record", "field", "at")
    held = sought.join(places, left_on=["source", "record", "field"], right_on=["source", "record", "stem"], how="inner")
    whole = pl.col("turn_field") == pl.col("field")
    exact = held.filter(whole | pl.col("at").is_between("begin", pl.col("begin") + pl.col("length"), closed="left")).with_columns(quoted=pl.lit(False))
    inner = (
        sought.filter(pl.col("field").str.contains("->", literal=True))
        .join(exact, on="_row", how="anti")
        .join(places.drop("stem"), on=["source", "record"], how="inner")
        .filter(pl.col("field").str.starts_with(pl.col("turn_field") + "->"))
        .with_columns(quoted=pl.lit(True))
    )
    told = ["_row", "turn_field", "begin", "turn", "turn_role", "conversation", "user", "quoted"]
    placed = pl.concat([exact.select(told), inner.select(told)]).unique(subset="_row", keep="first", maintain_order=True)
    return keyed.join(placed, on="_row", how="left", maintain_order="left").drop("_row")
