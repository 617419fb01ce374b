"""Files made to exhaust whoever opens them end with a reason, within the ceilings, and the run goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.bombs import BOMBS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
#: The child's ceiling and a tenth.
MAX_MIB, MAX_SECONDS = 2048 * 1.1, 60
#: What these hold is read whole: large, but honest.
WHOLE = {"ORC, run lengths, 512 MB", "CSV, an open quotation over 256 MB", "html, tags a million deep", "rtf, groups a million deep"}
#: Over 5 s of processor time each; the benchmark runs them.
LONG = {
    "zip, 4 GB in 8 MB", "zip, 210,000 empty members", "gzip, 10 GB", "Parquet, run lengths, 800 GB", "Avro, 100 billion empty records", "CSV, a billion columns", "CSV, an open quotation over 256 MB",
    "NDJSON, a line of 4 GB", "text, a line of 4 GB", "SQL, a statement of 4 GB", "JSON, a text of 4 GB", "mailbox, a line of 4 GB", "pg_dump, rows of 3 GB packed",
}  # fmt: skip
#: Small ones, for a run over all of them at once.
TOGETHER = (
    "zip, 12 in one another", "tar, a name of 4 GB", "docx, entities", "xlsx, entities", "xlsx, cells 17 billion places apart", "JSON, lists a million deep", "NDJSON, lists a million deep",
    "Redis, a text that says 4 GB",
)  # fmt: skip


@pytest.mark.parametrize("name", [name for name in BOMBS if name not in LONG])
def test_a_bomb_ends_with_a_reason_within_the_ceilings(name):
    """Memory of this process and the reader's together, processor time, and the reason in the account."""
    done = subprocess.run([sys.executable, "benchmarks/bombs.py", "--one", name], cwd=ROOT, capture_output=True, text=True, check=True, timeout=600)
    *_, processor, peak, _, reasons = [cell.strip() for cell in done.stdout.strip().strip("|").split("|")]

    assert float(peak.replace(",", "")) < MAX_MIB
    assert float(processor) < MAX_SECONDS
    assert (reasons == "nothing") is (name in WHOLE)


def test_a_run_over_bombs_goes_on_and_names_each_in_the_ledger(tmp_path):
    """One honest file among them is assessed; exit code 4."""
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    for name in TOGETHER:
        BOMBS[name][1](evidence / BOMBS[name][0])
    (evidence / "honest.csv").write_text("first_name,email\nAna,ana.lima41@correio.pt\n")
    command = [sys.executable, "-m", "leakscope", "assess", str(evidence), "--case", str(tmp_path / "case"), "--names", "none"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=600, check=False)
    entries = [json.loads(line) for line in (tmp_path / "case" / "ledger.jsonl").read_text().splitlines()]
    told = {entry["facts"]["source"] for entry in entries if entry["event"] == "set-aside"}
    assessed = json.loads((tmp_path / "case" / "assessment.json").read_text())

    assert done.returncode == 4, done.stderr[-300:]
    assert [name for name in TOGETHER if not any(source.startswith(BOMBS[name][0]) for source in told)] == []
    assert any(row["source"] == "honest.csv" and row["records_examined"] == 1 for row in assessed["evidence"])
