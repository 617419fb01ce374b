"""
SQL dumps as text: mysqldump and mariadb-dump, pg_dump in plain form with COPY blocks or INSERTs, sqlite3 .dump, SQL Server and Oracle scripts.

Each table is a source of its own (`dump.sql:customers`) with its columns; a record's number is its row in that table.
Nothing is executed. Statements that are no rows and no structure (users and their passwords, grants, functions, updates)
are records of the dump itself, in the field `statement`.

Rows are cut by expressions of our own over a bounded window, because no library streams: sqlglot's tokenizer wants the whole text
and makes an object of every token, and knows no COPY blocks.

References:
    MySQL 8.0 Reference Manual, 9.1.1 String Literals and 4.5.4 mysqldump; PostgreSQL 16 documentation, 4.1 Lexical Structure and COPY,
    File Formats (read 2026-11); SQL Server and Oracle as their script writers print INSERT.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from leakscope.errors import SetAsideError
from leakscope.model import Batch, Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.encoding import encoding_of
from leakscope.sources.evidence import Evidence, head_of
from leakscope.sources.tables import Tables
from leakscope.text.sql_values import (
    BETWEEN,
    CREATE,
    DOUBLE,
    ESCAPED,
    INSERT,
    QUALIFIED,
    STANDARD,
    copied_row,
    defined_columns,
    field_pattern,
    name_of,
    names_of,
    value_of,
)

CHUNK_BYTES = 1 << 20
#: A longer row or statement is set aside.
MAX_WINDOW = 32 << 20
#: Characters in which a statement's head (table and column names) must stand.
_LOOK_AHEAD = 64 << 10
_BLANK = re.compile(r"(?:\s++|--[^\n]*+(?:\n|\Z)|#[^\n]*+\n|/\*(?!!).*?\*/|;|GO\b(?=\s)|/(?=\s*\n))*+", re.DOTALL | re.IGNORECASE)
_COPY = re.compile(rf"COPY\s++(?P<table>{QUALIFIED})\s*+(?:\((?P<columns>[^)]*+)\)\s*+)?FROM\s++stdin[^;\n]*+;[^\n]*+\n", re.IGNORECASE)
_STRUCTURE = re.compile(
    r"(?:/\*!\d*+\s*+)?(?:CREATE\s++(?:OR\s++REPLACE\s++)?(?:GLOBAL\s++|TEMPORARY\s++|UNLOGGED\s++|UNIQUE\s++|CLUSTERED\s++|NONCLUSTERED\s++)*+(?:TABLE|INDEX|SEQUENCE|SCHEMA|TYPE|EXTENSION|DATABASE)"
    r"|ALTER\s++(?:TABLE|SEQUENCE|INDEX|TYPE|SCHEMA|DATABASE)|DROP|SET\s++(?!PASSWORD)|SELECT\s++pg_catalog\.|LOCK|UNLOCK|USE|BEGIN|COMMIT|START|PRAGMA|COMMENT|ANALYZE|REM|PROMPT|ON\s++(?:DUPLICATE|CONFLICT)|RETURNING|SELECT\s++(?:\*|1)\s++FROM\s++dual)\b",
    re.IGNORECASE,
)
_DIALECTS = (
    ("mysql", re.compile(r"-- (?:MySQL|MariaDB) dump|phpMyAdmin|ENGINE\s*=|AUTO_INCREMENT|/\*!40|INSERT INTO `|HeidiSQL|Sequel (?:Pro|Ace)")),
    ("postgresql", re.compile(r"PostgreSQL database dump|standard_conforming_strings|FROM stdin;|pg_catalog")),
    ("sqlserver", re.compile(r"\[dbo\]|^GO\s*$|SET IDENTITY_INSERT|SET ANSI_NULLS", re.MULTILINE)),
    ("sqlite", re.compile(r"PRAGMA foreign_keys|BEGIN TRANSACTION;")),
    ("oracle", re.compile(r"\bVARCHAR2\b|REM INSERTING|SET DEFINE OFF|TO_DATE\(", re.IGNORECASE)),
)
_STARTS = re.compile(r"(?:INSERT\s+(?:INTO\s|\[|IGNORE)|REPLACE\s+INTO|COPY\s+\S+.*FROM stdin|CREATE\s+(?:TABLE|DATABASE|SCHEMA|USER|ROLE)|DROP\s+TABLE|SET\s+\S|PRAGMA\s|BEGIN\b|USE\s|START TRANSACTION|/\*!\d|SELECT pg_catalog|REM INSERTING)", re.IGNORECASE)  # fmt: skip
_ROWS = re.compile(r"^\s*(?:(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?(?:INTO\s+)?[^\n]{0,2000}?|COPY\s+[^\n]{1,2000}FROM stdin|CREATE\s+TABLE\s|VALUES\s*\()", re.IGNORECASE | re.MULTILINE)
_BANNER = re.compile(r"-- (?:MySQL|MariaDB|PostgreSQL|pg)[^\n]{0,40}dump|-- PostgreSQL database dump|phpMyAdmin SQL Dump", re.IGNORECASE)


def dialect_of(text: str) -> str:
    """Which database wrote a dump that starts with `text`: mysql, postgresql, sqlserver, sqlite, oracle, or standard when it does not show."""
    for name, mark in _DIALECTS:
        if mark.search(text):
            return name
    return "mysql" if "\\'" in text else "standard"


def sniff(head: bytes, name: str) -> float:
    """Sure when the first statement is SQL and rows follow; a name ending in .sql helps a dump that starts with other things."""
    encoding = encoding_of(head)
    if encoding is None:
        return 0.0
    text = head.decode(encoding, "replace").lstrip("\ufeff")
    if _BANNER.search(text[:2_000]):
        return 0.97
    start = _BLANK.match(text)
    first = _STARTS.match(text, start.end() if start else 0)
    if first and _ROWS.search(text):
        return 0.93
    return 0.85 if name.endswith(".sql") and (first or _ROWS.search(text)) else 0.0


class _Window:
    """The text that is being looked at: grows on demand up to a ceiling, forgets what was read."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream, self._decode = stream, codecs.getincrementaldecoder(encoding)(errors="replace").decode
        self.text, self.at = "", 0
        self.ended = False
        self.broken: SetAsideError | None = None

    def more(self) -> bool:
        """Read on; false at the end or at the ceiling."""
        if self.ended or len(self.text) - self.at > MAX_WINDOW:
            return False
        try:
            take = getattr(self._stream, "read1", self._stream.read)
            chunk = take(CHUNK_BYTES)
        except SetAsideError as error:
            chunk, self.broken = b"", error
        self.ended = not chunk
        self.text = self.text[self.at :] + self._decode(chunk, final=not chunk)
        self.at = 0
        return True

    def double(self) -> bool:
        """Read on until twice as much is ahead, so that trying again and again costs no more than twice; false at the end or at the ceiling."""
        before = len(self.text) - self.at
        while len(self.text) - self.at < 2 * before + 1 and self.more():
            pass
        return len(self.text) - self.at > before

    def ahead(self) -> None:
        """Have the text in which a statement's head or a row's separator must stand."""
        while len(self.text) - self.at < _LOOK_AHEAD and self.more():
            pass

    def find(self, pattern: re.Pattern[str], *, whole: bool = False) -> re.Match[str] | None:
        """`pattern` here, reading on as long as it does not match, or, if `whole`, as long as its match touches the end."""
        while True:
            found = pattern.match(self.text, self.at)
            if found is not None and not (whole and found.end() == len(self.text) and not self.ended):
                return found
            if not self.double():
                return found


