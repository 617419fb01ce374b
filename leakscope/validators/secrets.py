"""Whether a text can be a token or a key: made by a machine, not a word, a reference or a placeholder."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from functools import cache
from importlib.resources import files
from itertools import pairwise

import orjson

from leakscope.validators.basics import jwt
from leakscope.validators.credentials import password_word

_REFERENCE = re.compile(r"^(?:\$|%|\{|<|https?:|arn:|projects/|/|\.|~)|\(\)?$|^(?:process|os|env|self|this|config|settings|args|request|req|var|data|local|module|secrets|vault|params)\.")
_WORDS = re.compile(r"^[A-Za-z]+(?:[_./ :@-][A-Za-z]+)*[0-9]{0,2}$")
_FILE = re.compile(r"\.(?:json|ya?ml|pem|key|crt|txt|py|js|ts|go|rb|java|php|env|cfg|ini|html?|png|jpe?g)$", re.IGNORECASE)
_MOMENT = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]?[0-9:.+Z-]*$")
#: Digits from which on a number behind the word for a key is one: longer than identifiers and times.
_NUMBER_LENGTH = 22
_PLACEHOLDER = re.compile(r"(?i)your[_.-]?|example|placeholder|changeme|xxxx|<|>|\*\*\*|\.\.\.|redacted|dummy|sample")


def token(text: str) -> bool:
    """Whether `text` can be a token: letters and digits mixed, not words joined, not a path, reference, date or placeholder."""
    if _REFERENCE.search(text) or _MOMENT.match(text) or _FILE.search(text):
        return False
    if _random_letters(text):
        return True
    if _WORDS.match(text):
        return False
    if text.isdigit():
        return len(text) >= _NUMBER_LENGTH and len(set(text)) >= 6 and text[:10] not in "12345678901234567890"
    return is_stand_in(text) or (any(c.isdigit() for c in text) and any(c.isalpha() for c in text) and len(set(text)) >= 8)


def _random_letters(text: str) -> bool:
    """20 letters and more in which capitals and small ones change, and capitals stand side by side, as in no name of a variable."""
    letters = text.replace("_", "").replace("-", "").rstrip("=")
    pairs = [(a.isupper(), b.isupper()) for a, b in pairwise(letters)]
    return len(letters) >= 20 and letters.isalpha() and 5 * sum(a != b for a, b in pairs) >= 2 * len(pairs) and (True, True) in pairs


def bearer_token(text: str) -> bool:
    """A token behind the word that announces one: random letters alone are enough, when capitals and small ones mix and it is long."""
    if token(text):
        return True
    letters = text.replace("_", "").replace("-", "")
    return len(text) >= 20 and letters.isalnum() and sum(a.islower() and b.isupper() for a, b in pairwise(letters)) >= 4


def is_stand_in(text: str) -> bool:
    """Whether a token is one to be replaced (`your_api_key_goes_here`), so that it opens nothing."""
    return bool(_PLACEHOLDER.search(text))


def chosen_secret(text: str) -> bool:
    """Whether `text` can be a secret that somebody made up: no reference, hash or name of a variable, and more than letters alone."""
    if is_stand_in(text):
        return True
    return password_word(text) and not _FILE.search(text) and (not text.isalpha() or len(set(text.lower())) > 9) and bool(re.search(r"[^A-Za-z_-]|.[-_].*[-_].", text))


def jwt_unsigned(text: str) -> bool:
    """Whether `text` is the first two parts of a JWS: a header with `alg` and claims, both JSON objects (RFC 7515, section 3)."""
    if not jwt(text):
        return False
    claims = text.split(".")[1]
    try:
        return isinstance(orjson.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))), dict)
    except (binascii.Error, ValueError):
        return False


def pem_body(text: str) -> bool:
    """Whether a PEM block holds at least 40 characters of base64 after its headers."""
    body = re.sub(r"-----[A-Z0-9 ]+-----|\\+[nrt]", "", text)
    return any(len(run) >= 40 for run in re.findall(r"[A-Za-z0-9+/=]+", re.sub(r"[\s\"'&#;|>*]|^-", "", body)))


@cache
def _words() -> dict[str, int]:
    listed = (files("mnemonic") / "wordlist" / "english.txt").read_text("ascii").split()
    return {word: index for index, word in enumerate(listed)}


def bip39(text: str) -> bool:
    """Whether `text` is a mnemonic of 12 to 24 listed words whose checksum holds (BIP-39)."""
    words = re.findall(r"[a-z]+", text.lower())
    if len(words) not in (12, 15, 18, 21, 24) or any(word not in _words() for word in words):
        return False
    bits = "".join(f"{_words()[word]:011b}" for word in words)
    size = len(bits) * 32 // 33
    digest = hashlib.sha256(int(bits[:size], 2).to_bytes(size // 8, "big")).digest()
    return f"{digest[0]:08b}"[: len(bits) - size] == bits[size:]


def webhook(text: str) -> bool:
    """Whether the last part of a webhook's path can be a token."""
    return token(text.rstrip("/").rpartition("/")[2])


VALIDATORS = {"token": token, "bearer_token": bearer_token, "chosen_secret": chosen_secret, "jwt_unsigned": jwt_unsigned, "webhook": webhook, "pem_body": pem_body, "bip39": bip39}
