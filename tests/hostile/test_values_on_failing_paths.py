"""Evidence of every format, damaged in many ways at once: no value of it in any output, file or message, whatever went wrong."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from tests.sources.fuzzing import CANARY, SEEDS, mutated

pytestmark = pytest.mark.slow

#: Wounded inputs of each format; the seed itself is one more.
WOUNDED = 4
#: Also the start of it: a message that quotes often cuts what it quotes.
PARTS = (CANARY, CANARY.partition("@")[0], CANARY[:8])


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with the evidence and places for everything that a run may leave."""
    root = tmp_path_factory.mktemp("failing")
    for name in ("evidence", "home", "tmp", "cache"):
        (root / name).mkdir()
    for form, (name, make) in SEEDS.items():
        seed = make()
        for number in range(WOUNDED + 1):
            path = root / "evidence" / form / str(number) / name
            path.parent.mkdir(parents=True)
            path.write_bytes(mutated(seed, 977 * number) if number else seed)
    return root


def _run(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "HOME": str(root / "home"), "TMPDIR": str(root / "tmp"), "XDG_CACHE_HOME": str(root / "cache"), "NO_COLOR": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run([sys.executable, "-m", "leakscope", *arguments], cwd=root, env=environment, capture_output=True, timeout=900, check=False)


def _shown(content: bytes) -> list[str]:
    forms = [form for part in PARTS for form in (part.encode(), part.encode("utf-16-le"), part.encode().hex().encode(), base64.b64encode(part.encode())[:-4])]
    return [form.decode("latin-1") for form in forms if form in content]


@pytest.mark.parametrize("command", [("identify",), ("scan", "--format", "ndjson", "--time-budget", "0s"), ("scan", "--format", "sarif", "--time-budget", "0s")])
def test_no_command_prints_a_value(home, command):
    """Neither as an answer nor as a complaint; what could not be read is told (4)."""
    done = _run(home, command[0], "evidence", *command[1:])

    assert (done.returncode, _shown(done.stdout), _shown(done.stderr)) == (4, [], [])
    assert b"Traceback" not in done.stderr and b"defect" not in done.stderr


def test_no_file_of_a_run_holds_a_value(home):
    """Case, reports, ledger, temporary files, caches and home; every wounded input is in the account."""
    done = _run(home, "assess", "evidence", "--case", "case", "--names", "none")
    _run(home, "report", "case", "--format", "html", "-o", "page.html")
    files = [path for path in home.rglob("*") if path.is_file() and (home / "evidence") not in path.parents]
    tables = {path.name: pl.read_parquet(path).write_ndjson().encode() for path in files if path.suffix == ".parquet"}

    assert (done.returncode, _shown(done.stdout + done.stderr)) == (4, [])
    assert {str(path.relative_to(home)): found for path in files if (found := _shown(path.read_bytes()))} == {}
    assert {name: found for name, content in tables.items() if (found := _shown(content))} == {}
    told = (home / "case" / "assessment.json").read_text()
    assert [str(path) for path in (home / "evidence").rglob("*") if path.is_file() and path.relative_to(home / "evidence").as_posix() not in told] == []
