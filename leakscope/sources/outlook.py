"""
Outlook messages (msg): a message becomes a record with its addresses, subject, date and text; attachments are evidence of their own.

olefile opens the compound file; the properties in it are few and read here, since extract-msg brings a dozen packages for them.

References:
    MS-OXMSG (Outlook Item file format) 2.1 to 2.4; MS-OXPROPS for the property ids (from memory, 2026-11).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from leakscope.errors import SetAsideError
from leakscope.model import SetAside
from leakscope.sources import Format
from leakscope.sources.evidence import Evidence
from leakscope.sources.json_lenient import written

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Property -> name of the record's field; text of each is UTF-16 (001F) or in the machine's code page (001E).
_PROPERTIES = {
    "0037": "subject", "0C1A": "sender_name", "0C1F": "sender_address", "5D01": "from", "0E04": "to", "0E03": "cc", "0E02": "bcc",
    "1000": "body", "007D": "headers", "1035": "message-id", "1042": "in-reply-to",
}  # fmt: skip
_SENT, _RECEIVED, _CODE_PAGE = 0x0039, 0x0E06, 0x3FFD
#: Messages in messages.
MAX_NESTING = 8


class _Message:
    """The storage of one message in a compound file."""

    def __init__(self, file: Any, base: tuple[str, ...]) -> None:
        self._file, self._base = file, base
        self._fixed = self._properties()
        page = self._fixed.get(_CODE_PAGE, 1252)
        self._encoding = f"cp{page & 0xFFFF}" if page != 65001 else "utf-8"

    def _stream(self, *path: str) -> bytes | None:
        full = [*self._base, *path]
        return self._file.openstream(full).read() if self._file.exists(full) else None

    def _properties(self) -> dict[int, int]:
        """Properties of a fixed size: id -> value."""
        raw = self._stream("__properties_version1.0") or b""
        start = 32 if not self._base else 24
        return {tag >> 16: value for at in range(start, len(raw) - 15, 16) for tag, _, value in [struct.unpack_from("<IIQ", raw, at)]}

    def text(self, identity: str, *path: str) -> str | None:
        """A property that is text."""
        if (raw := self._stream(*path, f"__substg1.0_{identity}001F")) is not None:
            return raw.decode("utf-16-le", "replace").rstrip("\x00")
        if (raw := self._stream(*path, f"__substg1.0_{identity}001E")) is not None:
            try:
                return raw.decode(self._encoding, "replace").rstrip("\x00")
            except LookupError:
                return raw.decode("cp1252", "replace").rstrip("\x00")
        return None

    def storages(self, prefix: str) -> list[str]:
        """Names of the storages of recipients or attachments."""
        depth = len(self._base)
        return sorted({path[depth] for path in self._file.listdir(streams=True, storages=True) if tuple(path[:depth]) == self._base and len(path) > depth and path[depth].startswith(prefix)})

    def record(self) -> dict[str, Any]:
        """The message."""
        found = {name: text for identity, name in _PROPERTIES.items() if (text := self.text(identity))}
        if "body" not in found and (page := self._stream("__substg1.0_10130102")):
            from leakscope.sources.documents import text_of_html

            found["body"] = text_of_html(page.decode("utf-8", "replace"))
        if "body" not in found and (packed := self._stream("__substg1.0_10090102")):
            found["body"] = _rich_text(packed)
        recipients = [{"name": self.text("3001", one), "address": self.text("39FE", one) or self.text("3003", one)} for one in self.storages("__recip_version1.0_")]
        moment = _moment(self._fixed.get(_SENT) or self._fixed.get(_RECEIVED) or 0)
        return {**found, **({"date": moment} if moment else {}), **({"recipients": recipients} if recipients else {})}

    def attachments(self) -> Iterator[tuple[str, bytes | _Message]]:
        """Name and content of each attachment: bytes, or a message."""
        for number, one in enumerate(self.storages("__attach_version1.0_")):
            name = self.text("3707", one) or self.text("3704", one) or self.text("3001", one) or f"part-{number + 1}"
            content = self._stream(one, "__substg1.0_37010102")
            if content is not None:
                yield name, content
            elif self._file.exists([*self._base, one, "__substg1.0_3701000D"]) and len(self._base) < 2 * MAX_NESTING:
                yield name, _Message(self._file, (*self._base, one, "__substg1.0_3701000D"))


def _moment(ticks: int) -> str | None:
    """A moment given in tenths of microseconds since 1601."""
    try:
        return (datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)).isoformat() if ticks else None
    except OverflowError:
        return None


#: What every compressed body refers back to (MS-OXRTFCP 2.1.3.1.3).
_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
    rb"{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def _rich_text(packed: bytes) -> str:
    """The words of a body in compressed RTF."""
    from leakscope.sources.documents import _rtf_paragraphs

    return "\n".join(_rtf_paragraphs(_unpacked(packed).decode("latin-1")))


def _unpacked(packed: bytes) -> bytes:
    """Compressed RTF unpacked: runs that point back into a ring of 4,096 bytes."""
    if len(packed) < 16:
        return b""
    _, size, kind, _ = struct.unpack_from("<IIII", packed)
    if kind == 0x414C454D:
        return packed[16 : 16 + size]
    ring, write, result, at = bytearray(_DICTIONARY.ljust(4096, b"\x00")), len(_DICTIONARY), bytearray(), 16
    size = min(size, 64 << 20)
    while at < len(packed) and len(result) < size:
        control, at = packed[at], at + 1
        for bit in range(8):
            if at + (control >> bit & 1) >= len(packed):
                return bytes(result[:size])
            if not control >> bit & 1:
                run, at = packed[at : at + 1], at + 1
            else:
                offset, length, at = packed[at] << 4 | packed[at + 1] >> 4, (packed[at + 1] & 15) + 2, at + 2
                if offset == write:
                    return bytes(result[:size])
                run = None
            for step in range(1 if run is not None else length):
                letter = run[0] if run is not None else ring[(offset + step) & 4095]
                ring[write] = letter
                write = (write + 1) & 4095
                result.append(letter)
    return bytes(result[:size])


def _expand(evidence: Evidence) -> Iterator[Evidence | SetAside]:
    """The message as a list of one record, the attachments beside it."""
    import olefile

    from leakscope.sources.archives import seekable

    try:
        file = olefile.OleFileIO(seekable(evidence))
    except Exception:  # olefile lets many kinds through
        raise SetAsideError("The message is damaged.", reason="damaged") from None
    with file:
        yield from _opened(evidence, _Message(file, ()), evidence.name)
        if file.parsing_issues:
            yield SetAside(source=evidence.name, reason="damaged", detail="The message is damaged; parts of it are missing.")


def _opened(evidence: Evidence, message: _Message, name: str) -> Iterator[Evidence | SetAside]:
    try:
        attached = list(message.attachments())
        record = {**message.record(), **({"attachments": [one for one, _ in attached]} if attached else {})}
    except Exception:  # as above
        raise SetAsideError("The message is damaged.", reason="damaged") from None
    line = written(record) + b"\n"
    yield evidence.inside(name, lambda: io.BytesIO(line), len(line))
    for number, (file, content) in enumerate(attached):
        if isinstance(content, _Message):
            yield from _opened(evidence, content, f"{name}:{number}/message")
        else:
            yield evidence.inside(f"{name}:{number}/{file}", lambda content=content: io.BytesIO(content), len(content))  # type: ignore[misc]


def sniff(head: bytes, name: str) -> float:
    """A compound file that holds a message's properties, or is called one."""
    if not head.startswith(_OLE):
        return 0.0
    return 1.0 if "__properties_version1.0".encode("utf-16-le") in head or name.endswith((".msg", ".oft")) else 0.0


FORMAT = Format(name="msg", title="Outlook message", suffixes=(".msg", ".oft"), sniff=sniff, expand=_expand)
