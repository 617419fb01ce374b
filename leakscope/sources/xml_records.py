"""
XML of any kind: listings of buckets, backups of messages and calls, exports of password managers, event logs, dumps of tables.

Which elements are records is told from the file's beginning: those that are known (`Contents` of a bucket, `sms`, KeePass's `Entry`), else
the shallowest ones that repeat and have parts. What stands outside of them is one further record. Attributes and parts become fields; parts
that are pairs of a name and a value (`<Data Name="x">y</Data>`, `<String><Key>x</Key><Value>y</Value></String>`) become fields of that name.

expat reads it as a stream, with entities refused: evidence needs none, and bombs are made of them. lxml would add nothing but a tree.

References:
    XML 1.0; Amazon S3, Google Cloud Storage and Azure Blob listings; SMS Backup & Restore's fields; KeePass 2 XML (from memory, 2026-11).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from leakscope.errors import SetAsideError
from leakscope.model import Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.encoding import encoding_of
from leakscope.sources.evidence import Evidence
from leakscope.sources.json_lenient import written
from leakscope.sources.tables import Documents
from leakscope.sources.xml_text import chunks

MAX_DEPTH = 500
MAX_RECORD_BYTES = 32 << 20
#: Bytes of the beginning by which the records are told.
_LOOK_BYTES = 512 << 10
#: (parent, element) that are records wherever they stand.
_KNOWN = frozenset((
    ("ListBucketResult", "Contents"), ("ListVersionsResult", "Version"), ("ListVersionsResult", "DeleteMarker"), ("Buckets", "Bucket"), ("Blobs", "Blob"), ("Containers", "Container"),
    ("smses", "sms"), ("smses", "mms"), ("calls", "call"), ("Group", "Entry"), ("Events", "Event"), ("rows", "row"), ("table_data", "row"), ("resultset", "row"), ("data", "row"), ("RECORDS", "RECORD"),
))  # fmt: skip
_NAMES, _VALUES = ("name", "key"), ("value", "text")
_JUNK = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]
#: Documents in a row that one file may hold.
MAX_DOCUMENTS = 100_000


class _Shape:
    """What repeats in the beginning of a document: (parent, element) -> how often, and whether it has parts."""

    def __init__(self) -> None:
        self.path: list[tuple[str, Counter[str]]] = [("", Counter())]
        self.depths: dict[tuple[str, str], int] = {}
        self.parts: set[tuple[str, str]] = set()
        self.repeated: set[tuple[str, str]] = set()
        self.seen: set[tuple[str, str]] = set()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        parent, siblings = self.path[-1]
        pair = (parent, name)
        self.seen.add(pair)
        self.depths.setdefault(pair, len(self.path))
        siblings[name] += 1
        if siblings[name] > 1:
            self.repeated.add(pair)
        if attributes:
            self.parts.add(pair)
        if len(self.path) > 1:
            self.parts.add((self.path[-2][0], parent))
        if len(self.path) < MAX_DEPTH:
            self.path.append((name, Counter()))

    def end(self) -> None:
        """It ends."""
        if len(self.path) > 1:
            self.path.pop()

    def records(self) -> frozenset[tuple[str, str]]:
        """The pairs whose elements are records."""
        known = self.seen & _KNOWN
        if known:
            return frozenset(_KNOWN)
        repeated = [pair for pair in self.repeated & self.parts if self.depths[pair] > 1]
        if not repeated:
            return frozenset()
        depth = min(self.depths[pair] for pair in repeated)
        parents = {parent for parent, name in repeated if self.depths[parent, name] == depth}
        return frozenset(pair for pair in self.parts if pair[0] in parents and self.depths[pair] == depth)


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _parser(start: Any, end: Any, text: Any) -> Any:
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.EntityDeclHandler = _refuse_entity
    return parser


def _refuse_entity(*_: object) -> None:
    raise SetAsideError("The XML declares entities, which no evidence needs.", reason="bomb")


def _shape_of(evidence: Evidence) -> frozenset[tuple[str, str]]:
    shape, size = _Shape(), 0
    parser = _parser(lambda name, attributes: shape.start(_local(name), attributes), lambda name: shape.end(), None)
    try:
        for chunk in chunks(evidence):
            parser.Parse(chunk, False)
            size += len(chunk)
            if size >= _LOOK_BYTES:
                break
    except (expat.ExpatError, SetAsideError):
        pass
    return shape.records()


class _Element:
    """An element of a record while it is read."""

    __slots__ = ("fields", "name", "text")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name, self.text = name, [""]
        self.fields: dict[str, Any] = {_local(one): value for one, value in attributes.items()}

    def value(self) -> Any:
        """A text, a pair, or the fields."""
        text = "".join(self.text).strip()
        if not self.fields:
            return text
        if text:
            self.fields["text"] = text
        lower = {name.lower(): name for name in self.fields}
        named = next((lower[one] for one in _NAMES if one in lower), None)
        valued = next((lower[one] for one in _VALUES if one in lower), None)
        if named and valued and len(self.fields) == 2 and isinstance(self.fields[named], str) and self.fields[named]:
            value = self.fields[valued]
            return {self.fields[named]: value["text"] if isinstance(value, dict) and "text" in value and len(value) == 2 else value}
        if named and len(self.fields) == 1 and self.name.lower() in ("data", "field", "property", "param", "string"):
            return {str(self.fields[named]): ""}
        return self.fields

    def add(self, name: str, value: Any) -> None:
        """A part; one that comes again makes a list, pairs come together."""
        if value == "":
            return
        before = self.fields.get(name)
        if before is None:
            self.fields[name] = value
        elif isinstance(before, dict) and isinstance(value, dict) and len(value) == 1 and not before.keys() & value.keys():
            before.update(value)
        elif isinstance(before, list):
            before.append(value)
        else:
            self.fields[name] = [before, value]


def _as_record(name: str, value: Any) -> dict[str, Any]:
    """A record's fields: a message's under the names that chat has."""
    if not isinstance(value, dict):
        return {name: value}
    if name == "sms" and "body" in value:
        rest = {one: inner for one, inner in value.items() if one != "body" and inner not in ("null", "")}
        return {"conversation_id": value.get("address"), "role": "user", "content": value["body"], **rest}
    if len(value) == 1 and isinstance(inner := next(iter(value.values())), dict) and name in ("row", "record", "Entry"):
        return inner
    return value


class _Reader:
    """One file being read."""

    def __init__(self, gathered: Documents, records: frozenset[tuple[str, str]]) -> None:
        self.gathered, self.records = gathered, records
        self.ready: list[bytes | int] = []
        self.parser: Any = None
        self._path: list[str] = []
        self._open: list[_Element] = []
        self._around = _Element("", {})
        self._size = self._kept = 0
        self._whole = not records
        self.fed = 0

    def begin(self) -> None:
        """A document begins."""
        self.parser, self.fed = _parser(self._start, self._end, self._text), 0
        self._path.clear()
        self._open.clear()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        parent = self._path[-1] if self._path else ""
        if len(self._path) >= MAX_DEPTH:
            raise SetAsideError(f"The XML is nested over {MAX_DEPTH} deep.", reason="nested-too-deep")
        self._path.append(name)
        if self._open:
            self._open.append(_Element(name, attributes))
        elif (parent, name) in self.records or (self._whole and len(self._path) == 1):
            self._open, self._size = [_Element(name, attributes)], 0
        elif attributes:
            self._outside({_local(one): value for one, value in attributes.items()})
        self._size += sum(map(len, attributes.values()))

    def _text(self, content: str) -> None:
        self._size += len(content)
        if self._open:
            if self._size <= MAX_RECORD_BYTES:
                self._open[-1].text.append(content)
        elif content.strip():
            self._outside(content.strip())

    def _outside(self, value: Any) -> None:
        """What stands outside of records, as far as it can be held."""
        if self._kept > MAX_RECORD_BYTES:
            self.close()
        self._kept += len(str(value))
        for name, inner in value.items() if isinstance(value, dict) else ((None, value),):
            self._around.add(".".join([*self._path, *([name] if name else [])]), inner)

    def _end(self, _: str) -> None:
        name = self._path.pop()
        if not self._open:
            return
        element = self._open.pop()
        if self._open:
            self._open[-1].add(name, element.value())
        elif self._size > MAX_RECORD_BYTES:
            self.ready.append(self._size)
        else:
            value = element.value()
            if value not in ("", {}):
                self.ready.append(written(_as_record(name, value)))

    def salvage(self) -> None:
        """The record that a fault cuts off, as far as it was read."""
        while len(self._open) > 1:
            inner = self._open.pop()
            self._open[-1].add(inner.name, inner.value())
        if self._open and self._size <= MAX_RECORD_BYTES and (value := self._open[0].value()) not in ("", {}):
            self.ready.append(written(_as_record(self._open[0].name, value)))
        self._open.clear()

    def close(self) -> None:
        """The record of what stands outside of all others."""
        if self._around.fields:
            self.ready.append(written(self._around.fields))
        self._around, self._kept = _Element("", {}), 0

    def given(self) -> Reading:
        """What is ready."""
        for one in self.ready:
            if isinstance(one, int):
                yield from self.gathered.refuse("", "too-long", f"One record is over {MAX_RECORD_BYTES >> 20} MiB.", size_bytes=one)
            else:
                yield from self.gathered.add("", one)
        self.ready.clear()


def read(evidence: Evidence) -> Reading:
    """Batches of records; several documents in a row are read one after another; what is behind a fault is set aside."""
    reader = _Reader(Documents(evidence.name), _shape_of(evidence))
    reader.begin()
    broken: SetAsideError | None = None
    try:
        for chunk in chunks(evidence):
            for _ in _fed(reader, chunk):
                yield from reader.given()
            yield from reader.given()
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        cut = error.code in (expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS], expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN], expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION])
        broken = SetAsideError("The document ends too early.", reason="truncated") if cut else SetAsideError("The rest of the file is not XML.", reason="not-xml")
    except SetAsideError as error:
        broken = error
    if broken is not None:
        reader.salvage()
    reader.close()
    yield from reader.given()
    yield from reader.gathered.rest()
    if broken is not None:
        yield SetAside(source=evidence.name, reason=broken.reason, detail=broken.message)


def _fed(reader: _Reader, chunk: bytes) -> Iterator[None]:
    """Feed `chunk`, beginning a new document where one ends inside of it."""
    for _ in range(MAX_DOCUMENTS):
        try:
            reader.parser.Parse(chunk, False)
            reader.fed += len(chunk)
            return
        except expat.ExpatError as error:
            if error.code != _JUNK:
                raise
            at = max(0, reader.parser.ErrorByteIndex - reader.fed)
            chunk = re.sub(rb"^\s*<\?xml[^>]{0,300}\?>", b"", chunk[at:])
            reader.begin()
            yield
    raise SetAsideError(f"Over {MAX_DOCUMENTS} documents in one file.", reason="too-many-documents")


def sniff(head: bytes, name: str) -> float:
    """Sure by the declaration; by its first element when the name says so, or when one of the known kinds begins."""
    encoding = encoding_of(head)
    if encoding is None:
        return 0.0
    text = re.sub(r"\A\s*(?:<!--.*?-->\s*)*", "", head.decode(encoding, "replace").lstrip("\ufeff"), flags=re.DOTALL)
    if re.match(r"(?:<\?xml[^>]*>\s*)?(?:<!doctype\s+html|<html)", text, re.IGNORECASE):
        return 0.0
    if text.startswith("<?xml"):
        return 0.92
    if not re.match(r"<[A-Za-z][\w:.-]*(?:\s+[\w:.-]+\s*=\s*[\"'][^<]*?)?\s*/?>", text):
        return 0.0
    return 0.86 if name.endswith((".xml", ".plist", ".rss", ".kml", ".gpx", ".svg")) or re.match(r"<(?:ListBucketResult|EnumerationResults|Events?|smses|calls)\b", text) else 0.3 if text.rstrip().endswith(">") else 0.0


FORMAT = Format(name="xml", title="XML (bucket listings, backups of messages, exports, event logs)", suffixes=(".xml",), sniff=sniff, read=read, jailed=True)
