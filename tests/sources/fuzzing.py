"""Seeds of every format, with a value in each that must never be quoted, and seeded damage to them."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import plistlib
import random
import sqlite3
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from email.message import EmailMessage

import polars as pl

from tests.sources.compound_files import compound, message

CANARY = "canary4711@example.org"
ROWS = [{"name": f"Ana {number}", "email": CANARY, "note": "x" * (number % 40)} for number in range(60)]
_LINES = b"".join(json.dumps(row).encode() + b"\n" for row in ROWS)


def _filled(write: Callable[[io.BytesIO], object]) -> bytes:
    target = io.BytesIO()
    write(target)
    return target.getvalue()


def _avro() -> bytes:
    import fastavro

    schema = {"type": "record", "name": "r", "fields": [{"name": name, "type": "string"} for name in ROWS[0]]}
    return _filled(lambda target: fastavro.writer(target, schema, ROWS))


def _sqlite() -> bytes:
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE people (name, email, note)")
        database.executemany("INSERT INTO people VALUES (?, ?, ?)", [tuple(row.values()) for row in ROWS])
        database.commit()
        return database.serialize()


def _orc() -> bytes:
    import pyarrow as pa
    from pyarrow import orc

    sink = pa.BufferOutputStream()
    orc.write_table(pl.DataFrame(ROWS).to_arrow(compat_level=pl.CompatLevel.oldest()), sink)
    return sink.getvalue().to_pybytes()


def _workbook() -> bytes:
    import openpyxl

    workbook = openpyxl.Workbook()
    for row in ROWS:
        workbook.active.append(list(row.values()))
    return _filled(workbook.save)


def _document() -> bytes:
    import docx

    document = docx.Document()
    document.add_paragraph(CANARY)
    return _filled(document.save)


def _bson() -> bytes:
    import bson

    return b"".join(bson.encode(row) for row in ROWS)


def _zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.ndjson", _LINES)
        archive.writestr("b.csv", CANARY + ",b\n1,2\n")
    return target.getvalue()


def _tar() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        info = tarfile.TarInfo("a.ndjson")
        info.size = len(_LINES)
        archive.addfile(info, io.BytesIO(_LINES))
    return target.getvalue()


def _seven() -> bytes:
    import py7zr

    target = io.BytesIO()
    with py7zr.SevenZipFile(target, "w") as archive:
        archive.writestr(_LINES, "a.ndjson")
    return target.getvalue()


def _zstd() -> bytes:
    import zstandard

    return zstandard.compress(_LINES)


def _mail() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = CANARY, "bo@x.org", "Zo\u00eb"
    message.set_content(CANARY)
    message.add_attachment(_LINES, maintype="text", subtype="plain", filename="a.txt")
    return bytes(message)


_SQL = "-- MySQL dump 10.13\nCREATE TABLE `t` (`name` text, `email` text);\n" + "".join(f"INSERT INTO `t` VALUES ('Ana {number}','{CANARY}'),(NULL,'it\\'s');\n" for number in range(30))
_COPY = "-- PostgreSQL database dump\nCOPY public.t (name, email) FROM stdin;\n" + f"Ana\t{CANARY}\n" * 30 + "\\.\nSELECT 1;\n"

def _word(text: str | bytes) -> bytes:
    raw = text.encode() if isinstance(text, str) else text
    return len(raw).to_bytes(1) + raw if len(raw) < 64 else bytes([0x40 | len(raw) >> 8, len(raw) & 255]) + raw


def _rdb() -> bytes:
    packed = b"".join(bytes([0x80 | len(one)]) + one + bytes([len(one) + 1]) for one in (b"email", CANARY.encode()))
    listpack = (len(packed) + 7).to_bytes(4, "little") + b"\x02\x00" + packed + b"\xff"
    keys = b"".join(b"\x00" + _word(f"Ana {number}") + _word(CANARY) for number in range(20))
    return b"REDIS0011\xfa" + _word("redis-ver") + _word("7.0.15") + b"\xfe\x00\xfb\x15\x00" + keys + b"\x10" + _word("user") + _word(listpack) + b"\xff" + bytes(8)


def _aof() -> bytes:
    rows = [("SET", f"Ana {number}", CANARY) for number in range(30)]
    return b"".join(b"*3\r\n" + b"".join(b"$%d\r\n%s\r\n" % (len(word), word.encode()) for word in row) for row in rows)


def _pg_number(value: int) -> bytes:
    return bytes([value < 0]) + abs(value).to_bytes(4, "little")


def _pg_text(text: str | None) -> bytes:
    return _pg_number(-1) if text is None else _pg_number(len(text)) + text.encode()


def pg_archive(packing: int = 1, pack: Callable[[bytes], bytes] = zlib.compress) -> bytes:
    """A custom archive of pg_dump 16 with one table, its rows packed by `pack`."""
    head = b"PGDMP\x01\x0f\x00\x04\x08\x01" + bytes([packing]) + b"".join(map(_pg_number, (1, 2, 3, 4, 5, 124, 0))) + b"".join(map(_pg_text, ("base", "16.2", "16.2")))
    texts = [_pg_text(text) for text in ("1259", "16385", "t", "TABLE DATA")] + [_pg_number(3)]
    texts += [_pg_text(text) for text in ("", "", "COPY public.t (name, email) FROM stdin;\n", "public", None, "heap", "postgres", "false", None)]
    entry = _pg_number(7) + _pg_number(1) + b"".join(texts) + b"\x02" + bytes(8)
    packed = pack((f"Ana\t{CANARY}\n" * 40 + "\\.\n\n\n").encode())
    return head + _pg_number(1) + entry + b"\x01" + _pg_number(7) + _pg_number(len(packed)) + packed + _pg_number(0)


def _pack() -> bytes:
    from dulwich.object_format import SHA1
    from dulwich.objects import Blob, Commit, Tree
    from dulwich.pack import write_pack_objects

    blob, tree, commit = Blob.from_string(f"owner = {CANARY}\n".encode() * 20), Tree(), Commit()
    tree.add(b"a.py", 0o100644, blob.id)
    commit.tree, commit.author, commit.message = tree.id, f"Ana <{CANARY}>".encode(), b"First"
    commit.committer, commit.author_time, commit.commit_time, commit.author_timezone, commit.commit_timezone = commit.author, 0, 0, 0, 0
    return _filled(lambda target: write_pack_objects(target.write, [commit, tree, blob], object_format=SHA1))


#: Format -> file name and how its seed is made.
SEEDS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "ndjson": ("a.ndjson", lambda: _LINES),
    "json": ("a.json", lambda: json.dumps({"Records": ROWS, "tree": {str(number): row for number, row in enumerate(ROWS)}}, indent=1).encode()),
    "json-rows": ("a.jsonl", lambda: b"".join(json.dumps(row).encode() + b"\n" for row in (list(ROWS[0]), *(list(row.values()) for row in ROWS)))),
    "json-messages": ("result.json", lambda: json.dumps({"name": "Ana", "id": 5, "messages": [{"id": number, "type": "message", "date": "2024-05-01T10:00:00", "from": "Ana", "text": ["to ", {"text": CANARY}]} for number in range(30)]}, indent=1).encode()),
    "csv": ("a.csv", lambda: ("name,email,note\n" + f'Ana,{CANARY},"x, y"\n' * 50).encode()),
    "text": ("a.log", lambda: f"2024-01-02 login of {CANARY}\n".encode() * 50),
    "access-log": ("access.log", lambda: f'192.0.2.7 - Ana [10/Oct/2023:13:55:36 +0000] "GET /?m={CANARY} HTTP/1.1" 200 12 "-" "curl/8"\n'.encode() * 40),
    "login-list": ("a.txt", lambda: f"https://shop.test/login:{CANARY}:Pass1\n".encode() * 40),
    "stealer-logins": ("Passwords.txt", lambda: f"URL: https://shop.test\nUsername: {CANARY}\nPassword: Ana1\n===\n".encode() * 20),
    "cookies": ("cookies.txt", lambda: f".shop.test\tTRUE\t/\tTRUE\t1790000000\tsid\t{CANARY}\n".encode() * 30),
    "hl7": ("a.hl7", lambda: f"MSH|^~\\&|A|B\rPID|1||P1||Ana^Bo||||||^NET^Internet^{CANARY}\r".encode() * 20),
    "vcard": ("a.vcf", lambda: f"BEGIN:VCARD\nFN:Ana\nEMAIL:{CANARY}\nEND:VCARD\n".encode() * 20),
    "ldif": ("a.ldif", lambda: f"dn: uid=a\ncn: Ana\nmail: {CANARY}\nuserPassword:: YWJj\n\n".encode() * 20),
    "name-value-blocks": ("a.txt", lambda: f"Name: Ana\nMail: {CANARY}\nCity: Kassel\n\n".encode() * 20),
    "w3c-log": ("a.log", lambda: b"#Fields: date c-ip cs-username\n" + f"2023-10-10 192.0.2.7 {CANARY}\n".encode() * 30),
    "logfmt": ("a.log", lambda: f'level=info user="Ana" mail={CANARY} ip=192.0.2.7\n'.encode() * 30),
    "printed-table": ("a.txt", lambda: b"+----+----+\n| id | m  |\n+----+----+\n" + f"| 1 | {CANARY} |\n".encode() * 20 + b"+----+----+\n"),
    "whatsapp": ("chat.txt", lambda: f"[01.05.24, 10:00:05] Ana: mail {CANARY}\nmore\n".encode() * 20),
    "slack": ("general/2024-05-01.json", lambda: json.dumps([{"type": "message", "user": "U1", "text": f"Ana {CANARY}", "ts": "1714560000.1"}] * 20, indent=4).encode()),
    "clickhouse-native": ("a.native", lambda: b"\x02\x3c\x04name\x06String" + b"\x03Ana" * 60 + b"\x05email\x06String" + (bytes([len(CANARY)]) + CANARY.encode()) * 60),
    "clickhouse-rowbinary": ("a.rowbinary", lambda: b"\x02\x04name\x05email\x06String\x10Nullable(String)" + (b"\x03Ana\x00" + bytes([len(CANARY)]) + CANARY.encode()) * 60),
    "msg": ("a.msg", lambda: compound(message({"0037": "Ana", "1000": CANARY}, attachments={"a.txt": CANARY.encode() * 5}))),
    "mongoexport": ("a.json", lambda: b"".join(json.dumps({"_id": {"$oid": "5f"}, "name": "Ana", "mail": CANARY, "at": {"$date": {"$numberLong": "1609459200000"}}}).encode() + b"\n" for _ in range(40))),
    "elastic-bulk": ("a.ndjson", lambda: b"".join(b'{"index": {"_index": "u"}}\n' + json.dumps(row).encode() + b"\n" for row in ROWS)),
    "fixed-width": ("a.txt", lambda: (f"{'NAME':<12}{'MAIL':<40}{'CITY':<10}\n" + f"{'Ana':<12}{CANARY:<40}{'Kassel':<10}\n" * 30).encode()),
    "settings": ("credentials", lambda: f"[Ana]\nmail = {CANARY}\nkey = abc\n".encode() * 20),
    "netrc": (".netrc", lambda: f"machine a.test login {CANARY} password Ana1\n".encode() * 20),
    "xml": ("a.xml", lambda: ('<?xml version="1.0"?><users>' + f'<user id="1"><name>Ana</name><mail>{CANARY}</mail></user>' * 30 + "</users>").encode()),
    "sms": ("sms.xml", lambda: ('<?xml version="1.0"?>\n<smses count="30">\n' + f'<sms address="+491" date="1" body="Ana &#55357;&#56832; {CANARY}" />\n' * 30 + "</smses>").encode()),
    "plist": ("a.plist", lambda: plistlib.dumps({"users": ROWS}, fmt=plistlib.FMT_BINARY)),
    "sql": ("a.sql", lambda: _SQL.encode()),
    "sql-copy": ("a.sql", lambda: _COPY.encode()),
    "parquet": ("a.parquet", lambda: _filled(pl.DataFrame(ROWS).write_parquet)),
    "arrow": ("a.arrow", lambda: _filled(pl.DataFrame(ROWS).write_ipc)),
    "avro": ("a.avro", _avro),
    "orc": ("a.orc", _orc),
    "sqlite": ("a.db", _sqlite),
    "spreadsheet": ("a.xlsx", _workbook),
    "bson": ("a.bson", _bson),
    "office": ("a.docx", _document),
    "html": ("a.html", lambda: f"<!doctype html><p>{CANARY}</p><a href='x'>y</a>".encode() * 20),
    "rtf": ("a.rtf", lambda: rb"{\rtf1\ansi {\b " + CANARY.encode() + rb"}\par \u8364?\'e9}"),
    "zip": ("a.zip", _zip),
    "tar": ("a.tar", _tar),
    "7z": ("a.7z", _seven),
    "gzip": ("a.ndjson.gz", lambda: gzip.compress(_LINES)),
    "bzip2": ("a.ndjson.bz2", lambda: bz2.compress(_LINES)),
    "xz": ("a.ndjson.xz", lambda: lzma.compress(_LINES)),
    "zstd": ("a.ndjson.zst", _zstd),
    "eml": ("a.eml", _mail),
    "redis-rdb": ("a.rdb", _rdb),
    "redis-aof": ("a.aof", _aof),
    "pg_dump-custom": ("a.dump", pg_archive),
    "git-pack": ("a.pack", _pack),
    "git-object": ("objects/ab/cd", lambda: zlib.compress(b"blob 2000\0" + f"owner = {CANARY}\n".encode().ljust(40) * 50)),
}


def mutated(content: bytes, seed: int) -> bytes:
    """`content` with a few seeded wounds: flipped and overwritten bytes, cuts, repeats, inserted extremes."""
    draw = random.Random(seed)
    result = bytearray(content)
    for _ in range(draw.choice((1, 1, 2, 4, 16))):
        place = draw.randrange(len(result)) if result else 0
        match draw.randrange(6):
            case 0:
                result[place : place + 1] = bytes([draw.randrange(256)])
            case 1:
                result[place : place + 4] = draw.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80"))
            case 2:
                del result[place : place + draw.randrange(1, 64)]
            case 3:
                result[place:place] = result[place : place + draw.randrange(1, 200)] * draw.randrange(1, 8)
            case 4:
                del result[place:]
            case 5:
                result[place:place] = draw.choice((b"'", b'"', b"{", b"[", b"\\", b"\n", b"<", b"(", b"\x00", b"\xff")) * draw.randrange(1, 9)
    return bytes(result)
