"""The words around a value that rules read: its key, the key above a key that says nothing, and the whole path to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from leakscope.catalogue.model import Catalogue
from leakscope.text.words import BREAK, key_words

#: Keys that say nothing about what stands beside them; the key above is read with them.
_EMPTY_KEYS = frozenset("number no num nr id value val values code text content data field name key line body string str raw v".split())
_SEGMENT = re.compile(r"\[([^\]]*)\]|->|\.")


@dataclass(frozen=True, slots=True)
class Context:
    """
    What names stand around a value, as lower-case words.

    Args:
        name: the innermost key as written, "" if there is none.
        key: its words.
        near: the same, with the words of the key above when it says nothing by itself.
        path: words of all keys on the way.
    """

    name: str = ""
    key: str = ""
    near: str = ""
    path: str = ""


NO_CONTEXT = Context()


@lru_cache(maxsize=65536)
def context_of(field: str, key: str) -> Context:
    """
    The context that a field path and its innermost key give.

    Example:
        >>> context_of("customer.passport.number", "number").near
        'passport number'
    """
    words = key_words(key)
    segments = [part for part in _SEGMENT.split(field) if part and part not in ("$", "#name") and not part.isdigit()]
    path = " ".join(key_words(part) for part in segments if not part.startswith("<"))
    if words and words not in path:
        path = f"{path} {words}"
    near = words
    if words and all(word in _EMPTY_KEYS for word in words.split()):
        above = [part for part in segments if not part.startswith("<") and key_words(part) != words]
        near = f"{key_words(above[-1])} {words}" if above else words
    return Context(key, words, near, path)


def reducer(catalogue: Catalogue, further: frozenset[str] = frozenset()) -> Callable[[Context], Context]:
    """
    Leaves in a context only the words that some rule of `catalogue` could ask for, and `further` ones, so that equal contexts are many.

    What rules find does not change: a word that starts with no part of any keyword can take part in no match.
    """
    asked = {*further, *(word for rule in catalogue.detectors for word in (*rule.keywords, *rule.context))}
    parts = frozenset(part for word in asked for part in BREAK.sub(" ", word.lower()).split())
    foreign = tuple(part for part in parts if not part.isascii())
    longest = max((len(part) for part in parts), default=0)

    @lru_cache(maxsize=65536)
    def relevant(word: str) -> bool:
        starts = any(word[:length] in parts for length in range(1, min(len(word), longest) + 1))
        return starts or (not word.isascii() and any(part in word for part in foreign))

    @lru_cache(maxsize=65536)
    def reduced(words: str) -> str:
        kept = " ".join(word if relevant(word) else "·" for word in words.split())
        return re.sub(r"·(?: ·)+", "·", kept)

    return lambda context: Context(context.name, reduced(context.key), reduced(context.near), reduced(context.path))
