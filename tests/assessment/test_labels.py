"""The review of a case: drawn once, labelled by one or two people in the terminal or by CSV, and what it says of the numbers."""

import csv
import io

import pytest
from click.testing import CliRunner

from leakscope.assessment.case import open_case
from leakscope.assessment.labels import draw, from_csv, labels_of, own_labels, record_labels, to_csv
from leakscope.assessment.verify import verify
from leakscope.cli import cli
from leakscope.errors import UsageError


@pytest.fixture
def case(run):
    """A case of its own."""
    return open_case(run(names="none", sample_design="bernoulli", population=["1000"]).case)


def filled(items, label_of, delimiter=","):
    """The export with labels, as a spreadsheet writes it."""
    rows = list(csv.DictReader(io.StringIO(to_csv(items))))
    target = io.StringIO()
    writer = csv.DictWriter(target, rows[0].keys(), delimiter=delimiter)
    writer.writeheader()
    writer.writerows({**row, "label": label_of(row)} for row in rows)
    return target.getvalue()


def right(row):
    """Everything found is right and everything clean is clean."""
    return "Right " if row["kind"] == "finding" else "clean"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_labels_come_in_however_a_spreadsheet_cuts_its_columns(case, tmp_path, delimiter):
    """With a byte order mark and spaces."""
    items = draw(case, 8, seed=0)
    path = tmp_path / "labels.csv"
    path.write_text(filled(items, right, delimiter), "utf-8-sig")

    assert from_csv(path, items) == {item: "right" if kind == "finding" else "clean" for item, kind in items.select("item", "kind").iter_rows()}


def test_a_half_filled_file_labels_what_is_filled(case, tmp_path):
    """The rest waits."""
    items = draw(case, 8, seed=0)
    path = tmp_path / "labels.csv"
    path.write_text(filled(items, lambda row: right(row) if row["item"] == "finding-1" else " "), "utf-8")

    assert from_csv(path, items) == {"finding-1": "right"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("item,verdict\nfinding-1,right\n", "lacks the columns"),
        ("", "lacks the columns"),
        ("item,label\nfinding-1,right\nfinding-1,wrong\n", "twice"),
        ("item,record,label\nfinding-1,987654,right\n", "another record"),
    ],
)
def test_a_file_that_cannot_be_of_this_review_is_refused(case, tmp_path, text, said):
    """Nothing of it is taken."""
    path = tmp_path / "labels.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said):
        from_csv(path, draw(case, 8, seed=0))


@pytest.mark.parametrize(("labels", "said"), [({"finding-1": "maybe"}, "none of right, wrong, unsure"), ({"clean-1": "right"}, "none of clean, missed, unsure"), ({"finding-99": "right"}, "not of this case")])
def test_a_label_that_cannot_be_changes_nothing(case, labels, said):
    """The case is as it was."""
    draw(case, 8, seed=0)
    with pytest.raises(UsageError, match=said):
        record_labels(case, labels)

    assert labels_of(case).is_empty()
    assert "review" not in case.assessment()["quality"]


def test_a_larger_draw_keeps_the_numbers_and_labels_of_the_smaller(case):
    """An older export still fits."""
    small = draw(case, 4, seed=0)
    record_labels(case, {small["item"][0]: "wrong"})
    large = draw(case, 9, seed=0)
    place = ["item", "kind", "source", "record", "field"]

    assert large.height > small.height
    assert large["item"].n_unique() == large.height
    assert small.select(place).rows() == [row for row in large.select(place).rows() if row[0] in set(small["item"])]
    assert large.filter(large["item"] == small["item"][0])["label"].to_list() == ["wrong"]


def test_a_second_reviewer_labels_blind_and_what_they_dispute_is_left_out(case):
    """Their own export shows no label of the first; the same answer counts, different ones wait."""
    items = draw(case, 8, seed=0).filter(draw(case, 8, seed=0)["kind"] == "finding")["item"].to_list()[:3]
    record_labels(case, dict.fromkeys(items, "right"))
    blind = own_labels(case, draw(case, 8, seed=0), "two")
    scored, agreement = record_labels(case, {items[0]: "right", items[1]: "wrong", items[2]: "unsure"}, reviewer="two")

    assert blind["label"].null_count() == blind.height
    assert (scored.labelled, agreement.items, agreement.agreed, agreement.disputed) == (2, 3, 1, (items[1],))
    assert case.assessment()["quality"]["review"]["reviewers"] == 2


def test_labels_correct_the_totals_of_their_entity_and_the_case_still_verifies(case):
    """What was found stays beside what is left of it."""
    items = draw(case, 50, seed=0)
    before = {row["entity"]: row["exposure_records"] for row in case.assessment()["findings_by_entity"]}
    record_labels(case, {item: "wrong" if entity == "EMAIL_ADDRESS" else "right" for item, kind, entity in items.select("item", "kind", "entity").iter_rows() if kind == "finding"})
    after = next(row for row in case.assessment()["findings_by_entity"] if row["entity"] == "EMAIL_ADDRESS")

    assert after["exposure_records_as_found"] == before["EMAIL_ADDRESS"]
    assert after["exposure_records"]["value"] < before["EMAIL_ADDRESS"]["value"]
    assert all(check.holds for check in verify(case))


def test_labels_given_in_the_terminal_are_kept_when_it_ends(case):
    """Also without q: the end of input, or Ctrl-C, stops like it, and the next session goes on after them."""
    answer = CliRunner().invoke(cli, ["review", str(case.root), "--sample", "8"], input="r\nw\n")
    again = CliRunner().invoke(cli, ["review", str(case.root), "--sample", "8"], input="q\n")

    assert answer.exit_code == 0
    assert labels_of(case)["label"].to_list() == ["right", "wrong"]
    assert "[1 of 6]" in again.output


def test_nothing_of_the_evidence_is_shown_unless_it_is_named(case, evidence):
    """Masked previews alone; with --evidence the record itself, on the terminal, and never in the case."""
    masked = CliRunner().invoke(cli, ["review", str(case.root), "--sample", "50"], input="u\n" * 3 + "q\n").output
    shown = CliRunner().invoke(cli, ["review", str(case.root), "--sample", "50", "--reviewer", "two", "--evidence", str(evidence)], input="u\n" * 12 + "q\n").output

    assert "ana.lima41" not in masked
    assert "ana.lima41" in shown
    assert not any(b"ana.lima41" in file.read_bytes() for file in case.root.iterdir() if file.is_file())


def test_labels_of_clean_records_correct_the_records_of_the_whole(case):
    """By the share of the labelled sample, scaled as the design allows."""
    items = draw(case, 50, seed=0)
    record_labels(case, {item: "right" if kind == "finding" else "missed" for item, kind in items.select("item", "kind").iter_rows()})
    review = case.assessment()["quality"]["review"]
    read = case.assessment()["coverage"]["records_examined"]

    assert review["corrected_records"]["value"] == pytest.approx(read)
    assert review["corrected_exposure_records"]["value"] == pytest.approx(1000)
    assert review["corrected_exposure_records"]["low"] < review["corrected_exposure_records"]["high"] <= 1000
