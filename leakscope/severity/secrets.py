"""Severity of a secret by privilege, environment and life: the worst case of its detector, lowered or raised by what was decoded."""

from __future__ import annotations

from datetime import datetime

import polars as pl

LEVELS = ("low", "medium", "high", "critical")
#: Words in a scope or role name that give power over an account.
_POWER = r"(?i)\b(?:admin|owner|root|superuser|full[_-]?access|all|write|delete|manage|sudo)\b|^\*$|:\*"
#: Words that let one only read.
_READ = r"(?i)^(?:.*[:._-])?(?:read|readonly|read[_-]only|view|viewer|list)$"

_ENVIRONMENT = {"test": -2, "publishable": -3}
_STATUS = {"expired": -3, "documented_example": -3, "revoked_format": -3, "test": -2}


def rate_secrets(secrets: pl.DataFrame, *, on: datetime) -> pl.DataFrame:
    """
    Secrets with the severity that their privilege, environment and life leave them, the most dangerous first.

    Args:
        secrets: schema `SECRETS`; `severity` is the worst case of the detector. Secrets that were rated before are rated anew from
            their `worst_case`.
        on: the instant at which expiry is judged, UTC.

    Returns:
        the same columns, `severity` replaced, with `worst_case` (as it came) and `severity_why`; sorted by severity, live before
        test, last seen, fingerprint.
    """
    worst = pl.col("worst_case" if "worst_case" in secrets.columns else "severity")
    start = worst.replace_strict({name: step for step, name in enumerate(LEVELS)}, default=1, return_dtype=pl.Int64)
    scopes = pl.col("scopes").fill_null([])
    power = scopes.list.eval(pl.element().str.contains(_POWER)).list.any().fill_null(False)
    read_only = ~power & (scopes.list.len() > 0) & scopes.list.eval(pl.element().str.contains(_READ)).list.all().fill_null(False)
    dead = pl.col("expires").is_not_null() & (pl.col("expires") < on)
    environment = pl.col("environment").replace_strict(_ENVIRONMENT, default=0, return_dtype=pl.Int64)
    status = pl.col("status").replace_strict(_STATUS, default=0, return_dtype=pl.Int64)
    life = pl.when(dead).then(-3).otherwise(status)
    false_checksum = pl.when(pl.col("checksum") == "invalid").then(-2).otherwise(0)
    lowered = pl.min_horizontal(environment, life, false_checksum, pl.when(read_only).then(-1).otherwise(0))
    raised = pl.when(power & (lowered == 0)).then(1).otherwise(0)
    step = (start + lowered + raised).clip(0, len(LEVELS) - 1)
    why = pl.concat_str(
        [
            pl.concat_str(pl.lit("worst case "), worst),
            pl.when(raised == 1).then(pl.lit("powerful scope")),
            pl.when(read_only).then(pl.lit("read-only scope")),
            pl.when(environment < 0).then(pl.concat_str(pl.col("environment"), pl.lit(" key"))),
            pl.when(dead).then(pl.lit("expired")).when(status < 0).then(pl.col("status").str.replace_all("_", " ")),
            pl.when(false_checksum < 0).then(pl.lit("checksum wrong")),
        ],
        separator=", ",
        ignore_nulls=True,
    )
    rated = secrets.with_columns(
        severity=step.replace_strict(dict(enumerate(LEVELS)), return_dtype=pl.String), worst_case=worst, severity_why=why, _step=step
    )
    alive = pl.col("environment").replace_strict({"live": 0, "unknown": 1}, default=2, return_dtype=pl.Int64)
    order = [pl.col("_step"), alive, pl.col("last_seen"), pl.col("fingerprint")]
    return rated.sort(order, descending=[True, False, True, False], nulls_last=True).drop("_step")


def secrets_by_severity(rated: pl.DataFrame) -> list[dict[str, object]]:
    """Distinct secrets of each severity, most severe first; levels without secrets are listed with zero."""
    counts = dict(rated.group_by("severity").len().rows())
    return [{"severity": level, "secrets": counts.get(level, 0)} for level in reversed(LEVELS)]
