"""What the expensive tier may read, as units that are read together: people with their conversations, and sentences elsewhere."""

from __future__ import annotations

import polars as pl

from leakscope.detection.names_gate import is_prose

#: Roles whose words are read: what people typed and what tools gave back. Replies of the assistant repeat them.
READ_ROLES = ("user", "tool")
#: A user with more conversations than this is an account many share: its conversations are units of their own.
MOST_CONVERSATIONS = 50
#: Signs that cost nothing and go with names or disclosures, in any Latin script: a capital inside a sentence, a form of
#: address, an `@`, a family word, an age.
_CAPITAL = r"\p{Ll}[,:]?\s+\p{Lu}\p{Ll}+"
_HINT = r"(?i)@|\b(?:mr|mrs|ms|dr|herr|frau|mme|sra?|pan|pani)\b|\b(?:my|mein|meine|ma|mon|mi|mój|moja|benim|мой|моя)\s+\p{L}+|\d{1,2}\s*(?:years|year|yo|jahre|ans|años|anni|lat|лет|yaş)"


def units(turns: pl.DataFrame, prose: pl.DataFrame | None = None) -> pl.DataFrame:
    """
    Every text the expensive tier may read, once.

    Args:
        turns: schema `TURNS`.
        prose: rows of `VALUES` that are sentences outside conversations.

    Returns:
        One row per distinct text of a unit: unit, kind (`chat` or `prose`), turn, conversation, role, language, text, length,
        worthwhile; in the order of the places they first stand at, which no key changes. A turn repeated as context counts once.
    """
    asked = turns.filter(pl.col("role").is_in(READ_ROLES)).sort("source", "record", "field", "position", maintain_order=True)
    many = asked.group_by("user").agg(pl.col("conversation").n_unique() > MOST_CONVERSATIONS).filter("conversation")["user"]
    shared = pl.col("user").is_null() | pl.col("user").is_in(many.implode())
    said = asked.select(
        unit=pl.when(shared).then(pl.lit("c") + pl.col("conversation")).otherwise(pl.lit("u") + pl.col("user")),
        kind=pl.lit("chat"), turn="turn", conversation="conversation", role="role", language="language", text="text", length="length",
    ).unique("turn", keep="first", maintain_order=True)  # fmt: skip
    parts = [said.with_columns(pl.col("length").cast(pl.UInt32))]
    if prose is not None and prose.height:
        parts.append(_sentences(prose))
    return pl.concat(parts).with_columns(worthwhile=is_prose(pl.col("text")))


def _sentences(prose: pl.DataFrame) -> pl.DataFrame:
    """Each distinct sentence outside conversations as a unit of its own; its place of first sight names it."""
    distinct = prose.unique("value", keep="first", maintain_order=True)
    name = pl.concat_str(pl.lit("p"), "source", pl.lit(":"), pl.col("record").cast(pl.String), pl.lit(":"), "field")
    return distinct.select(
        unit=name, kind=pl.lit("prose"), turn=name, conversation=name, role=pl.lit("prose"), language=pl.lit("und"), text="value",
        length=pl.col("value").str.len_chars().cast(pl.UInt32),
    )  # fmt: skip


def strata(texts: pl.DataFrame) -> pl.DataFrame:
    """
    The units with what is known of them before reading.

    Args:
        texts: as `units` gives.

    Returns:
        One row per unit, in the order of `texts`: unit, stratum, kind, turns, conversations, length (of its worthwhile texts).
    """
    hinted = pl.col("text").str.contains(_CAPITAL).cast(pl.Int8) + pl.col("text").str.contains(_HINT).cast(pl.Int8)
    told = (
        texts.with_columns(hint=pl.when("worthwhile").then(hinted).otherwise(0))
        .group_by("unit", "kind", maintain_order=True)
        .agg(
            turns=(pl.col("role") != "tool").sum(),
            conversations=pl.col("conversation").n_unique(),
            length=pl.col("length").filter("worthwhile").sum(),
            hint=pl.col("hint").max(),
            texts=pl.len(),
        )
    )
    size = pl.when(pl.col("texts") <= 2).then(pl.lit("few")).when(pl.col("texts") <= 12).then(pl.lit("some")).otherwise(pl.lit("many"))
    name = pl.concat_str("kind", pl.when(pl.col("kind") == "chat").then(size).otherwise(pl.lit("one")), pl.col("hint").cast(pl.String), separator="-")
    return told.with_columns(stratum=pl.when(pl.col("length") == 0).then(pl.lit("empty")).otherwise(name)).drop("texts", "hint")
