"""
Archives: zip, tar, 7z. Members are read where they stand and never written anywhere, so that no name in an archive can lead out of it.

A member's name is `archive:member`. Links, devices and encrypted members come out set aside. Overlapping members, more members than
`MAX_MEMBERS` and more bytes than an honest archive of that size holds (over all depths together) are refused.

References:
    APPNOTE.TXT 6.3 (zip); POSIX.1-2001 pax; Fifield (2019), "A better zip bomb" (overlapping members). Read 2026-11.
"""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from leakscope.errors import SetAsideError
from leakscope.model import SetAside
from leakscope.safety.escape import plain
from leakscope.sources import Format
from leakscope.sources.compression import Guarded
from leakscope.sources.evidence import Evidence

#: An archive inside another is held in memory up to this, because its directory stands at its end.
MAX_HELD_BYTES = 256 << 20
#: Members of a tar up to this are held while they are read; larger ones are read again from the archive's start.
MAX_MEMBER_HELD = 32 << 20
_BUFFER = 1 << 20
#: Name and attributes of a member of a tar.
MAX_NAMED_BYTES = 1 << 20


def seekable(evidence: Evidence) -> BinaryIO:
    """
    The evidence with free movement in it: the file, or a copy in memory.

    Raises:
        SetAsideError: inside a container and too large to hold.
    """
    stream = evidence.open()
    if stream.seekable():
        return stream
    with stream:
        content = stream.read(MAX_HELD_BYTES + 1)
    if len(content) > MAX_HELD_BYTES:
        raise SetAsideError(f"Inside a container it is over {MAX_HELD_BYTES >> 20} MiB; unpack it and read it as a file.", reason="too-large-inside")
    return io.BytesIO(content)


def _named(evidence: Evidence, member: str) -> str:
    return f"{evidence.name}:{plain(member)}"


def _aside(evidence: Evidence, member: str, reason: str, detail: str, size_bytes: int | None = None) -> SetAside:
    return SetAside(source=_named(evidence, member), reason=reason, detail=detail, size_bytes=size_bytes)


def _zip(evidence: Evidence) -> Iterator[Evidence | SetAside]:
    try:
        archive = zipfile.ZipFile(seekable(evidence))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise SetAsideError("The zip file is damaged or cut off: its directory cannot be read.", reason="damaged") from None
    overlapping = _overlapping(archive.infolist())
    for number, member in enumerate(archive.infolist()):
        if not member.is_dir():
            yield _zip_member(evidence, archive, member, overlaps=number in overlapping)


def _overlapping(members: list[zipfile.ZipInfo]) -> set[int]:
    """Members whose bytes are also another's: the first of each stretch is kept."""
    placed = sorted((member.header_offset, member.header_offset + 30 + len(member.filename.encode("utf-8", "replace")) + member.compress_size, number) for number, member in enumerate(members))
    found, end = set(), -1
    for start, stop, number in placed:
        if start < end:
            found.add(number)
        end = max(end, stop)
    return found


_LINK_OR_DEVICE = "A link or device; neither is opened."


def _zip_member(evidence: Evidence, archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, overlaps: bool) -> Evidence | SetAside:
    name, size = member.filename, member.file_size
    if member.flag_bits & 0x1:
        return _aside(evidence, name, "encrypted", "The member is encrypted; the archive's password opens it.", size)
    if overlaps:
        return _aside(evidence, name, "bomb", "The member overlaps another one.", size)
    mode = member.external_attr >> 16
    if member.create_system == 3 and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return _aside(evidence, name, "link", _LINK_OR_DEVICE, size)
    return evidence.inside(_named(evidence, name), lambda: _opened(archive, member, evidence), size)


def _opened(archive: zipfile.ZipFile, member: zipfile.ZipInfo, evidence: Evidence) -> BinaryIO:
    try:
        stream = archive.open(member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError):
        raise SetAsideError("The member is damaged or packed in an unknown way.", reason="damaged") from None
    return io.BufferedReader(Guarded(stream, evidence.budget), _BUFFER)  # type: ignore[type-var, return-value]


def _tar(evidence: Evidence) -> Iterator[Evidence | SetAside]:
    with evidence.open() as stream, _tar_stream(stream) as archive:
        while True:
            try:
                member = archive.next()
            except (tarfile.TarError, EOFError, OSError, ValueError):
                yield SetAside(source=evidence.name, reason="truncated", detail="The tar file is damaged or cut off; what follows is not read.")
                return
            if member is None:
                return
            if not member.isdir():
                yield _tar_member(evidence, archive, member)


