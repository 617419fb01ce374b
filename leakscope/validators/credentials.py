"""Whether a text can be a password, a login or a code, rather than a word about one."""

from __future__ import annotations

import base64
import re

_CLASSES = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"[0-9]"), re.compile(r"[^A-Za-z0-9\s]"))
_REFERENCE = re.compile(r"^(?:\$|%|\{|<|@\{|process\.env|os\.|env\.|self\.|this\.|config\.|settings\.|args\.|request\.|req\.)|\($|\(\)|\}\}?$|^[A-Za-z_]+(?:\.[A-Za-z_]+){1,5}$")
_HASHED = re.compile(r"^(?:\$[0-9a-z]{1,10}\$|[0-9a-fA-F]{32}$|[0-9a-fA-F]{40}$|[0-9a-fA-F]{64}$|[0-9a-fA-F]{128}$|\{S?(?:SHA|MD5)|pbkdf2|scrypt:|\*[0-9A-F]{40}$)")
_MOMENT = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}|^[0-9]{10}(?:[0-9]{3})?$")
_MASKED = re.compile(r"^(.)\1+$|^[*xX•.#-]+$|\*{3}|•{3}|^\[?(?i:redacted|filtered|masked|hidden|removed|secret)\]?$")
_PLACEHOLDER = re.compile(r"(?i)^(?:(?:your|my|the|some|any|new|old|enter|insert|change|example|sample)[ _.-]?)?(?:(?:your|db|database|user|root|admin|new|secure|strong|test|default)[ _.-])?(?:passw(?:or)?d|pass|pwd|password_?here|secret|passphrase)(?:[ _.-]?(?:here|goes here)?)$|^/[a-z]+/|^[a-z]:[\\\\/]|example|placeholder|changeme|change_me")
_SENTENCE = re.compile(r"^[A-Za-z]+(?: [A-Za-z]+){3,}[.!?]?$")


def _classes(text: str) -> int:
    return sum(bool(one.search(text)) for one in _CLASSES)


def password(text: str) -> bool:
    """Whether `text` can be a password: not masked, hashed, a date, a reference to a variable, or a sentence."""
    if text != text.strip() or text.startswith((",", "`", ";", ")", "]", ">")):
        return False
    return len(text) >= 3 and not (_MASKED.search(text) or _REFERENCE.search(text) or _PLACEHOLDER.search(text) or _SENTENCE.match(text) or _MOMENT.match(text) or _HASHED.match(text))


def password_strong(text: str) -> bool:
    """A password where nothing but the word before it speaks for it: two kinds of characters, one of them a digit or a sign."""
    text = text.rstrip(".,!?")
    if not password(text) or len(text) < 5 or "://" in text:
        return False
    return _classes(text) >= 2 and bool(re.search(r"[0-9]|[!@#$%^&*?+=~]", text))


def password_field(text: str) -> bool:
    """A password that fills a field called so: anything but a state, a time or a number of tries."""
    return password(text) and not re.fullmatch(r"(?i)[0-9]{1,3}|true|false|null|none|yes|no|on|off|enabled|disabled|set|unset|never|expired|ok|reset|changed|required|optional", text.strip())


def email_password(text: str) -> bool:
    """`mail:password` of a credential list: neither a port, a path, a word of prose nor a git address."""
    found = re.match(r"([^:;|]+)[:;|](.*)$", text)
    if not found:
        return False
    secret = found[2]
    if text.startswith("git@") or re.fullmatch(r"[0-9]{2,5}", secret) or secret.endswith((".git", ".")):
        return False
    return not _REFERENCE.search(secret) and not _MASKED.search(secret) and len(secret) >= 4


def login_password(text: str) -> bool:
    """`login:password`, both there, neither a variable, a port nor a time."""
    login, separator, secret = [*re.split(r"([:|;])", text, maxsplit=1), "", ""][:3]
    login, secret = login.strip("\"'"), secret.strip("\"'")
    if not separator or (len(secret) < 4 and len(login) < 6) or re.fullmatch(r"[0-9]{2,5}", login) or re.search(r"[${<%(]", login):
        return False
    if re.fullmatch(r"[0-9T:.+Z-]+", text):
        return False
    return not (secret and _REFERENCE.search(secret)) and not _MASKED.search(secret) and "//" not in login


def url_with_password(text: str) -> bool:
    """An address whose user information holds a password that is neither a variable nor the word itself."""
    secret = text.partition("://")[2].partition("@")[0].partition(":")[2]
    plain = secret.lower() not in {"password", "passwd", "pass", "pwd", "secret", "token", "xxxx", "****", "user"}
    return plain and not _REFERENCE.search(secret) and not _MASKED.search(secret) and not re.search(r"[{}<>\[\]]|\$[A-Z(]", secret)


def recovery_code(text: str) -> bool:
    """A code of random characters: digits in it, not a date, not one character over and over."""
    bare = re.sub(r"[\s-]", "", text)
    return any(c.isdigit() for c in bare) and len(set(bare)) > 3 and not re.fullmatch(r"(?:19|20)[0-9]{6}", bare)


def base64_text(text: str) -> bool:
    """Base64 of printable text that holds more than letters in lower case (a plain word would decode to noise)."""
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except ValueError:
        return False
    return decoded.strip().isprintable() and len(decoded) >= 4


VALIDATORS = {
    "base64_text": base64_text,
    "password": password,
    "password_strong": password_strong,
    "password_field": password_field,
    "email_password": email_password,
    "login_password": login_password,
    "url_with_password": url_with_password,
    "recovery_code": recovery_code,
}
