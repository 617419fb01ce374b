"""
The sealed vault: raw values of a case, encrypted with age to keys that the user names, so that the case alone shows none.

References:
    https://age-encryption.org/v1 (the format, read 2026-11). pyrage binds rage, the Rust implementation, which was chosen over calling
    the `age` program: nothing to find on the PATH, and no value passes through a pipe.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from leakscope.errors import InvariantError, UsageError

_HINT = "A recipient is age1..., an ssh-ed25519 or ssh-rsa public key, or a file with one a line; age-keygen makes a pair."
#: A file of recipients is short; anything longer was named by mistake.
_MAX_FILE_BYTES = 1 << 20


def recipients(texts: Iterable[str]) -> tuple[str, ...]:
    """
    The public keys that `texts` name, each once, in order: keys themselves, or files with one key a line and `#` comments.

    Raises:
        UsageError: a text is neither, or is a secret key.
    """
    found: dict[str, None] = {}
    for text in texts:
        for line in _lines(text):
            _parsed(line)
            found[line] = None
    return tuple(found)


def _lines(text: str) -> list[str]:
    if text.strip().lower().startswith(("age1", "ssh-", "age-secret-key")):
        return [text.strip()]
    path = Path(text)
    try:
        content = path.read_text("utf-8") if path.stat().st_size <= _MAX_FILE_BYTES else ""
    except (OSError, ValueError):
        raise UsageError("--seal-to names no recipient and no file that can be read", hint=_HINT) from None
    lines = [line.strip() for line in content.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise UsageError("The file that --seal-to names holds no recipient", hint=_HINT)
    return lines


def _parsed(line: str) -> Any:
    """The library's key; a text that is none is never quoted, because it may be a secret one."""
    import pyrage

    if line.upper().startswith("AGE-SECRET-KEY"):
        raise UsageError("--seal-to was given a secret key", hint="Give the public one (age-keygen -y shows it), and make a new pair: this one stands in the shell's history now.")
    kind = pyrage.ssh.Recipient if line.startswith("ssh-") else pyrage.x25519.Recipient
    try:
        return kind.from_str(line)
    except pyrage.RecipientError:
        raise UsageError("--seal-to was given something that is no recipient", hint=_HINT) from None


def seal(content: bytes, keys: Sequence[str]) -> bytes:
    """
    `content` encrypted so that any one of the keys opens it.

    Args:
        content: in the clear; never written anywhere.
        keys: as `recipients` gives them, at least one.

    Raises:
        InvariantError: the library could not encrypt.
    """
    import pyrage

    try:
        return bytes(pyrage.encrypt(content, [_parsed(key) for key in keys]))
    except pyrage.EncryptError:
        raise InvariantError("the values could not be sealed") from None
