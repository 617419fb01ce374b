"""Reads the role of a field from its name: what people, in many languages, call the place where such a value stands."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from leakscope.detection.candidate import Candidate
from leakscope.text.words import WHOLE_WORD_LENGTH, key_words
from leakscope.validators import validator

#: Words that only say how or whose a field is, and that may stand after a name: `phone_1`, `email_work`.
TRAILING = frozenset("1 2 3 4 01 02 primary secondary work home mobile main other value text str string field raw no nr number".split())
#: Code points of a value of any role.
LONGEST = 400
#: Words of a name; Hindi's vowel signs split it into more.
LONGEST_NAME = 14
_IDENTIFIER = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{16,}|[0-9]+")
#: Words that stand in names of companies, institutions, places and things, hardly ever in people's.
_NOT_PERSON = re.compile(
    r"(?i)\b(?:llc|l\.l\.c|inc|ltd|corp|corporation|co|company|gmbh|ag|s\.?a|plc|bank|school|academy|college|university|church|temple|hospital|clinic|pharmacy|"
    r"center|centre|foundation|trust|association|society|club|institute|museum|library|hotel|restaurant|cafe|store|shop|market|services?|systems?|solutions|group|"
    r"partners|associates|properties|apartments|apts|condo|court|street|avenue|ave|road|park|garden|gardens|square|plaza|tower|building|station|airport|bridge|"
    r"monument|memorial|fountain|discussion|meeting|overview|summary|total|subtotal|average|playground|field|lake|river|county|city|district|department|office|board|council|committee|agency|authority|commission|program|"
    r"project|the|of|and|for|at|no|test|default|server|service|api|app|model|team|production|development)\b|[#&/(]"
)
_EMPTY = frozenset("na n/a null none nan nil unknown undefined - -- . ? true false".split())
_DIGIT = re.compile("[0-9]")
#: Scripts that put no blank between words.
_UNSPACED = re.compile(r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
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
        not_identifier: the value is no UUID, hash or bare number.
        validator: a check of `leakscope.validators`, else null.
        person_shape: the value must look like a person's name, because the field's name says little.
        values: a named list that values must be in, else null.
        tells: the value is no denial (`none`, `nein`) and no bare number.
        mentions: a named list of beginnings of words of which the value must hold one, else null.
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
    not_identifier: bool = False
    validator: str | None = None
    person_shape: bool = False
    values: str | None = None
    tells: bool = False
    mentions: str | None = None

    def fits(self, text: str) -> bool:
        """Whether `text` has the shape of the role's values; the wide blank of East Asia is a blank."""
        text = text.replace("\u3000", " ")
        if text.lower() in _EMPTY or not self.value.fullmatch(_unmarked(text)):
            return False
        if self.no_digits and (_has_digit(text) or "_" in text):
            return False
        if self.letters and not any(c.isalpha() for c in text):
            return False
        if self.not_identifier and _IDENTIFIER.fullmatch(text):
            return False
        if self.person_shape and _NOT_PERSON.search(text):
            return False
        if self.digit and not _has_digit(text):
            return False
        if self.tells and _denies(text):
            return False
        if self.mentions and not _mentioned(self.mentions).search(bare(text.lower())):
            return False
        if self.validator and not validator(self.validator)(text):
            return False
        return not self.words or len(text.split()) >= self.words or not text.isascii()


def _has_digit(text: str) -> bool:
    return bool(_DIGIT.search(text)) or (not text.isascii() and any(c.isdigit() for c in text))


@cache
def _lexicon() -> tuple[Mapping[str, Any], ...]:
    """The files `columns*.toml` of the catalogue, in order of their names."""
    listed = (file for file in files("leakscope.catalogue").iterdir() if file.name.startswith("columns") and file.name.endswith(".toml"))
    return tuple(tomllib.loads(file.read_text("utf-8")) for file in sorted(listed, key=lambda file: file.name))


@cache
def roles() -> tuple[Role, ...]:
    """All roles of the lexicon, in its order."""
    rows = [row for content in _lexicon() for row in content["role"]]
    lists = ("names", "exact", "not_after")
    return tuple(Role(**{**row, "value": re.compile(row["value"]), **{name: tuple(row.get(name, ())) for name in lists}}) for row in rows)


