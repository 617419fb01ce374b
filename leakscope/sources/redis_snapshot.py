"""
Redis snapshots (RDB, versions 1 to 12): a key is a record, with its type, value and expiry.

Read here, because no library that is kept up reads them. The source of a key is its database: `dump.rdb:db0`.

References:
    Redis 7 source, rdb.h and rdb.c; https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/ (from memory, 2026-11;
    held against files that a Redis 7 server writes).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from leakscope.errors import SetAsideError
from leakscope.model import Reading
from leakscope.sources import Format
from leakscope.sources.evidence import Evidence
from leakscope.sources.json_lenient import written
from leakscope.sources.redis_values import Value, damaged, intset, listpack, lzf, stream, ziplist, zipmap
from leakscope.sources.tables import Documents, text_of

#: One value over this ends the file.
MAX_VALUE = 512 << 20
#: A collection is cut into records of about this size.
PART_BYTES = 4 << 20
_PACKED: dict[int, tuple[str, Callable[[bytes], list[Value]]]] = {
    9: ("hash", zipmap), 10: ("list", ziplist), 11: ("set", intset), 12: ("zset", ziplist), 13: ("hash", ziplist), 16: ("hash", listpack), 17: ("zset", listpack), 20: ("set", listpack),
}  # fmt: skip
_LENGTHS = {1: "list", 2: "set", 3: "zset", 4: "hash", 5: "zset"}
_STREAMS = {15: 0, 19: 1, 21: 2}
Part = tuple[str, Any, int]


class Input:
    """Bytes in order; ends with a reason instead of too few."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def take(self, size: int) -> bytes:
        """Exactly `size` bytes."""
        if size > MAX_VALUE:
            raise damaged()
        pieces, left = [], size
        while left > 0 and (piece := self._stream.read(left)):
            pieces.append(piece)
            left -= len(piece)
        if left:
            raise SetAsideError("The snapshot ends too early.", reason="truncated")
        return b"".join(pieces)

    def length(self) -> tuple[int, bool]:
        """A length, or the number of a special form."""
        first = self.take(1)[0]
        kind = first >> 6
        if kind == 0:
            return first & 0x3F, False
        if kind == 1:
            return (first & 0x3F) << 8 | self.take(1)[0], False
        if kind == 3:
            return first & 0x3F, True
        if first not in (0x80, 0x81):
            raise damaged()
        return int.from_bytes(self.take(4 if first == 0x80 else 8), "big"), False

    def count(self) -> int:
        """A plain length."""
        size, special = self.length()
        if special:
            raise damaged()
        return size

    def text(self) -> Value:
        """A string: as it is, as a number, or packed."""
        size, special = self.length()
        if not special:
            return self.take(size)
        if size in (0, 1, 2):
            return int.from_bytes(self.take(1 << size), "little", signed=True)
        if size != 3:
            raise damaged()
        packed, whole = self.count(), self.count()
        if whole > MAX_VALUE or whole > 264 * packed + 264:
            raise damaged()
        return lzf(self.take(packed), whole)

    def raw(self) -> bytes:
        """A string that must be bytes."""
        found = self.text()
        return found if isinstance(found, bytes) else str(found).encode()


def plain_value(value: Value) -> Any:
    """A string as text, a number as it is."""
    return value if isinstance(value, int) else text_of(value)


def _weight(value: Value) -> int:
    return len(value) if isinstance(value, bytes) else 8


def hash_of(values: list[Value]) -> dict[str, Any]:
    """Names and values in turn as a mapping."""
    return {str(plain_value(name)): plain_value(value) for name, value in zip(values[::2], values[1::2], strict=False)}


def _listed(kind: str, values: list[Value]) -> Any:
    if kind == "hash":
        return hash_of(values)
    return [plain_value(value) for value in (values[::2] if kind == "zset" else values)]


def _cut(kind: str, values: Iterator[Value]) -> Iterator[Part]:
    """A collection in parts of bounded size; an empty one is one part."""
    held: list[Value] = []
    size = 0
    for number, value in enumerate(values):
        held.append(value)
        size += _weight(value)
        if size >= PART_BYTES and (kind not in ("hash", "zset") or number % 2):
            yield kind, _listed(kind, held), size
            held, size = [], 0
    if held or not size:
        yield kind, _listed(kind, held), size


def _scored(source: Input, kind: int, count: int) -> Iterator[Value]:
    """Members of a sorted set with an empty score each, so that pairs stay pairs."""
    for _ in range(count):
        yield source.text()
        size = 8 if kind == 5 else source.take(1)[0]
        source.take(0 if kind == 3 and size >= 253 else size)
        yield b""


def _quick(source: Input, kind: int) -> Iterator[Value]:
    for _ in range(source.count()):
        plain = kind == 18 and source.count() == 1
        packed = source.raw()
        yield from [packed] if plain else (listpack if kind == 18 else ziplist)(packed)


