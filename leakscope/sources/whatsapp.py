"""
Chats that WhatsApp exports as text: one message is one record, with the lines that follow it.

Android writes `date, time - sender: text`, iOS `[date, time] sender: text`; dates and times follow the phone's language. Lines of the app
itself (who joined, encryption) have no sender. `role: user` is how the rest of the program knows a person's turn.

References:
    WhatsApp, "How to save your chat history" (read 2026-11) says no more than that it is text; forms as they are seen in such files.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from leakscope.model import Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.encoding import encoding_of
from leakscope.sources.evidence import Evidence, head_of
from leakscope.sources.json_lenient import written
from leakscope.sources.tables import Documents
from leakscope.sources.text_lines import lines_of

_DATE = r"\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{1,4}\.?"
_TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[AaPp]\.?\s?[Mm]\.?|\s?(?:上午|下午|오전|오후))?"
_MARKS = "\u200e\u200f\u202a\u202c\ufeff"
_MESSAGE = re.compile(rf"[{_MARKS}]*(?:\[(?P<bracketed>{_DATE},?\s{_TIME})\]\s|(?P<dashed>{_DATE},?\s{_TIME})\s[-\u2013]\s)[{_MARKS}]*(?:(?P<sender>[^:\n]{{1,100}}?):\s)?(?P<text>.*)", re.DOTALL)
#: A message longer than this is let go in parts.
_MAX_LINES = 5_000


def sniff(head: bytes, name: str) -> float:
    """Sure when the first line is a message and several more are."""
    encoding = encoding_of(head)
    if encoding is None:
        return 0.0
    lines = [line for line in head[: 32 * 1024].decode(encoding, "replace").splitlines()[:200] if line.strip()]
    found = [message for line in lines if (message := _MESSAGE.match(line))]
    if not lines or not _MESSAGE.match(lines[0]) or len(found) < 2 or not any(message["sender"] for message in found):
        return 0.0
    return 0.93 if len(found) >= 0.3 * len(lines) else 0.0


_WHEN = re.compile(r"(\d{1,4})[./-]\s?(\d{1,2})[./-]\s?(\d{1,4})\.?,?\s(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s?([AaPp]|上午|下午|오전|오후)?")


def _is_month_first(head: bytes) -> bool:
    """Whether dates are written as in the United States: told by days over 12, else by how dates and hours are written."""
    found = [message for line in head.decode(encoding_of(head) or "utf-8", "replace").splitlines() if (message := _WHEN.search(line[:60]))]
    if any(int(one[1]) > 12 for one in found):
        return False
    return any(int(one[2]) > 12 for one in found) or any(one[7] in tuple("AaPp") for one in found)


def moment(written: str, *, month_first: bool) -> str:
    """
    A date and time as phones write them, in ISO form; as it was written where it is none.

    Example:
        >>> moment("5/1/24, 10:00 PM", month_first=True), moment("01.05.24, 10:00:05", month_first=False)
        ('2024-05-01T22:00:00', '2024-05-01T10:00:05')
    """
    found = _WHEN.match(written)
    if found is None:
        return written
    one, two, three, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    year, month, day = (one, two, three) if one > 31 else (three, one, two) if month_first else (three, two, one)
    half = (found[7] or "").lower()
    hour = hour % 12 + 12 * (half in ("p", "下午", "오후")) if half else hour
    try:
        return datetime(year + 2000 if year < 100 else year, month, day, hour, minute, second).isoformat()  # noqa: DTZ001 (the phone's own time)
    except ValueError:
        return written


def read(evidence: Evidence) -> Reading:
    """A record for each message."""
    month_first = _is_month_first(head_of(evidence, 32 * 1024))
    gathered = Documents(evidence.name)
    chat = evidence.name.rpartition("/")[2].rpartition(":")[2].removesuffix(".txt")
    held: dict[str, Any] = {}
    lines: list[str] = []
    for line in lines_of(evidence):
        if isinstance(line, SetAside):
            yield from _let_go(gathered, held, lines)
            held, lines = {}, []
            yield from gathered.pass_on(line)
            continue
        found = _MESSAGE.match(line)
        if found is None and len(lines) < _MAX_LINES:
            lines.append(line)
            continue
        yield from _let_go(gathered, held, lines)
        held = _told(found, chat, month_first=month_first) if found else dict(held)
        lines = [found["text"].strip(_MARKS) if found else line]
    yield from _let_go(gathered, held, lines)
    yield from gathered.rest()


def _told(found: re.Match[str], chat: str, *, month_first: bool) -> dict[str, Any]:
    sender = (found["sender"] or "").strip(_MARKS + " ~\u202f\xa0")
    when = (found["bracketed"] or found["dashed"]).replace("\u202f", " ")
    return {"conversation_id": chat, "timestamp": moment(when, month_first=month_first), **({"sender": sender, "role": "user"} if sender else {})}


def _let_go(gathered: Documents, held: dict[str, Any], lines: list[str]) -> Reading:
    if lines:
        yield from gathered.add("", written({**held, "content": "\n".join(lines)}))


FORMAT = Format(name="whatsapp", title="Chat exported by WhatsApp", suffixes=(".txt",), sniff=sniff, read=read)
