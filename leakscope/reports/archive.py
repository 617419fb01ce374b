"""ZIP archives that depend on their contents alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_THEN = (1980, 1, 1, 0, 0, 0)


def archive(pieces: Mapping[str, bytes]) -> bytes:
    """The pieces by name as a ZIP; the same pieces give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name in sorted(pieces):
            file.writestr(zipfile.ZipInfo(name, _THEN), pieces[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def settled(content: bytes) -> bytes:
    """A ZIP (a DOCX is one) with the same members in the same order, without the moment they were written."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            target.writestr(zipfile.ZipInfo(member.filename, _THEN), source.read(member), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
