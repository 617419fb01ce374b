"""The bundled corpora are what the generators give, and their truth stands in them."""

from __future__ import annotations

import gzip
import importlib.util
from pathlib import Path
from types import ModuleType

import orjson
import polars as pl
import pytest

from leakscope.corpus import make
from leakscope.notification import facts

from .walking import at, lines

CORPORA = Path(__file__).resolve().parents[2] / "corpora"


@pytest.fixture(scope="module")
def recipe() -> ModuleType:
    """`corpora/bundle.py` as a module."""
    spec = importlib.util.spec_from_file_location("bundle", CORPORA / "bundle.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def same(made: Path, bundled: Path) -> bool:
    """Whether two files hold the same bytes after unpacking; tables are compared by content, since writers differ by version."""
    if made.suffix == ".parquet":
        return pl.read_parquet(made).equals(pl.read_parquet(bundled))
    packed = bundled.with_name(f"{bundled.name}.gz")
    return made.read_bytes() == (gzip.decompress(packed.read_bytes()) if packed.exists() else bundled.read_bytes())


@pytest.mark.parametrize("name", ["customers", "log_stream", "mixed_folder", "sql_dump"])
def test_the_bundle_is_what_its_recipe_makes(name: str, recipe: ModuleType, tmp_path: Path) -> None:
    """Made again from name, rows and seed of the recipe, every file is the bundled one."""
    rows, seed = recipe.BUNDLED[name]
    make(name, rows=rows, seed=seed, folder=tmp_path)
    made = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in made if not same(path, CORPORA / name / path.relative_to(tmp_path))] == []


@pytest.mark.parametrize("name", ["customers", "log_stream", "mixed_folder", "sql_dump"])
def test_the_card_says_what_the_truth_says(name: str, recipe: ModuleType) -> None:
    """Every figure on the card is that of the truth tables."""
    assert (CORPORA / name / "README.md").read_text("utf-8") == recipe.card(name, CORPORA / name)


def test_the_truth_stands_in_the_bundled_log() -> None:
    """Each true value is found in its field and its copies, walking the JSON independently."""
    rows = [orjson.loads(line) for line in lines(CORPORA / "log_stream" / "log_stream.ndjson.gz")]
    findings = pl.read_parquet(CORPORA / "log_stream" / "truth" / "findings.parquet")
    wrong = [f["record"] for f in findings.iter_rows(named=True) for field in [f["field"], *f["copies"]] if f["value"] not in at(rows[f["record"]], field)]
    assert findings.height > 15_000
    assert wrong == []


def test_the_bundled_log_is_small() -> None:
    """The compressed log stays within 6 MB."""
    assert (CORPORA / "log_stream" / "log_stream.ndjson.gz").stat().st_size < 6_000_000


def test_the_facts_of_the_log_can_be_read() -> None:
    """The bundled facts file is well formed and states the population."""
    assert facts.load(CORPORA / "log_stream" / "incident.toml").population.records == {"": 1_000_000}
