"""
JSON documents: arrays, single objects, objects that wrap a list, huge trees whose keys are data, several documents in a row.

What is one record is decided while streaming:
- the elements of an array at the top;
- the elements of a list in a member that is known to wrap records (CloudTrail `Records`, Elasticsearch `hits.hits`, DynamoDB `Items`,
  Kubernetes `items`, HAR `log.entries` ...), or of any list of 20 objects or more that is no conversation: source `file:member`;
- the children of an object whose values are objects of one shape (Firebase): source `file:member`, the child's name as `_key`;
- everything else of a top object together: one record of the file.
A value over 4 MiB is opened rather than held, whatever it is called.

The scanner is our own. ijson with its C backend is as good for one array, but it cannot say "open this value if it is longer than
a ceiling", which is what bounds memory on trees whose shape nobody knows; here the ends of records are found and orjson reads each.

References:
    RFC 8259; Elasticsearch Search API, CloudTrail log file format, DynamoDB export format, HAR 1.2 (from memory, 2026-11).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import orjson

from leakscope.model import Reading
from leakscope.sources import Format
from leakscope.sources.dynamodb import is_typed, untyped
from leakscope.sources.encoding import encoding_of
from leakscope.sources.evidence import Evidence, head_of
from leakscope.sources.json_scan import NotJson, Scanner
from leakscope.sources.tables import Documents
from leakscope.sources.text_lines import _as_utf8

#: A record over this is set aside; a wrapped value over `OPEN_BYTES` is read child by child.
MAX_RECORD_BYTES = 32 << 20
OPEN_BYTES = 4 << 20
MAX_PATH = 16
#: Members that hold records, wherever they stand near the top.
WRAPPERS = frozenset(
    "Records records Items items data results result value values rows entries documents docs hits resourceSpans resourceLogs resourceMetrics "
    "logEvents events logs traces spans observations users customers contacts conversations chats list members Resources sms calls".split()
)
#: Lists that belong to the object around them: a conversation stays one record.
_OF_ONE = frozenset("messages turns parts content contents choices history conversation dialogue dialog mapping chat_messages prompt input output steps cells".split())
_MANY = 20


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
            return scanner.peek() in (b"", b"{", b"[")
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
    text = head if encoding in ("utf-8", "utf-8-sig", "cp1252") else head.decode(encoding, "ignore").encode()
    text = text.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] not in (b"{", b"["):
        return 0.0
    first, _, rest = text.partition(b"\n")
    if text.startswith(b"{") and first.rstrip().endswith(b"}") and _is_value(first.strip()) and (rest.strip() or not _spreads(_loaded(first.strip()))):
        return 0.0
    if not _is_prefix(text):
        return 0.0
    return 0.92 if name.endswith((".json", ".geojson", ".har", ".ipynb", ".map")) else 0.8


def _spreads(value: Any) -> bool:
    """Whether an object holds records rather than being one."""
    if not isinstance(value, dict):
        return False
    inner = [one for name, one in value.items() if name in WRAPPERS]
    wrapped = any(isinstance(one, dict) and _wrapped_in(one) for one in inner)
    return wrapped or _wrapped_in(value) is not None or any(_holds_records(one) for name, one in value.items() if name not in _OF_ONE)


def _loaded(raw: bytes) -> Any:
    """
    A value's meaning; NaN and Infinity are let through, broken UTF-8 is replaced.

    Raises:
        ValueError: it is not JSON, or nested too deep.
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        if len(raw) > 1 << 20 or raw.count(b"[") + raw.count(b"{") > 500:
            raise ValueError("not JSON") from None
    try:
        return json.loads(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None


def _line(value: Any) -> bytes:
    """A record as one line."""
    record = value if isinstance(value, dict) else {"value": value}
    if is_typed(record.get("Item")):
        record = {**record, "Item": untyped(record["Item"])}
    elif is_typed(record):
        record = untyped(record)
    try:
        return orjson.dumps(record)
    except (TypeError, orjson.JSONEncodeError):
        return json.dumps(record).encode("utf-8", "replace")


class _Document:
    """Documents being read, with what became of their records."""

    def __init__(self, scanner: Scanner, gathered: Documents) -> None:
        self.scanner, self.gathered = scanner, gathered

    def read(self) -> Reading:
        """Every document of the text."""
        scanner = self.scanner
        try:
            while first := scanner.peek():
                if first == b",":  # documents joined by commas
                    scanner.take(b",")
                elif first == b"[":
                    yield from self.elements("")
                elif first == b"{":
                    yield from self.top()
                else:
                    raise NotJson
        except NotJson:
            left = scanner.skip()
            reason, detail = ("truncated", "The document ends too early.") if scanner.ended and not left else ("not-json", "The rest of the file is not JSON.")
            yield from self.gathered.refuse("", reason, detail, size_bytes=left)
        yield from self.gathered.rest()
        if scanner.broken is not None:
            raise scanner.broken

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
            value = _loaded(raw)
        except ValueError:
            yield from self.gathered.refuse(table, "not-json", "The record is not JSON, or nested too deep.", size_bytes=len(raw))
            return
        if table == "" and key is None and isinstance(value, dict) and isinstance(value.get("hits"), dict) and "took" in value:
            yield from self._member("hits", "hits", orjson.dumps(value["hits"]), {})
            return
        if key is not None:
            value = {"_key": key, **value} if isinstance(value, dict) else {"_key": key, "value": value}
            raw = b"\n"
        whole = isinstance(value, dict) and b"\n" not in raw and not is_typed(value) and b"\r" not in raw and raw.isascii()
        yield from self.gathered.add(table, raw if whole else _line(value))

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
        scanner, kept = self.scanner, {}
        scanner.take(b"{")
        while not scanner.take(b"}"):
            name = scanner.name()
            raw = None if name in WRAPPERS and scanner.ahead(64)[:1] == b"[" and _starts_object(scanner.ahead(64)) else scanner.value(OPEN_BYTES)
            if raw is None:
                yield from self._large(_joined(table, name), name, depth)
            else:
                yield from self._member(name, _joined(table, name), raw, kept)
            if not scanner.take(b",") and scanner.peek() != b"}":
                raise NotJson
        if kept:
            yield from self.gathered.add(table, _line(kept))

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
        if isinstance(value, dict) and name in WRAPPERS and (inner := _wrapped_in(value)):
            rest = {one: other for one, other in value.items() if one != inner}
            for row in _rows_of(value[inner]):
                yield from self.gathered.add(_joined(table, inner), _line(row))
            kept.update({name: rest} if rest else {})
        elif name not in _OF_ONE and _holds_records(value):
            for row in _rows_of(value):
                yield from self.gathered.add(table, _line(row))
        else:
            kept[name] = value


def _starts_object(text: bytes) -> bool:
    return text[1:].lstrip()[:1] == b"{"


def _joined(table: str, name: str) -> str:
    return f"{table}.{name}" if table else name


def _wrapped_in(value: dict[str, Any]) -> str | None:
    """The member of `value` that wraps records: a list of objects under a known name (`hits` of `hits`, `entries` of `log`)."""
    return next((name for name, inner in value.items() if name in WRAPPERS and isinstance(inner, list) and inner and all(isinstance(one, dict) for one in inner)), None)


def _holds_records(value: Any) -> bool:
    """A long list of objects, or an object of objects of one shape."""
    if isinstance(value, list):
        return len(value) >= _MANY and all(isinstance(one, dict) for one in value)
    if not isinstance(value, dict) or len(value) < 3 or not all(isinstance(one, dict) and one for one in value.values()):
        return False
    first = next(iter(value.values())).keys()
    return sum(bool(first & one.keys()) for one in value.values()) >= 0.8 * len(value)


def _rows_of(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from value
    else:
        yield from ({"_key": key, **one} for key, one in value.items())


def read(evidence: Evidence) -> Reading:
    """Batches of records as lines; a record that is not JSON is set aside, and so is everything behind a broken bracket."""
    encoding = encoding_of(head_of(evidence, 64 * 1024)) or "utf-8"
    with evidence.open() as stream:
        source = stream if encoding in ("utf-8", "utf-8-sig", "cp1252") else _as_utf8(stream, encoding)
        scanner = Scanner(source)
        if scanner.ahead(3) == b"\xef\xbb\xbf":
            scanner._at += 3
        yield from _Document(scanner, Documents(evidence.name)).read()


FORMAT = Format(name="json", title="JSON document", suffixes=(".json",), sniff=sniff, read=read)
