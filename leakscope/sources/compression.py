"""
One compressed file: gzip, bzip2, xz, zstandard. What is inside is identified anew.

References:
    RFC 1952 (gzip), RFC 8878 (zstandard); bzip2 and xz by their magic bytes (file formats' own documents, read 2026-11).
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

import zstandard

from leakscope.errors import SetAsideError
from leakscope.model import SetAside
from leakscope.sources import Format
from leakscope.sources.evidence import Budget, Evidence

#: A zstandard frame may ask for more memory than this only to hurt; `zstd --long=27` is within it.
_ZSTD_WINDOW = 128 << 20


class Guarded(io.RawIOBase):
    """A decompressed stream that stops with a reason instead of an exception of its library, and spends its file's budget."""

    def __init__(self, stream: BinaryIO, budget: Budget | None) -> None:
        self._stream, self._budget = stream, budget

    def read(self, size: int = -1) -> bytes:
        try:
            chunk = getattr(self._stream, "read1", self._stream.read)(size)
        except EOFError:
            raise SetAsideError("The compressed file ends too early.", reason="truncated") from None
        except RuntimeError:
            raise SetAsideError("It is encrypted; its password opens it.", reason="encrypted") from None
        except (OSError, zlib.error, lzma.LZMAError, ValueError, zipfile.BadZipFile, tarfile.TarError, zstandard.ZstdError, NotImplementedError, MemoryError):
            raise SetAsideError("The compressed file is damaged.", reason="damaged") from None
        if self._budget is not None:
            self._budget.spend(len(chunk))
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


def _expand(suffix: str, decompress: Callable[[BinaryIO], BinaryIO]) -> Callable[[Evidence], Iterator[Evidence | SetAside]]:
    def inner(evidence: Evidence) -> Iterator[Evidence | SetAside]:
        name = evidence.name.removesuffix(suffix) if evidence.name.lower().endswith(suffix) else f"{evidence.name}/content"
        opener = lambda: io.BufferedReader(Guarded(decompress(evidence.open()), evidence.budget), 1 << 20)  # noqa: E731
        yield evidence.inside(name, opener)

    return inner


def _magic(magic: bytes) -> Callable[[bytes, str], float]:
    return lambda head, name: 1.0 if head.startswith(magic) else 0.0


def _zstd(stream: BinaryIO) -> BinaryIO:
    return zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).stream_reader(stream, read_across_frames=True)


FORMATS = (
    Format(name="gzip", title="gzip-compressed file", suffixes=(".gz",), sniff=_magic(b"\x1f\x8b\x08"), expand=_expand(".gz", lambda stream: gzip.GzipFile(fileobj=stream))),
    Format(name="bzip2", title="bzip2-compressed file", suffixes=(".bz2",), sniff=_magic(b"BZh"), expand=_expand(".bz2", bz2.BZ2File)),
    Format(name="xz", title="xz-compressed file", suffixes=(".xz",), sniff=_magic(b"\xfd7zXZ\x00"), expand=_expand(".xz", lzma.LZMAFile)),
    Format(name="zstd", title="zstandard-compressed file", suffixes=(".zst",), sniff=_magic(b"\x28\xb5\x2f\xfd"), expand=_expand(".zst", _zstd)),
)
