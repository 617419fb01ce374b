"""What a new user gets wrong ends in a clear message and the right exit code, never in a traceback."""

import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINE = b'{"timestamp":"2025-01-20T10:00:00Z","email":"ana.lima@correio.example.pt","note":"call me"}\n'


def _ledger(case):
    return [json.loads(line) for line in (case / "ledger.jsonl").read_text().splitlines()]


def _is_clear(result):
    text = result.stderr.decode()

    return "Traceback" not in text and len(text.strip()) > 10


def test_a_missing_file_is_bad_use(leakscope, tmp_path):
    """Exit 2, and no case folder is left behind."""
    result = leakscope("assess", "no-such-file.ndjson", "--case", "c")

    assert (result.returncode, _is_clear(result), (tmp_path / "c").exists()) == (2, True, False)


def test_an_empty_file_is_nothing_readable(leakscope, tmp_path):
    """Exit 3, with the reason in the ledger."""
    (tmp_path / "empty.ndjson").write_bytes(b"")

    result = leakscope("assess", "empty.ndjson", "--case", "c")

    assert (result.returncode, _is_clear(result)) == (3, True)
    assert [entry["facts"]["reason"] for entry in _ledger(tmp_path / "c") if entry["event"] == "set-aside"] == ["empty"]


def test_a_binary_file_is_nothing_readable(leakscope, tmp_path):
    """Exit 3, set aside as an unknown format."""
    (tmp_path / "blob.bin").write_bytes(bytes(range(256)) * 64)

    result = leakscope("assess", "blob.bin", "--case", "c")

    assert (result.returncode, _is_clear(result)) == (3, True)
    assert [entry["facts"]["reason"] for entry in _ledger(tmp_path / "c") if entry["event"] == "set-aside"] == ["unknown-format"]


def test_standard_input_is_read_once_and_assessed(leakscope):
    """A stream cannot be opened a second time: what was hashed is what is examined."""
    result = leakscope("assess", "-", "--case", "c", "--format", "json", "--names", "none", stdin=LINE)

    assert (result.returncode, json.loads(result.stdout)["coverage"]["records_examined"]) == (0, 1)


def test_an_empty_folder_is_nothing_readable(leakscope, tmp_path):
    """Exit 3."""
    (tmp_path / "folder").mkdir()

    result = leakscope("assess", "folder", "--case", "c")

    assert (result.returncode, _is_clear(result)) == (3, True)


