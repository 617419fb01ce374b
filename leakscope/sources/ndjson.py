"""
JSON objects, one a line (NDJSON, JSON Lines, ClickHouse JSONEachRow, mongoexport).

References:
    https://github.com/ndjson/ndjson-spec (read 2026-11), RFC 8259.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from leakscope.model import Batch, Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.evidence import Evidence
from leakscope.sources.lines import TooLong, line_chunks

try:
    from simdjson import Parser

    _validate = Parser().parse
except ImportError:  # pragma: no cover - platforms without the wheel; same answer, slower
    _validate = orjson.loads


def _is_object(line: bytes) -> bool:
    if not line.startswith(b"{"):
        return False
    try:
        _validate(line)
    except (ValueError, RuntimeError):
        return False
    return True


def _reason(line: bytes) -> str:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return "not-utf8"
    return "not-json"


_DETAILS = {"not-json": "The line is not a whole JSON object.", "not-utf8": "The line is not UTF-8."}


def sniff(head: bytes, name: str) -> float:
    """Sure when the first line is a whole object; likely when the file is one long first line of one."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.startswith(b"{"):
        return 0.0
    first, newline, rest = text.partition(b"\n")
    named = name.endswith((".ndjson", ".jsonl"))
    if newline and _is_object(first.strip()):
        return 0.95 if named or rest.lstrip().startswith(b"{") else 0.5
    if _is_object(first.strip()):
        return 0.7
    return 0.9 if named else 0.0


def read(evidence: Evidence) -> Reading:
    """Batches of whole lines; lines that are no JSON object are set aside one by one, runs of them together."""
    record = 0
    with evidence.open() as stream:
        first = True
        for chunk in line_chunks(stream):
            if isinstance(chunk, TooLong):
                yield SetAside(source=evidence.name, reason="line-too-long", detail="One line is over 32 MiB.", records=1, size_bytes=chunk.size_bytes, record=record)
                record += 1
                continue
            if first:
                chunk, first = chunk.removeprefix(b"\xef\xbb\xbf"), False
            for piece in _pieces(evidence.name, chunk, record):
                yield piece
                record += piece.records or 0


def _pieces(source: str, chunk: bytes, record: int) -> Iterator[Batch | SetAside]:
    """Runs of good lines and runs of bad ones, in order. A loop, because each line is parsed to be judged."""
    run: list[bytes] = []
    verdict: str | None = None
    for line in chunk.split(b"\n"):
        stripped = line.strip()
        if not stripped:
            continue
        now = "" if _is_object(stripped) else _reason(stripped)
        if verdict is not None and now != verdict:
            yield _piece(source, run, verdict, record)
            record, run = record + len(run), []
        verdict = now
        run.append(stripped)
    if run:
        yield _piece(source, run, verdict or "", record)


def _piece(source: str, run: list[bytes], verdict: str, record: int) -> Batch | SetAside:
    if verdict:
        size = sum(map(len, run))
        return SetAside(source=source, reason=verdict, detail=_DETAILS[verdict], records=len(run), size_bytes=size, record=record)
    return Batch(source=source, first_record=record, records=len(run), lines=b"\n".join(run) + b"\n")


FORMAT = Format(name="ndjson", title="JSON objects, one a line", suffixes=(".ndjson", ".jsonl", ".json"), sniff=sniff, read=read)
