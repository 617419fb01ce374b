"""Batches on a real local Spark, held against the local engine."""

import shutil
from pathlib import Path

import orjson
import polars as pl
import pytest

from leakscope.assessment.run import options_from
from leakscope.engines import ENGINES, engine, local, spark
from leakscope.engines.batch import Work
from leakscope.errors import InvariantError, UsageError
from leakscope.model import Batch, SetAside
from leakscope.safety.keys import IncidentKey

WORK = Work(key=IncidentKey(bytes(range(32))))
CANARY = "ana4417canary@correio.pt"


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    """A local Spark of two cores, its scratch folder ours, so that a test may look into it."""
    pytest.importorskip("pyspark", reason="PySpark is an extra")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    scratch = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_DIRS", str(scratch))
        patch.setattr(spark, "_configured", lambda conf, own=spark._configured: own(conf.setMaster("local[2]")))
        context = spark.session_context()
        yield context, scratch
        context.stop()


def _batches(count=7):
    for number in range(count):
        row = {"user_id": f"u-{number}-4417", "email": CANARY, "note": "please call me back tomorrow morning"}
        yield Batch(source="log", first_record=number, records=1, lines=orjson.dumps(row) + b"\n")
        if number == 3:
            yield SetAside(source="log", reason="not-json", detail="The line is not a whole JSON object.", records=1, record=number)


def _found(run):
    pairs = list(run(_batches(), WORK))
    frames = [found for _, found in pairs if found is not None]
    return [type(piece).__name__ for piece, _ in pairs], {name: pl.concat([getattr(one, name) for one in frames]).rows() for name in ("sightings", "records", "turns", "prose")}


@pytest.mark.slow
def test_spark_finds_what_one_process_finds_in_the_same_order(context):
    """More pieces than one round of the cluster, one of them set aside."""
    assert _found(spark.run) == _found(local.run)


@pytest.mark.slow
def test_nothing_of_the_evidence_lies_in_the_scratch_folder(context):
    """Batches are handed over encrypted, not in temporary files."""
    _found(spark.run)

    holding = [path for path in Path(context[1]).rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert holding == []


@pytest.mark.slow
def test_the_transfers_of_an_own_session_are_encrypted(context):
    """Settings of a session that LeakScope starts."""
    conf = context[0].getConf()
    ours = {name: value for name, value in spark.SETTINGS.items() if name not in spark._LOCAL}

    assert {name: conf.get(name) for name in ours} == ours


def test_a_failing_task_tells_its_type_and_not_its_words(monkeypatch):
    """An error that quotes the evidence comes back as its name."""

    def fails(batch, work):
        raise ValueError(CANARY)

    monkeypatch.setattr(spark, "examine", fails)
    answer = spark._task(spark.pickle.dumps((next(_batches()), WORK)))

    assert CANARY.encode() not in answer
    with pytest.raises(InvariantError, match="ValueError"):
        spark._opened(answer)


def test_spark_without_pyspark_is_refused_with_what_to_install(monkeypatch):
    """The extra's name is in the hint."""
    monkeypatch.setitem(__import__("sys").modules, "pyspark", None)

    with pytest.raises(UsageError, match="PySpark") as caught:
        spark.session_context()
    assert "leakscope-impact[spark]" in caught.value.hint


@pytest.mark.parametrize("name", ENGINES)
def test_every_engine_can_be_asked_for(name, tmp_path):
    """What the options take is what runs."""
    assert options_from(paths=["x"], case=tmp_path / "c", engine=name).engine == name
    assert callable(engine(name))
