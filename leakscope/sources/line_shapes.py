"""
Lines whose parts have names: access and system logs, lists of logins and hashes; which shapes there are is said by `data/line_shapes.toml`.

One line is one record, its parts are fields, so that roles show: an address, a user, a path, an agent, a password. A line of another
shape (a stack trace, a comment, a banner) is a record with the field `line`. Polars cuts the lines, all of a batch at once; log parsers
such as pygrok work line by line, and Python's own expressions need about six times as long.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import polars as pl

from leakscope.model import Batch, Reading
from leakscope.sources import Format
from leakscope.sources.encoding import encoding_of
from leakscope.sources.evidence import Evidence
from leakscope.sources.text_lines import read as read_lines

#: Lines looked at by the sniffer.
_LOOK_LINES = 100
_MARKUP = re.compile(rb"\s*(?:\{|<[A-Za-z?!])")
#: Columns for the whole of a line that fits, and for the line as it is; no shape has fields of these names.
_WHOLE = ("fitting__", "line__")
#: How sure a sniffer is at most: above a table that its regular commas make one, below formats with marks of their own.
_SURE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """
    One kind of line.

    Args:
        name: of the format.
        title: for people to read.
        pattern: of a whole line; its groups are the fields.
        share: of the lines that must fit, in (0, 1].
        lines: that must fit at least.
        example: a line that fits.
    """

    name: str
    title: str
    pattern: str
    share: float
    lines: int
    example: str


@cache
def shapes() -> tuple[Shape, ...]:
    """All shapes, in the order of the file: the first of equally fitting ones is taken."""
    table = tomllib.loads(files("leakscope.sources").joinpath("data/line_shapes.toml").read_text("utf-8"))
    return tuple(Shape(**row) for row in table["shape"])


@lru_cache(maxsize=4)
def _first_lines(head: bytes) -> pl.Series:
    encoding = encoding_of(head)
    if encoding is None:
        return pl.Series([], dtype=pl.String)
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    whole = text[: text.rfind("\n")] if len(head) >= 64 * 1024 and "\n" in text else text
    lines = [line.rstrip("\r") for line in whole.split("\n") if line.strip() and not line.startswith("#")]
    return pl.Series(lines[:_LOOK_LINES], dtype=pl.String)


def _sniffer(shape: Shape) -> Callable[[bytes, str], float]:
    def sniff(head: bytes, name: str) -> float:
        """Sure by the share of the first lines that have the shape."""
        lines = _first_lines(head[: 64 * 1024])
        if lines.is_empty() or _MARKUP.match(head):
            return 0.0
        fitting = int(lines.str.contains(shape.pattern).sum())
        if fitting < shape.lines or fitting < shape.share * lines.len():
            return 0.0
        return _SURE * (0.9 + 0.1 * fitting / lines.len()) - 0.001 * shapes().index(shape)

    return sniff


def _reader(shape: Shape) -> Callable[[Evidence], Reading]:
    def read(evidence: Evidence) -> Reading:
        """Batches of lines cut into their fields."""
        for piece in read_lines(evidence):
            yield _cut(piece, shape.pattern) if isinstance(piece, Batch) else piece

    return read


def _cut(batch: Batch, pattern: str) -> Batch:
    assert batch.frame is not None
    line = pl.col("line").str.strip_chars_end("\r")
    parts = batch.frame.select(pl.col("line").alias(_WHOLE[1]), line.str.extract_groups(f"(?P<{_WHOLE[0]}>{pattern})").alias("parts")).unnest("parts")
    frame = parts.select(pl.when(pl.col(_WHOLE[0]).is_null()).then(_WHOLE[1]).alias("line"), pl.exclude(*_WHOLE))
    filled = [name for name in frame.columns if frame[name].null_count() < frame.height]
    return Batch(source=batch.source, first_record=batch.first_record, records=batch.records, frame=frame.select(filled))


FORMATS = tuple(Format(name=one.name, title=one.title, suffixes=(".log",) if "log" in one.name.split("-") else (".txt",), sniff=_sniffer(one), read=_reader(one)) for one in shapes())
