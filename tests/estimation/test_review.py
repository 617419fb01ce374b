"""A labelled sample tells precision, elusion and recall."""

import polars as pl
import pytest

from leakscope.errors import DomainError
from leakscope.estimation.review import REVIEW, clean_records, corrected_count, draw_review, score_review
from leakscope.model import Basis, Estimate
from leakscope.schema import FINDINGS, RECORDS
from tests.estimation.test_counts import frame

RECORDS_READ = frame([{"source": "a", "record": number} for number in range(400)], RECORDS)
FOUND = frame(
    [{"source": "a", "record": n, "field": "x", "entity": "EMAIL_ADDRESS" if n % 4 else "PERSON", "detector": "d", "confidence": 0.9, "fingerprint": f"f{n}", "preview": "*"} for n in range(200)],
    FINDINGS,
)


def labelled(items, wrong=(), missed=()):
    """Every item labelled right or clean but for those named."""
    finding = pl.when(pl.col("item").is_in(list(wrong))).then(pl.lit("wrong")).otherwise(pl.lit("right"))
    clean = pl.when(pl.col("item").is_in(list(missed))).then(pl.lit("missed")).otherwise(pl.lit("clean"))
    return items.with_columns(label=pl.when(pl.col("kind") == "finding").then(finding).otherwise(clean))


def test_a_draw_holds_findings_of_every_entity_and_clean_records():
    """As many as asked for, each once, the same for a seed."""
    items = draw_review(FOUND, RECORDS_READ, 50, seed=4)

    assert items.schema == REVIEW
    assert items.height == items["item"].n_unique() == 50
    assert set(items.filter(pl.col("kind") == "finding")["entity"]) == {"EMAIL_ADDRESS", "PERSON"}
    assert set(items.filter(pl.col("kind") == "clean")["record"]) <= set(clean_records(FOUND, RECORDS_READ)["record"])
    assert items.equals(draw_review(FOUND, RECORDS_READ, 50, seed=4))


def test_a_small_case_is_labelled_whole():
    """No more items than there are."""
    assert draw_review(FOUND.head(3), RECORDS_READ.head(5), 100).height == 3 + 2


def test_labels_become_precision_elusion_and_recall():
    """3 of 30 findings wrong, 1 of 20 clean records missed, of 200 and 200."""
    items = draw_review(FOUND, RECORDS_READ, 50)
    scored = score_review(labelled(items, wrong=["finding-1", "finding-2", "finding-3"], missed=["clean-1"]), FOUND, RECORDS_READ)

    assert scored.labelled == 50
    assert 0.8 < scored.precision.value < 0.97
    assert scored.elusion.value == pytest.approx(0.05)
    assert scored.recall.value == pytest.approx(200 * scored.precision.value / (200 * scored.precision.value + 10))
    assert scored.recall.low < scored.recall.value < scored.recall.high
    assert scored.corrected_records.value == pytest.approx(200 * scored.precision.value + 10)


def test_unsure_and_missing_labels_do_not_count():
    """Nothing labelled says nothing."""
    items = draw_review(FOUND, RECORDS_READ, 20)
    scored = score_review(items.with_columns(label=pl.lit("unsure")), FOUND, RECORDS_READ)

    assert (scored.labelled, scored.precision, scored.recall) == (0, None, None)


def test_a_label_of_the_wrong_kind_is_refused():
    """`clean` is nothing a finding can be."""
    items = draw_review(FOUND, RECORDS_READ, 20)
    with pytest.raises(DomainError):
        score_review(items.with_columns(label=pl.lit("clean")), FOUND, RECORDS_READ)


def test_a_count_is_corrected_by_precision():
    """Ends by ends."""
    counted = Estimate(value=100, low=90, high=110, method="counted", basis=Basis.SAMPLE)
    precision = Estimate(value=0.9, low=0.8, high=0.95, method="labelled", basis=Basis.SAMPLE)
    found = corrected_count(counted, precision)

    assert (found.value, found.low, found.high) == pytest.approx((90, 72, 104.5))
