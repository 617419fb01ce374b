"""Plain text and logs: one line a record, in the field `line`."""

from __future__ import annotations

import io
from collections.abc import Iterator

import polars as pl

from leakscope.errors import SetAsideError
from leakscope.model import Batch, Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.encoding import encoding_of
from leakscope.sources.evidence import Evidence, head_of
from leakscope.sources.lines import MAX_LINE_BYTES, TooLong, line_chunks


def sniff(head: bytes, name: str) -> float:
    """The last resort for anything that is text."""
    return 0.1 if encoding_of(head) else 0.0


def read(evidence: Evidence) -> Reading:
    """Batches of lines, empty ones left out of the frame and of the count; wide encodings are read through a decoder."""
    encoding = encoding_of(head_of(evidence, 64 * 1024)) or "utf-8"
    record = 0
    with evidence.open() as stream:
        source = stream if encoding in ("utf-8", "utf-8-sig", "cp1252") else _as_utf8(stream, encoding)
        inner = encoding if source is stream else "utf-8"
        for chunk in line_chunks(source):
            if isinstance(chunk, TooLong):
                detail = f"One line is over {MAX_LINE_BYTES >> 20} MiB."
                yield SetAside(source=evidence.name, reason="line-too-long", detail=detail, records=1, size_bytes=chunk.size_bytes, record=record)
                record += 1
                continue
            text = chunk.decode(inner, "replace").removeprefix("\ufeff")
            lines = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
            if lines:
                frame = pl.DataFrame({"line": lines}, schema={"line": pl.String})
                yield Batch(source=evidence.name, first_record=record, records=len(lines), frame=frame)
                record += len(lines)


def lines_of(evidence: Evidence) -> Iterator[str | SetAside]:
    """
    The lines of a text that are not empty, for readers that gather them into records of their own.

    What was set aside comes out in its place; a stream that breaks off ends in one, so that nothing gathered before it is lost.
    """
    try:
        for piece in read(evidence):
            if isinstance(piece, SetAside):
                yield piece
            elif piece.frame is not None:
                yield from piece.frame["line"].str.strip_chars_end("\r").to_list()
    except SetAsideError as error:
        yield SetAside(source=evidence.name, reason=error.reason, detail=error.message)


def _as_utf8(stream: io.BufferedIOBase, encoding: str) -> io.RawIOBase:
    """`stream` re-encoded as UTF-8 while it is read."""
    reader = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")

    class _Encoded(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return reader.read(size if size and size > 0 else -1).encode("utf-8", "replace")

    return _Encoded()


FORMAT = Format(name="text", title="Plain text or log lines", suffixes=(".txt", ".log"), sniff=sniff, read=read)
