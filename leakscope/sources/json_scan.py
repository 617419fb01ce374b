"""Walks a JSON text as a stream: from value to value, without ever holding more of it than a ceiling."""

from __future__ import annotations

import re
from typing import BinaryIO

from leakscope.errors import SetAsideError

CHUNK_BYTES = 1 << 20
_SPACE = re.compile(rb"[ \t\r\n]*+")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
#: Everything up to the next bracket outside strings; a quotation mark in its place is a string that has not ended yet.
_TO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+([{}\[\]"]?)', re.DOTALL)
_INDENT = re.compile(rb"[ \t]*")
_SCALAR = re.compile(rb"[^ \t\r\n,\]}:{\[\"]++")


class NotJson(Exception):
    """The text is not JSON at the scanner's place; carries nothing of it."""


class Scanner:
    """
    A place in a JSON text.

    Args:
        stream: UTF-8, open for reading.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._buffer = b""
        self._at = 0
        self.ended = False
        self.cut = False
        self.broken: SetAsideError | None = None

    def more(self) -> bool:
        """Read on; false at the end."""
        if self.ended:
            return False
        try:
            chunk = getattr(self._stream, "read1", self._stream.read)(CHUNK_BYTES)
        except SetAsideError as error:
            chunk, self.broken = b"", error
        self.ended = not chunk
        self._buffer, self._at = self._buffer[self._at :] + chunk, 0
        return True

    def peek(self) -> bytes:
        """The next byte that is no space, empty at the end."""
        while True:
            self._at = _SPACE.match(self._buffer, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if not self.more():
                return b""

    def ahead(self, size: int) -> bytes:
        """The next `size` bytes without moving."""
        self.peek()
        while len(self._buffer) - self._at < size and self.more():
            pass
        return self._buffer[self._at : self._at + size]

    def take(self, mark: bytes) -> bool:
        """Go behind `mark` if it is next."""
        if self.peek() == mark:
            self._at += 1
            return True
        return False

    def value(self, ceiling: int) -> bytes | None:
        """
        The whole next value, as written; null, without moving, when it is longer than `ceiling`.

        Raises:
            NotJson: there is no value, or it is not closed.
        """
        first = self.peek()
        if first in (b"{", b"["):
            return self._container(ceiling)
        pattern = _STRING if first == b'"' else _SCALAR
        while True:
            found = pattern.match(self._buffer, self._at)
            if found is not None and (pattern is _STRING or found.end() < len(self._buffer) or self.ended):
                self._at = found.end()
                return found[0]
            if len(self._buffer) - self._at > ceiling:
                return None
            if not self.more():
                self.cut = True
                raise NotJson

    def _container(self, ceiling: int) -> bytes | None:
        """Counts brackets outside strings; resumes where it stopped when more is read."""
        depth, looked = 0, 0
        match = _TO_BRACKET.match
        while True:
            base, at = self._at, self._at + looked
            while (found := match(self._buffer, at)) is not None:
                mark = found[1]
                if mark in (b"", b'"'):
                    looked = found.end() - len(mark) - base
                    break
                at = found.end()
                depth += 1 if mark in b"{[" else -1
                if depth == 0:
                    self._at = at
                    return self._buffer[base:at]
            if len(self._buffer) - base > ceiling:
                return None
            if not self.more():
                self.cut = True
                raise NotJson

    def name(self) -> str:
        """
        A member's name, with the colon behind it read.

        Raises:
            NotJson: there is none.
        """
        import orjson

        if self.peek() != b'"':
            raise NotJson
        raw = self.value(1 << 20)
        if raw is None or not self.take(b":"):
            raise NotJson
        try:
            return str(orjson.loads(raw))
        except orjson.JSONDecodeError:
            raise NotJson from None

    def resume(self) -> int:
        """
        Go to the next line that begins an object no deeper than the line in which the scanner stands, or to the end.

        Returns:
            how many bytes were passed over.
        """
        line = self._buffer.rfind(b"\n", 0, self._at) + 1
        indent = min(len(_INDENT.match(self._buffer, line)[0]), 64)  # type: ignore[index]
        pattern = re.compile(rb"\n[ \t]{0,%d}(?=\{)" % indent)
        size = 0
        while (found := pattern.search(self._buffer, self._at)) is None:
            keep = max(self._at, len(self._buffer) - 128)
            size, self._at = size + keep - self._at, keep
            if not self.more():
                size, self._at = size + len(self._buffer) - self._at, len(self._buffer)
                return size
        size, self._at = size + found.end() - self._at, found.end()
        return size

    def skip(self) -> int:
        """Go over the rest of the text; returns its length."""
        size = len(self._buffer) - self._at
        self._at = len(self._buffer)
        while self.more():
            size += len(self._buffer)
            self._at = len(self._buffer)
        return size
