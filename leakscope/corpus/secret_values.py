"""Invented secrets with the structure of the real thing: right prefix, length, alphabet and checksum, never issued by anybody."""

from __future__ import annotations

import binascii
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass

from leakscope.corpus.draw import BASE62, BASE64URL, DIGITS, LOWER, UPPER, Draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One distinct secret as it stands in the evidence."""

    id: str
    provider: str
    kind: str
    entity: str
    environment: str
    value: str
    owner: str


def _base62_check(text: str) -> str:
    """The CRC-32 of `text` in six base62 digits, as GitHub and npm append it."""
    number, out = binascii.crc32(text.encode()), ""
    while number:
        number, rest = divmod(number, 62)
        out = BASE62[rest] + out
    return out.zfill(6)


def _checked(prefix: str) -> Callable[[Draw], str]:
    def make(draw: Draw) -> str:
        body = draw.text(BASE62, 30)
        return prefix + body + _base62_check(body)

    return make


def _b64(data: object) -> str:
    return urlsafe_b64encode(json.dumps(data, separators=(",", ":")).encode()).decode().rstrip("=")


def _jwt(draw: Draw) -> str:
    issued = 1_736_121_600 + draw.below(86_400 * 20)
    claims = {"iss": "https://auth.northfield.app/", "sub": f"auth0|{draw.hex(24)}", "scope": "read:reports write:reports", "iat": issued, "exp": issued + draw.pick((3600, 86_400, 31_536_000))}
    return f"{_b64({'alg': 'HS256', 'typ': 'JWT'})}.{_b64(claims)}.{draw.text(BASE64URL, 43)}"


def _der(tag: int, body: bytes) -> bytes:
    size = len(body)
    head = bytes([size]) if size < 128 else bytes([0x82, size >> 8, size & 255])
    return bytes([tag]) + head + body


def _pem(draw: Draw) -> str:
    """An RSA private key block: the DER layout of PKCS#1 around random numbers, so it opens nothing."""

    def number(size: int) -> bytes:
        return _der(2, b"\x00" + (draw.bits(8 * size) | 1 << (8 * size - 1) | 1).to_bytes(size, "big"))

    numbers = [_der(2, b"\x00"), number(128), _der(2, b"\x01\x00\x01"), number(128), *(number(64) for _ in range(5))]
    body = b64encode(_der(0x30, b"".join(numbers))).decode()
    lines = "\n".join(body[place : place + 64] for place in range(0, len(body), 64))
    return f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----"


_HOSTS = ("db-prod-1.northfield.app", "pg.internal", "10.4.7.21", "orders-db.c9xk2.eu-central-1.rds.amazonaws.com", "ch-01.analytics.internal", "cache.internal")


def password(draw: Draw) -> str:
    """A password as people and generators make them."""
    word = draw.pick(("Winter", "sommer", "Falcon", "Bluebird", "Qwerty", "Orchid", "mountain", "Tiger", "Cobalt", "Madrid"))
    return f"{word}{draw.pick('!#_-')}{draw.between(10, 9999)}{draw.text(LOWER, 2)}" if draw.chance(0.6) else draw.text(BASE62, draw.between(14, 24))


def _url_password(draw: Draw) -> str:
    """A password that may stand in a URL as it is."""
    return password(draw).replace("#", "-")


def _url(scheme: str, port: int, path: str) -> Callable[[Draw], str]:
    def make(draw: Draw) -> str:
        user = draw.pick(("app", "svc_orders", "admin", "report", "root", "chat_rw")) if scheme != "redis" else draw.pick(("", "default"))
        return f"{scheme}://{user}:{_url_password(draw)}@{draw.pick(_HOSTS)}:{port}{path}"

    return make


