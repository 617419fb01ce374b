"""Raw values of a case for those who must have them: whom to write to, what to search the logs for; encrypted, and only if asked for."""

from __future__ import annotations

import polars as pl

from leakscope.safety.exposed import Exposed

#: In the case folder; a case without it holds no value.
FILE = "sealed/values.ndjson.age"
_PLACE = ["source", "record", "field"]


def values_to_seal(sightings: Exposed[pl.DataFrame], record_persons: pl.DataFrame) -> bytes:
    """
    One JSON line for each distinct value: `entity, fingerprint, value, persons, findings`, and the place of its first finding.

    Args:
        sightings: schema SIGHTINGS.
        record_persons: schema RECORD_PERSONS; says whose value it is.

    Returns:
        Lines in order of entity, fingerprint and value. In the clear: for the vault alone.
    """
    persons = record_persons.group_by("fingerprint").agg(pl.col("person").unique().sort().alias("persons"))
    lines = (
        sightings.reveal()
        .sort(*_PLACE, "start")
        .group_by("entity", "fingerprint", "value")
        .agg(pl.len().alias("findings"), pl.col(_PLACE).first())
        .join(persons, on="fingerprint", how="left")
        .with_columns(pl.col("persons").fill_null([]))
        .sort("entity", "fingerprint", "value")
    )
    return lines.select("entity", "fingerprint", "value", "persons", "findings", *_PLACE).write_ndjson().encode()
