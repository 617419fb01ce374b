"""From sightings to individuals: units, the deterministic tier, the weak tiers, decisions of humans, tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from leakscope.individuals.dates import births_of
from leakscope.individuals.decisions import apply_decisions
from leakscope.individuals.exclusion import doubtful, not_counted, unknown_authors
from leakscope.individuals.identifiers import identify, names_of, with_rank
from leakscope.individuals.matrix import individuals_table, person_elements, record_persons
from leakscope.individuals.model import LinkDecision, Linked
from leakscope.individuals.residence import residences, votes
from leakscope.individuals.same_name import SameName, join_same_names
from leakscope.individuals.strong import StrongLinks, contradictions, link_strong
from leakscope.individuals.systems import by_system
from leakscope.individuals.uncertainty import LISTED, Open, certainty, interval_of
from leakscope.individuals.units import AGES, in_fields_of_people, of_people, place
from leakscope.individuals.unread import unread_people
from leakscope.individuals.weak import WeakLinks, attach_lone_names, by_single_fact, link_descriptions, weak_facts
from leakscope.model import Basis, Estimate
from leakscope.safety.keys import IncidentKey
from leakscope.schema import INDIVIDUALS, PERSON_ELEMENTS, RECORD_PERSONS, empty
from leakscope.text.normalise import normalise
from leakscope.vocabulary import entities

#: Columns of `SIGHTINGS` and of `TURNS` that linkage reads.
LINKED_BY = ("source", "record", "field", "start", "entity", "detector", "confidence", "fingerprint", "attributes", "value", "key")
SAID = ("source", "record", "field", "conversation", "user", "role", "turn", "length", "text")
_TURN_RANK = {"user": 3.0, "conversation": 2.0}


def about_people(sightings: pl.DataFrame) -> pl.DataFrame:
    """
    The sightings that say something about a person: those with an element or a linkage.

    Left out are numbers in a browser's name, and names that a model read into a cell whose column tells what it is.
    """
    known = [name for name, row in entities().items() if row.element or row.linkage != "none"]
    browser = pl.col("field").str.to_lowercase().str.contains(r"user[-_. ]?agent")
    found = sightings.filter(pl.col("entity").is_in(known) & ~(browser & (pl.col("entity") != "DEVICE_ID")))
    told = found.filter(pl.col("detector").str.starts_with("field.")).select("source", "record", "field").unique()
    read_in = found.filter((pl.col("entity") == "PERSON") & pl.col("detector").str.starts_with("names."))
    if told.is_empty() or read_in.is_empty():
        return found
    wrong = read_in.join(told, on=["source", "record", "field"], how="semi").select("source", "record", "field").unique()
    mark = wrong.with_columns(entity=pl.lit("PERSON"), inside=pl.lit(True))
    marked = found.join(mark, on=["source", "record", "field", "entity"], how="left", maintain_order="left")
    return marked.filter(~(pl.col("inside").fill_null(False) & pl.col("detector").str.starts_with("names."))).drop("inside")


def normalised(sightings: pl.DataFrame) -> pl.DataFrame:
    """`sightings` with each `value` in its entity's comparable form; cost: one call per distinct (entity, value)."""
    distinct = sightings.select("entity", "value").unique()
    comparable = [normalise(entity, value) for entity, value in distinct.iter_rows()]
    told = distinct.with_columns(comparable=pl.Series(comparable, dtype=pl.String))
    return sightings.join(told, on=["entity", "value"], how="left", maintain_order="left").with_columns(value="comparable").drop("comparable")