class _Dump:
    """One dump being read."""

    def __init__(self, window: _Window, tables: Tables, *, backslash: bool) -> None:
        self.window, self.tables, self.backslash = window, tables, backslash
        self.columns: dict[str, tuple[str, ...]] = {}
        self._field = field_pattern(backslash=backslash)
        string = ESCAPED if backslash else rf"(?:(?<=[eE]){ESCAPED}|{STANDARD})"
        dollar = r"\$" if backslash else r"\$(?P<tag>\w*+)\$.*?\$(?P=tag)\$|\$(?!\w*+\$)"
        self._statement = re.compile(
            rf"(?>[^'\"`;$/\-\n]++|{string}|{DOUBLE}|`[^`]*+`|/\*.*?\*/|/(?!\*)|--[^\n]*+(?=\n)|{dollar}|[\-\n])*?(?P<end>;|\n(?=(?:GO|INSERT|COPY|CREATE TABLE)\b)|\Z)",
            re.DOTALL,
        )

    def read(self) -> Reading:
        """Statements one after another; a loop, because each may be megabytes long."""
        while self._to_statement():
            yield from self._one()
        yield from self.tables.rest()
        if self.window.broken is not None:
            raise self.window.broken

    def _to_statement(self) -> bool:
        """Go behind blanks and comments; false at the end of the dump."""
        window = self.window
        while True:
            window.ahead()
            blank = _BLANK.match(window.text, window.at)
            if blank is None or blank.end() == window.at:
                return window.at < len(window.text)
            window.at = blank.end()

    def _one(self) -> Reading:
        window = self.window
        if (found := INSERT.match(window.text, window.at)) is not None:
            table, listed = name_of(found["table"]), found["columns"]
            window.at = found.end()
            yield from self._inserted(table, names_of(listed) if listed else self.columns.get(table, ()))
        elif (found := _COPY.match(window.text, window.at)) is not None:
            table, listed = name_of(found["table"]), found["columns"]
            window.at = found.end()
            yield from self._copied(table, names_of(listed or "") or self.columns.get(table, ()))
        else:
            yield from self._other()

    def _inserted(self, table: str, columns: tuple[str, ...]) -> Reading:
        """Rows between brackets, separated by commas."""
        window = self.window
        while True:
            row = self._row()
            if row is None:
                yield from self._unfinished(table)
                return
            values, size = row
            yield from self.tables.add(table, columns, values, size)
            window.ahead()
            between = BETWEEN.match(window.text, window.at)
            if between is None:
                return
            window.at = between.end() - 1

    def _row(self) -> tuple[list[str | None], int] | None:
        """The row that starts here with its size; null when it does not end, with the window where it stood."""
        window = self.window
        match, backslash = self._field.match, self.backslash
        while True:
            values: list[str | None] = []
            at, start, text = window.at + 1, window.at, window.text
            while (found := match(text, at)) is not None:
                value, end = found.groups()
                values.append(value_of(value, backslash))
                at = found.end()
                if end == ")":
                    window.at = at
                    return values, at - start
            if not window.double():
                return None

    def _unfinished(self, table: str) -> Reading:
        """A row that does not end: cut off by the end of the file, or not SQL as we know it; the next statement is looked for."""
        cut = self.window.ended
        size = self._to_next(self.window.at)
        if cut and self.window.at == len(self.window.text):
            yield from self.tables.refuse(table, "truncated", "The last row of the dump is not whole.", size_bytes=size)
        else:
            yield from self.tables.refuse(table, "bad-row", "A row could not be split into values.", size_bytes=size)

    def _to_next(self, at: int) -> int:
        """Go to the next statement that starts at `at` or behind it, however far that is; returns what was passed, in characters."""
        window, passed = self.window, 0
        while (following := _NEXT.search(window.text, max(0, at - 1))) is None:
            kept = max(window.at, len(window.text) - _MARGIN)
            passed, window.at = passed + kept - window.at, kept
            if not window.more():
                break
            at = window.at
        end = following.end() if following else len(window.text)
        passed, window.at = passed + end - window.at, end
        return passed

    def _copied(self, table: str, columns: tuple[str, ...]) -> Reading:
        """Lines up to the one that says `\\.`."""
        window = self.window
        while True:
            line = window.find(_LINE)
            if line is None:
                if not window.ended:
                    yield from self.tables.refuse(table, "line-too-long", f"One row is over {MAX_WINDOW >> 20} MiB.", size_bytes=len(window.text) - window.at)
                    window.at = len(window.text)
                    continue
                if window.text[window.at :]:
                    yield from self.tables.refuse(table, "truncated", "The last row of the dump is not whole.", size_bytes=len(window.text) - window.at)
                window.at = len(window.text)
                return
            window.at = line.end()
            content = line[1].removesuffix("\r")
            if content == "\\.":
                return
            yield from self.tables.add(table, columns, copied_row(content), len(content))

    def _other(self) -> Reading:
        """Structure gives column names; other statements are records of the dump."""
        window = self.window
        found = window.find(self._statement, whole=True)
        if found is None or (found["end"] == "" and not window.ended):
            detail = "A statement has no end within 32 MiB, or a quote in it is never closed."
            yield SetAside(source=self.tables.source(""), reason="bad-statement", detail=detail, size_bytes=self._to_next(window.at + 1))
            return
        text = found[0].rstrip(";").strip()
        window.at = max(found.end(), window.at + 1)
        if (defined := CREATE.match(text)) is not None:
            self.columns[name_of(defined["table"])] = defined_columns(defined["body"])
        elif text and not _STRUCTURE.match(text):
            yield from self.tables.add("", ("statement",), (text,), len(text))


