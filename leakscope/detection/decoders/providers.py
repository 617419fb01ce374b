"""Secrets of single providers that name their account, project, region or end in the open part of their text."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from typing import Any

import orjson

from leakscope.detection.decoders import Decoded, Decoder

#: First millisecond of Discord's ids (Discord developer docs, "Snowflakes").
DISCORD_EPOCH = 1_420_070_400_000
#: Caveats of PyPI tokens by their tag: an end, projects by name (Warehouse, `macaroons/caveats`).
_PYPI_EXPIRES, _PYPI_PROJECTS = 0, 1


def _unpacked(text: str) -> bytes:
    """The bytes of base64 text in either alphabet, padded or not; what does not fit at the end is left out."""
    bare = re.sub(r"[^A-Za-z0-9+/]", "", text.replace("-", "+").replace("_", "/"))
    whole = bare[: len(bare) - (len(bare) % 4 == 1)]
    return base64.b64decode(whole + "=" * (-len(whole) % 4))


def _object(text: str) -> dict[str, Any]:
    """The JSON object that base64 text starts with."""
    raw = _unpacked(text)
    content = orjson.loads(raw[: raw.rindex(b"}") + 1])
    return content if isinstance(content, dict) else {}


def _moment(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 4_102_444_800 else None


def _part(pattern: str, **details: str) -> Decoder:
    """A decoder for secrets whose account stands in the open: group `account` of `pattern`, other groups are details."""
    expression = re.compile(pattern)

    def decoder(text: str) -> Decoded | None:
        found = expression.search(text)
        if not found:
            return None
        named = {name: value for name, value in found.groupdict().items() if value}
        return Decoded(account=named.pop("account", None), details={**details, **named} or None)

    return decoder


def mapbox(text: str) -> Decoded | None:
    """User of a Mapbox token, and whether it is the public or the secret kind."""
    kind, payload = text.split(".")[:2]
    return Decoded(account=_object(payload).get("u"), environment="publishable" if kind == "pk" else None, details={"kind": kind})


def discord_bot(text: str) -> Decoded | None:
    """Application id in the first part of a bot token."""
    identifier = _unpacked(text.split(".")[0]).decode()
    return Decoded(account=identifier) if identifier.isdigit() else None


def discord_webhook(text: str) -> Decoded | None:
    """Id of a webhook, and when it was made: the id's upper bits count milliseconds."""
    found = re.search(r"/webhooks/([0-9]{17,20})/", text)
    return Decoded(account=found[1], issued=_moment(((int(found[1]) >> 22) + DISCORD_EPOCH) / 1000)) if found else None


def sentry_organisation(text: str) -> Decoded | None:
    """Organisation, region and date of an organisation token."""
    claims = _object(text.removeprefix("sntrys_").rpartition("_")[0])
    return Decoded(account=claims.get("org"), issued=_moment(float(claims.get("iat") or 0)), details={"region": str(claims.get("region_url") or "")})


def grafana(text: str) -> Decoded | None:
    """Organisation and name of a Grafana Cloud token or an old API key."""
    claims = _object(text.removeprefix("glc_"))
    organisation = claims.get("o") or claims.get("id")
    return Decoded(account=str(organisation) if organisation else None, details={"name": str(claims.get("n") or "")})


def onepassword_service(text: str) -> Decoded | None:
    """Service account and sign-in address of a 1Password service account token."""
    raw = _unpacked(text.removeprefix("ops_")).decode("utf-8", "replace")
    found = dict(re.findall(r'"(email|signInAddress)":"([^"]+)"', raw))
    return Decoded(account=found.get("email"), details={"address": found["signInAddress"]} if "signInAddress" in found else None)


def cloudflare_tunnel(text: str) -> Decoded | None:
    """Account and tunnel id of a tunnel token."""
    claims = _object(text)
    return Decoded(account=claims.get("a"), details={"tunnel": str(claims.get("t") or "")})


def pypi(text: str) -> Decoded | None:
    """
    Projects and end of a PyPI token, from the caveats in its macaroon.

    Source:
        Warehouse, `warehouse/macaroons/caveats`: JSON arrays, tag 0 an end and a start, tag 1 project names; older tokens hold
        an object with `permissions`. From memory, 2026-11.
    """
    raw = _unpacked(text.removeprefix("pypi-")).decode("latin-1")
    projects, expires = [], None
    for caveat in re.findall(r"\[[01], ?(?:\[[^\]]*\]|[0-9]+, ?[0-9]+)\]", raw):
        tag, *rest = orjson.loads(caveat)
        if tag == _PYPI_PROJECTS:
            projects += [str(name) for name in rest[0]]
        elif tag == _PYPI_EXPIRES:
            expires = _moment(rest[0])
    projects += re.findall(r'"projects": ?\["([^"]+)"', raw)
    everything = not projects and '"permissions": "user"' in raw
    return Decoded(scopes=tuple(f"project:{name}" for name in projects) or (("user",) if everything else ()), expires=expires)


