"""Structure of the numbers and tokens that have no country: cards, IBANs, addresses of networks and mail."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import zlib
from typing import NamedTuple

import orjson
import phonenumbers
from stdnum import iban

from leakscope.validators.phone_lengths import may_be_whole

_CARD_LENGTHS = range(12, 20)
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def luhn(text: str) -> bool:
    """Whether the digits of `text` pass the Luhn check (ISO/IEC 7812-1, annex B)."""
    digits = [int(c) for c in text if c.isascii() and c.isdigit()]
    if len(digits) < 2 or not any(digits):
        return False
    total = sum(digits[-1::-2]) + sum(2 * d - 9 * (d > 4) for d in digits[-2::-2])
    return total % 10 == 0


def card_issuer(text: str) -> str | None:
    """Payment scheme of a card number by its first digits, or null when no scheme uses them at that length."""
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    within = (one for one in ISSUERS if one.least <= len(digits) <= one.most and one.first <= digits[: len(one.first)] <= one.last)
    return next((one.scheme for one in within), None)


class Issuer(NamedTuple):
    """A payment scheme, the least and most digits of its cards, and the first and last prefix of a range of them, of one length."""

    scheme: str
    least: int
    most: int
    first: str
    last: str


#: ISO/IEC 7812 issuer ranges as the schemes publish them; read 2026-11, from memory. The first that holds names the scheme.
ISSUERS = tuple(
    Issuer(*row)
    for row in (
        ("mastercard", 16, 16, "51", "55"),
        ("mastercard", 16, 16, "2221", "2720"),
        ("american_express", 15, 15, "34", "34"),
        ("american_express", 15, 15, "37", "37"),
        ("diners_club", 14, 14, "300", "305"),
        ("diners_club", 14, 14, "36", "36"),
        ("diners_club", 14, 14, "38", "39"),
        ("diners_club", 16, 16, "300", "305"),
        ("discover", 16, 19, "6011", "6011"),
        ("discover", 16, 19, "644", "649"),
        ("discover", 16, 19, "65", "65"),
        ("jcb", 16, 19, "3528", "3589"),
        ("mir", 16, 19, "2200", "2204"),
        ("rupay", 16, 16, "81", "82"),
        ("rupay", 16, 16, "508", "508"),
        ("rupay", 16, 16, "353", "353"),
        ("rupay", 16, 16, "356", "356"),
        ("rupay", 16, 16, "6521", "6521"),
        ("unionpay", 16, 19, "62", "62"),
        ("maestro", 12, 19, "50", "50"),
        ("maestro", 12, 19, "67", "67"),
        ("maestro", 12, 19, "63", "63"),
        ("maestro", 12, 19, "56", "58"),
        ("visa", 13, 13, "4", "4"),
        ("visa", 16, 16, "4", "4"),
        ("visa", 19, 19, "4", "4"),
        ("troy", 16, 16, "9792", "9792"),
        ("uatp", 15, 15, "1", "1"),
    )
)


def card(text: str) -> bool:
    """Whether `text` can be a payment card: a scheme's range and length, Luhn, and not one digit over and over."""
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    return len(digits) in _CARD_LENGTHS and len(set(digits)) > 1 and card_issuer(digits) is not None and luhn(digits)


def iban_valid(text: str) -> bool:
    """Whether `text` is an IBAN: country's length and structure, mod 97 (ISO 13616)."""
    try:
        return bool(iban.is_valid(text, check_country=False))
    except Exception:  # stdnum looks at the country's structure and may stumble over odd characters
        return False


def ipv4(text: str) -> bool:
    """Whether `text` is a dotted IPv4 address without leading zeros."""
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def ipv6(text: str) -> bool:
    """Whether `text` is an IPv6 address of a host: global unicast, unique local or link local (RFC 4291, RFC 4193), or written in full."""
    try:
        address = ipaddress.IPv6Address(text.partition("%")[0])
    except ValueError:
        return False
    return any(address in network for network in _IPV6_HOSTS) or sum(len(group) >= 3 for group in text.split(":")) >= 5


_IPV6_HOSTS = tuple(ipaddress.IPv6Network(text) for text in ("2000::/3", "fc00::/7", "fe80::/10"))


def phone_international(text: str) -> bool:
    """Whether `text`, written with its country code, is a number that the country's plan assigns."""
    written = text if text.lstrip("( ").startswith("+") else "+" + text.lstrip("( ")[2:]
    return may_be_whole(written) and _phone(written, None)


