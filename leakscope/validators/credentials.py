"""Whether a text can be a password, a login or a code, rather than a word about one."""

from __future__ import annotations

import base64
import re

_CLASSES = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"[0-9]"), re.compile(r"[^A-Za-z0-9\s]"))
_REFERENCE = re.compile(r"^(?:\$|%|\{|<|@\{|!(?:Ref|Sub|GetAtt|ImportValue|secret|env|vault)\b|process\.env|os\.|env\.|self\.|this\.|config\.|settings\.|args\.|request\.|req\.)|\($|\(\)|\}\}?$|^[A-Za-z_]+(?:\.[A-Za-z_]+){1,5}$")
_HASHED = re.compile(r"^(?:\$[0-9a-z]{1,10}\$|[0-9a-fA-F]{32}$|[0-9a-fA-F]{40}$|[0-9a-fA-F]{64}$|[0-9a-fA-F]{128}$|\{S?(?:SHA|MD5)|pbkdf2|scrypt:|\*[0-9A-F]{40}$)")
_MOMENT = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}|^[0-9]{10}(?:[0-9]{3})?$")
_MASKED = re.compile(r"^(.)\1+$|^[*xX•.#-]+$|\*{3}|•{3}|^\[?(?i:redacted|filtered|masked|hidden|removed)\]?$")
_PLACEHOLDER = re.compile(r"(?i)^(?:your|my)[_-]|^(?:(?:your|my|the|some|any|new|old|enter|insert|change|example|sample)[ _.-]?)?(?:(?:your|db|database|user|root|admin|new|secure|strong|test|default)[ _.-])?(?:passw(?:or)?d|pass|pwd|password_?here|secret|passphrase)(?:[ _.-]?(?:here|goes here)?)$|^/[a-z]+/|^[a-z]:[\\\\/]|example|placeholder|changeme|change_me")
_SENTENCE = re.compile(r"^[A-Za-z]+(?: [A-Za-z]+){3,}[.!?]?$")
#: Names of variables and functions about passwords; what people choose is hardly ever built so.
_VARIABLE = re.compile(
    r"(?i)^(?:get|set|new|old|raw|plain|hashed|encrypted|user|db|database|admin|root|my|the|self|form|input|current|confirm|default|env|cfg|config|settings?|args?|opts?|options?|params?|request|req|ctx|data|result|res|value|str|string|kwargs|credentials?|creds|auth|account|login|smtp|mail|email|host|http|https)?"
    r"[_.-]?(?:user|db|admin|login|account|auth)?[_.-]?(?:passw(?:or)?d|pass|pwd|passphrase|secret|hash|value|name|text|field|input|param|arg|string|data|token|key|user(?:name)?|email|host|port)s?(?:[_.-]?(?:hash|here|field|input|text|value|str|string|param|arg|var|env|file))?[0-9]?$"
)


def _classes(text: str) -> int:
    return sum(bool(one.search(text)) for one in _CLASSES)


def password(text: str) -> bool:
    """Whether `text` can be a password: not masked, hashed, a date, a reference to a variable, or a sentence."""
    if text != text.strip() or text.startswith((",", "`", ";", ")", "]", ">", "assword=", "assword:")):
        return False
    return len(text) >= 3 and not (_MASKED.search(text) or _REFERENCE.search(text) or _SENTENCE.match(text) or _MOMENT.match(text) or _HASHED.match(text))


def is_stand_in(text: str) -> bool:
    """Whether a password is one to be replaced (`your_password_here`), so that it opens nothing."""
    return bool(_PLACEHOLDER.search(text))


def password_strong(text: str) -> bool:
    """A password where nothing but the word before it speaks for it: two kinds of characters, one of them a digit or a sign."""
    text = text.rstrip(".,!?")
    if not password(text) or len(text) < 5 or "://" in text:
        return False
    return _classes(text) >= 2 and bool(re.search(r"[0-9]|[!@#$%^&*?+=~]", text))


def password_word(text: str) -> bool:
    """A password that may be a plain word, where a login or the form of a setting speaks for it: not the name of a variable."""
    text = text.rstrip(".,!?")
    if not password(text) or len(text) < 4 or "://" in text or re.fullmatch(r"[0-9]{1,3}|[0-9.]+(?:s|ms|px|%)", text):
        return False
    return is_stand_in(text) or not (_VARIABLE.match(text) or _CAMEL.search(text))


def password_beside_login(text: str) -> bool:
    """A plain word that may be a password where a login stands beside it: not a word that prose and code say of passwords."""
    return password_word(text) and text.rstrip(".,!?").lower() not in _SAID


#: What sentences, forms and types say behind the word password.
_SAID = frozenset(
    """
    access account accounts after again also and are attempt attempts auth authentication because been before box button can change changed changes check
    checks column columns combination confirm confirmation correct correctly could credential credentials data database details did does each email empty
    encrypted entered every example expired expires false field fields file files for forgot forgotten form from generator had has hash hashed hashes
    hashing have here hint incorrect information input inputs insert int into is just know length less like link login make manager managers match matches
    may might more most must need none not null number only optional options over page pair pairs policies policy prompt protected protection r recovery
    required requirement requirements reset resets rule rules screen select settings sharing should since some storage stored strength string strings tab
    table text than that their then there they this true type undefined update used user username users uses using validation value values varchar
    verification very want was what when where which while will with would your
    """.split()
)
#: `newPassword`, `passwordHash`: a variable in source code.
_CAMEL = re.compile(r"^[a-z]+(?:Password|Passwd|Pwd|Pass|Hash|Value|Field|Input|Text|Param|Env|Secret)|^(?:password|passwd|pwd|pass)[A-Z]")


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
    """`login:password`, both there, neither a variable, a port, a time nor the first of two hashes."""
    login, separator, secret = [*re.split(r"([:|;])", text, maxsplit=1), "", ""][:3]
    login, secret = login.strip("\"'"), secret.strip("\"'")
    if not separator or (len(secret) < 4 and len(login) < 6) or re.fullmatch(r"[0-9]{2,5}", login) or re.search(r"[${<%(]", login):
        return False
    if re.fullmatch(r"[0-9T:.+Z-]+", text):
        return False
    if re.match(r"[A-Za-z ]{2,30}=", secret) or re.fullmatch(r"[0-9a-f]{32}|[0-9A-F]{32}", login):
        return False
    return not (secret and _REFERENCE.search(secret)) and not _MASKED.search(secret) and "//" not in login


def url_with_password(text: str) -> bool:
    """An address whose user information holds a password that is no variable."""
    secret = text.partition("://")[2].rpartition("@")[0].partition(":")[2]
    return not _REFERENCE.search(secret) and not _MASKED.search(secret) and not re.search(r"[{}<>\[\]]|\$[A-Z(]", secret)


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


def digest_base64(text: str) -> bool:
    """Base64 of as many bytes as SHA-1, SHA-256 or SHA-512 gives (FIPS 180-4), or their key derivations."""
    try:
        return len(base64.b64decode(text, validate=True)) in (20, 32, 64)
    except ValueError:
        return False


VALIDATORS = {
    "base64_text": base64_text,
    "digest_base64": digest_base64,
    "password": password,
    "password_strong": password_strong,
    "password_word": password_word,
    "password_beside_login": password_beside_login,
    "password_field": password_field,
    "email_password": email_password,
    "login_password": login_password,
    "url_with_password": url_with_password,
    "recovery_code": recovery_code,
}
