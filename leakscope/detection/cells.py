"""
Cells of columns whose header says nothing by itself: what the values, or the columns beside them, say together, each cell says too.

A column `column_3` of frequent family names gives a finding for each of them, one of eleven digits that all pass one country's check
gives that country's number. A column with a name of its own is left to its name: a county called Jackson is nobody. A column `nom`
beside one of given names holds family names, whatever it is elsewhere.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import polars as pl
from stdnum import luhn

from leakscope.catalogue.model import Detector
from leakscope.detection.candidate import Candidate
from leakscope.detection.expressions import expression_of
from leakscope.detection.matching import is_valid
from leakscope.detection.overlaps import is_secret
from leakscope.detection.roles import bare, roles_of
from leakscope.detection.value_roles import VALUES_READ, looks_like_a_name, role_of
from leakscope.text.words import key_words
from leakscope.vocabulary import element_of

#: Names that a reader or a database makes up, or a person without a better idea.
_NO_NAME = re.compile(
    r"(?:(?:column|col|field|fld|attribute|attr|unnamed|var|variable|value|item|data|spalte|feld|champ|colonne|campo|columna|coluna|[a-z]) ?)?[0-9]*"
)
#: What a cell's confidence is beside its column's: shares of right ones in the open-data set with headers blanked (docs/detection.md).
_RAISED_PERSON, _MOST_PERSON = 0.15, 0.8
_LEAST_PLACES = 0.6
#: Column of names so sure that what is not listed there is a name too, and what is left of its confidence.
_SURE_NAMES, _ALIKE = 0.6, 0.8
#: Distinct values from which on a check digit that nearly all of them pass is no chance.
LEAST_CHECKED, CHECKED_SHARE = 8, 0.95
#: Share of numbers made of other digits that may pass a check that tells anything.
MOST_BY_CHANCE = 0.25
_ONLY_CHECKED, _CHECKED_ALIKE = 0.8, 0.55
#: What has a form but no check digit.
_UNCHECKED = frozenset({"DATE_OF_BIRTH", "DATE_TIME", "PHONE_NUMBER", "AGE", "POSTAL_ADDRESS"})
_DIGIT = re.compile(r"[0-9]")


def _nothing(_: str) -> bool:
    return False


class Told(NamedTuple):
    """What a column's values say: entity type, detector, confidence, which cells bear it out, other types that they fit as well."""

    entity: str
    detector: str
    confidence: float
    fits: Callable[[str], bool]
    others: tuple[str, ...] = ()
    alike: Callable[[str], bool] = _nothing

    def candidate(self, cell: str) -> Candidate:
        """All of `cell` but the blanks around it; less sure when it only looks like the others."""
        start = len(cell) - len(cell.lstrip())
        alternatives = [{"entity": entity, "detector": self.detector, "confidence": self.confidence} for entity in self.others]
        attributes = {"role": "by_values", **({"alternatives": alternatives} if alternatives else {})}
        confidence = self.confidence if self.fits(cell.strip()) else self.confidence * _ALIKE
        return Candidate(start=start, end=start + len(cell.strip()), entity=self.entity, detector=self.detector, confidence=confidence, attributes=attributes)


#: Names that mean the whole name, and beside a column of given names the rest of it.
_ONLY_NAME = frozenset(("nom", "name", "nume", "naam", "nome", "nombre", "namn", "navn", "nimi", "nev", "nazwa"))
_FAMILY_NAMES = Told("PERSON", "cells.person", 0.85, looks_like_a_name)


def says_nothing(name: str) -> bool:
    """
    Whether a column's name is none.

    Example:
        >>> says_nothing("column_7"), says_nothing("_c0"), says_nothing(""), says_nothing("county")
        (True, True, True, False)
    """
    return bool(_NO_NAME.fullmatch(bare(key_words(re.sub(r"(?<=[A-Za-z])(?=[0-9])", " ", name)))))


def _is_family_name(name: str, frame: pl.DataFrame) -> bool:
    """Whether `name` says "name" and a column beside it holds given names."""
    return bare(key_words(name)) in _ONLY_NAME and any(role.part == "given" for other in frame.columns if other != name for role in roles_of(other))


