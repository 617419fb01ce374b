"""
One compressed file: gzip, bzip2, xz. What is inside is identified anew.

References:
    RFC 1952 (gzip); bzip2 and xz by their magic bytes (file formats' own documents, read 2026-11).
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from io import BufferedIOBase
from typing import BinaryIO

from leakscope.errors import SetAsideError
from leakscope.model import SetAside
from leakscope.sources import Format
from leakscope.sources.evidence import Evidence

#: More output than this for each input byte is a bomb: text logs compress 10 to 30 times, rarely over 200.
MAX_RATIO = 1_000
_GRACE_BYTES = 64 << 20


class _Guarded(io.RawIOBase):
    """A decompressed stream that stops with a reason instead of an exception of its library."""

    def __init__(self, stream: BufferedIOBase, compressed_bytes: int | None) -> None:
        self._stream, self._given = stream, 0
        self._ceiling = (compressed_bytes or 0) * MAX_RATIO + _GRACE_BYTES

    def read(self, size: int = -1) -> bytes:
        try:
            chunk = self._stream.read1(size)
        except EOFError:
            raise SetAsideError("The compressed file ends too early.", reason="truncated") from None
        except (OSError, zlib.error, lzma.LZMAError, ValueError):
            raise SetAsideError("The compressed file is damaged.", reason="damaged") from None
        self._given += len(chunk)
        if self._given > self._ceiling:
            raise SetAsideError(f"It grows over {MAX_RATIO} times when decompressed.", reason="bomb")
        return chunk

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        chunk = self.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _expand(suffix: str, decompress: Callable[[BinaryIO], BufferedIOBase]) -> Callable[[Evidence], Iterator[Evidence | SetAside]]:
    def inner(evidence: Evidence) -> Iterator[Evidence | SetAside]:
        name = evidence.name.removesuffix(suffix) if evidence.name.lower().endswith(suffix) else f"{evidence.name}/content"
        opener = lambda: io.BufferedReader(_Guarded(decompress(evidence.open()), evidence.size_bytes), 1 << 20)  # noqa: E731
        yield evidence.inside(name, opener)

    return inner


def _magic(magic: bytes) -> Callable[[bytes, str], float]:
    return lambda head, name: 1.0 if head.startswith(magic) else 0.0


FORMATS = (
    Format(name="gzip", title="gzip-compressed file", suffixes=(".gz",), sniff=_magic(b"\x1f\x8b\x08"), expand=_expand(".gz", lambda stream: gzip.GzipFile(fileobj=stream))),
    Format(name="bzip2", title="bzip2-compressed file", suffixes=(".bz2",), sniff=_magic(b"BZh"), expand=_expand(".bz2", bz2.BZ2File)),
    Format(name="xz", title="xz-compressed file", suffixes=(".xz",), sniff=_magic(b"\xfd7zXZ\x00"), expand=_expand(".xz", lzma.LZMAFile)),
)
