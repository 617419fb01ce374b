"""
JSON as programs write it and the standard does not allow: NaN and Infinity (Python), whole numbers over 64 bits (ClickHouse), broken UTF-8,
halves of surrogate pairs (JavaScript, where a text was cut in the middle of an emoji).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import orjson

#: Longer or deeper texts are not tried: the module of the standard library recurses.
MAX_BYTES = 1 << 20
MAX_BRACKETS = 500

#: An escape: a surrogate pair, the half of one, or any other.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


def whole_pairs(raw: bytes) -> bytes:
    """
    JSON with U+FFFD, the replacement character, for each escape that is half of a surrogate pair (Unicode 16, section 3.9).

    Example:
        >>> whole_pairs(rb'["\ud83d\ude00 \ud83d"]') == rb'["\ud83d\ude00 \ufffd"]'
        True
    """
    return _ESCAPE.sub(lambda found: rb"\ufffd" if found["half"] else found[0], raw) if _HALF.search(raw) else raw


def _whole(digits: str) -> int | str:
    """A whole number, as text where readers of 64 bits would refuse it."""
    return int(digits) if len(digits) < 19 else digits


def lenient(raw: bytes) -> Any:
    """
    The value that `raw` holds; constants and numbers that JSON does not have are texts.

    Raises:
        ValueError: it is not JSON even so, too long or nested too deep.
    """
    if len(raw) > MAX_BYTES or raw.count(b"[") + raw.count(b"{") > MAX_BRACKETS:
        raise ValueError("not JSON")
    try:
        return _relaxed(whole_pairs(raw))
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None


def _relaxed(raw: bytes) -> Any:
    return json.loads(raw.decode("utf-8", "replace"), parse_int=_whole, parse_constant=str)


def written(value: Any, default: Callable[[Any], Any] | None = None, option: int = 0) -> bytes:
    """
    A record as one line of JSON; what orjson refuses to write is written as `lenient` would read it.

    Args:
        value: made of dicts, lists, texts, numbers, and what `default` makes such.
        default, option: as `orjson.dumps` takes them.
    """
    try:
        return orjson.dumps(value, default=default, option=option)
    except TypeError:
        return orjson.dumps(_relaxed(whole_pairs(json.dumps(value, default=default).encode())), option=option)
