"""
Batches on Apache Spark: the same batch function on a cluster, or on a local Spark.

The driver opens the evidence, behind the same ceilings as ever, and ships batches; the executors need LeakScope installed and no sight of the files.
Nothing of the evidence lies on a disk in the clear: Spark's own blocks and transfers are encrypted, and a failing task tells its error's type, not its words.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from leakscope.engines.batch import Examined, Work, examine
from leakscope.errors import InvariantError, UsageError
from leakscope.model import Batch, SetAside

if TYPE_CHECKING:
    from pyspark import SparkContext

#: Batches shipped at once per core of the cluster: enough to keep it busy, few enough to keep the driver's memory flat.
_AHEAD = 2

#: Of a session that LeakScope starts itself; a session that is already there keeps its own settings.
#: Source: Spark documentation, "Spark Security" and "Configuration". Without the encryption, PySpark hands batches over in temporary files.
SETTINGS = {
    "spark.app.name": "leakscope",
    "spark.authenticate": "true",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.eventLog.enabled": "false",
    "spark.io.encryption.enabled": "true",
    "spark.log.level": "OFF",
    "spark.network.crypto.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_LOCAL = ("spark.driver.host", "spark.driver.bindAddress")


def run(batches: Iterator[Batch | SetAside], work: Work, *, workers: int = 1) -> Iterator[tuple[Batch | SetAside, Examined | None]]:
    """
    Every batch with what was found in it, and every piece set aside, in order.

    Args:
        batches: consumed lazily, one round of the cluster ahead of the result.
        work: the run's settings.
        workers: not used; Spark decides.

    Raises:
        UsageError: PySpark or Java is missing.
        InvariantError: a task failed.
    """
    context = session_context()
    size = max(1, context.defaultParallelism) * _AHEAD
    while group := list(islice(batches, size)):
        found = iter(_examined(context, [piece for piece in group if isinstance(piece, Batch)], work))
        for piece in group:
            yield piece, None if isinstance(piece, SetAside) else next(found)


def session_context() -> SparkContext:
    """
    The context of the active Spark session, or of a new one under `SETTINGS`: local unless Spark's own configuration names a master.

    Raises:
        UsageError: PySpark is not installed, or Spark does not start.
    """
    try:
        from pyspark import SparkConf
        from pyspark.sql import SparkSession
    except ImportError:
        raise UsageError("PySpark is not installed", hint="Install the extra: leakscope-impact[spark]; it needs Java 17 or later.") from None
    active = SparkSession.getActiveSession()
    if active is not None:
        return active.sparkContext
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    try:
        return SparkSession.builder.config(conf=_configured(SparkConf())).getOrCreate().sparkContext
    except Exception as error:
        raise UsageError(f"Spark does not start ({type(error).__name__})", hint="It needs Java 17 or later; see that JAVA_HOME names one.") from None


def _configured(conf: Any) -> Any:
    """The user's own Spark configuration, completed: a named master keeps its addresses."""
    own_master = conf.contains("spark.master")
    if not own_master:
        conf.setMaster("local[*]")
    for name, value in SETTINGS.items():
        if not (own_master and name in _LOCAL):
            conf.setIfMissing(name, value)
    return conf


def _examined(context: SparkContext, batches: list[Batch], work: Work) -> list[Examined]:
    if not batches:
        return []
    packed = [pickle.dumps((batch, work)) for batch in batches]
    answers = context.parallelize(packed, len(packed)).map(_task).collect()
    return [_opened(answer) for answer in answers]


def _task(packed: bytes) -> bytes:
    """One batch on an executor; an error leaves it as the name of its type, since its words may quote the evidence."""
    try:
        batch, work = pickle.loads(packed)
        return pickle.dumps(examine(batch, work))
    except Exception as error:
        return pickle.dumps(type(error).__name__)


def _opened(answer: bytes) -> Examined:
    found = pickle.loads(answer)
    if not isinstance(found, Examined):
        raise InvariantError(f"A Spark task failed ({found})", hint="Run with --engine local to see where.")
    return found
