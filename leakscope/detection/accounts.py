"""Whose number an account number is: beside the code of a bank or branch it is a bank account, of the country whose codes those are."""

from __future__ import annotations

import polars as pl

from leakscope.detection.candidate import Candidate
from leakscope.detection.judging import Judge
from leakscope.detection.sighting_rows import row_of, sightings

#: What numbers of banks and branches, by the rule that knows them, make of the account number beside them.
_BESIDE_DETECTOR = {"id.gb.sort_code": "UK_BANK_ACCOUNT", "id.au.bsb": "AU_BANK_ACCOUNT"}
_BESIDE_ENTITY = {"ABA_ROUTING_NUMBER": "US_BANK_NUMBER", "IN_IFSC": "BANK_ACCOUNT", "SWIFT_CODE": "BANK_ACCOUNT", "BANK_BRANCH": "BANK_ACCOUNT"}
_OF_ACCOUNTS = ("ACCOUNT_ID", "BANK_ACCOUNT", "US_BANK_NUMBER")
#: The key of a value, cut off its path: what is left is shared by the values beside it.
_LAST = r"[.\[]?[^.\[\]]*\]?$"
_ACCOUNT_KEY = r"(?i)acc(?:oun)?t|a.?c\b|konto|conta|cuenta|compte|conto|rekening"
_CONFIDENCE = 0.9


def as_bank_accounts(found: pl.DataFrame, judge: Judge) -> pl.DataFrame:
    """
    Findings in which account numbers beside the code of a bank or branch are bank accounts.

    Args:
        found: schema `SIGHTINGS`; the result has its order.
        judge: gives what is said of a value of another type.
    """
    branches = found.filter(pl.col("entity").is_in(list(_BESIDE_ENTITY)))
    if branches.is_empty():
        return found
    parent = pl.col("field").str.replace(_LAST, "").alias("parent")
    tells = pl.col("detector").replace_strict(_BESIDE_DETECTOR, default=pl.col("entity").replace_strict(_BESIDE_ENTITY, default=None, return_dtype=pl.String), return_dtype=pl.String)
    told = branches.select("source", "record", parent, told=tells).sort((pl.col("told") == "BANK_ACCOUNT"), maintain_order=True).unique(["source", "record", "parent"], keep="first")
    numbered = found.with_row_index("at").filter(pl.col("entity").is_in(_OF_ACCOUNTS) & pl.col("key").str.contains(_ACCOUNT_KEY))
    beside = numbered.with_columns(parent).join(told, on=["source", "record", "parent"]).filter(pl.col("entity") != pl.col("told")).filter(~((pl.col("entity") == "US_BANK_NUMBER") & (pl.col("told") == "BANK_ACCOUNT")))
    if beside.is_empty():
        return found
    changed = [_changed(row, judge) for row in beside.iter_rows(named=True)]
    renamed = sightings([row for row in changed if row]).with_columns(at=pl.Series([row["at"] for row, new in zip(beside.iter_rows(named=True), changed, strict=True) if new], dtype=pl.UInt32))
    return found.with_row_index("at").update(renamed, on="at", how="left").drop("at")


def _changed(row: dict[str, object], judge: Judge) -> tuple[object, ...] | None:
    """The row of the same span as a bank account; null where the judge suppresses such a one."""
    text = str(row["value"])
    one = Candidate(start=0, end=len(text), entity=str(row["told"]), detector="beside.bank_account", confidence=_CONFIDENCE)
    sights, _ = judge.told(str(row["field"]), str(row["key"]), text, one)
    span = int(str(row["start"])), int(str(row["end"]))
    return row_of(str(row["source"]), int(str(row["record"])), str(row["field"]), str(row["key"]), span, sights[0], str(row["attributes"])) if sights else None
