"""Private keys and certificates: kind, length, subject, dates."""

from __future__ import annotations

import re
from typing import Any

from leakscope.detection.decoders import Decoded

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)(?:-----END|$)", re.DOTALL)


def _pem(text: str) -> bytes:
    """A PEM block with its line breaks, however they were escaped."""
    plain = text.replace("\\r", "").replace("\\\\n", "\n").replace("\\n", "\n").replace("\r", "")
    found = _BLOCK.search(plain)
    if not found:
        return plain.encode()
    headers, _, body = found[2].rpartition("\n\n") if ":" in found[2] else ("", "", found[2])
    bare = re.sub(r"[^A-Za-z0-9+/=]", "", body)
    lines = "\n".join(bare[at : at + 64] for at in range(0, len(bare), 64))
    lead = f"{headers.strip()}\n\n" if headers.strip() else ""
    return f"-----BEGIN {found[1]}-----\n{lead}{lines}\n-----END {found[1]}-----\n".encode()


def private_key(text: str) -> Decoded | None:
    """Algorithm and length of a private key; of an encrypted or damaged one, only that it is."""
    from cryptography.hazmat.primitives import serialization

    pem = _pem(text)
    if b"ENCRYPTED" in pem:
        return Decoded(details={"kind": "encrypted"})
    load = serialization.load_ssh_private_key if b"OPENSSH" in pem else serialization.load_pem_private_key
    try:
        key: Any = load(pem, password=None)
    except (ValueError, TypeError):
        # a log that cuts long values may hold half a key; the whole one stands where it came from, so it is no less grave
        return Decoded(details={"kind": " ".join((_kind(text), "cut or damaged here"))})
    name = type(key).__name__.replace("PrivateKey", "").strip("_")
    return Decoded(checksum="valid", details={"kind": name, "bits": str(getattr(key, "key_size", ""))})


def _kind(text: str) -> str:
    found = re.search(r"BEGIN ([A-Z0-9 ]*)PRIVATE KEY", text)
    return found[1].strip().lower() if found and found[1].strip() else "unknown"


def certificate(text: str) -> Decoded | None:
    """Subject and dates of a certificate."""
    from cryptography import x509

    found = x509.load_pem_x509_certificate(_pem(text))
    return Decoded(account=found.subject.rfc4514_string(), issued=found.not_valid_before_utc, expires=found.not_valid_after_utc)


DECODERS = {"private_key": private_key, "certificate": certificate}