def _turn_identifiers(placed: pl.DataFrame, turns: pl.DataFrame, first: int) -> pl.DataFrame:
    """`unit, ident, kind, rank` of the user and the conversation that carry the author units of chat records."""
    authors = placed.filter((pl.col("slot") == "") & (pl.col("group") == "")).select("source", "record", "unit").unique()
    rows = turns.select("source", "record", "user", "conversation").unique().join(authors, on=["source", "record"])
    long = pl.concat(
        rows.drop_nulls(name).select("unit", kind=pl.lit(f"TURN:{name}"), value=pl.col(name), rank=pl.lit(rank))
        for name, rank in _TURN_RANK.items()
    )
    numbers = long.select("kind", "value").unique(maintain_order=True).with_row_index("number")
    return long.join(numbers, on=["kind", "value"]).select("unit", (pl.col("number") + first).cast(pl.UInt32).alias("ident"), "kind", "rank")


def with_speakers(placed: pl.DataFrame, turns: pl.DataFrame) -> pl.DataFrame:
    """`placed` with `chat_record`: whether the record holds chat turns."""
    chats = turns.select("source", "record").unique().with_columns(chat_record=pl.lit(True))
    return placed.join(chats, on=["source", "record"], how="left", maintain_order="left").with_columns(pl.col("chat_record").fill_null(False))


