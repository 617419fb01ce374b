"""Tables pasted into texts that tell of nobody: lists of states, prices and firms, as answers of chats are full of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_TABLE = "->table["
#: Types of columns that stand in tables about anything; beside a person's name, number or address they are the person's.
_OF_ANYTHING = frozenset({"LOCATION", "ORGANIZATION", "DATE_TIME", "NRP", "RELIGION", "ETHNICITY", "POLITICAL_OPINION", "GENDER", "AGE", "LANGUAGE", "URL", "JOB_TITLE", "OCCUPATION"})
#: Columns of a finding's row: see `leakscope.schema.SIGHTINGS`.
_FIELD, _ENTITY = 2, 5


def of_nobody(rows: Sequence[tuple[Any, ...]]) -> frozenset[int]:
    """
    Indexes of findings in pasted tables in which nothing is any person's.

    Args:
        rows: of `SIGHTINGS`, of values and what is written in them.
    """
    if not any(_TABLE in row[_FIELD] for row in rows):
        return frozenset()
    somebody = {_table(row) for row in rows if row[_ENTITY] not in _OF_ANYTHING}
    return frozenset(index for index, row in enumerate(rows) if _TABLE in row[_FIELD] and _table(row) not in somebody)


def _table(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Source, record and the field that the table stands in."""
    return (*row[:_FIELD], str(row[_FIELD]).rpartition(_TABLE)[0])
