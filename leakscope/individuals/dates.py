"""Birth dates as written, made comparable: `YYYYMMDD`."""

from __future__ import annotations

from datetime import date

import polars as pl

_YMD = r"^((?:18|19|20)\d\d)-?(\d{1,2})-?(\d{1,2})(?:[-t ].*)?$"
_XXY = r"^(\d{1,2})-(\d{1,2})-((?:18|19|20)\d\d)$"
_XXY_TIGHT = r"^(\d\d)(\d\d)((?:19|20)\d\d)$"
_NAMED = r"(?:^|-)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?:-|$)"
_MONTHS = {name: number for number, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}


def _stamp(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    return pl.concat_str(year, month.str.zfill(2), day.str.zfill(2))


def births_of(placed: pl.DataFrame) -> pl.DataFrame:
    """
    The birth date of each unit.

    Args:
        placed: sightings in their units.

    Returns:
        `unit, birth, in_turn`: `YYYYMMDD`, or the date as written when its order cannot be told; `in_turn` when a chat alone tells it. Whether a column writes the day or
        the month first is decided by the column: a first number above 12 anywhere makes it the day.
    """
    found = placed.filter((pl.col("entity") == "DATE_OF_BIRTH") & (pl.col("value") != ""))
    tight = pl.col("value").str.contains(_XXY_TIGHT) & ~pl.col("value").str.contains(_YMD)
    value = pl.when(tight).then(pl.col("value").str.replace(_XXY_TIGHT, "$1-$2-$3")).otherwise("value")
    parts = found.with_columns(value=value).with_columns(
        first=pl.col("value").str.extract(_XXY, 1), second=pl.col("value").str.extract(_XXY, 2), year=pl.col("value").str.extract(_XXY, 3)
    )
    month_first = (pl.col("second").cast(pl.Int32, strict=False).max() > 12) & ~(pl.col("first").cast(pl.Int32, strict=False).max() > 12)
    parts = parts.with_columns(month_first=month_first.over("source", "field").fill_null(False))
    named = pl.col("value").str.extract(_NAMED, 1).replace_strict(_MONTHS, default=None, return_dtype=pl.Int32).cast(pl.String)
    stamp = (
        pl.when(pl.col("value").str.contains(_YMD))
        .then(_stamp(*(pl.col("value").str.extract(_YMD, part) for part in (1, 2, 3))))
        .when(pl.col("year").is_not_null() & pl.col("month_first"))
        .then(_stamp(pl.col("year"), pl.col("first"), pl.col("second")))
        .when(pl.col("year").is_not_null())
        .then(_stamp(pl.col("year"), pl.col("second"), pl.col("first")))
        .when(named.is_not_null())
        .then(_stamp(pl.col("value").str.extract(r"(\d{4})", 1), named, pl.col("value").str.extract(r"(?:^|-)(\d{1,2})(?:st|nd|rd|th)?(?:-|$)", 1)))
    )
    # a date with a slip in it is still its digits
    digits = pl.col("value").str.replace_all(r"\D", "")
    slipped = pl.when(digits.str.len_chars().is_between(6, 9)).then(digits)
    return parts.with_columns(birth=pl.coalesce(stamp, slipped, "value")).group_by("unit", maintain_order=True).agg(pl.col("birth").first(), pl.col("in_turn").all())


def years_before(birth: pl.Expr, on: date) -> pl.Expr:
    """Whole years from a `YYYYMMDD` birth date to `on`; null when it is no such date or lies after `on`."""
    born = pl.when(birth.str.contains(r"^\d{8}$")).then(birth).cast(pl.Int64)
    years = (int(on.strftime("%Y%m%d")) - born) // 10_000
    return pl.when(years >= 0).then(years)
