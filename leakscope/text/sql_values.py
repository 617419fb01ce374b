"""The words of SQL that a dump's rows are written in: names, column lists, values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

#: Strings: with backslash escapes (MySQL, PostgreSQL's E''), and without (the standard).
ESCAPED = r"'(?:[^'\\]++|\\.|'')*+'"
STANDARD = r"'(?:[^']++|'')*+'"
DOUBLE = r'"(?:[^"\\]++|\\.|"")*+"'
NAME = r'(?:`(?:[^`]|``)++`|"(?:[^"]|"")++"|\[(?:[^\]]|\]\])++\]|[\w$@#\u0080-\uffff]++)'
QUALIFIED = rf"{NAME}(?:\s*+\.\s*+{NAME})*+"

#: The head of a statement that writes rows, up to the bracket of the first one.
INSERT = re.compile(
    rf"(?:/\*!\d++\s*+)?(?:(?:INSERT|REPLACE)(?:\s++(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE|OR\s++\w++|ALL))*+(?:\s++INTO)?+|INTO)\s*+(?P<table>{QUALIFIED})\s*+"
    rf"(?:\((?P<columns>\s*+{NAME}\s*+(?:,\s*+{NAME}\s*+)*+)\)\s*+)?(?:OVERRIDING\s++\w++\s++VALUE\s++)?VALUES?\s*+(?=\()",
    re.IGNORECASE,
)
#: The head of a table's definition, with its bracket.
CREATE_HEAD = re.compile(rf"CREATE\s++(?:\w++\s++)*?TABLE\s++(?:IF\s++NOT\s++EXISTS\s++)?(?P<table>{QUALIFIED})\s*+\(", re.IGNORECASE)
CREATE = re.compile(rf"{CREATE_HEAD.pattern}(?P<body>.*)\)", re.IGNORECASE | re.DOTALL)
#: Between two rows of one statement, with the bracket of the second.
BETWEEN = re.compile(r"\s*+,(?:\s++|--[^\n]*+\n|/\*.*?\*/)*+\(", re.DOTALL)


def field_pattern(*, backslash: bool) -> re.Pattern[str]:
    """One value of a row with the comma or bracket behind it: groups value, end."""
    string = ESCAPED if backslash else rf"(?:(?<![A-Za-z0-9_])[eE]{ESCAPED}|{STANDARD})"
    quoted = rf"{string}|{DOUBLE}"
    inner = rf"(?:[^'\"()]++|{quoted})"
    deeper = rf"\((?:{inner}|\((?:{inner}|\((?:{inner})*+\))*+\))*+\)"
    plain = r"(?:(?![eE]')[^'\"(),])++" if not backslash else r"[^'\"(),]++"
    return re.compile(rf"\s*+(?P<value>(?:{plain}|{quoted}|{deeper})*+)(?P<end>[,)])", re.DOTALL)


_MYSQL = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}
_BACKSLASH = re.compile(r"\\(.)|''", re.DOTALL)
_LITERAL = re.compile(rf"(?P<prefix>[A-Za-z_&][\w&]*\s*+)??(?P<string>{ESCAPED})", re.DOTALL)
_HEX = re.compile(r"(?:0x((?:[0-9A-Fa-f]{2})+)|[xX]'((?:[0-9A-Fa-f]{2})*)')\Z")
_WORDS = {"null": None, "default": None, "true": "true", "false": "false"}


def unescaped(body: str) -> str:
    """A string's content with MySQL's backslash escapes resolved."""
    return _BACKSLASH.sub(lambda found: "'" if found[0] == "''" else _MYSQL.get(found[1], found[1]), body)


def value_of(raw: str, backslash: bool) -> str | None:
    """
    What a value of a row says: strings without their quoting, numbers as written, hex as the text it encodes, NULL as null.

    Of a call or cast with strings in it (`CAST(N'2024-01-02' AS DateTime)`, `TO_DATE('..', '..')`, `'{}'::jsonb`) the first string counts.
    """
    raw = raw.strip()
    if raw[:1] == "'" and raw[-1:] == "'" and len(raw) > 1:
        body = raw[1:-1]
        if "'" not in body and not (backslash and "\\" in body):
            return body
        if not (backslash or _TWO_STRINGS.search(body)):
            return body.replace("''", "'")
        return unescaped(body) if backslash and not _TWO_STRINGS.search(body) else _first_string(raw, backslash=backslash)
    if raw.isdecimal():
        return raw
    lower = raw.lower()
    if lower in _WORDS:
        return _WORDS[lower]
    if (found := _HEX.match(raw)) is not None:
        return _from_hex(found[1] or found[2] or "")
    if raw[:1] == '"' and raw[-1:] == '"' and len(raw) > 1:
        return unescaped(raw[1:-1]).replace('""', '"') if backslash else raw[1:-1].replace('""', '"')
    return _first_string(raw, backslash=backslash) if "'" in raw else raw


#: A quote that is neither doubled nor escaped: the value is several strings (`'a' || 'b'`), not one.
_TWO_STRINGS = re.compile(r"(?<!['\\])'(?:[^']|$)")


def _string(body: str, *, backslash: bool) -> str:
    if backslash and "\\" in body:
        return unescaped(body)
    return body.replace("''", "'") if "''" in body else body


def _first_string(raw: str, *, backslash: bool) -> str:
    escaped = backslash or raw[:2] in ("e'", "E'")
    found = re.search(ESCAPED if escaped else STANDARD, raw, re.DOTALL)
    if found is None:
        return raw
    joined = re.findall(ESCAPED if escaped else STANDARD, raw, re.DOTALL) if "||" in raw else [found[0]]
    return "".join(_string(one[1:-1], backslash=escaped) for one in joined)


def _from_hex(digits: str) -> str:
    content = bytes.fromhex(digits)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return digits.lower()
    return text if text.isprintable() or "\n" in text else digits.lower()


@lru_cache(maxsize=1024)
def name_of(qualified: str) -> str:
    """The table's own name, without its schema and quoting."""
    return unquoted(re.findall(NAME, qualified)[-1])


