"""What evidence is, before anything is detected in it: format, fields, rows, time span, hash, and what to do next."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import polars as pl
from rich.console import Console

from leakscope.errors import SetAsideError, UnreadableError
from leakscope.model import Batch, SetAside
from leakscope.safety.escape import plain
from leakscope.sources import Format, expand, identify, read
from leakscope.sources.evidence import Evidence, distinct_names, gather, sha256_of
from leakscope.sources.promise import promise

#: Fields listed by name; more are only counted.
MAX_FIELDS = 40
#: Tables of a store in its overview.
MAX_TOLD = 50


def identify_paths(paths: Sequence[str]) -> list[dict[str, Any]]:
    """
    One row per piece of evidence: `source, format, title, size_bytes, sha256, records, set_aside, fields, first, last, next`.

    Tables and objects of live stores also have `stored` (rows, size and span as the store tells them, null elsewhere) and `look`
    (its place in the order of looking, from 1, and why); rows stand in that order.

    Raises:
        UsageError: a path does not exist.
        UnreadableError: a folder holds no file at all.
    """
    found = list(gather(paths))
    if not found:
        raise UnreadableError("The folder holds no files.", hint="Name the files or another folder.")
    rows = []
    for place, one in enumerate(distinct_names([piece for piece in found if isinstance(piece, Evidence)]), start=1):
        live = {"stored": asdict(one.stored), "look": {"place": place, "why": promise(one.name.removeprefix(one.stored.address))}} if one.stored else {"stored": None, "look": None}
        rows.extend({**row, **live} for row in _identified(one))
    return _with_asides(rows, [piece for piece in found if isinstance(piece, SetAside)])


def _with_asides(rows: list[dict[str, Any]], aside: list[SetAside]) -> list[dict[str, Any]]:
    """What was not sampled stands with its table; anything else set aside is a row of its own."""
    named = {row["source"]: row for row in rows if row["stored"]}
    for piece in aside:
        if piece.source in named:
            named[piece.source]["set_aside"].append({"reason": piece.reason, "detail": piece.detail, "records": piece.records})
        else:
            rows.append(_refused(piece))
    return rows


def _identified(evidence: Evidence) -> list[dict[str, Any]]:
    try:
        digest = sha256_of(evidence)
    except SetAsideError as error:
        return [_refused(SetAside(source=evidence.name, reason=error.reason, detail=error.message))]
    rows: list[dict[str, Any]] = []
    outer = identify(evidence)
    for piece in expand(evidence):
        if isinstance(piece, SetAside):
            rows.append(_refused(piece))
            continue
        inner, chosen = piece
        rows.extend(_rows(replace(inner, path=evidence.path), chosen if outer is None or inner.parent is None else replace(chosen, title=f"{outer.title}, holding {chosen.title}"), digest))
    return rows


def _refused(piece: SetAside) -> dict[str, Any]:
    return {"source": piece.source, "format": None, "title": piece.detail, "size_bytes": piece.size_bytes, "sha256": None, "records": None,
            "set_aside": [{"reason": piece.reason, "detail": piece.detail, "records": piece.records}], "fields": [], "first": None, "last": None,
            "next": "Nothing can be read from it.", "stored": None, "look": None}  # fmt: skip


@dataclass(slots=True)
class _Seen:
    """What one source of a file showed."""

    records: int = 0
    aside: list[dict[str, Any]] = field(default_factory=list)
    fields: dict[str, None] = field(default_factory=dict)
    times: list[Any] = field(default_factory=list)


def _rows(evidence: Evidence, chosen: Format, digest: str) -> list[dict[str, Any]]:
    """One row for the file, or for each table in it."""
    seen: dict[str, _Seen] = {}
    for batch in read(evidence, chosen):
        of_source = seen.setdefault(batch.source, _Seen())
        of_source.records += batch.records or 0
        if isinstance(batch, SetAside):
            of_source.aside.append({"reason": batch.reason, "detail": batch.detail, "records": batch.records})
            continue
        of_source.times += [time for time in _span(batch) if time is not None]
        of_source.fields |= dict.fromkeys(_fields(batch))
    return [_row(evidence, chosen, digest, source, one) for source, one in (seen or {evidence.name: _Seen()}).items()]


def _row(evidence: Evidence, chosen: Format, digest: str, source: str, seen: _Seen) -> dict[str, Any]:
    named = source if evidence.parent is None or source.startswith(evidence.parent) else f"{evidence.parent}:{source}"
    return {"source": named, "format": chosen.name, "title": chosen.title, "size_bytes": evidence.size_bytes, "sha256": digest, "records": seen.records,
            "set_aside": seen.aside, "fields": list(dict.fromkeys(_shown(name) for name in seen.fields)), "first": _text(min(seen.times, default=None)), "last": _text(max(seen.times, default=None)),
            "next": _next(evidence, seen.fields)}  # fmt: skip


def _text(instant: Any) -> str | None:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z") if instant is not None else None


def _span(batch: Batch) -> tuple[Any, Any]:
    from leakscope.text.unfold import describe

    times = describe(batch)["timestamp"]
    return times.min(), times.max()


def _fields(batch: Batch) -> list[str]:
    if batch.frame is not None:
        return batch.frame.columns
    assert batch.lines is not None
    head = b"\n".join(batch.lines.split(b"\n", 200)[:200])
    try:
        return pl.read_ndjson(io.BytesIO(head), infer_schema_length=None, ignore_errors=True).columns
    except pl.exceptions.PolarsError:
        return []


def _shown(name: str) -> str:
    """A field's name; one that is itself data (an address, an id) shows as what it is instead."""
    from leakscope.text.unfold import is_data

    return "(a name that is data)" if is_data(name) else plain(name)


