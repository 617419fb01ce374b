"""What the model compares of two descriptions: levels of agreement, from the same to another."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

#: Share of the levels of a comparison, in their order.
Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """
    One level of agreement.

    Args:
        label: for the method section.
        holds: condition in DuckDB's SQL over `NAME_l` and `NAME_r`; the first level that holds counts.
        person: how often it holds of two records of one person, before the evidence tells. Own judgement.
        household: the same of two people of one home; only where homes share it.
        pinned: whether the evidence does not move it.
    """

    label: str
    holds: str
    person: float
    household: float = 0.0
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """
    One comparison.

    Args:
        name: of the comparison.
        unknown: condition under which it tells nothing.
        levels: from agreement to difference; the last holds of all other pairs.
        by_frequency: column whose rare values tell more than its common ones where the first level holds.
        of_home: whether people of one home have it in common.
        in_common: else the share of people of one home who do: twins their birth date, couples their mailbox. The others agree as strangers do.
    """

    name: str
    unknown: str
    levels: tuple[Level, ...]
    by_frequency: str | None = None
    of_home: bool = False
    in_common: float = 0.0


#: Day and month of a `YYYYMMDD` birth date in the other order.
EXCHANGED = "substr({0}, 1, 4) || substr({0}, 7, 2) || substr({0}, 5, 2)"
_OTHER = "other"
#: Pairs of one home who are twins, who use one mailbox, whose numbers were mixed up. Own judgement.
TWINS, ONE_MAILBOX, MIXED_UP = 0.03, 0.03, 0.002


def _unknown(*names: str) -> str:
    return " OR ".join(f"{name}_l IS NULL OR {name}_r IS NULL" for name in names)


def _alike(left: str, right: str, least: float) -> str:
    return f"(jaro_winkler_similarity({left}, {right}) >= {least} OR (length({left}) > 3 AND damerau_levenshtein({left}, {right}) <= 1))"


#: One name in two scripts, or with umlauts written out: equal once romanised, or nearly so where a script was romanised.
_SPELT = "({0}_plain_l = {0}_plain_r OR ({0}_latin_l <> {0}_latin_r AND jaro_winkler_similarity({0}_plain_l, {0}_plain_r) >= 0.88))"


def _shares_a_word(name: str) -> str:
    """Compound names of which one form leaves a part out; particles do not count."""
    words = "list_filter(string_split({0}, ' '), lambda word: length(word) > 3)"
    return f"list_has_any({words.format(name + '_l')}, {words.format(name + '_r')})"


#: Given name and surname in the other order, with a slip at most.
_SWAPPED = (
    "coalesce(least(jaro_winkler_similarity(given_l, surname_r), jaro_winkler_similarity(surname_l, given_r)) >= 0.7 "
    "AND greatest(jaro_winkler_similarity(given_l, surname_r), jaro_winkler_similarity(surname_l, given_r)) >= 0.95 "
    "AND jaro_winkler_similarity(surname_l, surname_r) < 0.95, false)"
)


def _given(known: Collection[str]) -> Compared:
    short = "starts_with(given_l, left(given_r, 3)) OR starts_with(given_r, left(given_l, 3)) OR least(length(given_l), length(given_r)) = 1 AND left(given_l, 1) = left(given_r, 1)"
    swapped = (Level(label="in place of the surname", holds=_SWAPPED, person=0.02),) if "surname" in known else ()
    levels = (
        Level(label="the same", holds="given_l = given_r", person=0.82),
        *swapped,
        Level(label="another spelling or script", holds=_SPELT.format("given"), person=0.01),
        Level(label="one slip", holds=_alike("given_l", "given_r", 0.9), person=0.08),
        Level(label="short form, or two slips", holds=f"{short} OR jaro_winkler_similarity(given_l, given_r) >= 0.8 OR {_shares_a_word('given')}", person=0.04),
        Level(label="a pet name", holds="list_has_any(given_short_l, given_short_r)", person=0.01),
        # a slip seldom makes another name that many bear; learnt, twins would be taken for people with two names
        Level(label="other, and both in use", holds="usual_l AND usual_r", person=0.004, pinned=True),
        Level(label=_OTHER, holds="ELSE", person=0.016),
    )
    return Compared(name="given", unknown=_unknown("given"), levels=levels, by_frequency="given")


def _surname(known: Collection[str]) -> Compared:
    unknown = _unknown("surname") + (f" OR {_SWAPPED}" if "given" in known else "")
    levels = (
        Level(label="the same", holds="surname_l = surname_r", person=0.85, household=0.81),
        Level(label="another spelling or script", holds=_SPELT.format("surname"), person=0.01, household=0.01),
        Level(label="one slip", holds=_alike("surname_l", "surname_r", 0.9), person=0.08, household=0.08),
        Level(label="part of it, or two slips", holds=f"jaro_winkler_similarity(surname_l, surname_r) >= 0.8 OR {_shares_a_word('surname')}", person=0.03, household=0.03),
        Level(label=_OTHER, holds="ELSE", person=0.03, household=0.07),
    )
    return Compared(name="surname", unknown=unknown, levels=levels, by_frequency="surname", of_home=True)


def _birth() -> Compared:
    exchanged = f"birth_l = {EXCHANGED.format('birth_r')}"
    levels = (
        Level(label="the same", holds="birth_l = birth_r", person=0.86),
        Level(label="one slip, or day and month exchanged", holds=f"damerau_levenshtein(birth_l, birth_r) <= 1 OR {exchanged}", person=0.1),
        Level(label="two slips", holds="damerau_levenshtein(birth_l, birth_r) <= 2", person=0.02),
        Level(label=_OTHER, holds="ELSE", person=0.02),
    )
    return Compared(name="birth", unknown=_unknown("birth"), levels=levels, in_common=TWINS)


def _written(name: str, in_common: float) -> Compared:
    """A number or mailbox."""
    levels = (
        Level(label="the same", holds=f"{name}_l = {name}_r", person=0.88),
        Level(label="one slip", holds=f"damerau_levenshtein({name}_l, {name}_r) <= 1", person=0.06),
        Level(label="two slips", holds=f"damerau_levenshtein({name}_l, {name}_r) <= 2", person=0.02),
        Level(label=_OTHER, holds="ELSE", person=0.04),
    )
    return Compared(name=name, unknown=_unknown(name), levels=levels, in_common=in_common)


def _near(name: str, holds: str, known: Collection[str]) -> str:
    return f"coalesce({holds}, false)" if name in known else "false"


def _home(known: Collection[str]) -> Compared:
    """
    Address, town and phone as one comparison: who moves changes all of them, and who stays keeps all of them.

    Taken one by one, as if they were independent, they would outweigh any name and birth date.
    """
    names = [name for name in ("phone", "address", "postcode", "place") if name in known]
    phone = _near("phone", "damerau_levenshtein(phone_l, phone_r) <= 1", known)
    same = _near("address", "address_l = address_r" + (" AND coalesce(house_l = house_r, true)" if "house" in known else ""), known)
    alike = _near("address", "(jaro_winkler_similarity(address_l, address_r) >= 0.9 OR damerau_levenshtein(address_l, address_r) <= 2)", known)
    code = _near("postcode", "damerau_levenshtein(postcode_l, postcode_r) <= 1", known)
    town = _near("place", "jaro_winkler_similarity(place_l, place_r) >= 0.88", known)
    silent = " AND ".join(f"({_unknown(name)})" for name in ("postcode", "place") if name in known) or "true"
    here = f"({code} OR {town} OR ({silent}))"
    every = (
        Level(label="address and phone", holds=f"{alike} AND {phone}", person=0.35, household=0.35),
        Level(label="address", holds=f"{same} AND {here}", person=0.2, household=0.3),
        Level(label="address, with slips", holds=f"{alike} AND {here}", person=0.1, household=0.1),
        Level(label="phone", holds=phone, person=0.1, household=0.1),
        Level(label="postal code and town", holds=f"{code} AND {town}", person=0.1, household=0.1),
        Level(label="postal code or town", holds=f"{code} OR {town}", person=0.05, household=0.04),
        Level(label=_OTHER, holds="ELSE", person=0.1, household=0.01),
    )
    without = {"address and phone": {"phone", "address"}, "address": {"address"}, "address, with slips": {"address"}, "phone": {"phone"}, "postal code and town": {"postcode", "place"}}
    levels = tuple(level for level in every if without.get(level.label, set()) <= known and (level.label != "postal code or town" or {"postcode", "place"} & known))
    return Compared(name="home", unknown=" AND ".join(f"({_unknown(name)})" for name in names), levels=levels, of_home=True)


def comparisons(columns: Collection[str]) -> list[Compared]:
    """The comparisons of the known columns."""
    known = set(columns)
    makers = {"given": lambda: _given(known), "surname": lambda: _surname(known), "birth": _birth, "number": lambda: _written("number", MIXED_UP), "email": lambda: _written("email", ONE_MAILBOX)}
    found = [make() for name, make in makers.items() if name in known]
    return [*found, _home(known)] if known & {"phone", "address", "postcode", "place"} else found


def for_splink(compared: Sequence[Compared]) -> list[dict[str, Any]]:
    """`compared` in Splink's settings."""
    told = []
    for one in compared:
        levels: list[dict[str, Any]] = [{"sql_condition": one.unknown, "label_for_charts": "unknown", "is_null_level": True}]
        levels += [{"sql_condition": level.holds, "label_for_charts": level.label, "m_probability": level.person} for level in one.levels]
        told.append({"output_column_name": one.name, "comparison_levels": levels})
    return told


def shares(one: Compared, of: str) -> Shares:
    """What is taken of the levels before the evidence tells, adding up to 1; `of` is person or household."""
    told = np.array([getattr(level, of) for level in one.levels], dtype=float)
    return np.asarray(told / max(told.sum(), 1e-12))


def weights(compared: Sequence[Compared], learnt: Mapping[str, Mapping[str, Shares]]) -> list[dict[str, Any]]:
    """
    Match weight log2(m/u) of every level, and its odds against people of one home.

    Args:
        compared: the comparisons.
        learnt: by class (person, household, chance) and comparison, the shares of the levels.
    """
    told = []
    for one in compared:
        classes = (learnt["person"][one.name], learnt["chance"][one.name], learnt["household"][one.name])
        for level, m, u, h in zip(one.levels, *classes, strict=True):
            told.append({"comparison": one.name, "level": level.label, "match_weight": round(math.log2(m / u), 2), "against_housemates": round(math.log2(m / h), 2)})
    return told
