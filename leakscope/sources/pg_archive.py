"""
pg_dump archives in custom form: read back into the SQL that pg_restore would print, which the reader of SQL dumps then reads.

No library reads them, and pg_restore is not started on evidence. The table of contents gives each definition and COPY statement,
the blocks behind it the rows, packed with zlib, LZ4 or zstandard; large objects are evidence of their own. A folder or tar form
keeps its rows beside `toc.dat` in files named `1234.dat`: those are rows without names of columns.

References:
    PostgreSQL 16 source, src/bin/pg_dump/pg_backup_archiver.c and pg_backup_custom.c (from memory, 2026-11; held against pg_dump 15 and 16).
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from leakscope.errors import SetAsideError
from leakscope.model import Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.encoding import encoding_of
from leakscope.sources.evidence import Evidence, head_of
from leakscope.sources.lines import TooLong, line_chunks
from leakscope.sources.tables import Tables
from leakscope.text.sql_values import copied_row

_MAGIC = b"PGDMP"
_CUSTOM = 1
#: An archive with more entries or a longer text in one is none that pg_dump wrote.
MAX_ENTRIES, MAX_TEXT = 5_000_000, 64 << 20
_CHUNK = 1 << 18


def _damaged() -> SetAsideError:
    return SetAsideError("The archive's table of contents or a block of it is damaged.", reason="damaged")


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the table of contents says of one object."""

    definition: str
    copy: str


class _Archive:
    """An open archive, read once from its start."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        if self.take(5) != _MAGIC:
            raise _damaged()
        self.version = tuple(self.take(3))
        self._int_size, self._offset_size, self.form = self.take(3)
        if not (1, 4) <= self.version[:2] < (2, 0) or not 1 <= self._int_size <= 8 or self._offset_size > 8:
            raise SetAsideError("The archive's version is not known; run pg_restore -f dump.sql on it and read that file.", reason="unsupported")
        self.packing = self._packing()
        for _ in range(7):  # the time of the dump
            self.number()
        self.text()
        if self.version >= (1, 10):
            self.text()
            self.text()

    def _packing(self) -> int:
        if self.version >= (1, 15):
            return self.take(1)[0]
        return 1 if self.number() else 0

    def take(self, size: int) -> bytes:
        """Exactly `size` bytes."""
        content = self._stream.read(size)
        if len(content) < size:
            raise SetAsideError("The archive ends too early.", reason="truncated")
        return content

    def number(self) -> int:
        """A whole number: its sign, then its bytes."""
        raw = self.take(1 + self._int_size)
        value = int.from_bytes(raw[1:], "little")
        return -value if raw[0] else value

    def text(self) -> str | None:
        """A text or null."""
        size = self.number()
        if size < 0:
            return None
        if size > MAX_TEXT:
            raise _damaged()
        return self.take(size).decode("utf-8", "surrogateescape")

    def entries(self) -> dict[int, _Entry]:
        """The table of contents by dump id, in order."""
        count = self.number()
        if not 0 <= count <= MAX_ENTRIES:
            raise _damaged()
        return dict(self._entry() for _ in range(count))

    def _entry(self) -> tuple[int, _Entry]:
        version = self.version
        number, _ = self.number(), self.number()
        for _ in range(4 if version >= (1, 8) else 3):  # ids in the database, tag, kind
            self.text()
        if version >= (1, 11):
            self.number()
        definition, _, copy = self.text() or "", self.text(), self.text() or ""
        for _ in range((version >= (1, 6)) + (version >= (1, 10)) + (version >= (1, 14))):  # schema, tablespace, access method
            self.text()
        if version >= (1, 16):
            self.number()
        self.text()
        if version >= (1, 9):
            self.text()
        while version >= (1, 5) and self.text() is not None:  # dependencies
            pass
        if self.form != _CUSTOM:
            self.text()
        elif version >= (1, 7):
            self.take(1 + self._offset_size)
        else:
            self.number()
        return number, _Entry(definition, copy)

    def blocks(self) -> Iterator[tuple[int, bool]]:
        """Dump id of each block of data, and whether it holds large objects; its chunks must be read before the next."""
        while kind := self._stream.read(1):
            if kind not in (b"\x01", b"\x03"):
                raise _damaged()
            yield self.number(), kind == b"\x03"

    def chunks(self) -> Iterator[bytes]:
        """Packed bytes of one block or large object."""
        while size := self.number():
            if size < 0:
                raise _damaged()
            while size > 0:
                piece = self._stream.read(min(size, _CHUNK))
                size -= len(piece)
                yield piece or self.take(1)

    def unpacked(self) -> Iterator[bytes]:
        """Its bytes as they were before they were packed."""
        unpack = _unpacker(self.packing)
        for chunk in self.chunks():
            yield from unpack(chunk)


def _unpacker(packing: int) -> Callable[[bytes], Iterator[bytes]]:
    """What turns chunks into plain bytes, in bounded pieces."""
    if packing == 0:
        return lambda chunk: iter((chunk,))
    if packing == 1:
        return _inflate(zlib.decompressobj())
    if packing == 2:
        import lz4.frame

        return _lz4(lz4.frame.LZ4FrameDecompressor())
    if packing == 3:
        import zstandard

        return _plainly(zstandard.ZstdDecompressor(max_window_size=128 << 20).decompressobj())
    raise SetAsideError("The archive is packed in an unknown way; run pg_restore -f dump.sql on it and read that file.", reason="unsupported")


def _inflate(opened: Any) -> Callable[[bytes], Iterator[bytes]]:
    def unpack(chunk: bytes) -> Iterator[bytes]:
        try:
            while chunk:
                yield opened.decompress(chunk, 8 << 20)
                chunk = opened.unconsumed_tail
        except zlib.error:
            raise _damaged() from None

    return unpack


def _lz4(opened: Any) -> Callable[[bytes], Iterator[bytes]]:
    def unpack(chunk: bytes) -> Iterator[bytes]:
        try:
            while chunk or not (opened.needs_input or opened.eof):
                yield opened.decompress(chunk, 8 << 20)
                chunk = b""
        except (RuntimeError, EOFError):
            raise _damaged() from None

    return unpack


def _plainly(opened: Any) -> Callable[[bytes], Iterator[bytes]]:
    import zstandard

    def unpack(chunk: bytes) -> Iterator[bytes]:
        try:
            for start in range(0, len(chunk), 4096):  # a chunk of 4 KiB cannot balloon over some tens of MiB
                yield opened.decompress(chunk[start : start + 4096])
        except (zstandard.ZstdError, EOFError):
            raise _damaged() from None

    return unpack


def _script(evidence: Evidence) -> Iterator[bytes]:
    """The archive as SQL: definitions first, so that tables have columns, then the rows of each table."""
    with evidence.open() as stream:
        archive = _Archive(stream)
        entries = archive.entries()
        yield b"-- PostgreSQL database dump\n"
        for entry in entries.values():
            yield entry.definition.encode("utf-8", "surrogateescape") + b"\n"
        if archive.form != _CUSTOM:
            return
        for number, is_large in archive.blocks():
            if is_large:
                while archive.number():
                    for _ in archive.chunks():
                        pass
                continue
            yield (entries[number].copy if number in entries else "").encode("utf-8", "surrogateescape")
            yield from archive.unpacked()
            yield b"\n"


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a stream, which spends its file's budget."""

    def __init__(self, pieces: Iterator[bytes], evidence: Evidence) -> None:
        self._pieces, self._rest, self._evidence = pieces, memoryview(b""), evidence

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            if self._evidence.budget is not None:
                self._evidence.budget.spend(len(piece))
            self._rest = memoryview(piece)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def _stream(pieces: Iterator[bytes], evidence: Evidence) -> BinaryIO:
    return io.BufferedReader(_Pieces(pieces, evidence), 1 << 20)  # type: ignore[type-var, return-value]


