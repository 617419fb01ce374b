"""The names that records give to roles, texts and ids of chat, read from `data/chat_shapes.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

ROLES = ("user", "assistant", "system", "tool")


@cache
def shapes() -> Mapping[str, Any]:
    """The whole table."""
    return tomllib.loads(files("leakscope.detection").joinpath("data/chat_shapes.toml").read_text("utf-8"))


@cache
def role_words() -> Mapping[str, str]:
    """What a role is called, lower case -> `user`, `assistant`, `system` or `tool`."""
    return {word: role for role in ROLES for word in shapes()["roles"][role]}


def snake(name: pl.Expr) -> pl.Expr:
    """A name in lower snake case: `sessionId` and `session.id` both read `session_id`."""
    return (
        name.str.replace_all(r"([a-z0-9])([A-Z])", "${1}_${2}")
        .str.to_lowercase()
        .str.replace_all(r"[^a-z0-9]+", "_")
        .str.strip_chars("_")
    )


def plain_path(field: pl.Expr) -> pl.Expr:
    """
    A path with one way of writing every step.

    `string.values[messages]->$[2].role` becomes `string.values.messages.2.role`, and the parallel arrays
    `messages.role[2]` become `messages.2.role`, so that the parts of one message share everything but their last steps.
    """
    steps = field.str.replace_all("->$", "", literal=True).str.replace_all(r"\[\"?'?([^\]\"']*)\"?'?\]", ".${1}")
    return steps.str.replace(r"^(.*?)\.?\b(role|content|sender|text)\.(\d+)$", "${1}.${3}.${2}").str.strip_chars(".")


def with_places(values: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """
    Values with a number in place of their names, and what the names say: names are few beside values, and reading them is most of the work.

    Args:
        values: columns field and key.

    Returns:
        `values` with `place`; and the places: place, field, key, path (`plain_path` of the field), name (`snake` of the key).
    """
    places = values.select("field", "key").unique(maintain_order=True).with_row_index("place")
    numbered = values.join(places, on=["field", "key"], how="left", nulls_equal=True, maintain_order="left")
    return numbered, places.with_columns(path=plain_path(pl.col("field")), name=snake(pl.col("key")))


def at_places(values: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """`values` that stand at one of `places`, with what else is said of it there; in the order of `values`."""
    return values.join(places.drop("field", "key", strict=False), on="place", how="inner", maintain_order="left")


def role_of(value: pl.Expr) -> pl.Expr:
    """Our role for a written one; null for anything else."""
    return value.str.strip_chars().str.to_lowercase().replace_strict(dict(role_words()), default=None, return_dtype=pl.String)


def roles_at(short: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """
    Messages whose role is said by a word that says one only at its place.

    Args:
        short: leaves that are short enough for such a word, with their `place`.
        places: as `with_places` gives.

    Returns:
        source, record, base (the message's path), role, name and rank (behind every name of `[message] role`).
    """
    parts = [_roles_by(rule, short, places.select("place", "path"), 100 + number) for number, rule in enumerate(shapes()["roles_at"])]
    return pl.concat(parts)


def _roles_by(rule: Mapping[str, Any], short: pl.DataFrame, paths: pl.DataFrame, rank: int) -> pl.DataFrame:
    under = rf"(?:.*\.)?{rule['under']}\.\d+" if "under" in rule else ".*?"
    at = rule["at"].replace(".", r"\.")
    word = pl.col("value").str.strip_chars().str.to_lowercase().replace_strict(rule["words"], default=None, return_dtype=pl.String)
    base = pl.when(pl.col("path").str.contains(rf"(?i)^{at}$")).then(pl.lit("")).otherwise(pl.col("path").str.extract(rf"(?i)^({under})\.{at}$"))
    places = paths.with_columns(base=base).filter(pl.col("base").is_not_null())
    if "under" in rule:
        places = places.filter(pl.col("base") != "")
    found = at_places(short, places).with_columns(role=word).filter(pl.col("role").is_not_null())
    if "with" in rule and not found.is_empty():
        beside = paths.with_columns(base=pl.col("path").str.extract(rf"^(?:(.*?)\.)?(?:{alternatives(rule['with'])})$").fill_null("")).filter(
            pl.col("path").str.contains(rf"(?:^|\.)(?:{alternatives(rule['with'])})$")
        )
        found = found.join(at_places(short, beside).select("source", "record", "base").unique(), on=["source", "record", "base"], how="semi", maintain_order="left")
    return found.select("source", "record", "base", "role", name=pl.lit("at"), rank=pl.lit(rank, pl.Int64))


def alternatives(paths: list[str]) -> str:
    """One regular expression for any of several paths, longest first."""
    return "|".join(path.replace(".", r"\.") for path in sorted(paths, key=len, reverse=True))
