"""Compressed files, broken files, and things that are no evidence."""

import bz2
import gzip
import io
import lzma
import os

import polars as pl
import pytest

from leakscope.errors import UsageError
from leakscope.model import SetAside
from leakscope.sources import MAX_NESTING
from leakscope.sources.evidence import gather

LINES = b"".join(b'{"a":%d}\n' % number for number in range(5_000))


@pytest.mark.parametrize(("suffix", "compress"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)])
def test_a_compressed_file_is_read_as_what_is_inside(reading, suffix, compress):
    """The inner format decides, not the ending."""
    batches, aside, used = reading(f"x.ndjson.{suffix}", compress(LINES))

    assert (used, aside, sum(batch.records for batch in batches)) == (["ndjson"], [], 5_000)


def test_a_truncated_gzip_gives_what_came_before_the_break(reading):
    """Records before the break are examined; the break is set aside with its reason."""
    whole = gzip.compress(b"".join(b'{"a":"%d"}\n' % (number * 7919 % 100_003) for number in range(60_000)))
    batches, aside, _ = reading("x.ndjson.gz", whole[: len(whole) // 2])

    assert sum(batch.records for batch in batches) > 1_000
    assert "truncated" in {piece.reason for piece in aside}


def test_a_bomb_is_stopped(reading):
    """A file that grows over a thousand times is set aside, not decompressed to its end."""
    bomb = gzip.compress(b'{"a":"' + b"0" * (300 << 20) + b'"}\n', compresslevel=9)
    bomb = gzip.compress(bomb, compresslevel=9)
    _, aside, _ = reading("x.gz", bomb)

    assert {piece.reason for piece in aside} & {"bomb", "line-too-long"}


def test_containers_nested_too_deep_are_set_aside(reading):
    """Nesting has a floor."""
    content = LINES
    for _ in range(MAX_NESTING + 2):
        content = gzip.compress(content)
    batches, aside, _ = reading("x.gz", content)

    assert (batches, [piece.reason for piece in aside]) == ([], ["nested-too-deep"])


def test_a_damaged_parquet_file_is_set_aside(reading):
    """A columnar file that breaks its reader ends in a reason."""
    target = io.BytesIO()
    pl.DataFrame({"a": range(1000)}).write_parquet(target)
    content = bytearray(target.getvalue())
    content[-200:-100] = b"\xff" * 100
    _, aside, _ = reading("x.parquet", bytes(content))

    assert [piece.reason for piece in aside] == ["damaged"]


@pytest.mark.parametrize(("content", "reason"), [(b"", "empty"), (bytes(range(256)) * 20, "unknown-format")])
def test_empty_and_binary_files_are_set_aside(reading, content, reason):
    """Each with its own reason."""
    _, aside, _ = reading("x.dat", content)

    assert [piece.reason for piece in aside] == [reason]


def test_a_folder_is_walked_without_following_links(tmp_path):
    """Links, pipes and devices come out set aside; regular files as evidence, in name order."""
    (tmp_path / "b.txt").write_text("b")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "c.txt").write_text("c")
    (tmp_path / "link").symlink_to("/etc/hostname")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")

    found = list(gather([str(tmp_path)]))

    assert [one.name for one in found if not isinstance(one, SetAside)] == ["b.txt", "a/c.txt"]
    assert sorted(one.source for one in found if isinstance(one, SetAside)) == ["link", "loop", "pipe"]


def test_a_missing_path_is_bad_use():
    """A path that does not exist is told at once."""
    with pytest.raises(UsageError):
        list(gather(["/nowhere/at/all"]))


@pytest.mark.parametrize("name", ["*.csv", "[x].csv", "a;b.csv", "http:..csv", "-rf"])
def test_odd_names_read_their_own_file_only(tmp_path, reading, name):
    """Names are never patterns, addresses or options."""
    (tmp_path / name).write_text("a,b\n1,2\n")
    (tmp_path / "other.csv").write_text("secret,x\n9,9\n")

    (found,) = gather([str(tmp_path / name)])
    with found.open() as stream:
        assert stream.read() == b"a,b\n1,2\n"
