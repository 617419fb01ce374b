"""
Settings in sections (credentials of AWS, MySQL, rclone, s3cmd) and logins of `.netrc`: one section or machine is one record, so that a name
and its password, or a key and its secret, stay together.

Environment files, YAML and programs stay lines of text, whose detectors know their forms. configparser would refuse a file with a value that
goes on without an indent or a key that comes twice; a netrc module reads from a path alone.

References:
    AWS CLI, "Configuration and credential file settings"; GNU inetutils manual, "The .netrc file" (from memory, 2026-11).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

from leakscope.model import Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.encoding import encoding_of
from leakscope.sources.evidence import Evidence
from leakscope.sources.json_lenient import written
from leakscope.sources.tables import Documents
from leakscope.sources.text_lines import lines_of

_SECTION = re.compile(r"\s*\[([^\[\]]{1,200})\]\s*(?:[#;].*)?")
_SETTING = re.compile(r"\s*([A-Za-z_][\w .:/-]{0,80}?)\s*[=:]\s*(.*?)\s*")
_MACHINE = re.compile(r"\s*(?:machine\s+\S+|default)\b")
_WORDS = ("login", "password", "account", "user")


def _lines(head: bytes) -> list[str]:
    encoding = encoding_of(head)
    text = head.decode(encoding, "replace").removeprefix("\ufeff") if encoding else ""
    return [line for line in text[: 32 * 1024].splitlines()[:300] if line.strip() and not line.lstrip().startswith(("#", ";"))]


def _is_sections(head: bytes, name: str) -> float:
    """Sections and settings, nearly nothing else, and no program's project file."""
    lines = _lines(head)
    if not lines or name.endswith((".toml", ".lock", ".cfg", ".py", ".desktop", ".service")) or not _SECTION.fullmatch(lines[0]):
        return 0.0
    settings = sum(bool(_SETTING.fullmatch(line)) for line in lines)
    sections = sum(bool(_SECTION.fullmatch(line)) for line in lines)
    going_on = sum(line[:1] in " \t" and not _SETTING.fullmatch(line) for line in lines)
    return 0.6 if settings >= 2 and settings + sections + going_on >= 0.9 * len(lines) else 0.0


def _sections(evidence: Evidence) -> Reading:
    """A record for each section, its name in `_section`; a line that is no setting goes on the value before it."""
    gathered = Documents(evidence.name)
    held: dict[str, str] = {}
    last = ""
    for line in lines_of(evidence):
        if isinstance(line, SetAside):
            yield from gathered.pass_on(line)
        elif (section := _SECTION.fullmatch(line)) is not None:
            if held:
                yield from gathered.add("", written(held))
            held, last = {"_section": section[1]}, ""
        elif line.lstrip().startswith(("#", ";")):
            yield from gathered.add("", written({"line": line}))
        elif (setting := _SETTING.fullmatch(line)) is not None:
            last = setting[1]
            while last in held:
                last += "_again"
            held[last] = setting[2].strip("\"'") if setting[2][:1] == setting[2][-1:] else setting[2]
        elif last:
            held[last] += f"\n{line.strip()}"
        else:
            yield from gathered.add("", written({"line": line}))
    if held:
        yield from gathered.add("", written(held))
    yield from gathered.rest()


def _is_netrc(head: bytes, name: str) -> float:
    """A machine with a login or a password."""
    lines = _lines(head)
    if not lines or not _MACHINE.match(lines[0]):
        return 0.0
    words = " ".join(lines).split()
    return 0.9 if "machine" in words and "password" in words else 0.0


def _machines(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    held: dict[str, Any] = {}
    expected = ""
    for line in lines:
        if line.lstrip().startswith("#"):
            yield {"line": line}
            continue
        for word in _words(line):
            if expected:
                held[expected], expected = word, ""
            elif word in ("machine", "default", "macdef"):
                if held:
                    yield held
                held, expected = ({}, "machine") if word == "machine" else ({"machine": word}, "") if word == "default" else ({}, "macro")
            elif word in _WORDS:
                expected = word
            else:
                held["rest"] = f"{held['rest']} {word}" if "rest" in held else word
    if held:
        yield held


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # a quote that never closes
        return line.split()


def _netrc(evidence: Evidence) -> Reading:
    """A record for each machine."""
    gathered = Documents(evidence.name)
    aside: list[SetAside] = []

    def texts() -> Iterator[str]:
        for line in lines_of(evidence):
            if isinstance(line, SetAside):
                aside.append(line)
            else:
                yield line

    for record in _machines(texts()):
        yield from gathered.add("", written(record))
    for piece in aside:
        yield from gathered.pass_on(piece)
    yield from gathered.rest()


FORMATS = (
    Format(name="settings", title="Settings in sections (AWS credentials, my.cnf, ini)", suffixes=(".ini", ".cnf", ".conf"), sniff=_is_sections, read=_sections),
    Format(name="netrc", title="Logins of command line tools (.netrc)", suffixes=(".netrc",), sniff=_is_netrc, read=_netrc),
)
