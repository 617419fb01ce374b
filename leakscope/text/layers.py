"""One layer of encoding at a time: what in a text is written in another form, what it says, and where it stood."""

from __future__ import annotations

import base64
import binascii
import gzip
import html
import io
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from urllib.parse import unquote

#: Most code points that one decoded layer may have; the rest of a bomb is not read.
MAX_DECODED = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Layer:
    """
    A stretch of a text, decoded.

    Args:
        name: short name of the encoding, as it appears in field paths.
        start, end: the stretch, code points.
        text: what it says.
        breaks: (place in `text`, place in the outer text) pairs, increasing, between which both advance alike;
            null when a place inside cannot be told, and the whole stretch stands for it.
    """

    name: str
    start: int
    end: int
    text: str
    breaks: tuple[tuple[int, int], ...] | None = None


#: Four characters of base64 that say three ASCII bytes: the high bit of each byte is zero, which fixes one bit of each of the
#: first three characters (RFC 4648, section 4). Five such groups in a row are almost never anything else.
_ASCII_GROUP = r"[A-Za-f][A-HQ-Xg-nw-z0-3][AEIMQUYcgkosw048BFJNRVZdhlptx159][A-Za-z0-9+/_-]"
BASE64_TRIGGER = rf"(?:{_ASCII_GROUP}){{4}}|H4sI[A-Za-z0-9+/_-]{{16}}"
#: What a text shows that may be JSON as a whole.
JSON_TRIGGER = r"^\s*[\[{]"
#: What a text shows that may hold a SQL statement with rows; `leakscope.text.statements` takes them apart.
INSERT_TRIGGER = r"[vV][aA][lL][uU][eE][sS]?[ \t\r\n]*\("
#: (expression, whether it must be read as UTF-8): every text that holds a layer shows one of these.
LAYER_TRIGGERS = (
    (BASE64_TRIGGER, False),
    (r"[bB][aA][sS][iI][cC]\s", False),
    (r"%[0-9A-Fa-f]{2}", False),
    (r"&[#A-Za-z]", False),
    (r"\\[ux]", False),
    (r"\x00", False),
    (r"[\x{ad}\x{200b}-\x{200f}\x{2060}-\x{2064}\x{feff}\x{ff01}-\x{ff5e}\x{1d7ce}-\x{1d7ff}\x{1d400}-\x{1d6a3}]", True),
    (INSERT_TRIGGER, False),
    (JSON_TRIGGER, False),
)
_BASE64_TRIGGER = re.compile(BASE64_TRIGGER)
_BASIC = re.compile(r"(?i:basic)\s+([A-Za-z0-9+/_-]{8,}={0,2})(?![A-Za-z0-9+/_=-])")
_BASE64_RUN = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
#: One character in percent-encoded UTF-8 (RFC 3629, section 3), or a byte that is none, so that places stay those of characters.
_PERCENT_CHARACTER = re.compile(
    r"%[0-7][0-9A-Fa-f]|%[CDcd][0-9A-Fa-f]%[89ABab][0-9A-Fa-f]|%[Ee][0-9A-Fa-f](?:%[89ABab][0-9A-Fa-f]){2}|%[Ff][0-7](?:%[89ABab][0-9A-Fa-f]){3}|%[0-9A-Fa-f]{2}"
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});")
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}")
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
#: Characters that hide or disguise ASCII: invisible ones, and the full-width block (Unicode 16, U+FF01..FF5E).
_DISGUISED = re.compile(f"[{_INVISIBLE}\uff01-\uff5e\U0001d7ce-\U0001d7ff\U0001d400-\U0001d6a3]")
_PRINTABLE = re.compile(r"[^\x00-\x08\x0e-\x1f\x7f]*")


def replaced(text: str, name: str, pattern: re.Pattern[str], meaning: Callable[[str], str]) -> Layer | None:
    """`text` with every match of `pattern` replaced by what it means; null when nothing changes."""
    parts: list[str] = []
    breaks = [(0, 0)]
    at = length = 0
    for found in pattern.finditer(text):
        says = meaning(found.group())
        if says == found.group():
            continue
        parts += (text[at : found.start()], says)
        length += found.start() - at + len(says)
        at = found.end()
        breaks += ((length - len(says), found.start()), (length, at))
    if not parts:
        return None
    return Layer(name, 0, len(text), "".join((*parts, text[at:])), tuple(breaks))


def percent(text: str) -> Layer | None:
    """URL percent-encoding (RFC 3986, section 2.1)."""
    return replaced(text, "percent", _PERCENT_CHARACTER, lambda run: _printable(unquote(run), run)) if _PERCENT.search(text) else None


def entities(text: str) -> Layer | None:
    """HTML and XML character references."""
    return replaced(text, "entities", _ENTITY, html.unescape) if "&" in text else None


def escapes(text: str) -> Layer | None:
    r"""`\uXXXX` and `\xXX` escapes that stand in text outside a JSON string."""
    return replaced(text, "escapes", _ESCAPE, _escaped) if "\\" in text else None


def _escaped(run: str) -> str:
    """What an escape means; half of a surrogate pair means nothing and stays as it is (Unicode 16, section 3.8)."""
    if len(run) == 12:
        return chr(0x10000 + ((int(run[2:6], 16) - 0xD800) << 10) + int(run[8:], 16) - 0xDC00)
    point = int(run[2:], 16)
    return run if 0xD800 <= point < 0xE000 else chr(point)


