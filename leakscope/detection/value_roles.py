"""What a field holds when neither its name nor any rule says it: told from its values together, against lexicons."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from leakscope.detection import lexicons
from leakscope.validators import validator

#: Distinct values of a field that are looked at; a share is then known within 7 points.
VALUES_READ = 200
#: Fewer distinct values than this say nothing by themselves.
LEAST_VALUES = 5
#: Share of values that must be in a lexicon; half of a column of names is rarer names than those listed.
NAMES_SHARE = 0.55
RARE_NAMES_SHARE = 0.75
FULL_NAMES_SHARE = 0.5
PLACES_SHARE = 0.6
#: What is left of a share as confidence, because other things bear the names of people and places.
DISCOUNT = 0.85
_WORD = re.compile(r"[^\W\d_][^\W\d_'’-]*\.?")
_NAME = re.compile(r"[^\W\d_]['’]?[^\W\d_]+(?:[-'’ ][^\W\d_]+)?(?: [^\W\d_]\.?)?")
_TEN_DIGITS = re.compile(r"[2-9][0-9]{9}")
_TOWN = re.compile(r"[^\W\d_][^\d_,;:/]{2,40}")
#: Degrees with at least five decimals: measured within metres, which prices and rates are not.
_DEGREES = re.compile(r"-?[0-9]{1,3}\.[0-9]{5,15}")
_PAIR = re.compile(r"\(?\s*(-?[0-9]{1,3}\.[0-9]{3,15})\s*,\s*(-?[0-9]{1,3}\.[0-9]{3,15})\s*\)?")

#: Words of calendars, some of which are also names of people.
_CALENDAR = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun january february march april may june july august september october "
    "november december jan feb mar apr jun jul aug sep sept oct nov dec".split()
)


class ValueRole(NamedTuple):
    """What values say of their field: entity type, confidence, the values that bear it out, and what tells that of any other value."""

    entity: str
    confidence: float
    borne_out: frozenset[str]
    fits: Callable[[str], bool]


def role_of(values: Iterable[str]) -> ValueRole | None:
    """
    The role that distinct values give their field, or null.

    Args:
        values: distinct, stripped, not empty.

    Returns:
        The surest of the roles that the values fit.
    """
    listed = list(values)[:VALUES_READ]
    genders = frozenset(one.lower() for one in listed)
    if lexicons.names_a_gender(genders):
        return ValueRole("GENDER", DISCOUNT, frozenset(listed), frozenset(listed).__contains__)
    if lexicons.names_descent(genders):
        return ValueRole("ETHNICITY", DISCOUNT, frozenset(listed), frozenset(listed).__contains__)
    if sum(one in _CALENDAR for one in genders) * 2 > len(genders):
        return None
    if len(listed) < LEAST_VALUES:
        return _town(listed) if len(genders) > 1 else None
    found = [role for read in (_coordinates, _phones, _given, _family, _full, _town) if (role := read(listed))]
    return max(found, key=lambda role: (role.confidence, role.entity), default=None)


def looks_like_a_name(text: str) -> bool:
    """Whether `text` has the shape of a person's name, listed anywhere or not."""
    return bool(_NAME.fullmatch(text)) or (2 <= len(text.replace(",", " ").split()) <= 5 and all(_WORD.fullmatch(word) for word in text.replace(",", " ").split()))


def _share(values: list[str], fits: Callable[[str], bool], least: float, entity: str) -> ValueRole | None:
    good = frozenset(one for one in values if fits(one))
    share = len(good) / len(values)
    return ValueRole(entity, round(share * DISCOUNT, 4), good, fits) if share >= least else None


def _given(values: list[str]) -> ValueRole | None:
    names = lexicons.given_names()
    return _share(values, lambda one: bool(_NAME.fullmatch(one)) and one.lower().split()[0] in names, NAMES_SHARE, "PERSON")


def _family(values: list[str]) -> ValueRole | None:
    """Family names; half of a field's may be rarer than the frequent ones if nearly all are listed at all, and fewer of them are towns."""
    names, rare = lexicons.family_names(), lexicons.rare_family_names()
    role = _share(values, lambda one: bool(_NAME.fullmatch(one)) and one.lower() in names, NAMES_SHARE, "PERSON")
    return role or _share(values, lambda one: bool(_NAME.fullmatch(one)) and one.lower() in rare, RARE_NAMES_SHARE, "PERSON")


def _phones(values: list[str]) -> ValueRole | None:
    """Ten bare digits that the North American plan gives out; of random ones three in ten would pass, here nine must; years begin with 20."""
    bare = [one for one in values if _TEN_DIGITS.fullmatch(one)]
    if len(bare) < 0.9 * len(values) or len({one[:6] for one in bare}) < 3 or all(one.startswith("20") for one in bare):
        return None
    valid = validator("phone_nanp")
    return _share(values, lambda one: bool(_TEN_DIGITS.fullmatch(one)) and valid(one), 0.9, "PHONE_NUMBER")


def _full(values: list[str]) -> ValueRole | None:
    """`Ana Lopez`, `Ana M. Lopez`, `LOPEZ, ANA`."""
    return _share(values, _is_full_name, FULL_NAMES_SHARE, "PERSON")


def _is_full_name(text: str) -> bool:
    last, comma, first = text.partition(",")
    words = [*first.split(), last] if comma else text.split()
    if not 2 <= len(words) <= 5 or not all(_WORD.fullmatch(word.strip()) for word in words):
        return False
    family = lexicons.rare_family_names()
    return words[0].lower() in lexicons.given_names() and any(word.strip().lower() in family for word in words[-2:])


def _town(values: list[str]) -> ValueRole | None:
    """Towns are sought last, because their lexicon is the slowest to load, and only in fields that look like words."""
    if sum(bool(_TOWN.fullmatch(one)) for one in values) < PLACES_SHARE * len(values):
        return None
    towns = lexicons.places()
    return _share(values, lambda one: _plain_town(one) in towns, PLACES_SHARE if len(values) >= LEAST_VALUES else 1.0, "LOCATION")


def _plain_town(text: str) -> str:
    """A town's name as lists write it: `FT. MYERS` is `fort myers`."""
    name = text.lower().removesuffix(" city") if text.lower() != "city" else text.lower()
    return re.sub(r"^ft\.? ", "fort ", re.sub(r"^mt\.? ", "mount ", re.sub(r"^st\.? ", "st. ", name)))


def _coordinates(values: list[str]) -> ValueRole | None:
    """Pairs of degrees, or single degrees of one region: all of one sign and within thirty degrees of one another."""
    pairs = [found for one in values if (found := _PAIR.fullmatch(one))]
    if len(pairs) >= PLACES_SHARE * len(values) and all(abs(float(one[1])) <= 180 and abs(float(one[2])) <= 180 for one in pairs):
        return ValueRole("COORDINATES", DISCOUNT, frozenset(one.string for one in pairs), lambda one: bool(_PAIR.fullmatch(one)))
    degrees = [float(one) for one in values if _DEGREES.fullmatch(one)]
    near = bool(degrees) and max(degrees) - min(degrees) <= 30 and max(map(abs, degrees)) <= 180 and min(map(abs, degrees)) > 10
    same_sign = bool(degrees) and (min(degrees) > 0 or max(degrees) < 0)
    if len(degrees) >= 0.9 * len(values) and near and same_sign:
        return ValueRole("COORDINATES", 0.6, frozenset(values), lambda one: bool(_DEGREES.fullmatch(one)))
    return None
