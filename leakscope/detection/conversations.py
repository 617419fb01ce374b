"""Which conversation, user, model and service a turn belongs to, from the ids that stand near it."""

from __future__ import annotations

import polars as pl

from leakscope.detection.chat_shapes import at_places, plain_path, role_words, shapes, snake
from leakscope.detection.language import tell_languages
from leakscope.safety.keys import IncidentKey

#: Ids and names are short and hold no blanks; anything else under such a key is a text.
LONGEST_ID = 128
#: Messengers tell authors by the names that people have in a chat, blanks included; elsewhere a role stands there.
_BY_NAME = "sender"
#: Keys under which exports keep a conversation's messages; an `id` beside one of them is the conversation's.
_EXPORT_LISTS = r"^(?:mapping|chat_messages|messages|conversations|conversation|turns|dialog)\b"
#: Lists whose elements are answers, parts or events of one conversation, never conversations of their own.
_WITHIN = r"(?:^|\.)(?:candidates|choices|generations|outputs?|content|parts|events)\.\d+(?:\.\d+)?"
_PLACE = ["source", "record"]
#: What ids are sought of, and more than the names there are for any of these.
KINDS = ("conversation", "user", "model", "service")
_RANKS = 1000


def place_in_conversations(found: pl.DataFrame, values: pl.DataFrame, named: pl.DataFrame, records: pl.DataFrame, key: IncidentKey) -> pl.DataFrame:
    """
    Turns with everything that their neighbours say about them.

    Args:
        found: columns order, source, record, field, base, role, attachments, value and offset; one row per turn occurrence.
        values: all leaves of (at least) the same records; schema `VALUES`, and the `place` of each.
        named: the places, as `with_places` gives.
        records: schema `RECORDS`.
        key: incident key.

    Returns:
        The columns of `TURNS`, in the order of `found`.
    """
    names = {name for listed in shapes()["ids"].values() for name in listed}
    places = named.with_columns(
        longer=snake(pl.col("path").str.split(".").list.tail(2).list.join("_")), home=pl.col("path").str.strip_suffix(plain_path(pl.col("key"))).str.strip_chars(".")
    )
    ids = at_places(values, places.filter(pl.col("name").is_in(names) | pl.col("longer").is_in(names)))
    by_name = pl.col("name") == _BY_NAME
    shaped = pl.when(by_name).then(~pl.col("value").str.to_lowercase().is_in(list(role_words()))).otherwise(~pl.col("value").str.contains(r"\s"))
    short = pl.col("value").str.len_chars().is_between(1, LONGEST_ID) & shaped
    near = ids.filter(short).join(found.select(_PLACE).unique(), on=_PLACE, how="semi", maintain_order="left")
    bare = pl.col("base").str.replace(r"\.(?:message|data|kwargs|#\w+)$", "")
    told = found.with_columns(
        list=bare.str.replace(r"(?:^|\.)\d+$", ""), index=bare.str.extract(r"(?:^|\.)(\d+)$").cast(pl.UInt32, strict=False)
    ).with_columns(scope=pl.col("list").str.replace_all(_WITHIN, "").str.extract(r"((?:^|[^.]+\.)\d+)(?:\.[^.]*[^.\d][^.]*)*$").fill_null(""))
    told = told.join(_nearest(told, near), on="order", how="left", maintain_order="left").unique(["order", "offset"], keep="first", maintain_order=True)
    told = told.join(records.select(*_PLACE, "timestamp", record_service="service"), on=_PLACE, how="left", maintain_order="left")
    told = told.with_columns(service=pl.coalesce("service", "record_service"))
    told = _named(told, key)
    return _positioned(told).with_columns(
        language=tell_languages(told["value"], told["role"], told["conversation"]),
        length=pl.col("value").str.len_chars(),
        text=pl.col("value"),
    )


