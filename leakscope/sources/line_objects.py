"""Reads JSON objects, one a line, that have to be changed into the records that they mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from leakscope.errors import SetAsideError
from leakscope.model import Reading, SetAside
from leakscope.sources.evidence import Evidence
from leakscope.sources.json_lenient import written
from leakscope.sources.lines import MAX_LINE_BYTES, TooLong, line_chunks
from leakscope.sources.tables import Documents

#: An object -> the record that it means, null when it only says something of the next one; raises the usual kinds where it is no such object.
Change = Callable[[dict[str, Any]], dict[str, Any] | None]


def read_objects(evidence: Evidence, change: Change, detail: str) -> Reading:
    """
    Batches of changed objects.

    Args:
        evidence: UTF-8 lines.
        change: what each object means.
        detail: says of a line that is none what it is not.
    """
    gathered = Documents(evidence.name)
    broken: SetAsideError | None = None
    with evidence.open() as stream:
        try:
            for chunk in line_chunks(stream):
                if isinstance(chunk, TooLong):
                    yield from gathered.refuse("", "line-too-long", f"One line is over {MAX_LINE_BYTES >> 20} MiB.", size_bytes=chunk.size_bytes)
                    continue
                for line in filter(None, map(bytes.strip, chunk.removeprefix(b"\xef\xbb\xbf").split(b"\n"))):
                    yield from _record(gathered, line, change, detail)
        except SetAsideError as error:
            broken = error
    yield from gathered.rest()
    if broken is not None:
        yield SetAside(source=evidence.name, reason=broken.reason, detail=broken.message)


def _record(gathered: Documents, line: bytes, change: Change, detail: str) -> Reading:
    try:
        record = change(orjson.loads(line))
        content = written(record) if record is not None else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        yield from gathered.refuse("", "not-json", detail, size_bytes=len(line))
        return
    if content is not None:
        yield from gathered.add("", content)
