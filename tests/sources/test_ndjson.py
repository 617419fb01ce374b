"""JSON lines."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from leakscope.sources.lines import TooLong, line_chunks


def test_whole_lines_come_out_as_one_batch(reading):
    """Good lines are examined, in order."""
    batches, aside, used = reading("x.ndjson", b'{"a":1}\n{"a":2}\n')

    assert (used, aside, [orjson.loads(line)["a"] for batch in batches for line in batch.lines.splitlines()]) == (["ndjson"], [], [1, 2])


def test_a_half_written_line_is_set_aside_and_the_rest_goes_on(reading):
    """A broken line in the middle costs that line only, and keeps the numbering."""
    batches, aside, _ = reading("x.ndjson", b'{"a":1}\n{"a":\n{"a":3}\n')

    assert [(batch.first_record, batch.records) for batch in batches] == [(0, 1), (2, 1)]
    assert [(piece.reason, piece.records, piece.record) for piece in aside] == [("not-json", 1, 1)]


def test_a_line_that_is_not_utf8_is_named_as_such(reading):
    """The reason tells what to do about it."""
    _, aside, _ = reading("x.ndjson", b'{"a":1}\n{"a":"\xff"}\n')

    assert [piece.reason for piece in aside] == ["not-utf8"]


def test_every_record_is_in_a_batch_or_set_aside(reading):
    """Collected is examined plus set aside, whatever the lines are."""

    @given(st.lists(st.sampled_from([b'{"a":1}', b"{", b"[1]", b"null", b'{"b":"\xc3\xa9"}', b"\xff", b"x" * 50]), min_size=1, max_size=30))
    def check(lines):
        batches, aside, _ = reading("x.ndjson", b'{"first":1}\n' + b"\n".join(lines) + b"\n")

        assert sum(batch.records for batch in batches) + sum(piece.records for piece in aside) == len(lines) + 1

    check()


@given(st.lists(st.binary(max_size=40).map(lambda raw: raw.replace(b"\n", b"")), max_size=20), st.integers(1, 50))
def test_lines_are_cut_the_same_whatever_the_chunk(lines, chunk_bytes):
    """Chunks joined give the bytes; every chunk but the last ends a line."""
    import io

    content = b"\n".join(lines)
    chunks = list(line_chunks(io.BytesIO(content), chunk_bytes=chunk_bytes))

    assert b"".join(chunks) == content
    assert all(chunk.endswith(b"\n") for chunk in chunks[:-1])


def test_a_line_over_the_ceiling_is_measured_and_skipped():
    """Memory stays bounded and the next line is read."""
    import io

    content = b"a\n" + b"x" * 1000 + b"\nb\n"
    chunks = list(line_chunks(io.BytesIO(content), chunk_bytes=64, max_line_bytes=128))

    assert [chunk for chunk in chunks if isinstance(chunk, TooLong)] == [TooLong(1001)]
    assert b"".join(chunk for chunk in chunks if isinstance(chunk, bytes)) == b"a\nb\n"
