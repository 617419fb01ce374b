"""Social media handles in running text: online identifiers, which some call persons."""

from __future__ import annotations

import re

from leakscope.detection.names_span import NameSpan

#: Share of handles in tweets that stand for a person; the others stand for firms, papers and places (489 of 604 in the
#: development split of the Broad Twitter Corpus, CC BY 4.0, counted 2026-11).
CONFIDENCE = 0.81

#: `@name`, or `@ name` as tokenised tweets have it; not the domain of a mail address.
_HANDLE = re.compile(r"(?<![\w.@+-])@ ?[A-Za-z0-9_]{2,30}(?![\w@])")


def find_handles(text: str) -> list[NameSpan]:
    """
    Every handle of `text` as a `PERSON`, with its mark.

    Args:
        text: what somebody typed.

    Example:
        >>> [(span.start, span.end) for span in find_handles("thanks @kim_lee and me@firm.example")]
        [(7, 15)]
    """
    return [NameSpan(found.start(), found.end(), "PERSON", CONFIDENCE) for found in _HANDLE.finditer(text)]


def with_handles(text: str, spans: list[NameSpan]) -> list[NameSpan]:
    """`spans` of `text` and its handles; where a name was found in a handle the handle stands alone."""
    handles = find_handles(text)
    apart = [span for span in spans if not any(span.start < handle.end and handle.start < span.end for handle in handles)]
    return sorted([*apart, *handles])
