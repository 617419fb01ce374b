"""Keeps what is slow to build between runs, in the user's cache folder: nothing from evidence, and nothing that another user could plant."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path

_DIGEST_BYTES = 32


def folder() -> Path | None:
    """The cache folder, made with mode 0700; null when it cannot be made or others could write to it."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    path = Path(base) / "leakscope"
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path if _ours(path) else None
    except OSError:
        return None


def _ours(path: Path) -> bool:
    status = path.lstat()
    owned = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    return owned and not stat.S_ISLNK(status.st_mode) and not status.st_mode & 0o022


def _path(kind: str, recipe: bytes) -> Path | None:
    where = folder()
    return where / f"{kind}-{hashlib.sha256(recipe).hexdigest()[:32]}" if where else None


def read(kind: str, recipe: bytes) -> bytes | None:
    """
    What was built from `recipe` before, if it is still whole.

    Args:
        kind: short name of what it is.
        recipe: everything it was built from; another recipe, another file.
    """
    path = _path(kind, recipe)
    if path is None or not path.is_file() or not _ours(path):
        return None
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, body = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    return body if hashlib.sha256(recipe + body).digest() == digest else None


def write(kind: str, recipe: bytes, body: bytes) -> None:
    """Keep `body` for the next run, whole or not at all; a folder that cannot be written to is no error."""
    path = _path(kind, recipe)
    if path is None:
        return
    with contextlib.suppress(OSError):
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{kind}-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(hashlib.sha256(recipe + body).digest() + body)
        Path(name).replace(path)
