"""What a finder of names is given to read: prose, not identifiers, paths, user agents, code, logs or stack traces."""

from __future__ import annotations

import re

import polars as pl

#: Fewest letters a text needs to name somebody, and fewest of its characters that are letters or blanks.
FEWEST_LETTERS = 3
LETTER_SHARE = 0.55

_LETTERS = r"\p{L}"
_IDENTIFIER = r"^[\p{L}\p{N}._:/@#%&?=+~*$|\\-]*[\d_/:@=\\][\p{L}\p{N}._:/@#%&?=+~*$|\\-]*$"
_USER_AGENT = r"^(?:Mozilla|curl|python-requests|okhttp|Go-http-client|PostmanRuntime|axios|Dalvik)/"
_CODE = (
    r"^\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE)\s|^\s*(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+[/h]\S*"
    r"|^\s*(?:Traceback \(most recent|at [\w$.<>]+\(|\w+(?:\.\w+)+(?:Exception|Error)\b)|^\s*[\[{].*[\]}]\s*$|^\s*<[a-zA-Z!/?][^>]*>"
    r"|^\S+=\S+(?:\s+\S+=\S+)+\s*$"
)

#: A line that is code or a log line inside a longer text, judged alone.
_CODE_LINE = re.compile(
    r"^\s*(?:"
    r"(?:at\s+)[\w$.<>/]+\([^)]*\)"  # stack frames of Java and JavaScript
    r"|File \".*\", line \d+|Traceback \(most recent call last\)|\w+(?:\.\w+)*(?:Exception|Error):.*"
    r"|(?:import|from)\s+[\w.]+(?:\s+import\s+.+|;)?$|(?:def|class|function|const|let|var|public|private|static|void|func|fn|return|elif|else|try|except|catch)\b.*[:;{(=]\s*.*$"
    r"|#include\b.*|</?[a-zA-Z][^>]*>.*|[{}()\[\];,]+|.*[;{]\s*$|\w+\s*\(.*\)\s*;?$"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d.*\b(?:INFO|WARN|ERROR|DEBUG|TRACE)\b.*|\[?(?:INFO|WARN|ERROR|DEBUG|TRACE)\]?\b.*=.*"
    r"|\$ .*|(?:sudo|npm|pip|git|docker|kubectl|curl|apt|cd|ls|mkdir|export)\s+[\w./$-].*"
    r")$"
)
_FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_ADDRESS_OR_ID = re.compile(r"https?://\S+|[\w.+-]+@[\w-]+\.[\w.]+|(?<!\S)(?:[A-Za-z]:\\|~?/)[\w.@~/\\-]{3,}|(?<!\S)(?=\S*\d)(?=\S*[A-Za-z])[A-Za-z0-9_/=+-]{16,}(?!\S)")


def is_prose(text: pl.Expr) -> pl.Expr:
    """
    Whether a text can name somebody in words: what the finder of names is given.

    Args:
        text: any text; null is none.
    """
    letters = text.str.count_matches(_LETTERS)
    share = (letters + text.str.count_matches(r"\s")) / text.str.len_chars()
    shaped = ~text.str.contains(_IDENTIFIER) & ~text.str.contains(_USER_AGENT) & ~text.str.contains(_CODE)
    return (text.is_not_null() & (letters >= FEWEST_LETTERS) & (share >= LETTER_SHARE) & shaped).fill_null(False)


def only_prose(text: str) -> str:
    """
    `text` with everything that is no prose blanked out, of the same length, so that offsets stay.

    Blanked are fenced code, lines of code, logs and stack traces, web and mail addresses, paths and long identifiers.
    """
    if "```" in text:
        text = _FENCE.sub(lambda found: _blank(found[0]), text)
    if "\n" in text or _CODE_LINE.match(text):
        text = "".join(_blank(line) if _CODE_LINE.match(line.rstrip("\n")) else line for line in text.splitlines(keepends=True))
    return _ADDRESS_OR_ID.sub(lambda found: _blank(found[0]), text)


def _blank(text: str) -> str:
    return "".join("\n" if letter == "\n" else " " for letter in text)
