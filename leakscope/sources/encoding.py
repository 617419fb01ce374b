"""
Tells the encoding of text evidence from its first bytes.

Byte order marks and UTF-16's zero bytes are told here; which of the older encodings a text is in is told by charset-normalizer, asked
only about those that people still export tables in, and only where runs of high bytes rule out a western European text.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

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
#: NULs that a short text may hold, in a field that a program cut off.
_FEW_NULS = 2
#: Escape codes with which Japanese mail and old exports change alphabets.
_ISO_2022_JP = (b"\x1b$B", b"\x1b$@", b"\x1b(J")
_HIGH = re.compile(rb"[\x80-\xff]+")
#: Western European words hold single high bytes between ASCII letters; other alphabets hold runs of them.
_ALONE_SHARE = 0.5
#: Broken sequences for each whole one, up to which a text is UTF-8 with a few wounds.
_WOUNDED_SHARE = 0.2
#: Bytes that are enough to tell an encoding by.
_ENOUGH = 8 * 1024
_OLDER = ("gb18030", "cp932", "euc_jp", "euc_kr", "cp949", "big5", "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874")


@lru_cache(maxsize=8)
def encoding_of(head: bytes) -> str | None:
    """
    The encoding of text that starts with `head`, or null for binary.

    Returns:
        a codec name: by byte order mark, else UTF-16 by its zero bytes, else UTF-8, else an Asian or other non-Latin encoding whose
        letters it makes sense in, else cp1252.
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
    except UnicodeDecodeError:
        return "utf-8" if _is_wounded_utf8(head) else _older(head)
    return "iso2022_jp" if any(mark in head for mark in _ISO_2022_JP) else "utf-8"


def is_ascii_based(encoding: str) -> bool:
    """Whether line feeds and brackets can be found in the bytes without decoding them."""
    return encoding in ("utf-8", "utf-8-sig", "cp1252")


def _is_wounded_utf8(head: bytes) -> bool:
    """Whether most of what is not ASCII is whole sequences of UTF-8."""
    text = head.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(letter > "\x7f" for letter in text) - broken
    return whole > 0 and broken <= _WOUNDED_SHARE * whole


def _older(head: bytes) -> str:
    runs = [len(run) for run in _HIGH.findall(head)]
    if sum(run == 1 for run in runs) > _ALONE_SHARE * len(runs) and not _is_shift_jis(head):
        return "cp1252"
    from charset_normalizer import from_bytes

    sample = _to_line(head)
    fitting = [name for name in _OLDER if _decodes(sample, name) and _is_plausible(sample, name)]
    best = from_bytes(sample, cp_isolation=fitting, preemptive_behaviour=False, enable_fallback=False).best() if fitting else None
    return best.encoding if best is not None else "cp1252"


def _is_shift_jis(head: bytes) -> bool:
    """Shift JIS alone lets the second byte of a letter be ASCII: kana and kanji of it, and nothing undecodable."""
    if not _decodes(_to_line(head), "cp932"):
        return False
    letters = [letter for letter in _to_line(head).decode("cp932", "ignore") if letter > "\x7f"]
    kana = sum("\u3040" <= letter <= "\u30ff" for letter in letters)
    halves = sum("\uff61" <= letter <= "\uff9f" for letter in letters)
    return len(letters) >= 4 and kana >= 0.1 * len(letters) and halves <= 0.2 * len(letters)


def _is_plausible(sample: bytes, encoding: str) -> bool:
    """Whether a text would be Korean if it were in an encoding of Korean: nearly all syllables, and none that Korean hardly has."""
    if encoding not in ("euc_kr", "cp949"):
        return True
    letters = [letter for letter in sample.decode(encoding, "ignore") if letter > "\x7f"]
    syllables = sum("\uac00" <= letter <= "\ud7a3" for letter in letters)
    rare = sum(not letter.encode("euc_kr", "ignore") for letter in letters)
    return syllables >= 0.8 * len(letters) and rare <= 0.1 * len(letters)


def _to_line(head: bytes) -> bytes:
    """The lines with high bytes among the first, whole, so that no letter is cut and ASCII does not outweigh what tells."""
    whole = head[: head.rfind(b"\n") + 1] or head
    telling = b"\n".join(line for line in whole.split(b"\n") if not line.isascii())[:_ENOUGH]
    cut = telling.rfind(b"\n")
    return telling if len(telling) < _ENOUGH or cut < 0 else telling[:cut]


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


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
    controls = sum(head.count(bytes([code])) for code in (*range(1, 9), 11, 14, 15, *range(16, 27), *range(28, 32))) - _separators(head)
    few = head.count(0) <= _FEW_NULS and not controls
    return (not few and head.count(0) / len(head) > _NUL_SHARE) or (not few and (controls + head.count(0)) / len(head) > _BINARY_SHARE)


def _separators(head: bytes) -> int:
    """Control bytes that Hive and old exports put between fields and records, where they are the only ones of a text."""
    return sum(head.count(mark) for mark in (b"\x01", b"\x1e", b"\x1f")) if b"\x00" not in head else 0
