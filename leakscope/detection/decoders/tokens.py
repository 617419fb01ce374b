"""Tokens that carry their account, dates, rights or a checksum in themselves."""

from __future__ import annotations

import base64
import re
import zlib
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import orjson

from leakscope.detection.decoders import Decoded

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _moment(value: Any) -> datetime | None:
    if isinstance(value, (int, float)) and 0 < value < 4_102_444_800_000:
        return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
    return None


def _json_part(part: str) -> dict[str, Any]:
    content = orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return content if isinstance(content, dict) else {}


def jwt(text: str) -> Decoded | None:
    """Claims of a signed token: issuer and tenant, scopes, dates (RFC 7519, section 4.1; RFC 8693, section 4.2; OIDC core)."""
    parts = text.split(".")
    header = _json_part(parts[0])
    if len(parts) != 3:
        return Decoded(details={"algorithm": str(header.get("alg", ""))})
    claims = _json_part(parts[1])
    scopes = claims.get("scope") or claims.get("scp") or claims.get("scopes") or claims.get("permissions") or claims.get("role") or ()
    listed = scopes.split() if isinstance(scopes, str) else [str(one) for one in scopes]
    account = next((str(claims[name]) for name in ("tid", "tenant", "ref", "org_id", "project_id", "iss", "aud") if claims.get(name)), None)
    return Decoded(
        account=account,
        scopes=tuple(listed),
        issued=_moment(claims.get("iat") or claims.get("nbf")),
        expires=_moment(claims.get("exp")),
        details={"algorithm": str(header.get("alg", ""))},
    )


def aws_access_key(text: str) -> Decoded | None:
    """
    The account number inside an AWS key id.

    Source:
        The 12 digits stand in the first 40 bits after the four-letter prefix, base32, shifted by 7 bits (A. Bartosiewicz,
        "A short note on AWS key ID", 2022); holds for ids whose fifth character is above Q, older ones do not carry it.
    """
    body = text[4:]
    if len(body) != 16 or body[0] < "Q":
        return None
    number = int.from_bytes(base64.b32decode(body)[:6], "big")
    account = (number & 0x7FFFFFFFFF80) >> 7
    return Decoded(account=f"{account:012d}")


def _crc32_base62(payload: str, check: str) -> str:
    number, digits = zlib.crc32(payload.encode()), ""
    while number:
        number, rest = divmod(number, 62)
        digits = _BASE62[rest] + digits
    return "valid" if digits.rjust(6, "0") == check else "invalid"


def github_checksum(text: str) -> Decoded | None:
    """CRC-32 of the random part in the last six characters (GitHub, token formats, 2021-04-05)."""
    body = text.rpartition("_")[2]
    return Decoded(checksum=_crc32_base62(body[:-6], body[-6:]))


def stripe(text: str) -> Decoded | None:
    """Live or test, and the account that newer keys carry after `51`."""
    kind, mode, body = [*text.split("_", 2), "", ""][:3]
    account = f"acct_1{body[2:16]}" if body.startswith("51") and len(body) > 60 else None
    live = "publishable" if kind == "pk" and mode == "live" else mode
    return Decoded(account=account, environment=live if live in ("live", "test", "publishable") else None, details={"kind": kind})


def slack(text: str) -> Decoded | None:
    """Workspace and bot or user number between the dashes of a token, or in a webhook's path."""
    hook = re.search(r"/services/(T[A-Z0-9]+)/(B[A-Z0-9]+)/", text)
    if hook:
        return Decoded(account=hook[1], details={"bot": hook[2]})
    parts = text.split("-")
    numbers = [part for part in parts[1:] if part.isdigit()]
    app = next((part for part in parts[1:] if re.fullmatch(r"A[A-Z0-9]{8,}", part)), None)
    return Decoded(account=app or (numbers[0] if numbers else None))


def gitlab(text: str) -> Decoded | None:
    """
    Routable tokens carry a base-36 length, and a CRC-32 in base 36 in their last seven characters.

    Source:
        GitLab docs, "Token overview", routable tokens; read 2026-11, from memory.
    """
    routable = re.fullmatch(r"(.+\.[0-9a-z]{2})([0-9a-z]{7})", text)
    if not routable:
        return None
    number, digits = zlib.crc32(routable[1].encode()), ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return Decoded(checksum="valid" if digits.rjust(7, "0") == routable[2] else "invalid")


def gcp_service_account(text: str) -> Decoded | None:
    """Project and mailbox of a service account's key file."""
    project = re.search(r'project_id\\*"\s*:\s*\\*"([^"\\]+)', text)
    mailbox = re.search(r'client_email\\*"\s*:\s*\\*"([^"\\]+)', text) or re.search(r"[\w.-]+@([\w-]+)\.iam\.gserviceaccount\.com", text)
    if project:
        return Decoded(account=project[1], details={"client_email": mailbox[1]} if mailbox else None)
    return Decoded(account=mailbox[1]) if mailbox else None


def azure_storage(text: str) -> Decoded | None:
    """The storage account's name in a connection string."""
    account = re.search(r"AccountName=([a-z0-9]{3,24})", text, re.IGNORECASE)
    return Decoded(account=account[1]) if account else None


def azure_sas(text: str) -> Decoded | None:
    """Rights, resources and dates of a shared access signature (Azure Storage REST, `sp`, `ss`, `srt`, `st`, `se`)."""
    query = parse_qs(text.partition("?")[2] or text)
    first = {name: values[0] for name, values in query.items()}
    host = re.match(r"https://([a-z0-9]{3,24})\.", text)
    return Decoded(
        account=host[1] if host else None,
        scopes=tuple(f"{name}={first[name]}" for name in ("sp", "ss", "srt", "sr") if name in first),
        issued=_iso(first.get("st")),
        expires=_iso(first.get("se")),
    )


def _iso(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def connection_string(text: str) -> Decoded | None:
    """Kind, host and database of a connection string; never its password, nor the punctuation of the sentence it ends."""
    url = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://(?:[^@/\s]*@)?([^/?\s]+)(?:/([^?\s]*))?", text)
    if url:
        return Decoded(account=f"{url[1].lower()}://" + "/".join(part.rstrip(":;,.)'\"") for part in url.groups()[1:] if part))
    host = re.search(r"(?:server|host|data source|endpoint|addr)\s*=\s*([^;,\s]+)", text, re.IGNORECASE)
    name = re.search(r"(?:database|initial catalog|dbname)\s*=\s*([^;\s]+)", text, re.IGNORECASE)
    parts = [found[1] for found in (host, name) if found]
    return Decoded(account="/".join(parts)) if parts else None


DECODERS = {
    "jwt": jwt,
    "aws_access_key": aws_access_key,
    "github_checksum": github_checksum,
    "npm_checksum": github_checksum,
    "stripe": stripe,
    "slack": slack,
    "gitlab": gitlab,
    "gcp_service_account": gcp_service_account,
    "azure_storage": azure_storage,
    "azure_sas": azure_sas,
    "connection_string": connection_string,
}
