"""Pipelines: one TOML per kind of exposure, runnable by name or path; users copy and edit them."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from leakscope.errors import CatalogueError, UsageError
from leakscope.safety.escape import plain
from leakscope.sources import formats


def bundled(kind: str) -> Path:
    """
    The folder of bundled `pipelines` or `corpora`: inside the package when installed, beside it in a checkout.

    Raises:
        UsageError: the installation lacks it.
    """
    package = Path(__file__).resolve().parent.parent
    for place in (package / "bundled" / kind, package.parent / kind):
        if place.is_dir():
            return place
    raise UsageError(f"This installation lacks its {kind}", hint="Install the wheel again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """
    What a kind of exposure asks of a run; anything given on the command line wins.

    Args:
        name: short name.
        title: one line.
        description: what it is for.
        format: reader to use for every file; null lets each be identified.
        time_budget_seconds: for the expensive tier; null reads all.
        min_confidence: findings below it are not counted.
        names: model for names; "none" leaves it out.
        chat: whether conversations are read.
        scheme: severity scheme.
        exposure: facts that this kind of exposure implies unless the facts file says otherwise.
    """

    name: str
    title: str
    description: str
    format: str | None = None
    time_budget_seconds: float | None = 60.0
    min_confidence: float = 0.5
    names: str = "default"
    chat: bool = True
    scheme: str = "enisa-2013"
    exposure: dict[str, Any] = field(default_factory=dict)


def parse_duration(text: str) -> float | None:
    """
    Seconds of `90s`, `10m`, `2h`; null for `none`.

    Raises:
        UsageError: anything else.
    """
    units = {"s": 1.0, "m": 60.0, "h": 3600.0}
    if text.strip().lower() == "none":
        return None
    number, unit = text.strip()[:-1], text.strip()[-1:].lower()
    try:
        seconds = float(number) * units[unit]
    except (KeyError, ValueError):
        seconds = -1.0
    if not 0 < seconds < 1e7:
        raise UsageError(f"{text!r} is no duration", hint="Write 90s, 10m, 2h or none.")
    return seconds


@cache
def pipeline_names() -> tuple[str, ...]:
    """Names of the bundled pipelines, sorted."""
    return tuple(sorted(path.stem for path in bundled("pipelines").glob("*.toml")))


def load_pipeline(name_or_path: str) -> Pipeline:
    """
    A pipeline by bundled name or by path.

    Raises:
        UsageError: there is none of that name.
        CatalogueError: the file is not well formed; the message says which key.
    """
    if name_or_path in pipeline_names():
        path = bundled("pipelines") / f"{name_or_path}.toml"
    else:
        path = Path(name_or_path)
        if not path.is_file():
            raise UsageError(f"There is no pipeline {name_or_path!r}", hint=f"Ready ones: {', '.join(pipeline_names())}; or give the path of a TOML file.")
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name} is not valid TOML: {error}") from None
    return _pipeline(content, path)


def _pipeline(content: dict[str, Any], path: Path) -> Pipeline:
    if content.pop("schema_version", None) != 1:
        raise CatalogueError(f"{path.name} lacks schema_version = 1")
    budget = content.pop("time_budget", None)
    content.setdefault("name", path.stem)
    known = {one.name for one in fields(Pipeline)}
    if unknown := sorted(set(content) - known):
        raise CatalogueError(f"{path.name} has unknown keys: {', '.join(unknown)}", hint=f"Known keys: time_budget, {', '.join(sorted(known))}.")
    if budget is not None:
        content["time_budget_seconds"] = parse_duration(str(budget))
    if missing := [name for name in ("title", "description") if name not in content]:
        raise CatalogueError(f"{path.name} lacks {' and '.join(missing)}")
    _check_kinds(content, path)
    _check_format(content.get("format"), path)
    if "scheme" in content:
        content["scheme"] = _scheme(content["scheme"], path)
    return Pipeline(**content)


#: What each key must be, in words.
_KINDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    **dict.fromkeys(("name", "title", "description", "format", "names", "scheme"), (str, "a text")),
    "chat": (bool, "true or false"),
    "min_confidence": ((int, float), "a number"),
    "time_budget_seconds": ((int, float, type(None)), "a number of seconds"),
    "exposure": (dict, "a table"),
}


def _check_kinds(content: dict[str, Any], path: Path) -> None:
    for name, value in content.items():
        kind, words = _KINDS[name]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise CatalogueError(f"{path.name}: {name} must be {words}")


def _check_format(name: str | None, path: Path) -> None:
    """A format that nobody can read would quietly leave every file to be identified by itself."""
    if name is None or name in formats():
        return
    near = difflib.get_close_matches(name, list(formats()), 1)
    hint = f"Did you mean {near[0]}?" if near else "leakscope catalogue list formats lists them."
    raise CatalogueError(f"{path.name}: there is no format {plain(name)}", hint=hint)


def _scheme(name: str, path: Path) -> str:
    """The scheme's name, or its path as seen from the pipeline's file, which may be copied together with it."""
    beside = path.parent / name
    return str(beside) if name.endswith(".toml") and beside.is_file() else name
