"""Writes redacted records in the form in which they came: NDJSON, delimited tables, plain lines; anything else as NDJSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from leakscope.detection.redaction import Redactor
from leakscope.detection.scanning import Tally
from leakscope.model import Batch, SetAside
from leakscope.sources import expand, read
from leakscope.sources.evidence import gather
from leakscope.text.unfold import rows


def redact(paths: tuple[str, ...], redactor: Redactor, tally: Tally, out: BinaryIO) -> None:
    """
    Writes every record that can be read, masked, to `out`; what cannot be read is not passed through and goes to `tally`.

    Args:
        paths: files, folders or `-`.
        redactor: masks the records.
        tally: counts records and pieces set aside.
        out: where the records go.
    """
    for evidence in gather(paths):
        for found in [evidence] if isinstance(evidence, SetAside) else expand(evidence):
            if isinstance(found, SetAside):
                tally.set_aside.append(found)
                continue
            _redact_pieces(found[1].name, read(*found), redactor, tally, out)


def _redact_pieces(form: str, pieces: Iterator[Batch | SetAside], redactor: Redactor, tally: Tally, out: BinaryIO) -> None:
    heading = True
    for piece in pieces:
        if isinstance(piece, SetAside):
            tally.set_aside.append(piece)
            continue
        tally.records += piece.records
        masked = [redactor.record(row) for _, row in rows(piece)]
        out.write(_written(form, piece, masked, heading))
        heading = False


def _written(form: str, batch: Batch, records: list[Any], heading: bool) -> bytes:
    if form == "csv" and batch.frame is not None:
        return _table(batch.frame.columns, records, heading)
    if form == "text" and batch.frame is not None:
        return "".join(f"{record['line']}\n" for record in records).encode()
    return b"".join(orjson.dumps(record, default=str, option=orjson.OPT_APPEND_NEWLINE) for record in records)


def _table(columns: list[str], records: list[dict[str, Any]], heading: bool) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    if heading:
        writer.writerow(columns)
    writer.writerows(["" if value is None else value for value in record.values()] for record in records)
    return text.getvalue().encode()
