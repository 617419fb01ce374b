"""Shapes that no check digit guards, but that ordinary words and codes must not pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from stdnum.iso7064 import mod_11_2

from leakscope.validators.checksums import alnum_of, digits_of, icao_check_digit, is_not_repeated

#: First path segments of social sites that are pages of the site, not people.
_SITE_PAGES = frozenset(
    {
        "about", "accounts", "ads", "api", "apps", "blog", "business", "channel", "channels", "collections", "compose", "contact", "developer",
        "developers", "docs", "download", "events", "explore", "features", "groups", "hashtag", "help", "home", "i", "in", "intent", "jobs",
        "join", "legal", "login", "logout", "marketplace", "messages", "news", "notifications", "oauth", "p", "pages", "photo", "photos",
        "playlist", "policies", "policy", "pricing", "privacy", "profile", "r", "reel", "reels", "results", "search", "security", "services",
        "settings", "share", "sharer", "shop", "signin", "signup", "sponsors", "status", "stories", "support", "tags", "terms", "topics", "trending",
        "tv", "user", "users", "video", "videos", "watch", "web", "www", "sharer.php", "profile.php", "index.html", "orgs", "s", "c", "embed", "plugins",
    }
)  # fmt: skip
#: Variables whose attributes look like dotted user names.
_CODE_OBJECTS = frozenset(
    {"args", "config", "ctx", "data", "db", "entry", "env", "event", "form", "input", "message", "models", "options", "os", "params", "process", "req", "request", "res", "result", "row", "self", "session", "settings", "this", "user"}
)  # fmt: skip
_DATE_OR_YEAR = re.compile(
    r"(?:19|20)[0-9]{2}(?:[-/.](?:0?[1-9]|1[0-2]))?(?:[-/.][0-3]?[0-9])?|[0-3]?[0-9][-/.][0-3]?[0-9][-/.](?:19|20)?[0-9]{2}"
)
_NOT_STREETS = frozenset(
    {
        "hard",
        "solid",
        "state",
        "flash",
        "usb",
        "disk",
        "ssd",
        "test",
        "best",
        "right",
        "wrong",
        "easy",
        "only",
        "this",
        "that",
        "year",
        "minute",
        "hour",
    }
)
_NOT_USERS = frozenset(
    {
        "admin", "administrator", "anonymous", "api", "bot", "default", "email", "false", "field", "guest", "id", "invalid", "login", "name",
        "nan", "nil", "none", "null", "optional", "password", "public", "required", "realm", "root", "service", "string", "system", "test", "the", "this",
        "true", "undefined", "unknown", "user", "username", "value", "your", "your_username", "yourusername", "www-data", "your-username", "postgres",
    }
)  # fmt: skip


def _social_handle(text: str) -> bool:
    name = text.lstrip("@$").rstrip(".").lower()
    return len(name) > 1 and name not in _SITE_PAGES and any(c.isalnum() for c in name)


def _username(text: str) -> bool:
    """Whether a name is neither a stand-in nor an attribute of a variable in source code."""
    name = text.lower()
    if name.partition(".")[0] in _CODE_OBJECTS and "." in name:
        return False
    return name not in _NOT_USERS and not any(part in name for part in ("your", "userid", "user_id", "username", "example"))


def _record_number(text: str) -> bool:
    """Whether a number in a file's record holds enough digits, not all alike, and is neither a date nor a year."""
    digits = digits_of(text)
    return len(digits) >= 3 and is_not_repeated(digits) and not _DATE_OR_YEAR.fullmatch(text.strip("- "))


def _street_address(text: str) -> bool:
    """Whether no word before the kind of street says that a disk, a study or a point of a list is meant."""
    return not set(re.findall(r"[a-z]+", text.lower())) & _NOT_STREETS


def _icd10(text: str) -> bool:
    """
    A category that ICD-10 has: letters run to Z99, U holds provisional codes, and all-zero tails do not exist.

    Source:
        WHO, ICD-10 chapters I to XXII.
    """
    value = text.upper()
    return value[0] != "U" or value[:3] in ("U07", "U08", "U09", "U10", "U11", "U12")


def _plate(text: str) -> bool:
    value = alnum_of(text)
    return 4 <= len(value) <= 9 and any(c.isdigit() for c in value) and any(c.isalpha() for c in value)


def _pnr(text: str) -> bool:
    """
    Six characters with a digit, or a consonant cluster that no word of six capitals has.

    Source:
        IATA; the reservation systems leave out 0 and 1, or I and O, but not the same ones.
    """
    return text.isalnum() and any(c.isalpha() for c in text) and (any(c.isdigit() for c in text) or not re.search("[AEIOUY]", text))


def _vin_shape(text: str) -> bool:
    value = text.upper()
    return len(set(value)) > 5 and any(c.isalpha() for c in value) and value[-4:].isdigit()


def _orcid(text: str) -> bool:
    """
    Sixteen characters by ISO 7064 MOD 11-2 within the block that ISNI gave to ORCID.

    Source:
        ORCID, structure of the ORCID identifier; blocks 0000-0001-5 to 0000-0003-5 and 0009-0000 to 0009-0010.
    """
    value = alnum_of(text)
    return value.startswith(("00000001", "00000002", "00000003", "0009")) and mod_11_2.is_valid(value)


def _mrz(text: str) -> bool:
    """
    Second line of a passport's machine-readable zone: check digits of number, birth, expiry and the whole.

    Source:
        ICAO Doc 9303 part 4, section 4.2.2.
    """
    line = text.replace("\r", "").replace("\n", "")[44:]
    if len(line) != 44:
        return False
    parts = ((line[:9], line[9]), (line[13:19], line[19]), (line[21:27], line[27]))
    whole = line[:10] + line[13:20] + line[21:43]
    return all(digits_of(check) and icao_check_digit(field) == int(check) for field, check in parts) and icao_check_digit(whole) == int(
        line[43]
    )


VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "social_handle": _social_handle,
    "username": _username,
    "record_number": _record_number,
    "street_address": _street_address,
    "icd10": _icd10,
    "plate_shape": _plate,
    "pnr": _pnr,
    "vin_shape": _vin_shape,
    "orcid": _orcid,
    "mrz": _mrz,
}
