"""Writes findings as a stream: NDJSON, CSV, a table for people."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from typing import IO

import polars as pl

from leakscope.catalogue.model import Catalogue
from leakscope.safety.escape import cell, plain
from leakscope.schema import FINDINGS

_COLUMNS = ("source", "record", "field", "start", "end", "entity", "confidence", "preview")


def write_ndjson(frames: Iterator[pl.DataFrame], out: IO[str], catalogue: Catalogue) -> None:
    """One JSON object a finding; `attributes`, kept as JSON text and last of all, are an object in it."""
    for frame in frames:
        written = frame.drop("attributes").write_ndjson().split("\n")
        out.write("".join([f'{line[:-1]},"attributes":{attributes or "{}"}}}\n' for line, attributes in zip(written, frame["attributes"], strict=False)]))


def write_csv(frames: Iterator[pl.DataFrame], out: IO[str], catalogue: Catalogue) -> None:
    """One row a finding, cells that a spreadsheet could take for formulas made harmless."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FINDINGS.names())
    for frame in frames:
        for row in frame.iter_rows():
            writer.writerow("" if value is None else cell(value) if isinstance(value, str) else value for value in row)


def write_table(frames: Iterator[pl.DataFrame], out: IO[str], catalogue: Catalogue) -> None:
    """Aligned columns, one line a finding."""
    widths = (18, 7, 30, 6, 6, 24, 5, 26)
    out.write(_line([name.upper() for name in _COLUMNS], widths))
    for frame in frames:
        for row in frame.with_columns(preview=_told()).select(_COLUMNS).iter_rows():
            out.write(_line([f"{value:.2f}" if isinstance(value, float) else plain(str(value)) for value in row], widths))


def _told() -> pl.Expr:
    """The preview, with the reason before it where a value is only listed because suppressed ones were asked for."""
    reason = pl.col("attributes").str.extract('"suppressed":"([a-z-]+)"')
    return pl.when(reason.is_null()).then("preview").otherwise(pl.concat_str(pl.lit("("), reason, pl.lit(") "), "preview"))


def _line(cells: list[str], widths: tuple[int, ...]) -> str:
    fitted = (text if len(text) <= width else f"{text[: width - 1]}…" for text, width in zip(cells, widths, strict=True))
    return "  ".join(text.ljust(width) for text, width in zip(fitted, widths, strict=True)).rstrip() + "\n"


WRITERS: Mapping[str, Callable[[Iterator[pl.DataFrame], IO[str], Catalogue], None]] = {
    "ndjson": write_ndjson,
    "csv": write_csv,
    "table": write_table,
}
