"""A rule's pattern as Python's `re` runs it: ASCII classes, and its boundary as look-around on the span."""

from __future__ import annotations

import re
from functools import cache

from leakscope.catalogue.model import BOUNDARY_CLASS, Detector

GROUP = "(?P<value>"
_BRACED = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")


def native(pattern: str) -> str:
    """`pattern` in the syntax of Python's `re`: braced code points written its way."""
    return _BRACED.sub(lambda found: f"\\U{int(found[1], 16):08x}", pattern)


def _closing(pattern: str, start: int) -> int:
    """Index of the parenthesis that closes the group opened before `start`."""
    depth, index, in_class = 1, start, False
    while index < len(pattern):
        character = pattern[index]
        if character == "\\":
            index += 2
            continue
        if in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
            index += 2 if pattern[index + 1 : index + 2] == "]" else 3 if pattern[index + 1 : index + 3] == "^]" else 1
            continue
        elif character in "()":
            depth += 1 if character == "(" else -1
            if depth == 0:
                return index
        index += 1
    raise re.error("a group is not closed", pattern)


def bounded(pattern: str, boundary: str) -> str:
    """`pattern` with the boundary's class forbidden directly before and after its span."""
    barred = BOUNDARY_CLASS[boundary]
    if not barred:
        return pattern
    before, after = f"(?<!{barred})", f"(?!{barred})"
    opening = pattern.find(GROUP)
    if opening < 0:
        return f"{before}(?:{pattern}){after}"
    end = _closing(pattern, opening + len(GROUP))
    return f"{pattern[:opening]}{before}{pattern[opening : end + 1]}{after}{pattern[end + 1 :]}"


@cache
def expression(pattern: str, boundary: str, ignore_case: bool) -> re.Pattern[str]:
    """The compiled expression of a rule."""
    return re.compile(bounded(native(pattern), boundary), re.ASCII | (re.IGNORECASE if ignore_case else re.NOFLAG))


def expression_of(detector: Detector) -> re.Pattern[str]:
    """The compiled expression of `detector`."""
    return expression(detector.pattern, str(detector.boundary), detector.ignore_case)
