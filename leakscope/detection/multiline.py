"""What plain text spreads over several lines, so that each line alone says nothing: keys and certificates."""

from __future__ import annotations

import re
from collections.abc import Sequence

_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]*(?:PRIVATE KEY|CERTIFICATE)[A-Z ]*-----|PuTTY-User-Key-File-[23]:")
_END = re.compile(r"-----END [A-Z0-9 ]+-----|Private-MAC:")
#: Lines after the first that one block may have: a 16,384-bit key has about 200.
MAX_LINES = 260


def blocks(lines: Sequence[str]) -> list[tuple[int, int, str]]:
    """
    The blocks that begin in one line and end in a later one.

    Args:
        lines: consecutive lines of one source.

    Returns:
        (index of the first line, number of lines, the lines joined by line feeds) of each, in order.
    """
    found = []
    for index, line in enumerate(lines):
        if not _BEGIN.search(line) or _END.search(line):
            continue
        last = next((at for at in range(index + 1, min(index + 1 + MAX_LINES, len(lines))) if _END.search(lines[at])), None)
        if last is not None:
            found.append((index, last - index + 1, "\n".join(lines[index : last + 1])))
    return found
