"""The facts file itself: a commented one to fill in, one answer written into it, and its published schema."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import Field, fields
from datetime import datetime
from typing import Any

from leakscope.errors import FactsError
from leakscope.notification.facts import LISTS, SCHEMA_VERSION, TABLES, TRI
from leakscope.notification.law import jurisdictions

_HEAD = f"""# Facts of the incident, for `leakscope assess --facts` and `leakscope decide --facts`.
# Take the # away from what you know; what stays commented is unknown, and unknown is a valid answer.
# Times carry an offset (2026-11-02T09:30:00+01:00) or the time zone of [clocks]. yes/no/unknown are words in quotes.
# No personal data of the people concerned belongs here.

schema_version = {SCHEMA_VERSION}
# ordered = ["IL"]            # jurisdictions whose authority ordered a notice

"""
_EXAMPLES: Mapping[str, str] = {
    "text": '""', "instant": "2026-11-02T09:30:00+01:00", "integer": "250", "number": "12", "boolean": "true", "texts": '["..."]',
    "texts_or_null": '["DE"]', "counts": "120000", "mapping": '{ initial_access = "..." }', "any": '"applies"',
}  # fmt: skip


def template() -> str:
    """A commented facts file in which nothing is stated yet."""
    parts = [_HEAD, _determinations()]
    for name, kind in TABLES.items():
        parts.append(f"# {(kind.__doc__ or '').strip()}\n[{name}]\n" + "".join(_line(spec) for spec in fields(kind)))
    for name, (_, kind) in LISTS.items():
        lines = "".join(_line(spec) for spec in fields(kind))
        parts.append(f"# {(kind.__doc__ or '').strip()} One table each.\n# [[{name}]]\n{lines}")
    return "\n".join(parts)


def _line(spec: Field[Any]) -> str:
    return f"# {spec.metadata['help']}\n# {spec.name} = {_shown(spec.metadata['choices']) or _EXAMPLES[spec.metadata['kind']]}\n"


def _shown(choices: tuple[str, ...]) -> str:
    """A valid line once its first # is gone: unknown, with the other answers behind it."""
    others = ", ".join(f'"{choice}"' for choice in choices if choice != "unknown")
    return f'"unknown"  # or {others}' if choices else ""


def _determinations() -> str:
    """The judgements that rules ask for, with the rows that ask."""
    asked: dict[str, list[str]] = {}
    for row in jurisdictions().values():
        for name in {name for version in row.versions for rule in version.duties for name in (*rule.all_of, *rule.any_of) if name.startswith("determination:")}:
            asked.setdefault(name.partition(":")[2], []).append(row.id)
    lines = "".join(f'# {name} = "unknown"  # or "yes", "no"; asked by {", ".join(rows)}\n' for name, rows in sorted(asked.items()))
    return f"# Judgements only you can make.\n[determinations]\n{lines}"


def with_answer(text: str, path: str, value: Any) -> str:
    """
    The facts file with one fact stated; everything else, comments included, stays as it was.

    Args:
        text: the file.
        path: `table.name`, or `ordered`.
        value: what the TOML literal is made of: text, number, truth value or list of texts.
    """
    table, _, name = path.rpartition(".")
    line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
    lines = text.splitlines()
    start, end = _section(lines, table)
    stated = re.compile(rf"{re.escape(name)}\s*=")
    offered = re.compile(rf"#\s*{re.escape(name)}\s*=")
    for pattern in (stated, offered):
        for place in range(start, end):
            if pattern.match(lines[place]):
                return "\n".join([*lines[:place], line, *lines[place + 1 :]]) + "\n"
    if table and start == end == len(lines):
        lines += ["", f"[{table}]"]
        start = len(lines)
    return "\n".join([*lines[:start], line, *lines[start:]]) + "\n"


def _section(lines: list[str], table: str) -> tuple[int, int]:
    """First line after the table's head and the line where the next table begins."""
    heads = [place for place, line in enumerate(lines) if re.match(r"\s*(# )?\[", line)]
    if not table:
        return 0, heads[0] if heads else len(lines)
    for place in heads:
        if lines[place].strip() == f"[{table}]":
            return place + 1, next((head for head in heads if head > place), len(lines))
    return len(lines), len(lines)


def parse_answer(path: str, said: str) -> Any:
    """
    What a person typed, as the value of a fact; empty means leave it unknown.

    Raises:
        FactsError: it cannot be an answer to that question.
    """
    table, _, name = path.partition(".")
    if table in ("determinations", "ordered"):
        kind, choices = ("tri", TRI) if table == "determinations" else ("texts", ())
    else:
        metadata = TABLES[table].__dataclass_fields__[name].metadata
        kind, choices = metadata["kind"], metadata["choices"]
    said = said.strip()
    if kind in ("tri", "choice"):
        match = [choice for choice in choices if choice == said.lower().replace(" ", "_")] or [choice for choice in choices if said and choice.startswith(said.lower())]
        if len(match) != 1:
            raise FactsError(f"one of: {', '.join(choices)}")
        return match[0]
    if kind in ("texts", "texts_or_null"):
        return [part.strip() for part in said.split(",") if part.strip()]
    if kind in ("integer", "number", "counts"):
        return _number(said)
    if kind == "instant":
        return _moment(said)
    return said


def _number(said: str) -> float | int:
    try:
        number = float(said.replace(",", "").replace("_", ""))
    except ValueError:
        raise FactsError("a number, for example 1200") from None
    return int(number) if number.is_integer() else number


def _moment(said: str) -> str:
    try:
        return datetime.fromisoformat(said).isoformat()
    except ValueError:
        raise FactsError("a date and a time, for example 2026-11-02T09:30:00+01:00") from None


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the facts file, for editors."""
    tables = {name: {"type": "object", "description": (kind.__doc__ or "").strip(), "additionalProperties": False, "properties": {spec.name: _schema(spec) for spec in fields(kind)}} for name, kind in TABLES.items()}
    lists = {name: {"type": "array", "items": {"type": "object", "description": (kind.__doc__ or "").strip(), "additionalProperties": False, "properties": {spec.name: _schema(spec) for spec in fields(kind)}}} for name, (_, kind) in LISTS.items()}
    own = {
        "schema_version": {"const": SCHEMA_VERSION},
        "ordered": {"type": "array", "items": {"type": "string"}},
        "determinations": {"type": "object", "additionalProperties": {"enum": [*TRI, True, False]}},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Facts of an incident",
        "type": "object",
        "additionalProperties": False,
        "properties": {**own, **tables, **lists},
    }


def _schema(spec: Field[Any]) -> dict[str, Any]:
    kind, text = spec.metadata["kind"], spec.metadata["help"]
    if spec.metadata["choices"]:
        plain = list(spec.metadata["choices"])
        return {"description": text, "enum": [*plain, True, False] if kind == "tri" else plain}
    numbers = {"type": "integer", "minimum": 0}
    shapes: dict[str, dict[str, Any]] = {
        "text": {"type": "string"}, "instant": {"type": "string", "format": "date-time"}, "integer": {"type": ["integer", "string"]},
        "number": {"type": ["number", "string"]}, "boolean": {"type": "boolean"}, "texts": {"type": "array", "items": {"type": "string"}},
        "texts_or_null": {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"const": "unknown"}]},
        "mapping": {"type": "object", "additionalProperties": {"type": "string"}},
        "counts": {"anyOf": [numbers, {"type": "object", "additionalProperties": numbers}]}, "any": {},
    }  # fmt: skip
    return {"description": text, **shapes[kind]}
