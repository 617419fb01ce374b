"""
Records written over several lines, a name and a value on each: address books and calendars (vCard, iCalendar), directories (LDIF),
journald's export, MySQL's vertical output, and lists of `Name: value` lines as information stealers and support tools write them.

One block is one record; a name that comes twice in it gives a list. Lines that belong to no block are records with the field `line`.
Read by hand: the libraries for vCard, iCalendar and LDIF raise over one bad line and keep whole files in memory.

References:
    RFC 6350 (vCard), RFC 5545 (iCalendar), RFC 2849 (LDIF), systemd "Journal Export Formats" (read or remembered 2026-11).
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from leakscope.errors import SetAsideError
from leakscope.model import Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.encoding import encoding_of, is_ascii_based
from leakscope.sources.evidence import Evidence, head_of
from leakscope.sources.json_lenient import written
from leakscope.sources.lines import MAX_LINE_BYTES, TooLong, line_chunks
from leakscope.sources.tables import Documents
from leakscope.sources.text_lines import _as_utf8

#: Lines of one block, from which it is let go though it has not ended.
MAX_LINES = 10_000
MAX_BLOCK_BYTES = 32 << 20
_RULER = re.compile(r"\s*[=*#_~+-]{3,}\s*|\s*\*{3,}.*\*{3,}\s*")
_ROW = re.compile(r"\*{5,} \d+\. row \*{5,}")
_FIELD = re.compile(r"\s*(?:[-*\u2022\u251c\u2514\u2500]+\s*)?(?P<name>[^\W\d_][\w .()/#&'-]{0,40}?)\s*[:=]\s?(?P<value>.*?)\s*\Z")
_CARD = re.compile(r"(?:[\w-]+\.)?(?P<name>[A-Za-z][\w-]*)(?P<with>(?:;(?:\"[^\"]*\"|[^:;\"])*)*):(?P<value>.*)", re.DOTALL)
_LDIF = re.compile(r"(?P<name>[A-Za-z][\w.;-]*):(?P<coded>:?) ?(?P<value>.*)", re.DOTALL)
_PICTURES = frozenset(("photo", "logo", "sound", "jpegphoto", "thumbnailphoto", "attach"))

#: Words before a colon in logs.
_LEVELS = frozenset("trace debug info notice warn warning error fatal critical".split())

Field = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """
    How blocks of one kind are written.

    Args:
        field: a line -> its name and value; null when it is none.
        starts, ends: whether a line begins or ends a block and is no part of it.
        folded: whether a line that begins with a blank goes on the one before.
        repeats_start: whether a name that the block has already begins the next one.
        keep: whether lines that are no field are records.
    """

    field: Callable[[str], Field | None]
    starts: Callable[[str], bool] = lambda line: False
    ends: Callable[[str], bool] = lambda line: not line.strip()
    folded: bool = False
    repeats_start: bool = False


def _card(line: str) -> Field | None:
    found = _CARD.fullmatch(line)
    if found is None or found["name"].upper() in ("BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "REV"):
        return None
    value = found["value"]
    if "QUOTED-PRINTABLE" in found["with"].upper():
        value = quopri.decodestring(value.encode()).decode("utf-8", "replace")
    named = re.search(r";CN=\"?([^\";:]+)", found["with"], re.IGNORECASE)
    value = re.sub(r"\\([,;\\])", r"\1", value.replace("\\n", "\n").replace("\\N", "\n"))
    return found["name"].lower(), f"{named[1]} <{value}>" if named else re.sub(r"(?<!\\);+", ", ", value).strip(", ") if found["name"].upper() in ("ADR", "N", "ORG") else value


def _ldif(line: str) -> Field | None:
    found = _LDIF.fullmatch(line)
    if found is None:
        return None
    name = found["name"].partition(";")[0]
    if found["coded"] and name.lower() not in _PICTURES:
        try:
            return name, base64.b64decode(found["value"], validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            return name, found["value"]
    return name, found["value"]


def _assigned(line: str) -> Field | None:
    name, mark, value = line.partition("=")
    return (name, value) if mark and re.fullmatch(r"[A-Z_][A-Z0-9_]{0,63}", name) else None


def _named(line: str) -> Field | None:
    found = _FIELD.match(line)
    return (found["name"], found["value"]) if found else None


_KINDS = {
    "vcard": _Kind(field=_card, starts=lambda line: line.upper().startswith(("BEGIN:VCARD", "BEGIN:VEVENT", "BEGIN:VTODO", "BEGIN:VJOURNAL")), ends=lambda line: line.upper().startswith("END:V"), folded=True),
    "ldif": _Kind(field=_ldif, folded=True),
    "journal-export": _Kind(field=_assigned),
    "vertical-rows": _Kind(field=_named, starts=lambda line: bool(_ROW.match(line)), ends=lambda line: False),
    "name-value-blocks": _Kind(field=_named, ends=lambda line: not line.strip() or bool(_RULER.fullmatch(line)), repeats_start=True),
}  # fmt: skip


def _lines(evidence: Evidence) -> Iterator[str | TooLong]:
    encoding = encoding_of(head_of(evidence, 64 * 1024)) or "utf-8"
    with evidence.open() as stream:
        source = stream if is_ascii_based(encoding) else _as_utf8(stream, encoding)
        first = True
        for chunk in line_chunks(source):
            if isinstance(chunk, TooLong):
                yield chunk
                continue
            text = chunk.decode(encoding if source is stream else "utf-8", "replace")
            text, first = (text.removeprefix("\ufeff") if first else text), False
            yield from (line.removesuffix("\r") for line in text.removesuffix("\n").split("\n"))


def _unfolded(lines: Iterator[str | TooLong]) -> Iterator[str | TooLong]:
    held: list[str] = []
    size = 0
    for line in lines:
        if isinstance(line, str) and line[:1] in (" ", "\t") and held and line.strip() and size < MAX_LINE_BYTES:
            held.append(line[1:])
            size += len(line)
            continue
        if isinstance(line, str) and held and held[-1].endswith("=") and "QUOTED-PRINTABLE" in held[0].upper() and size < MAX_LINE_BYTES:
            held[-1] = held[-1][:-1]
            held.append(line)
            size += len(line)
            continue
        if held:
            yield "".join(held)
        held, size = ([line], len(line)) if isinstance(line, str) else ([], 0)
        if isinstance(line, TooLong):
            yield line
    if held:
        yield "".join(held)


class _Blocks:
    """Blocks of one file on their way into records."""

    def __init__(self, evidence: Evidence, kind: _Kind) -> None:
        self._kind, self._gathered = kind, Documents(evidence.name)
        self._held: dict[str, Any] = {}
        self._last = ""
        self._size = self._count = 0
        self.pictures = self.picture_bytes = 0

    def read(self, lines: Iterator[str | TooLong]) -> Reading:
        """A record for each block, in order."""
        for line in _unfolded(lines) if self._kind.folded else lines:
            if isinstance(line, TooLong):
                yield from self._end()
                yield from self._gathered.refuse("", "line-too-long", f"One line is over {MAX_LINE_BYTES >> 20} MiB.", size_bytes=line.size_bytes)
            elif self._kind.starts(line) or self._kind.ends(line):
                yield from self._end()
            elif line.strip():
                yield from self._line(line)
        yield from self.rest()

    def rest(self) -> Reading:
        """The block that has begun, and what is still held."""
        yield from self._end()
        yield from self._gathered.rest()

    def _line(self, line: str) -> Reading:
        field = self._kind.field(line)
        if field is None:
            if self._kind.field is _card:
                return
            if self._last and self._held and not self._kind.repeats_start:
                self._append(self._last, line, joined=True)
                return
            yield from self._end()
            yield from self._gathered.add("", written({"line": line}))
            return
        if field[0].lower() in _PICTURES and len(field[1]) > 200:
            self.pictures, self.picture_bytes = self.pictures + 1, self.picture_bytes + len(field[1])
            return
        if (self._kind.repeats_start and field[0] in self._held) or self._count >= MAX_LINES or self._size >= MAX_BLOCK_BYTES:
            yield from self._end()
        self._append(*field)

    def _append(self, name: str, value: str, *, joined: bool = False) -> None:
        """A further field of the block, or a further line of its last value."""
        self._size, self._count, self._last = self._size + len(value), self._count + 1, name
        before = self._held.get(name)
        if before is None:
            self._held[name] = value
        elif joined:
            self._held[name] = [*before[:-1], f"{before[-1]}\n{value}"] if isinstance(before, list) else f"{before}\n{value}"
        elif isinstance(before, list):
            before.append(value)
        else:
            self._held[name] = [before, value]

    def _end(self) -> Reading:
        if self._held:
            yield from self._gathered.add("", written(self._held))
        self._held, self._size, self._count, self._last = {}, 0, 0, ""


def _reader(name: str) -> Callable[[Evidence], Reading]:
    def read(evidence: Evidence) -> Reading:
        """Blocks as records; pictures in them are set aside."""
        blocks = _Blocks(evidence, _KINDS[name])
        try:
            yield from blocks.read(_lines(evidence))
        except SetAsideError as error:
            yield from blocks.rest()
            yield SetAside(source=evidence.name, reason=error.reason, detail=error.message)
        if blocks.pictures:
            yield SetAside(source=evidence.name, reason="image-unread", detail=f"{blocks.pictures} pictures in the file are not read.", records=0, size_bytes=blocks.picture_bytes)

    return read


def _text(head: bytes) -> str:
    encoding = encoding_of(head)
    return head.decode(encoding, "replace").lstrip("\ufeff \t\r\n") if encoding else ""


def _is_ldif(head: bytes, name: str) -> float:
    text = _text(head)
    return 0.93 if re.match(r"(?:#[^\n]*\n|\s)*(?:version: ?1\s+)?(?:#[^\n]*\n|\s)*dn::? ", text, re.IGNORECASE) else 0.0


def _are_blocks(head: bytes, name: str) -> float:
    """Most lines are `Name: value`, and several of few names come at least twice; or a short text file is nothing else."""
    if head.lstrip()[:1] in (b"{", b"[", b"<"):
        return 0.0
    lines = [line for line in _text(head[: 16 * 1024]).split("\n")[:300] if line.strip() and not _RULER.fullmatch(line.rstrip("\r"))]
    fields = [found for line in lines if ":" in line and not line.startswith("[") and (found := _named(line.rstrip("\r")))]
    if len(fields) < 3 or len(fields) < 0.8 * len(lines) or any(len(one.split()) > 4 for one, _ in fields):
        return 0.0
    names = [one.lower() for one, _ in fields]
    if _LEVELS & set(names):
        return 0.0
    if len(set(names)) == len(names) and name.endswith((".txt", ".info")) and len(fields) == len(lines) >= 3 and len(lines) <= 100 and all(len(value) <= 200 for _, value in fields) and b"=" not in head:
        return 0.5
    again = [one for one in set(names) if names.count(one) >= 2]
    return 0.55 if len(again) >= 2 and len(set(names)) <= 0.6 * len(names) else 0.0


FORMATS = (
    Format(name="vcard", title="Address book or calendar (vCard, iCalendar)", suffixes=(".vcf", ".ics"), sniff=lambda head, name: 0.95 if _text(head[:4096])[:40].upper().startswith(("BEGIN:VCARD", "BEGIN:VCALENDAR")) else 0.0, read=_reader("vcard")),
    Format(name="ldif", title="Directory export (LDIF)", suffixes=(".ldif", ".ldf"), sniff=_is_ldif, read=_reader("ldif")),
    Format(name="journal-export", title="journald export", suffixes=(".export",), sniff=lambda head, name: 0.95 if head.startswith(b"__CURSOR=") else 0.0, read=_reader("journal-export")),
    Format(name="vertical-rows", title="Rows printed vertically (mysql \\G)", suffixes=(".txt",), sniff=lambda head, name: 0.95 if _ROW.match(_text(head[:4096])) else 0.0, read=_reader("vertical-rows")),
    Format(name="name-value-blocks", title="Blocks of names and values", suffixes=(".txt",), sniff=_are_blocks, read=_reader("name-value-blocks")),
)  # fmt: skip
