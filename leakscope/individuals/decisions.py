"""Merges and splits that a human decided: remembered with their reason, applied after linkage, on pseudonyms alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import orjson
import polars as pl

from leakscope.errors import InvariantError, Locator, UsageError
from leakscope.individuals.model import LinkDecision, Linked
from leakscope.individuals.vocabulary import rank_of
from leakscope.model import Estimate
from leakscope.schema import INDIVIDUALS, PERSON_ELEMENTS, RECORD_PERSONS, conform

DECISIONS_FILE = "decisions.jsonl"


def load_decisions(path: Path) -> list[LinkDecision]:
    """
    The decisions in `path`, oldest first; none when the file is absent.

    Raises:
        InvariantError: a line is damaged.
    """
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_bytes().splitlines()):
        try:
            row = orjson.loads(line)
            found.append(LinkDecision(**{**row, "persons": tuple(row["persons"])}))
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise InvariantError("a decision cannot be read", locator=Locator(source=path.name, record=number)) from None
    return found


def to_line(decision: LinkDecision) -> bytes:
    """`decision` as one line of the file."""
    return orjson.dumps(asdict(decision), option=orjson.OPT_SORT_KEYS) + b"\n"


def _merged_rows(rows: pl.DataFrame, into: str) -> pl.DataFrame:
    """One row of schema `INDIVIDUALS` for several: sums of records, the surest of the rest."""
    best = rows.sort(["counted", "confidence", "records"], descending=True)
    first = best.row(0, named=True)
    residence = best.drop_nulls("residence").sort("residence_confidence", descending=True)
    held = residence.row(0, named=True) if residence.height else first
    return pl.DataFrame(
        [
            {
                **first,
                "person": into,
                "kind": "identified" if "identified" in rows.get_column("kind").to_list() else "identifiable",
                "residence": held["residence"],
                "residence_basis": held["residence_basis"],
                "residence_confidence": held["residence_confidence"],
                "child": True if rows.get_column("child").any() else first["child"],
                "first_seen": rows.get_column("first_seen").min(),
                "last_seen": rows.get_column("last_seen").max(),
                "conflict": False,
                "confidence": 1.0,
            }
        ],
        schema=INDIVIDUALS,
    )


def _renamed(frame: pl.DataFrame, persons: Sequence[str], into: str) -> pl.DataFrame:
    return frame.with_columns(person=pl.when(pl.col("person").is_in(list(persons))).then(pl.lit(into)).otherwise("person"))


def _elements_joined(elements: pl.DataFrame) -> pl.DataFrame:
    ordered = elements.sort("person", "element", "entity", "source", "record")
    grouped = ordered.group_by("person", "element", "entity", maintain_order=True).agg(
        pl.col("confidence").max(), pl.col("findings", "values").sum(), pl.col("source", "record", "field").first(), pl.col("role").min()
    )
    return conform(grouped, PERSON_ELEMENTS)


def _with_counts(individuals: pl.DataFrame, record_persons: pl.DataFrame, elements: pl.DataFrame) -> pl.DataFrame:
    records = record_persons.group_by("person").agg(seen=pl.struct("source", "record").n_unique())
    kinds = elements.group_by("person").agg(kinds=pl.col("entity").n_unique())
    joined = individuals.join(records, on="person", how="left").join(kinds, on="person", how="left")
    counted = joined.with_columns(records=pl.coalesce("seen", "records"), elements=pl.coalesce("kinds", "elements"))
    return conform(counted.sort(["records", "person"], descending=[True, False]), INDIVIDUALS)


def _merge(linked: Linked, persons: Sequence[str]) -> Linked:
    rows = linked.individuals.filter(pl.col("person").is_in(list(persons)))
    if rows.height < 2:
        return linked
    into = next(person for person in persons if person in rows.get_column("person").to_list())
    elements = _elements_joined(_renamed(linked.person_elements, persons, into))
    pairs = conform(_renamed(linked.record_persons, persons, into).unique().sort(list(RECORD_PERSONS)), RECORD_PERSONS)
    people = pl.concat([linked.individuals.filter(~pl.col("person").is_in(list(persons))), _merged_rows(rows, into)])
    return replace(linked, individuals=_with_counts(people, pairs, elements), person_elements=elements, record_persons=pairs)


def _part_name(person: str, part: pl.Expr) -> pl.Expr:
    """The first part keeps the name; the others are numbered from 2."""
    return pl.when(part == 0).then(pl.lit(person)).otherwise(pl.lit(f"{person}-") + (part + 1).cast(pl.String))


def _split(linked: Linked, person: str, entities: pl.DataFrame) -> Linked:
    """One person for each value of the identifier that the person has several of; other records stay with the first."""
    mine = linked.record_persons.filter(pl.col("person") == person)
    rows = linked.individuals.filter(pl.col("person") == person)
    parts = _parts(mine, entities) if rows.height else mine.head(0)
    if parts.is_empty():
        return linked
    named = parts.select("source", "record", into=_part_name(person, pl.col("part")))
    pairs = linked.record_persons.join(named, on=["source", "record"], how="left")
    moved = pl.when(pl.col("person") == person).then(pl.coalesce("into", "person")).otherwise("person")
    pairs = conform(pairs.with_columns(person=moved).sort(list(RECORD_PERSONS)), RECORD_PERSONS)
    names = named.get_column("into").unique().sort()
    copies = [rows.with_columns(person=pl.lit(name), conflict=pl.lit(False)) for name in names]
    people = pl.concat([linked.individuals.filter(pl.col("person") != person), *copies])
    elements = _elements_split(linked.person_elements, person, pairs, entities)
    return replace(linked, individuals=_with_counts(people, pairs, elements), person_elements=elements, record_persons=pairs)


def _parts(mine: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """
    `source, record, part` of one person's records; empty when no identifier has two values.

    The best kind of identifier with several values decides; a record with two of them goes with the first, one with none stays
    with the value that most records hold.
    """
    kinds = {entity: rank_of(entity) for entity in entities.get_column("entity").unique()}
    held = mine.join(entities, on="fingerprint").with_columns(rank=pl.col("entity").replace_strict(kinds, default=0.0, return_dtype=pl.Float64))
    several = held.filter(pl.col("rank") > 0).group_by("entity").agg(pl.col("fingerprint").n_unique().alias("values"), pl.col("rank").first())
    chosen = several.filter(pl.col("values") > 1).sort(["rank", "values", "entity"], descending=[True, False, False])
    if chosen.is_empty():
        return pl.DataFrame(schema={"source": pl.String, "record": pl.UInt64, "part": pl.UInt32})
    values = held.filter(pl.col("entity") == chosen.item(0, "entity"))
    order = values.group_by("fingerprint").agg(size=pl.struct("source", "record").n_unique()).sort(["size", "fingerprint"], descending=[True, False])
    order = order.with_row_index("part").select("fingerprint", "part")
    told = values.join(order, on="fingerprint").group_by("source", "record").agg(pl.col("part").min())
    records = mine.select("source", "record").unique(maintain_order=True)
    return records.join(told, on=["source", "record"], how="left").with_columns(pl.col("part").fill_null(0).cast(pl.UInt32))


def _elements_split(elements: pl.DataFrame, person: str, pairs: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """The elements of a split person: every part has those whose values stand in its records."""
    parts = pairs.filter((pl.col("person") == person) | pl.col("person").str.starts_with(f"{person}-"))
    seen = parts.join(entities, on="fingerprint").group_by("entity", part="person").agg(
        findings=pl.len(), values=pl.col("fingerprint").n_unique(), source=pl.col("source").first(), record=pl.col("record").min()
    )
    mine = elements.filter(pl.col("person") == person).drop("findings", "values", "source", "record")
    shared = mine.join(seen, on="entity").with_columns(person="part")
    return conform(pl.concat([elements.filter(pl.col("person") != person), conform(shared, PERSON_ELEMENTS)]).sort("person", "element", "entity"), PERSON_ELEMENTS)


def unmerge(linked: Linked, person: str, before: Linked) -> Linked:
    """
    `linked` with the people that were merged into `person` set apart again as they stand in `before`.

    Args:
        linked: as it is now.
        person: who was merged.
        before: the people as linkage found them.

    Returns:
        The same `linked` when `person` was not merged from several of `before`.
    """
    now = linked.record_persons.filter(pl.col("person") == person)
    then = before.record_persons.join(now.select("source", "record", "fingerprint"), on=["source", "record", "fingerprint"], how="semi")
    people = [one for one in then.get_column("person").unique().sort() if one == person or one not in set(linked.individuals.get_column("person"))]
    if len(people) < 2:
        return linked
    keep = [frame.filter(pl.col("person") != person) for frame in (linked.individuals, linked.person_elements, linked.record_persons)]
    back = [frame.filter(pl.col("person").is_in(people)) for frame in (before.individuals, before.person_elements, before.record_persons)]
    individuals, elements, pairs = (pl.concat([kept, old]) for kept, old in zip(keep, back, strict=True))
    return replace(
        linked,
        individuals=conform(individuals.sort(["records", "person"], descending=[True, False]), INDIVIDUALS),
        person_elements=conform(elements.sort("person", "element", "entity"), PERSON_ELEMENTS),
        record_persons=conform(pairs.sort(list(RECORD_PERSONS)), RECORD_PERSONS),
    )


def apply_decisions(
    linked: Linked, decisions: Sequence[LinkDecision], entities: pl.DataFrame, *, before: Linked | None = None
) -> Linked:
    """
    `linked` with every decision applied in order; the interval moves with the count.

    Args:
        linked: as linkage gives it, or as the case holds it.
        decisions: oldest first; one about people who are not there does nothing. A split first undoes merges; a person who was
            never merged is split by the best identifier with several values.
        entities: `fingerprint, entity` of the findings.
        before: the people as linkage found them; `linked` itself when null.
    """
    first, done = before or linked, linked
    names = entities.select("fingerprint", "entity").unique(subset="fingerprint")
    for decision in decisions:
        if decision.action == "merge":
            done = _merge(done, decision.persons)
        else:
            apart = unmerge(done, decision.persons[0], first)
            done = apart if apart is not done else _split(done, decision.persons[0], names)
    moved = _counted(done.individuals) - _counted(linked.individuals)
    return replace(done, interval=_shifted(linked.interval, moved), quality={**linked.quality, "decisions": len(decisions)})


def _counted(individuals: pl.DataFrame) -> int:
    return int(individuals.get_column("counted").sum())


def _shifted(interval: Estimate, by: int) -> Estimate:
    if by == 0:
        return interval
    moved = {name: None if (end := getattr(interval, name)) is None else max(end + by, 0) for name in ("value", "low", "high")}
    return replace(interval, **moved, method=f"{interval.method}; {abs(by)} {'split' if by > 0 else 'merged'} by hand")


def check_known(individuals: pl.DataFrame, persons: Sequence[str]) -> None:
    """
    Every one of `persons` is in the table.

    Raises:
        UsageError: one is not.
    """
    known = set(individuals.get_column("person"))
    missing = [person for person in persons if person not in known]
    if missing:
        raise UsageError(f"the case knows no {missing[0]}", hint="people CASE lists them.")