@cache
def _mentioned(name: str) -> re.Pattern[str]:
    """Finds a word that begins with one of a named list; writing without blanks between words is searched anywhere."""
    listed = dict.fromkeys(bare(word) for content in _lexicon() for word in content.get("mentions", {}).get(name, ()))
    spaced = [word for word in listed if word.isascii() or _SPACED.match(word)]
    begins = "|".join(re.escape(word) + (r"(?!\w)" if len(word) <= WHOLE_WORD_LENGTH else "") for word in spaced)
    anywhere = "|".join(re.escape(word) for word in listed if word not in spaced)
    return re.compile(rf"(?<!\w)(?:{begins})|{anywhere}")


@cache
def _denials() -> frozenset[str]:
    return frozenset(bare(word) for content in _lexicon() for word in content.get("denials", {}).get("words", ()))


def _denies(text: str) -> bool:
    """Whether a value says that there is nothing, or is a bare number."""
    return not any(c.isalpha() for c in text) or bare(text.lower()).strip(" .-") in _denials()


#: Scripts that put blanks between words: Greek, Cyrillic, Hebrew, Arabic.
_SPACED = re.compile(r"[\u0370-\u06ff]")
#: Letters that no accent was put on, and how they are written where only ASCII is.
_WRITTEN_PLAINLY = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss"})


def bare(words: str) -> str:
    """Words without accents, so that `prénom` and `prenom` are one name, and `adı` and `adi`."""
    if words.isascii():
        return words
    return "".join(c for c in unicodedata.normalize("NFKD", words.translate(_WRITTEN_PLAINLY)) if not unicodedata.combining(c))


def _unmarked(text: str) -> str:
    """`text` without vowel signs and accents that are characters of their own (Thai, Hindi), which no class of letters holds."""
    return text if text.isascii() else "".join(c for c in text if unicodedata.category(c)[0] != "M")


@cache
def _endings() -> Mapping[str, tuple[Role, ...]]:
    return _indexed({role.id: (*role.names, *(one.replace(" ", "") for one in role.names)) for role in roles()})


@cache
def _whole() -> Mapping[str, tuple[Role, ...]]:
    return _indexed({role.id: role.exact for role in roles()})


def _indexed(names: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[Role, ...]]:
    found: dict[str, tuple[Role, ...]] = {}
    for role in roles():
        for name in dict.fromkeys(bare(key_words(name)) for name in names[role.id]):
            found[name] = (*found.get(name, ()), role)
    return found


@lru_cache(maxsize=65536)
def roles_of(key: str) -> tuple[Role, ...]:
    """The roles that the name `key` can say, in the lexicon's order; the longest name in which the key ends decides."""
    words = bare(key_words(key)).split()
    whole = " ".join(words)
    if whole in _whole():
        return tuple(dict.fromkeys((*_whole()[whole], *_endings().get(whole, ()))))
    while len(words) > 1 and words[-1] in TRAILING and " ".join(words) not in _endings():
        words = words[:-1]
    for start in range(max(0, len(words) - LONGEST_NAME), len(words)):
        name = " ".join(words[start:])
        found = _endings().get(name, ())
        if found:
            return tuple(role for role in found if not set(words[:start]) & set(role.not_after) and not (start and role in _whole().get(name, ())))
    return _ending_unspaced(words[-1]) if words and _UNSPACED.search(words[-1]) else ()


def _ending_unspaced(word: str) -> tuple[Role, ...]:
    """The roles of the longest name in which a word without blanks ends: `收货地址` is an address, `患者氏名` a name."""
    for start in range(1, len(word) - 1):
        found = _endings().get(word[start:], ())
        if found:
            return tuple(role for role in found if not any(other in word[:start] for other in role.not_after))
    return ()


def role_candidate(asked: tuple[Role, ...], value: str) -> Candidate | None:
    """The whole of `value` as a candidate of the first of the roles that it looks like, or null."""
    text = value.strip()
    if not text or len(text) > LONGEST:
        return None
    role = next((one for one in asked if one.fits(text)), None)
    if role is None:
        return None
    start = value.index(text)
    return Candidate(start, start + len(text), role.entity, f"field.{role.id}", role.confidence, None, None, _attributes(role.id, role.part))


@cache
def _attributes(name: str, part: str | None) -> Mapping[str, str]:
    return {"role": name, "part": part} if part else {"role": name}