def _next(evidence: Evidence, fields: dict[str, None]) -> str:
    names = {name.lower() for name in fields}
    pipeline = "log-stream" if {"string.names", "string.values"} <= names else "chat-export" if {"role", "content"} <= names or "messages" in names else "customer-table" if names & {"email", "first_name", "surname", "given_name"} else None
    named = evidence.stored.address if evidence.stored else evidence.path or evidence.parent or "PATH"
    return f"leakscope assess {named}" + (f" --pipeline {pipeline}" if pipeline else "")


def _overview(rows: Sequence[dict[str, Any]]) -> str:
    """What an outsider could have read of a live store: tables, rows, sizes, spans, and which to look at first."""
    told = [row for row in rows if row["stored"]]
    if not told:
        return ""
    store = told[0]["stored"]["address"]
    sizes = [row["stored"]["size_bytes"] for row in told]
    unknown = "" if None not in sizes else f", {sizes.count(None)} of unknown size"
    lines = [f"What an outsider could have read of {store}: {len(told):,} tables or objects, {sum(size or 0 for size in sizes):,} bytes{unknown}. Look at them in this order:"]
    return "\n".join([*lines, *(_told(row) for row in told[:MAX_TOLD]), *([f"  and {len(told) - MAX_TOLD:,} more"] if len(told) > MAX_TOLD else [])]) + "\n\n"


def _told(row: dict[str, Any]) -> str:
    stored, look = row["stored"], row["look"]
    rows = f"{stored['rows']:,} rows" + ("" if stored["exact"] else " (estimated)") if stored["rows"] is not None else "1 object"
    size = f"{stored['size_bytes']:,} bytes" if stored["size_bytes"] is not None else "size not told"
    span = f", {stored['first']} to {stored['last']}" if stored["first"] else f", {row['first']} to {row['last']} in what was read" if row["first"] else ""
    name = row["source"].removeprefix(stored["address"] + ":")
    return f"  {look['place']:>3}. {name}: {rows}, {size}{plain(span)}; {look['why']}"


def render_table(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as text for people, 80 columns and more; a live store's tables are listed first, best first."""
    console = Console(width=100, no_color=True, highlight=False, markup=False, file=io.StringIO(), soft_wrap=True)
    console.print(_overview(rows), end="")
    for row in rows:
        size = f", {row['size_bytes']:,} bytes" if row["size_bytes"] is not None else ""
        console.print(f"{row['source']}: {row['title']}{size}")
        if row["format"]:
            span = f", from {row['first']} to {row['last']}" if row["first"] else ""
            shown = ", ".join(row["fields"][:MAX_FIELDS]) + (f" and {len(row['fields']) - MAX_FIELDS} more" if len(row["fields"]) > MAX_FIELDS else "")
            console.print(f"  {row['records']:,} records{span}\n  fields: {shown}\n  sha256: {row['sha256']}")
            for piece in row["set_aside"]:
                console.print(f"  set aside: {piece['records'] if piece['records'] is not None else '?'} records, {piece['reason']}: {piece['detail']}")
        console.print(f"  next: {row['next']}")
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]