def unquoted(name: str) -> str:
    """A name without its quoting."""
    if name[:1] in "`\"" and name[-1:] == name[:1]:
        return name[1:-1].replace(name[0] * 2, name[0])
    return name[1:-1].replace("]]", "]") if name[:1] == "[" else name


@lru_cache(maxsize=1024)
def names_of(listed: str) -> tuple[str, ...]:
    """Names of a column list."""
    return tuple(unquoted(one) for one in re.findall(NAME, listed))


_NO_COLUMN = re.compile(r"(?:PRIMARY|KEY|UNIQUE|CONSTRAINT|INDEX|FULLTEXT|SPATIAL|CHECK|FOREIGN|EXCLUDE|PERIOD|LIKE)\b", re.IGNORECASE)
_DEFINED = re.compile(rf"\s*+({NAME})\s++[\w\[\"`]")
_BRACKETS = re.compile(rf"\((?:[^'\"()]++|{STANDARD}|{DOUBLE}|\((?:[^'\"()]++|{STANDARD}|\([^()]*+\))*+\))*+\)", re.DOTALL)
_PART = re.compile(rf"(?:[^'\"(),]++|{ESCAPED}|{DOUBLE}|\((?:[^'\"()]++|{ESCAPED}|{DOUBLE}|\((?:[^'\"()]++|{ESCAPED}|\([^()]*+\))*+\))*+\))++", re.DOTALL)


def bracketed(text: str, at: int) -> str | None:
    """What stands between the bracket at `at` and the one that closes it; null when none does."""
    found = _BRACKETS.match(text, at)
    return found[0][1:-1] if found else None


def defined_columns(body: str) -> tuple[str, ...]:
    """Column names of a table's definition, given what stands between its brackets."""
    parts = (part for part in _PART.findall(body) if not _NO_COLUMN.match(part.lstrip()))
    return tuple(unquoted(found[1]) for part in parts if (found := _DEFINED.match(part)))


_COPY = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_COPY_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|.)", re.DOTALL)


def _copied(found: re.Match[str]) -> str:
    word = found[1]
    if word[0] == "x" and len(word) > 1:
        return chr(int(word[1:], 16))
    return chr(int(word, 8) & 0xFF) if word[0] in "01234567" else _COPY.get(word, word)


def copied_row(line: str, delimiter: str = "\t") -> Sequence[str | None]:
    """Values of one line of a COPY block in text format."""
    fields = line.split(delimiter)
    if "\\" not in line:
        return fields
    return [None if one == "\\N" else _COPY_ESCAPE.sub(_copied, one) if "\\" in one else one for one in fields]