class _Member(tarfile.TarInfo):
    """
    A member whose long name or further attributes are read only up to `MAX_NAMED_BYTES`.

    Note:
        tarfile takes such a header into memory whole, and a sparse file of 4 KB can say that it has 4 GB. The two methods are
        tarfile's own steps for these headers, the same in Python 3.11 to 3.13; a test holds that they are called.
    """

    def _proc_gnulong(self, tarfile: Any) -> Any:
        return super()._proc_gnulong(self._bounded(tarfile))  # type: ignore[misc]

    def _proc_pax(self, tarfile: Any) -> Any:
        return super()._proc_pax(self._bounded(tarfile))  # type: ignore[misc]

    def _bounded(self, archive: Any) -> Any:
        if self.size > MAX_NAMED_BYTES:
            raise SetAsideError("A member's name or attributes are longer than any honest ones.", reason="bomb")
        return archive


def _tar_stream(stream: BinaryIO) -> tarfile.TarFile:
    try:
        return tarfile.open(fileobj=stream, mode="r|", errorlevel=1, tarinfo=_Member)
    except (tarfile.TarError, EOFError, OSError, ValueError):
        raise SetAsideError("The tar file is damaged.", reason="damaged") from None


def _tar_member(evidence: Evidence, archive: tarfile.TarFile, member: tarfile.TarInfo) -> Evidence | SetAside:
    if not member.isreg() or member.issparse():
        return _aside(evidence, member.name, "link" if not member.issparse() else "unsupported", _LINK_OR_DEVICE if not member.issparse() else "A sparse member.", None)
    if member.size > MAX_MEMBER_HELD:
        return evidence.inside(_named(evidence, member.name), lambda: _from(evidence, member.offset_data, member.size), member.size)
    try:
        file = archive.extractfile(member)
        content = file.read() if file else b""
    except (tarfile.TarError, OSError, EOFError, ValueError):
        content = b""
    if len(content) < member.size:
        return _aside(evidence, member.name, "truncated", "The member is cut off.", member.size)
    if evidence.budget is not None and not evidence.path:
        evidence.budget.spend(0)
    return evidence.inside(_named(evidence, member.name), lambda: io.BytesIO(content), member.size)


class _Part(io.RawIOBase):
    """The next `size` bytes of a stream."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream, self._left = stream, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._stream.read(min(len(buffer), self._left))
        buffer[: len(chunk)] = chunk
        self._left -= len(chunk)
        return len(chunk)


def _from(evidence: Evidence, offset: int, size: int) -> BinaryIO:
    stream = evidence.open()
    if stream.seekable():
        stream.seek(offset)
    else:
        while offset > 0:
            passed = stream.read(min(offset, _BUFFER))
            if not passed:
                break
            offset -= len(passed)
    return io.BufferedReader(_Part(stream, size), _BUFFER)


def _seven(evidence: Evidence) -> Iterator[Evidence | SetAside]:
    """Members of a 7z are packed together, so the whole is unpacked into memory within a ceiling."""
    import py7zr
    from py7zr.io import BytesIOFactory

    try:
        with py7zr.SevenZipFile(seekable(evidence), "r") as archive:
            if archive.needs_password():
                raise SetAsideError("The archive is encrypted; its password opens it.", reason="encrypted")
            listed = [one for one in archive.list() if not one.is_directory]
            total = sum(one.uncompressed or 0 for one in listed)
            if evidence.budget is not None:
                evidence.budget.spend(total)
            if total > MAX_HELD_BYTES:
                raise SetAsideError(f"It unpacks to over {MAX_HELD_BYTES >> 20} MiB; unpack it and read the files.", reason="too-large-inside")
            factory = BytesIOFactory(MAX_HELD_BYTES)
            archive.extract(targets=[one.filename for one in listed], factory=factory)
    except py7zr.exceptions.PasswordRequired:
        raise SetAsideError("The archive is encrypted; its password opens it.", reason="encrypted") from None
    except SetAsideError:
        raise
    except Exception:  # py7zr lets many kinds through, with names of members in their words
        raise SetAsideError("The 7z file is damaged or packed in an unknown way.", reason="damaged") from None
    for one in listed:
        held = factory.products.get(one.filename)
        if held is None:
            yield _aside(evidence, one.filename, "link", _LINK_OR_DEVICE)
            continue
        held.seek(0)
        content = held.read()
        yield evidence.inside(_named(evidence, one.filename), lambda content=content: io.BytesIO(content), len(content))  # type: ignore[misc]


def _is_zip(head: bytes, name: str) -> float:
    return 0.95 if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04")) else 0.0


def _is_tar(head: bytes, name: str) -> float:
    return 1.0 if head[257:262] == b"ustar" else 0.9 if name.endswith(".tar") and len(head) >= 512 and head[:1] != b"\x00" and head[156:157] in b"0\x001234567" else 0.0


FORMATS = (
    Format(name="zip", title="zip archive", suffixes=(".zip", ".jar", ".apk"), sniff=_is_zip, expand=_zip),
    Format(name="tar", title="tar archive", suffixes=(".tar",), sniff=_is_tar, expand=_tar),
    Format(name="7z", title="7z archive", suffixes=(".7z",), sniff=lambda head, name: 1.0 if head.startswith(b"7z\xbc\xaf\x27\x1c") else 0.0, expand=_seven),
)
