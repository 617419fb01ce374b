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
from leakscope.assessment.recount import drawn_units, sample_of
from leakscope.errors import DomainError, UsageError
from leakscope.estimation.agreement import LABELS, Agreement, settled
from leakscope.estimation.exposure import total_of_records
from leakscope.estimation.reach import exposure_reach, labelled
from leakscope.estimation.review import REVIEW, Reviewed, check_labels, corrected_count, draw_review, score_review
from leakscope.model import Basis, Estimate, SampleDesign
from leakscope.safety.escape import cell, plain

REVIEW_FILE, LABELS_FILE = "review.parquet", "review_labels.parquet"
#: The reviewer of labels that came without a name.
FIRST_REVIEWER = "1"
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
    ledger = case.ledger()
    ledger.write("review-drawn", items=items.height, seed=seed)
    if known is not None:
        items = _renumbered(items, known)
        items = _labelled(items, settled(labels_of(case))[0])
    case.write_frame(REVIEW_FILE, items, ledger)
    return items


def labels_of(case: Case) -> pl.DataFrame:
    """Every label given so far; schema `LABELS`."""
    if (case.root / LABELS_FILE).is_file():
        return case.read_frame(LABELS_FILE)
    known = _known(case)
    if known is None:
        return pl.DataFrame(schema=LABELS)
    # a case of before reviewers had names
    return known.drop_nulls("label").select("item", reviewer=pl.lit(FIRST_REVIEWER), label="label")


def own_labels(case: Case, items: pl.DataFrame, reviewer: str) -> pl.DataFrame:
    """The items with the labels that `reviewer` gave, and no other's."""
    own = labels_of(case).filter(pl.col("reviewer") == reviewer)
    return _labelled(items, dict(own.select("item", "label").iter_rows()))


def waiting_for(case: Case, items: pl.DataFrame, reviewer: str) -> pl.DataFrame:
    """The items that `reviewer` has not labelled yet."""
    return items.join(labels_of(case).filter(pl.col("reviewer") == reviewer), on="item", how="anti")


_PLACE = ("kind", "source", "record", "field", "entity", "preview")


def _renumbered(items: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """A larger draw with the numbers that its items had before, the others after them, so that an older export still fits."""
    places = known.select(*_PLACE, was="item").unique(subset=_PLACE, keep="first", maintain_order=True)
    first = pl.struct(_PLACE).is_first_distinct()
    named = items.with_columns(first=first).join(places, on=_PLACE, how="left", nulls_equal=True, maintain_order="left").with_columns(was=pl.when("first").then("was"))
    last = known.group_by("kind").agg(last=pl.col("item").str.extract(r"(\d+)$").cast(pl.Int64).max())
    fresh = pl.concat_str("kind", pl.lit("-"), pl.col("last").fill_null(0) + pl.col("was").is_null().cum_sum().over("kind"))
    numbered = named.join(last, on="kind", how="left", maintain_order="left").with_columns(item=pl.coalesce("was", fresh)).select(list(REVIEW))
    # what the larger draw no longer holds stays, because somebody may have labelled it
    return pl.concat([numbered, known.join(numbered, on="item", how="anti")])


def _labelled(items: pl.DataFrame, chosen: Mapping[str, str]) -> pl.DataFrame:
    given = pl.col("item").replace_strict(dict(chosen), default=None, return_dtype=pl.String)
    return items.with_columns(label=given).select(list(REVIEW))


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


def from_csv(path: Path, items: pl.DataFrame) -> dict[str, str]:
    """
    Item -> label of a filled CSV, cut at commas, semicolons or tabs as spreadsheets write it; empty labels are left out.

    Args:
        path: of the file.
        items: of the case's review.

    Raises:
        UsageError: the file lacks the columns `item` and `label`, says two things of one item, is of another review, or cannot be read.
    """
    try:
        text = path.read_text("utf-8-sig")
        head = text.split("\n", 1)[0]
        rows = list(csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=head.count)))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise UsageError(f"{plain(str(path))} cannot be read as CSV", hint="Save it as CSV in UTF-8.") from None
    if not rows or not {"item", "label"} <= set(rows[0]):
        raise UsageError(f"{plain(str(path))} lacks the columns item and label", hint="Fill the file that --export wrote.")
    labels: dict[str, str] = {}
    places = {item: str(record) for item, record in items.select("item", "record").iter_rows()}
    for row in rows:
        item, label = (row["item"] or "").strip(), (row["label"] or "").strip().lower()
        if label and row.get("record") and places.get(item, row["record"]) != row["record"].strip():
            raise UsageError(f"{plain(item)} is another record in this case", hint="Import the file that --export wrote for this case.")
        if label and labels.setdefault(item, label) != label:
            raise UsageError(f"{plain(item)} stands in {plain(str(path))} twice, with different labels")
    return labels


