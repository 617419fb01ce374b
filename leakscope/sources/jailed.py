"""Reads a format that can crash or balloon in a child process: batches come back as Arrow IPC bytes."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import polars as pl

from leakscope.errors import SetAsideError
from leakscope.model import Batch, Reading, SetAside
from leakscope.safety import jail
from leakscope.sources import Format, formats, read_here
from leakscope.sources.evidence import Evidence

#: Evidence inside a container is copied into memory for the child, up to this.
MAX_INSIDE_BYTES = 512 << 20
_TARGET = "leakscope.sources.jailed:answer"


class _At(io.RawIOBase):
    """A file with a place of its own on a shared descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._at = descriptor, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = (0, self._at, os.fstat(self._descriptor).st_size)[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        content = os.pread(self._descriptor, len(buffer), self._at)
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)


def answer(descriptor: int, arguments: dict[str, Any]) -> Iterator[bytes]:
    """In the child: every piece as a header line and its bytes."""
    opener = lambda: io.BufferedReader(_At(descriptor), 1 << 20)  # noqa: E731
    evidence = Evidence(name=arguments["name"], opener=opener, size_bytes=os.fstat(descriptor).st_size, path=Path(f"/proc/self/fd/{descriptor}"))
    for piece in read_here(evidence, formats()[arguments["format"]]):
        yield _packed(piece)


def _packed(piece: Batch | SetAside) -> bytes:
    if isinstance(piece, SetAside):
        return b"A" + orjson.dumps(asdict(piece))
    head = orjson.dumps({"source": piece.source, "first_record": piece.first_record, "records": piece.records})
    if piece.lines is not None:
        return b"L" + head + b"\n" + piece.lines
    assert piece.frame is not None
    target = io.BytesIO()
    piece.frame.write_ipc_stream(target, compat_level=pl.CompatLevel.oldest())
    return b"F" + head + b"\n" + target.getvalue()


def _unpacked(message: bytes) -> Batch | SetAside:
    kind, (head, _, body) = message[:1], message[1:].partition(b"\n")
    if kind == b"A":
        return SetAside(**orjson.loads(head))
    if kind == b"L":
        return Batch(**orjson.loads(head), lines=body)
    return Batch(**orjson.loads(head), frame=_frame(body))


def _frame(body: bytes) -> pl.DataFrame:
    """The child's frame; a child whose library was led astray may send one that is none."""
    try:
        return pl.read_ipc_stream(body)
    except (Exception, pl.exceptions.PanicException):
        raise SetAsideError("The file is damaged: its values are not what their types say.", reason="damaged") from None


def _descriptor(evidence: Evidence) -> int:
    """The evidence as a descriptor: the file itself, or a copy in memory that has no name on any disk."""
    if evidence.path is not None:
        try:
            return os.open(evidence.path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            raise SetAsideError("The file cannot be opened.", reason="cannot-open") from None
    descriptor = os.memfd_create("evidence", os.MFD_CLOEXEC)
    try:
        with evidence.open() as stream:
            _copied(stream, descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _copied(stream: BinaryIO, descriptor: int) -> None:
    size = 0
    while chunk := stream.read(1 << 20):
        size += len(chunk)
        if size > MAX_INSIDE_BYTES:
            raise SetAsideError(f"Inside a container it is over {MAX_INSIDE_BYTES >> 20} MiB; unpack it and read it as a file.", reason="too-large-inside")
        view = memoryview(chunk)
        while view:
            view = view[os.write(descriptor, view) :]


def ceilings_for(size_bytes: int) -> jail.Ceilings:
    """More time for larger files; output up to 200 times their size and 1 GiB."""
    return jail.Ceilings(processor_seconds=8 + size_bytes // 500_000, output_bytes=(1 << 30) + 200 * size_bytes)


def read(evidence: Evidence, chosen: Format) -> Reading:
    """
    All pieces of `evidence`, read in a child process.

    Raises:
        SetAsideError: the child reached a ceiling or died; pieces before that have been given.
    """
    descriptor = _descriptor(evidence)
    try:
        arguments = {"name": evidence.name, "format": chosen.name}
        for message in jail.run(_TARGET, descriptor, arguments, ceilings_for(os.fstat(descriptor).st_size)):
            yield _unpacked(message)
    finally:
        os.close(descriptor)
