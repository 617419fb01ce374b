"""The words of names and of running text."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from leakscope.text.words import key_words, keyword_expression, text_words

PIECES = st.lists(st.sampled_from([*"abzABZ019_- .\n\x1c\x00", "é", "İ", "\u212a", "身", "SSNLast4", "userId"]), max_size=12).map("".join)
_EDGE = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])")
_NO_WORD = re.compile(r"[\W_]+")


def plainly(text: str) -> str:
    """Words as the two expressions say them; letters whose lower case is ASCII are none."""
    return _NO_WORD.sub(" ", _EDGE.sub(" ", text)).replace("İ", "\ufffd").replace("\u212a", "\ufffd").lower()


@given(text=PIECES)
@example(text=" aB ")
@example(text="-")
def test_words_are_the_same_however_they_are_read(text: str) -> None:
    """A blank for every run of what is no word, also at the ends, and before a capital inside an identifier."""
    assert text_words(text) == plainly(text)
    assert key_words(text) == plainly(text).strip()


@given(text=PIECES.map(text_words), words=st.lists(st.sampled_from(["ssn", "b", "user id", "zb", "número", "é身", "password"]), min_size=1, max_size=4).map(tuple))
def test_a_keyword_stands_where_one_of_them_alone_does(text: str, words: tuple[str, ...]) -> None:
    """Sought together they are found where each by itself is."""
    assert bool(keyword_expression(words).search(text)) == any(keyword_expression((one,)).search(text) for one in words)