def candidates_in(frame: pl.DataFrame, detectors: Sequence[Detector]) -> Iterator[tuple[str, int, str, Candidate]]:
    """
    Findings in the cells of a table, by its columns without a name.

    Args:
        frame: columns as read; those of text and whole numbers are looked at.
        detectors: the catalogue's rules.

    Yields:
        column, place of the row, cell, candidate; column by column.
    """
    for name in frame.columns:
        column = frame[name]
        family = _is_family_name(name, frame)
        if not (family or says_nothing(name)) or not (column.dtype == pl.String or column.dtype.is_integer()):
            continue
        cells = column.cast(pl.String)
        distinct = [cell for cell in cells.drop_nulls().unique(maintain_order=True) if cell.strip()]
        told = _FAMILY_NAMES if family else told_by([cell.strip() for cell in distinct[:VALUES_READ]], detectors)
        if told is not None:
            borne = cells.is_in([cell for cell in distinct if told.fits(cell.strip()) or told.alike(cell.strip())]).fill_null(False)
            yield from ((name, row, cells[row], told.candidate(cells[row])) for row in borne.arg_true())


def told_by(values: Sequence[str], detectors: Sequence[Detector]) -> Told | None:
    """What distinct values of one column say together, or null."""
    role = role_of(values)
    if role is None:
        return _checked(list(dict.fromkeys(values)), detectors)
    confidence = min(role.confidence + _RAISED_PERSON, _MOST_PERSON) if role.entity == "PERSON" else role.confidence
    if role.entity == "LOCATION" and confidence < _LEAST_PLACES:
        return None
    rest = looks_like_a_name if role.entity == "PERSON" and role.confidence >= _SURE_NAMES else _nothing
    return Told(role.entity, f"cells.{role.entity.lower()}", round(confidence, 4), role.fits, alike=rest)


def _checked(values: list[str], detectors: Sequence[Detector]) -> Told | None:
    """The number whose check digit nearly all values pass, and numbers of other digits do not."""
    if len(values) < LEAST_CHECKED or not all(_DIGIT.search(one) for one in values):
        return None
    passing = [one for one in detectors if one.validator and not one.key_only and one.entity not in _UNCHECKED and not is_secret(one.entity) and _passes(one, values)]
    surest = sorted(passing, key=lambda one: (-one.confidence, one.id))
    if not surest:
        return None
    best = surest[0]
    others = tuple(dict.fromkeys(one.entity for one in surest if one.entity != best.entity))
    alike = all(element_of(entity) == element_of(best.entity) for entity in others)
    return Told(best.entity, best.id, _ONLY_CHECKED if alike else _CHECKED_ALIKE, lambda cell: _is_valid(best, cell), others)


def _passes(detector: Detector, values: list[str]) -> bool:
    few = values[:LEAST_CHECKED]
    if sum(_is_valid(detector, one) for one in few) < len(few) - 1:
        return False
    if sum(_is_valid(detector, one) for one in values) < CHECKED_SHARE * len(values):
        return False
    return _share(detector, [_otherwise(one) for one in values]) <= MOST_BY_CHANCE and _share(detector, list(map(_luhn_made, values))) <= MOST_BY_CHANCE


def _share(detector: Detector, made: Sequence[str]) -> float:
    return sum(_is_valid(detector, one) for one in made) / len(made)


def _otherwise(text: str) -> str:
    """`text` with its last digit changed: no check digit passes both, a date or a telephone may."""
    at = max(found.start() for found in _DIGIT.finditer(text))
    return f"{text[:at]}{(int(text[at]) + 3) % 10}{text[at + 1 :]}"


def _luhn_made(text: str) -> str:
    """`text` with other digits, of which the last is Luhn's: so many things have that one that it alone names nobody."""
    drawn = random.Random(text)
    places = [found.start() for found in _DIGIT.finditer(text)]
    digits = [str(drawn.randrange(10)) for _ in places[:-1]]
    digits.append(luhn.calc_check_digit("".join(digits)))
    return "".join(digits[places.index(at)] if at in places else sign for at, sign in enumerate(text))


def _is_valid(detector: Detector, text: str) -> bool:
    return bool(expression_of(detector).fullmatch(text)) and is_valid(detector.validator or "", text)
