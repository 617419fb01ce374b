"""How little a pattern can match: fewest characters and fewest digits, so that values too poor for it are passed over."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

try:
    from re import _constants as sre
    from re import _parser as parser
except ImportError:  # the names these modules had before Python 3.11
    import sre_constants as sre  # type: ignore[no-redef]
    import sre_parse as parser  # type: ignore[no-redef]

_DIGITS = frozenset(range(ord("0"), ord("9") + 1))


@cache
def least(pattern: str, ignore_case: bool) -> tuple[int, int]:
    """
    Fewest code points and fewest ASCII digits in any match of `pattern`.

    Example:
        >>> least("[A-Z]{2}[0-9]{2,4}x?", False)
        (4, 2)
    """
    tree = parser.parse(pattern, re.ASCII | (re.IGNORECASE if ignore_case else re.NOFLAG))
    return int(tree.getwidth()[0]), _digits(tree)


def _digits(tree: Any) -> int:
    return sum(_of(operator, argument) for operator, argument in tree)


def _of(operator: Any, argument: Any) -> int:
    if operator is sre.LITERAL:
        return int(argument in _DIGITS)
    if operator is sre.IN:
        return int(_only_digits(argument))
    if operator in (sre.MAX_REPEAT, sre.MIN_REPEAT, getattr(sre, "POSSESSIVE_REPEAT", None)):
        return int(argument[0]) * _digits(argument[2])
    if operator is sre.SUBPATTERN:
        return _digits(argument[3])
    if operator is sre.BRANCH:
        return min(_digits(branch) for branch in argument[1])
    return 0


def _only_digits(members: Any) -> bool:
    for operator, argument in members:
        if operator is sre.LITERAL and argument in _DIGITS:
            continue
        if operator is sre.RANGE and set(range(argument[0], argument[1] + 1)) <= _DIGITS:
            continue
        if operator is sre.CATEGORY and argument is sre.CATEGORY_DIGIT:
            continue
        return False
    return True