#: (provider, kind, entity, environment, maker); the order is the order in which they are planted.
MAKERS: tuple[tuple[str, str, str, str, Callable[[Draw], str]], ...] = (
    ("openai", "project_key", "SECRET_API_KEY", "live", lambda d: f"sk-proj-{d.text(BASE64URL, 74)}T3BlbkFJ{d.text(BASE64URL, 74)}"),
    ("postgres", "connection_string", "SECRET_CONNECTION_STRING", "unknown", _url("postgresql", 5432, "/orders")),
    ("aws", "access_key_id", "SECRET_API_KEY", "live", lambda d: "AKIA" + d.text(UPPER + "234567", 16)),
    ("generic", "jwt", "SECRET_JWT", "unknown", _jwt),
    ("github", "personal_token", "SECRET_TOKEN", "live", _checked("ghp_")),
    ("generic", "password", "CREDENTIAL_PASSWORD", "unknown", password),
    ("anthropic", "api_key", "SECRET_API_KEY", "live", lambda d: f"sk-ant-api03-{d.text(BASE64URL, 93)}AA"),
    ("mysql", "connection_string", "SECRET_CONNECTION_STRING", "unknown", _url("mysql", 3306, "/shop")),
    ("deepseek", "api_key", "SECRET_API_KEY", "live", lambda d: "sk-" + d.hex(32)),
    ("stripe", "secret_key", "SECRET_API_KEY", "live", lambda d: "sk_live_51" + d.text(BASE62, 97)),
    ("generic", "basic_auth", "CREDENTIAL_BASIC_AUTH", "unknown", lambda d: b64encode(f"svc-{d.pick(('sync', 'export', 'admin'))}:{password(d)}".encode()).decode()),
    ("google", "api_key", "SECRET_API_KEY", "live", lambda d: "AIza" + d.text(BASE64URL, 35)),
    ("slack", "bot_token", "SECRET_TOKEN", "live", lambda d: f"xoxb-{d.digits(12)}-{d.digits(13)}-{d.text(BASE62, 24)}"),
    ("generic", "private_key", "SECRET_PRIVATE_KEY", "unknown", _pem),
    ("mongodb", "connection_string", "SECRET_CONNECTION_STRING", "unknown", _url("mongodb", 27017, "/chat?authSource=admin")),
    ("gitlab", "personal_token", "SECRET_TOKEN", "live", lambda d: "glpat-" + d.text(BASE64URL, 20)),
    ("openai", "legacy_key", "SECRET_API_KEY", "live", lambda d: f"sk-{d.text(BASE62, 20)}T3BlbkFJ{d.text(BASE62, 20)}"),
    ("sendgrid", "api_key", "SECRET_API_KEY", "live", lambda d: f"SG.{d.text(BASE64URL, 22)}.{d.text(BASE64URL, 43)}"),
    ("huggingface", "token", "SECRET_TOKEN", "live", lambda d: "hf_" + d.text(LOWER + UPPER, 34)),
    ("clickhouse", "connection_string", "SECRET_CONNECTION_STRING", "unknown", _url("clickhouse", 9000, "/default")),
    ("npm", "access_token", "SECRET_TOKEN", "live", _checked("npm_")),
    ("azure", "storage_key", "SECRET_CONNECTION_STRING", "live", lambda d: f"DefaultEndpointsProtocol=https;AccountName=st{d.text(LOWER + DIGITS, 10)};AccountKey={b64encode(d.bits(512).to_bytes(64, 'big')).decode()};EndpointSuffix=core.windows.net"),
    ("twilio", "api_key", "SECRET_API_KEY", "live", lambda d: "SK" + d.hex(32)),
    ("stripe", "test_key", "SECRET_API_KEY", "test", lambda d: "sk_test_51" + d.text(BASE62, 97)),
    ("redis", "connection_string", "SECRET_CONNECTION_STRING", "unknown", _url("redis", 6379, "/0")),
    ("slack", "webhook", "SECRET_WEBHOOK_URL", "live", lambda d: f"https://hooks.slack.com/services/T{d.text(DIGITS + UPPER, 10)}/B{d.text(DIGITS + UPPER, 10)}/{d.text(BASE62, 24)}"),
    ("aws", "secret_access_key", "SECRET_API_KEY", "live", lambda d: d.text(BASE62 + "+/", 40)),
    ("github", "fine_grained_token", "SECRET_TOKEN", "live", lambda d: f"github_pat_{d.text(BASE62, 22)}_{d.text(BASE62, 59)}"),
    ("telegram", "bot_token", "SECRET_TOKEN", "live", lambda d: f"{d.between(1_000_000_000, 7_999_999_999)}:AA{d.text(BASE64URL, 33)}"),
    ("pypi", "api_token", "SECRET_TOKEN", "live", lambda d: "pypi-AgEIcHlwaS5vcmc" + d.text(BASE64URL, 160)),
)  # fmt: skip

#: Strings that look like secrets and are none: published example keys and placeholders, with the reason.
DECOYS: tuple[tuple[str, str], ...] = (
    ("AKIAIOSFODNN7EXAMPLE", "documented_example"),
    ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "documented_example"),
    ("sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "placeholder"),
    ("<your-api-key>", "placeholder"),
    ("${API_KEY}", "placeholder"),
    ("YOUR_API_KEY_HERE", "placeholder"),
    ("sk-proj-REPLACE_ME", "placeholder"),
    ("ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "placeholder"),
    ("postgresql://user:password@localhost:5432/dbname", "placeholder"),
    ("4111 1111 1111 1111", "test_card"),
    ("5555555555554444", "test_card"),
    ("378282246310005", "test_card"),
    ("(555) 555-0142", "fictional_phone"),
    ("+1 212 555 0199", "fictional_phone"),
    ("192.0.2.17", "documentation_ip"),
    ("203.0.113.45", "documentation_ip"),
    ("jane.doe@example.com", "example_domain"),
    ("user@example.org", "example_domain"),
    ("078-05-1120", "published_example"),
)


def secret(seed: int, number: int) -> Secret:
    """Distinct secret `number` of the corpus of `seed`."""
    provider, kind, entity, environment, make = MAKERS[number % len(MAKERS)]
    draw = Draw(seed, "secret", number)
    value = make(draw)
    return Secret(id=f"k{number:06d}", provider=provider, kind=kind, entity=entity, environment=environment, value=value, owner=draw.pick(_OWNERS))


_OWNERS = ("platform team", "payments team", "data team", "growth team", "a user of the service")
