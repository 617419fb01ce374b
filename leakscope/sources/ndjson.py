"""
JSON objects, one a line (NDJSON, JSON Lines, ClickHouse JSONEachRow, docker and journald logs), with whatever stands between them.

A line that is no JSON at all is a record with the field `line`; a half-written object is set aside. Lines joined by commas, led by the
record separator of RFC 7464, or in an older encoding are read as what they are.

References:
    https://github.com/ndjson/ndjson-spec (read 2026-11), RFC 8259, RFC 7464.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import orjson

from leakscope.model import Batch, Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.encoding import encoding_of, is_ascii_based
from leakscope.sources.evidence import Evidence, head_of
from leakscope.sources.json_lenient import lenient, whole_pairs, written
from leakscope.sources.lines import TooLong, line_chunks
from leakscope.sources.text_lines import _as_utf8

try:
    from simdjson import Parser

    _validate = Parser().parse
except ImportError:  # pragma: no cover - platforms without the wheel; same answer, slower
    _validate = orjson.loads

#: Lines looked at by the sniffer, and the share of them that must be objects.
_LOOK_LINES = 200
_SHARE = 0.3
#: Between a line and its JSON: record separators, and commas of lists that were split into lines.
_AROUND = b" \t\r\n\x1e"


def _is_object(line: bytes) -> bool:
    if not line.startswith(b"{"):
        return False
    try:
        _validate(line)
    except (ValueError, RuntimeError):
        return False
    return True


def _are_objects(lines: list[bytes]) -> bool:
    """Whether each line is a whole object and nothing else, as most files' lines are; stops at the first that is not."""
    if any(line[:1] != b"{" or line[-1:] != b"}" for line in lines):
        return False
    try:
        deque(map(_validate, lines), maxlen=0)
    except (ValueError, RuntimeError):
        return False
    return bool(lines)


_DETAILS = {"not-json": "The line is not a whole JSON object.", "not-utf8": "The line is not UTF-8."}


def sniff(head: bytes, name: str) -> float:
    """Sure when the first line is a whole object; likely when many lines are, or when the file is one long first line of one."""
    encoding = encoding_of(head)
    if encoding is None and not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return 0.0
    text = (head if encoding is None or is_ascii_based(encoding) else head.decode(encoding, "ignore").encode()).removeprefix(b"\xef\xbb\xbf").lstrip(_AROUND)
    first, newline, rest = text.partition(b"\n")
    named = name.endswith((".ndjson", ".jsonl"))
    if newline and _readable(first):
        following = rest.lstrip(_AROUND)
        is_spread = following.startswith((b"{\n", b"{\r\n"))  # an object over several lines
        return 0.95 if named or (following.startswith(b"{") and not is_spread) else 0.5
    if _readable(first):
        return 0.7
    if _share_of_objects(text) >= _SHARE:
        return 0.85
    return 0.9 if named and text.startswith(b"{") else 0.0


def _share_of_objects(text: bytes) -> float:
    lines = [line for line in text[: text.rfind(b"\n") + 1].split(b"\n")[:_LOOK_LINES] if line.strip()]
    found = sum(_readable(line) for line in lines)
    return found / len(lines) if found >= 3 else 0.0


def _readable(line: bytes) -> bool:
    return bool(_object_in(line.strip(_AROUND), "cp1252"))


def _object_in(line: bytes, encoding: str) -> bytes | None:
    """The whole object that a line holds, in UTF-8; null when it holds none."""
    if _is_object(line):
        return line
    if not line.startswith(b"{"):
        return None
    bare = line.removesuffix(b",").rstrip()
    if bare != line and _is_object(bare):
        return bare
    if not line.isascii():
        try:
            bare.decode("utf-8")
        except UnicodeDecodeError:
            bare = bare.decode(encoding if encoding not in ("utf-8", "utf-8-sig") else "cp1252", "replace").encode()
            if _is_object(bare):
                return bare
    mended = whole_pairs(bare)
    if mended is not bare and _is_object(mended):
        return mended
    return _rewritten(bare) if bare.endswith(b"}") else None


def _rewritten(line: bytes) -> bytes | None:
    """An object with constants or numbers that JSON does not have, written anew."""
    try:
        value = lenient(line)
    except ValueError:
        return None
    return written(value) if isinstance(value, dict) else None


def read(evidence: Evidence) -> Reading:
    """Batches of whole lines; lines that begin an object and do not end it are set aside one by one, runs of them together."""
    record = 0
    encoding = encoding_of(head_of(evidence, 64 * 1024)) or "utf-8"
    with evidence.open() as stream:
        wide = encoding.startswith(("utf-16", "utf-32", "iso2022"))
        source = _as_utf8(stream, encoding) if wide else stream
        first = True
        for chunk in line_chunks(source):
            if isinstance(chunk, TooLong):
                yield SetAside(source=evidence.name, reason="line-too-long", detail="One line is over 32 MiB.", records=1, size_bytes=chunk.size_bytes, record=record)
                record += 1
                continue
            if first:
                chunk, first = chunk.removeprefix(b"\xef\xbb\xbf"), False
            for piece in _pieces(evidence.name, chunk, record, "utf-8" if wide else encoding):
                yield piece
                record += piece.records or 0


def _pieces(source: str, chunk: bytes, record: int, encoding: str) -> Iterator[Batch | SetAside]:
    """Runs of good lines and runs of bad ones, in order. A loop, because each line is parsed to be judged."""
    lines = chunk.split(b"\n")
    if chunk.endswith(b"\n") and _are_objects(lines[:-1]):
        yield Batch(source=source, first_record=record, records=len(lines) - 1, lines=chunk)
        return
    run: list[bytes] = []
    verdict: str | None = None
    for line in lines:
        stripped = line.strip(_AROUND)
        if not stripped or stripped in (b"[", b"]", b","):
            continue
        content, now = _judged(stripped, encoding)
        if verdict is not None and now != verdict:
            yield _piece(source, run, verdict, record)
            record, run = record + len(run), []
        verdict = now
        run.append(content)
    if run:
        yield _piece(source, run, verdict or "", record)


def _judged(line: bytes, encoding: str) -> tuple[bytes, str]:
    """What is examined of a line, and why it is set aside if it is."""
    if (found := _object_in(line, encoding)) is not None:
        return found, ""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        if line.startswith(b"{"):
            return line, "not-utf8"
        text = line.decode(encoding if encoding not in ("utf-8", "utf-8-sig") else "cp1252", "replace")
    if line.startswith(b"{"):
        return line, "not-json"
    try:
        return written({"value": orjson.loads(text)}), ""
    except orjson.JSONDecodeError:
        return written({"line": text}), ""


def _piece(source: str, run: list[bytes], verdict: str, record: int) -> Batch | SetAside:
    if verdict:
        size = sum(map(len, run))
        return SetAside(source=source, reason=verdict, detail=_DETAILS[verdict], records=len(run), size_bytes=size, record=record)
    return Batch(source=source, first_record=record, records=len(run), lines=b"\n".join(run) + b"\n")


FORMAT = Format(name="ndjson", title="JSON objects, one a line", suffixes=(".ndjson", ".jsonl", ".json"), sniff=sniff, read=read)
