"""Every byte is hashed before and after, every record is examined once or set aside, or there is no report."""

import hashlib
import io

import pytest

from leakscope.assessment import collect, opening
from leakscope.assessment.case import ASSESSMENT, open_case
from leakscope.engines import local
from leakscope.errors import InvariantError
from leakscope.sources import read
from leakscope.sources.evidence import Evidence, Stored


def _entries(case, event):
    return [entry["facts"] for entry in open_case(case).entries() if entry["event"] == event]


@pytest.fixture
def overlapping(evidence, tmp_path):
    """The log, and an export that holds two of its rows and one of its own."""
    lines = evidence.read_bytes().splitlines(keepends=True)
    other = tmp_path / "export.ndjson"
    other.write_bytes(lines[0] + b'{"email":"n.ortiz88@correo.es","note":"only in the export"}\n' + lines[2])
    return [str(evidence), str(other)]


def test_rows_of_two_files_are_counted_once_and_listed(run, overlapping):
    """Set aside as duplicates of the file that was read, in the assessment and the ledger; the sum holds."""
    result = run(paths=overlapping, names="none")
    coverage, evidence = result.data["coverage"], result.data["evidence"]
    listed = [one for one in coverage["set_aside"] if one["reason"] == "duplicate"]

    assert [(one["source"], one["records"], one["record"]) for one in listed] == [("export.ndjson", 2, 0)]
    assert [facts["records"] for facts in _entries(result.case, "set-aside") if facts["reason"] == "duplicate"] == [2]
    assert (coverage["records_collected"], coverage["records_examined"], coverage["records_set_aside"]) == (8, 5, 3)
    assert [(row["records_collected"], row["records_examined"], row["records_set_aside"]) for row in evidence] == [(5, 4, 1), (3, 1, 2)]


def test_a_random_draw_is_of_distinct_records(run, overlapping):
    """As many as asked for, none twice; repeats are set aside before the draw."""
    coverage = run(paths=overlapping, rows=4, seed=3, names="none").data["coverage"]

    assert coverage["records_examined"] == 4
    assert (coverage["records_collected"], coverage["records_not_drawn"], coverage["records_set_aside"]) == (8, 1, 3)


def test_the_evidence_is_hashed_again_after_reading(assessed):
    """The ledger says how many files, and that none had changed."""
    assert _entries(assessed.case, "hashed-again") == [{"files": 1, "changed": []}]


@pytest.mark.parametrize("change", ["append", "remove"])
def test_evidence_that_changes_while_it_is_read_gives_no_report(run, evidence, tmp_path, monkeypatch, change):
    """Exit code 5; the ledger names the file."""
    copy = tmp_path / "moving.ndjson"
    copy.write_bytes(evidence.read_bytes())

    def changing(*arguments):
        yield from read(*arguments)
        copy.unlink() if change == "remove" else copy.write_bytes(copy.read_bytes() + b'{"late":"line"}\n')

    monkeypatch.setattr(collect, "read", changing)
    case = tmp_path / "case"
    with pytest.raises(InvariantError) as caught:
        run(paths=[str(copy)], case=case, names="none")

    assert caught.value.exit_code == 5
    assert not (case / ASSESSMENT).exists() and not list(case.glob("*.parquet"))
    assert _entries(case, "hashed-again") == [{"files": 1, "changed": ["moving.ndjson"]}]


def test_a_reader_that_loses_a_record_gives_no_report(run, tmp_path, monkeypatch):
    """Collected is examined and set aside, exactly, or the run ends with 5 and writes nothing."""

    def miscounted(piece, pairs, account):
        counted(piece, pairs, account)
        account.exhibits[-1] = collect.replace(account.exhibits[-1], collected=account.exhibits[-1].collected + 1)

    counted = collect._account_for
    monkeypatch.setattr(collect, "_account_for", miscounted)
    case = tmp_path / "case"
    with pytest.raises(InvariantError) as caught:
        run(case=case, names="none")

    assert caught.value.exit_code == 5
    assert [path.name for path in case.iterdir()] == ["ledger.jsonl"]


@pytest.mark.slow
def test_one_two_or_seven_workers_leave_the_same_bytes(run, overlapping, monkeypatch):
    """Every file of the case but the ledger, which has the instants."""
    left = []
    for workers in (1, 2, 7):
        monkeypatch.setattr(local, "workers_for", lambda _, workers=workers: workers)
        case = run(paths=overlapping, expensive_sample=3).case
        left.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in case.iterdir() if path.name != "ledger.jsonl"})

    assert left[0] == left[1] == left[2]


def test_a_table_of_a_live_store_says_that_the_run_itself_acquired_it(run, evidence, tmp_path, monkeypatch):
    """Who, how and when stand in the assessment and the manifest; what the facts state goes before."""
    table = Evidence(name="redis://h:users", opener=lambda: io.BytesIO(evidence.read_bytes()), stored=Stored(address="redis://h"))
    monkeypatch.setattr(opening, "gather", lambda paths: iter([table]))
    result = run(names="none")
    (row,), manifest = result.data["evidence"], open_case(result.case).read_json("manifest.json")

    assert (row["acquired"]["how"], row["acquired"]["when"]) == ("read by LeakScope from the live store redis://h", "2026-11-24T12:00:00Z")
    assert row["acquired"]["by"]
    assert [one["acquired"] for one in manifest["evidence"]] == [row["acquired"]]
    facts = tmp_path / "facts.toml"
    facts.write_text('[evidence]\nacquired_by = "the desk"\nacquired_how = "a copy"\nacquired_when = 2026-11-20T08:00:00Z\n')
    assert run(names="none", facts=str(facts)).data["evidence"][0]["acquired"]["by"] == "the desk"
