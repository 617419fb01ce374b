"""What identify says of a live store: what an outsider could have read, and where to look first."""

from __future__ import annotations

import io

import pytest

from leakscope.assessment import identify
from leakscope.model import SetAside
from leakscope.sources.evidence import Evidence, Stored

STORE = "clickhouse://203.0.113.5:8123"


def _table(name, **told):
    line = b'{"ts":"2024-01-02 03:04:05","string.names":["a"],"string.values":["b"]}\n'
    return Evidence(name=f"{STORE}:{name}", opener=lambda: io.BytesIO(line), size_bytes=len(line), stored=Stored(address=STORE, **told))


@pytest.fixture
def rows(monkeypatch):
    """Of a store with logs that were sampled and with session replays."""
    found = [
        _table("logs.log_stream", rows=4_000_000, exact=True, size_bytes=9_000_000_000, first="2024-01-01", last="2024-02-03"),
        SetAside(source=f"{STORE}:logs.log_stream", reason="not-sampled", detail="1 rows read of 4,000,000 rows: a random sample was drawn.", records=3_999_999),
        _table("logs.rrweb", rows=12, exact=False),
    ]
    monkeypatch.setattr(identify, "gather", lambda paths: iter(found))
    return identify.identify_paths([STORE])


def test_the_overview_names_tables_rows_sizes_and_spans_in_the_order_of_looking(rows):
    """A log stream stands before session replays, each with what the store tells of all of it."""
    head = identify.render_table(rows).split("\n\n")[0].splitlines()

    assert head[0] == f"What an outsider could have read of {STORE}: 2 tables or objects, 9,000,000,000 bytes, 1 of unknown size. Look at them in this order:"
    assert head[1] == "    1. logs.log_stream: 4,000,000 rows, 9,000,000,000 bytes, 2024-01-01 to 2024-02-03; logs with free text, where prompts, keys and sessions end up"
    assert head[2].startswith("    2. logs.rrweb: 12 rows (estimated), size not told, 2024-01-02T03:04:05Z to 2024-01-02T03:04:05Z in what was read; bulky")


def test_what_was_not_sampled_stands_with_its_table(rows):
    """Not as a table of its own."""
    assert [(row["source"].rpartition(":")[2], [piece["reason"] for piece in row["set_aside"]]) for row in rows] == [("logs.log_stream", ["not-sampled"]), ("logs.rrweb", [])]


def test_the_next_step_names_the_store_and_the_pipeline(rows):
    """The address can be pasted."""
    assert rows[0]["next"] == f"leakscope assess {STORE} --pipeline log-stream"


def test_files_have_no_overview(tmp_path):
    """Only stores are listed beforehand."""
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    rows = identify.identify_paths([str(tmp_path / "a.csv")])

    assert (rows[0]["stored"], rows[0]["look"]) == (None, None)
    assert identify.render_table(rows).startswith("a.csv: ")


def test_what_lies_inside_a_mail_is_assessed_by_the_mails_own_path(tmp_path):
    """The next command names a file that exists, and the title says what holds what."""
    (tmp_path / "one.eml").write_text("From: a@example.org\nTo: b@example.org\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/plain\n\nhello\n")
    row = identify.identify_paths([str(tmp_path)])[0]

    assert row["next"] == f"leakscope assess {tmp_path / 'one.eml'}"
    assert row["title"].startswith("Mail message, holding ")


def test_a_case_beside_the_evidence_is_no_evidence(tmp_path):
    """It is listed with its key, and nothing of it is read."""
    (tmp_path / "data.csv").write_text("email,city\na@example.org,Bonn\n")
    (tmp_path / "case-1").mkdir()
    (tmp_path / "case-1" / "ledger.jsonl").write_text('{"at":"2026-11-28T00:00:00+00:00","event":"started","facts":{}}\n')
    (tmp_path / "case-1" / "individuals.csv").write_text("email,city\nb@example.org,Bonn\n")
    (tmp_path / "case-1.key").write_text("00")
    rows = identify.identify_paths([str(tmp_path)])

    assert [row["source"] for row in rows if row["format"]] == ["data.csv"]
    assert {row["source"]: row["set_aside"][0]["reason"] for row in rows if not row["format"]} == {"case-1": "case-folder", "case-1.key": "case-folder"}
