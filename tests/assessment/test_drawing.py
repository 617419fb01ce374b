"""What a run draws by itself: each design, from the seed alone, with the estimator that belongs to it."""

import json
import random
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from leakscope.assessment.case import open_case
from leakscope.assessment.redecide import redecide
from leakscope.errors import UsageError

DESIGNS = [("first", None), ("last", None), ("bernoulli", None), ("reservoir", None), ("systematic", None), ("stratified", "table"), ("stratified", "day"), ("cluster", "file"), ("cluster", "user_id")]
USERS, FILES, EACH = 60, 3, 80


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    """Three files of 80 records over five days; sixty users, each in one file, write four records each."""
    folder = tmp_path_factory.mktemp("logs")
    start = datetime(2026, 3, 1, tzinfo=UTC)
    for part in range(FILES):
        rows, order = [], random.Random(part).sample(range(EACH), EACH)
        for number, place in enumerate(order):
            user = part * (USERS // FILES) + place % (USERS // FILES)
            moment = start + timedelta(days=number % 5, minutes=number)
            rows.append({"timestamp": moment.isoformat(), "user_id": f"member-{user:04d}-x{user * 7919 % 9973}", "email": f"lena.sommer{user}@correio.pt"})
        (folder / f"part{part}.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return folder


@pytest.fixture(scope="module")
def draw(run, logs):
    """(**options) -> Assessment of the three files."""

    def again(**options):
        return run(paths=[str(logs)], names="none", sample_design="full", **options)

    return again


@pytest.fixture(scope="module", params=DESIGNS, ids=lambda design: "-".join(filter(None, design)))
def drawn(request, draw):
    """The same draw twice, a quarter of the records or clusters."""
    design, by = request.param
    given = {"draw": design, "draw_by": by, "fraction": 0.34 if by == "file" else 0.25, "seed": 5}
    return design, by, draw(**given), draw(**given)


def test_the_same_seed_draws_the_same_records(drawn):
    """Whatever the design."""
    _, _, one, other = drawn
    first, second = (open_case(found.case).read_frame("records.parquet").select("source", "record") for found in (one, other))

    assert first.equals(second)
    assert 0 < first.height < USERS * 4


def test_a_draw_is_recorded_so_that_it_can_be_drawn_again(drawn):
    """Design, strata or clusters, seed and size stand in the assessment and in the ledger."""
    design, by, found, _ = drawn
    sample = found.data["sample"]
    entry = next(entry["facts"] for entry in map(json.loads, (found.case / "ledger.jsonl").read_text().splitlines()) if entry["event"] == "drawn")

    assert (sample["drawn_design"], sample["drawn_by"], sample["seed"]) == (entry["design"], entry["by"], entry["seed"]) == (design, by, 5)
    assert sum(row["records"] for row in sample["drawn_from"]) == (USERS * 4 if design == "stratified" else 0)
    assert found.data["coverage"]["records_not_drawn"] == USERS * 4 - entry["records"]


def test_the_estimator_follows_the_draw(drawn):
    """Bounds for the first and last records, clusters counted by the cluster; the truth inside every interval."""
    design, _by, found, _ = drawn
    people = found.data["individuals"]["estimated"]

    if design in ("first", "last"):
        assert people["value"] is None
        assert people["basis"] == "bounds"
        assert "no random sample" in people["method"]
    else:
        assert people["basis"] == "sample"
    assert people["method"].startswith("counted by the") == (design == "cluster")
    assert people["low"] <= USERS <= people["high"]


def test_a_cluster_of_users_is_read_whole(draw):
    """All four records of every user drawn, none of the others."""
    found = draw(draw="cluster", draw_by="user_id", fraction=0.5)
    case = open_case(found.case)
    persons = case.read_frame("record_persons.parquet").group_by("person").agg(pl.struct("source", "record").n_unique())

    assert persons["source"].to_list() == [4] * (USERS // 2)
    assert found.data["individuals"]["estimated"]["value"] == USERS
    assert "clusters (Cochran 1977, 2.22)" in found.data["individuals"]["estimated"]["method"]


def test_clusters_by_a_field_keep_nothing_of_its_values(draw):
    """Numbers stand for them."""
    found = draw(draw="cluster", draw_by="user_id", fraction=0.25)

    assert open_case(found.case).read_frame("drawn_units.parquet").schema == pl.Schema({"source": pl.String, "record": pl.UInt64, "unit": pl.Int64})
    assert not any(b"member-" in file.read_bytes() for file in found.case.iterdir() if file.is_file())


def test_a_case_decided_again_keeps_its_draw(draw, tmp_path):
    """The same estimate comes out of the case's own tables, under a population stated later."""
    found = draw(draw="cluster", draw_by="user_id", fraction=0.25)
    facts = tmp_path / "facts.toml"
    facts.write_text('[population]\nrecords = 240\ndesign = "full"\n', "utf-8")
    redecide(open_case(found.case), facts_file=str(facts), on=datetime(2026, 11, 24, tzinfo=UTC).date(), save=True)

    assert open_case(found.case).assessment()["individuals"]["exposure"] == found.data["individuals"]["exposure"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"draw": "systematic"}, "how much"),
        ({"draw": "cluster", "rows": 10}, "no fixed number"),
        ({"draw": "bernoulli", "rows": 10}, "no fixed number"),
        ({"draw": "unknown", "rows": 10}, "cannot draw"),
        ({"draw": "systematic", "draw_by": "day", "rows": 10}, "belongs to"),
        ({"draw": "stratified", "draw_by": "user_id", "rows": 10}, "tables or days"),
        ({"draw": "cluster", "draw_by": "day", "fraction": 0.5}, "clusters are files"),
        ({"draw": "cluster", "draw_by": "user_idd", "fraction": 0.5}, "no record has a field user_idd"),
        ({"draw": "stratified", "draw_by": "day", "rows": 5}, "from 5 strata"),
        ({"fraction": 20}, "over 0 and at most 1"),
    ],
)
def test_a_draw_that_cannot_be_is_refused(draw, options, said):
    """In words that name what is wrong."""
    with pytest.raises(UsageError, match=said):
        draw(**options)


def test_ten_percent_written_as_a_number_of_percent_is_explained(draw):
    """The hint has the fraction."""
    with pytest.raises(UsageError) as refused:
        draw(fraction=10)

    assert refused.value.hint == "For 10 percent write --fraction 0.1."
