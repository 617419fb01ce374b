"""What a sample reaches: two draws after one another, strata and clusters as stated, and statements that contradict each other."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from leakscope.estimation.reach import evidence_reach, exposure_reach, joint_design, missing_facts, named_sources
from leakscope.model import Sample, SampleDesign
from leakscope.schema import RECORDS

D = SampleDesign


def records(*sizes, days=1):
    """Records of sources a, b ..., over as many days."""
    start = datetime(2026, 3, 1, tzinfo=UTC)
    rows = [{"source": "abcdef"[place], "record": number, "timestamp": start + timedelta(days=number % days)} for place, size in enumerate(sizes) for number in range(size)]
    empty = [pl.lit(None, kind).alias(name) for name, kind in RECORDS.items() if name not in rows[0]]
    return pl.DataFrame(rows).with_columns(empty).select(pl.col(name).cast(kind) for name, kind in RECORDS.items())


@pytest.mark.parametrize(
    ("stated", "drawn", "joint"),
    [
        (D.FULL, D.CLUSTER, D.CLUSTER),
        (D.FULL, D.FIRST, D.FIRST),
        (D.UNKNOWN, D.BERNOULLI, D.UNKNOWN),
        (D.FIRST, D.RESERVOIR, D.FIRST),
        (D.BERNOULLI, D.LAST, D.LAST),
        (D.BERNOULLI, D.RESERVOIR, D.BERNOULLI),
        (D.CLUSTER, D.BERNOULLI, D.CLUSTER),
        (D.BERNOULLI, D.STRATIFIED, D.STRATIFIED),
        (D.SYSTEMATIC, None, D.SYSTEMATIC),
    ],
)
def test_of_two_draws_the_weaker_rules(stated, drawn, joint):
    """A random draw from records of unknown origin tells nothing of the rest."""
    assert joint_design(stated, drawn) is joint


def test_a_draw_from_records_of_unknown_origin_still_tells_of_the_evidence():
    """The exposure stays open, the evidence is inferred."""
    sample = Sample(drawn=10, supplied=100, drawn_design=D.RESERVOIR, population={"": 1000})

    assert evidence_reach(records(10), sample).infers
    assert not exposure_reach(records(10), sample).infers


def test_strata_may_be_days():
    """Where the population is stated by day."""
    sample = Sample(design=D.STRATIFIED, population={"2026-03-01": 100, "2026-03-02": 50})
    reach = exposure_reach(records(20, days=2), sample)

    assert (reach.by, dict(reach.read), dict(reach.strata)) == ("day", {"2026-03-01": 10, "2026-03-02": 10}, {"2026-03-01": 100, "2026-03-02": 50})
    assert reach.infers


def test_a_stratum_that_nobody_read_is_not_inferred():
    """No record of it tells anything of it."""
    reach = exposure_reach(records(10), Sample(design=D.STRATIFIED, population={"a": 100, "b": 100}))

    assert not reach.infers
    assert "no record of b was read" in reach.contradictions[0]


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        (Sample(design=D.BERNOULLI, population={"": 5}), "5 records, but 10 were supplied"),
        (Sample(design=D.FULL, population={"": 5000}), "10 of 5,000 were supplied"),
        (Sample(design=D.BERNOULLI, population={"x": 500}), "names x, but a was read"),
    ],
)
def test_statements_that_cannot_be_are_said(sample, said):
    """And asked for."""
    reach = exposure_reach(records(10), sample)

    assert said in reach.contradictions[0]
    assert [fact["fact"] for fact in missing_facts(reach)] == ["population.records"]


def test_records_that_could_not_be_read_are_no_contradiction():
    """A full copy with one half-written line is still a full copy."""
    assert exposure_reach(records(9), Sample(design=D.FULL, population={"": 10}, unreadable=1)).infers


def test_sources_are_known_by_their_short_names():
    """As people write them, where only one can be meant."""
    read = records(5, 5).with_columns(source=pl.when(pl.col("source") == "a").then(pl.lit("dump.sql:users")).otherwise(pl.lit("logs.csv")))

    assert named_sources({"users": 10, "logs": 20}, read) == {"dump.sql:users": 10, "logs.csv": 20}
    assert named_sources({"nosuch": 10}, read) == {"nosuch": 10}


def test_strata_without_sizes_are_taken_in_proportion_and_asked_for():
    """The assumption is said."""
    reach = exposure_reach(records(10), Sample(design=D.STRATIFIED, population={"": 100}))

    assert reach.infers
    assert "in proportion" in missing_facts(reach)[0]["why"]
