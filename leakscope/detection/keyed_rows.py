"""
Tables whose rows are one fact each, its name in a column of its own (`user_id, meta_key, meta_value` of WordPress): the cell's name is what
that column says, not `meta_value`.

Where a row names the person it is of (`user_id`), all is read by that name. Where it names none, as in tables of settings or of orders'
facts, secrets alone are: names and telephones of one order, a row each and nothing to hold them together, would count as so many people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import polars as pl

from leakscope.detection.candidate import Candidate
from leakscope.detection.judging import Judge
from leakscope.detection.native.batches import record_numbers
from leakscope.detection.roles import roles_of
from leakscope.detection.row_keys import key_in
from leakscope.detection.secrets import is_secret
from leakscope.detection.sight import Sight
from leakscope.detection.sighting_rows import row_of, sightings
from leakscope.model import Batch
from leakscope.text.words import key_words

#: Last words of the columns with a fact's name and with what it says.
_NAMES = ("key", "name", "attribute", "property", "code")
_VALUE = "value"
#: What stands before the name where the other column is called `value` alone: `attribute_code, value`.
_STEMS = ("attribute", "property", "field", "setting", "meta", "param", "parameter", "option")
#: What people call a fact: letters first, short, no sentence.
_LABEL = re.compile(r"_{0,2}[^\W\d_][\w .:/\-]{0,79}")
#: Numbers that tell whose row it is.
_OF_PEOPLE = frozenset({"ONLINE_IDENTIFIER", "ACCOUNT_ID", "EMPLOYEE_ID", "STUDENT_ID", "MEDICAL_RECORD_NUMBER"})


@lru_cache(maxsize=1024)
def keyed_columns(columns: tuple[str, ...]) -> tuple[str, str] | None:
    """
    The columns of a fact's name and value; null where a table has no such two.

    Example:
        >>> keyed_columns(("umeta_id", "user_id", "meta_key", "meta_value")), keyed_columns(("id", "name", "price"))
        (('meta_key', 'meta_value'), None)
    """
    said = {tuple(key_words(column).split()): column for column in columns}
    for words, column in said.items():
        if words[-1:] != (_VALUE,):
            continue
        stems = [words[:-1]] if words[:-1] else [(), *((one,) for one in _STEMS)]
        for name in (said.get((*stem, last)) for stem in stems for last in _NAMES):
            if name is not None:
                return name, column
    return None


def label_in(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """
    The field of a row whose name another one gives, and that name; null where there is none.

    Example:
        >>> label_in({"user_id": 8, "meta_key": "billing_phone", "meta_value": "06-84095466"})
        ('meta_value', 'billing_phone')
    """
    pair = keyed_columns(tuple(row)) if len(row) > 1 else None
    label = row[pair[0]] if pair else None
    return (pair[1], label) if pair and isinstance(label, str) and _LABEL.fullmatch(label) else None


def with_keyed(batch: Batch, found: pl.DataFrame, judge: Judge) -> tuple[pl.DataFrame, list[Candidate]]:
    """
    Findings of a table in which values are read by the names that their rows give them; and what is suppressed there.

    Args:
        batch: where they come from.
        found: schema `SIGHTINGS`, what its values say one by one.
        judge: has read them.
    """
    pair = keyed_columns(tuple(batch.frame.columns)) if batch.frame is not None else None
    if batch.frame is None or pair is None:
        return found, []
    rows: list[tuple[Any, ...]] = []
    hushed: list[Candidate] = []
    for record, label, sights, suppressed in _read(batch, batch.frame.select(pl.col(name).cast(pl.String, strict=False) for name in pair), judge):
        hushed += suppressed
        rows += [row_of(batch.source, record, pair[1], label, (one.start, one.end), one, one.attributes) for one in sights]
    if not rows:
        return found, hushed
    by_name = sightings(rows)
    rest = found.join(by_name.select("record", "field").unique(), on=["record", "field"], how="anti", maintain_order="left")
    return pl.concat([rest, by_name]).sort("record", maintain_order=True), hushed


def _read(batch: Batch, cells: pl.DataFrame, judge: Judge) -> Iterator[tuple[int, str, list[Sight], list[Candidate]]]:
    """Record, name of its value and what stands in it, of each row with a name."""
    columns = batch.frame.columns if batch.frame is not None else []
    of_people = any(role.entity in _OF_PEOPLE for name in columns if name not in cells.columns for role in roles_of(key_in(batch.source, name, name)))
    for record, (label, cell) in zip(record_numbers(batch), cells.iter_rows(), strict=False):
        if label and cell and _LABEL.fullmatch(label):
            sights, suppressed = judge.known(label, label, cell)
            kept = list(sights) if of_people or all(is_secret(one.entity) for one in sights) else []
            yield record, label, kept, list(suppressed)
