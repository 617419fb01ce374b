"""The rotation sheet: one row per distinct secret, what it opens, whose it is, whether it still works, most dangerous first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import polars as pl

from leakscope.catalogue import Catalogue, Detector, load
from leakscope.detection.decoders import Decoded, decoded
from leakscope.detection.overlaps import is_secret
from leakscope.schema import SECRETS, empty
from leakscope.text.normalise import normalise

_SEVERITY = ("low", "medium", "high", "critical")
_STATUS = ("documented_example", "revoked_format", "expired", "test", "unknown", "looks_live")


def secrets(sightings: pl.DataFrame, records: pl.DataFrame, catalogue: Catalogue | None = None, *, now: datetime | None = None) -> pl.DataFrame:
    """
    Every distinct secret and credential in `sightings`.

    Args:
        sightings: schema `SIGHTINGS`.
        records: schema `RECORDS`, of the same records.
        catalogue: the rules that found them; null: the built-in ones.
        now: instant against which expiry is judged; null: the clock's.

    Returns:
        Schema `SECRETS`, most dangerous first: severity, then status, then number of records.
    """
    found = sightings.filter(pl.col("entity").is_in([entity for entity in sightings["entity"].unique().to_list() if is_secret(entity)]))
    if not found.height:
        return empty(SECRETS)
    distinct = _distinct(found.join(_projects(sightings), on=["source", "record"], how="left", maintain_order="left"), records)
    rules = (catalogue or load()).by_id
    rows = [_row(row, rules, now or datetime.now(UTC)) for row in distinct.iter_rows(named=True)]
    sheet = pl.DataFrame(rows, schema=SECRETS)
    order = [
        pl.col("severity").replace_strict({name: rank for rank, name in enumerate(_SEVERITY)}, default=0, return_dtype=pl.Int8),
        pl.col("status").replace_strict({name: rank for rank, name in enumerate(_STATUS)}, default=0, return_dtype=pl.Int8),
        "records",
    ]
    return sheet.sort([*order, "fingerprint"], descending=[True, True, True, False])


def _distinct(found: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """One row per secret, whatever it was taken for in each place: the reading that knows its issuer counts, then the surest."""
    known = records.select("source", "record", "timestamp", "service").unique(["source", "record"])
    surest = [pl.col("attributes").str.contains('"provider"', literal=True).fill_null(False), "confidence", "fingerprint"]
    return (
        found.join(known, on=["source", "record"], how="left")
        .join(_same(found), on=["entity", "value"], how="left", maintain_order="left")
        .group_by("same", maintain_order=True)
        .agg(
            pl.col("fingerprint", "entity", "detector", "confidence", "preview", "value", "attributes").sort_by(surest, descending=[True, True, False]).first(),
            records=pl.struct("source", "record").n_unique().cast(pl.UInt64),
            occurrences=pl.len().cast(pl.UInt64),
            first_seen=pl.col("timestamp").min(),
            last_seen=pl.col("timestamp").max(),
            fingerprints=pl.col("fingerprint").unique().sort(),
            project=pl.col("project").drop_nulls().first(),
            services=pl.col("service").filter(is_service_name()).unique().sort(),
        )
    )


#: A service name as engineers write it; anything else in a field of that name may be data and is counted, not shown.
_SERVICE_NAME = r"^[a-z][a-z-]*(?:[._][a-z-]+)*[0-9]{0,2}$"


def is_service_name() -> pl.Expr:
    """Whether the column `service` holds a name that may be shown."""
    return pl.col("service").str.contains(_SERVICE_NAME) & (pl.col("service").str.len_chars() <= 40)


#: The address of a Google service account names its project (Google Cloud documentation, "Service accounts overview").
_SERVICE_ACCOUNT = r"@([a-z0-9.:-]+)\.iam\.gserviceaccount\.com$"


def _projects(sightings: pl.DataFrame) -> pl.DataFrame:
    """`source, record, project`: the Google project that the address of a service account in the record names."""
    told = sightings.filter(pl.col("entity") == "EMAIL_ADDRESS").select("source", "record", project=pl.col("value").str.extract(_SERVICE_ACCOUNT, 1))
    return told.drop_nulls("project").unique(["source", "record"], keep="first", maintain_order=True)


def _same(found: pl.DataFrame) -> pl.DataFrame:
    """`entity, value, same`: `same` is equal for values that are one secret, by the comparable form of each."""
    distinct = found.select("entity", "value").unique(maintain_order=True)
    return distinct.with_columns(same=pl.Series([normalise(entity, value) for entity, value in distinct.iter_rows()], dtype=pl.String))


def _row(row: Mapping[str, Any], rules: Mapping[str, Detector], now: datetime) -> dict[str, Any]:
    rule = rules.get(row["detector"])
    attributes = orjson.loads(row["attributes"] or "{}")
    says = decoded(rule.decode if rule else None, row["value"])
    environment = says.environment or attributes.get("environment") or "unknown"
    status = _status(attributes, says, environment, now)
    kept = ("fingerprint", "fingerprints", "entity", "detector", "confidence", "records", "occurrences", "first_seen", "last_seen", "services", "preview")
    provider = rule.provider if rule else None
    return {
        **{name: row[name] for name in kept},
        "provider": provider.id if provider else attributes.get("provider"),
        "kind": _kind(rule, says),
        "environment": environment,
        "status": status,
        "account": says.account or (row["project"] if provider and provider.id == "gcp" else None),
        "scopes": list(says.scopes),
        "issued": says.issued,
        "expires": says.expires,
        "checksum": says.checksum or "none",
        "severity": _severity(rule, status),
        "exposes": rule.exposes if rule else "Opens the account it belongs to.",
        "revoke": provider.revoke if provider else _REVOKE.get(row["entity"], "Find the system that accepts it, replace it there, and end its sessions."),
        "console": provider.console if provider else "",
    }


_REVOKE: Mapping[str, str] = {
    "CREDENTIAL_PASSWORD": "Reset the password, end all sessions, and reset it wherever it is used again.",
    "CREDENTIAL_PAIR": "Reset the password of the account, end its sessions, and tell its owner.",
    "CREDENTIAL_BASIC_AUTH": "Change the password of the account and remove it from addresses and headers.",
    "CREDENTIAL_PASSWORD_HASH": "Treat the password as known: reset it, and make its hash costlier if it is weak.",
    "SECRET_PRIVATE_KEY": "Make a new key pair, replace the public half everywhere, revoke certificates issued for it.",
    "SECRET_JWT": "End the session at the issuer; rotate the signing key if many were exposed.",
    "SECRET_SESSION": "End the session on the server.",
    "SECRET_CONNECTION_STRING": "Change the database user's password; close the port to the public network.",
    "SECRET_MFA_SEED": "Enrol the second factor anew.",
    "SECRET_SEED_PHRASE": "Move the funds to a new wallet at once.",
}


def _kind(rule: Detector | None, says: Decoded) -> str:
    details = " ".join(value for value in (says.details or {}).values() if value)
    name = rule.name if rule else "Secret"
    return f"{name} ({details})" if details else name


def _status(attributes: Mapping[str, Any], says: Decoded, environment: str, now: datetime) -> str:
    if attributes.get("documented_example"):
        return "documented_example"
    if says.expires is not None and says.expires < now:
        return "expired"
    if environment == "test":
        return "test"
    if says.checksum == "invalid":
        return "revoked_format"
    return "looks_live" if environment == "live" or says.checksum == "valid" or (says.expires is not None) or attributes.get("provider") else "unknown"


def _severity(rule: Detector | None, status: str) -> str:
    severity = rule.severity if rule else "high"
    if status in ("expired", "test", "documented_example", "revoked_format"):
        return "low"
    return severity
