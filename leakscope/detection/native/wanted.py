"""Rules' patterns and keywords as the expressions that the automata seek."""

from __future__ import annotations

import re
from functools import cache

from leakscope.catalogue.model import BOUNDARY_CLASS, Boundary, Detector
from leakscope.detection.expressions import GROUP
from leakscope.detection.native.positions import ALNUM, BEFORE, NOT_ALNUM, NOT_DIGIT, NOT_TOKEN, Expression
from leakscope.text.words import BREAK, WHOLE_WORD_LENGTH

_BEFORE = {Boundary.ALNUM: NOT_ALNUM, Boundary.TOKEN: NOT_TOKEN, Boundary.DIGIT: NOT_DIGIT}


def of_pattern(rule: Detector) -> Expression:
    """What stands in every text in which `rule` finds something: its pattern, within its boundary where that is the whole span's."""
    pattern = re.sub(r"\(\?P<\w+>", "(?:", rule.pattern)
    if not BOUNDARY_CLASS[rule.boundary] or GROUP in rule.pattern or rule.key_only:
        return Expression(pattern, rule.ignore_case)
    before = _BEFORE[rule.boundary]
    return Expression(pattern, rule.ignore_case, before, BEFORE[before])


@cache
def of_keyword(keyword: str) -> tuple[Expression, ...]:
    """
    A keyword as it may stand in raw text.

    Anything that is no word may stand between its parts, or nothing; a word must start there, be it by a capital inside an
    identifier; a short one must end there too. Everything that `keyword_expression` finds in `text_words` matches.
    """
    parts = ["".join(map(_letter, part)) for part in BREAK.sub(" ", keyword.lower()).split()]
    body = r"[\W_]*".join(parts)
    if not keyword.isascii():
        return (Expression(body, caseless=True),)
    end = r"(?:s|es)?(?-i:[^a-z]|$)" if len(keyword) <= WHOLE_WORD_LENGTH else ""
    if not keyword[0].isalpha():
        return (Expression(body + end, caseless=True),)
    return Expression(body + end, True, NOT_ALNUM), Expression(f"(?-i:{keyword[0].upper()}){body[1:]}{end}", True, ALNUM)


def _letter(character: str) -> str:
    """A lower-case letter of a keyword, with the capitals that become it."""
    if character.isascii():
        return re.escape(character)
    return f"[{character}{''.join(_capitals().get(character, ()))}]"


@cache
def _capitals() -> dict[str, tuple[str, ...]]:
    """Letters outside ASCII by what they are in lower case."""
    found: dict[str, tuple[str, ...]] = {}
    for point in range(0x80, 0x1F000):
        letter = chr(point)
        for lower in letter.lower() if letter.lower() != letter else ():
            found[lower] = (*found.get(lower, ()), letter)
    return found
