"""The benign catalogue's lists, ready to be asked."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from leakscope.detection.candidate import Candidate

#: Quotes, brackets and spaces that may stand around a span that fills its value.
_TRIMMED = 4
#: A lower-case run of hex digits with a letter in it: a piece of a hash or id, unless a rule's own words stand beside it.
HEX_RUN = re.compile(r"(?=[0-9]*[a-f])[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Benign:
    """The benign catalogue, ready to be asked."""

    networks: Mapping[str, tuple[Any, ...]]
    content: Mapping[str, Any]


@cache
def benign_catalogue() -> Benign:
    """The shipped benign catalogue."""
    content = tomllib.loads((files("leakscope.catalogue") / "benign.toml").read_text("utf-8"))
    networks = {name: tuple(ipaddress.ip_network(one) for one in listed) for name, listed in content["networks"].items()}
    return Benign(networks, content)


@cache
def listed(table: str, name: str) -> frozenset[str]:
    """One list of the catalogue."""
    return frozenset(benign_catalogue().content[table][name])


@cache
def has_numbers(entity: str) -> bool:
    """Whether numbers of a type are listed."""
    return entity in benign_catalogue().content["numbers"]


@cache
def under_reserved() -> tuple[str, ...]:
    """What names under a reserved domain end in."""
    return tuple("." + name for name in listed("domains", "reserved"))


@cache
def _ranges(version: int) -> tuple[tuple[int, int, str], ...]:
    """First and last address of each network, as numbers, and its kind; in the catalogue's order."""
    every = ((name, one) for name, some in benign_catalogue().networks.items() for one in some if one.version == version)
    return tuple((int(one.network_address), int(one.broadcast_address), name) for name, one in every)


@lru_cache(maxsize=65536)
def address_kind(text: str) -> str | None:
    """The kind of network that an address is in; null when in none of the catalogue's, or `text` is no address."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    number = int(address)
    return next((name for first, last, name in _ranges(address.version) if first <= number <= last), None)


def fills(one: Candidate, value: str) -> bool:
    """Whether a span is all of its value, so that the value's key is its name; a field `trace` may hold a whole stack trace."""
    return one.end - one.start + _TRIMMED >= len(value)


@lru_cache(maxsize=16384)
def says(expression: re.Pattern[str], names: str) -> bool:
    """Whether an expression stands in the names around a value; remembered, because the same names stand around many."""
    return bool(expression.search(names))