def _large_objects(evidence: Evidence) -> Iterator[int]:
    """Numbers of the large objects in it."""
    with evidence.open() as stream:
        archive = _Archive(stream)
        archive.entries()
        for _, is_large in archive.blocks() if archive.form == _CUSTOM else ():
            while is_large and (number := archive.number()):
                yield number
                for _ in archive.chunks():
                    pass
            for _ in archive.chunks() if not is_large else ():
                pass


def _large_object(evidence: Evidence, wanted: int) -> Iterator[bytes]:
    with evidence.open() as stream:
        archive = _Archive(stream)
        archive.entries()
        for _, is_large in archive.blocks():
            while is_large and (number := archive.number()):
                if number == wanted:
                    yield from archive.unpacked()
                    return
                for _ in archive.chunks():
                    pass
            for _ in archive.chunks() if not is_large else ():
                pass


def expand(evidence: Evidence) -> Iterator[Evidence | SetAside]:
    """
    The archive as a SQL dump of the same name, and each large object beside it.

    Raises:
        SetAsideError: it is no archive of a known version, or ends inside a large object.
    """
    yield evidence.inside(evidence.name, lambda: _stream(_script(evidence), evidence))
    for number in _large_objects(evidence):
        yield evidence.inside(f"{evidence.name}:large-object-{number}", lambda number=number: _stream(_large_object(evidence, number), evidence))  # type: ignore[misc]


def _is_rows(head: bytes, name: str) -> float:
    """A file of a dump in folder or tar form: a number for a name, and rows that end as COPY ends them."""
    if not re.search(r"(?:^|[/:])\d+\.dat(?:/content)?\Z", name) or encoding_of(head) is None:
        return 0.0
    return 0.9 if b"\t" in head or b"\\." in head else 0.0


def _rows(evidence: Evidence) -> Reading:
    """Batches of rows as COPY writes them; a line that is too long is set aside."""
    tables, columns = Tables(evidence.name), ()
    encoding = encoding_of(head_of(evidence, 1 << 16)) or "utf-8"
    with evidence.open() as stream:
        for chunk in line_chunks(stream):
            if isinstance(chunk, TooLong):
                yield from tables.refuse("", "line-too-long", "One row is over 32 MiB.", size_bytes=chunk.size_bytes)
                continue
            for line in chunk.decode(encoding, "replace").split("\n"):
                if line and line != "\\.":
                    yield from tables.add("", columns, copied_row(line), len(line))
    yield from tables.rest()


FORMATS = (
    Format(name="pg_dump-custom", title="pg_dump archive (custom form)", suffixes=(".dump", ".backup", ".pgdump"), sniff=lambda head, name: 1.0 if head.startswith(_MAGIC) else 0.0, expand=expand),
    Format(name="pg_dump-rows", title="Rows of a pg_dump folder", suffixes=(".dat",), sniff=_is_rows, read=_rows),
)
