"""Makes two writings of one value equal, so that they get one fingerprint. One function per normaliser named in the vocabulary."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache

from leakscope.vocabulary import entities

_GMAIL = {"gmail.com", "googlemail.com"}


def _folded(text: str) -> str:
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def _digits(text: str) -> str:
    folded = _folded(text)
    if folded.isascii():
        return "".join(filter(str.isdigit, folded))
    return "".join(str(unicodedata.digit(c)) for c in folded if c.isdigit() and unicodedata.digit(c, -1) >= 0)


def _alnum_upper(text: str) -> str:
    return "".join(filter(str.isalnum, _folded(text))).upper()


def _record_number(text: str) -> str:
    """Letters and digits without the letters MRN that some systems write before a medical record number and others do not."""
    joined = _alnum_upper(text)
    return joined[3:] if joined.startswith("MRN") and joined[3:4].isdigit() else joined


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", _folded(text).casefold()))


def _name(text: str) -> str:
    """Words without case or accents; `last, first` is turned round."""
    last, comma, first = _folded(text).partition(",")
    ordered = f"{first} {last}" if comma and first.strip() and "," not in first else text
    bare = "".join(c for c in unicodedata.normalize("NFKD", ordered) if not unicodedata.combining(c))
    return _words(bare)


def _email(text: str) -> str:
    """Lower case; tags and dots that the provider ignores are kept, because another provider may not ignore them."""
    local, _, domain = _folded(text).casefold().rpartition("@")
    return f"{local}@{'gmail.com' if domain in _GMAIL else domain.rstrip('.')}"


def _phone(text: str) -> str:
    """Digits, with a leading + when the number was written internationally."""
    folded = _folded(text)
    digits = _digits(folded)
    if folded.lstrip("( ").startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") and len(digits) > 9 else digits


def _date(text: str) -> str:
    """The digits and letters of a date as written; dates are only compared after linkage has parsed them."""
    return re.sub(r"[^0-9a-z]+", "-", _folded(text).casefold()).strip("-")


def _pem(text: str) -> str:
    """The base64 body of a PEM block without its line breaks, escaped or not."""
    body = re.sub(r"-----[A-Z0-9 ]+-----", "", _folded(text).replace("\\r", "").replace("\\n", ""))
    return re.sub(r"[^A-Za-z0-9+/=]", "", body)


NORMALISERS: Mapping[str, Callable[[str], str]] = {
    "exact": _folded,
    "lower": lambda text: _folded(text).casefold(),
    "digits": _digits,
    "alnum_upper": _alnum_upper,
    "record_number": _record_number,
    "words": _words,
    "name": _name,
    "email": _email,
    "phone": _phone,
    "date": _date,
    "pem": _pem,
}


@cache
def _normaliser(entity: str) -> Callable[[str], str]:
    known = entities().get(entity)
    return NORMALISERS[known.normalise if known else "exact"]


def normalise(entity: str, text: str) -> str:
    """
    The comparable form of a value.

    Args:
        entity: its entity type; an unknown one is compared exactly.
        text: the decoded slice as found.

    Returns:
        Equal strings for values that mean the same; the folded text itself when nothing comparable is left of it.
    """
    return _normaliser(entity)(text) or _folded(text)
