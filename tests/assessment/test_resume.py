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


@pytest.fixture(scope="module")
def whole(evidence, key_file, tmp_path_factory):
    """(the case of a run that nobody ended, how long it took in seconds)"""
    case = tmp_path_factory.mktemp("whole") / "case"
    began = time.monotonic()
    assert _started(evidence, case, key_file).wait() == 0
    return case, time.monotonic() - began


def _written(case):
    """Files that the ledger says are finished."""
    ledger = case / "ledger.jsonl"
    return ledger.read_bytes().count(b'"event":"written"') if ledger.exists() else 0


def _kill(process, case, moment, lasts):
    """End `process` without warning: after a share of the time that a run takes, or once so many files are written."""
    if isinstance(moment, float):
        time.sleep(moment * lasts)
    else:
        while process.poll() is None and _written(case) < moment:
            time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    return process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 1, 3, 6, 8])
def test_a_run_killed_at_any_moment_gives_the_same_bytes_when_taken_up_again(evidence, key_file, whole, tmp_path, moment):
    """Killed while it starts, reads, counts and writes, then finished: every file but the ledger is equal, and the case verifies."""
    case = tmp_path / "case"
    killed = _kill(_started(evidence, case, key_file), case, moment, whole[1])
    last = _started(evidence, case, key_file)
    words = last.communicate()[1].decode()

    assert last.returncode == 0 or "not empty" in words, f"ended with {killed}, then {last.returncode}"  # killed when all was done: the hashes below say so
    assert _hashes(case) == _hashes(whole[0])
    assert [check.name for check in verify(open_case(case)) if check.holds is False] == []


@pytest.mark.slow
def test_a_run_killed_again_and_again_gives_the_same_bytes(evidence, key_file, whole, tmp_path):
    """Four kills at random moments of one case."""
    case, draw = tmp_path / "case", random.Random(5)
    for _ in range(4):
        _kill(_started(evidence, case, key_file), case, draw.uniform(0.3, 0.9), whole[1])
    _started(evidence, case, key_file).communicate()

    assert _hashes(case) == _hashes(whole[0])


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
