"""Reads the role of a field from its name: what people, in many languages, call the place where such a value stands."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from leakscope.detection.matching import Candidate
from leakscope.text.words import key_words

#: Words that only say how or whose a field is, and that may stand after a name: `phone_1`, `email_work`.
_TRAILING = frozenset("1 2 3 4 01 02 primary secondary work home mobile main other value text str string field raw no nr number".split())
#: Values that stand for nothing.
LONGEST = 400
_EMPTY = frozenset("na n/a null none nan nil unknown undefined - -- . ? true false".split())
#: A UUID or hash where a login is expected is an id that a machine gave, not a name that a person chose.
_MACHINE_ID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{24,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """
    What a field holds, by name and shape.

    Args:
        id: short name; findings carry the detector `field.<id>`.
        entity: entity type of its values.
        confidence: that a value of the right shape in a field of such a name is of that type.
        names: names in which a key may end.
        exact: names that must be the whole key.
        not_after: words before the name that make it something else.
        value: shape of the whole value.
        part: which part of a name, address or position, else null.
        no_digits, letters, digit: the value holds no digit, at least one letter, at least one digit.
        words: least number of words.
        validator: a check of `leakscope.validators`, else null.
        person_shape: the value must look like a person's name, because the field's name says little.
        values: a named list that values must be in, else null.
    """

    id: str
    entity: str
    confidence: float
    names: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    value: re.Pattern[str]
    part: str | None = None
    no_digits: bool = False
    letters: bool = False
    digit: bool = False
    words: int = 0
    validator: str | None = None
    person_shape: bool = False
    values: str | None = None

    def fits(self, text: str) -> bool:
        """Whether `text` has the shape of the role's values."""
        if text.lower() in _EMPTY or not self.value.fullmatch(text):
            return False
        if self.no_digits and any(c.isdigit() or c == "_" for c in text):
            return False
        if self.letters and not any(c.isalpha() for c in text):
            return False
        if self.digit and not any(c.isdigit() for c in text):
            return False
        return not self.words or len(text.split()) >= self.words or not text.isascii()


@cache
def roles() -> tuple[Role, ...]:
    """All roles of the lexicon, in its order."""
    rows = tomllib.loads((files("leakscope.catalogue") / "columns.toml").read_text("utf-8"))["role"]
    lists = ("names", "exact", "not_after")
    return tuple(Role(**{**row, "value": re.compile(row["value"]), **{name: tuple(row.get(name, ())) for name in lists}}) for row in rows)


def bare(words: str) -> str:
    """Words without accents, so that `prénom` and `prenom` are one name."""
    return "".join(c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c)) if not words.isascii() else words


@cache
def _endings() -> Mapping[str, Role]:
    return {name: role for role in reversed(roles()) for name in (*role.names, *(one.replace(" ", "") for one in role.names))}


@cache
def _whole() -> Mapping[str, Role]:
    return {name: role for role in reversed(roles()) for name in role.exact}


@lru_cache(maxsize=65536)
def role_of(key: str) -> Role | None:
    """The role that the name `key` says, or null; the longest name in which the key ends decides."""
    words = bare(key_words(key)).split()
    whole = " ".join(words)
    if whole in _whole():
        return _whole()[whole]
    while len(words) > 1 and words[-1] in _TRAILING and " ".join(words) not in _endings():
        words = words[:-1]
    for start in range(max(0, len(words) - 6), len(words)):
        role = _endings().get(" ".join(words[start:]))
        if role is None:
            continue
        if set(words[:start]) & set(role.not_after) or (" ".join(words[start:]) in role.exact and start):
            return None
        return role
    return None


def role_candidate(role: Role, value: str) -> Candidate | None:
    """The whole of `value` as a candidate of `role`, or null when it does not look like one."""
    text = value.strip()
    if not text or len(text) > LONGEST or not role.fits(text):
        return None
    start = value.index(text)
    attributes = {"role": role.id, "part": role.part} if role.part else {"role": role.id}
    return Candidate(
        start=start, end=start + len(text), entity=role.entity, detector=f"field.{role.id}", confidence=role.confidence, attributes=attributes
    )
