"""Findings by entity and by field, organisations, secrets and the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from leakscope.assessment.sections.evidence import instant
from leakscope.detection.secrets import is_service_name
from leakscope.estimation import EntityCount
from leakscope.individuals.secret_owners import PLACES
from leakscope.safety.escape import plain
from leakscope.vocabulary import elements, entities

#: Organisations listed by name preview; the rest is a count.
MAX_ORGANISATIONS = 50
_FAMILY_ORDER = {"secret": 0, "credential": 1, "personal": 2, "chat": 3, "organisation": 4, "context": 5}


def _with_time(sightings: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    return sightings.join(records.select("source", "record", "timestamp", "service"), on=["source", "record"], how="left")


def findings_by_entity(sightings: pl.DataFrame, records: pl.DataFrame, person_elements: pl.DataFrame, counts: Mapping[str, EntityCount]) -> list[dict[str, Any]]:
    """
    One row per entity type, gravest family first, then by records.

    Args:
        sightings: schema SIGHTINGS, every occurrence.
        records: schema RECORDS.
        person_elements: schema PERSON_ELEMENTS of counted people.
        counts: estimated shares and totals by entity.
    """
    if not sightings.height:
        return []
    people = dict(person_elements.group_by("entity").agg(pl.col("person").n_unique()).iter_rows())
    grouped = _with_time(sightings, records).group_by("entity").agg(
        pl.len().alias("findings"),
        pl.struct("source", "record").n_unique().alias("records"),
        pl.col("fingerprint").n_unique().alias("values"),
        pl.col("confidence").mean().round(4).alias("confidence_mean"),
        pl.col("timestamp").min().alias("first_seen"),
        pl.col("timestamp").max().alias("last_seen"),
        pl.col("preview").sort_by("confidence", "preview", descending=[True, False]).first().alias("preview"),
    )
    rows = [_entity_row(row, people, counts.get(row["entity"])) for row in grouped.to_dicts()]
    return sorted(rows, key=lambda row: (_FAMILY_ORDER.get(row["family"], 9), -row["records"], row["entity"]))


def _entity_row(row: dict[str, Any], people: Mapping[str, int], count: EntityCount | None) -> dict[str, Any]:
    name = row["entity"]
    known = entities().get(name)
    element = elements().get(known.element) if known and known.element else None
    return {
        "id": f"entity-{name}",
        "entity": name,
        "title": known.title if known else name.replace("_", " ").capitalize(),
        "family": known.family if known else "personal",
        "element": element.code if element else None,
        "element_name": element.name if element else None,
        "findings": row["findings"],
        "records": row["records"],
        "values": row["values"],
        "people": people.get(name, 0),
        "share_of_records": count.share_of_records.to_dict() if count else None,
        "exposure_records": count.exposure_records.to_dict() if count and count.exposure_records else None,
        "confidence_mean": row["confidence_mean"],
        "first_seen": instant(row["first_seen"]),
        "last_seen": instant(row["last_seen"]),
        "preview": plain(row["preview"] or ""),
    }


def field_rows(sightings: pl.DataFrame, field_values: pl.DataFrame) -> list[dict[str, Any]]:
    """
    One row per field and entity found in it, with the share of the field's records that hold it.

    Args:
        sightings: schema SIGHTINGS.
        field_values: columns source, field (list positions blanked), records.
    """
    if not sightings.height or not field_values.height:
        return []
    generic = sightings.with_columns(pl.col("field").str.replace_all(r"\[\d+\]", "[]"))
    found = generic.group_by("source", "field", "entity").agg(
        pl.col("record").n_unique().alias("count"), pl.col("confidence").mean().round(4).alias("confidence")
    )
    joined = found.join(field_values, on=["source", "field"], how="left").with_columns(
        (pl.col("count") / pl.col("records").clip(lower_bound=pl.col("count"))).round(6).alias("prevalence")
    )
    ordered = joined.sort(["count", "source", "field", "entity"], descending=[True, False, False, False]).head(500)
    return [
        {
            "id": f"field-{number}",
            "source": row["source"],
            "field": plain(row["field"]),
            "entity": row["entity"],
            "confidence": row["confidence"],
            "prevalence": row["prevalence"],
            "count": row["count"],
            "role": "column" if (row["prevalence"] or 0) >= 0.5 else "content",
        }
        for number, row in enumerate(ordered.to_dicts(), 1)
    ]


def organisation_rows(sightings: pl.DataFrame) -> list[dict[str, Any]]:
    """The organisations named most, by masked preview."""
    names = [name for name, entity in entities().items() if entity.family == "organisation"]
    found = (
        sightings.filter(pl.col("entity").is_in(names))
        .group_by("fingerprint")
        .agg(pl.col("preview").first(), pl.col("entity").first(), pl.struct("source", "record").n_unique().alias("records"))
        .sort(["records", "fingerprint"], descending=[True, False])
        .head(MAX_ORGANISATIONS)
    )
    return [
        {"id": f"organisation-{row['fingerprint'][:8]}", "preview": plain(row["preview"] or ""), "records": row["records"], "role": row["entity"]} for row in found.to_dicts()
    ]


def secret_rows(secrets: pl.DataFrame, owners: pl.DataFrame) -> list[dict[str, Any]]:
    """
    The rotation sheet, most dangerous first.

    Args:
        secrets: schema SECRETS, in rotation order.
        owners: where each stood and whose it is, as `individuals.secret_owners` gives it.
    """
    known = {row.pop("fingerprint"): row for row in owners.to_dicts()}
    rows = []
    for rank, row in enumerate(secrets.to_dicts(), 1):
        shown = {name: instant(value) if name in ("issued", "expires", "first_seen", "last_seen") else value for name, value in row.items()}
        whose = known[row["fingerprint"]]
        places = {name: whose[name] for name in PLACES.values()}
        rows.append({
            "id": f"secret-{row['fingerprint'][:12]}", "rank": rank, **shown, "places": places, "conversations": whose["conversations"],
            "people": whose["people"], "owner_person": whose["owner"], "owner_basis": whose["basis"],
        })  # fmt: skip
    return rows


def timeline(records: pl.DataFrame, sightings: pl.DataFrame, exposure_window: dict[str, Any] | None) -> dict[str, Any]:
    """When the data was made, apart from when it was exposed."""
    timed = records.filter(pl.col("timestamp").is_not_null())
    secret_names = [name for name, entity in entities().items() if entity.family in ("secret", "credential")]
    day = pl.col("timestamp").dt.strftime("%Y-%m-%d").alias("day")
    found = _with_time(sightings, records).filter(pl.col("timestamp").is_not_null())
    by_day = (
        timed.group_by(day).len("records")
        .join(found.group_by(day).agg(pl.len().alias("findings"), pl.col("entity").is_in(secret_names).sum().alias("secrets")), on="day", how="left")
        .sort("day")
        .with_columns(pl.col("findings", "secrets").fill_null(0))
    )  # fmt: skip
    sources = timed.group_by("source").agg(pl.col("timestamp").min().alias("first"), pl.col("timestamp").max().alias("last")).sort("source")
    return {
        "data_window": {"first": instant(timed["timestamp"].min()), "last": instant(timed["timestamp"].max())},
        "exposure_window": exposure_window,
        "by_day": by_day.to_dicts(),
        "by_source": [{"source": row["source"], "first": instant(row["first"]), "last": instant(row["last"])} for row in sources.to_dicts()],
        "systems": systems(records),
    }


def systems(records: pl.DataFrame) -> dict[str, Any]:
    """
    Services and hosts that the records name: the services by records, the hosts as a count.

    Args:
        records: schema RECORDS.
    """
    counts = records.filter(pl.col("service").is_not_null()).group_by("service").len("records").sort(["records", "service"], descending=[True, False])
    named = counts.filter(is_service_name()).head(12)
    return {"services": named.to_dicts(), "services_total": counts.height, "hosts_total": records["host"].drop_nulls().n_unique()}
