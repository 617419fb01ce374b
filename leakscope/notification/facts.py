"""
What people know about the incident, read from `incident.toml`; unknown is a value.

Every table is a frozen dataclass whose fields carry their own kind, choices and help text.
Reading, the published JSON Schema, the commented template and the questions all come from those fields.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leakscope.errors import FactsError
from leakscope.notification.facts_tables import (
    TRI,
    Clocks,
    Contacts,
    Evidence,
    Exposure,
    Harm,
    Incident,
    LawEnforcement,
    Narrative,
    Notice,
    Override,
    Population,
    Regimes,
    SignOff,
)
from leakscope.notification.kleene import Kleene
from leakscope.notification.place_codes import place_code
from leakscope.safety.escape import plain

SCHEMA_VERSION = 1
NOT_STATED = "Not stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """
    Everything stated about the incident; what nobody stated is unknown.

    `determinations` holds judgements only people can make, by name (`nis2_significant = "yes"`);
    `ordered` lists jurisdictions whose authority ordered a notice.
    """

    incident: Incident = field(default_factory=Incident)
    contacts: Contacts = field(default_factory=Contacts)
    clocks: Clocks = field(default_factory=Clocks)
    exposure: Exposure = field(default_factory=Exposure)
    harm: Harm = field(default_factory=Harm)
    regimes: Regimes = field(default_factory=Regimes)
    determinations: Mapping[str, str] = field(default_factory=dict)
    ordered: tuple[str, ...] = ()
    population: Population = field(default_factory=Population)
    law_enforcement: LawEnforcement = field(default_factory=LawEnforcement)
    evidence: Evidence = field(default_factory=Evidence)
    narrative: Narrative = field(default_factory=Narrative)
    sign_off: SignOff = field(default_factory=SignOff)
    notices: tuple[Notice, ...] = ()
    overrides: tuple[Override, ...] = ()

    def tri(self, path: str) -> Kleene:
        """
        The yes/no/unknown fact at `table.name`.

        Raises:
            FactsError: there is no such fact.
        """
        value = self.value(path)
        return Kleene(value) if value in TRI else Kleene.UNKNOWN

    def value(self, path: str) -> Any:
        """The fact at `table.name`; determinations nobody made are unknown."""
        table, _, name = path.partition(".")
        if table == "determinations":
            return self.determinations.get(name, "unknown")
        try:
            return getattr(getattr(self, table), name)
        except AttributeError:
            raise FactsError(f"there is no fact called {plain(path)}") from None

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping for JSON: instants as ISO 8601 in UTC, nothing left out."""
        return _plain(self)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {spec.name: _plain(getattr(value, spec.name)) for spec in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in sorted(value.items())}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


#: Top-level tables by name in the file; lists of tables are written `[[notice]]` and `[[override]]`.
TABLES: Mapping[str, Any] = {name: kind for name, kind in get_type_hints(Facts).items() if is_dataclass(kind)}
LISTS: Mapping[str, tuple[str, type]] = {"notice": ("notices", Notice), "override": ("overrides", Override)}


def load(path: Path | str | None) -> Facts:
    """
    Facts from a TOML file; from nothing, facts in which everything is unknown.

    Raises:
        FactsError: the file is missing, is not TOML, or says something no fact can be.
    """
    if path is None:
        return Facts()
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise FactsError(f"the facts file {plain(str(path))} cannot be read", hint="`leakscope facts new FILE` writes one to fill in") from None
    try:
        return from_mapping(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise FactsError(f"the facts file is not valid TOML: {plain(str(error))}", hint="quote text and times carefully; see `leakscope facts new`") from None


def from_mapping(tables: Mapping[str, Any]) -> Facts:
    """
    Facts from parsed tables.

    Raises:
        FactsError: an unknown table or name, or a value of the wrong kind.
    """
    known = {*TABLES, *LISTS, "determinations", "ordered", "schema_version"}
    _refuse_unknown("the facts file", tables, known)
    if tables.get("schema_version", SCHEMA_VERSION) != SCHEMA_VERSION:
        raise FactsError("the facts file has another schema_version", hint=f"this version reads {SCHEMA_VERSION}")
    zone = _zone(_table(tables, "clocks").get("time_zone"))
    read: dict[str, Any] = {name: _read_table(name, kind, _table(tables, name), zone) for name, kind in TABLES.items()}
    for name, (attribute, kind) in LISTS.items():
        rows = tables.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise FactsError(f"{name} must be written as [[{name}]] tables")
        read[attribute] = tuple(_read_table(name, kind, row, zone) for row in rows)
    read["determinations"] = {key: _checked_choice(f"determinations.{key}", value, TRI) for key, value in _table(tables, "determinations").items()}
    read["ordered"] = tuple(_strings("ordered", tables.get("ordered", [])))
    facts = Facts(**read)
    _check_order(facts.clocks)
    _check_overrides(facts.overrides)
    return facts


def _table(tables: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = tables.get(name, {})
    if not isinstance(table, Mapping):
        raise FactsError(f"{name} must be a table: [{name}]")
    return table


def _refuse_unknown(where: str, given: Mapping[str, Any], known: set[str]) -> None:
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), 1)
            hint = f"did you mean {near[0]}?" if near else f"known names: {', '.join(sorted(known))}"
            raise FactsError(f"{where} has no {plain(name)}", hint=hint)


