"""JSON lines."""

import orjson
import pytest
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


def test_a_line_that_is_not_utf8_is_read_in_an_older_encoding(reading):
    """One line of another program does not cost its record; one that is no object either way is named as such."""
    batches, aside, _ = reading("x.ndjson", b'{"a":"Zo\xc3\xab"}\n{"a":"Zo\xeb"}\n{"a":"\xff\n')

    assert [orjson.loads(line)["a"] for batch in batches for line in batch.lines.splitlines()] == ["Zoë", "Zoë"]
    assert [piece.reason for piece in aside] == ["not-utf8"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252", "shift_jis", "gb18030"])
def test_objects_in_any_encoding(reading, encoding):
    """The file's encoding is told once, from its beginning."""
    name = {"cp1252": "Zoë Müller", "shift_jis": "ソース太郎カナ", "gb18030": "王小明在北京"}.get(encoding, "Zoë 王")
    batches, aside, used = reading("x.jsonl", "".join(f'{{"name":"{name}","n":{number}}}\r\n' for number in range(5)).encode(encoding))

    assert (used, aside) == (["ndjson"], [])
    assert [orjson.loads(line)["name"] for batch in batches for line in batch.lines.splitlines()] == [name] * 5


def test_junk_between_objects_is_read_as_lines(reading):
    """Banners, warnings and broken-off lists cost nothing and hide nothing."""
    content = b'Starting export\n' + b'\x1e{"a":1}\nWARN retry for ana@x.test\n{"a":2},\n' * 3
    batches, aside, used = reading("export.log", content)
    found = [orjson.loads(line) for batch in batches for line in batch.lines.splitlines()]

    assert (used, aside) == (["ndjson"], [])
    assert found == [{"line": "Starting export"}, *[{"a": 1}, {"line": "WARN retry for ana@x.test"}, {"a": 2}] * 3]


@pytest.mark.parametrize(
    ("heading", "columns"),
    [([], ["column_1", "column_2"]), ([["id", "email"]], ["id", "email"]), ([["id", "email"], ["UInt64", "Nullable(String)"]], ["id", "email"])],
)
@pytest.mark.parametrize("strings", [False, True])
def test_arrays_of_clickhouse_are_rows(reading, heading, columns, strings):
    """With names and types or without, typed or as strings."""
    rows = [[str(number) if strings else number, f"u{number}@x.test"] for number in range(4)]
    batches, aside, used = reading("x.json", b"".join(orjson.dumps(row) + b"\n" for row in [*heading, *rows]))

    assert (used, aside) == (["json-rows"], [])
    assert [row for batch in batches for row in batch.frame.rows()] == [tuple(row) for row in rows]
    assert batches[0].frame.columns == columns


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
