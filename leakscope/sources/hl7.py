"""
HL7 v2, the messages of hospitals: one record a message, one more for each further patient in it; people's fields under names of their own.

What `data/hl7.toml` does not name stands under its segment, field and component, so that nothing is lost. Small enough to be read here: the
library `hl7` needs whole files in memory and names no fields; `hl7apy` refuses what breaks a profile, as real messages do.

References:
    HL7 v2.5.1 chapter 2 (delimiters, escapes, batches) and table 0203 (identifiers); MLLP release 1; from memory, 2026-11.
"""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from leakscope.errors import SetAsideError
from leakscope.model import Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.encoding import encoding_of
from leakscope.sources.evidence import Evidence, head_of
from leakscope.sources.json_lenient import written
from leakscope.sources.lines import MAX_LINE_BYTES
from leakscope.sources.tables import Documents

_START = re.compile(r"(?:^|[\r\n\x0b])(?:MSH|FHS|BHS)(?P<field>[^\w\s])(?P<component>[^\w\s])(?P<repeat>[^\w\s])(?P<escape>[^\w\s])(?P<part>[^\w\s])?[^\w\s]?(?P=field)")
_HEADERS = ("MSH", "FHS", "BHS")
_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}(?=[^\w\s]|\Z)")
#: Frames of MLLP: begin and end of a message.
_BEGIN, _END = "\x0b", "\x1c"
_BREAK = re.compile("([\r\n\x0b\x1c])")
_PIECE_BYTES = 1 << 20


@cache
def _names() -> Mapping[str, Any]:
    return tomllib.loads(files("leakscope.sources").joinpath("data/hl7.toml").read_text("utf-8"))


@cache
def _identifiers() -> Mapping[str, str]:
    return {code: name for name, codes in _names()["identifiers"].items() for code in codes}


def _put(into: dict[str, Any], name: str, value: str) -> None:
    """`value` under `name`, or under the first free `name_N`; an empty one, and the two quotes that delete, say nothing."""
    if not value or value == '""':
        return
    free, number = name, 1
    while free in into:
        if into[free] == value:
            return
        number += 1
        free = f"{name}_{number}"
    into[free] = value


class _Message:
    """The segments of one message on their way into a record; `delimiters` are those of its header."""

    def __init__(self, segment: str, found: re.Match[str]) -> None:
        self._field, self._component, self._repeat = found["field"], found["component"], found["repeat"]
        self._escape, self._part = found["escape"], found["part"] or "&"
        plain = {"F": self._field, "S": self._component, "R": self._repeat, "E": self._escape, "T": self._part, "H": "", "N": "", ".br": "\n", ".sp": "\n"}
        self._plain: Mapping[str, str] = plain
        mark = re.escape(self._escape)
        self._escaped = re.compile(f"{mark}([A-Za-z.][^{mark}\r\n]{{0,4000}}?){mark}")
        self.has_patient = False
        self.open = ""
        self.held: dict[str, Any] = {}
        self.size = 0
        self.add(segment)

    def says(self, text: str) -> str:
        """`text` with its escapes undone; those that only a terminal or another character set understands stay."""
        return self._escaped.sub(self._undone, text) if self._escape in text else text

    def _undone(self, found: re.Match[str]) -> str:
        said = found[1]
        if said in self._plain:
            return self._plain[said]
        if re.fullmatch(r"X(?:[0-9A-Fa-f]{2})+", said):
            return bytes.fromhex(said[1:]).decode("utf-8", "replace")
        return found[0]

    def add(self, segment: str) -> None:
        """One more segment; the delimiters that a header holds as its first fields are no values."""
        self.size += len(segment)
        kind, known = segment[:3], _names()["segments"]
        values = segment.split(self._field)[1:]
        if kind in _HEADERS:
            values = ["", *values]
        values = ["", *values]
        self.has_patient |= kind == "PID"
        into: dict[str, Any] = self.held if kind in known["own"] else {}
        for number, value in enumerate(values):
            if value and not (number == 2 and kind in _HEADERS):
                for repetition in value.split(self._repeat):
                    self._fill(into, kind, number, repetition)
        if into is self.held or not into:
            return
        if kind in known["many"]:
            self.held.setdefault(known["many"][kind], []).append(into)
        else:
            name = free = known["one"].get(kind, kind.lower())
            again = 1
            while free in self.held:
                again += 1
                free = f"{name}_{again}"
            self.held[free] = into

    def _fill(self, into: dict[str, Any], kind: str, number: int, value: str) -> None:
        """The components of one repetition of a field, under the names that they have."""
        spec = _names()["fields"].get(kind, {}).get(str(number), "")
        components = [self._subs(one) for one in value.split(self._component)]
        place = f"{kind.lower()}_{number}"
        if spec == "#":
            kept = components[4][0] if len(components) > 4 else ""
            named = [_identifiers().get(kept, "other_id")]
        elif isinstance(spec, list):
            named = spec
        else:
            inside, _, kinds = spec.rpartition("@") if "@" in spec else ("", "", "")
            named = _names()["types"][kinds] if kinds else [spec] if spec else []
            if inside.strip():
                into = into.setdefault(inside.strip(), {})
            if kinds == "phone" and not components[0][0]:
                components[0] = [" ".join(filter(None, (one[0] for one in components[4:7]))) or "".join(one[0] for one in components[11:12])]
        for at, (first, *rest) in enumerate(components):
            name = (named[at] if at < len(named) else "") or (f"{place}_{at + 1}" if len(components) > 1 else place)
            if name == "birth_date" and re.fullmatch(r"\d{9,}.*", first):
                _put(into, "birth_time", first[8:])
                first = first[:8]
            _put(into, name, first)
            for sub, part in enumerate(rest, 2):
                _put(into, f"{place}_{at + 1}_{sub}", part)

    def _subs(self, component: str) -> list[str]:
        return [self.says(one).strip() for one in component.split(self._part)]


