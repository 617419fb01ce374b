"""What a sample reaches: how many records there are in all, by which design those read were drawn from them, and what that allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from leakscope.model import Sample, SampleDesign

#: Designs in which every record had a known chance of being read.
RANDOM = frozenset({SampleDesign.BERNOULLI, SampleDesign.RESERVOIR, SampleDesign.SYSTEMATIC, SampleDesign.STRATIFIED, SampleDesign.CLUSTER})
_SIMPLE = RANDOM - {SampleDesign.STRATIFIED, SampleDesign.CLUSTER}
TABLE, DAY, FILE, PERSON = "table", "day", "file", "person"
#: Stratum of the records that state no moment.
NO_DAY = "no day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """
    Records read, and the records they stand for.

    Args:
        read: records read, by stratum or file ("" when only the sum matters).
        whole: records they stand for; null when nobody stated it.
        design: how those read were drawn from the whole.
        by: what its strata or clusters are: `table`, `day`, `file`, `person`, or the name of a field.
        strata: records of the whole by stratum; null without strata.
        supplied: records supplied by stratum, when they are themselves a random sample of the whole and those read were drawn from
            them by strata; else null.
        clusters: clusters in the whole; null when unknown.
        contradictions: what was stated and cannot be, in words.
    """

    read: Mapping[str, int]
    whole: int | None
    design: SampleDesign
    by: str
    strata: Mapping[str, int] | None = None
    supplied: Mapping[str, int] | None = None
    clusters: int | None = None
    contradictions: tuple[str, ...] = ()

    @property
    def read_total(self) -> int:
        """Records read in all."""
        return sum(self.read.values())

    @property
    def infers(self) -> bool:
        """Whether design and size allow inference to the whole."""
        return self.whole is not None and (self.design is SampleDesign.FULL or self.design in RANDOM)

    @property
    def fraction(self) -> float:
        """Share of the whole that was read; 1 when unknown."""
        return min(self.read_total / self.whole, 1.0) if self.whole else 1.0


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return text == NO_DAY


def stratum_kind(population: Mapping[str, int]) -> str:
    """What the keys of a population stated by stratum are: days where all are written as such, else tables."""
    return DAY if population and all(map(_is_day, population)) and any(key != NO_DAY for key in population) else TABLE


def labelled(records: pl.DataFrame, by: str, units: pl.DataFrame | None = None) -> pl.DataFrame:
    """
    The stratum or cluster of every record.

    Args:
        records: schema `RECORDS`, or `source, record` alone where `by` is no day.
        by: see `Reach`.
        units: `source, record, unit` of clusters that the run drew by a field; null otherwise.

    Returns:
        `source, record, unit`, one row per record.
    """
    base = records.unique(subset=["source", "record"], keep="first", maintain_order=True)
    if by == DAY:
        return base.select("source", "record", unit=pl.col("timestamp").dt.date().cast(pl.String).fill_null(NO_DAY))
    if units is not None and by not in (TABLE, FILE, PERSON):
        return base.select("source", "record").join(units, on=["source", "record"], how="left").with_columns(pl.col("unit").cast(pl.String))
    return base.select("source", "record", unit=pl.col("source"))


def named_sources(population: Mapping[str, int], records: pl.DataFrame) -> dict[str, int]:
    """The population by source as it was read: `users` is `dump.sql:users` or `users.csv` where no other source could be meant."""
    sources = records.get_column("source").unique().sort().to_list()
    found: dict[str, int] = {}
    for name, count in population.items():
        close = [source for source in sources if name and (source.endswith((f":{name}", f"/{name}")) or PurePosixPath(source).stem == name)]
        found[close[0] if name not in sources and len(close) == 1 and close[0] not in population else name] = count
    return found


def _counted(labels: pl.DataFrame) -> dict[str, int]:
    return dict(labels.drop_nulls("unit").group_by("unit").len().sort("unit").iter_rows())


def evidence_reach(records: pl.DataFrame, sample: Sample, units: pl.DataFrame | None = None) -> Reach:
    """How the records read stand for those supplied: all of them, or those that the run drew."""
    by = sample.drawn_by or TABLE
    read = _counted(labelled(records, by, units))
    total = records.select("source", "record").unique().height
    if sample.drawn is None:
        return Reach(read=read, whole=total, design=SampleDesign.FULL, by=by)
    design = sample.drawn_design or SampleDesign.RESERVOIR
    strata = {stratum: max(count, read.get(stratum, 0)) for stratum, count in sample.drawn_from.items()} if design is SampleDesign.STRATIFIED else None
    return Reach(read=read, whole=max(sample.supplied or 0, total), design=design, by=by, strata=strata or None, clusters=sample.clusters)


def joint_design(stated: SampleDesign, drawn: SampleDesign | None) -> SampleDesign:
    """The design of two draws after one another: that of the supplied records, and that of this run from them; the weaker rules."""
    if drawn is None or stated in (SampleDesign.FIRST, SampleDesign.LAST, SampleDesign.UNKNOWN):
        return stated
    if stated is SampleDesign.FULL or drawn in (SampleDesign.FIRST, SampleDesign.LAST):
        return drawn
    return next((one for one in (SampleDesign.CLUSTER, SampleDesign.STRATIFIED) if one in (stated, drawn)), stated)


def exposure_reach(records: pl.DataFrame, sample: Sample, units: pl.DataFrame | None = None) -> Reach:
    """
    How the records read stand for all that were exposed.

    Args:
        records: schema `RECORDS`, those read.
        sample: as stated and drawn; a full sample exposes what was supplied even if nobody states a population.
        units: see `labelled`.
    """
    own = evidence_reach(records, sample, units)
    drawn = own.design if sample.drawn is not None else None
    design, supplied = joint_design(sample.design, drawn), own.whole or 0
    stated = named_sources(sample.population, records)
    if not stated:
        whole = supplied if sample.design is SampleDesign.FULL else None
        return Reach(read=own.read, whole=whole, design=design, by=own.by, strata=own.strata if whole else None, clusters=own.clusters)
    total = sum(stated.values())
    said = _contradictions(stated, records, sample, supplied)
    if sample.design is SampleDesign.FULL and total > supplied + sample.unreadable:
        design = SampleDesign.UNKNOWN
    whole = max(total, supplied)
    if drawn is SampleDesign.STRATIFIED and sample.design is not SampleDesign.STRATIFIED and design is SampleDesign.STRATIFIED and own.strata:
        scaled = {stratum: max(round(count * whole / supplied), count) for stratum, count in own.strata.items()}
        return Reach(read=own.read, whole=whole, design=design, by=own.by, strata=scaled, supplied=own.strata if whole > supplied else None, contradictions=said)
    if design is SampleDesign.CLUSTER and sample.design is not SampleDesign.CLUSTER:
        return Reach(read=own.read, whole=whole, design=design, by=own.by, clusters=own.clusters if whole == supplied else None, contradictions=said)
    return _by_population(records, stated, sample, design=design, whole=whole, said=said)


def _by_population(records: pl.DataFrame, stated: Mapping[str, int], sample: Sample, *, design: SampleDesign, whole: int, said: tuple[str, ...]) -> Reach:
    """By the strata that the population was stated for, where it names all that were read."""
    by = sample.by or (stratum_kind(stated) if "" not in stated else TABLE)
    by = FILE if design is SampleDesign.CLUSTER and by == TABLE else by
    read = _counted(labelled(records, by if by == DAY else TABLE))
    named = "" not in stated and set(read) <= set(stated) and (len(stated) > 1 or design is SampleDesign.STRATIFIED)
    if not named or design is SampleDesign.CLUSTER:
        return Reach(read=read, whole=whole, design=design, by=by, contradictions=said)
    strata = {stratum: max(count, read.get(stratum, 0)) for stratum, count in stated.items()}
    if unread := sorted(stratum for stratum in strata if not read.get(stratum)):
        # a stratum nobody drew from says nothing of itself
        note = f"no record of {unread[0]}" + (f" and {len(unread) - 1} more strata" if len(unread) > 1 else "") + " was read, though the population names it"
        return Reach(read=read, whole=sum(strata.values()), design=SampleDesign.UNKNOWN, by=by, contradictions=(*said, note))
    return Reach(read=read, whole=sum(strata.values()), design=design, by=by, strata=strata, contradictions=said)


def _contradictions(stated: Mapping[str, int], records: pl.DataFrame, sample: Sample, supplied: int) -> tuple[str, ...]:
    total = sum(stated.values())
    said = []
    if total < supplied:
        said.append(f"the population is stated as {total:,} records, but {supplied:,} were supplied; {supplied:,} count")
    if sample.design is SampleDesign.FULL and total > supplied + sample.unreadable:
        said.append(f"the records are stated to be all there were, but {supplied:,} of {total:,} were supplied: how these were drawn is unknown")
    by = sample.by or (stratum_kind(stated) if "" not in stated else TABLE)
    read = _counted(labelled(records, DAY if by == DAY else TABLE))
    if "" not in stated and len(stated) == len(read) == 1 and not set(read) & set(stated):
        said.append(f"the population names {next(iter(stated))}, but {next(iter(read))} was read; the number is taken for it")
    elif "" not in stated and (missing := sorted(set(read) - set(stated))):
        said.append(f"the population does not name {missing[0]}" + (f" and {len(missing) - 1} more" if len(missing) > 1 else "") + ", which was read; its strata are not used")
    return tuple(said)


#: The facts an inference to the exposure needs, by their path in the facts file.
_POPULATION = {
    "fact": "population.records",
    "why": "Without the number of records that were exposed nothing can be said of people beyond the evidence supplied.",
    "matters_for": ["individuals.exposure"],
}
_DESIGN = {
    "fact": "population.design",
    "why": "Without knowing how the supplied records were drawn from the exposed ones they tell nothing of the rest.",
    "matters_for": ["individuals.exposure"],
}


def missing_facts(reach: Reach) -> list[dict[str, Any]]:
    """The facts without which nothing is said of the exposure, and those that contradict one another: `fact, why, matters_for`."""
    said = [{**_POPULATION, "why": f"{text[0].upper()}{text[1:]}."} for text in reach.contradictions]
    if reach.design is SampleDesign.STRATIFIED and reach.infers and reach.strata is None:
        said.append({**_POPULATION, "why": "The sizes of the strata were not stated: they are taken as drawn in proportion."})
    if reach.infers or said:
        return said
    missing = [_POPULATION] if reach.whole is None else []
    return missing + ([_DESIGN] if reach.design is SampleDesign.UNKNOWN else [])


def no_inference(reach: Reach) -> str:
    """Why nothing is inferred beyond bounds, in words."""
    if reach.design in (SampleDesign.FIRST, SampleDesign.LAST):
        return f"the {reach.design} records are no random sample of the rest: bounds only"
    if reach.contradictions:
        return f"{reach.contradictions[-1]}: bounds only"
    return "how the records were drawn is unknown: bounds only"


def uneven(reach: Reach) -> bool:
    """Whether the strata were sampled at rates that differ by more than a fifth."""
    rates = [reach.read.get(stratum, 0) / total for stratum, total in (reach.strata or {}).items()]
    return bool(rates) and max(rates) > 1.2 * min(rates)