_LINE = re.compile(r"([^\n]*+)\n")
#: Kept when passing over text: a statement's first word may stand across the border.
_MARGIN = 64
#: Starts with the character before the statement, not with a look behind: nine times as fast over text that holds none.
_NEXT = re.compile(r"[\n;](?=\s*(?:INSERT|REPLACE|COPY|CREATE|ALTER|UNLOCK|/\*!)\b)", re.IGNORECASE)


def read(evidence: Evidence) -> Reading:
    """Batches of text columns, one source a table; rows that cannot be split, or are cut off, are set aside."""
    head = head_of(evidence, 64 * 1024)
    encoding = encoding_of(head) or "utf-8"
    dialect = dialect_of(head.decode(encoding, "replace"))
    with evidence.open() as stream:
        window = _Window(stream, encoding)
        window.more()
        window.text = window.text.removeprefix("\ufeff")
        yield from _Dump(window, Tables(evidence.name), backslash=dialect == "mysql").read()


def table_counts(reading: Iterator[Batch | SetAside]) -> dict[str, int]:
    """Records by source: what to hold against the store's own row counts."""
    counts: dict[str, int] = {}
    for piece in reading:
        counts[piece.source] = counts.get(piece.source, 0) + (piece.records or 0)
    return counts


FORMAT = Format(name="sql", title="SQL dump", suffixes=(".sql",), sniff=sniff, read=read)
