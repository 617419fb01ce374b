"""The incident key and the keyed pseudonyms made with it: comparable within an incident, useless without the key."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from leakscope.errors import UsageError

KEY_BYTES = 32
#: Block of SHA-256.
_BLOCK_BYTES = 64
#: 96 bits: a chance of one collision in a billion distinct values below 1e-11.
FINGERPRINT_HEX = 24


@dataclass(frozen=True, slots=True)
class IncidentKey:
    """
    The secret key of one incident; never printed, never written into a case.

    Args:
        material: 32 random bytes.
    """

    material: bytes

    def __repr__(self) -> str:
        return "IncidentKey(...)"

    def pseudonym(self, kind: str, text: str) -> str:
        """
        Keyed hash of `text` within the name space `kind`: 24 hex digits of HMAC-SHA-256 (RFC 2104).

        Args:
            kind: name space, so that equal texts of different kinds do not compare.
            text: normalised text.
        """
        inner, outer = (begun.copy() for begun in _begun(self.material))
        inner.update(kind.encode() + b"\x00" + text.encode("utf-8", "surrogatepass"))
        outer.update(inner.digest())
        return str(outer.hexdigest()[:FINGERPRINT_HEX])


@lru_cache(maxsize=8)
def _begun(material: bytes) -> tuple[Any, Any]:
    """Both hashes of HMAC after their keyed first block (RFC 2104, section 4), because that block is most of the work for a short text."""
    block = (material if len(material) <= _BLOCK_BYTES else hashlib.sha256(material).digest()).ljust(_BLOCK_BYTES, b"\0")
    return hashlib.sha256(bytes(byte ^ 0x36 for byte in block)), hashlib.sha256(bytes(byte ^ 0x5C for byte in block))


def new_key() -> IncidentKey:
    """A fresh random key."""
    return IncidentKey(secrets.token_bytes(KEY_BYTES))


def load_key(path: Path) -> IncidentKey:
    """
    The key in `path`: 64 hex digits, one line.

    Raises:
        UsageError: the file is missing or is no key.
    """
    try:
        material = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError):
        raise UsageError(f"{path} holds no incident key", hint="Make one by running assess without --key.") from None
    if len(material) != KEY_BYTES:
        raise UsageError(f"{path} holds no incident key of {KEY_BYTES} bytes")
    return IncidentKey(material)


def load_or_make_key(path: Path) -> IncidentKey:
    """
    The key in `path`, made with mode 0600 if the file does not exist yet.

    Raises:
        UsageError: it cannot be read or made.
    """
    if path.exists():
        return load_key(path)
    key = new_key()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key.material.hex() + "\n")
    except OSError as error:
        with contextlib.suppress(OSError):  # half a key would be taken for one
            path.unlink()
        raise UsageError(f"The key {path} cannot be made: {os.strerror(error.errno or 0)}", hint="Name another with --key.") from None
    return key
