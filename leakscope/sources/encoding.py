"""Tells the encoding of text evidence from its first bytes."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Share of control bytes from which a head is binary; text logs hold a few escape codes.
_BINARY_SHARE = 0.02
#: A log that was being written when its disk failed holds runs of NUL, but few.
_NUL_SHARE = 0.005


def encoding_of(head: bytes) -> str | None:
    """
    The encoding of text that starts with `head`, or null for binary.

    Returns:
        a codec name: by byte order mark, else UTF-16 by its zero bytes, else UTF-8, else GB18030 or cp1252.
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if (wide := _utf16_without_mark(head)) is not None:
        return wide
    if _is_binary(head):
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
        return "utf-8"
    except UnicodeDecodeError:
        return "cp1252"


def _utf16_without_mark(head: bytes) -> str | None:
    sample = head[:4096]
    if len(sample) < 8:
        return None
    even, odd = sample[0::2].count(0) / len(sample[0::2]), sample[1::2].count(0) / len(sample[1::2])
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else None


def _is_binary(head: bytes) -> bool:
    if not head:
        return False
    controls = sum(head.count(bytes([code])) for code in (*range(9), 11, 14, 15, *range(16, 27), *range(28, 32)))
    return head.count(0) / len(head) > _NUL_SHARE or controls / len(head) > _BINARY_SHARE
