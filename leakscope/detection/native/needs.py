"""What a rule's pattern asks of any text it matches in, cheaply told: how much, how many digits, how long a run of which characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from re import _constants as sre
from re import _parser as parser
from typing import Any

from leakscope.catalogue.model import Detector
from leakscope.detection.expressions import native
from leakscope.detection.native.positions import REPEATS
from leakscope.detection.widths import least

#: Automata that every text is asked for, apart because together they would have as many states as theirs multiply to. Those of words, of
#: patterns that begin literally, of such without regard to case, and of others read every text; those of digits, and of digits and
#: separators, read texts with a digit; those of other encodings, long tokens and marks (`@`) read regions. In the order of `together.h`.
WORDS, LITERALS, CASELESS, PLAIN, DIGITS, GROUPS, ENCODED, TOKENS, MARKED = range(9)
#: Classes of runs, narrowest first, as in `rules.h`: hexadecimal digits, letters and digits, anything but blanks.
HEX, ALNUM, SOLID = range(3)
_DIGITS = frozenset(b"0123456789")
_RUNS = (_DIGITS | frozenset(b"abcdefABCDEF"), frozenset(one for one in range(128) if chr(one).isalnum()), frozenset(range(0x21, 0x110)))
#: Literal characters that every match must begin with to count as beginning literally.
_LITERAL = 2
_MOST = 0xFFFF
#: Characters from which on a counted run is long.
_LONG = 12
#: Separators of a number that is read in groups, at most; and bytes from which on an identifier is a token.
_SEPARATORS, _TOKEN = 4, 20


@cache
def tree_of(pattern: str, ignore_case: bool) -> Any:
    """A pattern as Python's parser takes it apart."""
    return parser.parse(native(pattern), re.ASCII | (re.IGNORECASE if ignore_case else re.NOFLAG))


def starts_literally(rule: Detector) -> bool:
    """Whether every match begins with at least two given characters, so that few texts get far into the pattern."""
    return _literal(list(tree_of(rule.pattern, rule.ignore_case)), _LITERAL)


def is_generic(rule: Detector) -> bool:
    """Whether a match can begin with a long run of many kinds of characters, which texts full of tokens hold everywhere."""
    return _begins_long(list(tree_of(rule.pattern, rule.ignore_case)), 0)


def _begins_long(tree: list[tuple[Any, Any]], so_far: int) -> bool:
    """Whether at least `_LONG` characters that are not all digits can come before the first one that is given."""
    if so_far >= _LONG:
        return True
    if not tree:
        return False
    (operator, argument), rest = tree[0], tree[1:]
    if operator is sre.LITERAL:
        return False
    if operator is sre.SUBPATTERN:
        return _begins_long([*argument[3], *rest], so_far)
    if operator is sre.BRANCH:
        return any(_begins_long([*branch, *rest], so_far) for branch in argument[1])
    if operator in REPEATS:
        counts = argument[0] if _all(argument[2], _DIGITS) is None else 0
        return _begins_long(rest, so_far + counts)
    return _begins_long(rest, so_far + 1)


def _literal(tree: list[tuple[Any, Any]], wanted: int) -> bool:
    if wanted <= 0:
        return True
    if not tree:
        return False
    (operator, argument), rest = tree[0], tree[1:]
    if operator is sre.LITERAL:
        return _literal(rest, wanted - 1)
    if operator is sre.SUBPATTERN:
        return _literal([*argument[3], *rest], wanted)
    if operator is sre.BRANCH:
        return all(_literal([*branch, *rest], wanted) for branch in argument[1])
    return False


def kind_of(rule: Detector, region: tuple[int, int]) -> int:
    """
    The automaton for a pattern without words and without a literal beginning, by what it is made of: one of `PLAIN` to `MARKED`.

    Patterns of one kind are sought together, because texts are at few combinations of places in them at once.

    Args:
        rule: whose pattern it is.
        region: what `region_of` says of it.
    """
    characters, digits, _, _ = needs_of(rule)
    size, mark = region
    if mark:
        return MARKED
    if digits >= max(1, characters - _SEPARATORS):
        return DIGITS if digits >= characters - 1 else GROUPS
    if size >= _TOKEN:
        return TOKENS
    return PLAIN


def needs_of(rule: Detector) -> tuple[int, int, int, int]:
    """Fewest characters and digits of a match, and the longest run that is in every match, with the class of its characters."""
    characters, digits = least(native(rule.pattern), rule.ignore_case)
    tree = tree_of(rule.pattern, rule.ignore_case)
    length, kind = max(((_run(tree, _RUNS[kind]), kind) for kind in (SOLID, ALNUM, HEX)), key=lambda one: one[0])
    narrowest = min(kind for kind in (HEX, ALNUM, SOLID) if _run(tree, _RUNS[kind]) == length)
    return min(characters, _MOST), min(digits, _MOST), min(length, _MOST), narrowest if length else kind


def _run(tree: Iterable[tuple[Any, Any]], members: frozenset[int]) -> int:
    """Length of a run of `members` that is sure to be in every match; not always the longest such."""
    longest = current = 0
    for operator, argument in tree:
        width = _width(operator, argument, members)
        if width is None:
            longest, current = max(longest, current, _inside(operator, argument, members)), 0
        else:
            current += width
    return max(longest, current)


def _width(operator: Any, argument: Any, members: frozenset[int]) -> int | None:
    """Fewest characters of a part that holds nothing but `members`; null when it may hold others."""
    if operator is sre.LITERAL:
        return 1 if argument in members else None
    if operator is sre.IN:
        return 1 if _within(argument, members) else None
    if operator is sre.AT:
        return 0
    if operator is sre.SUBPATTERN:
        return _all(argument[3], members)
    if operator is sre.BRANCH:
        widths = [_all(branch, members) for branch in argument[1]]
        return None if None in widths else min(one for one in widths if one is not None)
    if operator in REPEATS:
        inner = _all(argument[2], members)
        return None if inner is None else inner * int(argument[0])
    return None


def _all(tree: Iterable[tuple[Any, Any]], members: frozenset[int]) -> int | None:
    total = 0
    for operator, argument in tree:
        width = _width(operator, argument, members)
        if width is None:
            return None
        total += width
    return total


def _inside(operator: Any, argument: Any, members: frozenset[int]) -> int:
    """A run inside a part that holds other characters too."""
    if operator is sre.SUBPATTERN:
        return _run(argument[3], members)
    if operator is sre.BRANCH:
        return min(_run(branch, members) for branch in argument[1])
    if operator in REPEATS and argument[0]:
        return _run(argument[2], members)
    return 0


def _within(argument: Iterable[tuple[Any, Any]], members: frozenset[int]) -> bool:
    for operator, one in argument:
        if operator is sre.LITERAL and one in members:
            continue
        if operator is sre.RANGE and set(range(one[0], min(one[1], 0x110) + 1)) <= members:
            continue
        if operator is sre.CATEGORY and one in (sre.CATEGORY_DIGIT, sre.CATEGORY_WORD) and (one is sre.CATEGORY_DIGIT or members is not _RUNS[HEX]):
            if one is sre.CATEGORY_WORD and members is _RUNS[ALNUM]:
                return False
            continue
        return False
    return True
