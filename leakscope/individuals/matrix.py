"""The people as tables: one row per individual, the person x element matrix, and which record names whom."""

from __future__ import annotations

from datetime import date

import polars as pl

from leakscope.individuals.dates import years_before
from leakscope.individuals.vocabulary import has_phrase, slot_roles, words
from leakscope.safety.keys import IncidentKey
from leakscope.safety.masking import mask
from leakscope.schema import INDIVIDUALS, PERSON_ELEMENTS, RECORD_PERSONS, conform
from leakscope.vocabulary import elements, entities

#: Hex digits of a person's pseudonym: 64 bits, a chance of one collision among a million people below 1e-7.
PERSON_HEX = 16
ADULT_YEARS = 18
#: Identifiers by which a person is identified and not merely singled out.
_NAMING_RANK = 4
_ROLE_ORDER = ("child", "account_holder", "chat_author", "employee", "business_contact", "third_party", "unknown")


def _basis(members: pl.DataFrame) -> pl.DataFrame:
    """
    `cluster, basis, entity, value`: what each person's pseudonym is made from.

    The best identifier of the cluster, the same in another case of the incident; where it also stands in another cluster
    (two people of one name), the place of the person's first sighting joins it.
    """
    ordered = members.sort(["cluster", "rank", "fingerprint"], descending=[False, True, False])
    best = ordered.unique(subset="cluster", keep="first", maintain_order=True)
    homes = members.group_by("fingerprint").agg(homes=pl.col("cluster").n_unique())
    place = pl.concat_str(pl.col("source"), pl.col("record").cast(pl.String), pl.col("slot"), separator="\x1f")
    first = members.sort("source", "record", "slot").group_by("cluster", maintain_order=True).agg(place=place.first())
    told = best.join(homes, on="fingerprint").join(first, on="cluster")
    unique = (pl.col("homes") == 1) & (pl.col("rank") > 0)
    return told.select(
        "cluster",
        "entity",
        "value",
        basis=pl.when(unique).then(pl.col("fingerprint")).otherwise(pl.col("fingerprint") + pl.lit("\x1f") + pl.col("place")),
    )


def pseudonyms(members: pl.DataFrame, key: IncidentKey) -> pl.DataFrame:
    """
    The printable person of each cluster.

    Args:
        members: one row per sighting with its `cluster`, `rank`, `slot`.
        key: of the incident.

    Returns:
        `cluster, person, label`.
    """
    told = _basis(members).sort("cluster")
    persons = [f"person-{key.pseudonym('person', basis)[:PERSON_HEX]}" for basis in told.get_column("basis")]
    labels = [mask(entity, value) for entity, value in told.select("entity", "value").iter_rows()]
    return told.select("cluster").with_columns(person=pl.Series(persons, dtype=pl.String), label=pl.Series(labels, dtype=pl.String))


def _own_role(members: pl.DataFrame) -> pl.DataFrame:
    """`members` with `part`: the role that the slot, the path and the chat give the person."""
    fields = members.get_column("field").unique()
    roles = words()["roles"]
    path_role = {
        field: next((role for role in ("employee", "business_contact", "account_holder") if has_phrase(field, roles[role])), None)
        for field in fields
    }
    slot = pl.col("slot").replace_strict(dict(slot_roles()), default=None, return_dtype=pl.String)
    by_path = pl.col("field").replace_strict(path_role, default=None, return_dtype=pl.String)
    chat = pl.when(pl.col("in_turn") | pl.col("chat_record")).then(pl.lit("chat_author"))
    return members.with_columns(
        part=pl.when(pl.col("side") == "third_party")
        .then(pl.coalesce(slot, pl.lit("third_party")))
        .otherwise(pl.coalesce(slot, chat, by_path, pl.when(pl.col("rank") >= _NAMING_RANK).then(pl.lit("account_holder"))))
    )


def _roles(members: pl.DataFrame) -> pl.DataFrame:
    order = {role: number for number, role in enumerate(_ROLE_ORDER)}
    part = pl.col("part").fill_null("unknown")
    ranked = _own_role(members).with_columns(place=part.replace_strict(order, return_dtype=pl.Int32))
    return ranked.group_by("cluster").agg(role=pl.col("part").sort_by("place").first().fill_null("unknown"))


def _children(members: pl.DataFrame, births: pl.DataFrame, on: date) -> pl.DataFrame:
    """
    `cluster, child`: by birth date, an age in a field of its own, or a field about a child; null where none tells.

    An age in prose may be anybody's ("my daughter is 8"), so it decides nothing; one fact that says grown up outweighs the others.
    """
    born = members.select("cluster", "unit").unique().join(births, on="unit")
    by_birth = born.select("cluster", years=years_before(pl.col("birth"), on)).drop_nulls()
    ages = members.filter((pl.col("entity") == "AGE") & ~pl.col("in_turn").fill_null(False) & pl.col("value").str.contains(r"^\d{1,3}$"))
    by_age = ages.select("cluster", years=pl.col("value").cast(pl.Int64))
    told = pl.concat([by_birth, by_age]).filter(pl.col("years") < 130)
    slots = members.group_by("cluster").agg(slot_child=(pl.col("slot") == "child").any())
    young = told.group_by("cluster").agg(child=(pl.col("years") < ADULT_YEARS).all())
    joined = slots.join(young, on="cluster", how="left")
    return joined.select("cluster", child=pl.when(pl.col("slot_child")).then(True).otherwise("child"))


