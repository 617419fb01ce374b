"""Merges and splits that a human decided: remembered with their reason, applied after linkage, on pseudonyms alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import orjson
import polars as pl

from leakscope.errors import InvariantError, Locator, UsageError
from leakscope.individuals.model import LinkDecision, Linked
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


def _split(linked: Linked, person: str) -> Linked:
    """One person per record-connected part: parts share no fingerprint that stands in a minority of the person's records."""
    mine = linked.record_persons.filter(pl.col("person") == person)
    rows = linked.individuals.filter(pl.col("person") == person)
    if rows.is_empty() or mine.height < 2:
        return linked
    parts = _parts(mine)
    if parts.get_column("part").n_unique() < 2:
        return linked
    pairs = linked.record_persons.join(parts, on=["source", "record"], how="left")
    renamed = pl.when((pl.col("person") == person) & (pl.col("part") > 0)).then(pl.col("person") + pl.lit("-") + (pl.col("part") + 1).cast(pl.String))
    pairs = conform(pairs.with_columns(person=renamed.otherwise("person")).sort(list(RECORD_PERSONS)), RECORD_PERSONS)
    numbers = parts.get_column("part").unique().sort()
    copies = [rows.with_columns(person=pl.lit(person if part == 0 else f"{person}-{part + 1}"), conflict=pl.lit(False)) for part in numbers]
    people = pl.concat([linked.individuals.filter(pl.col("person") != person), *copies])
    elements = _elements_split(linked.person_elements, person, parts)
    return replace(linked, individuals=_with_counts(people, pairs, elements), person_elements=elements, record_persons=pairs)


def _parts(mine: pl.DataFrame) -> pl.DataFrame:
    """
    `source, record, part`: records of one person grouped without the value that holds most of them together.

    The value in most records is taken for the wrong bridge; what still shares a value stays together.
    """
    from leakscope.individuals.strong import components

    records = mine.select("source", "record").unique(maintain_order=True).with_row_index("unit")
    values = mine.join(records, on=["source", "record"]).select("unit", "fingerprint").unique()
    spread = values.group_by("fingerprint").len().sort(["len", "fingerprint"], descending=[True, False])
    bridge = spread.filter(pl.col("len") == spread.item(0, "len")).get_column("fingerprint").implode()
    codes = values.select("fingerprint").unique(maintain_order=True).with_row_index("ident")
    held = values.join(codes, on="fingerprint").filter(~pl.col("fingerprint").is_in(bridge))
    lone = records.join(held, on="unit", how="anti").select("unit", ident=(pl.col("unit") + codes.height).cast(pl.UInt32))
    edges = pl.concat([held.select("unit", "ident"), lone])
    return records.join(components(edges.get_column("unit"), edges.get_column("ident")), on="unit").select(
        "source", "record", part=pl.col("cluster")
    )


def _elements_split(elements: pl.DataFrame, person: str, parts: pl.DataFrame) -> pl.DataFrame:
    """The elements of a split person: each part has those first seen in its records; the rest is shown for every part."""
    mine = elements.filter(pl.col("person") == person)
    numbers = parts.get_column("part").unique().sort()
    copies = [mine.with_columns(person=pl.lit(person if part == 0 else f"{person}-{part + 1}")) for part in numbers]
    return conform(pl.concat([elements.filter(pl.col("person") != person), *copies]).sort("person", "element", "entity"), PERSON_ELEMENTS)


def apply_decisions(linked: Linked, decisions: Sequence[LinkDecision]) -> Linked:
    """
    `linked` with every decision applied in order; the interval moves with the count.

    Args:
        linked: as linkage gives it, or as the case holds it.
        decisions: oldest first; one about people who are not there does nothing.
    """
    done = linked
    for decision in decisions:
        done = _merge(done, decision.persons) if decision.action == "merge" else _split(done, decision.persons[0])
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
