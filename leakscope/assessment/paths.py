"""Paths of evidence as a JSON file can hold them: a name that is no text becomes a file URI, and comes back the same."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote_to_bytes

_URI = "file://"


def written(path: Path) -> str:
    """
    An absolute path as text; one whose name is not UTF-8 as a file URI (RFC 8089).

    Example:
        >>> written(Path("/evidence/a.csv")), written(Path("/evidence/\\udcff.csv"))
        ('/evidence/a.csv', 'file:///evidence/%FF.csv')
    """
    text = str(path)
    try:
        text.encode()
    except UnicodeEncodeError:
        return path.as_uri()
    return text


def path_of(text: str) -> Path:
    """The path that `written` wrote."""
    return Path(os.fsdecode(unquote_to_bytes(text.removeprefix(_URI)))) if text.startswith(_URI) else Path(text)
