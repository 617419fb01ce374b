"""
JSON documents: arrays, single objects, objects that wrap a list, huge trees whose keys are data, several documents in a row.

What is one record is decided while streaming:
- the elements of an array at the top;
- the elements of a list in a member that is known to wrap records (CloudTrail `Records`, Elasticsearch `hits.hits`, DynamoDB `Items`,
  Kubernetes `items`, HAR `log.entries`, notebook `cells` ...), or of any list of 20 objects or more that is no conversation: source `file:member`;
- the children of an object whose values are objects of one shape (Firebase), two and three levels deep too: source `file:member`, the
  child's name as `_key`;
- the rows of a table whose names stand in a member of their own (ClickHouse JSONCompact), or in the first of the arrays;
- what `json_openers` knows of one value: spans of OTLP, messages of a chat export;
- everything else of a top object together: one record of the file.
A value over 4 MiB is opened rather than held, whatever it is called. An assignment or call around the document (`window.x = [...]`) is
passed over, and behind a broken record reading goes on at the next line that begins one.

The scanner is our own. ijson with its C backend is as good for one array, but it cannot say "open this value if it is longer than
a ceiling", which is what bounds memory on trees whose shape nobody knows; here the ends of records are found and orjson reads each.

References:
    RFC 8259; Elasticsearch Search API, CloudTrail log file format, DynamoDB export format, HAR 1.2 (from memory, 2026-11).
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from leakscope.model import Reading
from leakscope.sources import Format
from leakscope.sources.dynamodb import is_typed, untyped
from leakscope.sources.encoding import encoding_of, is_ascii_based
from leakscope.sources.evidence import Evidence, head_of
from leakscope.sources.json_lenient import lenient, written
from leakscope.sources.json_openers import is_page, openers
from leakscope.sources.json_scan import NotJson, Scanner
from leakscope.sources.json_shapes import (
    NAMES,
    WRAPPERS,
    column_names,
    flattened,
    heads,
    is_keyed,
    is_map,
    is_spread,
    keyed,
    may_head,
    path_to_records,
    without,
    wrapped_in,
)
from leakscope.sources.tables import Documents
from leakscope.sources.text_lines import _as_utf8

#: A record over this is set aside; a wrapped value over `OPEN_BYTES` is read child by child.
MAX_RECORD_BYTES = 32 << 20
OPEN_BYTES = 4 << 20
MAX_PATH = 16
#: An assignment or call before a document, as account exports made for a browser have it.
_PREFIX = re.compile(rb"(?:\)\]\}',?\s*|(?:(?:var|let|const|window\.)\s*)?[A-Za-z_$][\w.$\[\]'\"]{0,200}\s*(?:=|\()\s*)(?=[\[{])")
#: Broken places after which reading goes on.
MAX_RESUMES = 100


def _is_prefix(text: bytes) -> bool:
    """Whether `text` could be the beginning of a JSON container: brackets, strings and commas stand where they may."""
    scanner = Scanner(_Nothing())
    scanner._buffer, scanner.ended = text, True
    try:
        return _walks(scanner)
    except NotJson:
        return True


class _Nothing:
    def read(self, size: int = -1) -> bytes:
        return b""


def _walks(scanner: Scanner) -> bool:
    """Read the members at the top as far as they go; false where something stands that JSON does not have there."""
    closing = b"}" if scanner.take(b"{") else b"]"
    if closing == b"]" and not scanner.take(b"["):
        return False
    for _ in range(50):
        if scanner.peek() == b"":
            return True
        if scanner.take(closing):
            return scanner.peek() in (b"", b"{", b"[", b")", b";")
        if closing == b"}":
            if scanner.peek() != b'"':
                return False
            raw = scanner.value(1 << 30)
            if scanner.peek() == b"":
                return True
            if raw is None or not scanner.take(b":"):
                return False
        first = scanner.peek()
        if first and first not in b'{["-0123456789tfnNI':
            return False
        raw = scanner.value(1 << 30)
        if first not in (b"{", b"[") and raw is not None and scanner.peek() and not _is_value(raw):
            return False
        if first in (b"{", b"[") and raw is not None and not _is_value(raw):
            return False
        if not scanner.take(b",") and scanner.peek() not in (closing, b""):
            return False
    return True


def _is_value(raw: bytes) -> bool:
    try:
        _loaded(raw)
    except ValueError:
        return False
    return True


def sniff(head: bytes, name: str) -> float:
    """Sure when the head is the beginning of a document that is not one object a line."""
    encoding = encoding_of(head)
    if encoding is None:
        return 0.0
    text = head if is_ascii_based(encoding) else head.decode(encoding, "ignore").encode()
    text = _bare(text)
    if text[:1] not in (b"{", b"["):
        return 0.0
    first, _, rest = text.partition(b"\n")
    if text.startswith(b"{") and is_page(first):
        return 0.97
    if text.startswith(b"{") and first.rstrip().endswith(b"}") and _is_value(first.strip()) and (name.endswith((".ndjson", ".jsonl")) or not rest.lstrip().startswith((b"{\n", b"{\r\n"))) and (rest.strip() or not _spreads(_loaded(first.strip()))):
        return 0.0
    if not _is_prefix(text):
        return 0.0
    return 0.92 if name.endswith((".json", ".geojson", ".har", ".ipynb", ".map")) else 0.8


def _bare(text: bytes) -> bytes:
    """The document without its byte order mark, or the assignment around it."""
    text = text.removeprefix(b"\xef\xbb\xbf").lstrip()
    prefix = _PREFIX.match(text)
    return text[prefix.end() :] if prefix else text


def _spreads(value: Any) -> bool:
    """Whether an object holds records rather than being one."""
    if not isinstance(value, dict):
        return False
    if is_keyed(value) or openers(value) is not None:
        return True
    if any(column_names(value.get(name)) for name in NAMES) and any(isinstance(one, list) and one and all(isinstance(row, list) for row in one) for one in value.values()):
        return True
    inner = [one for name, one in value.items() if name in WRAPPERS]
    wrapped = any(isinstance(one, dict) and path_to_records(one) for one in inner)
    return wrapped or wrapped_in(value) is not None or any(is_spread(name, one) for name, one in value.items())


def _loaded(raw: bytes) -> Any:
    """
    A value's meaning; what only `lenient` reads is read by it.

    Raises:
        ValueError: it is not JSON, or nested too deep.
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return lenient(raw)


