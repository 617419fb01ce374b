"""
Apple's property lists, XML and binary: opened as the JSON that they say, so that lists in them become records.

References:
    Python documentation, plistlib, which reads both and refuses entities.
"""

from __future__ import annotations

import io
import plistlib
from collections.abc import Iterator
from typing import Any

import orjson

from leakscope.errors import SetAsideError
from leakscope.model import SetAside
from leakscope.sources import Format
from leakscope.sources.evidence import Evidence
from leakscope.sources.json_lenient import written
from leakscope.sources.tables import text_of

MAX_BYTES = 64 << 20


def _plain(value: Any) -> Any:
    return {str(name): inner for name, inner in value.items()} if isinstance(value, dict) else int(value) if isinstance(value, plistlib.UID) else text_of(value)


def _expand(evidence: Evidence) -> Iterator[Evidence | SetAside]:
    with evidence.open() as stream:
        content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise SetAsideError(f"A property list over {MAX_BYTES >> 20} MiB; convert it with plutil and read it as JSON.", reason="too-long")
    try:
        value = plistlib.loads(content)
        text = written(value, default=_plain, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_INDENT_2)
    except Exception:  # plistlib lets many kinds through, with values in their words
        raise SetAsideError("The property list is damaged.", reason="damaged") from None
    yield evidence.inside(evidence.name, lambda: io.BytesIO(text), len(text))


FORMAT = Format(
    name="plist", title="Apple property list", suffixes=(".plist",),
    sniff=lambda head, name: 1.0 if head.startswith(b"bplist00") or (b"<plist" in head[:1024] and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")) else 0.0, expand=_expand,
)  # fmt: skip