def test_a_truncated_gzip_is_partial(leakscope, tmp_path):
    """Exit 4: what came before the break is assessed, the break is in the ledger."""
    whole = gzip.compress(b"".join(LINE.replace(b"ana", f"ana{number * 7919 % 9973}".encode()) for number in range(20_000)))
    (tmp_path / "t.ndjson.gz").write_bytes(whole[: len(whole) // 2])

    result = leakscope("assess", "t.ndjson.gz", "--case", "c", "--time-budget", "1s")

    assert (result.returncode, _is_clear(result)) == (4, True)
    assert "truncated" in {entry["facts"]["reason"] for entry in _ledger(tmp_path / "c") if entry["event"] == "set-aside"}


def test_half_written_lines_are_partial(leakscope, tmp_path):
    """Exit 4; the counts add up and the ledger names the record."""
    (tmp_path / "t.ndjson").write_bytes(LINE + b'{"email":"hal' + b"\n" + LINE)

    result = leakscope("assess", "t.ndjson", "--case", "c", "--format", "json")
    coverage = json.loads(result.stdout)["coverage"]

    assert result.returncode == 4
    assert (coverage["records_collected"], coverage["records_examined"], coverage["records_set_aside"]) == (3, 2, 1)
    assert [entry["facts"]["record"] for entry in _ledger(tmp_path / "c") if entry["event"] == "set-aside"] == [1]


@pytest.mark.parametrize("pipeline", ["no-such-pipeline", "broken.toml"])
def test_a_wrong_pipeline_is_bad_use_and_names_the_ready_ones(leakscope, tmp_path, pipeline):
    """Exit 2."""
    (tmp_path / "t.ndjson").write_bytes(LINE)
    (tmp_path / "broken.toml").write_text("schema_version = 1\ntitle = ")

    result = leakscope("assess", "t.ndjson", "--case", "c", "--pipeline", pipeline)

    assert (result.returncode, _is_clear(result)) == (2, True)
    assert pipeline == "broken.toml" or b"log-stream" in result.stderr


@pytest.mark.parametrize("content", ["not toml at all [", "[clocks]\nawareness = 'yesterday'\n", "[incident]\nno_such_fact = 1\n", ""])
def test_malformed_facts_are_bad_use(leakscope, tmp_path, content):
    """Exit 2 with the place; empty facts are facts that nobody stated."""
    (tmp_path / "t.ndjson").write_bytes(LINE)
    (tmp_path / "facts.toml").write_text(content)

    result = leakscope("assess", "t.ndjson", "--case", "c", "--facts", "facts.toml")

    assert (result.returncode, "Traceback" in result.stderr.decode()) == (2 if content else 0, False)


@pytest.mark.parametrize(
    "arguments",
    [("--time-budget", "soon"), ("--population", "many"), ("--rows", "0"), ("--fraction", "2"), ("--rows", "5", "--fraction", "0.1"), ("--on", "someday"), ("--sample-design", "guess")],
)
def test_wrong_options_are_bad_use(leakscope, tmp_path, arguments):
    """Exit 2."""
    (tmp_path / "t.ndjson").write_bytes(LINE)

    result = leakscope("assess", "t.ndjson", "--case", "c", *arguments)

    assert (result.returncode, _is_clear(result)) == (2, True)


def test_a_case_is_never_overwritten(leakscope, tmp_path):
    """Exit 2 when the case folder is not empty."""
    (tmp_path / "t.ndjson").write_bytes(LINE)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "x").write_text("mine")

    result = leakscope("assess", "t.ndjson", "--case", "c")

    assert (result.returncode, (tmp_path / "c" / "x").read_text()) == (2, "mine")


@pytest.mark.parametrize("command", ["secrets", "people", "decide", "verify", "explain"])
def test_a_folder_that_is_no_case_is_bad_use(leakscope, tmp_path, command):
    """Exit 2."""
    (tmp_path / "empty").mkdir()

    result = leakscope(command, "empty", *(["x"] if command == "explain" else []))

    assert (result.returncode, _is_clear(result)) == (2, True)


@pytest.mark.slow
def test_a_line_of_two_hundred_megabytes_is_set_aside(leakscope, tmp_path):
    """Exit 4; the other lines are assessed."""
    with (tmp_path / "t.ndjson").open("wb") as file:
        file.write(LINE + b'{"a":"')
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n' + LINE)

    result = leakscope("assess", "t.ndjson", "--case", "c")

    assert (result.returncode, _is_clear(result)) == (4, True)
    assert [entry["facts"]["reason"] for entry in _ledger(tmp_path / "c") if entry["event"] == "set-aside"] == ["line-too-long"]


def test_help_names_every_command(leakscope):
    """The contract's commands are all there."""
    listed = leakscope("--help").stdout.decode()

    for name in "demo identify assess scan redact secrets people decide facts review report explain diff catalogue verify corpus doctor".split():
        assert f"\n  {name} " in listed


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """A finished case, copied and damaged by the tests."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "t.ndjson").write_bytes(LINE)
    subprocess.run([sys.executable, "-m", "leakscope", "assess", "t.ndjson", "--case", "c", "--names", "none"], cwd=folder, capture_output=True, check=True)
    return folder / "c"


_DAMAGE = {
    "cut assessment": lambda case: os.truncate(case / "assessment.json", 100),
    "other assessment": lambda case: (case / "assessment.json").write_text("{}"),
    "changed assessment": lambda case: (case / "assessment.json").write_text((case / "assessment.json").read_text().replace("EMAIL", "FMAIL")),
    "ledger entry removed": lambda case: (case / "ledger.jsonl").write_text("".join((case / "ledger.jsonl").read_text().splitlines(keepends=True)[1:])),
}
_OF_CASE = {
    "secrets": (), "people": (), "decide": (), "verify": (), "explain": ("finding-0",), "report": ("--format", "html", "-o", "out.html"), "diff": ("good",), "review": ("--sample", "2"),
}  # fmt: skip


@pytest.mark.parametrize("damage", _DAMAGE)
@pytest.mark.parametrize("command", [name for name in _OF_CASE if name not in ("people", "review")])
def test_a_damaged_case_is_a_broken_invariant(inside, tmp_path, case, command, damage):
    """Exit 5 and which file it is, whatever the command reads of it; no report is written."""
    shutil.copytree(case, tmp_path / "bad")
    shutil.copytree(case, tmp_path / "good")
    _DAMAGE[damage](tmp_path / "bad")

    code, _, told = inside(command, "bad", *_OF_CASE[command])

    assert (code, len(told) > 10, b"defect" in told, b"Traceback" in told) == (5, True, False, False)
    assert not (tmp_path / "out.html").exists()


@pytest.mark.parametrize("command", ["people", "review", "explain"])
@pytest.mark.parametrize("table", ["cut", "missing"])
def test_a_damaged_table_is_a_broken_invariant(inside, tmp_path, case, command, table):
    """Exit 5 for a Parquet file that was cut or taken away."""
    shutil.copytree(case, tmp_path / "bad")
    for path in (tmp_path / "bad").glob("*.parquet"):
        os.truncate(path, 60) if table == "cut" else path.unlink()

    code, _, told = inside(command, "bad", *_OF_CASE[command])

    assert (code, len(told) > 10, b"defect" in told, b"Traceback" in told) == (5, True, False, False)


@pytest.mark.parametrize("command", ["identify", "assess", "scan", "redact", *_OF_CASE])
def test_unknown_options_and_missing_arguments_are_bad_use(inside, command):
    """Exit 2, with where to look."""
    for arguments in ((), ("x", "--no-such-option"), ("no-such-place", *_OF_CASE.get(command, ()))):
        code, _, told = inside(command, *arguments)

        assert (code, len(told) > 10, b"defect" in told) == (2, True, False), arguments


@pytest.fixture
def unprivileged():
    """Command in front of others that takes away root's right to read everything; nothing for other users."""
    if os.geteuid():
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed")
    return ["setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"]


def _started(tmp_path, *command):
    return subprocess.run(list(map(str, command)), cwd=tmp_path, capture_output=True, env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(Path(__file__).parents[2])}, check=False, timeout=300)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["identify", "scan", "redact", "assess"])