def _nearest(turns: pl.DataFrame, near: pl.DataFrame) -> pl.DataFrame:
    """
    `order` and the best value of each kind of id: the nearest around the turn, else the best-named of the record.

    How well an id fits is told once for each pair of the turn's and the id's place: both are few beside turns and ids.
    """
    asked = turns.select("order", *_PLACE, "base").unique(maintain_order=True)
    leaves = near.select(*_PLACE, "place", "value").with_row_index("_leaf")
    pairs = asked.join(leaves.drop("value"), on=_PLACE).select("order", "base", "place", "_leaf")
    met = pairs.select("base", "place").unique().with_row_index("_met")
    pairs = pairs.join(met, on=["base", "place"]).select("order", "_leaf", "_met")
    met = met.join(near.select("place", "name", "longer", "home").unique("place"), on="place", how="left", maintain_order="left")
    found = asked.select("order")
    for what in KINDS:
        worse = met.select(_unfitness(what)).to_series()
        fitting = pairs.select("order", "_leaf", worse=worse.gather(pairs["_met"])).drop_nulls("worse")
        best = fitting.group_by("order").agg(_leaf=(pl.col("worse") * leaves.height + pl.col("_leaf")).min() % leaves.height)
        found = found.join(best.select("order", leaves["value"].gather(best["_leaf"]).alias(what)), on="order", how="left", maintain_order="left")
    return found


def _unfitness(what: str) -> pl.Expr:
    """How badly an id at the place `name, longer, home` fits a turn at `base` as one of the kind `what`; null where it is none."""
    names = shapes()["ids"]
    rank = {name: place for place, name in enumerate(names[what])}
    exports = names["export"] if what == "conversation" else []
    name = pl.when(pl.col("longer").is_in(list(rank))).then("longer").otherwise("name")
    around = (pl.col("home") == "") | (pl.col("base") == pl.col("home")) | pl.col("base").str.starts_with(pl.concat_str(pl.col("home"), pl.lit(".")))
    inside = pl.col("base").str.strip_prefix(pl.col("home")).str.strip_chars(".")
    is_export = name.is_in(exports) & ~name.is_in(list(rank))
    fits = ~is_export | (around & inside.str.contains(_EXPORT_LISTS) & ~inside.str.contains(r"^\d"))
    depth = pl.when(around).then(pl.col("home").str.len_bytes().cast(pl.Int64)).otherwise(-1)
    worse = name.replace_strict(rank, default=len(rank), return_dtype=pl.Int64) - depth * _RANKS
    return pl.when(name.is_in([*rank, *exports]) & fits).then(worse)


def _named(turns: pl.DataFrame, key: IncidentKey) -> pl.DataFrame:
    """Pseudonyms in place of ids; what has no id is one conversation for each record, or for each element of a list of them."""
    own = pl.concat_str(pl.lit("\x1d"), "source", pl.lit("\x1d"), pl.col("record").cast(pl.String), pl.lit("\x1d"), "scope")
    turns = turns.with_columns(conversation=pl.coalesce("conversation", own))
    turns = _pseudonyms(turns, "conversation", key)
    turns = _pseudonyms(turns, "user", key)
    whole = pl.concat_str("conversation", pl.lit("\x1f"), "role", pl.lit("\x1f"), pl.col("value").str.strip_chars())
    return _pseudonyms(turns.with_columns(turn=whole), "turn", key)


def _pseudonyms(frame: pl.DataFrame, column: str, key: IncidentKey) -> pl.DataFrame:
    """`frame` with each distinct text of `column` replaced by its pseudonym."""
    texts = frame[column].unique(maintain_order=True).drop_nulls()
    known = pl.DataFrame({column: texts, "pseudonym": pl.Series([key.pseudonym(column, text) for text in texts], dtype=pl.String)})
    return frame.join(known, on=column, how="left", maintain_order="left").drop(column).rename({"pseudonym": column})


def _positioned(turns: pl.DataFrame) -> pl.DataFrame:
    """The place in the list as given; for rows that are one turn each, their order in the conversation."""
    when = pl.struct("timestamp", "record").rank("dense").over("conversation").cast(pl.Int64) - 1
    step = pl.col("order").rank("dense").over(*_PLACE, "scope", "conversation").cast(pl.Int64) - 1
    written = pl.col("offset").rank("dense").over("order").cast(pl.Int64) - 1
    rows = pl.col("order").n_unique().over(*_PLACE, "scope", "conversation").cast(pl.Int64)
    is_transcript = pl.col("base").str.contains(r"#\d+$")
    flat = when * rows + step
    return turns.with_columns(position=pl.when(is_transcript).then(written).otherwise(pl.coalesce(pl.col("index").cast(pl.Int64), flat)).cast(pl.UInt32))
