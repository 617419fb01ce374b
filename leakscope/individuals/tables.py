"""People in a plain table or in findings: `record, person` for whoever has no case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.errors import UsageError
from leakscope.individuals.dates import births_of
from leakscope.individuals.identifiers import identify, names_of
from leakscope.individuals.linkage import Facts, about_people, cluster_units, facts_of, normalised, with_speakers
from leakscope.individuals.units import place, slot_of
from leakscope.individuals.weak import weak_facts
from leakscope.model import Batch
from leakscope.safety.keys import new_key
from leakscope.schema import SIGHTINGS, TURNS, empty

#: Tables up to this many rows have every cell searched; of longer ones columns of one kind are told by a sample of rows.
EVERY_CELL = 20_000
SAMPLED_ROWS = 2_000
#: Share of a column's cells that one entity must fill for the column to be of that kind.
OF_ONE_KIND = 0.5
_SOURCE = "frame"
_FINDINGS = {"record", "entity", "fingerprint"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """
    A column of one kind.

    Args:
        name: as in the table.
        entity: what its cells are.
    """

    name: str
    entity: str


def individuals(frame: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """
    Which person each record is about.

    Args:
        frame: a plain table, one row a record; or findings (schema `FINDINGS` or `SIGHTINGS`), which are linked as they are.
            Findings without values link by fingerprint alone, so misspellings keep people apart.

    Returns:
        `record, person`: one row per record in record order (0-based row of the table). `person` is null where the record speaks
        of nobody; of several people in one record it is the record's own subject. Names of people are good within the call.

    Raises:
        UsageError: the frame has no columns.
    """
    table = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    if not table.columns:
        raise UsageError("a table without columns holds no records")
    if set(table.columns) >= _FINDINGS:
        return _of_findings(table)
    columns = _columns(table) if table.height > EVERY_CELL else None
    if columns is not None:
        return _numbered(_wide(table, columns), table.height)
    key = new_key()
    batch = Batch(source=_SOURCE, first_record=0, records=table.height, frame=table)
    return _numbered(_of_sightings(Kernel(load(), key).find_batch(batch)), table.height)


def _of_findings(findings: pl.DataFrame) -> pl.DataFrame:
    """Findings as sightings; several sources keep their names in a column `source`."""
    sources = findings.get_column("source").unique().to_list() if "source" in findings.columns else []
    missing = [
        pl.lit(None, kind).alias(name) for name, kind in SIGHTINGS.items() if name not in findings.columns and name not in ("value", "key", "source", "field")
    ]
    own = [
        (pl.col("source") if "source" in findings.columns else pl.lit(_SOURCE)).alias("source"),
        (pl.col("field") if "field" in findings.columns else pl.lit("")).alias("field"),
        (pl.col("value") if "value" in findings.columns else pl.col("fingerprint")).alias("value"),
    ]
    filled = findings.with_columns(*missing, *own)
    if "key" not in filled.columns:
        filled = filled.with_columns(key=pl.col("field").str.extract(r"([^.\[\]>]*)(?:\[\d+\])?$"))
    linked = _of_sightings(filled.select(pl.col(name).cast(kind) for name, kind in SIGHTINGS.items()))
    if len(sources) < 2:
        return _with_every_record(linked, findings.select(pl.col("record").cast(pl.UInt64)).unique())
    return _persons_named(linked).select("source", "record", "person").sort("source", "record")


def _of_sightings(sightings: pl.DataFrame) -> pl.DataFrame:
    """`source, record, cluster` of each record's subject."""
    about = normalised(about_people(sightings))
    if about.is_empty():
        return pl.DataFrame(schema={"source": pl.String, "record": pl.UInt64, "cluster": pl.UInt32})
    placed = with_speakers(place(about, empty(TURNS)), empty(TURNS))
    clusters = cluster_units(placed, facts_of(placed, empty(TURNS)), seed=0).clusters
    units = placed.select("unit", "source", "record", "group", "slot").unique(subset="unit", maintain_order=True)
    own = (pl.col("group") != "").cast(pl.Int8) + (pl.col("slot") != "").cast(pl.Int8)
    ranked = units.join(clusters, on="unit").with_columns(other=own).sort("source", "record", "other", "unit")
    return ranked.unique(subset=["source", "record"], keep="first", maintain_order=True).select("source", "record", "cluster")


