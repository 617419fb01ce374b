"""
Mail: single messages (eml) and mailboxes (mbox). A message is a record with its addresses, subject, date and text; attachments are
evidence of their own.

References:
    RFC 5322, RFC 2045 to 2047, RFC 4155 (mbox); read by Python's email package, which never raises over what a message holds.
"""

from __future__ import annotations

import email
import email.policy
import io
import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

from leakscope.model import SetAside
from leakscope.sources import Format
from leakscope.sources.evidence import Evidence
from leakscope.sources.json_lenient import written

#: A longer message is set aside.
MAX_MESSAGE_BYTES = 64 << 20
_HEADERS = ("From", "To", "Cc", "Bcc", "Reply-To", "Sender", "Subject", "Date", "Message-ID", "In-Reply-To", "X-Originating-IP", "Received", "Return-Path", "User-Agent")
_FIRST = re.compile(rb"(?:From|To|Cc|Subject|Date|Received|Return-Path|Delivered-To|Message-ID|MIME-Version|X-[\w-]+|DKIM-Signature|Reply-To|Content-Type): ?[^\n]*\r?\n", re.IGNORECASE)


def _is_message(head: bytes, name: str) -> float:
    """Two and more header lines of mail at the start."""
    found, at = 0, 0
    while (line := _FIRST.match(head, at)) is not None and found < 3:
        found, at = found + 1, line.end()
        while head[at : at + 1] in (b" ", b"\t"):
            at = head.find(b"\n", at) + 1 or len(head)
    return 0.96 if found >= 3 else 0.9 if found and name.endswith(".eml") else 0.0


def _is_mailbox(head: bytes, name: str) -> float:
    first, _, rest = head.partition(b"\n")
    return 0.97 if re.match(rb"From \S+ .*\d{4}", first) and _is_message(rest, "") else 0.0


def _messages(evidence: Evidence) -> Iterator[bytes | int]:
    """Raw messages of a mailbox, each split at a `From ` line after an empty one; the size of one that is too long."""
    held: list[bytes] = []
    size, before = 0, b"\n"
    with evidence.open() as stream:
        while line := stream.readline(1 << 20):
            if line.startswith(b"From ") and before.strip() == b"":
                if size:
                    yield b"".join(held) if size <= MAX_MESSAGE_BYTES else size
                held, size = [], 0
            else:
                size += len(line)
                if size <= MAX_MESSAGE_BYTES:
                    held.append(line[1:] if line.startswith(b">From ") else line)
                else:
                    held.clear()
            before = line
    if size:
        yield b"".join(held) if size <= MAX_MESSAGE_BYTES else size


def parsed(raw: bytes) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    """A message as a record, and its attachments by name."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    record: dict[str, Any] = {name.lower(): values for name in _HEADERS if (values := _header(message, name))}
    bodies: list[str] = []
    attached: list[tuple[str, bytes]] = []
    for part in message.walk():
        if part.is_multipart():
            continue
        content = _payload(part)
        if part.get_content_maintype() == "text" and not _file_name(part):
            bodies.append(_text(part, content))
        elif content:
            attached.append((_file_name(part) or f"part-{len(attached) + 1}", content))
    record["body"] = bodies[0] if len(bodies) == 1 else bodies
    if attached:
        record["attachments"] = [name for name, _ in attached]
    return record, attached


def _header(message: Any, name: str) -> Any:
    try:
        values = [str(value) for value in message.get_all(name, [])]
        if any("\ufffd" in value for value in values):
            values = [_raw(str(value)) for key, value in message.raw_items() if key.lower() == name.lower()]
    except Exception:  # the header parser lets IndexError and others through on hostile headers
        values = [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]
    return values[0] if len(values) == 1 else values


def _raw(value: str) -> str:
    """A header of bytes beyond ASCII that nobody encoded: UTF-8, else Latin-1."""
    raw = value.encode("ascii", "surrogateescape") if not value.isascii() else value.encode()
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _payload(part: Any) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except Exception:  # as above
        return b""
    return content if isinstance(content, bytes) else b""


def _file_name(part: EmailMessage | Any) -> str | None:
    try:
        return part.get_filename()
    except Exception:  # as above
        return "attachment"


def _text(part: Any, content: bytes) -> str:
    try:
        text = content.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        text = content.decode("latin-1")
    if part.get_content_subtype() != "html":
        return text
    from leakscope.sources.documents import text_of_html

    return text_of_html(text)


def _expand(split: Any) -> Any:
    """Opens a mailbox as a list of records and the attachments beside it."""

    def expand(evidence: Evidence) -> Iterator[Evidence | SetAside]:
        yield evidence.inside(evidence.name, lambda: io.BufferedReader(_Records(split(evidence)), 1 << 20))  # type: ignore[type-var]
        for number, raw in enumerate(split(evidence)):
            if isinstance(raw, int):
                yield SetAside(source=evidence.name, reason="too-long", detail=f"One message is over {MAX_MESSAGE_BYTES >> 20} MiB.", size_bytes=raw)
                continue
            for name, content in parsed(raw)[1]:
                yield evidence.inside(f"{evidence.name}:{number}/{name}", lambda content=content: io.BytesIO(content), len(content))  # type: ignore[misc]

    return expand


class _Records(io.RawIOBase):
    """Messages as JSON lines, made while they are read."""

    def __init__(self, messages: Iterator[bytes | int]) -> None:
        self._lines = (written(parsed(one)[0], default=str) + b"\n" for one in messages if not isinstance(one, int))
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            line = next(self._lines, None)
            if line is None:
                return 0
            self._rest = line
        piece, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


def _single(evidence: Evidence) -> Iterator[bytes | int]:
    with evidence.open() as stream:
        raw = stream.read(MAX_MESSAGE_BYTES + 1)
    yield raw if len(raw) <= MAX_MESSAGE_BYTES else len(raw)


FORMATS = (
    Format(name="eml", title="Mail message", suffixes=(".eml",), sniff=_is_message, expand=_expand(_single)),
    Format(name="mbox", title="Mailbox", suffixes=(".mbox", ".mbx"), sniff=_is_mailbox, expand=_expand(_messages)),
)
