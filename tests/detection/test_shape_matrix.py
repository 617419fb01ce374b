"""Every kind of finding in every shape in which evidence holds it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import orjson
import polars as pl
import pytest

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.detection.redaction import Redactor
from leakscope.model import Batch

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "shape_matrix.py"
#: Kinds that responders ask for first; each must be found in each shape.
FIRST = frozenset(
    {
        "secret.openai.project_key",
        "secret.anthropic.api_key",
        "secret.aws.access_key_id",
        "secret.github.personal_token",
        "secret.stripe.secret_key",
        "secret.slack.bot_token",
        "pii.email",
        "pii.card_expiry",
        "pii.iban",
        "pii.phone_international",
        "id.us.ssn",
        "id.de.tax_id",
        "id.gb.nino",
        "id.fr.nir",
        "id.tr.national_id",
    }
)
#: Kinds whose redaction is looked at besides: with separators, with a login, in words, over several lines.
ALSO = frozenset({"id.hr.passport", "credential.net_user", "credential.basic_auth_url", "secret.generic.seed_phrase", "secret.generic.private_key", "pii.address_us"})
@pytest.fixture(scope="module")
def matrix() -> ModuleType:
    """The benchmark that makes the table in the docs."""
    spec = importlib.util.spec_from_file_location("shape_matrix", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["shape_matrix"] = module
    spec.loader.exec_module(module)
    return module


def test_the_kinds_asked_for_first_are_found_in_every_shape(matrix: ModuleType) -> None:
    """No shape hides an AI key, a cloud key, an address, a card or a national number; each is one finding, at its place."""
    catalogue = load()
    listed = [kind for kind in matrix.kinds(catalogue) if kind.detector in FIRST]

    cells = matrix.measured(catalogue, listed)

    assert {kind.detector for kind in listed} == FIRST
    assert cells.filter(~(pl.col("found") & pl.col("placed") & pl.col("once"))).select("detector", "shape").rows() == []


def test_what_is_redacted_holds_nothing_any_more(matrix: ModuleType) -> None:
    """The redacted record of each of these kinds in each shape, read again, gives no finding."""
    catalogue = load()
    kernel = Kernel(catalogue, matrix.KEY)
    redactor = Redactor(kernel)
    written = [(kind, shape, make(kind.name, kind.text)) for kind in matrix.kinds(catalogue) if kind.detector in FIRST | ALSO for shape, make in matrix.SHAPES.items()]

    lines = b"".join(orjson.dumps(redactor.record(record)) + b"\n" for _, _, record in written)
    again = kernel.find_batch(Batch(source="redacted", first_record=0, records=len(written), lines=lines))

    assert [(written[record][0].detector, written[record][1], found) for record, found in again.select("record", "detector").iter_rows()] == []


@pytest.mark.slow
def test_no_shape_hides_any_kind(matrix: ModuleType) -> None:
    """Every rule's example value in every shape is one finding, at its place."""
    catalogue = load()

    cells = matrix.measured(catalogue, matrix.kinds(catalogue))

    assert cells.filter(~(pl.col("found") & pl.col("placed") & pl.col("once"))).select("detector", "shape").rows() == []