def _persons_named(linked: pl.DataFrame) -> pl.DataFrame:
    """`linked` with `person`, numbered in order of first record."""
    ordered = linked.sort("source", "record")
    order = ordered.select("cluster").unique(maintain_order=True).with_row_index("number", offset=1)
    return ordered.join(order, on="cluster", maintain_order="left").with_columns(
        person=pl.lit("person-") + pl.col("number").cast(pl.String).str.zfill(6)
    )


def _with_every_record(linked: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    told = _persons_named(linked).select("record", "person")
    return records.sort("record").join(told, on="record", how="left", maintain_order="left").select("record", "person")


def _numbered(linked: pl.DataFrame, rows: int) -> pl.DataFrame:
    return _with_every_record(linked, pl.DataFrame({"record": pl.int_range(rows, dtype=pl.UInt64, eager=True)}))


def _columns(table: pl.DataFrame) -> list[Column] | None:
    """
    The columns of one kind, from evenly spread rows.

    Returns:
        Null when a column holds people in running text or lists, or one row speaks of several people: then every cell must be read.
    """
    step = max(table.height // SAMPLED_ROWS, 1)
    sample = table.gather_every(step).head(SAMPLED_ROWS)
    batch = Batch(source=_SOURCE, first_record=0, records=sample.height, frame=sample)
    found = about_people(Kernel(load(), new_key()).find_batch(batch))
    if not set(found.get_column("field")) <= {name for name, kind in sample.schema.items() if not kind.is_nested()}:
        return None
    chosen = []
    for (name,), rows in sorted(found.partition_by("field", as_dict=True).items()):
        cells = sample.get_column(str(name)).cast(pl.String)
        lengths = pl.DataFrame({"record": pl.int_range(sample.height, dtype=pl.UInt64, eager=True), "length": cells.str.strip_chars().str.len_chars()})
        whole = rows.join(lengths, on="record").filter(pl.col("end") - pl.col("start") >= pl.col("length"))
        filled = int((lengths.get_column("length").fill_null(0) > 0).sum())
        kinds = whole.group_by("entity").agg(pl.col("record").n_unique()).sort(["record", "entity"], descending=[True, False])
        if kinds.height and kinds.item(0, "record") >= OF_ONE_KIND * filled:
            chosen.append(Column(name=str(name), entity=kinds.item(0, "entity")))
        elif rows.filter(pl.col("entity").is_in(["PERSON", "EMAIL_ADDRESS"])).height:
            return None
    several = any(slot_of(column.name) or (re.search(r"\d$", column.name) and column.entity == "PERSON") for column in chosen)
    return None if several or not chosen else chosen


def _long(table: pl.DataFrame, columns: list[Column], entities: set[str] | None = None) -> pl.DataFrame:
    """The cells of `columns` as placed sightings of one unit a row, with the columns that linkage reads."""
    parts = [
        table.select(
            unit=pl.int_range(pl.len(), dtype=pl.UInt32),
            source=pl.lit(_SOURCE),
            entity=pl.lit(column.entity),
            field=pl.lit(column.name),
            key=pl.lit(column.name),
            side=pl.lit("own"),
            session_key=pl.lit(False),
            in_turn=pl.lit(False),
            value=pl.col(column.name).cast(pl.String).str.strip_chars(),
            attributes=pl.lit("{}"),
        ).filter(pl.col("value") != "")
        for column in columns
        if entities is None or column.entity in entities
    ]
    if not parts:
        kinds: Mapping[str, pl.DataType] = {"unit": pl.UInt32(), "session_key": pl.Boolean(), "in_turn": pl.Boolean()}
        names = ("unit", "source", "entity", "field", "key", "side", "session_key", "in_turn", "value", "attributes", "fingerprint")
        return pl.DataFrame(schema={name: kinds.get(name, pl.String()) for name in names})
    return normalised(pl.concat(parts)).with_columns(fingerprint=pl.col("value"))


def _wide(table: pl.DataFrame, columns: list[Column]) -> pl.DataFrame:
    """`source, record, cluster` of a table whose columns are each of one kind: one unit a row, no sighting a cell."""
    placed = _long(table, columns)
    names, births, identifiers = names_of(placed), births_of(placed), identify(placed)
    weak = weak_facts(placed, names, births, identifiers).with_columns(scope=pl.lit(None, pl.String))
    nobody = pl.DataFrame(schema={"unit": pl.UInt32, "ident": pl.UInt32, "kind": pl.String, "rank": pl.Float64})
    clusters = cluster_units(None, Facts(names=names, births=births, identifiers=identifiers, speakers=nobody, described=weak), seed=0).clusters
    return clusters.select(source=pl.lit(_SOURCE), record=pl.col("unit").cast(pl.UInt64), cluster="cluster")
