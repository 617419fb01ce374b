"""
Says whether a rule's pattern stays fast on text that was made to slow it: matched in Python, a nested repeat can take years for a line.

The text is made from the pattern itself: what may stand before each repeat, then what the repeat takes, over and over, then what it does
not take. It grows in small steps, so that a pattern whose time doubles with each character is found out within a second; whatever
follows is not tried any more. Static checkers know fewer forms and call more patterns bad than are.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

from leakscope.detection.expressions import expression, native

try:
    from re import _constants as sre
    from re import _parser as parser
except ImportError:  # the names these modules had before Python 3.11
    import sre_constants as sre  # type: ignore[no-redef]
    import sre_parse as parser  # type: ignore[no-redef]

#: Repeats of the unit that are tried one after the other.
_STEPS = (8, 12, 16, 20, 22, 24, 26, 28, 30, 34, 40, 60, 100, 200, 400, 800, 1_600, 3_200, 6_400)
#: Processor time of one search over a text of some thousand characters; fast patterns take well under a thousandth of it.
MOST_SECONDS = 0.1
#: Units of one pattern that are tried; a repeat and what stands before it make one.
_MOST_UNITS = 40
_REPEATS = tuple(getattr(sre, name) for name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") if hasattr(sre, name))
_BREAKS = ("", "!", "\n", "\u00b6")


def slowed_by(pattern: str, boundary: str, ignore_case: bool) -> int | None:
    """
    How long a text is on which the pattern takes more than `MOST_SECONDS`.

    Args:
        pattern: as the rule has it.
        boundary: of the rule.
        ignore_case: of the rule.

    Returns:
        Characters of the text; null when none was found.

    Example:
        >>> slowed_by("k-[a-z]{8}", "alnum", False)
    """
    search = expression(pattern, boundary, ignore_case).search
    for before, unit in _units(pattern):
        for steps in _STEPS:
            for end in _BREAKS:
                text = f"{before}{unit * steps}{end}"
                begin = time.process_time()
                search(text)
                if time.process_time() - begin > MOST_SECONDS:
                    return len(text)
    return None


def _units(pattern: str) -> list[tuple[str, str]]:
    """What stands before each repeat and what it takes once, shortest pattern first; each pair once."""
    tree = parser.parse(native(pattern), re.ASCII)
    found = dict.fromkeys((before, unit) for before, unit in _pumped(tree, "") if unit)
    return list(found)[:_MOST_UNITS]


def _pumped(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    for operator, argument in tree:
        if operator in _REPEATS:
            body = _sample(argument[2])
            if argument[1] is sre.MAXREPEAT or argument[1] > 8:
                yield from ((before, body), ("", body))
            yield from _pumped(argument[2], before)
        elif operator is sre.SUBPATTERN:
            yield from _pumped(argument[3], before)
        elif operator is sre.BRANCH:
            for branch in argument[1]:
                yield from _pumped(branch, before)
        before += _one(operator, argument)


def _sample(tree: Any) -> str:
    """A short text that the pattern takes."""
    return "".join(_one(operator, argument) for operator, argument in tree)


def _one(operator: Any, argument: Any) -> str:
    if operator is sre.LITERAL:
        return chr(argument)
    if operator is sre.NOT_LITERAL:
        return "a" if argument != ord("a") else "b"
    if operator is sre.ANY:
        return "a"
    if operator is sre.IN:
        return _member(argument)
    if operator in _REPEATS:
        return _sample(argument[2]) * max(1, argument[0])
    if operator is sre.SUBPATTERN:
        return _sample(argument[3])
    if operator is sre.BRANCH:
        return _sample(argument[1][0])
    return ""


def _member(members: Any) -> str:
    """A character of a class; of the common ones, one that is in it."""
    found = re.compile(rf"[{''.join(map(_written, members))}]", re.ASCII)
    return next((sign for sign in "a0A -_.:/=,;@\"'\n\u00e9" if found.match(sign)), next((chr(point) for point in range(0x3000) if found.match(chr(point))), ""))


def _written(member: Any) -> str:
    operator, argument = member
    if operator is sre.NEGATE:
        return "^"
    if operator is sre.LITERAL:
        return re.escape(chr(argument))
    if operator is sre.RANGE:
        return f"{re.escape(chr(argument[0]))}-{re.escape(chr(argument[1]))}"
    return {sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_NOT_DIGIT: r"\D", sre.CATEGORY_SPACE: r"\s", sre.CATEGORY_NOT_SPACE: r"\S", sre.CATEGORY_WORD: r"\w", sre.CATEGORY_NOT_WORD: r"\W"}.get(argument, "")
