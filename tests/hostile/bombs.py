"""Files made to exhaust whoever opens them: each written in seconds, small on the disk or sparse, hostile in full size when read."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

_MIB, _GIB = 1 << 20, 1 << 30
_LINE = b'{"email":"ana.lima41@correio.pt","note":"' + b"x" * 32_724 + b'"}\n'
_TEXT = _LINE * 32


def _deflated(size_bytes: int) -> Iterator[bytes]:
    """A raw deflate stream of `size_bytes` of lines: 16 compressed MiB over and over."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    again = packer.compress(_TEXT * 16) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(size_bytes // len(_TEXT) // 16):
        yield again
    yield zlib.compressobj(9, zlib.DEFLATED, -15).flush()


def _zip_of(name: bytes, packed: bytes, size_bytes: int, entries: int = 1) -> bytes:
    """A zip whose directory names the same stretch of bytes `entries` times."""
    size_bytes = min(size_bytes // len(_TEXT) // 16 * 16 * len(_TEXT), 0xFFFFFFFE)
    crc = zlib.crc32(_TEXT * (size_bytes // len(_TEXT))) if size_bytes <= 64 * _MIB else 0
    fields = (20, 0, 8, 0, 0x21, crc, len(packed), size_bytes, len(name))
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", *fields, 0) + name
    listed = (struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, *fields, 0, 0, 0, 0, 0, 0) + name) * entries
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, entries, entries, len(listed), len(local) + len(packed), 0)
    return local + packed + listed + end


def _zip_ratio(path: Path) -> None:
    path.write_bytes(_zip_of(b"a.ndjson", b"".join(_deflated(4 * _GIB - 1)), 4 * _GIB - 1))


def _zip_overlap(path: Path) -> None:
    path.write_bytes(_zip_of(b"a.ndjson", b"".join(_deflated(64 * _MIB)), 64 * _MIB, entries=20_000))


def _zip_members(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(210_000):
            archive.writestr(f"{number:x}.csv", b"")


def _nested(path: Path) -> None:
    content = _TEXT
    for depth in range(12):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.ndjson" if depth == 0 else "a.zip", content)
        content = held.getvalue()
    path.write_bytes(content)


def _nested_wide(path: Path) -> None:
    """Ten archives in each of ten, six deep: a million files, 10 GB in all (the shape of 42.zip)."""
    content, name = _TEXT[: 10 << 10], "a.ndjson"
    for _ in range(6):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(10):
                archive.writestr(f"{number}-{name}", content)
        content, name = held.getvalue(), "a.zip"
    path.write_bytes(content)


def _repeated(pack: Callable[[bytes], bytes], times: int) -> Callable[[Path], None]:
    """Members or frames of 16 MiB one after another, which every such format allows."""

    def make(path: Path) -> None:
        packed = pack(_TEXT * 16)
        with path.open("wb") as file:
            for _ in range(times):
                file.write(packed)

    return make


def _zstd(content: bytes) -> bytes:
    import zstandard

    return zstandard.ZstdCompressor(level=19).compress(content)


def _seven(path: Path) -> None:
    import py7zr

    with py7zr.SevenZipFile(path, "w") as archive:
        archive.writestr(_TEXT * 600, "a.ndjson")


def _sparse(start: bytes, size_bytes: int, end: bytes) -> Callable[[Path], None]:
    """`start`, a hole of zero bytes, `end`."""

    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.write(start)
            file.seek(size_bytes)
            file.write(end)

    return make


def _tar_name(path: Path) -> None:
    """A member's name of 4 GB: GNU long-name header, then a hole."""
    member = tarfile.TarInfo("././@LongLink")
    member.type, member.size = tarfile.GNUTYPE_LONGNAME, 4 * _GIB
    _sparse(member.tobuf(tarfile.GNU_FORMAT), 4 * _GIB, b"\0" * 1024)(path)


def _wide_csv(path: Path) -> None:
    """A header of a billion columns, a row, and a table's worth of honest rows behind it."""
    with path.open("wb") as file:
        for _ in range(1000):
            file.write(b"a," * 1_000_000)
        file.write(b"a\n1,2\nana.lima41@correio.pt,3\n")


def _open_quote(path: Path) -> None:
    """A quotation mark that never closes, over 256 MB of rows."""
    with path.open("wb") as file:
        file.write(b'name,email\n1,"')
        for _ in range(256):
            file.write(b"x,ana.lima41@correio.pt\n" * 43_690)


def _of(content: Callable[[], bytes]) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content()) and None


def _parquet(path: Path) -> None:
    """Run lengths: 40 million rows of one text of 20 KB, a dictionary of one entry."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    column = pa.DictionaryArray.from_arrays(pa.Array.from_buffers(pa.int8(), 40_000_000, [None, pa.py_buffer(bytes(40_000_000))]), pa.array(["x" * 20_000]))
    pq.write_table(pa.table({"a": column}), path, store_schema=False)


def _avro(path: Path) -> None:
    """A block that says it holds a billion records of nothing."""
    import fastavro

    held = io.BytesIO()
    fastavro.writer(held, {"type": "record", "name": "r", "fields": [{"name": "n", "type": "null"}]}, [])
    sync = held.getvalue()[-16:]

    def number(value: int) -> bytes:
        value, out = value << 1, bytearray()
        while value > 0x7F:
            out.append(value & 0x7F | 0x80)
            value >>= 7
        return bytes([*out, value])

    path.write_bytes(held.getvalue() + (number(1_000_000_000) + number(0) + sync) * 100)


def _arrow(path: Path) -> None:
    """Compressed buffers: 100 batches of 512 MB of zeros each."""
    import pyarrow as pa

    column = pa.Array.from_buffers(pa.int64(), 64 * _MIB, [None, pa.py_buffer(bytes(512 * _MIB))])
    batch = pa.record_batch([column], ["a"])
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, batch.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        for _ in range(20):
            writer.write_batch(batch)


def _orc(path: Path) -> None:
    import pyarrow as pa
    from pyarrow import orc

    column = pa.Array.from_buffers(pa.int64(), 64 * _MIB, [None, pa.py_buffer(bytes(512 * _MIB))])
    orc.write_table(pa.table({"a": column}), str(path), compression="zstd")


_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]>"
)


_Content = bytes | Callable[[], Iterator[bytes]]


def _members(parts: dict[str, _Content]) -> Callable[[Path], None]:
    """An office document: parts by name."""

    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            for name, content in parts.items():
                with archive.open(name, "w", force_zip64=True) as file:
                    for piece in [content] if isinstance(content, bytes) else content():
                        file.write(piece)

    return make


_WORD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'


def _long_word() -> Iterator[bytes]:
    """A document of 4 GB in one paragraph."""
    yield _WORD + b"<w:p><w:r><w:t>"
    for _ in range(4096):
        yield b"x" * _MIB
    yield b"</w:t></w:r></w:p></w:body></w:document>"


def _workbook(sheet: _Content, strings: _Content = b"") -> Callable[[Path], None]:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts: dict[str, _Content] = {
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>'.encode(),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'.encode(),
        "xl/worksheets/sheet1.xml": sheet,
    }
    return _members({**parts, "xl/sharedStrings.xml": strings} if strings else parts)


_SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def _many_cells() -> Iterator[bytes]:
    """Three million cells that all name one shared text of 8 MB."""
    yield _SHEET + b"<sheetData>"
    for row in range(1, 300_001):
        yield b'<row r="%d">' % row + b"".join(b'<c r="%c%d" t="s"><v>0</v></c>' % (65 + place, row) for place in range(10)) + b"</row>"
    yield b"</sheetData></worksheet>"


_STRING = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1" uniqueCount="1"><si><t>' + b"x" * (8 * _MIB) + b"</t></si></sst>"
#: Two cells, a thousand million places apart.
_FAR_CELLS = _SHEET + b'<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'


def _pdf_streams() -> bytes:
    """A page whose content is packed three times over: 8 GB in all."""
    packed = zlib.compress(bytes(512 * _MIB), 9)
    packed = zlib.compress(packed * 16, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n" % len(packed) + packed + b"\nendstream",
    ]
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + table + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)


def _pg_archive(path: Path) -> None:
    from tests.sources.fuzzing import pg_archive

    row = b"Ana\tana.lima41@correio.pt\t" + b"x" * 998 + b"\n"
    path.write_bytes(pg_archive(pack=lambda _: zlib.compress(row * (3 * _MIB), 9)))


def _redis(path: Path) -> None:
    """A text that says it has 4 GB."""
    path.write_bytes(b"REDIS0011\xfe\x00\x00\x03key\x80\xff\xff\xff\xffabc")


def _git(path: Path) -> None:
    packer = zlib.compressobj(9)
    with path.open("wb") as file:
        file.write(packer.compress(b"blob %d\0" % (4 * _GIB)))
        for _ in range(4096):
            file.write(packer.compress(b"x" * _MIB))
        file.write(packer.flush())


#: What it is -> file name and how it is made.
BOMBS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "zip, 4 GB in 8 MB": ("ratio.zip", _zip_ratio),
    "zip, 20,000 members in one place": ("overlap.zip", _zip_overlap),
    "zip, 210,000 empty members": ("members.zip", _zip_members),
    "zip, 12 in one another": ("nested.zip", _nested),
    "zip, ten in each of ten, six deep": ("wide.zip", _nested_wide),
    "gzip, 10 GB": ("a.ndjson.gz", _repeated(lambda text: gzip.compress(text, 9), 640)),
    "zstandard, 10 GB": ("a.ndjson.zst", _repeated(_zstd, 640)),
    "bzip2, 10 GB": ("a.ndjson.bz2", _repeated(bz2.compress, 640)),
    "xz, 10 GB": ("a.ndjson.xz", _repeated(lzma.compress, 640)),
    "7z, 600 MB": ("a.7z", _seven),
    "tar, a name of 4 GB": ("name.tar", _tar_name),
    "Parquet, run lengths, 800 GB": ("a.parquet", _parquet),
    "Arrow, compressed buffers, 10 GB": ("a.arrow", _arrow),
    "ORC, run lengths, 512 MB": ("a.orc", _orc),
    "Avro, 100 billion empty records": ("a.avro", _avro),
    "CSV, a billion columns": ("wide.csv", _wide_csv),
    "CSV, an open quotation over 256 MB": ("quote.csv", _open_quote),
    "NDJSON, a line of 4 GB": ("line.ndjson", _sparse(_LINE + b'{"a":"', 4 * _GIB, b'"}\n' + _LINE)),
    "text, a line of 4 GB": ("line.log", _sparse(b"first line of a log\n" * 5_000 + b"x" * 9, 4 * _GIB, b"\nlast line\n")),
    "SQL, a statement of 4 GB": ("line.sql", _sparse(b"INSERT INTO t VALUES (1,'ana.lima41@correio.pt');\n" * 2_000 + b"INSERT INTO t VALUES (2,'", 4 * _GIB, b"');\nINSERT INTO t VALUES (3,'x');\n")),
    "JSON, a text of 4 GB": ("line.json", _sparse(b'[{"email":"ana.lima41@correio.pt"}\n' + b',{"email":"ana.lima41@correio.pt"}\n' * 3_000 + b',{"a":"', 4 * _GIB, b'"}]\n')),
    "JSON, lists a million deep": ("lists.json", _of(lambda: b"[" * 1_000_000 + b"]" * 1_000_000)),
    "JSON, objects a million deep": ("objects.json", _of(lambda: b'{"a":' * 1_000_000 + b"1" + b"}" * 1_000_000)),
    "NDJSON, lists a million deep": ("deep.ndjson", _of(lambda: _LINE + b'{"a":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}\n" + _LINE)),
    "mail, a header of 4 GB": ("a.eml", _sparse(b"From: a@x.org\r\nTo: b@x.org\r\nSubject: x\r\nX-A: " + b"a" * 70_000, 4 * _GIB, b"\r\n\r\nbody\r\n")),
    "mailbox, a line of 4 GB": ("a.mbox", _sparse(b"From a@x.org Mon Jan  1 00:00:00 2024\nFrom: a@x.org\nTo: b@x.org\nSubject: x\n\n" + b"line\n" * 20_000, 4 * _GIB, b"\n")),
    "docx, entities": ("laughs.docx", _members({"word/document.xml": _LAUGHS.encode() + _WORD + b"<w:p><w:r><w:t>&a11;</w:t></w:r></w:p></w:body></w:document>"})),
    "docx, 4 GB of text": ("long.docx", _members({"word/document.xml": _long_word})),
    "xlsx, entities": ("laughs.xlsx", _workbook(_LAUGHS.encode() + _SHEET + b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&a11;</t></is></c></row></sheetData></worksheet>')),
    "xlsx, 3 million cells of one text of 8 MB": ("strings.xlsx", _workbook(_many_cells, _STRING)),
    "xlsx, cells 17 billion places apart": ("far.xlsx", _workbook(_FAR_CELLS)),
    "html, tags a million deep": ("deep.html", _of(lambda: b"<!doctype html>" + b"<div>" * 1_000_000 + b"x" + b"</div>" * 1_000_000)),
    "rtf, groups a million deep": ("deep.rtf", _of(lambda: rb"{\rtf1 " + b"{" * 1_000_000 + b"x" + b"}" * 1_000_001)),
    "PDF, streams packed twice, 8 GB": ("a.pdf", _of(_pdf_streams)),
    "pg_dump, rows of 3 GB packed": ("a.dump", _pg_archive),
    "Redis, a text that says 4 GB": ("a.rdb", _redis),
    "git, an object of 4 GB": ("objects/ab/cd", _git),
}
