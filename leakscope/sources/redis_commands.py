"""
Redis append-only files: commands in order, after a snapshot or from nothing.

Each command that carries data is a record, so that values which were overwritten or deleted later are examined as well.

References:
    https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/, RESP2 (from memory, 2026-11; held against files
    that a Redis 7 server writes).
"""

from __future__ import annotations

import re
from typing import Any, BinaryIO

from leakscope.errors import SetAsideError
from leakscope.model import Reading
from leakscope.sources import Format
from leakscope.sources.evidence import Evidence, head_of
from leakscope.sources.json_lenient import written
from leakscope.sources.redis_snapshot import Input, hash_of, plain_value, snapshot
from leakscope.sources.redis_values import Value, damaged
from leakscope.sources.tables import Documents, text_of

#: Command -> type and where its data stand; others (DEL, EXPIRE, MULTI) carry none but a key.
_WRITES = {
    b"set": "string", b"setex": "string", b"psetex": "string", b"setnx": "string", b"getset": "string", b"append": "string", b"mset": "hash", b"msetnx": "hash",
    b"hset": "hash", b"hmset": "hash", b"hsetnx": "hash", b"rpush": "list", b"lpush": "list", b"rpushx": "list", b"lpushx": "list", b"linsert": "list", b"lset": "list",
    b"sadd": "set", b"zadd": "zset", b"xadd": "stream", b"eval": "script", b"script": "script", b"geoadd": "geo", b"json.set": "json", b"setrange": "string", b"restore": "dump",
    b"function": "script", b"pfadd": "sketch", b"publish": "message",
}  # fmt: skip


def _command(opened: BinaryIO) -> list[bytes] | None:
    """The next command; null at the end."""
    line = opened.readline(64)
    while line.startswith(b"#"):  # annotations of Redis 7: #TS:
        line = opened.readline(64)
    if not line:
        return None
    if not re.fullmatch(rb"\*\d{1,9}\r?\n", line):
        raise damaged()
    source, words = Input(opened), []
    for _ in range(int(line[1:])):
        size = opened.readline(64)
        if not re.fullmatch(rb"\$\d{1,10}\r?\n", size):
            raise damaged() if size else SetAsideError("The file ends inside a command.", reason="truncated")
        words.append(source.take(int(size[1:])))
        opened.readline(2)
    return words


def _record(words: list[bytes]) -> dict[str, Any] | None:
    """A command as a record; null for one without data."""
    name = words[0].lower() if words else b""
    kind = _WRITES.get(name)
    if kind is None or len(words) < 2:
        return None
    if name in (b"mset", b"msetnx"):
        return {"type": "string", "value": hash_of(list(words[1:]))}
    rest: list[Value] = list(words[2:])
    if kind == "stream":
        rest = rest[next((place for place, word in enumerate(rest) if isinstance(word, bytes) and re.fullmatch(rb"\*|\d+(?:-\d+|-\*)?", word)), 0) + 1 :]
    pairs = kind in ("hash", "stream")
    return {"key": text_of(words[1]), "type": kind, "value": hash_of(rest) if pairs else [plain_value(one) for one in rest] if len(rest) != 1 else plain_value(rest[0])}


def read(evidence: Evidence) -> Reading:
    """Batches of commands that carry data, by database; what follows a broken one is set aside."""
    gathered, table = Documents(evidence.name), "db0"
    with evidence.open() as opened:
        try:
            if head_of(evidence, 5) == b"REDIS":
                opened.read(9)
                yield from snapshot(Input(opened), gathered)
                opened.read(8)
            while (words := _command(opened)) is not None:
                if words and words[0].lower() == b"select" and len(words) == 2 and words[1].isdigit():
                    table = f"db{int(words[1])}"
                elif (record := _record(words)) is not None:
                    yield from gathered.add(table, written(record))
        except SetAsideError:
            yield from gathered.rest()
            raise
    yield from gathered.rest()


def sniff(head: bytes, name: str) -> float:
    """A command in the server's protocol at the start, or a snapshot in a file that is named so."""
    if re.match(rb"REDIS\d{4}", head):
        return 0.95 if name.endswith(".aof") else 0.0
    return 0.97 if re.match(rb"(?:#TS:\d+\r\n)?\*\d{1,6}\r\n\$\d{1,9}\r\n", head) else 0.0


FORMAT = Format(name="redis-aof", title="Redis append-only file", suffixes=(".aof",), sniff=sniff, read=read, jailed=True)
