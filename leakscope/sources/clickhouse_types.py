"""
Types of ClickHouse by name, and their values as ClickHouse's binary formats write them: one after another, or a column at a time.

References:
    ClickHouse documentation, "Native and binary formats", "RowBinary", "Data types binary encoding"; layouts checked against files that
    ClickHouse 26.9 wrote (chdb).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from itertools import pairwise
from typing import Any, BinaryIO
from uuid import UUID

from leakscope.sources.tables import text_of

MAX_STRING_BYTES = 64 << 20
#: Elements of one array or map, and rows of one block.
MAX_ITEMS = 20_000_000
_INTEGERS = {f"{sign}Int{bits}": (bits // 8, sign == "") for sign in ("", "U") for bits in (8, 16, 32, 64, 128, 256)}
_FLOATS = {"Float32": "<f", "Float64": "<d"}
_INTERVAL = re.compile(r"Interval(?:Nano|Micro|Milli)?(?:S|s)econd|Interval(?:Minute|Hour|Day|Week|Month|Quarter|Year)")
_ENUM = re.compile(r"'((?:[^'\\]|\\.)*)'\s*=\s*(-?\d+)")


class BadClickHouse(Exception):
    """The bytes are not what the format says; carries nothing of them."""


class Unsupported(Exception):
    """The type's bytes cannot be read here."""


