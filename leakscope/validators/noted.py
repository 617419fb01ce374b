"""Whether a text that stands behind a mere word, without a sign of assignment, is a password or token rather than the next word of a sentence."""

from __future__ import annotations

import re
from itertools import pairwise

from leakscope.validators.credentials import is_stand_in, password

_CLASSES = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"[0-9]"), re.compile(r"[^A-Za-z0-9\s]"))
#: `Windows2019`, `SHA256`, `OAuth2`: a name and a number; also versions, host names, files, options and dates.
_NAMED = re.compile(
    r"^[A-Za-z]+[-_.]?[0-9.]*[A-Za-z]?$|^v?[0-9]+(?:\.[0-9A-Za-z-]+)+$|^[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}|^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.[A-Za-z]{2,5}$|^[-/#&?<{\[]|://|^[A-Z][a-z]+(?:[-/][A-Z]?[a-z]+)+$"
)
#: `login / password`, `login:password`, `login(password`: what stands between the two.
_BETWEEN = re.compile(r"\s{0,2}(?:/{1,2}|[:,(|])\s{0,2}|\s")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
#: Such an identifier, cut short too.
_UUID_BEGUN = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){1,3}(?:-[0-9a-f]{12})?", re.IGNORECASE)

#: The words, numbers and signs that a text is made of; read in one pass, because texts of the evidence may be made to hurt.
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^A-Za-z0-9]")


def _is_spoken(text: str) -> bool:
    """Words and small numbers joined, three characters long on average: `user-guide-2`, `getAccountById2`, `TITLE_OF_PAGE_3`."""
    parts = _PARTS.findall(text)
    spoken = [one for one in parts if one not in "-_."]
    return len(text) >= 3 * len(spoken) and all((one.isalpha() and len(one) >= 2) or (one.isdigit() and len(one) <= 4) for one in spoken)


def _kind(character: str) -> int:
    return next((number for number, one in enumerate(_CLASSES) if one.match(character)), 4)


def changes(text: str) -> float:
    """Share of neighbours of different kinds (small, capital, digit, sign): near 0.6 in random letters and digits, under 0.3 in words."""
    return sum(_kind(a) != _kind(b) for a, b in pairwise(text)) / max(1, len(text) - 1)


def password_noted(text: str) -> bool:
    """Three kinds of characters, a digit or sign that is not merely the number behind a name."""
    text = text.rstrip(".,!?:")
    if len(text) < 6 or not password(text) or is_stand_in(text) or _NAMED.search(text):
        return False
    return sum(bool(one.search(text)) for one in _CLASSES) >= 3 and bool(re.search(r"[0-9]", text))


def _divided(text: str) -> tuple[str, str]:
    """Login and password of a pair; the password empty where nothing stands between two parts."""
    login, *rest = [*_BETWEEN.split(text, maxsplit=1), ""]
    return login, rest[0]


def login_noted(text: str) -> bool:
    """`login/password`, where a word or an address before it says so: the password has a digit or sign and two kinds of characters."""
    login, secret = _divided(text)
    secret = secret.rstrip(".,!?")
    if len(secret) < 4 or re.search(r"[%${}<>=]", login) or is_stand_in(secret) or not password(secret) or _NAMED.search(secret):
        return False
    return sum(bool(one.search(secret)) for one in _CLASSES) >= 2 and bool(re.search(r"[0-9!@#$%^&*+~]", secret))


def host_login_noted(text: str) -> bool:
    """`login/password` in brackets behind a host: the password as strong as where nothing but a word speaks for it."""
    return login_noted(text) and password_noted(_divided(text)[1])


def oracle_login(text: str) -> bool:
    """`login/password@host`: a password that is neither a reference nor the one of manuals."""
    secret = text.partition("/")[2].partition("(")[0].rpartition("@")[0] if "@" in text.partition("(")[0] else ""
    return password(secret) and not is_stand_in(secret) and not re.search(r"[${}<>%]", text.partition("@")[0])


def token_noted(text: str) -> bool:
    """A token of 12 characters or more that no word, version or path is: kinds of characters change as often as in random text."""
    if len(text) < 12 or is_stand_in(text) or not re.search(r"[0-9]", text) or not re.search(r"[A-Za-z]", text):
        return False
    if len(set(text)) < 8 or re.search(r"://|^[./~]|\.[a-z]{2,4}$|^[0-9]{4}-[0-9]{2}-|^v?[0-9]+\.[0-9]", text):
        return False
    if _is_spoken(text):
        return False
    if _UUID_BEGUN.fullmatch(text):
        return bool(_UUID.fullmatch(text))
    return changes(text) >= (0.45 if len(text) < 20 else 0.25)


def key_noted(text: str) -> bool:
    """A token behind the bare word key, which names entries of tables as often as secrets: no UUID, path or list of words."""
    return token_noted(text) and not _UUID_BEGUN.fullmatch(text) and not re.search(r"[/.~]", text)


VALIDATORS = {
    "password_noted": password_noted,
    "login_noted": login_noted,
    "host_login_noted": host_login_noted,
    "oracle_login": oracle_login,
    "token_noted": token_noted,
    "key_noted": key_noted,
}