def test_what_may_not_be_read_is_set_aside(tmp_path, unprivileged, command):
    """A file and a folder without permission: 3 when nothing else is there, 4 beside something readable, and both are named."""
    (tmp_path / "e" / "shut").mkdir(parents=True)
    for path in (tmp_path / "e" / "locked.ndjson", tmp_path / "e" / "shut" / "x.ndjson"):
        path.write_bytes(LINE)
    (tmp_path / "e" / "locked.ndjson").chmod(0)
    (tmp_path / "e" / "shut").chmod(0)
    more = ["--case", "c1", "--names", "none"] if command == "assess" else []
    nothing = _started(tmp_path, *unprivileged, sys.executable, "-m", "leakscope", command, "e", *more)
    (tmp_path / "e" / "open.ndjson").write_bytes(LINE)
    more = ["--case", "c2", "--names", "none"] if command == "assess" else []
    partly = _started(tmp_path, *unprivileged, sys.executable, "-m", "leakscope", command, "e", *more)
    (tmp_path / "e" / "shut").chmod(0o700)

    assert (nothing.returncode, partly.returncode) == (3, 4)
    told = (tmp_path / "c2" / "ledger.jsonl").read_bytes() if command == "assess" else partly.stdout + partly.stderr
    assert b"locked.ndjson" in told and b"shut" in told and b"Traceback" not in partly.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ("assess", "t.ndjson", "--case", "ro/c"), ("assess", "t.ndjson", "--case", "c", "--key", "ro/key"), ("assess", "t.ndjson", "--case", "c", "--pipeline", "locked.toml"),
        ("report", "case", "--format", "html", "-o", "ro/x.html"), ("corpus", "make", "log_stream", "--rows", "3", "-o", "ro/x"), ("facts", "new", "ro/f.toml"), ("demo", "--case", "ro/d"),
    ],
)  # fmt: skip
def test_a_place_where_one_may_not_write_is_bad_use(tmp_path, unprivileged, case, arguments):
    """Exit 2 and what the system refused."""
    (tmp_path / "t.ndjson").write_bytes(LINE)
    (tmp_path / "locked.toml").touch(0)
    (tmp_path / "ro").mkdir(0o500)
    shutil.copytree(case, tmp_path / "case")

    result = _started(tmp_path, *unprivileged, sys.executable, "-m", "leakscope", *arguments)

    assert (result.returncode, _is_clear(result), b"ermission denied" in result.stderr) == (2, True, True)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("scan", "t.ndjson"), ("scan", "t.ndjson", "--format", "ndjson"), ("identify", "t.ndjson"), ("secrets", "case"), ("verify", "case"), ("report", "case", "--format", "json", "-o", "-"), ("redact", "t.ndjson")])
