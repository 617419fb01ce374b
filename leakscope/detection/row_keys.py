"""
Numbers of rows in tables of people: the column `id` of a table `users` is a user's id, as `user_id` is elsewhere, and `klient_id` of a
table of addresses is what `id` is in `klienci`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from leakscope.detection.roles import bare, roles_of
from leakscope.text.words import key_words

#: Places in lists; and the sign of JSON written in the value of a field, whose name it goes by.
_PLACES = re.compile(r"\[[^\]]*\]")
_OPENED = re.compile(r"->\$$")
#: The lines of an address have no other name in its object (FHIR, UBL, OASIS xAL).
_LINES = frozenset({"line", "lines", "line1", "line2", "line3", "line_1", "line_2", "line_3"})
_ADDRESS_LINES = re.compile(r"(?i)addr(?:ess)?(?:es)?(?:\[[0-9]+\])?\.lines?_?[1-3]?(?:\[[0-9]+\])?$")
_SUFFIX = re.compile(r"(?:\.[A-Za-z0-9]{1,8})+$")


@cache
def _rows() -> Mapping[str, Any]:
    rows: Mapping[str, Any] = tomllib.loads((files("leakscope.catalogue") / "columns.toml").read_text("utf-8"))["row_keys"]
    return rows


@cache
def _names() -> tuple[frozenset[str], dict[str, str]]:
    """The names of key columns, and the singular of each word for people."""
    rows = _rows()
    singular = {word: one for one, forms in rows["people"].items() for word in (one, *forms)}
    return frozenset(rows["names"]), singular


@lru_cache(maxsize=4096)
def people_of(source: str) -> str | None:
    """
    The word for the people whose rows a source holds, in the singular; null when its name tells of none.

    Args:
        source: printable name, `shop.sql:public.users`, `exports/customers.csv`.

    Example:
        >>> people_of("shop.sql:public.users")
        'user'
    """
    table = re.split(r"[/\\:]", source)[-1]
    words = key_words(table if ":" in source else _SUFFIX.sub("", table)).split()
    return _names()[1].get(words[-1]) if words else None


def key_in(source: str, field: str, key: str) -> str:
    """
    What `key` means in `source`: the bare key of a table of people is the key of such a person, and so is one that names them in any language;
    the bare name there is a person's.

    Args:
        source: printable name.
        field: path; keys deeper in a record are those of what the object around them is named for.
        key: name of the field.

    Example:
        >>> key_in("dump.sql:users", "id", "id"), key_in("dump.sql:orders", "id", "id"), key_in("dump.sql:orders", "id_cliente", "id_cliente")
        ('user id', 'id', 'customer id')
        >>> key_in("tickets.ndjson", "ticket.requester.id", "id"), key_in("tickets.ndjson", "ticket.id", "id")
        ('requester id', 'id')
        >>> key_in("patients.json", "address[0].line[1]", "line")
        'address line'
    """
    bare_key, known = key.lower(), _rows()
    if bare_key in _LINES and _ADDRESS_LINES.search(field):
        return "address line"
    if field != key and bare_key in known["inside_names"]:
        inside = _person_around(field[: -len(key)])
        return f"{inside} id" if inside else _reference(key)
    if field != key or (bare_key not in known["names"] and bare_key not in known["full_names"]):
        return _reference(key)
    people = people_of(source)
    if bare_key in known["full_names"]:
        return "full name" if people and people not in known["may_be_companies"] else key
    return f"{people} id" if people else key


@lru_cache(maxsize=65536)
def _reference(key: str) -> str:
    """A key made of a word for people and of one for an id, in the word that all tables share; any other key as it is."""
    words = bare(key_words(key)).split()
    if len(words) != 2 or roles_of(key):
        return key
    for of, said in (words, reversed(words)):
        people = _names()[1].get(of)
        if people and said in _names()[0]:
            return f"{people} id"
    return key


@cache
def _inside() -> dict[str, str]:
    """Words for a person as names of objects, with the word that keys elsewhere use."""
    known = _rows()
    tables = {word: one for word, one in _names()[1].items() if word not in known["not_inside"] and one not in known["not_inside"]}
    return {**tables, **{word: word for word in known["inside"]}}


@lru_cache(maxsize=65536)
def _person_around(path: str) -> str | None:
    """
    The word for the person whom the innermost object of a path is about; null when it is about none.

    Args:
        path: up to the key within, `ticket.requester.`, `users[3].`, `event->$.user.`.
    """
    name = _PLACES.sub("", re.split(r"\.|->(?!\$)", _OPENED.sub("", path.rstrip(".")))[-1])
    words = bare(key_words(name)).split()
    if not words or any(word in _rows()["not_inside_after"] for word in words[:-1]):
        return None
    return _inside().get(words[-1])
