"""Makes the XML that programs really write well-formed while it is read: surrogates and control letters, bare ampersands, HTML's entities."""

from __future__ import annotations

import codecs
import html.entities
import re
from collections.abc import Iterator

from leakscope.sources.encoding import encoding_of
from leakscope.sources.evidence import Evidence, head_of
from leakscope.sources.text_lines import _as_utf8

_CHUNK = 1 << 18
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z][\w.-]{1,40})[\"']")
_PAIR = re.compile(r"&#(?:(?P<high>5(?:529[6-9]|5[3-9]\d\d|6[0-2]\d\d|63[01]\d))|x(?P<high16>[dD][89abAB][0-9a-fA-F]{2}));&#(?:(?P<low>5(?:6[3-9]\d\d|7[0-2]\d\d|73[0-3]\d|734[0-3]))|x(?P<low16>[dD][c-fC-F][0-9a-fA-F]{2}));")
_NUMBER = re.compile(r"&#(?:(\d{1,10})|[xX]([0-9a-fA-F]{1,8}));")
_AMPERSAND = re.compile(r"&(?!#\d{1,10};|#[xX][0-9a-fA-F]{1,8};|(?:amp|lt|gt|quot|apos);)(?:([A-Za-z]\w{1,31});)?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LITERAL = re.compile(r"(<!\[CDATA\[|\]\]>|<!DOCTYPE|<!ENTITY|<!--|-->)")
#: Longest mark that must not be cut: a pair of references.
_LONGEST = 64
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")


def _encoding(head: bytes) -> str:
    """The encoding of the bytes: what they show, else what the declaration says."""
    shown = encoding_of(head) or "utf-8"
    declared = _DECLARED.search(head[:400])
    if declared is None or shown.startswith(("utf", "iso2022")):
        return shown
    try:
        name = codecs.lookup(declared[1].decode()).name
    except LookupError:
        return shown
    return shown if name.startswith("utf") else name


def _pair(found: re.Match[str]) -> str:
    high = int(found["high"]) if found["high"] else int(found["high16"], 16)
    low = int(found["low"]) if found["low"] else int(found["low16"], 16)
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def _number(found: re.Match[str]) -> str:
    code = int(found[1]) if found[1] else int(found[2], 16)
    allowed = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    return found[0] if allowed else " "


def _ampersand(found: re.Match[str]) -> str:
    name = found[1]
    if name and f"{name};" in html.entities.html5:
        return html.entities.html5[f"{name};"].replace("&", "&amp;").replace("<", "&lt;")
    return f"&amp;{name};" if name else "&amp;"


def _mended(text: str) -> str:
    text = _PAIR.sub(_pair, text) if "&#" in text else text
    text = _NUMBER.sub(_number, text) if "&#" in text else text
    return _AMPERSAND.sub(_ampersand, text) if "&" in text else text


def chunks(evidence: Evidence) -> Iterator[bytes]:
    """
    The document as UTF-8 that an XML parser accepts, without its declaration; nothing inside CDATA and comments is changed.

    Raises:
        SetAsideError: the stream broke off.
    """
    with evidence.open() as stream:
        reader = _as_utf8(stream, _encoding(head_of(evidence, 64 * 1024)))  # type: ignore[arg-type]
        rest, literal, first = "", "", True
        while True:
            raw = reader.read(_CHUNK)
            text = rest + raw.decode("utf-8", "replace")
            if first:
                text = _DECLARATION.sub("", text.removeprefix("\ufeff"), count=1)
                first = False
            cut = _whole(text) if raw else len(text)
            done, literal = _pieces(text[:cut], literal)
            rest = text[cut:]
            if done:
                yield _CONTROL.sub(" ", done).encode("utf-8", "replace")
            if not raw:
                return


def _whole(text: str) -> int:
    """How much of `text` may be looked at before the rest of it is read: nothing that could go on is cut."""
    start = max(0, len(text) - _LONGEST)
    return next((place for place in range(start, len(text)) if text[place] in "&<]-"), len(text))


def _pieces(text: str, literal: str) -> tuple[str, str]:
    """`text` with everything mended that is not literal, and which literal part is open at its end."""
    result = []
    for part in _LITERAL.split(text):
        if literal:
            literal = "" if part == literal else literal
            result.append(part)
        else:
            literal = {"<![CDATA[": "]]>", "<!--": "-->"}.get(part, "")
            result.append(part if literal else _mended(part))
    return "".join(result), literal
