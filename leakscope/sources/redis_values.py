"""
The packed values of a Redis snapshot: LZF, integer sets, ziplists, listpacks, zipmaps, streams; each from bytes to a list.

References:
    Redis 7 source, files lzf_d.c, intset.c, ziplist.c, listpack.c, zipmap.c and t_stream.c as their comments describe the forms
    (from memory, 2026-11; held against snapshots that a Redis 7 server writes).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from leakscope.errors import SetAsideError

Value = bytes | int


def damaged() -> SetAsideError:
    """A packed value is not what its length says."""
    return SetAsideError("A packed value of the snapshot is damaged.", reason="damaged")


def lzf(packed: bytes, size: int) -> bytes:
    """
    `packed` unpacked to `size` bytes.

    Raises:
        SetAsideError: it is not LZF, or not of that size.
    """
    result, at = bytearray(), 0
    try:
        while at < len(packed) and len(result) <= size:
            control = packed[at]
            at += 1
            if control < 32:
                result += packed[at : at + control + 1]
                at += control + 1
                continue
            length = control >> 5
            if length == 7:
                length, at = length + packed[at], at + 1
            back = ((control & 31) << 8 | packed[at]) + 1
            at += 1
            _repeat(result, back, length + 2)
    except IndexError:
        raise damaged() from None
    if len(result) != size:
        raise damaged()
    return bytes(result)


def _repeat(result: bytearray, back: int, length: int) -> None:
    """Append `length` bytes from `back` bytes ago; they may overlap what is being written."""
    if back > len(result):
        raise damaged()
    piece = bytes(result[-back:])
    result += (piece * (length // back + 1))[:length]


def intset(packed: bytes) -> list[Value]:
    """Whole numbers of one width."""
    if len(packed) < 8:
        raise damaged()
    width, count = struct.unpack_from("<II", packed)
    form = {2: "h", 4: "i", 8: "q"}.get(width)
    if form is None or len(packed) < 8 + width * count:
        raise damaged()
    return list(struct.unpack_from(f"<{count}{form}", packed, 8))


def _number(packed: bytes, at: int, size: int) -> int:
    return int.from_bytes(packed[at : at + size], "little", signed=True)


def ziplist(packed: bytes) -> list[Value]:
    """Entries of the older packed list."""
    found, at = [], 10
    try:
        while packed[at] != 0xFF:
            at += 5 if packed[at] == 0xFE else 1
            value, at = _ziplist_entry(packed, at)
            found.append(value)
    except (IndexError, struct.error):
        raise damaged() from None
    return found


_ZIPLIST_NUMBERS = {0xC0: 2, 0xD0: 4, 0xE0: 8, 0xF0: 3, 0xFE: 1}


def _ziplist_entry(packed: bytes, at: int) -> tuple[Value, int]:
    mark = packed[at]
    if mark >> 6 == 0:
        return _bytes(packed, at + 1, mark & 0x3F)
    if mark >> 6 == 1:
        return _bytes(packed, at + 2, (mark & 0x3F) << 8 | packed[at + 1])
    if mark >> 6 == 2:
        return _bytes(packed, at + 5, struct.unpack_from(">I", packed, at + 1)[0])
    if (size := _ZIPLIST_NUMBERS.get(mark)) is not None:
        return _number(packed, at + 1, size), at + 1 + size
    return (mark & 0x0F) - 1, at + 1


def _bytes(packed: bytes, at: int, size: int) -> tuple[bytes, int]:
    if at + size > len(packed):
        raise damaged()
    return packed[at : at + size], at + size


_LISTPACK_NUMBERS = {0xF1: 2, 0xF2: 3, 0xF3: 4, 0xF4: 8}


def listpack(packed: bytes) -> list[Value]:
    """Entries of the newer packed list."""
    found, at = [], 6
    try:
        while packed[at] != 0xFF:
            value, end = _listpack_entry(packed, at)
            found.append(value)
            size = end - at
            at = end + (1 if size <= 127 else 2 if size < 16_383 else 3 if size < 2_097_151 else 4 if size < 268_435_455 else 5)
    except (IndexError, struct.error):
        raise damaged() from None
    return found


def _listpack_entry(packed: bytes, at: int) -> tuple[Value, int]:
    mark = packed[at]
    if mark < 0x80:
        return mark, at + 1
    if mark < 0xC0:
        return _bytes(packed, at + 1, mark & 0x3F)
    if mark < 0xE0:
        raw = (mark & 0x1F) << 8 | packed[at + 1]
        return raw - 8192 if raw >= 4096 else raw, at + 2
    if mark < 0xF0:
        return _bytes(packed, at + 2, (mark & 0x0F) << 8 | packed[at + 1])
    if mark == 0xF0:
        return _bytes(packed, at + 5, struct.unpack_from("<I", packed, at + 1)[0])
    if (size := _LISTPACK_NUMBERS.get(mark)) is None:
        raise damaged()
    return _number(packed, at + 1, size), at + 1 + size


def zipmap(packed: bytes) -> list[Value]:
    """Names and values of the oldest packed hash, in turn."""
    found: list[Value] = []
    at, is_value = 1, False
    try:
        while packed[at] != 0xFF:
            size, at = (packed[at], at + 1) if packed[at] < 254 else (struct.unpack_from("<I", packed, at + 1)[0], at + 5)
            free = packed[at] if is_value else 0
            value, at = _bytes(packed, at + is_value, size)
            found.append(value)
            at, is_value = at + free, not is_value
    except (IndexError, struct.error):
        raise damaged() from None
    return found


def stream(master: bytes, packed: bytes) -> Iterator[tuple[str, list[tuple[Value, Value]]]]:
    """
    Entries of one node of a stream: their id and their fields; deleted ones are left out.

    Raises:
        SetAsideError: the node is damaged.
    """
    if len(master) != 16:
        raise damaged()
    first = struct.unpack(">QQ", master)
    entries = iter(listpack(packed))
    try:
        _count, _deleted, fields = next(entries), next(entries), int(next(entries))
        names = [next(entries) for _ in range(fields)]
        next(entries)
        while (flags := next(entries, None)) is not None:
            identity = f"{first[0] + int(next(entries))}-{first[1] + int(next(entries))}"
            row = [(name, next(entries)) for name in names] if int(flags) & 2 else [(next(entries), next(entries)) for _ in range(int(next(entries)))]
            next(entries)
            if not int(flags) & 1:
                yield identity, row
    except (StopIteration, RuntimeError, ValueError, TypeError):
        raise damaged() from None
