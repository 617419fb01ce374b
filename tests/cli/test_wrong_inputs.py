"""What a new user gets wrong ends in a clear message and the right exit code, never in a traceback."""

import gzip
import json

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
