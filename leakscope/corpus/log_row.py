"""One row of a ClickHouse `log_stream` in the shape of HyperDX version 1, with what was planted in it."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import orjson

#: Name that repeats the message, as the log shipper adds it.
BODY = "_hdx_body"


class Planted(NamedTuple):
    """A value that stands in the attribute `name`, at `suffix` inside it when that was JSON text."""

    name: str
    suffix: str
    entity: str
    value: str
    person: int | None
    role: str
    secret: str | None


class Row:
    """Attributes of one log row while it is being made."""

    __slots__ = ("names", "number_names", "number_values", "planted", "service", "severity", "span", "values")

    def __init__(self, service: str, span: str, severity: str = "info") -> None:
        self.service, self.span, self.severity = service, span, severity
        self.names: list[str] = []
        self.values: list[str] = []
        self.number_names: list[str] = []
        self.number_values: list[float] = []
        self.planted: list[Planted] = []

    def add(self, name: str, value: str) -> None:
        """One string attribute."""
        self.names.append(name)
        self.values.append(value)

    def number(self, name: str, value: float) -> None:
        """One number attribute."""
        self.number_names.append(name)
        self.number_values.append(value)

    def plant(self, name: str, entity: str, value: str, *, person: int | None = None, role: str = "own", secret: str | None = None, suffix: str = "") -> None:
        """Note that `value` stands in attribute `name`."""
        self.planted.append(Planted(name, suffix, entity, value, person, role, secret))

    def to_line(self, *, timestamp: str, observed: str, trace: str, span_id: str, host: str, namespace: str) -> bytes:
        """The row as one line of JSONEachRow."""
        source: dict[str, Any] = {"timestamp": timestamp, "level": self.severity, "service": self.service, "trace_id": trace}
        for name, value in zip(self.names, self.values, strict=True):
            _nest(source, name, value)
        for name, number in zip(self.number_names, self.number_values, strict=True):
            _nest(source, name, number)
        row = {
            "timestamp": timestamp,
            "observed_timestamp": observed,
            "trace_id": trace,
            "span_name": self.span,
            "span_id": span_id,
            "severity_text": self.severity,
            "string.names": [*self.names, BODY],
            "string.values": [*self.values, self.values[0]],
            "number.names": self.number_names,
            "number.values": self.number_values,
            "_service": self.service,
            "_source": orjson.dumps(source).decode(),
            "_host": host,
            "_platform": "kubernetes",
            "_namespace": namespace,
        }
        return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _nest(source: dict[str, Any], name: str, value: object) -> None:
    *outer, last = _steps(name)
    for step in outer:
        source = source.setdefault(step, {})
    source[last] = value


@cache
def _steps(name: str) -> list[str]:
    return name.split(".")


def field_of(name: str, suffix: str = "") -> str:
    """Path of an attribute's value in the row."""
    return f"string.values[{name}]{suffix}"


def copies_of(name: str, suffix: str = "") -> list[str]:
    """The other fields of the row that repeat it."""
    copies = [f"_source->$.{name}{suffix}"]
    return [*copies, f"string.values[{BODY}]{suffix}"] if name == "message" else copies
