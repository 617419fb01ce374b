"""pg_dump's custom, folder and tar forms, held against what pg_dump writes."""

import os
import subprocess
import tempfile
from pathlib import Path

import lz4.frame
import pytest
import zstandard

from leakscope.model import Batch
from leakscope.sources import expand, read
from leakscope.sources.evidence import gather
from tests.sources.fuzzing import CANARY, pg_archive
from tests.sources.live.servers import free_port, program, running

FILL = """CREATE TABLE users (id int, email text, note text); CREATE SCHEMA audit; CREATE TABLE audit."odd "" name" (v bytea, w text);
INSERT INTO users SELECT n, 'u' || n || '@northmail.example', repeat(E'tab\\tnew\\nline \\\\ ', n % 7) FROM generate_series(1, 5000) n;
INSERT INTO audit."odd "" name" VALUES ('abc', NULL), ('d', '');
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$; CREATE INDEX on users (email);
SELECT lo_from_bytea(4711, convert_to(E'note of ana@northmail.example\\n', 'UTF8')), lo_from_bytea(4712, convert_to(E'email,name\\nbo@northmail.example,Bo\\n', 'UTF8'));"""


@pytest.fixture(scope="module")
def dump():
    """(further options) -> bytes of a dump in custom form, made by pg_dump from a filled server; with `folder` the dump's folder."""
    initdb, server, psql, pg_dump = (program(name) for name in ("initdb", "postgres", "psql", "pg_dump"))
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "pg"
        home.mkdir()
        as_user = []
        if os.geteuid() == 0:
            as_user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
            Path(folder).chmod(0o755)
            os.chown(home, 65534, 65534)
        subprocess.run([*as_user, initdb, "-D", home / "d", "-U", "postgres", "-A", "trust", "--no-sync"], check=True, capture_output=True, cwd=home)
        command = [*as_user, server, "-D", str(home / "d"), "-p", str(port), "-k", str(home), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        where = ["-h", "127.0.0.1", "-p", str(port), "-U", "postgres"]
        with running(command, port, cwd=home):
            for _ in range(100):
                if subprocess.run([psql, *where, "-c", "SELECT 1"], capture_output=True).returncode == 0:
                    break
            subprocess.run([psql, *where, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", FILL], check=True, capture_output=True)
            yield lambda *options: subprocess.run([pg_dump, *where, *options, "postgres"], check=True, capture_output=True).stdout


def _counts(batches):
    counts = {}
    for batch in batches:
        counts[batch.source] = counts.get(batch.source, 0) + batch.records
    return counts


ROWS = {"d.dump:users": 5000, 'd.dump:odd " name': 2}


@pytest.mark.server
@pytest.mark.parametrize("options", [(), ("-Z0",), ("-Z9",), ("--inserts",), ("--rows-per-insert=50",)], ids=" ".join)
def test_every_row_of_a_custom_archive_is_read(dump, reading, options):
    """Packed or not, COPY or INSERT: the rows and columns that the server holds."""
    batches, aside, used = reading("d.dump", dump("-Fc", *options))
    frame = next(batch.frame for batch in batches if batch.source == "d.dump:users")
    counts = _counts(batches)

    assert aside == []
    assert used[0] == "sql"
    assert {source: counts[source] for source in ROWS} == ROWS
    assert frame.columns == ["id", "email", "note"]
    assert frame.row(3) == ("4", "u4@northmail.example", "tab\tnew\nline \\ " * 4)


@pytest.mark.server
def test_a_large_object_is_evidence_of_its_own(dump, reading):
    """Each goes through the reader of its own format."""
    batches, _, used = reading("d.dump", dump("-Fc"))
    texts = {batch.source: batch.frame.row(0) for batch in batches if "large-object" in batch.source}

    assert used[1:] == ["text", "text"]
    assert texts["d.dump:large-object-4711"] == ("note of ana@northmail.example",)


@pytest.mark.server
def test_a_folder_of_rows_is_read(dump, tmp_path):
    """The folder form: definitions from `toc.dat`, rows from the numbered files beside it."""
    dump("-Fd", "-f", str(tmp_path / "d"))
    pieces = [piece for evidence in gather([str(tmp_path / "d")]) for found in expand(evidence) for piece in read(*found)]
    widths = sorted((batch.records, batch.frame.width) for batch in pieces if isinstance(batch, Batch) and ".dat" in batch.source)

    assert (2, 2) in widths
    assert (5000, 3) in widths


@pytest.mark.server
def test_a_tar_form_is_read(dump, reading):
    """A tar with the same files in it."""
    batches, _, used = reading("d.tar", dump("-Ft"))

    assert sorted(_counts(batches).values())[-1] == 5000
    assert "pg_dump-rows" in used


@pytest.mark.parametrize(("packing", "pack"), [(0, bytes), (2, lz4.frame.compress), (3, zstandard.compress)], ids=["plain", "lz4", "zstd"])
def test_every_packing_is_undone(packing, pack, reading):
    """What PostgreSQL 16 added reads as zlib does."""
    batches, aside, _ = reading("d.dump", pg_archive(packing, pack))

    assert (aside, _counts(batches)) == ([], {"d.dump:t": 40})
    assert batches[0].frame.row(0) == ("Ana", CANARY)


def test_a_cut_archive_keeps_the_rows_before_the_cut(reading):
    """And names what is missing."""
    whole = pg_archive(0, bytes)
    batches, aside, _ = reading("d.dump", whole[: len(whole) - 300])

    assert batches[0].records > 20
    assert "truncated" in {piece.reason for piece in aside}


def test_an_archive_of_an_unknown_version_says_what_opens_it(reading):
    """A version that does not exist yet."""
    batches, aside, _ = reading("d.dump", b"PGDMP\x02\x00\x00\x04\x08\x01" + bytes(50))

    assert (batches, aside[0].reason) == ([], "unsupported")
    assert "pg_restore" in aside[0].detail


def test_a_bomb_in_a_block_is_refused(reading, monkeypatch):
    """Far more rows than a file of its size holds."""
    monkeypatch.setattr("leakscope.sources.GRACE_BYTES", 1 << 20)
    _, aside, used = reading("d.dump", pg_archive(3, lambda rows: zstandard.compress(b"Ana\ta@x.test\n" * (1 << 22))))

    assert (used, [piece.reason for piece in aside]) == (["sql"], ["bomb"])