def jfrog_reference(text: str) -> Decoded | None:
    """End of a JFrog reference token: base64 of `reftkn:01:END:...`, 0 for none."""
    parts = _unpacked(text).decode("latin-1").split(":")
    return Decoded(expires=_moment(float(parts[2]))) if len(parts) > 2 and parts[2].isdigit() else None


def bedrock(text: str) -> Decoded | None:
    """Account number inside a long-term Amazon Bedrock key."""
    found = re.search(r"BedrockAPIKey-[a-z0-9]+-at-([0-9]{12})", _unpacked(text.removeprefix("ABSK")).decode("latin-1"))
    return Decoded(account=found[1]) if found else None


def elastic(text: str) -> Decoded | None:
    """Id of an Elasticsearch API key: base64 of `id:key`."""
    identifier, _, secret = _unpacked(text).decode("ascii").partition(":")
    return Decoded(account=identifier) if identifier and secret else None


def clerk_publishable(text: str) -> Decoded | None:
    """Frontend host in a Clerk publishable key."""
    host = _unpacked(text.split("_", 2)[2]).decode("ascii").rstrip("$")
    return Decoded(account=host, environment="publishable" if text.startswith("pk_live_") else "test")


def workos(text: str) -> Decoded | None:
    """Key id in a WorkOS secret key: base64 of `key_ID,secret`."""
    found = re.match(rb"(key_[0-9A-Z]+),", _unpacked(text[text.index("a2V5X") :]))
    return Decoded(account=found[1].decode()) if found else None


def teams_webhook(text: str) -> Decoded | None:
    """Tenant and group of a Microsoft Teams webhook."""
    found = re.search(r"/webhookb?2?/([0-9a-z-]{36})@([0-9a-z-]{36})/", text)
    return Decoded(account=found[2], details={"group": found[1]}) if found else None


DECODERS: dict[str, Decoder] = {
    "asana": _part(r"^[0-2]/(?P<account>[0-9]+)"),
    "bedrock": bedrock,
    "circleci": _part(r"^CCI(?:PAT|PRJ)_(?P<account>[A-Za-z0-9]+)_"),
    "clerk_publishable": clerk_publishable,
    "clickup": _part(r"^pk_(?P<account>[0-9]+)_"),
    "cloudflare_tunnel": cloudflare_tunnel,
    "discord_bot": discord_bot,
    "discord_webhook": discord_webhook,
    "doppler_config": _part(r"^dp\.[a-z]+\.(?P<account>[a-z0-9_-]+)\."),
    "elastic": elastic,
    "facebook_app": _part(r"^(?P<account>[0-9]{15,16})(?:\||%7[Cc])"),
    "google_client": _part(r"^(?P<account>[0-9]+)-"),
    "grafana": grafana,
    "harness": _part(r"^[ps]at\.(?P<account>[A-Za-z0-9_-]{22})\."),
    "hubspot": _part(r"^pat-(?P<region>[a-z0-9]+)-"),
    "jfrog_reference": jfrog_reference,
    "mailchimp": _part(r"-(?P<datacentre>us[0-9]+)$"),
    "mapbox": mapbox,
    "mercado_pago": _part(r"-(?P<account>[0-9]{6,12})$"),
    "onepassword_service": onepassword_service,
    "pypi": pypi,
    "salesforce_session": _part(r"^(?P<account>00D[A-Za-z0-9]{12})"),
    "sentry_dsn": _part(r"@(?:o(?P<account>[0-9]+)\.)?(?P<host>[A-Za-z0-9.-]+)/(?P<project>[0-9]+)$"),
    "sentry_organisation": sentry_organisation,
    "tailscale": _part(r"^tskey-[a-z]+-(?P<account>[A-Za-z0-9]+)-"),
    "teams_webhook": teams_webhook,
    "telegram_bot": _part(r"^(?P<account>[0-9]+):"),
    "terraform": _part(r"^(?P<account>[A-Za-z0-9]{14})\.atlasv1\."),
    "workos": workos,
    "x_user": _part(r"^(?P<account>[0-9]{8,19})-"),
}
