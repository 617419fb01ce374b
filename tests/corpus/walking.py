"""Finds the value at a truth field by plain JSON walking: shares no code with the tool or the generator."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")


def follow(value: Any, path: str) -> Any:
    """The place `$.a.b[0].c` inside parsed JSON."""
    for name, index in _STEP.findall(path.removeprefix("$")):
        value = value[int(index)] if index else value[name]
    return value


def at(row: dict[str, Any], field: str) -> str:
    """The text at a field of a log row: `string.values[name]` or a column, then `->$...` for each decoded layer."""
    first, *layers = field.split("->")
    name = re.fullmatch(r"string\.values\[(.+)\]", first)
    value = row["string.values"][row["string.names"].index(name.group(1))] if name else row[first]
    for layer in layers:
        value = follow(orjson.loads(value), layer)
    return value


def lines(path: Path) -> Iterator[bytes]:
    """Lines of a file, unpacked if its name ends in .gz."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        yield from stream


def text_lines(path: Path) -> list[str]:
    """Non-empty lines: the records of a text file."""
    return [line for line in path.read_text("utf-8").split("\n") if line.strip()]


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
