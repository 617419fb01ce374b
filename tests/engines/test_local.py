"""Batches in one process and in several."""

import orjson
import polars as pl
import pytest

from leakscope.engines import local
from leakscope.engines.batch import Asked, Work, find_in
from leakscope.model import Batch, SetAside
from leakscope.safety.keys import IncidentKey

WORK = Work(key=IncidentKey(bytes(range(32))))
ASKED = Asked(key=WORK.key)


def _batches():
    for number in range(3):
        row = {"timestamp": "2025-01-20T10:00:00Z", "user_id": f"u-{number}-4417", "email": f"ana{number}@correio.pt", "note": "please call me back tomorrow morning"}
        yield Batch(source="log", first_record=number, records=1, lines=orjson.dumps(row) + b"\n")
    yield SetAside(source="log", reason="not-json", detail="The line is not a whole JSON object.", records=1, record=3)


def _found(workers):
    pairs = list(local.run(_batches(), WORK, workers=workers))
    sightings = pl.concat([found.sightings for _, found in pairs if found is not None])
    return [type(piece).__name__ for piece, _ in pairs], sightings.rows()


def test_pieces_come_back_in_the_order_of_the_evidence():
    """Three batches, then the piece that was set aside."""
    assert _found(1)[0] == ["Batch", "Batch", "Batch", "SetAside"]


@pytest.mark.slow
def test_the_number_of_workers_changes_nothing():
    """Two processes find what one finds, in the same order."""
    assert _found(2) == _found(1)


@pytest.mark.slow
def test_this_process_searches_while_the_others_are_busy():
    """Another process starts with two batches; the rest is done here meanwhile, and all come back in order with the same findings."""
    done_here = []

    def here(batch):
        done_here.append(batch.first_record)
        return find_in(batch, ASKED)

    batches = [piece for piece in _batches() if isinstance(piece, Batch)] * 4
    found = list(local.find(iter(batches), ASKED, workers=2, here=here))
    assert [batch for batch, _ in found] == batches
    assert pl.concat([one.sightings for _, one in found]).equals(pl.concat([find_in(batch, ASKED).sightings for batch in batches]))
    assert done_here[0] == batches[2].first_record


@pytest.mark.parametrize(("size_bytes", "one"), [(0, True), (1 << 20, True), (1 << 30, False)])
def test_small_evidence_is_read_by_one_process(size_bytes, one):
    """Starting others costs more than it saves."""
    assert (local.workers_for(size_bytes) == 1) is (one or local.workers_for(1 << 40) == 1)


def test_columns_with_a_role_are_no_prose():
    """A table's addresses are not read for what people disclosed; its notes are."""
    rows = [{"full_name": f"Ana Lima Costa {letter}", "street_address": f"{n} old mill road north", "note": "please call me back about the other matter"} for n, letter in enumerate("ABC", 10)]
    lines = b"".join(orjson.dumps(row) + b"\n" for row in rows)
    (_, found), *_ = local.run(iter([Batch(source="t", first_record=0, records=3, lines=lines)]), WORK)

    assert set(found.prose["field"]) == {"note"}