def test_a_full_device_is_told_and_no_defect(tmp_path, case, arguments):
    """Exit 2: what was printed did not arrive."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    (tmp_path / "t.ndjson").write_bytes(LINE.replace(b".example", b""))
    shutil.copytree(case, tmp_path / "case")
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run([sys.executable, "-m", "leakscope", *arguments], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False, timeout=300)

    assert (result.returncode, _is_clear(result), b"No space left" in result.stderr) == (2, True, True)


@pytest.mark.slow
def test_a_disk_that_fills_up_leaves_a_case_that_is_taken_up_again(tmp_path):
    """On a file system of 32 KiB: exit 2, no assessment; with room the same command finishes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", disk], capture_output=True, check=False).returncode:
        pytest.skip("file systems cannot be mounted here")
    try:
        (tmp_path / "t.ndjson").write_bytes(LINE)
        command = [sys.executable, "-m", "leakscope", "assess", "t.ndjson", "--case", "disk/c", "--key", "key", "--names", "none"]
        full = _started(tmp_path, *command)
        left = (disk / "c" / "assessment.json").exists()
        subprocess.run(["mount", "-o", "remount,size=4m", disk], check=True)
        again = _started(tmp_path, *command)
    finally:
        subprocess.run(["umount", disk], check=False)

    assert (full.returncode, _is_clear(full), left) == (2, True, False)
    assert again.returncode == 0


def test_a_type_that_does_not_exist_is_refused_with_the_nearest(leakscope, tmp_path):
    """Finding nothing of it would look like a clean file."""
    (tmp_path / "log.ndjson").write_bytes(LINE)

    result = leakscope("scan", "log.ndjson", "--entities", "EMAIL")

    assert (result.returncode, result.stdout, _is_clear(result)) == (2, b"", True)
    assert b"Did you mean EMAIL_ADDRESS?" in result.stderr


def test_a_case_is_no_evidence(leakscope, tmp_path):
    """Its findings would be counted as people; the hint says what the command was for."""
    (tmp_path / "case-1").mkdir()
    (tmp_path / "case-1" / "ledger.jsonl").write_text('{"at":"2026-11-28T00:00:00+00:00","event":"started","facts":{}}\n')
    result = leakscope("assess", "case-1", "--case", "c")

    assert (result.returncode, (tmp_path / "c").exists()) == (2, False)
    assert b"leakscope report case-1" in result.stderr


@pytest.mark.parametrize(("words", "hint"), [(("asess", "x"), b"Did you mean assess?"), (("catalogue", "show", "stripe"), b"Did you mean secret.stripe."), (("catalogue", "show", "zzz"), b"catalogue list detectors")])
def test_a_mistyped_name_is_answered_with_the_nearest(leakscope, words, hint):
    """A command, a detector; where nothing is near, the list."""
    result = leakscope(*words)

    assert (result.returncode, hint in result.stderr) == (2, True)