def _line(value: Any) -> bytes:
    """A record as one line."""
    record = value if isinstance(value, dict) else {"value": value}
    if is_typed(record.get("Item")):
        record = {**record, "Item": untyped(record["Item"])}
    elif is_typed(record):
        record = untyped(record)
    return written(record)


class _Document:
    """Documents being read, with what became of their records."""

    def __init__(self, scanner: Scanner, gathered: Documents, place: str) -> None:
        self.scanner, self.gathered, self.place = scanner, gathered, place
        self.names: tuple[str, ...] = ()
        self.begins = False
        self.held: list[str] | None = None
        self.resumes = 0

    def read(self) -> Reading:
        """Every document of the text."""
        scanner = self.scanner
        while True:
            try:
                yield from self._documents()
                break
            except NotJson:
                yield from self._broken()
        yield from self._unheld()
        yield from self.gathered.rest()
        if scanner.broken is not None:
            raise scanner.broken

    def _documents(self) -> Reading:
        scanner = self.scanner
        while first := scanner.peek():
            if first in (b",", b"]", b"}", b";", b")", b"\x1e"):  # between documents, or what closes around a broken one
                scanner.take(first)
            elif first == b"[":
                self.begins = True
                yield from self.elements("")
                yield from self._unheld()
            elif first == b"{":
                yield from self.top()
            else:
                raise NotJson

    def _broken(self) -> Reading:
        """What cannot be read is set aside, up to the next line that begins an object."""
        scanner, cut = self.scanner, self.scanner.cut
        scanner.cut = False
        self.resumes += 1
        left = scanner.resume() if self.resumes <= MAX_RESUMES else scanner.skip()
        reason, detail = ("truncated", "The document ends too early.") if cut and not scanner.peek() else ("not-json", "A part of the file is not JSON.")
        yield from self.gathered.refuse("", reason, detail, size_bytes=left)

    def elements(self, table: str, depth: int = 0) -> Reading:
        """Records of an array."""
        scanner = self.scanner
        scanner.take(b"[")
        while not scanner.take(b"]"):
            yield from self.record(table, None, depth)
            if not scanner.take(b",") and scanner.peek() != b"]":
                raise NotJson

    def record(self, table: str, key: str | None, depth: int) -> Reading:
        """The next value as a record of `table`; a longer one than may be held is opened."""
        scanner = self.scanner
        raw = scanner.value(MAX_RECORD_BYTES)
        if raw is None:
            yield from self.opened(table if key is None else _joined(table, key), depth + 1)
            return
        try:
            value = orjson.loads(raw)
        except orjson.JSONDecodeError:
            try:
                value, raw = lenient(raw), b"\n"
            except ValueError:
                yield from self.gathered.refuse(table, "not-json", "The record is not JSON, or nested too deep.", size_bytes=len(raw))
                return
        if table == "" and key is None and isinstance(value, dict) and isinstance(value.get("hits"), dict) and "took" in value:
            yield from self._member("hits", "hits", written(value["hits"]), {})
            return
        if key is not None:
            for row in flattened(key, value) if is_map(value) else (keyed(key, value),):
                yield from self._add(table, row)
            return
        whole = isinstance(value, dict) and b"\n" not in raw and not is_typed(value) and b"\r" not in raw and raw.isascii() and openers(value, self.place) is None
        yield from self.gathered.add(table, raw) if whole else self._add(table, value)

    def _add(self, table: str, value: Any) -> Reading:
        """One value as a record, or as the records that are known to be in it; the first of rows given as arrays may name their columns."""
        if self.begins:
            self.begins = False
            if table == "" and may_head(value):
                self.held = value
                return
        if self.held is not None and heads(self.held, value):
            self.names, self.held = tuple(self.held), None
        yield from self._unheld()
        yield from self._added(table, value)

    def _unheld(self) -> Reading:
        """A first row that names no columns is a record."""
        row, self.held = self.held, None
        if row is not None:
            yield from self._added("", row)

    def _added(self, table: str, value: Any) -> Reading:
        if isinstance(value, list) and len(value) == len(self.names) > 1:
            value = dict(zip(self.names, value, strict=True))
        inside = openers(value, self.place)
        for row in inside if inside is not None else (value,):
            yield from self.gathered.add(table, _line(row))

    def opened(self, table: str, depth: int) -> Reading:
        """A value too large to hold: its elements or children."""
        first = self.scanner.peek()
        if depth > MAX_PATH or first not in (b"{", b"["):
            raise NotJson
        if first == b"[":
            yield from self.elements(table, depth)
        else:
            yield from self.children(table, depth)

    def children(self, table: str, depth: int) -> Reading:
        """Records of an object whose names are data."""
        scanner = self.scanner
        scanner.take(b"{")
        while not scanner.take(b"}"):
            yield from self.record(table, scanner.name(), depth)
            if not scanner.take(b",") and scanner.peek() != b"}":
                raise NotJson

    def top(self, table: str = "", depth: int = 0) -> Reading:
        """A top object: members that hold records are spread, the others stay together."""
        scanner, size = self.scanner, 0
        kept: dict[str, Any] = {}
        scanner.take(b"{")
        while not scanner.take(b"}"):
            name = scanner.name()
            raw = None if name in WRAPPERS and scanner.ahead(64)[:1] == b"[" and _starts_object(scanner.ahead(64)) else scanner.value(OPEN_BYTES)
            if raw is None:
                yield from self._large(_joined(table, name), name, depth)
            else:
                size += len(raw)
                yield from self._member(name, _joined(table, name), raw, kept)
            if size > OPEN_BYTES:
                yield from self._kept(table, kept)
                size, kept = 0, {}
            if not scanner.take(b",") and scanner.peek() != b"}":
                raise NotJson
        yield from self._kept(table, kept)

    def _kept(self, table: str, kept: dict[str, Any]) -> Reading:
        """What no member of an object was spread of: one record, or one a child whose name is data."""
        if is_keyed(kept):
            for row in flattened("", kept):
                yield from self._add(table, row)
        elif kept:
            yield from self._add(table, kept)

    def _large(self, table: str, name: str, depth: int) -> Reading:
        if self.scanner.peek() == b"{" and name in WRAPPERS and depth < MAX_PATH:
            yield from self.top(table, depth + 1)
        elif self.scanner.peek() == b'"':
            raise NotJson
        else:
            yield from self.opened(table, depth + 1)

    def _member(self, name: str, table: str, raw: bytes, kept: dict[str, Any]) -> Reading:
        try:
            value = _loaded(raw)
        except ValueError:
            yield from self.gathered.refuse(table, "not-json", "The value is not JSON, or nested too deep.", size_bytes=len(raw))
            return
        if name in NAMES:
            self.names = column_names(value)
        if isinstance(value, dict) and name in WRAPPERS and (path := path_to_records(value)):
            inner: Any = value
            for step in path:
                inner = inner[step]
            for row in inner:
                yield from self._add(_joined(table, ".".join(path)), row)
            rest = without(value, path)
            kept.update({name: rest} if rest else {})
        elif isinstance(value, list) and self.names and value and all(isinstance(one, list) and len(one) == len(self.names) for one in value):
            for row in value:
                yield from self._add(table, row)
        elif is_spread(name, value):
            for row in value if isinstance(value, list) else flattened("", value):
                yield from self._add(table, row)
        else:
            kept[name] = value


def _starts_object(text: bytes) -> bool:
    return text[1:].lstrip()[:1] == b"{"


def _joined(table: str, name: str) -> str:
    return f"{table}.{name}" if table else name


def _place(name: str) -> str:
    """The folder in which a file stands, or its own name: the channel, in exports of chats."""
    folder, _, file = name.rpartition("/")
    return folder.rpartition("/")[2].rpartition(":")[2] or file.partition(".")[0]


def read(evidence: Evidence) -> Reading:
    """Batches of records as lines; a record that is not JSON is set aside, and so is everything behind a broken bracket."""
    encoding = encoding_of(head_of(evidence, 64 * 1024)) or "utf-8"
    with evidence.open() as stream:
        source = stream if encoding in ("utf-8", "utf-8-sig") else _as_utf8(stream, encoding)
        scanner = Scanner(source)
        start = scanner.ahead(1024)
        scanner._at += len(start) - len(_bare(start))
        yield from _Document(scanner, Documents(evidence.name), _place(evidence.name)).read()


FORMAT = Format(name="json", title="JSON document", suffixes=(".json",), sniff=sniff, read=read)
