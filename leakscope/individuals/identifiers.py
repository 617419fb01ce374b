"""Identifiers: the values units are linked by, how well each names a person, and which are shared by many."""

from __future__ import annotations

import polars as pl

from leakscope.individuals.vocabulary import DEVICE_RANK, path_words, ranks, shared_mailboxes, words

#: Distinct better identities beside one identifier from which on it is shared, by its rank. Own choice: people do
#: have two mail addresses, and couples share cards; three people behind one online id are a service account.
FAN_OUT_LIMIT = {5: 3, 4: 3, 3: 3, 2: 2, 1: 2}
#: So many distinct identities, or one in so many of its records, make an identifier shared. Own choice.
MANY = 20
LEAST_SPREAD = 0.1
SESSION_RANK = 2
#: Identifiers as short as this mean something only within their own column.
SHORT_NUMBER = r"^-?\d{1,9}$"
ADDRESS_RANK = 0.5
_ID_ENTITIES = ("ACCOUNT_ID", "ONLINE_IDENTIFIER", "EMPLOYEE_ID", "STUDENT_ID")

#: The name that stands before an id in running text, where a field's key says nothing of it.
NAMED = pl.col("attributes").str.extract(r'"named":"([^"]*)"')

#: Short names of keys, and whose key they are.
_WHOSE = {"uid": "user", "userid": "user", "usr": "user", "cust": "customer", "customerid": "customer", "acct": "account", "accountid": "account", "memberid": "member"}


def _kinds(placed: pl.DataFrame) -> pl.DataFrame:
    """`placed` with `kind`: the name space in which equal values are one identifier."""
    placed = placed.with_columns(key=pl.coalesce(NAMED, "key"))
    keys = placed.get_column("key").unique(maintain_order=True)
    stems = pl.DataFrame(
        {"key": keys, "stem": ["_".join(_WHOSE.get(word, word) for word in path_words(key) if word not in ("id", "number", "no", "nr", "num")) for key in keys]},
        schema={"key": pl.String, "stem": pl.String},
    )
    session = pl.col("session_key") & (pl.col("entity") == "ONLINE_IDENTIFIER")
    number = pl.col("value").str.contains(SHORT_NUMBER)
    kind = (
        pl.when(session)
        .then(pl.lit("SESSION"))
        .when(pl.col("entity").is_in(_ID_ENTITIES) & number)
        .then(pl.lit("ID:") + pl.col("stem"))
        .when(pl.col("entity").is_in(_ID_ENTITIES))
        .then(pl.lit("ID"))
        .otherwise("entity")
    )
    return placed.join(stems, on="key", how="left", maintain_order="left").with_columns(kind=kind).drop("stem")


def with_rank(placed: pl.DataFrame) -> pl.DataFrame:
    """`placed` with `rank`: how well each sighting names a person as an identifier; 0 where it is none, less for sessions and addresses."""
    known = ranks(placed.get_column("entity").unique().to_list())
    session = pl.col("session_key") & (pl.col("entity") == "ONLINE_IDENTIFIER")
    rank = pl.col("entity").replace_strict(known, return_dtype=pl.Float64)
    return placed.with_columns(
        rank=pl.when(session).then(float(SESSION_RANK)).when((pl.col("entity") == "IP_ADDRESS") & (rank > 0)).then(ADDRESS_RANK).otherwise(rank)
    )


def identify(placed: pl.DataFrame) -> pl.DataFrame:
    """
    The identifiers among placed sightings.

    Args:
        placed: sightings in their units, with `value`.

    Returns:
        One row per sighting of an identifier: `unit, ident, kind, rank, entity, value, fingerprint, side, in_turn`; `ident` is a
        dense number per (kind, value).
    """
    ranked = _kinds(with_rank(placed).filter((pl.col("rank") > 0) & (pl.col("value") != "")))
    folded = ranked.with_columns(folded=pl.col("value").str.to_lowercase())
    numbers = folded.select("kind", "folded").unique(maintain_order=True).with_row_index("ident")
    return folded.join(numbers, on=["kind", "folded"], how="left", maintain_order="left").select(
        "unit", "ident", "kind", "rank", "entity", "value", "fingerprint", "side", "in_turn"
    )


def names_of(placed: pl.DataFrame) -> pl.DataFrame:
    """
    The name of each unit.

    Returns:
        `unit, given, surname, name, in_turn`: name parts by what their column is known to hold, else by its name; `name` is given and surname, or the full name; `in_turn`
        when a chat alone tells it.
    """
    key, part = pl.col("key").str.to_lowercase(), pl.col("attributes").str.extract(r'"part":"([^"]*)"')
    is_given = pl.when(part.is_not_null()).then(part == "given").otherwise(key.str.contains(r"given|first|fore|vorname|prenom|nombre|middle")).fill_null(False)
    is_surname = pl.when(part.is_not_null()).then(part == "family").otherwise(key.str.contains(r"sur_?name|last|family|nachname|apellido|cognome|^nom$")).fill_null(False)
    persons = placed.filter((pl.col("entity") == "PERSON") & (pl.col("value") != ""))
    parts = persons.group_by("unit", maintain_order=True).agg(
        given=pl.col("value").filter(is_given & ~is_surname).first(),
        surname=pl.col("value").filter(is_surname).first(),
        in_turn=pl.col("in_turn").all(),
        full=pl.col("value").filter(~is_given & ~is_surname).sort_by(pl.col("value").filter(~is_given & ~is_surname).str.len_chars()).last(),
    )
    tokens = pl.col("full").str.split(" ")
    name = pl.coalesce("full", pl.concat_str("given", "surname", separator=" ", ignore_nulls=True))
    return parts.with_columns(
        given=pl.coalesce("given", pl.when(tokens.list.len() > 1).then(tokens.list.first())),
        surname=pl.coalesce("surname", pl.when(tokens.list.len() > 0).then(tokens.list.last())),
        name=pl.when(name != "").then(name),
    ).drop("full")


