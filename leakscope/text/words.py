"""Splits key names and text into the words that context is read from."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby

#: A capital that begins a word inside an identifier; a pattern that begins with what it seeks is found sooner than one of edges.
_CAMEL = re.compile(r"[A-Z](?:(?<=[a-z][A-Z])|(?<=[A-Z0-9][A-Z])(?=[a-z]))")
_BEFORE_IT = r" \g<0>"
#: What is no word in ASCII, as a blank.
_BLANKED = "".join(chr(point) if chr(point).isalnum() else " " for point in range(128))
BREAK = re.compile(r"[\W_]+")
#: Letters whose lower case is ASCII: left as they are, so that lower-casing text and ignoring ASCII case agree.
_LOOKALIKES = {0x130: "\ufffd", 0x212A: "\ufffd"}
#: Keywords this short must be whole words: `dob` must not stand for `doberman`.
WHOLE_WORD_LENGTH = 4


@lru_cache(maxsize=65536)
def key_words(key: str) -> str:
    """
    A key or column name as lower-case words.

    Example:
        >>> key_words("customerSSN_last-4")
        'customer ssn last 4'
    """
    return BREAK.sub(" ", _CAMEL.sub(_BEFORE_IT, key)).strip().translate(_LOOKALIKES).lower()


def text_words(text: str) -> str:
    """A stretch of running text as lower-case words, identifiers in it split as keys are."""
    if not text.isascii():
        return BREAK.sub(" ", _CAMEL.sub(_BEFORE_IT, text)).translate(_LOOKALIKES).lower()
    lower = text.lower()
    blanked = (lower if lower == text else _CAMEL.sub(_BEFORE_IT, text).lower()).translate(_BLANKED)
    words = " ".join(blanked.split())
    return f"{' ' * blanked.startswith(' ')}{words}{' ' * (bool(words) and blanked.endswith(' '))}"


@lru_cache(maxsize=8192)
def keyword_expression(keywords: tuple[str, ...]) -> re.Pattern[str]:
    """
    Finds any of `keywords` in text made by `key_words` or `text_words`.

    Words of up to four ASCII letters must be whole words, a plural `s` aside; longer ones only start where a word starts.
    A space in a keyword also stands for nothing, because keys are written `postalcode` as often as `postal_code`.
    """
    runs = groupby(sorted(set(keywords), key=len, reverse=True), key=str.isascii)
    return re.compile("|".join(_alternatives(list(words), plain) for plain, words in runs))


def _alternatives(words: list[str], plain: bool) -> str:
    """Words as one part of an expression; where a word starts is asked once for all of them, because most places of a text are no start."""
    together = "|".join(map(_keyword, words))
    return rf"(?<![a-z0-9])(?:{together})" if plain else together


def _keyword(word: str) -> str:
    parts = BREAK.sub(" ", word.lower()).split()
    body = " ?".join(map(re.escape, parts))
    return body + (r"(?:s|es)?(?![a-z])" if word.isascii() and sum(map(len, parts)) <= WHOLE_WORD_LENGTH else "")
