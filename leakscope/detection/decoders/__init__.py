"""What a secret says about itself without asking its issuer: account, scopes, dates, checksum. One module per theme, found by name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from leakscope.registry import discover


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """
    What a secret says.

    Args:
        account: account, tenant, project or workspace it belongs to.
        scopes: what it may do.
        issued, expires: in UTC.
        checksum: valid or invalid, null when it carries none.
        environment: live, test or publishable, when it says so.
        details: more that the sheet may show: algorithm, key length, subject.
    """

    account: str | None = None
    scopes: tuple[str, ...] = ()
    issued: datetime | None = None
    expires: datetime | None = None
    checksum: str | None = None
    environment: str | None = None
    details: Mapping[str, str] | None = None


Decoder = Callable[[str], Decoded | None]
NOTHING = Decoded()


@cache
def decoders() -> Mapping[str, Decoder]:
    """All decoders by name."""
    tables = discover(sys.modules[__name__], "DECODERS", group="leakscope.decoders").values()
    return {name: decoder for table in tables for name, decoder in table.items()}


def decoded(name: str | None, text: str) -> Decoded:
    """What `text` says to the decoder `name`; nothing when there is no such decoder or it cannot be read."""
    decoder = decoders().get(name or "")
    if decoder is None:
        return NOTHING
    try:
        return decoder(text) or NOTHING
    except Exception:  # a decoder reads hostile text; what it cannot read says nothing
        return NOTHING
