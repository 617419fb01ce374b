"""
Credentials as thieves and browsers write them: password lists of information stealers, cookie jars.

One login is one record, so that address, name and password stay together; a cookie's value stands under its name.
Lines such as `URL:login:password`, `.env`, shadow and htpasswd need no reader: they are text, a line a record.

References:
    Netscape cookie file as curl writes it (https://curl.se/docs/http-cookies.html, read 2026-11); stealer logs as seen in public reports.
"""

from __future__ import annotations

import re

from leakscope.model import Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.encoding import encoding_of
from leakscope.sources.evidence import Evidence
from leakscope.sources.json_lenient import written
from leakscope.sources.tables import Documents
from leakscope.sources.text_lines import lines_of

_NAMES = {
    "url": "url", "host": "url", "hostname": "url", "site": "url", "website": "url", "link": "url", "origin": "url",
    "user": "username", "username": "username", "login": "username", "user name": "username", "email": "username", "user login": "username", "usr": "username",
    "pass": "password", "password": "password", "pwd": "password", "user password": "password", "passw": "password",
    "application": "application", "soft": "application", "browser": "application", "app": "application", "storage": "application", "profile": "profile",
}  # fmt: skip
_FIELD = re.compile(r"\s*(?P<name>[A-Za-z][A-Za-z ]{1,15}?)\s*:\s?(?P<value>.*?)\s*\Z")
_COOKIES = "# Netscape HTTP Cookie File"
_COOKIE = re.compile(rb"(?:#HttpOnly_)?[\w.-]+\t(?:TRUE|FALSE)\t[^\t\n]*\t(?:TRUE|FALSE)\t-?[\d.]+\t[^\t\n]*\t[^\n]*\n", re.IGNORECASE)


def _field(line: str) -> tuple[str, str] | None:
    found = _FIELD.match(line)
    name = _NAMES.get(found["name"].lower()) if found else None
    return (name, found["value"]) if found and name else None


def _is_logins(head: bytes, name: str) -> float:
    """Blocks of lines that begin with URL, login and password, two of them at least."""
    encoding = encoding_of(head)
    if encoding is None:
        return 0.0
    lines = [line for line in head.decode(encoding, "replace").splitlines()[:400] if line.strip()]
    names = [field[0] for line in lines if (field := _field(line))]
    enough = min(names.count(one) for one in ("url", "username", "password")) >= 2
    return 0.9 if enough and len(names) >= 0.5 * len(lines) else 0.0


def _logins(evidence: Evidence) -> Reading:
    """A record for each login: it ends where a name comes a second time; other lines are records of their own."""
    gathered = Documents(evidence.name)
    held: dict[str, str] = {}
    for line in lines_of(evidence):
        if isinstance(line, SetAside):
            yield from gathered.pass_on(line)
            continue
        field = _field(line)
        if field is None:
            if re.fullmatch(r"\W+", line.strip()):
                continue
            yield from gathered.add("", written({"line": line}))
            continue
        if field[0] in held:
            yield from gathered.add("", written(held))
            held = {}
        held[field[0]] = field[1]
    if held:
        yield from gathered.add("", written(held))
    yield from gathered.rest()


def _is_cookies(head: bytes, name: str) -> float:
    """By its first line, or by lines of seven fields with two truths among them, which thieves' tools write without it."""
    if head.startswith((_COOKIES.encode(), b"# HTTP Cookie File")):
        return 0.95
    return 0.9 if _COOKIE.match(head.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")[:8192]) else 0.0


def _cookies(evidence: Evidence) -> Reading:
    """A record for each cookie."""
    gathered = Documents(evidence.name)
    for line in lines_of(evidence):
        if isinstance(line, SetAside):
            yield from gathered.pass_on(line)
            continue
        parts = line.removeprefix("#HttpOnly_").split("\t")
        if len(parts) < 7:
            if not line.startswith("#"):
                yield from gathered.add("", written({"line": line}))
            continue
        domain, _, path, _, expires, *cookie = parts
        value = "\t".join(cookie[1:])
        yield from gathered.add("", written({"domain": domain, "path": path, "expires": expires, "cookie": f"{cookie[0]}={value}"}))
    yield from gathered.rest()


FORMATS = (
    Format(name="stealer-logins", title="Logins of an information stealer", suffixes=(".txt",), sniff=_is_logins, read=_logins),
    Format(name="cookies", title="Cookie jar (Netscape)", suffixes=(".txt",), sniff=_is_cookies, read=_cookies),
)
