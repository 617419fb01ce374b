"""People counted in record-linkage sets that others made, whose truth is known."""

import itertools

import numpy as np
import polars as pl
import pytest

import leakscope
from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.individuals import link
from leakscope.model import Batch
from leakscope.schema import RECORDS, TURNS, empty
from tests.individuals.evidence import KEY

SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in ("2", "3", "4_both")]


def febrl(folder, name):
    """The table without what gives the truth away, and the true person of each record."""
    table = pl.read_csv(folder / f"febrl_dataset{name}.csv", infer_schema=False)
    return table.drop("rec_id", "true_id"), table["true_id"]


def pairs(codes):
    """How many pairs of records have one code."""
    counts = np.unique(codes, return_counts=True)[1].astype(int)
    return int((counts * (counts - 1) // 2).sum())


@pytest.mark.parametrize("name", ["1", *SLOW])
def test_people_are_counted_within_three_percent_and_the_interval_holds_the_truth(labelled_data, name, record_property):
    """Interval no wider than a tenth of the value; pairwise precision and recall are kept with the result."""
    table, truth = febrl(labelled_data, name)
    batch = Batch(source="febrl", first_record=0, records=table.height, frame=table)
    found = Kernel(load(), KEY).find_batch(batch)
    rows = found.select("source", "record").unique().with_columns(*(pl.lit(None, kind).alias(field) for field, kind in RECORDS.items() if field not in ("source", "record")))
    result = link(found, rows.select(list(RECORDS)), empty(TURNS), KEY)
    people, counted, interval = truth.n_unique(), int(result.individuals["counted"].sum()), result.interval

    assert abs(counted / people - 1) <= 0.03
    assert interval.low <= people <= interval.high
    assert (interval.high - interval.low) / interval.value <= 0.10
    person = result.record_persons.group_by("record").agg(pl.col("person").min()).sort("record")["person"].rank("dense").to_numpy()
    both = pairs(list(itertools.starmap(lambda a, b: f"{a}|{b}", zip(person, truth, strict=True))))
    record_property("pairwise_precision", both / pairs(person))
    record_property("pairwise_recall", both / pairs(truth.to_numpy()))
    assert both / pairs(person) > 0.99
    assert both / pairs(truth.to_numpy()) > 0.98


def test_the_public_function_gives_one_person_a_record(labelled_data):
    """`record, person`, in record order, for a plain table."""
    table, truth = febrl(labelled_data, "1")
    found = leakscope.individuals(table)

    assert found.columns == ["record", "person"]
    assert found["record"].to_list() == list(range(table.height))
    assert abs(found["person"].n_unique() / truth.n_unique() - 1) <= 0.03


@pytest.mark.slow
def test_a_table_without_numbers_is_linked_by_descriptions(labelled_data):
    """Names, birth dates and addresses alone."""
    table, truth = febrl(labelled_data, "3")
    found = leakscope.individuals(table.drop("soc_sec_id"))

    assert abs(found["person"].n_unique() / truth.n_unique() - 1) <= 0.03
