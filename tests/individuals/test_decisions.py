"""Merges and splits that a human decides."""

import polars as pl
import pytest

from leakscope.errors import InvariantError, UsageError
from leakscope.individuals import LinkDecision, apply_decisions, link, load_decisions
from leakscope.individuals.decisions import check_known, to_line
from leakscope.schema import INDIVIDUALS, TURNS, empty
from tests.individuals.evidence import KEY, USER, records, sightings

FOUND = sightings(
    (0, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (1, "email", "EMAIL_ADDRESS", "bob@gmx.de"), (1, "phone", "PHONE_NUMBER", "+4930123456"), (2, "email", "EMAIL_ADDRESS", "cy@gmx.de"),
)  # fmt: skip


def linked(found=FOUND, decisions=()):
    """Linkage with decisions."""
    return link(found, records(found), empty(TURNS), KEY, decisions=decisions)


def person_of(result, record):
    """Who stands in a record."""
    return result.record_persons.filter(pl.col("record") == record)["person"][0]


def decision(action, *persons):
    """With a reason."""
    return LinkDecision(action=action, persons=persons, why="seen", who="me", at="2026-05-01T12:00:00+00:00")


def test_a_merge_makes_one_person_with_the_records_and_elements_of_both():
    """The count and the interval move by one."""
    first = linked()
    a, b = person_of(first, 0), person_of(first, 1)
    merged = linked(decisions=[decision("merge", a, b)])

    assert merged.individuals.schema == INDIVIDUALS
    assert (merged.individuals.height, merged.interval.value) == (2, 2)
    row = merged.individuals.filter(pl.col("person") == a).row(0, named=True)
    assert (row["records"], row["elements"], row["confidence"]) == (2, 2, 1.0)
    assert b not in merged.record_persons["person"].to_list() + merged.person_elements["person"].to_list()


def test_a_split_undoes_a_merge():
    """The people stand as before."""
    first = linked()
    a, b = person_of(first, 0), person_of(first, 1)
    again = linked(decisions=[decision("merge", a, b), decision("split", a)])

    assert again.individuals.equals(first.individuals)
    assert again.record_persons.equals(first.record_persons)


def test_a_split_divides_by_the_identifier_with_several_values():
    """Two mailboxes behind one user id become two people; records without a mailbox stay with the one who has most."""
    found = sightings(
        (0, "user_id", "ONLINE_IDENTIFIER", USER), (0, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (1, "user_id", "ONLINE_IDENTIFIER", USER),
        (1, "email", "EMAIL_ADDRESS", "bob@gmx.de"), (2, "user_id", "ONLINE_IDENTIFIER", USER), (2, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (3, "user_id", "ONLINE_IDENTIFIER", USER),
    )  # fmt: skip
    one = linked(found)
    split = apply_decisions(one, [decision("split", one.individuals["person"][0])], found)

    assert one.individuals.height == 1
    assert split.individuals["records"].to_list() == [3, 1]
    assert split.interval.value == one.interval.value + 1


def test_a_decision_about_people_who_are_gone_does_nothing():
    """It stays remembered and harmless."""
    assert linked(decisions=[decision("merge", "person-0", "person-1"), decision("split", "person-2")]).individuals.equals(linked().individuals)


def test_decisions_are_read_back_as_written(tmp_path):
    """Oldest first; none without a file; a damaged line is an error."""
    path = tmp_path / "decisions.jsonl"
    kept = [decision("merge", "a", "b"), decision("split", "a")]
    path.write_bytes(b"".join(map(to_line, kept)))

    assert load_decisions(path) == kept
    assert load_decisions(tmp_path / "none") == []
    path.write_text("{")
    with pytest.raises(InvariantError):
        load_decisions(path)


def test_a_person_the_case_does_not_know_is_refused():
    """Before anything is written."""
    with pytest.raises(UsageError):
        check_known(linked().individuals, ["person-0"])
