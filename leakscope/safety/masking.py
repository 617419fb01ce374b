"""Previews: enough of a value to recognise it on the desk, too little to use it."""

from __future__ import annotations

import re

MASK = "*"
#: A label of a domain or a prefix longer than this is cut, so that a preview stays one short word.
SHOWN_PREFIX = 8
_PREFIXED = re.compile(r"^([A-Za-z]{2,8}[-_](?:[A-Za-z]{2,6}[-_]){0,2})")


def mask(entity: str, value: str) -> str:
    """
    A masked preview of `value`, at most 24 characters, never more than a quarter of its characters.

    Args:
        entity: entity type, which decides the part that may show.
        value: the text as found.

    Returns:
        e-mails keep the first letter and the top-level domain; prefixed secrets keep the issuer's prefix;
        card numbers keep the last four digits (PCI DSS 4.0 req. 3.4.1 allows first six and last four);
        everything else keeps its first character and its length class.
    """
    text = value.strip()
    if len(text) < 4:
        return MASK * 4
    if entity == "EMAIL_ADDRESS" and "@" in text:
        local, _, domain = text.rpartition("@")
        return f"{local[:1]}{MASK * 3}@{MASK * 3}.{domain.rpartition('.')[2][:6]}"
    if entity == "CREDIT_CARD":
        return f"{MASK * 4} {''.join(c for c in text if c.isdigit())[-4:]}"
    if entity.startswith("SECRET_"):
        prefix = _PREFIXED.match(text)
        shown = prefix.group(1)[:SHOWN_PREFIX] if prefix and len(text) >= 4 * len(prefix.group(1)) else ""
        return f"{shown}{MASK * 8} ({len(text)} chars)"
    if entity.startswith("CREDENTIAL_") or len(text) < 8:
        return MASK * 8
    return f"{text[0]}{MASK * 7}"