class Bytes:
    """
    Exact reads from a stream.

    Args:
        stream: open for reading.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def take(self, size: int) -> bytes:
        """The next `size` bytes; raises BadClickHouse where there are fewer."""
        if size <= 1 << 20:
            found = self._stream.read(size)
        else:
            pieces, left = [], size
            while left and (piece := self._stream.read(min(left, 1 << 20))):
                pieces.append(piece)
                left -= len(piece)
            found = b"".join(pieces)
        if len(found) < size:
            raise BadClickHouse
        return found

    def number(self) -> int | None:
        """A number of variable length; null at the end of the stream."""
        result = shift = 0
        while True:
            byte = self._stream.read(1)
            if not byte:
                if shift:
                    raise BadClickHouse
                return None
            result |= (byte[0] & 0x7F) << shift
            if byte[0] < 0x80:
                return result
            shift += 7
            if shift > 63:
                raise BadClickHouse

    def count(self, ceiling: int = MAX_ITEMS) -> int:
        """A number that is there and within a ceiling."""
        found = self.number()
        if found is None or found > ceiling:
            raise BadClickHouse
        return found

    def text(self) -> str:
        """A string: UTF-8, else hex."""
        return text_of(self.take(self.count(MAX_STRING_BYTES)))


@dataclass(frozen=True, slots=True)
class Type:
    """
    A type: its name, the types in it, and how one value is read where it has a size of its own.

    Args:
        name: `String`, `Array`, `Nullable` ...
        inner: of the types it is made of.
        names: of a named tuple's elements.
        size: bytes of one value; 0 where they vary.
        value: bytes -> value, for types of a size.
    """

    name: str
    inner: tuple[Type, ...] = ()
    names: tuple[str, ...] = ()
    size: int = 0
    value: Callable[[bytes], Any] | None = None


def _split(text: str) -> list[str]:
    """Arguments at the top level, by commas outside of brackets and quotes."""
    parts, depth, start, quoted = [], 0, 0, ""
    for place, letter in enumerate(text):
        if quoted:
            quoted = "" if letter == quoted and text[place - 1] != "\\" else quoted
        elif letter in "'`":
            quoted = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "," and not depth:
            parts.append(text[start:place])
            start = place + 1
    return [part.strip() for part in [*parts, text[start:]] if part.strip()]


def type_of(text: str, depth: int = 0) -> Type:
    """
    The type that `text` names.

    Raises:
        BadClickHouse: it names none.
        Unsupported: its bytes cannot be read here (JSON, Dynamic, Variant, AggregateFunction).
    """
    name, _, rest = text.strip().partition("(")
    arguments = _split(rest.rstrip()[:-1]) if rest else []
    if depth > 20 or (rest and not rest.rstrip().endswith(")")):
        raise BadClickHouse
    if name in ("Nullable", "LowCardinality", "Array") and len(arguments) == 1:
        return Type(name, (type_of(arguments[0], depth + 1),))
    if name == "Map" and len(arguments) == 2:
        return Type(name, tuple(type_of(one, depth + 1) for one in arguments))
    if name in ("Tuple", "Nested") and arguments:
        parts = [_named(one) for one in arguments]
        inner = Type("Tuple", tuple(type_of(one, depth + 1) for _, one in parts), tuple(label for label, _ in parts if label))
        return inner if name == "Tuple" else Type("Array", (inner,))
    if name == "SimpleAggregateFunction" and len(arguments) == 2:
        return type_of(arguments[1], depth + 1)
    if name in ("Point", "Ring", "Polygon", "MultiPolygon", "LineString", "MultiLineString"):
        return _geometry(name)
    if name in ("JSON", "Object", "Dynamic", "Variant", "AggregateFunction", "QBit"):
        raise Unsupported
    return _scalar(name, arguments)


def _named(text: str) -> tuple[str, str]:
    found = re.match(r"(`(?:[^`\\]|\\.)+`|[A-Za-z_]\w*)\s+(?=[A-Z])(.*)", text, re.DOTALL)
    return (found[1].strip("`"), found[2]) if found else ("", text)


def _geometry(name: str) -> Type:
    point = Type("Tuple", (_scalar("Float64", []),) * 2)
    depth = {"Point": 0, "Ring": 1, "LineString": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}[name]
    for _ in range(depth):
        point = Type("Array", (point,))
    return point


def _scalar(name: str, arguments: Sequence[str]) -> Type:
    if name == "String":
        return Type(name)
    if name in _INTEGERS or _INTERVAL.fullmatch(name):
        size, signed = _INTEGERS.get(name, (8, True))
        if size > 8:  # no reader of JSON takes them as numbers
            return Type(name, size=size, value=lambda raw: str(int.from_bytes(raw, "little", signed=signed)))
        return Type(name, size=size, value=lambda raw: int.from_bytes(raw, "little", signed=signed))
    if name in _FLOATS:
        return Type(name, size=struct.calcsize(_FLOATS[name]), value=lambda raw: struct.unpack(_FLOATS[name], raw)[0])
    if name in ("Enum8", "Enum16"):
        words = {int(number): word for word, number in _ENUM.findall(", ".join(arguments))}
        return Type(name, size=int(name[4:]) // 8, value=lambda raw: words.get(int.from_bytes(raw, "little", signed=True)))
    if name.startswith("Decimal"):
        return _decimal(name, arguments)
    if (found := _SIZED.get(name)) is not None:
        return Type(name, size=found[0], value=found[1])
    if name == "FixedString" and arguments and arguments[0].isdigit() and int(arguments[0]) <= MAX_STRING_BYTES:
        return Type(name, size=int(arguments[0]), value=lambda raw: text_of(raw.rstrip(b"\x00")))
    if name == "DateTime64" and arguments and arguments[0].isdigit():
        scale = 10 ** int(arguments[0])
        return Type(name, size=8, value=lambda raw: _moment(int.from_bytes(raw, "little", signed=True) / scale))
    raise BadClickHouse


def _decimal(name: str, arguments: Sequence[str]) -> Type:
    digits = [int(one) for one in arguments if one.isdigit()]
    bits = int(name[7:]) if name[7:].isdigit() else next((size for size, most in ((32, 9), (64, 18), (128, 38), (256, 76)) if digits and digits[0] <= most), 0)
    if bits not in (32, 64, 128, 256) or not digits:
        raise BadClickHouse
    return Type(name, size=bits // 8, value=lambda raw: str(Decimal(int.from_bytes(raw, "little", signed=True)).scaleb(-digits[-1])))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _moment(seconds: float) -> str | None:
    try:
        return (_EPOCH + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return None


def _day(days: int) -> str | None:
    try:
        return (date(1970, 1, 1) + timedelta(days=days)).isoformat()
    except OverflowError:
        return None


_SIZED: dict[str, tuple[int, Callable[[bytes], Any]]] = {
    "Bool": (1, lambda raw: raw != b"\x00"),
    "Date": (2, lambda raw: _day(int.from_bytes(raw, "little"))),
    "Date32": (4, lambda raw: _day(int.from_bytes(raw, "little", signed=True))),
    "DateTime": (4, lambda raw: _moment(int.from_bytes(raw, "little"))),
    "UUID": (16, lambda raw: str(UUID(bytes=raw[7::-1] + raw[:7:-1]))),
    "IPv4": (4, lambda raw: str(IPv4Address(int.from_bytes(raw, "little")))),
    "IPv6": (16, lambda raw: _address(raw)),
    "Nothing": (1, lambda raw: None),
    "BFloat16": (2, lambda raw: struct.unpack("<f", b"\x00\x00" + raw)[0]),
    "Time": (4, lambda raw: str(timedelta(seconds=int.from_bytes(raw, "little", signed=True)))),
}


def _address(raw: bytes) -> str:
    address = IPv6Address(raw)
    return str(address.ipv4_mapped or address)


def read_value(kind: Type, source: Bytes) -> Any:
    """One value of a row."""
    if kind.value is not None:
        return kind.value(source.take(kind.size))
    if kind.name == "String":
        return source.text()
    if kind.name == "Nullable":
        return None if source.take(1) != b"\x00" else read_value(kind.inner[0], source)
    if kind.name == "LowCardinality":
        return read_value(kind.inner[0], source)
    if kind.name == "Array":
        return [read_value(kind.inner[0], source) for _ in range(source.count())]
    if kind.name == "Map":
        return {_key(read_value(kind.inner[0], source)): read_value(kind.inner[1], source) for _ in range(source.count())}
    return _tuple(kind, [read_value(one, source) for one in kind.inner])


def _key(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _tuple(kind: Type, values: Sequence[Any]) -> Any:
    return dict(zip(kind.names, values, strict=True)) if len(kind.names) == len(values) else list(values)


def read_prefix(kind: Type, source: Bytes) -> None:
    """What stands before the data of a column: versions of the dictionaries in it."""
    if kind.name == "LowCardinality":
        if int.from_bytes(source.take(8), "little") != 1:
            raise BadClickHouse
        return
    for inner in kind.inner:
        read_prefix(inner, source)


def read_column(kind: Type, rows: int, source: Bytes) -> list[Any]:
    """The values of `rows` rows of a column."""
    if kind.value is not None:
        size, value = kind.size, kind.value
        raw = source.take(rows * size)
        return [value(raw[at : at + size]) for at in range(0, rows * size, size)] if size else [value(b"")] * rows
    if kind.name == "String":
        return [source.text() for _ in range(rows)]
    if kind.name == "Nullable":
        missing = source.take(rows)
        return [None if is_missing else value for is_missing, value in zip(missing, read_column(kind.inner[0], rows, source), strict=True)]
    if kind.name == "LowCardinality":
        return _from_dictionary(kind.inner[0], rows, source)
    if kind.name in ("Array", "Map"):
        return _lists(kind, rows, source)
    columns = [read_column(one, rows, source) for one in kind.inner]
    return [_tuple(kind, values) for values in zip(*columns, strict=True)]


def _lists(kind: Type, rows: int, source: Bytes) -> list[Any]:
    raw = source.take(8 * rows)
    ends = [int.from_bytes(raw[at : at + 8], "little") for at in range(0, 8 * rows, 8)]
    if any(later < earlier for earlier, later in pairwise(ends)) or (ends and ends[-1] > MAX_ITEMS):
        raise BadClickHouse
    total, starts = (ends[-1] if ends else 0), [0, *ends[:-1]]
    if kind.name == "Array":
        values = read_column(kind.inner[0], total, source)
        return [values[start:end] for start, end in zip(starts, ends, strict=True)]
    keys, values = (read_column(one, total, source) for one in kind.inner)
    return [dict(zip(map(_key, keys[start:end]), values[start:end], strict=True)) for start, end in zip(starts, ends, strict=True)]


def _from_dictionary(kind: Type, rows: int, source: Bytes) -> list[Any]:
    """Indexes into a dictionary that comes with them; of a nullable type, the first word means null."""
    if not rows:
        return []
    flags = int.from_bytes(source.take(8), "little")
    width = 1 << (flags & 0xFF)
    nullable = kind.name == "Nullable"
    size = int.from_bytes(source.take(8), "little")
    if width > 8 or flags & (1 << 8) or size > MAX_ITEMS:
        raise BadClickHouse
    words = read_column(kind.inner[0] if nullable else kind, size, source)
    if int.from_bytes(source.take(8), "little") != rows:
        raise BadClickHouse
    raw = source.take(rows * width)
    places = [int.from_bytes(raw[at : at + width], "little") for at in range(0, rows * width, width)]
    if places and max(places) >= len(words):
        raise BadClickHouse
    return [None if nullable and not place else words[place] for place in places]
