"""
Documents: docx, pptx, odt, odp; rtf, html; ipynb is read as JSON. A paragraph, table row or slide line is a record, in the field `text`.

XML is read by expat as a stream, with entities refused: a document needs none, and bombs are made of them.
Comments, notes, headers, footers and tracked deletions are read as well, since they were exposed as well.

References:
    ECMA-376 part 1 (17.3, 21.1), OpenDocument 1.3, RTF 1.9.1, HTML Living Standard 13.2 (read 2026-11).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import BinaryIO
from xml.parsers import expat

from leakscope.errors import SetAsideError
from leakscope.model import Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.encoding import encoding_of
from leakscope.sources.evidence import Evidence, head_of
from leakscope.sources.tables import Tables

_CHUNK = 1 << 18
#: Unpacked XML of one part; an honest novel has 10 MiB.
MAX_PART_BYTES = 512 << 20
MAX_DEPTH = 500
_PARTS = re.compile(r"(?:word/(?:document|header\d*|footer\d*|comments|footnotes|endnotes)|ppt/(?:slides|notesSlides|comments)/[^/]+|content|docProps/(?:core|app|custom)|meta)\.xml\Z")
_BREAKS = frozenset(("p", "h", "tr", "table-row", "title", "creator", "lastModifiedBy", "Company", "Manager"))
_CELLS = frozenset(("tc", "table-cell", "tab", "br", "cr", "line-break", "s"))
_TEXT = frozenset(("t", "delText", "instrText"))


class _Paragraphs:
    """Text of an XML part, paragraph by paragraph, as it is fed."""

    def __init__(self, *, only_runs: bool) -> None:
        self._only_runs, self._depth, self._inside = only_runs, 0, 0
        self._pieces: list[str] = []
        self.ready: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity
        self.parser.buffer_text = True

    def _entity(self, *_: object) -> None:
        raise SetAsideError("The XML declares entities, which no document needs.", reason="bomb")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise SetAsideError(f"The XML is nested over {MAX_DEPTH} deep.", reason="nested-too-deep")
        local = name.rpartition(" ")[2]
        self._inside += local in _TEXT
        if local in _CELLS:
            self._pieces.append(" ")

    def _end(self, name: str) -> None:
        self._depth -= 1
        local = name.rpartition(" ")[2]
        self._inside -= local in _TEXT
        if local in _BREAKS:
            text = " ".join("".join(self._pieces).split())
            self._pieces.clear()
            if text:
                self.ready.append(text)

    def _text(self, content: str) -> None:
        if self._inside or not self._only_runs:
            self._pieces.append(content)


def _part(stream: BinaryIO, *, only_runs: bool) -> Iterator[str]:
    """Paragraphs of one XML part; raises SetAsideError where it is hostile or broken."""
    paragraphs, size, ended = _Paragraphs(only_runs=only_runs), 0, False
    while not ended:
        chunk = stream.read(_CHUNK)
        size, ended = size + len(chunk), not chunk
        if size > MAX_PART_BYTES:
            raise SetAsideError("The document unpacks to far more than people write.", reason="bomb")
        try:
            paragraphs.parser.Parse(chunk, ended)
        except expat.ExpatError:
            raise SetAsideError("The document's XML is damaged.", reason="damaged") from None
        yield from paragraphs.ready
        paragraphs.ready.clear()


def _office(evidence: Evidence) -> Reading:
    """Paragraphs of every part that holds text; embedded pictures are named as unread."""
    from leakscope.sources.archives import seekable

    tables = Tables(evidence.name)
    try:
        archive = zipfile.ZipFile(seekable(evidence))
        members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise SetAsideError("The document is damaged.", reason="damaged") from None
    for member in members:
        if _PARTS.match(member.filename):
            runs = member.filename.startswith(("word/", "ppt/"))
            yield from _read_part(archive, member, tables, only_runs=runs)
    yield from tables.rest()
    pictures = [one for one in members if "/media/" in f"/{one.filename}" or one.filename.startswith("Pictures/")]
    if pictures:
        yield SetAside(source=evidence.name, reason="image-unread", detail=f"{len(pictures)} pictures in the document are not read.", size_bytes=sum(one.file_size for one in pictures))


def _read_part(archive: zipfile.ZipFile, member: zipfile.ZipInfo, tables: Tables, *, only_runs: bool) -> Reading:
    try:
        with archive.open(member) as stream:
            for text in _part(stream, only_runs=only_runs):  # type: ignore[arg-type]
                yield from tables.add("", ("text",), (text,), len(text))
    except (SetAsideError, zipfile.BadZipFile, RuntimeError, OSError, ValueError, EOFError, NotImplementedError) as error:
        yield from tables.rest()
        known = isinstance(error, SetAsideError)
        yield SetAside(source=tables.source(""), reason=error.reason if known else "damaged", detail=error.message if known else "A part of the document is damaged.")


class _Html(HTMLParser):
    """Visible text by block, with attributes and comments that hold words of their own."""

    _BLOCKS = frozenset("p div li tr td th h1 h2 h3 h4 h5 h6 title br option section article pre blockquote dt dd body table ul ol form label".split())
    _KEPT = frozenset(("value", "content", "href", "src", "alt", "title", "placeholder", "action"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.ready: list[str] = []
        self._pieces: list[str] = []

    def flush(self) -> None:
        """End the running block."""
        text = " ".join("".join(self._pieces).split())
        self._pieces.clear()
        if text:
            self.ready.append(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._BLOCKS:
            self.flush()
        kept = [f"{name}={value}" for name, value in attrs if value and (name in self._KEPT or name.startswith("data-"))]
        self._pieces.extend(f" {one} " for one in kept)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._BLOCKS:
            self.flush()

    def handle_data(self, data: str) -> None:
        self._pieces.append(data)

    def handle_comment(self, data: str) -> None:
        self.flush()
        self._pieces.append(data)
        self.flush()


def text_of_html(text: str) -> str:
    """The words of a piece of HTML, a block a line, addresses of links among them."""
    parser = _Html()
    parser.feed(text)
    parser.close()
    parser.flush()
    return "\n".join(parser.ready)


def _chunks(evidence: Evidence) -> Iterator[str]:
    encoding = encoding_of(head_of(evidence, 1 << 16)) or "utf-8"
    with evidence.open() as stream:
        import codecs

        decoder = codecs.getincrementaldecoder(encoding)("replace")
        while chunk := stream.read(_CHUNK):
            yield decoder.decode(chunk)


def _html(evidence: Evidence) -> Reading:
    """Blocks of text; scripts and comments included."""
    tables, parser = Tables(evidence.name), _Html()
    for chunk in _chunks(evidence):
        parser.feed(chunk)
        for text in parser.ready:
            yield from tables.add("", ("text",), (text,), len(text))
        parser.ready.clear()
    parser.close()
    parser.flush()
    for text in parser.ready:
        yield from tables.add("", ("text",), (text,), len(text))
    yield from tables.rest()


_RTF = re.compile(r"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.IGNORECASE)
_RTF_SILENT = frozenset("fonttbl colortbl stylesheet pict themedata colorschememapping datastore latentstyles listtable rsidtbl generator xmlnstbl mmathPr blipuid objdata".split())


def _rtf(evidence: Evidence) -> Reading:
    """Paragraphs of rich text; one expression walks it, groups that hold no words are passed over."""
    tables = Tables(evidence.name)
    with evidence.open() as stream:
        text = stream.read(64 << 20).decode("latin-1")
    for paragraph in _rtf_paragraphs(text):
        yield from tables.add("", ("text",), (paragraph,), len(paragraph))
    yield from tables.rest()
    if len(text) >= 64 << 20:
        yield SetAside(source=evidence.name, reason="too-long", detail="Only the first 64 MiB of the document are read.")


def _rtf_paragraphs(text: str) -> Iterator[str]:
    pieces: list[str] = []
    silent: list[bool] = [False]
    skip = 0
    for found in _RTF.finditer(text):
        word, number, byte, symbol, brace, plain = found.groups()
        if brace == "{":
            silent.append(silent[-1])
        elif brace == "}":
            silent.pop()
            silent = silent or [False]
        elif word:
            if word in _RTF_SILENT:
                silent[-1] = True
            elif word in ("par", "row", "sect", "page"):
                yield from _finished(pieces)
            elif word in ("tab", "cell", "line"):
                pieces.append(" ")
            elif word == "u" and number and not silent[-1]:
                pieces.append(chr(int(number) % 65_536))
                skip = 1
        elif symbol == "*":
            silent[-1] = True
        elif not silent[-1] and (piece := bytes.fromhex(byte).decode("cp1252", "replace") if byte else symbol if symbol in ("\\", "{", "}") else plain):
            pieces.append(piece[skip:])
            skip = 0
    yield from _finished(pieces)


def _finished(pieces: list[str]) -> Iterator[str]:
    text = " ".join("".join(pieces).split()).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    pieces.clear()
    if text:
        yield text


def _is_office(head: bytes, name: str) -> float:
    if not head.startswith(b"PK\x03\x04"):
        return 0.0
    if b"mimetypeapplication/vnd.oasis.opendocument." in head[:200] and b"spreadsheet" not in head[:200]:
        return 1.0
    return 0.99 if b"word/" in head[:8192] or b"ppt/" in head[:8192] or (b"[Content_Types].xml" in head[:200] and name.endswith((".docx", ".pptx", ".docm", ".pptm"))) else 0.0


def _is_html(head: bytes, name: str) -> float:
    start = head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return 0.95
    return 0.85 if name.endswith((".html", ".htm", ".xhtml")) and b"<" in start and encoding_of(head) else 0.0


FORMATS = (
    Format(name="office", title="Text document or slides (docx, pptx, odt, odp)", suffixes=(".docx", ".pptx", ".odt", ".odp"), sniff=_is_office, read=_office, jailed=True),
    Format(name="html", title="HTML page", suffixes=(".html", ".htm"), sniff=_is_html, read=_html, jailed=True),
    Format(name="rtf", title="Rich text", suffixes=(".rtf",), sniff=lambda head, name: 1.0 if head.lstrip().startswith(b"{\\rtf") else 0.0, read=_rtf, jailed=True),
)