def _controllers(placed: pl.DataFrame, members: pl.DataFrame, key: IncidentKey) -> pl.DataFrame:
    """`cluster, controller`: the tenant of the records a person stands in; null when the evidence holds one tenant at most."""
    empty = pl.DataFrame(schema={"cluster": pl.UInt32, "controller": pl.String})
    fields = [f for f in placed.get_column("field").unique() if has_phrase(f, words()["keys"]["controller"])]
    wanted = pl.col("entity").is_in(["ORGANIZATION", "ONLINE_IDENTIFIER", "ACCOUNT_ID"]) & pl.col("field").is_in(fields)
    tenants = placed.filter(wanted & (pl.col("value") != "")).select("source", "record", "value").unique(subset=["source", "record"], keep="first")
    if tenants.get_column("value").n_unique() < 2:
        return empty
    codes = {value: f"controller-{key.pseudonym('controller', value)[:12]}" for value in tenants.get_column("value").unique()}
    pairs = members.select("cluster", "source", "record").unique().join(tenants, on=["source", "record"])
    counted = pairs.group_by("cluster", "value").len().sort(["cluster", "len", "value"], descending=[False, True, False])
    best = counted.unique(subset="cluster", keep="first", maintain_order=True)
    return best.select("cluster", controller=pl.col("value").replace_strict(codes, return_dtype=pl.String))


def _names_somebody() -> pl.Expr:
    own_name = (pl.col("entity") == "PERSON") | ((pl.col("rank") >= _NAMING_RANK) & (pl.col("entity") != "ACCOUNT_ID"))
    return own_name.any()


def individuals_table(members: pl.DataFrame, placed: pl.DataFrame, facts: dict[str, pl.DataFrame], key: IncidentKey, on: date) -> pl.DataFrame:
    """
    Schema `INDIVIDUALS`, most records first, then by person; with `cluster` at the end.

    Args:
        members: sightings with `cluster`, `unit`, `rank`, `in_turn`, `chat_record`, `timestamp`.
        placed: all sightings in their units, with those that belong to nobody.
        facts: frames by name, each with `cluster`: `excluded` (reason), `conflicts`, `residences`, `births` (by unit),
            `certainty` (confidence).
        key: of the incident.
        on: the day ages are reckoned at.
    """
    known = [name for name, row in entities().items() if row.element]
    people = members.group_by("cluster").agg(
        kind=pl.when(_names_somebody()).then(pl.lit("identified")).otherwise(pl.lit("identifiable")),
        records=pl.struct("source", "record").n_unique(),
        elements=pl.col("entity").filter(pl.col("entity").is_in(known)).n_unique(),
        first_seen=pl.col("timestamp").min(),
        last_seen=pl.col("timestamp").max(),
    )
    joined = people.join(pseudonyms(members, key), on="cluster")
    for part in (facts["excluded"], facts["residences"], facts["certainty"], _roles(members), _children(members, facts["births"], on)):
        joined = joined.join(part, on="cluster", how="left")
    joined = joined.join(_controllers(placed, members, key), on="cluster", how="left")
    joined = joined.join(facts["conflicts"].with_columns(conflict=pl.lit(True)), on="cluster", how="left")
    done = joined.with_columns(
        counted=pl.col("reason").is_null(),
        conflict=pl.col("conflict").fill_null(False),
        confidence=pl.col("confidence").fill_null(1.0),
        role=pl.when(pl.col("child") & (pl.col("role") != "third_party")).then(pl.lit("child")).otherwise("role"),
    ).sort(["records", "person"], descending=[True, False])
    return conform(done, INDIVIDUALS).with_columns(cluster=done.get_column("cluster"))


def person_elements(members: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """
    Schema `PERSON_ELEMENTS`, by person, element and entity.

    Args:
        members: sightings with `cluster`.
        persons: `cluster, person`.
    """
    codes = {name: row.element for name, row in entities().items() if row.element in elements()}
    told = members.with_columns(element=pl.col("entity").replace_strict(codes, default=None, return_dtype=pl.String)).drop_nulls("element")
    side_order = pl.col("side").replace_strict({"own": 0, "business": 1, "third_party": 2}, return_dtype=pl.Int32)
    grouped = (
        told.sort("source", "record", "start", maintain_order=True)
        .group_by("cluster", "element", "entity", maintain_order=True)
        .agg(
            confidence=pl.col("confidence").max(),
            findings=pl.len(),
            values=pl.col("fingerprint").n_unique(),
            source=pl.col("source").first(),
            record=pl.col("record").first(),
            field=pl.col("field").first(),
            role=pl.col("side").sort_by(side_order).first(),
        )
    )
    return conform(grouped.join(persons.select("cluster", "person"), on="cluster").sort("person", "element", "entity"), PERSON_ELEMENTS)


def record_persons(members: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Schema `RECORD_PERSONS`, by source, record, person and fingerprint, without repeats."""
    joined = members.join(persons.select("cluster", "person"), on="cluster").select(list(RECORD_PERSONS)).unique()
    return conform(joined.sort("source", "record", "person", "fingerprint"), RECORD_PERSONS)