def _scopes(facts: pl.DataFrame, placed: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """`facts` with `scope`: the author who names a third party; null for everybody else, who share one scope."""
    third = placed.filter((pl.col("side") == "third_party") & pl.col("in_turn")).select("unit", "source", "record").unique(subset="unit")
    authors = placed.filter((pl.col("slot") == "") & (pl.col("group") == "")).select("source", "record", author="unit").unique(subset=["source", "record"])
    named = third.join(authors, on=["source", "record"], how="left").join(clusters, left_on="author", right_on="unit", how="left")
    record = pl.concat_str(pl.lit("record:"), "source", pl.lit(":"), pl.col("record").cast(pl.String))
    scope = named.select("unit", scope=pl.coalesce(pl.lit("author:") + pl.col("cluster").cast(pl.String), record))
    return facts.join(scope, on="unit", how="left", maintain_order="left")


def _same_name_in_record(placed: pl.DataFrame, names: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """
    `unit, cluster`: units with nothing but the full name of somebody their record identifies are that person, and those with nothing
    but the given name of one of them: an answer begins with `Hello Kristin`.
    """
    home = placed.select("unit", "source", "record").unique(subset="unit").join(names.select("unit", "name").drop_nulls(), on="unit")
    known = home.join(clusters, on="unit").select("source", "record", "name", "cluster").unique()
    given = known.filter(pl.col("name").str.contains(" ", literal=True)).with_columns(pl.col("name").str.split(" ").list.first())
    called = pl.concat([known, given]).group_by("source", "record", "name")
    lone = called.agg(pl.col("cluster").n_unique().alias("people"), pl.col("cluster").min())
    waiting = home.join(clusters, on="unit", how="anti")
    return waiting.join(lone.filter(pl.col("people") == 1), on=["source", "record", "name"]).select("unit", "cluster")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """
    What linkage knows of units.

    Args:
        names: `unit, given, surname, name`.
        births: `unit, birth`.
        identifiers: as `identify` gives.
        speakers: `unit, ident, kind, rank` of users and conversations that carry a chat.
        described: as `weak_facts` gives, with `scope`; null while scopes are not known.
    """

    names: pl.DataFrame
    births: pl.DataFrame
    identifiers: pl.DataFrame
    speakers: pl.DataFrame
    described: pl.DataFrame | None = None


def facts_of(placed: pl.DataFrame, turns: pl.DataFrame) -> Facts:
    """The facts of placed sightings."""
    names = names_of(placed)
    told = names_of(placed.filter(in_fields_of_people()))
    identifiers = by_system(identify(placed), placed.select("unit", "source").unique(subset="unit"), told)
    first = identifiers.select(pl.col("ident").max()).item()
    speakers = _turn_identifiers(placed, turns, 0 if first is None else first + 1)
    return Facts(names=names, births=births_of(placed), identifiers=identifiers, speakers=speakers)


def _own_names(placed: pl.DataFrame | None, names: pl.DataFrame) -> pl.DataFrame:
    """`unit, name` of people as fields name them, and of authors of chats as they name themselves."""
    if placed is None:
        return names.select("unit", "name").drop_nulls()
    authors = placed.filter((pl.col("slot") == "") & (pl.col("group") == "")).select("unit").unique()
    fields = names.filter(~pl.col("in_turn"))
    return pl.concat([fields, names.filter("in_turn").join(authors, on="unit", how="semi")]).select("unit", "name").drop_nulls()


def _listed(placed: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """`unit, cluster, rule` of elements of a list of people of whom nothing but an age is known: each is a person."""
    aged = placed.filter(pl.col("entity").is_in(AGES) & of_people(placed)).select("unit").unique(maintain_order=True).join(clusters, on="unit", how="anti", maintain_order="left")
    last = clusters.select(pl.col("cluster").max()).item()
    return aged.select("unit", cluster=(pl.int_range(pl.len()) + (0 if last is None else last + 1)).cast(pl.UInt32), rule=pl.lit(LISTED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers:
    """
    What every tier made of the units.

    Args:
        clusters: `unit, cluster, rule`; rule is what placed the unit's person: identifier, description, name, phone, address, or
            listed, as an element of a list of people.
        strong: the deterministic tier.
        same: people joined by name.
        weak: the weak tiers.
    """

    clusters: pl.DataFrame
    strong: StrongLinks
    same: SameName
    weak: WeakLinks


def cluster_units(placed: pl.DataFrame | None, facts: Facts, *, seed: int) -> Tiers:
    """
    Every tier in turn.

    Args:
        placed: sightings in their units; null when every unit is a record's subject and `facts.described` is given.
        facts: of the units.
        seed: of the model's samples.
    """
    strong = link_strong(facts.identifiers, facts.speakers, facts.names, facts.births)
    linked, described = strong.clusters, facts.described
    if described is None:
        assert placed is not None
        linked = pl.concat([linked, _same_name_in_record(placed, facts.names, linked)])
        described = _scopes(weak_facts(placed, facts.names, facts.births, facts.identifiers), placed, linked)
    own = described.filter(pl.col("scope").is_null())
    same = join_same_names(linked, _own_names(placed, facts.names), facts.identifiers, facts.births)
    linked = same.clusters
    weak = link_descriptions(linked, own, seed=seed)
    scoped = described if placed is None else _scopes(described.drop("scope"), placed, weak.clusters)
    agreed = pl.concat([weak.clusters, attach_lone_names(scoped, weak.clusters)])
    single = by_single_fact(scoped, agreed)
    listed = _listed(placed, pl.concat([agreed, single.select("unit", "cluster")])) if placed is not None else single.clear()
    sure = linked.select("unit", rule=pl.lit("identifier"))
    ruled = agreed.join(sure, on="unit", how="left").with_columns(rule=pl.col("rule").min().over("cluster").fill_null("description"))
    return Tiers(clusters=pl.concat([ruled, single.select("unit", "cluster", "rule"), listed]), strong=strong, same=same, weak=weak)


def _members(placed: pl.DataFrame, clusters: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    times = records.select("source", "record", "timestamp").unique(subset=["source", "record"])
    return with_rank(placed.join(clusters.select("unit", "cluster"), on="unit")).join(times, on=["source", "record"], how="left")


def _nobody() -> Linked:
    interval = Estimate(value=0, low=0, high=0, method="nobody was found in what was examined", basis=Basis.EXACT)
    return Linked(individuals=empty(INDIVIDUALS), person_elements=empty(PERSON_ELEMENTS), record_persons=empty(RECORD_PERSONS), interval=interval)


def _stated(facts: pl.DataFrame) -> pl.DataFrame:
    """Facts that do not rest on what somebody said in a chat."""
    return facts.filter(~pl.col("in_turn"))


def _counts(individuals: pl.DataFrame, strong: StrongLinks, clusters: pl.DataFrame) -> dict[str, int]:
    excluded = individuals.filter(~pl.col("counted")).group_by("reason").len().sort("reason")
    waiting = strong.loose.join(clusters, on="unit", how="anti")
    loose = waiting.group_by("why").len().select(reason=pl.lit("only a ") + pl.col("why"), len="len")
    return {**dict(excluded.iter_rows()), **dict(loose.sort("reason").iter_rows())}


def link(
    sightings: pl.DataFrame,
    records: pl.DataFrame,
    turns: pl.DataFrame,
    key: IncidentKey,
    *,
    decisions: Sequence[LinkDecision] = (),
    reading: pl.DataFrame | None = None,
    seed: int = 0,
    on: date | None = None,
) -> Linked:
    """
    The individuals that the evidence speaks of.

    Args:
        sightings: one row per finding with its value; schema `SIGHTINGS`, the columns `LINKED_BY` suffice; any order.
        records: schema `RECORDS`; times of the records.
        turns: schema `TURNS`, the columns `SAID` suffice; who speaks in chats.
        key: of the incident; pseudonyms are made with it.
        decisions: merges and splits remembered from earlier runs, oldest first.
        reading: schema `READING`: which texts were read for names; null when all were, or none could be.
        seed: for the sampling behind the interval.
        on: the day ages are reckoned at; default the last record's, else today.

    Returns:
        The people, their elements, and the interval of how many they are.
    """
    placed = with_speakers(place(normalised(about_people(sightings)), turns), turns)
    if placed.is_empty():
        return _nobody()
    known = facts_of(placed, turns)
    tiers = cluster_units(placed, known, seed=seed)
    clusters, strong = tiers.clusters, tiers.strong
    if clusters.is_empty():
        return _nobody()
    members = _members(placed, clusters, records)
    rules = clusters.group_by("cluster").agg(pl.col("rule").first())
    summary = members.group_by("cluster").agg(pl.col("rank").max()).join(rules, on="cluster")
    figures = not_counted(members)
    named = pl.concat([figures, unknown_authors(members).join(figures, on="cluster", how="anti")])
    unsure = doubtful(members).join(named, on="cluster", how="anti")
    facts = {
        "excluded": pl.concat([named, unsure.select("cluster", "reason")]),
        "residences": residences(votes(placed).join(clusters, on="unit").select("cluster", "place", "basis")),
        "certainty": certainty(summary),
        "births": known.births.select("unit", "birth"),
        "conflicts": contradictions(_stated(known.identifiers).filter(pl.col("rank") == 5), clusters.select("unit", "cluster"), _stated(known.births)),
    }
    last = records.get_column("timestamp").max()
    day = on or (last.date() if isinstance(last, datetime) else datetime.now(UTC).date())
    people = individuals_table(members, placed, facts, key, day)
    counted = members.join(facts["excluded"], on="cluster", how="anti")
    unread = None if reading is None else unread_people(counted, turns, reading)
    linked = Linked(
        individuals=people.drop("cluster"),
        person_elements=person_elements(members, people),
        record_persons=record_persons(members, people),
        interval=interval_of(
            Open(
                members=counted, rules=rules, weak=tiers.weak, joined=(tiers.same.joins, tiers.same.by_chance),
                unsure=unsure.get_column("chance").to_list(), unread=unread, seed=seed,
            )
        ),
        not_counted=_counts(people, strong, clusters),
        quality=_quality(tiers, facts["conflicts"].height),
    )
    return apply_decisions(linked, decisions, sightings) if decisions else linked


def _quality(tiers: Tiers, conflicts: int) -> dict[str, Any]:
    rules = dict(tiers.clusters.group_by("rule").agg(pl.col("cluster").n_unique()).sort("rule").iter_rows())
    return {
        "people_by_rule": rules,
        "identifiers_joining_nobody": dict(tiers.strong.dropped.group_by("why").len().sort("why").iter_rows()),
        "joined_by_name": tiers.same.joins,
        "conflicts": conflicts,
        **tiers.weak.report,
    }