def initials(names: pl.DataFrame) -> pl.DataFrame:
    """`unit, initials` of full names: too coarse to be touched by most misspellings."""
    tokens = pl.col("name").str.split(" ")
    return names.filter(tokens.list.len() > 1).select("unit", initials=tokens.list.eval(pl.element().str.slice(0, 1)).list.sort().list.join(""))


def _distinct_beside(edges: pl.DataFrame, busy: pl.DataFrame, other: pl.DataFrame, name: str) -> pl.DataFrame:
    """For each busy identifier the number of distinct `other.value` in its units, as column `name`."""
    return (
        edges.join(busy, on="ident", how="semi")
        .select("ident", "unit")
        .join(other, on="unit", how="inner")
        .group_by("ident")
        .agg(pl.col("other").n_unique().alias(name))
    )


def fan_out(edges: pl.DataFrame, names: pl.DataFrame, births: pl.DataFrame) -> pl.DataFrame:
    """
    How many distinct better identities stand beside each identifier that occurs in more than one unit.

    Args:
        edges: distinct `unit, ident, kind, rank`.
        names: `unit, name`.
        births: `unit, birth`.

    Returns:
        `ident, kind, rank, units, fan, names, births`; cost: one join per kind present.
    """
    counted = edges.group_by("ident").agg(pl.col("kind").first(), pl.col("rank").first(), units=pl.col("unit").n_unique())
    busy = counted.filter(pl.col("units") > 1)
    for number, (kind, rank) in enumerate(edges.select("kind", "rank").unique().sort("kind").iter_rows()):
        # one device has many visits, and is no less one person's for them
        visits = (pl.lit(kind) == "SESSION") & (pl.col("rank") == DEVICE_RANK)
        below = busy.filter((pl.col("rank") <= rank) & (pl.col("kind") != kind) & ~visits).select("ident")
        other = edges.filter(pl.col("kind") == kind).select("unit", pl.col("ident").alias("other"))
        busy = busy.join(_distinct_beside(edges, below, other, f"fan{number}"), on="ident", how="left")
    fans = [name for name in busy.columns if name.startswith("fan")]
    other = initials(names).rename({"initials": "other"})
    busy = busy.join(_distinct_beside(edges, busy.select("ident"), other, "names"), on="ident", how="left")
    busy = busy.join(_distinct_beside(edges, busy.select("ident"), births.rename({"birth": "other"}), "births"), on="ident", how="left")
    fan = pl.max_horizontal(fans).fill_null(0) if fans else pl.lit(0)
    return busy.select("ident", "kind", "rank", "units", fan=fan, names=pl.col("names").fill_null(0), births=pl.col("births").fill_null(0))


def shared(fans: pl.DataFrame) -> pl.DataFrame:
    """
    The identifiers that many people share, by their fan-out.

    Args:
        fans: as `fan_out` gives.

    Returns:
        `ident, why`. One name throughout speaks for one person with many accounts; many names for a shared identifier.
    """
    limit = pl.col("rank").ceil().replace_strict({float(rank): number for rank, number in FAN_OUT_LIMIT.items()}, return_dtype=pl.UInt32)
    many_names = (pl.col("names") >= pl.max_horizontal(limit, pl.lit(3, pl.UInt32))) & ((pl.col("rank") < 5) | (pl.col("births") >= 3))
    several_names = (pl.col("rank") <= SESSION_RANK) & (pl.col("names") >= 2)
    many_ids = (pl.col("rank") < 4) & (pl.col("fan") >= limit) & (pl.col("names") != 1)
    # a few strangers among thousands of records are mistakes about one person, not many people
    often = pl.max_horizontal("names", "fan")
    spread = (often >= MANY) | (often >= LEAST_SPREAD * pl.col("units"))
    return fans.filter((many_names | several_names | many_ids) & spread).select("ident", why=pl.lit("shared identifier"))


def unusable(identifiers: pl.DataFrame) -> pl.DataFrame:
    """
    Identifiers that name nobody whatever stands beside them: ids left at their default, mailboxes of a role.

    Returns:
        `ident, why`.
    """
    default = pl.col("kind").str.starts_with("ID") | (pl.col("kind") == "SESSION") | (pl.col("rank") <= DEVICE_RANK)
    distinct = identifiers.select("ident", "kind", "rank", value=pl.col("value").str.to_lowercase()).unique(subset="ident")
    one_character = pl.col("value").str.replace_all(r"[-:.]", "").str.contains(r"^(0+|1+|f+|x+|9+)$")
    local = pl.col("value").str.extract(r"^([^@]+)@").str.replace(r"\+.*$", "")
    why = (
        pl.when(default & (pl.col("value").is_in(words()["values"]["default_ids"]) | (one_character & (pl.col("value").str.len_chars() > 3))))
        .then(pl.lit("default id"))
        .when((pl.col("kind") == "EMAIL_ADDRESS") & local.is_in(shared_mailboxes()))
        .then(pl.lit("role mailbox"))
    )
    return distinct.select("ident", why=why).drop_nulls()