def disguised(text: str) -> Layer | None:
    """Full-width and mathematical letters and digits as ASCII, invisible characters gone (Unicode TR 36, TR 39)."""
    if text.isascii() or not _DISGUISED.search(text):
        return None
    return replaced(text, "plain", _DISGUISED, lambda c: "" if c in _INVISIBLE else unicodedata.normalize("NFKC", c))


def utf16(text: str) -> Layer | None:
    """UTF-16 read as single bytes: NULs stand at every other place, but where a character is outside Latin-1."""
    if "\x00" not in text or len(text) < 8 or len(text) % 2:
        return _ascii_utf16(text)
    for codec, lead in (("utf-16-le", 0), ("utf-16-be", 1)):
        if text[1 - lead :: 2].count("\x00") * 2 < len(text) // 2 or text[lead::2].count("\x00") * 20 > len(text):
            continue
        try:
            says = text.encode("latin-1").decode(codec)
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        if _PRINTABLE.fullmatch(says):
            return Layer("utf16", 0, len(text), says, _pairs(says))
    return _ascii_utf16(text)


def _pairs(says: str) -> tuple[tuple[int, int], ...]:
    """Where each character of `says` stood among the bytes: two of them each, four outside the basic plane."""
    if not any(c > "\uffff" for c in says):
        return tuple((index, 2 * index) for index in range(len(says)))
    widths = accumulate((4 if c > "\uffff" else 2 for c in says), initial=0)
    return tuple(enumerate(list(widths)[:-1]))


def _ascii_utf16(text: str) -> Layer | None:
    """UTF-16 of nearly nothing but ASCII, cut anywhere."""
    if "\x00" not in text or len(text) < 8:
        return None
    for lead in (0, 1):
        other, letters = text[1 - lead :: 2], text[lead::2]
        if letters.count("\x00") == 0 and other.count("\x00") >= len(other) * 0.9:
            breaks = tuple((index, 2 * index + lead) for index in range(len(letters)))
            return Layer("utf16", 0, len(text), letters, breaks)
    return None


def base64_runs(text: str) -> Iterator[Layer]:
    """Every base64 run that says printable text, plain, gzipped or zlib-compressed, or UTF-16."""
    yield from _basic(text)
    if not _BASE64_TRIGGER.search(text):
        return
    for found in _BASE64_RUN.finditer(text):
        if _BASE64_TRIGGER.search(found.group()):
            says = unbase64(found.group())
            if says is not None:
                yield Layer(says[0], found.start(), found.end(), says[1])


def _basic(text: str) -> Iterator[Layer]:
    """HTTP Basic credentials that are too short for the trigger (RFC 7617)."""
    for found in _BASIC.finditer(text) if "asic" in text or "ASIC" in text else ():
        says = None if _BASE64_TRIGGER.search(found[1]) else unbase64(found[1])
        if says is not None and ":" in says[1]:
            yield Layer(says[0], *found.span(1), says[1])


def unbase64(run: str) -> tuple[str, str] | None:
    """What a base64 run says, with the name of its encoding; null when it is not text."""
    body = run.rstrip("=").replace("-", "+").replace("_", "/")
    body = body[: len(body) - (len(body) % 4 == 1)]
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4))
    except (binascii.Error, ValueError):
        return None
    if raw[:2] == b"\x1f\x8b":
        text = _text(_inflated(raw, 31))
        return ("base64+gzip", text) if text else None
    if raw[:1] == b"\x78" and raw[1:2] in (b"\x01", b"\x5e", b"\x9c", b"\xda"):
        text = _text(_inflated(raw, 15))
        if text:
            return "base64+zlib", text
    text = _text(raw)
    return ("base64", text) if text else None


def _inflated(raw: bytes, window: int) -> bytes:
    try:
        return zlib.decompressobj(window).decompress(raw, MAX_DECODED)
    except zlib.error:
        return b""


def _text(raw: bytes) -> str | None:
    if len(raw) > 8 and raw[1::2].count(0) >= len(raw) // 2 * 0.9 and raw[::2].count(0) == 0:
        raw = raw[: len(raw) // 2 * 2].decode("utf-16-le", "replace").encode()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text and _PRINTABLE.fullmatch(text) else None


def _printable(text: str, otherwise: str) -> str:
    return text if "\ufffd" not in text else otherwise


def encode_base64(name: str, text: str, sample: str) -> str | None:
    """
    `text` written in the encoding `name`, in the alphabet and padding of `sample`; for redaction.

    Returns:
        null when the encoding cannot be written back.
    """
    raw = text.encode()
    if name == "base64+gzip":
        buffer = io.BytesIO()
        with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as file:
            file.write(raw)
        raw = buffer.getvalue()
    elif name == "base64+zlib":
        raw = zlib.compress(raw)
    elif name != "base64":
        return None
    coded = base64.b64encode(raw).decode()
    if "-" in sample or "_" in sample:
        coded = coded.replace("+", "-").replace("/", "_")
    return coded if sample.endswith("=") or len(sample) % 4 == 0 else coded.rstrip("=")