def record_labels(case: Case, labels: Mapping[str, str], *, reviewer: str = FIRST_REVIEWER) -> tuple[Reviewed, Agreement]:
    """
    Labels put into the case, scored, and the assessment corrected by them.

    Args:
        case: with a review drawn.
        labels: item -> label.
        reviewer: who gave them; their own earlier labels are replaced, those of others stay beside them.

    Raises:
        UsageError: no review was drawn, or an item or label is not known.
    """
    items = _known(case)
    if items is None:
        raise UsageError("no review was drawn for this case", hint="leakscope review CASE --sample N draws one.")
    unknown = sorted(set(labels) - set(items.get_column("item")))
    if unknown:
        count = f"{len(unknown)} items are" if len(unknown) > 1 else "1 item is"
        raise UsageError(f"{count} not of this case's review, such as {plain(unknown[0])}", hint="Export again; a larger --sample numbers the items anew.")
    fresh = pl.DataFrame({"item": list(labels), "reviewer": [reviewer] * len(labels), "label": list(labels.values())}, schema=LABELS)
    earlier = labels_of(case)
    given = pl.concat([earlier.join(fresh, on=["item", "reviewer"], how="anti"), fresh]).sort("item", "reviewer")
    changed = earlier.join(fresh, on=["item", "reviewer"], suffix="_now").filter(pl.col("label") != pl.col("label_now")).height
    try:
        check_labels(items.drop("label").join(fresh.select("item", "label"), on="item"))
        chosen, agreement = settled(given)
        items = _labelled(items, chosen)
        scored = score_review(items, case.findings(), case.read_frame(files.RECORDS))
    except DomainError as error:
        raise UsageError(error.message) from None
    ledger = case.ledger()
    ledger.write("reviewed", reviewer=reviewer, labels=len(labels), changed=changed, labelled=scored.labelled, disputed=len(agreement.disputed))
    case.write_frame(LABELS_FILE, given, ledger)
    case.write_frame(REVIEW_FILE, items, ledger)
    case.write_json(ASSESSMENT, _corrected(case, case.assessment(), scored, agreement), ledger)
    return scored, agreement


def scored_of(case: Case) -> tuple[Reviewed, Agreement] | None:
    """What the labels in the case say; null when there are none."""
    items, labels = _known(case), labels_of(case)
    if items is None or labels.is_empty():
        return None
    return score_review(items, case.findings(), case.read_frame(files.RECORDS)), settled(labels)[1]


def corrected_by_labels(case: Case, assessment: dict[str, Any]) -> dict[str, Any]:
    """`assessment` corrected by the labels that the case has; for when its totals were estimated anew."""
    found = scored_of(case)
    return _corrected(case, assessment, *found) if found else assessment


def _estimate(stated: Mapping[str, Any]) -> Estimate:
    return Estimate(**{**stated, "basis": Basis(stated["basis"])})


def _plain(estimate: Estimate | None) -> dict[str, Any] | None:
    return estimate.to_dict() if estimate else None


def section(scored: Reviewed, agreement: Agreement, rows: Iterable[Mapping[str, Any]], *, in_all: Estimate | None = None) -> dict[str, Any]:
    """The part `review` of the assessment's quality section."""
    corrected = [
        {
            "entity": row["entity"],
            "labels": scored.labels_of[row["entity"]],
            "precision": scored.by_entity[row["entity"]].to_dict(),
            "share_of_records": corrected_count(_estimate(row["share_of_records"]), scored.by_entity[row["entity"]]).to_dict(),
            "people": corrected_count(_counted(row["people"]), scored.by_entity[row["entity"]]).to_dict(),
        }
        for row in rows
        if row["entity"] in scored.by_entity
    ]
    return {
        "labelled": scored.labelled,
        "reviewers": agreement.reviewers,
        "agreement": {"items": agreement.items, "agreed": agreement.agreed, "kappa": agreement.kappa, "disputed": list(agreement.disputed)},
        "precision": _plain(scored.precision),
        "elusion": _plain(scored.elusion),
        "recall": _plain(scored.recall),
        "corrected_records": _plain(scored.corrected_records),
        "corrected_exposure_records": _plain(in_all),
        "corrected": corrected,
    }


def _counted(people: Any) -> Estimate:
    if isinstance(people, Mapping):
        return _estimate(people)
    return Estimate(value=people, low=people, high=people, method="people with it, as found", basis=Basis.EXACT)


def corrected_in_all(case: Case, assessment: Mapping[str, Any], scored: Reviewed) -> Estimate | None:
    """
    Records of the exposure with something in them, corrected by the labels: those found, scaled by the design, times what labels make of them.

    Returns:
        null without labelled clean records, and where the design allows no inference or draws clusters.
    """
    corrected = scored.corrected_records
    records = case.read_frame(files.RECORDS)
    reach = exposure_reach(records, sample_of(assessment), drawn_units(case))
    found = case.findings().select("source", "record").unique()
    if corrected is None or not found.height or not reach.infers or reach.design is SampleDesign.CLUSTER:
        return None
    strata = found.join(labelled(records, reach.by, drawn_units(case)), on=["source", "record"]).group_by("unit").len().drop_nulls()
    whole = total_of_records(found.height, reach, dict(strata.iter_rows()))
    ends = [min((getattr(whole, end) or 0) * (getattr(corrected, end) or 0) / found.height, float(reach.whole or 0)) for end in ("value", "low", "high")]
    method = f"{whole.method if whole else ''}; times records corrected over records found in the labelled sample"
    return Estimate(value=ends[0], low=ends[1], high=ends[2], method=method, basis=Basis.SAMPLE)


def _corrected(case: Case, assessment: dict[str, Any], scored: Reviewed, agreement: Agreement) -> dict[str, Any]:
    """The assessment with the review in its quality section, and exposure totals of labelled entities times their precision."""
    rows = [_corrected_row(row, scored) for row in assessment["findings_by_entity"]]
    review = section(scored, agreement, assessment["findings_by_entity"], in_all=corrected_in_all(case, assessment, scored))
    quality = {**assessment["quality"], "review": review}
    return {**assessment, "findings_by_entity": rows, "quality": quality}


def _corrected_row(row: dict[str, Any], scored: Reviewed) -> dict[str, Any]:
    precision = scored.by_entity.get(row["entity"])
    stated = row.get("exposure_records_as_found") or row.get("exposure_records")
    if precision is None or not stated:
        return row
    return {**row, "exposure_records_as_found": stated, "exposure_records": corrected_count(_estimate(stated), precision).to_dict()}