def _zone(name: Any) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise FactsError("clocks.time_zone is not a time zone name", hint="write it like Europe/Berlin") from None


def _read_table(name: str, kind: type, given: Mapping[str, Any], zone: ZoneInfo | None) -> Any:
    specs = {spec.name: spec for spec in fields(kind)}
    _refuse_unknown(f"[{name}]", given, set(specs))
    return kind(**{key: _read(f"{name}.{key}", specs[key].metadata, value, zone) for key, value in given.items()})


def _read(path: str, spec: Mapping[str, Any], value: Any, zone: ZoneInfo | None) -> Any:
    kind = spec["kind"]
    if value == "unknown" and kind in ("text", "instant", "number", "integer", "texts_or_null"):
        return None
    if kind in ("tri", "choice"):
        return _checked_choice(path, value, spec["choices"])
    if kind == "instant":
        return _read_instant(path, value, zone)
    if kind in ("texts", "texts_or_null"):
        said = _strings(path, value)
        return tuple(_place(path, one) for one in said) if path in _PLACES else tuple(said)
    if path in _PLACES and isinstance(value, str):
        return _place(path, value) if value.strip() else None
    readers: dict[str, Any] = {"text": str, "integer": int, "number": (int, float), "boolean": bool, "mapping": Mapping}
    if kind == "counts":
        return _counts(path, value)
    if kind != "any" and (not isinstance(value, readers[kind]) or (isinstance(value, bool) and kind != "boolean")):
        raise FactsError(f"{path} must be a {kind}", hint=spec["help"])
    return value


#: Facts that are places.
_PLACES = frozenset({"incident.establishments", "incident.targets", "incident.main_establishment", "population.residence"})


def _place(path: str, value: str) -> str:
    code = place_code(value)
    if code is None:
        raise FactsError(f"{path} names no place that ISO 3166 knows: {plain(value)}", hint="write places as codes: DE, US-CA; EU and EEA stand for all of it")
    return code


def _checked_choice(path: str, value: Any, choices: tuple[str, ...]) -> str:
    said = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    if said not in choices:
        raise FactsError(f"{path} must be one of {', '.join(choices)}")
    return said


def _strings(path: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise FactsError(f"{path} must be a list of texts")
    return value


def _counts(path: str, value: Any) -> dict[str, int]:
    table = {"": value} if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(table, Mapping) or not all(isinstance(item, int) and not isinstance(item, bool) and item >= 0 for item in table.values()):
        raise FactsError(f"{path} must be a whole number, or a table of them by source")
    return dict(table)


def _read_instant(path: str, value: Any, zone: ZoneInfo | None) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, datetime):
        raise FactsError(f"{path} must be a date with a time", hint="write it like 2026-11-02T09:30:00+01:00")
    if moment.tzinfo is None and zone is None:
        raise FactsError(f"{path} has no time zone", hint="add an offset (+01:00) or set clocks.time_zone")
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _check_order(clocks: Clocks) -> None:
    for first, second in (("occurrence_start", "occurrence_end"), ("occurrence_start", "discovery")):
        start, end = getattr(clocks, first), getattr(clocks, second)
        if start and end and start > end:
            raise FactsError(f"clocks.{first} is after clocks.{second}")


def _check_overrides(overrides: tuple[Override, ...]) -> None:
    for override in overrides:
        missing = [name for name in ("target", "value", "who", "when", "why") if getattr(override, name) in (None, "")]
        if missing:
            raise FactsError(f"an override lacks {', '.join(missing)}", hint="an override is recorded with target, value, who, when and why")


def from_dict(stated: Mapping[str, Any]) -> Facts:
    """
    Facts from what `to_dict` wrote, such as `facts` of an assessment.

    Raises:
        FactsError: it holds something no fact can be.
    """
    names = {attribute: name for name, (attribute, _) in LISTS.items()}
    return from_mapping({names.get(key, key): _without_null(value) for key, value in stated.items()})


def _without_null(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_null(item) for key, item in value.items() if item is not None}
    return [_without_null(item) for item in value] if isinstance(value, list) else value
