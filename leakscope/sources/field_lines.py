"""
Logs whose lines name their fields: W3C extended logs (IIS, CloudFront), logfmt, auditd; and printed tables (mysql, psql, Markdown).

References:
    W3C Extended Log File Format (https://www.w3.org/TR/WD-logfile, read 2026-11); logfmt as Heroku describes it; Linux audit events.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from leakscope.model import Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.encoding import encoding_of
from leakscope.sources.evidence import Evidence
from leakscope.sources.json_lenient import written
from leakscope.sources.tables import Documents, Tables, column_names
from leakscope.sources.text_lines import lines_of

_PAIR = re.compile(r"(?P<name>[A-Za-z_][\w.@/-]{0,63})=(?P<value>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[^\s\"']*)")
_RULE = re.compile(r"[\s+|:=\u2500-\u257f-]{3,}")


def _head_lines(head: bytes) -> list[str]:
    encoding = encoding_of(head)
    text = head.decode(encoding, "replace").removeprefix("\ufeff") if encoding else ""
    return [line for line in text[: text.rfind("\n") + 1 or None].splitlines()[:200] if line.strip()]


def _w3c(evidence: Evidence) -> Reading:
    """A record a line, named by the last `#Fields` line; other comments are records of their own."""
    tables = Tables(evidence.name)
    names: tuple[str, ...] = ()
    for line in lines_of(evidence):
        if isinstance(line, SetAside):
            yield from tables.pass_on(line)
        elif line.startswith("#Fields:"):
            names = tuple(column_names(line[8:].split(), len(line[8:].split())))
        elif line.startswith("#") or not names:
            yield from tables.add("", ("line",), (line,), len(line))
        else:
            values = line.split("\t") if "\t" in line else line.split(" ")
            yield from tables.add("", names, [None if one == "-" else unquote_plus(one) for one in values], len(line))
    yield from tables.rest()


def pairs_of(line: str) -> tuple[dict[str, str], str]:
    """The named values of a line and what is left of it; a quoted value may hold pairs of its own."""
    found: dict[str, str] = {}
    rest, at = [], 0
    for pair in _PAIR.finditer(line):
        name, value = pair["name"], pair["value"]
        while name in found:
            name += "_again"
        rest.append(line[at : pair.start()])
        at = pair.end()
        found[name] = value[1:-1].replace('\\"', '"') if value[:1] in "\"'" and len(value) > 1 else value
    return found, " ".join("".join([*rest, line[at:]]).split())


def _logfmt(evidence: Evidence) -> Reading:
    """A record a line: its named values, and the words between them as `line`."""
    gathered = Documents(evidence.name)
    for line in lines_of(evidence):
        if isinstance(line, SetAside):
            yield from gathered.pass_on(line)
            continue
        found, rest = pairs_of(line)
        inner = {name: pairs_of(value)[0] or value for name, value in found.items()}
        yield from gathered.add("", written({**inner, "line": rest} if rest else inner))
    yield from gathered.rest()


def _is_logfmt(head: bytes, name: str) -> float:
    """Most of most lines is named values, three and more."""
    lines = _head_lines(head[: 32 * 1024])
    if not lines or head.lstrip()[:1] in (b"{", b"[", b"<"):
        return 0.0
    named = [(len(found), len(rest) / len(line)) for line in lines for found, rest in [pairs_of(line)]]
    return 0.75 if sum(count >= 3 and left < 0.34 for count, left in named) >= 0.7 * len(lines) else 0.0


def _cells(line: str) -> list[str]:
    inner = line.strip().replace("\u2502", "|").removeprefix("|").removesuffix("|")
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", inner)]


def _printed(evidence: Evidence) -> Reading:
    """A record a row of a printed table, under the names above its rule; other lines are records of their own."""
    tables = Tables(evidence.name)
    names: tuple[str, ...] = ()
    before: str | None = None
    for line in lines_of(evidence):
        if isinstance(line, SetAside):
            yield from tables.pass_on(line)
            continue
        is_rule = bool(_RULE.fullmatch(line))
        if before is not None:
            if is_rule and len(_cells(before)) > 1:
                names = tuple(column_names(_cells(before), len(_cells(before))))
            else:
                yield from _printed_line(tables, names, before)
            before = None
        if is_rule:
            continue
        if "|" in line or "\u2502" in line:
            if names and len(_cells(line)) == len(names):
                yield from _printed_line(tables, names, line)
            else:
                before = line
        else:
            names = ()
            yield from tables.add("", ("line",), (line,), len(line))
    if before is not None:
        yield from _printed_line(tables, names, before)
    yield from tables.rest()


def _printed_line(tables: Tables, names: tuple[str, ...], line: str) -> Reading:
    if names and len(_cells(line)) == len(names):
        yield from tables.add("", names, [cell or None for cell in _cells(line)], len(line))
    else:
        yield from tables.add("", ("line",), (line,), len(line))


def _is_printed(head: bytes, name: str) -> float:
    """A rule of dashes and corners under or over a line of cells, and most lines of as many cells."""
    lines = _head_lines(head[: 32 * 1024])
    rules = [place for place, line in enumerate(lines) if _RULE.fullmatch(line) and "-" in line.replace("\u2500", "-") and any(mark in line for mark in "+|\u253c")]
    if not rules:
        return 0.0
    heading = next((lines[place - 1] for place in rules if place and "|" in lines[place - 1].replace("\u2502", "|")), None)
    if heading is None:
        return 0.0
    width = len(_cells(heading))
    rows = sum(len(_cells(line)) == width and not _RULE.fullmatch(line) for line in lines)
    return 0.75 if width > 1 and rows >= 2 and rows >= 0.5 * (len(lines) - len(rules)) else 0.0


FORMATS = (
    Format(name="w3c-log", title="Extended log (IIS, CloudFront)", suffixes=(".log",), sniff=lambda head, name: 0.95 if any(line.startswith("#Fields:") for line in _head_lines(head[:8192])[:8]) else 0.0, read=_w3c),
    Format(name="logfmt", title="Log of named values (logfmt, auditd)", suffixes=(".log",), sniff=_is_logfmt, read=_logfmt),
    Format(name="printed-table", title="Printed table (mysql, psql, Markdown)", suffixes=(".txt", ".md"), sniff=_is_printed, read=_printed),
)  # fmt: skip
