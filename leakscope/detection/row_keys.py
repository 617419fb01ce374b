"""Numbers of rows in tables of people: the column `id` of a table `users` is a user's id, as `user_id` is elsewhere."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files

from leakscope.text.words import key_words

_SUFFIX = re.compile(r"(?:\.[A-Za-z0-9]{1,8})+$")


@cache
def _names() -> tuple[frozenset[str], dict[str, str]]:
    """The names of key columns, and the singular of each word for people."""
    rows = tomllib.loads((files("leakscope.catalogue") / "columns.toml").read_text("utf-8"))["row_keys"]
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
    What `key` means in `source`: the bare key of a table of people is the key of such a person.

    Args:
        source: printable name.
        field: path; keys deeper in a record are those of something else.
        key: name of the field.

    Example:
        >>> key_in("dump.sql:users", "id", "id"), key_in("dump.sql:orders", "id", "id")
        ('user id', 'id')
    """
    if field != key or key.lower() not in _names()[0]:
        return key
    people = people_of(source)
    return f"{people} id" if people else key
