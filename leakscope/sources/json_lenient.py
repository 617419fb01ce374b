"""JSON as programs write it and the standard does not allow: NaN and Infinity (Python), whole numbers over 64 bits (ClickHouse), broken UTF-8."""

from __future__ import annotations

import json
from typing import Any

#: Longer or deeper texts are not tried: the module of the standard library recurses.
MAX_BYTES = 1 << 20
MAX_BRACKETS = 500


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
        return json.loads(raw.decode("utf-8", "replace"), parse_int=_whole, parse_constant=str)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