def _stream_parts(source: Input, version: int) -> Iterator[Part]:
    given = False
    for _ in range(source.count()):
        master, packed = source.raw(), source.raw()
        rows = [{"id": identity, **hash_of([one for pair in row for one in pair])} for identity, row in stream(master, packed)]
        given = given or bool(rows)
        if rows:
            yield "stream", rows, len(packed)
    for _ in range(8 if version else 3):
        source.count()
    _pass_groups(source, version)
    if not given:
        yield "stream", [], 0


def _pass_groups(source: Input, version: int) -> None:
    """Consumer groups hold names and times of reading, no values."""
    for _ in range(source.count()):
        source.raw()
        for _ in range(3 if version else 2):
            source.count()
        for _ in range(source.count()):
            source.take(24)
            source.count()
        for _ in range(source.count()):
            source.raw()
            source.take(16 if version == 2 else 8)
            for _ in range(source.count()):
                source.take(16)


def _module(source: Input) -> Iterator[Part]:
    """Texts of a value that a module wrote (RedisJSON keeps documents so); numbers are passed over."""
    source.count()
    texts: list[Value] = []
    while (code := source.count()) != 0:
        if code in (1, 2):
            source.count()
        elif code in (3, 4):
            source.take(4 if code == 3 else 8)
        elif code == 5:
            texts.append(source.text())
        else:
            raise damaged()
    yield from _cut("module", iter(texts))


def _timed(source: Input, kind: int) -> Iterator[Part]:
    """Hashes whose fields expire one by one (Redis 7.4)."""
    source.take(8)
    if kind == 25:
        values = listpack(source.raw())
        yield from _cut("hash", (value for number, value in enumerate(values) if number % 3 != 2))
        return
    pairs = []
    for _ in range(source.count()):
        source.count()
        pairs += [source.text(), source.text()]
    yield from _cut("hash", iter(pairs))


def _value(source: Input, kind: int) -> Iterator[Part]:
    """The value of one key, in parts."""
    if kind == 0:
        found = source.text()
        yield "string", plain_value(found), _weight(found)
    elif kind in (3, 5):
        yield from _cut("zset", _scored(source, kind, source.count()))
    elif kind in _LENGTHS:
        count = source.count() * (2 if kind == 4 else 1)
        yield from _cut(_LENGTHS[kind], (source.text() for _ in range(count)))
    elif kind in _PACKED:
        name, unpack = _PACKED[kind]
        yield from _cut(name, iter(unpack(source.raw())))
    elif kind in (14, 18):
        yield from _cut("list", _quick(source, kind))
    elif kind in _STREAMS:
        yield from _stream_parts(source, _STREAMS[kind])
    elif kind == 7:
        yield from _module(source)
    elif kind in (24, 25):
        yield from _timed(source, kind)
    else:
        raise SetAsideError("The snapshot holds a kind of value that is not known; what follows cannot be read.", reason="unsupported")


def _pass_over(source: Input, code: int) -> None:
    """What stands between keys and holds no exposed value."""
    if code == 0xFA:  # auxiliary: version, memory, time
        source.raw()
        source.raw()
    elif code == 0xFB:  # sizes of the tables
        source.count()
        source.count()
    elif code == 0xF9:
        source.take(1)
    elif code == 0xF8:
        source.count()
    elif code == 0xF4:
        for _ in range(3):
            source.count()
    elif code == 0xF7:
        source.count()
        for _ in _module(source):
            pass


def _expiry(source: Input, code: int) -> str | None:
    raw = int.from_bytes(source.take(4 if code == 0xFD else 8), "little")
    seconds = raw if code == 0xFD else raw / 1000
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if 0 <= seconds < 4e11 and seconds < 253_402_300_000 else None


def snapshot(source: Input, gathered: Documents) -> Reading:
    """
    Records of a snapshot, its magic word already read.

    Raises:
        SetAsideError: it is damaged, ends too early or holds what is not known.
    """
    table, expires = "db0", None
    while (code := source.take(1)[0]) != 0xFF:
        if code == 0xFE:
            table = f"db{source.count()}"
        elif code in (0xFC, 0xFD):
            expires = _expiry(source, code)
        elif code in (0xF5, 0xF6):
            yield from gathered.add("functions", written({"function": text_of(source.raw())}))
        elif code >= 0xF4:
            _pass_over(source, code)
        else:
            key = {"key": text_of(source.raw())}
            until = {"expires": expires} if expires else {}
            for number, (kind, value, _) in enumerate(_value(source, code)):
                part = {"part": number} if number else {}
                yield from gathered.add(table, written({**key, "type": kind, "value": value, **until, **part}))
            expires = None


def read(evidence: Evidence) -> Reading:
    """Batches of keys, by database; what follows a broken one is set aside."""
    gathered = Documents(evidence.name)
    with evidence.open() as opened:
        source = Input(opened)
        source.take(9)
        try:
            yield from snapshot(source, gathered)
        except (SetAsideError, struct.error) as error:
            yield from gathered.rest()
            raise error if isinstance(error, SetAsideError) else damaged() from None
    yield from gathered.rest()


FORMAT = Format(name="redis-rdb", title="Redis snapshot (RDB)", suffixes=(".rdb",), sniff=lambda head, name: 0.9 if re.match(rb"REDIS\d{4}", head) else 0.0, read=read, jailed=True)
