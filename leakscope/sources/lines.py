"""Cuts a byte stream into whole lines without ever holding more than a ceiling of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from leakscope.errors import SetAsideError

CHUNK_BYTES = 8 << 20
#: A longer line is no record of any format read by lines; it is set aside so that memory stays bounded.
MAX_LINE_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class TooLong:
    """A line over the ceiling: its length in bytes, its newline included."""

    size_bytes: int


def line_chunks(stream: BinaryIO, *, chunk_bytes: int = CHUNK_BYTES, max_line_bytes: int = MAX_LINE_BYTES) -> Iterator[bytes | TooLong]:
    """
    Chunks that end at a line's end (the last one may lack its newline), and a `TooLong` for each line over the ceiling.

    Args:
        stream: open for reading; read to its end.
        chunk_bytes: read at a time.
        max_line_bytes: ceiling of one line.

    Raises:
        SetAsideError: the stream broke off; everything before the break has been yielded.
    """
    rest, skipped, broken = b"", 0, None
    ended = False
    while not ended and broken is None:
        chunk, ended, broken = _take(stream, chunk_bytes)
        if skipped:
            end = chunk.find(b"\n")
            if end < 0:
                skipped += len(chunk)
                continue
            yield TooLong(skipped + end + 1)
            chunk, skipped = chunk[end + 1 :], 0
        cut = chunk.rfind(b"\n") + 1
        if cut:
            yield b"".join((rest, memoryview(chunk)[:cut]))
            rest = b""
        rest += memoryview(chunk)[cut:]
        if len(rest) > max_line_bytes:
            rest, skipped = b"", len(rest)
    if skipped:
        yield TooLong(skipped)
    if rest:
        yield rest
    if broken:
        raise broken


def _take(stream: BinaryIO, size_bytes: int) -> tuple[bytes, bool, SetAsideError | None]:
    """Up to `size_bytes`, whether the stream ended, and how it broke if it did: what was read before a break is kept."""
    take = getattr(stream, "read1", stream.read)
    pieces: list[bytes] = []
    left = size_bytes
    try:
        while left > 0:
            piece = take(left)
            if not piece:
                return b"".join(pieces), True, None
            pieces.append(piece)
            left -= len(piece)
    except SetAsideError as error:
        return b"".join(pieces), True, error
    return b"".join(pieces), False, None
