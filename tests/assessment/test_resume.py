"""A run that was killed is taken up again and leaves the same bytes as one that was not."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from leakscope.assessment.case import open_case
from leakscope.assessment.verify import verify
from leakscope.errors import UsageError
from tests.assessment.conftest import NOW

_RUN = """
import sys
from datetime import datetime
from leakscope.assessment.run import assess, options_from
path, case, key, now = sys.argv[1:]
assess(options_from(paths=[path], case=case, key=key, expensive_sample=3), now=datetime.fromisoformat(now))
"""


def _started(evidence, case, key):
    return subprocess.Popen([sys.executable, "-c", _RUN, str(evidence), str(case), str(key), NOW.isoformat()], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, "PYTHONHASHSEED": "0"})


def _hashes(case):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(case.iterdir()) if path.name != "ledger.jsonl"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_run_killed_at_any_point_gives_the_same_bytes_when_taken_up_again(evidence, key_file, tmp_path, seed):
    """Killed without warning at random moments, then finished: every file but the ledger is equal, and the case verifies."""
    whole, killed = tmp_path / "a" / "case", tmp_path / "b" / "case"
    began = time.monotonic()
    assert _started(evidence, whole, key_file).wait() == 0
    lasts, draw = time.monotonic() - began, random.Random(seed)
    for _ in range(3):
        process = _started(evidence, killed, key_file)
        time.sleep(draw.uniform(0.2, 1.0) * lasts)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if (killed / "assessment.json").exists():
            break
    last = _started(evidence, killed, key_file)
    words = last.communicate()[1].decode()

    assert last.returncode == 0 or "not empty" in words
    assert _hashes(whole) == _hashes(killed)
    assert [check.name for check in verify(open_case(killed)) if check.holds is False] == []


def test_a_run_broken_off_in_the_middle_of_a_ledger_line_is_taken_up(run):
    """Half a line is cut off, half-written files are removed, and the ledger says that it was resumed."""
    first = run()
    before = _hashes(first.case)
    lines = (first.case / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    for path in first.case.iterdir():
        path.unlink()
    (first.case / "ledger.jsonl").write_bytes(b"".join(lines[:3]) + lines[3][:20])
    (first.case / ".writing-x").write_bytes(b"half")
    run(case=first.case)

    assert _hashes(first.case) == before
    assert [entry["event"] for entry in open_case(first.case).entries()].count("resumed") == 1


def test_an_unfinished_case_of_other_options_is_refused(run):
    """Only the same run is taken up again."""
    first = run()
    lines = (first.case / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    for path in first.case.iterdir():
        path.unlink()
    (first.case / "ledger.jsonl").write_bytes(b"".join(lines[:3]))
    with pytest.raises(UsageError):
        run(case=first.case, seed=5)


def test_a_finished_case_is_never_taken_up(run):
    """It is refused, as any folder that is not empty."""
    first = run()
    with pytest.raises(UsageError):
        run(case=first.case)
