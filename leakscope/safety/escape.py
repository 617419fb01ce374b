"""One escape per place where text is written; everything that could be evidence goes through one of these."""

from __future__ import annotations

import html
import re
import unicodedata

#: Control characters, and the marks that reorder text on a terminal or a page (Unicode TR 9, TR 36).
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
#: First characters that a spreadsheet may take for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&:@/])")


def plain(text: str) -> str:
    """`text` without anything a terminal or log could act on; each removed character shows as `\\u{..}`."""
    return _UNSAFE.sub(lambda found: f"\\u{{{ord(found.group()):x}}}", unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode()))


def terminal(text: str) -> str:
    """For rich: without control characters, and with its markup brackets escaped."""
    return re.sub(r"(\\*)\[", r"\1\1\\[", plain(text))


def markup(text: str) -> str:
    """For HTML and XML, in text and in quoted attributes."""
    return html.escape(plain(text), quote=True)


def cell(text: str) -> str:
    """For CSV and spreadsheets: a cell that could be taken for a formula starts with an apostrophe."""
    safe = plain(text)
    return f"'{safe}" if safe.startswith(_FORMULA) or safe.lstrip().startswith(_FORMULA) else safe


def markdown(text: str) -> str:
    """For Markdown: one line, with every character that could mean markup escaped."""
    return _MARKDOWN.sub(r"\\\1", plain(text))
