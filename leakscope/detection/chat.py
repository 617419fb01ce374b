"""Chat turns in exposed records: who said what, in which conversation, in every shape that logs and exports give them."""

from __future__ import annotations

import polars as pl

from leakscope.detection.chat_shapes import alternatives, at_places, plain_path, role_of, roles_at, shapes, with_places
from leakscope.detection.chat_summary import summary
from leakscope.detection.chat_transcripts import HINT, pieces
from leakscope.detection.conversations import place_in_conversations
from leakscope.safety.keys import IncidentKey
from leakscope.schema import TURNS, conform, empty

__all__ = ["summary", "turns"]

#: Deepest path inside a message: `content.parts.0.text` has four steps.
MESSAGE_DEPTH = 5
#: Names that say a role only inside a list of messages; on a flat row they say something else (a log's `type`).
NESTED_ONLY = ("type", "name", "kind", "from", "author", "message_type", "event")
#: Texts that a flat row with a `role` may carry; a log's `message` beside a user's `role` is no chat, beside a sender it is.
FLAT_TEXTS = r"^(?:content|text|utterance|body)(?:\.\d+)?(?:\.(?:text|content))?(?:\.value)?$"
SENDERS = ("sender", "sender_type", "speaker")
_PROSE = r"\p{L}{2,}[^\p{L}\n]{1,4}\p{L}{1,}"
#: System instructions given as parts, beside the messages rather than among them.
_INSTRUCTION = r"(?i)(?:^|[.\[>$])system_?instructions?\]?(?:->\$)?(?:\[\d+\])?(?:\.(?:parts|content|text)(?:\[\d+\])?)*$"
_NO_PROSE = r"^\s*(?:[\[{<]|https?://|(?:SELECT|INSERT|UPDATE|DELETE|GET|POST|PUT)\s)"


def turns(values: pl.DataFrame, records: pl.DataFrame, key: IncidentKey) -> pl.DataFrame:
    """
    Every turn occurrence in `values`.

    Args:
        values: one row per leaf; schema `VALUES`.
        records: one row per record; schema `RECORDS`.
        key: incident key, for the pseudonyms of conversations, users and turns.

    Returns:
        Schema `TURNS`, in record order; a record that holds the same turn in several fields gives one row for each.
        A turn is one text: a message of several text parts gives several rows at one position.
    """
    numbered, places = with_places(values.with_row_index("order"))
    listed = _listed(numbered, places)
    written = _transcripts(numbered.join(listed.select("order"), on="order", how="anti"))
    answered = listed.group_by("source", "record").agg(roles=pl.col("role").unique()).filter(pl.col("roles").list.contains("assistant") & ~pl.col("roles").list.contains("user"))
    paired = _paired(numbered.join(pl.concat([listed, written]).select("order"), on="order", how="anti"), places, answered.select("source", "record"))
    found = pl.concat([listed, paired, written]).sort("order", "offset")
    if found.is_empty():
        return empty(TURNS)
    return conform(place_in_conversations(found, numbered, places, records, key), TURNS)


def _said(frame: pl.DataFrame, *, offset: pl.Expr | None = None) -> pl.DataFrame:
    """The columns that all shapes share."""
    columns = ("order", "source", "record", "field", "base", "role", "attachments", "value", "key", "outer_start", "outer_end", "offsets")
    return frame.select(*columns, (pl.lit(0) if offset is None else offset).cast(pl.Int64).alias("offset"))


