"""What a names model takes for people in lower-cased chat although it is made of everyday words alone."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files

from leakscope.detection.lexicons import family_names, given_names
from leakscope.detection.names_span import NameSpan
from leakscope.detection.topics_head import read_seeds, seed_folder

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


@cache
def everyday_words() -> frozenset[str]:
    """Words that name nobody, lower case: those of `data/names_everyday.toml` and of the topic seeds that are no given or family names."""
    listed = tomllib.loads(files("leakscope.detection").joinpath("data/names_everyday.toml").read_text("utf-8"))
    written = {word for words in listed.values() if isinstance(words, str) for word in words.split()}
    seeded = {word for _, _, sentence in read_seeds(seed_folder()) for word in _WORD.findall(sentence) if word == word.lower()}
    return frozenset(written | (seeded - given_names() - family_names()))


@cache
def regions() -> frozenset[str]:
    """Regions and sights that are no towns, lower case; those of `data/names_everyday.toml`."""
    listed = tomllib.loads(files("leakscope.detection").joinpath("data/names_everyday.toml").read_text("utf-8"))
    return frozenset(listed["places"]["regions"].split())


def as_place(text: str, span: NameSpan) -> NameSpan:
    """`span` as a place where it is a person whose only words, but for everyday ones, are regions; else as it is."""
    if span.entity != "PERSON":
        return span
    words = {word.lower() for word in _WORD.findall(text[span.start : span.end])}
    return replace(span, entity="LOCATION") if words & regions() and words <= regions() | everyday_words() else span


def names_somebody(text: str, span: NameSpan) -> bool:
    """Whether a span may name a person: it has a capital, or a word that is no everyday word."""
    said = text[span.start : span.end]
    if span.entity != "PERSON" or said != said.lower():
        return True
    return not all(word in everyday_words() for word in _WORD.findall(said))
