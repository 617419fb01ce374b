"""
MongoDB's own files: a collection as mongodump writes it (BSON documents in a row), and mongodump --archive.

References:
    https://bsonspec.org/spec.html; mongodump archive format (mongo-tools-common, archive/README, from memory 2026-11).
"""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

import orjson

from leakscope.errors import SetAsideError
from leakscope.model import Reading
from leakscope.sources import Format
from leakscope.sources.evidence import Evidence
from leakscope.sources.json_lenient import written
from leakscope.sources.tables import Documents, text_of

_ARCHIVE = b"\x6d\xe2\x99\x81"
_END = 0xFFFFFFFF
#: A BSON document is at most 16 MiB, 48 MiB inside the server's own messages.
MAX_DOCUMENT = 48 << 20


def _is_document(head: bytes) -> bool:
    if len(head) < 5:
        return False
    (size,) = struct.unpack_from("<i", head)
    if not 5 <= size <= MAX_DOCUMENT or head[4] not in (0, *range(1, 20), 0x7F, 0xFF):
        return False
    if size == 5:
        return head[4] == 0
    named = head.find(b"\x00", 5)
    return 5 <= named < 300 and head[5:named].isascii() and (size > len(head) or head[size - 1] == 0)


def sniff(head: bytes, name: str) -> float:
    """An archive by its magic number; a collection by its first document's frame."""
    if head.startswith(_ARCHIVE):
        return 1.0
    return (0.98 if name.endswith(".bson") else 0.7) if _is_document(head) else 0.0


def _text(value: Any) -> Any:
    return {str(name): inner for name, inner in value.items()} if isinstance(value, dict) else text_of(value)


class _Collections:
    """Documents of one file on their way into batches."""

    def __init__(self, evidence: Evidence) -> None:
        from bson.codec_options import CodecOptions

        self._gathered = Documents(evidence.name)
        self._options = CodecOptions(unicode_decode_error_handler="replace", tz_aware=True)

    def decoded(self, raw: bytes) -> dict[str, Any] | None:
        """The document; null when it is none."""
        import bson

        try:
            return dict(bson.decode(raw, self._options))
        except Exception:  # bson lets OverflowError, RecursionError and its own kinds through
            return None

    def add(self, table: str, raw: bytes) -> Reading:
        """One document into `table`."""
        document = self.decoded(raw)
        try:
            line = written(document, default=_text, option=orjson.OPT_NON_STR_KEYS) if document is not None else None
        except TypeError:
            line = None
        if line is None:
            yield from self._gathered.refuse(table, "bad-document", "A document is not BSON.", size_bytes=len(raw))
        else:
            yield from self._gathered.add(table, line)

    def cut(self, table: str, reason: str = "truncated") -> Reading:
        """What follows cannot be framed."""
        yield from self._gathered.refuse(table, reason, "The file breaks off inside a document, or a length in it is wrong.")

    def rest(self) -> Reading:
        """What is still held."""
        yield from self._gathered.rest()


def _framed(stream: BinaryIO) -> bytes | int | None:
    """The next document, `_END` for a terminator, null at the end; -1 when there is no document there."""
    start = stream.read(4)
    if not start:
        return None
    if len(start) < 4:
        return -1
    (size,) = struct.unpack("<I", start)
    if size == _END:
        return _END
    if not 5 <= size <= MAX_DOCUMENT:
        return -1
    body = stream.read(size - 4)
    return start + body if len(body) == size - 4 else -1


def read(evidence: Evidence) -> Reading:
    """Documents as lines: one source for a collection's file, one for each collection of an archive."""
    collections = _Collections(evidence)
    with evidence.open() as stream:
        if stream.read(4) == _ARCHIVE:
            yield from _archive(stream, collections)
        else:
            stream.seek(0)
            yield from _collection(stream, collections)
    yield from collections.rest()


def _collection(stream: BinaryIO, collections: _Collections) -> Reading:
    while (found := _framed(stream)) is not None:
        if isinstance(found, int):
            yield from collections.cut("")
            return
        yield from collections.add("", found)


def _archive(stream: BinaryIO, collections: _Collections) -> Reading:
    """A prelude of metadata, then blocks: a header naming the collection, its documents, a terminator."""
    while (found := _framed(stream)) is not None and found != _END:
        if isinstance(found, int):
            raise SetAsideError("The archive's prelude is damaged.", reason="damaged")
    table: str | None = None
    while (found := _framed(stream)) is not None:
        if found == _END:
            table = None
        elif isinstance(found, int):
            yield from collections.cut(table or "")
            return
        elif table is None:
            header = collections.decoded(found) or {}
            table = f"{text_of(header.get('db', ''))}.{text_of(header.get('collection', ''))}"
        else:
            yield from collections.add(table, found)


FORMAT = Format(name="bson", title="MongoDB dump (BSON, archive)", suffixes=(".bson", ".archive"), sniff=sniff, read=read, jailed=True)