def _listed(values: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Messages that carry their own role: arrays, trees, telemetry attributes and flat rows."""
    names = shapes()["message"]
    short = values.filter(pl.col("value").str.len_bytes() <= 24)
    places = (
        named.select("place", "path")
        .with_columns(parts=pl.col("path").str.extract_groups(rf"^(?:(?<base>.*?)\.)?(?<name>{alternatives(names['role'])})$"))
        .unnest("parts")
        .filter(pl.col("name").is_not_null())
        .with_columns(pl.col("base").fill_null(""))
        .filter((pl.col("base") != "") | ~pl.col("name").is_in(NESTED_ONLY))
        .with_columns(rank=pl.col("name").replace_strict(dict(zip(names["role"], range(99), strict=False)), default=99, return_dtype=pl.Int64))
    )
    said = at_places(short, places).with_columns(role=role_of(pl.col("value"))).filter(pl.col("role").is_not_null())
    roles = said.select("source", "record", "base", "role", "name", "rank")
    roles = pl.concat([roles, roles_at(short, named)]).sort("rank").unique(["source", "record", "base"], keep="first", maintain_order=True).drop("rank")
    if roles.is_empty():
        return _nothing(values)
    inside = _steps(values.join(roles.select("source", "record").unique(), on=["source", "record"], how="semi"), named)
    said = inside.filter(pl.col("kind").is_in(["text", "tool"])).join(roles, on=["source", "record", "base"])
    flat = pl.col("rest").str.contains(FLAT_TEXTS) | (pl.col("name").is_in(SENDERS) & (pl.col("rest") == "message"))
    said = said.filter(((pl.col("base") != "") | flat) & (pl.col("value").str.strip_chars() != ""))
    attached = inside.filter(pl.col("kind") == "attachment").group_by("source", "record", "base").agg(
        attachments=pl.coalesce(pl.col("rest").str.extract(r"^(.*?\d+)"), "rest").n_unique()
    )
    said = said.join(attached, on=["source", "record", "base"], how="left").with_columns(
        pl.col("attachments").fill_null(0).cast(pl.UInt32),
        role=pl.when((pl.col("kind") == "tool") | pl.col("is_tool")).then(pl.lit("tool")).otherwise("role"),
    )
    # one leaf may fit two messages (a message inside a message): the nearest one owns it
    return _said(said.sort("order", pl.col("base").str.len_bytes(), descending=[False, True]).unique("order", keep="first", maintain_order=True))


def _steps(values: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Leaves that may belong to a message: each with the message's path (`base`) and its own path inside (`rest`, `kind`)."""
    names = shapes()["message"]
    text = rf"^(?:{alternatives(names['text'])})(?:\.\d+)?(?:\.(?:{alternatives(names['part'])}))?(?:\.value)?(?:\.\d+\.text)?$"
    tool = rf"^(?:tool_calls|tool_call|function_call|content|parts|additional_kwargs\.tool_calls)(?:\.\d+)?\.(?:{alternatives(names['tool'])})(?:\.[\w.]+)?$"
    attachment = rf"(?:^|\.)(?:{alternatives(names['attachment_keys'])})(?:\.url)?$"
    split = places.select("place", steps=pl.col("path").str.split("."))
    depth = pl.col("steps").list.len()
    cut = pl.concat(
        split.filter(depth >= count).with_columns(
            base=pl.col("steps").list.head(depth - count).list.join("."), rest=pl.col("steps").list.tail(count).list.join("."), cut=pl.lit(count)
        )
        for count in range(1, MESSAGE_DEPTH + 1)
    ).drop("steps")
    rest = pl.col("rest").str
    kind = pl.when(rest.contains(attachment)).then(pl.lit("attachment")).when(rest.contains(tool)).then(pl.lit("tool")).when(rest.contains(text)).then(pl.lit("text"))
    told = cut.with_columns(kind=kind, typed=rest.contains(r"(?:^|\.)(?:type|content_type|mime_type)$"), is_tool=rest.contains(r"^(?:tool_calls?|function_call)\b|\.result$"))
    is_attached = pl.col("typed") & pl.col("value").is_in(names["attachment_types"])
    leaves = at_places(values, told.filter(pl.col("kind").is_not_null() | pl.col("typed")))
    return leaves.with_columns(kind=pl.when(is_attached).then(pl.lit("attachment")).otherwise("kind")).filter(pl.col("kind").is_not_null())


def _paired(values: pl.DataFrame, named: pl.DataFrame, answered: pl.DataFrame) -> pl.DataFrame:
    """Prompts and completions that stand side by side, a prompt whose name leaves no doubt, or one beside messages of the assistant alone."""
    names = shapes()["pair"]
    rank = {name: place for place, name in enumerate((*names["user"], *names["assistant"], *names["system"]))}
    sides = {**dict.fromkeys(names["user"], "user"), **dict.fromkeys(names["assistant"], "assistant"), **dict.fromkeys(names["system"], "system")}
    instruction = pl.col("field").str.contains(_INSTRUCTION)
    places = (
        named.with_columns(name=pl.when(instruction).then(pl.lit("system_prompt")).otherwise("name"))
        .with_columns(role=pl.col("name").replace_strict(sides, default=None, return_dtype=pl.String))
        .filter(pl.col("role").is_not_null() & ~pl.col("field").str.contains(r"->(?:base64|percent|entities|escapes|disguised|utf16)"))
        .with_columns(base=pl.col("path").str.strip_suffix(plain_path(pl.col("key"))).str.strip_chars("."), rank=pl.col("name").replace_strict(rank, default=999))
    )
    sided = at_places(values, places).filter(pl.col("value").str.contains(r"\p{L}") & ~pl.col("value").str.contains(_NO_PROSE))
    if sided.is_empty():
        return _nothing(values)
    group = ["source", "record", "base"]
    prose = pl.col("value").str.contains(_PROSE)
    best = sided.with_columns(prose=prose).filter(pl.col("rank") == pl.col("rank").min().over(*group, "role"))
    told = best.with_columns(
        both=(pl.col("role") == "user").any().over(group) & ((pl.col("role") == "assistant") & pl.col("prose")).any().over(group),
        sure=(pl.col("name").is_in(names["alone"]) & pl.col("prose")).any().over(group),
    )
    alone = told.join(answered, on=["source", "record"], how="semi").filter((pl.col("role") == "user") & prose).select("order")
    kept = told.filter(pl.col("both") | pl.col("sure") | (pl.col("role") == "system") | pl.col("order").is_in(alone["order"].implode()))
    return _said(kept.with_columns(attachments=pl.lit(0, pl.UInt32), base=pl.concat_str(pl.col("base"), pl.lit(".#pair")).str.strip_chars(".")))


def _transcripts(values: pl.DataFrame) -> pl.DataFrame:
    """Whole conversations written as one text, each turn behind a mark that says whose it is."""
    likely = values.filter(pl.col("value").str.contains(HINT))
    rows = [(order, *piece) for order, value in likely.select("order", "value").iter_rows() for piece in pieces(value)]
    if not rows:
        return _nothing(values)
    cut = pl.DataFrame(rows, schema={"order": values.schema["order"], "offset": pl.Int64, "role": pl.String, "said": pl.String}, orient="row")
    joined = cut.join(likely.drop("value"), on="order").rename({"said": "value"})
    path = pl.concat_str(plain_path(pl.col("field")), pl.lit(".#"), pl.col("offset"))
    field = pl.concat_str(pl.col("field"), pl.lit("->transcript["), pl.col("offset"), pl.lit("]"))
    return _said(joined.with_columns(base=path, field=field, attachments=pl.lit(0, pl.UInt32)), offset=pl.col("offset"))


def _nothing(values: pl.DataFrame) -> pl.DataFrame:
    return _said(values.clear().with_columns(base=pl.lit(""), role=pl.lit(""), attachments=pl.lit(0, pl.UInt32)))
