"""Whose secrets, and in which chats: where each secret stood, and the people whose it is as far as the evidence tells."""

from __future__ import annotations

import polars as pl

from leakscope.detection.turn_places import AUTHOR, in_turns

#: Where a secret can stand, by the role of the turn; what stands in no turn is `elsewhere`: logs, settings, tables.
PLACES = {"user": "user_messages", "assistant": "answers", "system": "system_prompts", "tool": "tool_calls", "none": "elsewhere"}
#: Why a secret is somebody's, the surest first.
BASES = ("linked", "author", "alone")
#: Columns of `TURNS` that tell where a secret stood.
SPOKEN = ("source", "record", "field", "conversation", "user", "role", "turn", "length")


def secret_owners(secrets: pl.DataFrame, sightings: pl.DataFrame, turns: pl.DataFrame, record_persons: pl.DataFrame) -> pl.DataFrame:
    """
    Where each secret stood and whose it is.

    Args:
        secrets: schema `SECRETS`.
        sightings: schema `SIGHTINGS` or `FINDINGS`.
        turns: schema `TURNS`, the columns `SPOKEN` suffice.
        record_persons: schema `RECORD_PERSONS`.

    Returns:
        One row per secret, in its order: `fingerprint`; records in which it stood in each of `PLACES`; `conversations`; `people` whose
        it is; `owner` where that is one; `basis`, one of `BASES`: it is a part of their data (a password in their row), they wrote it
        in a message, or they are the only person of all records that hold it. `people` is zero and the others null where nothing tells.
    """
    found = secret_sightings(secrets, sightings)
    turns = turns.with_columns(user=AUTHOR)
    placed = in_turns(found, turns).with_columns(place=pl.col("turn_role").fill_null("none").replace_strict(PLACES, default="elsewhere", return_dtype=pl.String))
    at = pl.struct("source", "record")
    where = placed.group_by("secret").agg(
        *(at.filter(pl.col("place") == place).n_unique().alias(place) for place in PLACES.values()),
        conversations=pl.col("conversation").drop_nulls().n_unique(),
    )
    owners = _owners(placed, sightings, turns, record_persons)
    told = secrets.select("fingerprint").join(where, left_on="fingerprint", right_on="secret", how="left", maintain_order="left")
    return told.join(owners, left_on="fingerprint", right_on="secret", how="left", maintain_order="left").with_columns(
        pl.col(*PLACES.values(), "conversations", "people").fill_null(0)
    )


def secret_sightings(secrets: pl.DataFrame, sightings: pl.DataFrame) -> pl.DataFrame:
    """
    The rows of `sightings` that found a secret of the sheet.

    Args:
        secrets: schema `SECRETS`.
        sightings: schema `SIGHTINGS` or `FINDINGS`.

    Returns:
        The same columns, and `secret`: the fingerprint under which the sheet lists it.
    """
    heads = secrets.select(pl.col("fingerprint").alias("secret"), fingerprint="fingerprints").explode("fingerprint")
    return sightings.join(heads, on="fingerprint", how="inner", maintain_order="left")


def _owners(placed: pl.DataFrame, sightings: pl.DataFrame, turns: pl.DataFrame, record_persons: pl.DataFrame) -> pl.DataFrame:
    """`secret, people, owner, basis` of the secrets that are somebody's, by the surest way that tells."""
    linked = placed.join(record_persons, on=["source", "record", "fingerprint"])
    typed = placed.filter((pl.col("turn_role") == "user") & ~pl.col("quoted"))
    author = typed.join(_authors(sightings, turns, record_persons), on=["conversation", "user"], nulls_equal=True)
    beside = placed.join(record_persons.select("source", "record", "person").unique(), on=["source", "record"])
    alone = beside.filter(pl.col("person").n_unique().over("secret") == 1)
    ways = [way.select("secret", "person", basis=pl.lit(basis), rank=pl.lit(rank)) for rank, (basis, way) in enumerate(zip(BASES, (linked, author, alone), strict=True))]
    best = pl.concat(ways).filter(pl.col("rank") == pl.col("rank").min().over("secret"))
    return best.group_by("secret").agg(
        people=pl.col("person").n_unique(),
        owner=pl.when(pl.col("person").n_unique() == 1).then(pl.col("person").first()),
        basis=pl.col("basis").first(),
    )


def _authors(sightings: pl.DataFrame, turns: pl.DataFrame, record_persons: pl.DataFrame) -> pl.DataFrame:
    """`conversation, user, person`: who linkage says wrote the user's messages of each conversation."""
    talked = sightings.filter(pl.col("entity") == "CHAT_CONTENT").join(record_persons, on=["source", "record", "fingerprint"])
    return in_turns(talked, turns).drop_nulls("conversation").select("conversation", "user", "person").unique()