def phone_any(text: str) -> bool:
    """Whether `text` is a valid number in international form, or in the national form of at least one large country."""
    if text.lstrip("( ").startswith(("+", "00")) and phone_international(text):
        return True
    return any(_phone(text, region) for region in NATIONAL_REGIONS)


def phone_length(text: str) -> bool:
    """Whether `text` has as many digits as phone numbers have (ITU-T E.164: at most 15; 7 without area code), and is no date."""
    digits = "".join(c for c in text if c.isdigit())
    return 7 <= len(digits) <= 15 and len(set(digits)) > 2 and not re.match(r"\(?(?:19|20)[0-9]{2}-(?:19|20)[0-9]{2}$|(?:19|20)[0-9]{2}[-./][0-9]{1,2}[-./]|[0-9]{1,2}[-./][0-9]{1,2}[-./](?:19|20)[0-9]{2}", text)


#: Regions whose national forms are tried when a field says that it holds phone numbers, by number of subscribers.
NATIONAL_REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "BR", "IN", "CN", "JP", "AU", "NL", "MX", "PL", "TR", "RU", "ID", "NG", "AR", "BE", "PT")


def _phone(text: str, region: str | None) -> bool:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number)


def jwt(text: str) -> bool:
    """Whether `text` is a compact JWS or JWE: its first part is base64url of a JSON object with `alg` (RFC 7515, 7519)."""
    head = text.partition(".")[0]
    try:
        header = orjson.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (binascii.Error, ValueError):
        return False
    return isinstance(header, dict) and ("alg" in header or "typ" in header or "enc" in header)


def basic_auth(text: str) -> bool:
    """Whether `text` is base64 of `user:password` in printable characters (RFC 7617), the password in UTF-8 or, where a client knows none, in Latin-1."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    user, colon, password = raw.partition(b":")
    try:
        return bool(colon and password) and raw.decode().isprintable()
    except UnicodeDecodeError:
        foreign = sum(one > 0x7F for one in password)
        return len(user) > 1 and user.isascii() and 3 * foreign <= len(password) and raw.decode("latin-1").isprintable()


def crc32_base62(text: str) -> bool:
    """
    Whether the last six characters are the CRC-32 of the rest after the prefix, in base 62.

    Source:
        GitHub, "Behind GitHub's new authentication token formats" (2021-04-05); npm uses the same form.
    """
    body = text.rpartition("_")[2]
    payload, check = body[:-6], body[-6:]
    if len(body) < 12 or any(c not in _BASE62 for c in body):
        return False
    return check == _to_base62(zlib.crc32(payload.encode()))


def _to_base62(number: int, width: int = 6) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = _BASE62[rest] + digits
    return digits.rjust(width, "0")


#: Endings that look like a domain's but are a file's: `logo@2x.png`.
_FILE_ENDINGS = frozenset("png jpg jpeg gif svg webp css js ts map json html htm php py rb go java tar gz zip pdf mp4 woff".split())


def email(text: str) -> bool:
    """Whether `text` can be a mailbox: local part without stray dots, whole at most 254 octets (RFC 5321), no file ending."""
    local, _, domain = text.rpartition("@")
    if not local or len(text) > 254 or ".." in text or local.endswith(".") or local.startswith("."):
        return False
    return domain.rpartition(".")[2].lower() not in _FILE_ENDINGS


def ipv4_not_version(text: str) -> bool:
    """Whether `text` is an IPv4 address that could be a host: not `0.x`, no network or broadcast form with all rest zero."""
    if not ipv4(text):
        return False
    parts = [int(part) for part in text.split(".")]
    return parts[0] not in (0, 255) and parts[1:] != [0, 0, 0]


def mac(text: str) -> bool:
    """Whether `text` is an EUI-48 of one device: not all zero, not broadcast, with hex digits that are not one repeated."""
    digits = "".join(c for c in text.lower() if c in "0123456789abcdef")
    return len(digits) == 12 and len(set(digits)) > 1


VALIDATORS = {
    "email": email,
    "ipv4_not_version": ipv4_not_version,
    "mac": mac,
    "luhn": luhn,
    "card": card,
    "iban": iban_valid,
    "ipv4": ipv4,
    "ipv6": ipv6,
    "phone_international": phone_international,
    "phone_any": phone_any,
    "phone_length": phone_length,
    "jwt": jwt,
    "basic_auth": basic_auth,
    "crc32_base62": crc32_base62,
}
