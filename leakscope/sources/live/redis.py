"""
Redis: keys by SCAN with their values, over the plain protocol; only commands that read are known here.

The sample of a large key space is drawn with a seeded hash of the key's name, so that the same keys come again.
The protocol is a dozen lines, so no client is needed.

References:
    https://redis.io/docs/latest/develop/reference/protocol-spec/ (RESP2, read 2026-11).
"""

from __future__ import annotations

import io
import socket
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult

from leakscope.sources.json_lenient import written
from leakscope.sources.live import Kind, Limits, Queries, Store, Table, broken, drawn
from leakscope.sources.live.web import require_tls
from leakscope.sources.tables import text_of

_READS = {
    b"string": (b"GET",),
    b"hash": (b"HGETALL",),
    b"list": (b"LRANGE", b"0", b"999"),
    b"set": (b"SRANDMEMBER", b"1000"),
    b"zset": (b"ZRANGE", b"0", b"999"),
    b"stream": (b"XRANGE", b"-", b"+", b"COUNT", b"1000"),
}
_MAX_BULK = 64 << 20


class _Redis:
    """An open connection."""

    def __init__(self, line: socket.socket, queries: Queries) -> None:
        self._line, self._queries = line, queries
        self._file = io.BufferedReader(socket.SocketIO(line, "r"))

    def ask(self, *words: bytes, noted: bool = True) -> Any:
        """Send a command, read its answer; keys are left out of the note, since they can be data."""
        if noted:
            self._queries.note(words[0].decode())
        self._line.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
        return self._answer()

    def _answer(self) -> Any:
        line = self._file.readline(64 << 10)
        kind, rest = line[:1], line[1:].rstrip(b"\r\n")
        if kind == b"+":
            return rest
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return self._bulk(int(rest))
        if kind == b"*":
            return [self._answer() for _ in range(int(rest))]
        raise broken("Redis refused a command." if kind == b"-" else "The answer is not Redis's protocol.")

    def _bulk(self, size: int) -> bytes | None:
        if size < 0:
            return None
        if size > _MAX_BULK:
            raise broken("A value is over 64 MiB.")
        return self._file.read(size + 2)[:-2]

    def tables(self) -> list[Table]:
        """The databases that hold keys."""
        info = text_of(self.ask(b"INFO", b"keyspace"))
        found = [line.partition(":") for line in info.splitlines() if line.startswith("db")]
        return [Table(name=name, rows=int(rest.partition("keys=")[2].partition(",")[0]), exact=True) for name, _, rest in found]

    def lines(self, table: Table, limits: Limits) -> Iterator[bytes]:
        """Keys with type and value as JSON objects."""
        self.ask(b"SELECT", table.name.removeprefix("db").encode())
        share = limits.share(table.rows)
        self._queries.note(f"SCAN of {table.name}, then TYPE and one read of each key drawn (share {share:.6f}, seed {limits.seed})")
        seen: set[bytes] = set()
        cursor = b"0"
        while True:
            cursor, keys = self.ask(b"SCAN", cursor, b"COUNT", b"500", noted=False)
            for key in keys:
                if key not in seen and drawn(key, share, limits.seed):
                    seen.add(key)
                    yield from self._row(key)
            if cursor == b"0":
                return

    def _row(self, key: bytes) -> Iterator[bytes]:
        kind = self.ask(b"TYPE", key, noted=False)
        command = _READS.get(kind)
        if command is not None:
            value = self.ask(command[0], key, *command[1:], noted=False)
            yield written({"key": text_of(key), "type": kind.decode(), "value": _plain(value, pairs=kind == b"hash")})

    def close(self) -> None:
        """Let go."""
        self._line.close()


def _plain(value: Any, *, pairs: bool = False) -> Any:
    if isinstance(value, list):
        if pairs:
            return {text_of(name): text_of(one) for name, one in zip(value[::2], value[1::2], strict=False)}
        return [_plain(one) for one in value]
    return None if value is None else text_of(value)


def connect(address: SplitResult, user: str | None, password: str | None, queries: Queries) -> Store:
    """
    A connection; `rediss://` is encrypted.

    Raises:
        UsageError: a password would go over a plain line.
    """
    if address.scheme != "rediss":
        require_tls(address, password, "rediss")
    line = socket.create_connection((address.hostname or "", address.port or 6379), timeout=20)
    if address.scheme == "rediss":
        line = ssl.create_default_context().wrap_socket(line, server_hostname=address.hostname)
    store = _Redis(line, queries)
    if password:
        store.ask(b"AUTH", *([user.encode()] if user else []), password.encode(), noted=False)
    store.ask(b"PING")
    return store


KIND = Kind(schemes=("redis", "rediss"), title="Redis", connect=connect, user_variable="REDIS_USER", password_variable="REDIS_PASSWORD")