def _tokens(evidence: Evidence) -> Iterator[str | int | SetAside]:
    """Segments without their ends, the frames of MLLP, and as a number of characters each segment that is too long to be one."""
    encoding = encoding_of(head_of(evidence, 64 * 1024)) or "utf-8"
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    held, over = "", 0
    try:
        with evidence.open() as stream:
            while piece := stream.read(_PIECE_BYTES):
                *whole, held = _BREAK.split(held + decoder.decode(piece))
                for token in whole:
                    if over and token not in "\r\n\x0b\x1c":
                        yield over + len(token)
                        over = 0
                    elif token.strip("\r\n \t") or token in (_BEGIN, _END):
                        yield token
                if over or len(held) > MAX_LINE_BYTES:
                    over, held = over + len(held), ""
    except SetAsideError as error:
        yield from _tail(held, over)
        yield SetAside(source=evidence.name, reason=error.reason, detail=error.message)
        return
    yield from _tail(held + decoder.decode(b"", final=True), over)


def _tail(held: str, over: int) -> Iterator[str | int]:
    if over:
        yield over + len(held)
    elif held.strip():
        yield held


def _read(evidence: Evidence) -> Reading:
    """A record for each message; headers that break off, and the ends of framed messages that do, are set aside."""
    gathered = Documents(evidence.name)
    message: _Message | None = None
    header, framed, pending = "", False, ""

    def done() -> Iterator[Any]:
        nonlocal message
        if message is not None:
            yield from gathered.add("", written(message.held))
        message = None

    def settle() -> Iterator[Any]:
        """The segment that was waiting for lines that go on with it."""
        nonlocal message, header, pending
        segment, pending = pending, ""
        if not segment:
            return
        if segment[:3] in _HEADERS:
            yield from done()
            found = _START.match(segment)
            if found is None:
                yield from gathered.refuse("", "truncated", "A message breaks off in its header.", size_bytes=len(segment))
                return
            header, message = segment, _Message(segment, found)
        elif message is None:
            yield from gathered.add("", written({"line": segment}))
        else:
            if (segment[:3] == "PID" and message.has_patient) or message.size > MAX_LINE_BYTES:
                yield from done()
                message = _Message(header, _START.match(header))  # type: ignore[arg-type]
            message.add(segment)

    for token in _tokens(evidence):
        if isinstance(token, SetAside):
            yield from settle()
            yield from done()
            yield from gathered.pass_on(token)
        elif isinstance(token, int):
            yield from settle()
            yield from gathered.refuse("", "line-too-long", f"One segment is over {MAX_LINE_BYTES >> 20} million characters.", size_bytes=token)
        elif token in (_BEGIN, _END):
            yield from settle()
            yield from done()
            if token == _BEGIN and framed:
                yield from gathered.pass_on(_cut(evidence))
            framed = token == _BEGIN
        elif not pending or (message is None and pending[:3] not in _HEADERS) or _SEGMENT.match(token.lstrip("\ufeff")):
            yield from settle()
            pending = token.lstrip("\ufeff")
        else:
            pending += "\n" + token
    yield from settle()
    yield from done()
    if framed:
        yield from gathered.pass_on(_cut(evidence))
    yield from gathered.rest()


def _cut(evidence: Evidence) -> SetAside:
    return SetAside(source=evidence.name, reason="truncated", detail="A message ends before its frame does; what was there of it is read.")


def _is_messages(head: bytes, name: str) -> float:
    """A header of a message, file or batch with its delimiters, at the beginning or after a few other lines."""
    encoding = encoding_of(head) or ("ascii" if head.startswith(b"\x0b") else None)
    if encoding is None:
        return 0.0
    text = head.decode(encoding, "replace").lstrip("\ufeff\r\n \t")
    found = _START.search(text)
    return 0.0 if found is None else 0.97 if found.start() <= 1 else 0.9 if found["component"] == "^" else 0.0


FORMAT = Format(name="hl7", title="Messages of hospitals (HL7 v2, MLLP)", suffixes=(".hl7", ".txt"), sniff=_is_messages, read=_read)
