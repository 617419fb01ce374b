"""
Tables whose columns stand under one another: fixed width with blanks between the columns, printed by SQL*Plus, sqlcmd, kubectl or a
mainframe; and logs of words under a line of names (VPC flow logs).

Where the columns are is told from the first lines: from a rule of dashes, else from blanks that stand in the same places of nearly all
lines, else from places where digits end and letters begin in all of them. A line that does not keep to the columns is a record with the
field `line`. pandas reads such files too, by blanks alone, and drops what does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from leakscope.model import Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.csv_dialect import has_header
from leakscope.sources.encoding import encoding_of
from leakscope.sources.evidence import Evidence, head_of
from leakscope.sources.tables import Tables, column_names
from leakscope.sources.text_lines import lines_of

_LOOK_LINES = 300
#: Share of lines that are blank between two columns, and that have something in a column.
_BLANK, _FILLED = 0.97, 0.5
_MIN_LINES, _MIN_COLUMNS, _MIN_WORDS = 4, 3, 6
_RULE = re.compile(r" *-{2,}(?: +-{2,})+ *")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """
    Where columns stand.

    Args:
        spans: half-open, the last one open at its end (-1); empty where columns are words.
        names: of the columns; empty without a header.
        width: number of columns.
    """

    spans: tuple[tuple[int, int], ...] = ()
    names: tuple[str, ...] = ()
    width: int = 0

    def cut(self, line: str) -> list[str] | None:
        """The fields of a line; null when it does not keep to the columns."""
        if not self.spans:
            words = line.split()
            return words if len(words) == self.width else None
        ends = [start for start, _ in self.spans[1:]]
        if "\t" in line or any(line[end:start].strip() for (_, end), start in zip(self.spans[:-1], ends, strict=True)):
            return None
        return [line[start : None if end < 0 else end].strip() for start, end in self.spans]


def _layout(lines: Sequence[str]) -> _Layout | None:
    """Where the columns of `lines` stand; null where they are no table."""
    rule = next((place for place, line in enumerate(lines[:10]) if _RULE.fullmatch(line)), None)
    if rule is not None:
        return _ruled(lines, rule)
    if len(lines) < _MIN_LINES or any("\t" in line for line in lines):
        return None
    return _spaced(lines) or _worded(lines)


def _ruled(lines: Sequence[str], rule: int) -> _Layout | None:
    spans = [found.span() for found in re.finditer(r"-+", lines[rule])]
    layout = _Layout(spans=(*spans[:-1], (spans[-1][0], -1)), width=len(spans))
    heading = layout.cut(lines[rule - 1]) if rule else None
    fitting = sum(layout.cut(line) is not None for line in lines[rule + 1 :])
    if not heading or not fitting or fitting < 0.6 * len(lines[rule + 1 :]):
        return None
    return _Layout(spans=layout.spans, names=tuple(column_names(heading, len(heading))), width=layout.width)


def _spaced(lines: Sequence[str]) -> _Layout | None:
    width = max(map(len, lines))
    if width > 2_000:
        return None
    padded = [line.ljust(width) for line in lines]
    blank = [sum(line[place] == " " for line in padded) >= _BLANK * len(lines) for place in range(width)]
    starts = [place for place in range(width) if not blank[place] and (place == 0 or (blank[place - 1] and (place < 2 or blank[place - 2])))]
    starts = sorted({*starts, *_class_changes(padded, width)})
    if len(starts) < _MIN_COLUMNS:
        return None
    spans = []
    for start, following in zip(starts, [*starts[1:], -1], strict=True):
        end = next((place for place in range(following, start, -1) if not blank[place - 1]), start) if following > 0 else -1
        spans.append((start, end))
    layout = _Layout(spans=tuple(spans), width=len(spans))
    rows = [row for line in lines if (row := layout.cut(line)) is not None]
    filled = all(sum(bool(row[place]) for row in rows) >= _FILLED * len(lines) for place in range(len(spans)))
    if len(rows) < 0.9 * len(lines) or not filled:
        return None
    return _Layout(spans=layout.spans, names=tuple(rows[0]) if has_header(rows) and all(rows[0]) else (), width=layout.width)


def _class_changes(padded: Sequence[str], width: int) -> list[int]:
    """Places where digits end and letters begin in every line: numbers of a fixed length before a name."""
    return [
        place for place in range(1, min(width, 40))
        if all(line[place - 1].isdigit() and line[place].isalpha() and line[:place].strip().isdigit() for line in padded)
    ]  # fmt: skip


def _worded(lines: Sequence[str]) -> _Layout | None:
    words = [line.split(" ") for line in lines]
    width = len(words[0])
    if width < _MIN_WORDS or any(len(row) != width or not all(row) for row in words) or not has_header(words) or not all(re.fullmatch(r"[a-z][\w-]*", one) for one in words[0]):
        return None
    return _Layout(names=tuple(words[0]), width=width)


def _head(head: bytes) -> list[str]:
    encoding = encoding_of(head)
    text = head.decode(encoding, "replace").removeprefix("\ufeff") if encoding else ""
    whole = text[: text.rfind("\n")] if len(head) >= 64 * 1024 and "\n" in text else text
    return [line.rstrip("\r") for line in whole.split("\n")[: 2 * _LOOK_LINES] if line.strip()][:_LOOK_LINES]


def sniff(head: bytes, name: str) -> float:
    """Sure when columns stand under one another."""
    if head.lstrip()[:1] in (b"{", b"[", b"<"):
        return 0.0
    return 0.45 if _layout(_head(head)) is not None else 0.0


def read(evidence: Evidence) -> Reading:
    """A record a line, under the names of the first or of those above the rule."""
    layout = _layout(_head(head_of(evidence, 64 * 1024))) or _Layout()
    tables = Tables(evidence.name)
    names = layout.names or tuple(column_names((), layout.width))
    unnamed = bool(layout.names)
    for line in lines_of(evidence):
        if isinstance(line, SetAside):
            yield from tables.pass_on(line)
            continue
        fields = layout.cut(line)
        if _RULE.fullmatch(line) or (unnamed and fields is not None and tuple(fields) == layout.names):
            unnamed = False
        elif fields is None:
            yield from tables.add("", ("line",), (line,), len(line))
        else:
            yield from tables.add("", names, [field or None for field in fields], len(line))
    yield from tables.rest()


FORMAT = Format(name="fixed-width", title="Columns of fixed width", suffixes=(".txt", ".dat", ".prn"), sniff=sniff, read=read)
