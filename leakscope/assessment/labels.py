"""The review of a case: what is drawn is remembered, labels come in by CSV or terminal, and what they say goes into `quality`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from leakscope.assessment import case as files
from leakscope.assessment.case import ASSESSMENT, Case
from leakscope.errors import DomainError, UsageError
from leakscope.estimation.review import REVIEW, Reviewed, corrected_count, draw_review, score_review
from leakscope.model import Basis, Estimate
from leakscope.safety.escape import cell

REVIEW_FILE = "review.parquet"
#: Columns of the CSV that goes to a labeller; `label` is theirs to fill.
COLUMNS = ("item", "kind", "source", "record", "field", "entity", "detector", "confidence", "preview", "label")


def draw(case: Case, sample: int, *, seed: int) -> pl.DataFrame:
    """
    The items to label, drawn now and remembered; a review that has begun goes on unless it asks for more items.

    Args:
        case: a finished case.
        sample: labels to ask for.
        seed: of the draw.

    Returns:
        Schema `REVIEW`.
    """
    known = _known(case)
    if known is not None and known.height >= sample:
        return known
    items = draw_review(case.findings(), case.read_frame(files.RECORDS), sample, seed=seed)
    kept = _labels(known) if known is not None else {}
    place = pl.struct("kind", "source", "record", "field", "entity").map_elements(lambda row: kept.get(tuple(row.values())), return_dtype=pl.String)
    items = items.with_columns(label=place) if kept else items
    ledger = case.ledger()
    ledger.write("review-drawn", items=items.height, seed=seed)
    case.write_frame(REVIEW_FILE, items, ledger)
    return items


def _labels(items: pl.DataFrame) -> dict[tuple[Any, ...], str]:
    return {row[:-1]: row[-1] for row in items.select("kind", "source", "record", "field", "entity", "label").iter_rows() if row[-1]}


def _known(case: Case) -> pl.DataFrame | None:
    return case.read_frame(REVIEW_FILE) if (case.root / REVIEW_FILE).is_file() else None


def to_csv(items: pl.DataFrame) -> str:
    """`items` as CSV that a spreadsheet opens without running anything."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in items.select(COLUMNS).iter_rows():
        writer.writerow(["" if value is None else cell(str(value)) for value in row])
    return target.getvalue()


def from_csv(path: Path) -> dict[str, str]:
    """
    Item -> label of a filled CSV; empty labels are left out.

    Raises:
        UsageError: the file lacks the columns `item` and `label`, or cannot be read.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise UsageError(f"{path} cannot be read as CSV") from None
    if rows and not {"item", "label"} <= set(rows[0]):
        raise UsageError(f"{path} lacks the columns item and label", hint="Fill the file that --export wrote.")
    return {row["item"]: row["label"].strip().lower() for row in rows if (row["label"] or "").strip()}


def record_labels(case: Case, labels: Mapping[str, str]) -> Reviewed:
    """
    Labels put into the case, scored, and the assessment corrected by them.

    Args:
        case: with a review drawn.
        labels: item -> label.

    Raises:
        UsageError: no review was drawn, or an item or label is not known.
    """
    items = _known(case)
    if items is None:
        raise UsageError("no review was drawn for this case", hint="leakscope review CASE --sample N draws one.")
    unknown = set(labels) - set(items.get_column("item"))
    if unknown:
        raise UsageError(f"{len(unknown)} items are not of this case's review")
    given = pl.col("item").replace_strict(dict(labels), default=None, return_dtype=pl.String)
    items = items.with_columns(label=pl.coalesce(given, "label")).select(list(REVIEW))
    try:
        scored = score_review(items, case.findings(), case.read_frame(files.RECORDS))
    except DomainError as error:
        raise UsageError(error.message) from None
    ledger = case.ledger()
    ledger.write("reviewed", labels=len(labels), labelled=scored.labelled)
    case.write_frame(REVIEW_FILE, items, ledger)
    case.write_json(ASSESSMENT, _corrected(case.assessment(), scored), ledger)
    return scored


def _estimate(stated: Mapping[str, Any]) -> Estimate:
    return Estimate(**{**stated, "basis": Basis(stated["basis"])})


def _plain(estimate: Estimate | None) -> dict[str, Any] | None:
    return estimate.to_dict() if estimate else None


def section(scored: Reviewed, rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The part `review` of the assessment's quality section."""
    corrected = [
        {
            "entity": row["entity"],
            "precision": scored.by_entity[row["entity"]].to_dict(),
            "share_of_records": corrected_count(_estimate(row["share_of_records"]), scored.by_entity[row["entity"]]).to_dict(),
            "people": corrected_count(_counted(row["people"]), scored.by_entity[row["entity"]]).to_dict(),
        }
        for row in rows
        if row["entity"] in scored.by_entity
    ]
    return {
        "labelled": scored.labelled,
        "precision": _plain(scored.precision),
        "elusion": _plain(scored.elusion),
        "recall": _plain(scored.recall),
        "corrected_records": _plain(scored.corrected_records),
        "corrected": corrected,
    }


def _counted(people: Any) -> Estimate:
    if isinstance(people, Mapping):
        return _estimate(people)
    return Estimate(value=people, low=people, high=people, method="people with it, as found", basis=Basis.EXACT)


def _corrected(assessment: dict[str, Any], scored: Reviewed) -> dict[str, Any]:
    """The assessment with the review in its quality section, and exposure totals of labelled entities times their precision."""
    rows = [_corrected_row(row, scored) for row in assessment["findings_by_entity"]]
    quality = {**assessment["quality"], "review": section(scored, assessment["findings_by_entity"])}
    return {**assessment, "findings_by_entity": rows, "quality": quality}


def _corrected_row(row: dict[str, Any], scored: Reviewed) -> dict[str, Any]:
    precision = scored.by_entity.get(row["entity"])
    stated = row.get("exposure_records_as_found") or row.get("exposure_records")
    if precision is None or not stated:
        return row
    return {**row, "exposure_records_as_found": stated, "exposure_records": corrected_count(_estimate(stated), precision).to_dict()}
