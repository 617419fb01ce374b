"""
PDF: the text of its pages, line by line.

References:
    ISO 32000-2; read through pypdf, which runs nothing and has ceilings of its own on what a stream unpacks to.
"""

from __future__ import annotations

from typing import Any

from leakscope.errors import SetAsideError
from leakscope.model import Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.evidence import Evidence
from leakscope.sources.tables import Tables


def sniff(head: bytes, name: str) -> float:
    """Sure by the mark near its start."""
    return 1.0 if b"%PDF-" in head[:1024] else 0.0


def read(evidence: Evidence) -> Reading:
    """
    Lines of text, page by page, in the field `text`; pages without text (scans) are set aside.

    Raises:
        SetAsideError: the file is encrypted or damaged.
    """
    import pypdf

    tables = Tables(evidence.name)
    with evidence.open() as stream:
        try:
            file = pypdf.PdfReader(stream, strict=False)
            if file.is_encrypted and not file.decrypt(""):
                raise SetAsideError("The PDF is encrypted; its password opens it.", reason="encrypted")
            pages = len(file.pages)
        except (SetAsideError, MemoryError):
            raise
        except Exception:  # pypdf lets many kinds through
            raise SetAsideError("The PDF is damaged.", reason="damaged") from None
        unread, over = 0, 0
        for number in range(pages):
            try:
                lines = [line for line in (file.pages[number].extract_text() or "").split("\n") if line.strip()]
            except MemoryError:
                raise
            except Exception:  # as above
                lines = []
            if not lines:
                unread, over = unread + 1, over + _is_over(file, number)
            for line in lines:
                yield from tables.add("", ("text",), (line,), len(line))
    yield from tables.rest()
    if over:
        yield SetAside(source=evidence.name, reason="bomb", detail=f"{over} of {pages} pages unpack to far more than a page holds.")
    if unread > over:
        yield SetAside(source=evidence.name, reason="image-unread", detail=f"{unread - over} of {pages} pages hold no text that can be read; they may be scans.")


def _is_over(file: Any, number: int) -> bool:
    """Whether a page without text has contents that unpack over pypdf's ceilings, which it tells in a log alone."""
    from pypdf.errors import LimitReachedError

    try:
        found = file.pages[number]["/Contents"].get_object()
        for one in found if isinstance(found, list) else [found]:
            one.get_object().get_data()
    except LimitReachedError:
        return True
    except MemoryError:
        raise
    except Exception:  # as above
        return False
    return False


FORMAT = Format(name="pdf", title="PDF", suffixes=(".pdf",), sniff=sniff, read=read, jailed=True)
