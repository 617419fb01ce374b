"""The words linkage goes by: whose data a field holds, which identifiers are shared, which values name nobody."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from leakscope.vocabulary import entities

#: How much an identifier tells about who a person is; higher names the person better. Own ranking.
#: 5 issued once to one person; 4 an account or mailbox of one person; 3 an online identifier; 2 held by few; 1 a device.
RANKS: Mapping[str, int] = {
    "EMAIL_ADDRESS": 4,
    "ACCOUNT_ID": 4,
    "EMPLOYEE_ID": 4,
    "STUDENT_ID": 4,
    "ONLINE_IDENTIFIER": 3,
    "CREDIT_CARD": 2,
    "IBAN_CODE": 2,
    "BANK_ACCOUNT": 2,
    "US_BANK_NUMBER": 2,
    "CRYPTO": 2,
    "IMSI": 2,
    "USERNAME": 3,
    "SOCIAL_HANDLE": 3,
}
STRONG_DEFAULT_RANK = 5
DEVICE_RANK = 1


@cache
def words() -> Mapping[str, Any]:
    """The word lists of `words.toml`."""
    return tomllib.loads((files(__package__) / "words.toml").read_text("utf-8"))


@cache
def shared_mailboxes() -> frozenset[str]:
    """What stands before the @ of mailboxes that a team reads: roles, and departments by their names."""
    departments = words()["values"]["departments"]
    return frozenset({*words()["mailboxes"]["role"], *(name.replace(" ", joint) for name in departments for joint in ("", ".", "-", "_"))})


@cache
def rank_of(entity: str) -> int:
    """
    Rank of `entity` as an identifier of one person.

    Returns:
        5 (national number, passport) down to 1 (device); 0 when it identifies nobody by itself.
    """
    known = entities().get(entity)
    if entity in RANKS:
        return RANKS[entity]
    if known is None or known.linkage in ("none", "weak"):
        return 0
    return DEVICE_RANK if known.linkage == "device" else STRONG_DEFAULT_RANK


def ranks(names: Iterable[str]) -> dict[str, int]:
    """`rank_of` for each of `names`."""
    return {name: rank_of(name) for name in names}


@cache
def slot_words() -> Mapping[str, str]:
    """Word of a path -> slot of the other person it speaks of."""
    return {word: slot for slot, row in words()["slots"].items() for word in row["words"]}


@cache
def slot_roles() -> Mapping[str, str]:
    """Slot -> role of the person in it."""
    return {slot: row["role"] for slot, row in words()["slots"].items()}


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SEPARATOR = re.compile(r"[\W_]+")
_ACCENT = re.compile("[\u0300-\u036f]")


@lru_cache(maxsize=65536)
def path_words(path: str) -> tuple[str, ...]:
    """
    The words of a field path in order, lower case, without accents.

    Example:
        >>> path_words("data.createdBy[0].e-mail")
        ('data', 'created', 'by', '0', 'e', 'mail')
    """
    plain = path if path.isascii() else unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFKD", path)))
    return tuple(word.lower() for word in _SEPARATOR.split(_CAMEL.sub("_", plain)) if word)


def has_phrase(path: str, phrases: Iterable[str]) -> bool:
    """Whether the words of `path` hold one of `phrases` (words joined by `_`)."""
    joined = f"_{'_'.join(path_words(path))}_"
    return any(f"_{phrase}_" in joined for phrase in phrases)
