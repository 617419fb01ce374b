"""Seeded drawing: the same parts give the same draws on every Python version and machine."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import TypeVar

T = TypeVar("T")

DIGITS = "0123456789"
LOWER = "abcdefghijklmnopqrstuvwxyz"
UPPER = LOWER.upper()
HEX = "0123456789abcdef"
BASE62 = DIGITS + UPPER + LOWER
BASE64URL = BASE62 + "-_"


class Draw:
    """
    A stream of draws that depends on its parts alone.

    Only `Random.random` and `Random.getrandbits` are used: their output is fixed across Python versions,
    that of `choice`, `shuffle` and `sample` is not promised to be.

    Args:
        parts: seed, purpose and numbers that name this stream.
    """

    __slots__ = ("bits", "random")

    def __init__(self, *parts: object) -> None:
        text = "\x1f".join(str(part) for part in parts)
        generator = Random(int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big"))
        self.random = generator.random
        self.bits = generator.getrandbits

    def below(self, limit: int) -> int:
        """A whole number in [0, limit)."""
        return int(self.random() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number in [low, high]."""
        return low + int(self.random() * (high - low + 1))

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`, each equally likely."""
        return choices[int(self.random() * len(choices))]

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return self.random() < probability

    def text(self, alphabet: str, length: int) -> str:
        """`length` characters of `alphabet`."""
        size, random = len(alphabet), self.random
        return "".join([alphabet[int(random() * size)] for _ in range(length)])

    def digits(self, length: int) -> str:
        """`length` decimal digits."""
        return str(self.bits(4 * length) % 10**length).zfill(length)

    def hex(self, length: int) -> str:
        """`length` lower-case hexadecimal digits."""
        return f"{self.bits(4 * length):0{length}x}"

    def uuid(self) -> str:
        """A version 4 UUID."""
        text = self.hex(32)
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{HEX[8 + int(text[16], 16) % 4]}{text[17:20]}-{text[20:]}"
