"""
Roles of real columns: how many of those that hold people's data are recognised, with their headers and without.

Run: LEAKSCOPE_DATA=... python benchmarks/columns.py
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import orjson
import polars as pl

from leakscope.catalogue import load
from leakscope.detection.columns import fields
from leakscope.detection.kernel import Kernel
from leakscope.safety.keys import new_key

DATA = Path(os.environ.get("LEAKSCOPE_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
#: Semantic types of the labelled sets -> entity types that answer them.
WANTED = {
    "EMAIL": {"EMAIL_ADDRESS"}, "TELEPHONE": {"PHONE_NUMBER"}, "NAME.FIRST": {"PERSON"}, "NAME.LAST": {"PERSON"}, "NAME.FIRST_LAST": {"PERSON"},
    "NAME.LAST_FIRST": {"PERSON"}, "NAME.MIDDLE": {"PERSON"}, "NAME.MIDDLE_INITIAL": {"PERSON"}, "STREET_ADDRESS_EN": {"POSTAL_ADDRESS"},
    "STREET_ADDRESS2_EN": {"POSTAL_ADDRESS"}, "FULL_ADDRESS_EN": {"POSTAL_ADDRESS"}, "STREET_NAME_EN": {"POSTAL_ADDRESS"},
    "STREET_NUMBER": {"POSTAL_ADDRESS"}, "GENDER.TEXT_EN": {"GENDER"}, "PERSON.AGE": {"AGE"}, "PERSON.DATE_OF_BIRTH": {"DATE_OF_BIRTH"},
    "CITY": {"LOCATION"}, "POSTAL_CODE.ZIP5_US": {"POSTAL_CODE", "US_ZIP_CODE"}, "POSTAL_CODE.POSTAL_CODE_CA": {"POSTAL_CODE", "CA_POSTAL_CODE"},
    "POSTAL_CODE.POSTAL_CODE_UK": {"POSTAL_CODE", "UK_POSTAL_CODE"}, "COORDINATE.LATITUDE_DECIMAL": {"COORDINATES"},
    "COORDINATE.LONGITUDE_DECIMAL": {"COORDINATES"}, "COORDINATE_PAIR.DECIMAL": {"COORDINATES"}, "IPADDRESS.IPV4": {"IP_ADDRESS"}, "SSN": {"US_SSN"},
    "PERSON.RACE_EN": {"ETHNICITY"}, "PERSON.RACE_ABBR_EN": {"ETHNICITY"}, "COMPANY_NAME": {"ORGANIZATION"},
}  # fmt: skip
#: What makes a column sensitive: finding one of these where the label says nothing of the kind is a false alarm.
PERSONAL = {"PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "DATE_OF_BIRTH", "US_SSN", "CREDIT_CARD", "IBAN_CODE", "PASSPORT", "NATIONAL_ID"}


def values_of(rows: list[dict[str, object]], *, blank: bool) -> pl.DataFrame:
    """All columns as values, each column its own source."""
    parts = [(str(number), record, "" if blank else row["column"], str(value)) for number, row in enumerate(rows) for record, value in enumerate(row["values"])]
    frame = pl.DataFrame(parts, schema={"source": pl.String, "record": pl.UInt64, "field": pl.String, "value": pl.String}, orient="row")
    return frame.with_columns(key=pl.col("field"), outer_start=pl.lit(0, pl.UInt32), outer_end=pl.col("value").str.len_chars().cast(pl.UInt32))


def measured(rows: list[dict[str, object]], *, blank: bool) -> pl.DataFrame:
    """One row per column: number, entity."""
    values = values_of(rows, blank=blank)
    catalogue = load()
    found = fields(values, Kernel(catalogue, new_key()).find(values), catalogue)
    return found.select(number=pl.col("source").cast(pl.Int64), entity="entity")


def main() -> None:
    """Print recall per semantic type, and the false alarms."""
    limit = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    rows = [orjson.loads(line) for line in (DATA / "columns_semantic_types.jsonl").read_bytes().splitlines()][:limit]
    for blank in (False, True):
        got = dict(measured(rows, blank=blank).iter_rows())
        print("headers blanked" if blank else "headers as they are")
        for label, wanted in WANTED.items():
            asked = [number for number, row in enumerate(rows) if row["semantic_type"] == label]
            if asked:
                right = sum(got.get(number) in wanted for number in asked)
                print(f"  {label}: {right} of {len(asked)}")
        quiet = [number for number, row in enumerate(rows) if row["semantic_type"] not in WANTED]
        wrong = [number for number in quiet if got.get(number) in PERSONAL]
        print(f"  false alarms: {len(wrong)} of {len(quiet)}")
        for number in wrong[:25]:
            print("   ", got[number], rows[number]["column"], rows[number]["semantic_type"], rows[number]["values"][:3] if "-v" in sys.argv else "")


if __name__ == "__main__":
    main()
