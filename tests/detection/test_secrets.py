"""The rotation sheet: one row per distinct secret, decoded offline, most dangerous first."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import orjson
import polars as pl
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from leakscope.catalogue import load
from leakscope.detection.decoders import decoded
from leakscope.detection.kernel import Kernel
from leakscope.detection.secrets import secrets
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey
from leakscope.schema import SECRETS
from leakscope.text.unfold import describe

KEY = IncidentKey(b"t" * 32)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def sheet(*rows: object) -> pl.DataFrame:
    """The sheet of some records."""
    batch = Batch(source="s", first_record=0, records=len(rows), lines=b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return secrets(Kernel(load(), KEY).find_batch(batch), describe(batch), now=NOW)


def jwt(**claims: object) -> str:
    """A signed-looking token with these claims."""
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
    return f"{head}.{body}.c2lnbmF0dXJlLW9mLXRoaXMtdG9rZW4tMTIz"


def test_no_secrets_give_an_empty_sheet() -> None:
    """With all its columns."""
    assert sheet({"a": "hello"}).schema == SECRETS


def test_one_row_per_distinct_secret_with_counts_and_times() -> None:
    """Copies in one record and repetitions over records are one row."""
    url = "postgresql://shop:gr33nTe4pot@db.nordbank.dk:5432/orders"
    rows = [{"timestamp": f"2025-01-0{day}T00:00:00Z", "_service": name, "u": url, "copy": url} for day, name in ((1, "api"), (3, "web"))]
    row = sheet(*rows).row(0, named=True)
    assert (row["records"], row["occurrences"], row["services"], row["account"]) == (2, 4, ["api", "web"], "postgresql://db.nordbank.dk:5432/orders")
    assert (row["first_seen"].day, row["last_seen"].day) == (1, 3)
    assert "gr33nTe4pot" not in str(row)


def test_a_key_that_only_one_place_names_the_issuer_of_is_one_row() -> None:
    """What is a key of Datadog in one record is the same key where nothing but `api_key` stands beside it."""
    key = "3f8a9b2c4d5e6f708192a3b4c5d6e7f8"
    row = sheet({"api_key": key}, {"datadog": {"api_key": key}}, {"api_key": key}).row(0, named=True)
    assert (row["provider"], row["records"], row["entity"]) == ("datadog", 3, "SECRET_API_KEY")
    assert sheet({"api_key": key}, {"datadog": {"api_key": key}}).height == 1


def test_a_service_account_key_has_the_project_of_the_address_beside_it() -> None:
    """Google's key file says its project in the address."""
    file = {"type": "service_account", "private_key_id": "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678", "client_email": "svc@nordbank-prod.iam.gserviceaccount.com"}
    (row,) = sheet({"sa": json.dumps(file)}).filter(provider="gcp").to_dicts()
    assert row["account"] == "nordbank-prod"


def test_a_token_past_its_expiry_is_expired_and_of_low_severity() -> None:
    """Claims give issuer, scopes and dates."""
    row = sheet({"t": jwt(iss="https://id.nordbank.dk", scope="read write", exp=1700000000)}).row(0, named=True)
    assert (row["status"], row["severity"], row["scopes"], row["account"]) == ("expired", "low", ["read", "write"], "https://id.nordbank.dk")


def test_the_account_inside_an_aws_key_id() -> None:
    """The twelve digits follow from the id's characters (A. Bartosiewicz, 2022: ASIAQNZGKIQY56JQ7WML belongs to 029608264753)."""
    assert decoded("aws_access_key", "ASIAQNZGKIQY56JQ7WML").account == "029608264753"


def test_private_keys_say_their_kind_and_length() -> None:
    """Whatever way their line breaks are written."""
    private = rsa.generate_private_key(65537, 2048)
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    for text in (pem, pem.replace("\n", "\\n"), pem.replace("\n", " ")):
        assert decoded("private_key", text).details == {"kind": "RSA", "bits": "2048"}
    small = ed25519.Ed25519PrivateKey.generate().private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
    assert (decoded("private_key", small.decode()).details or {})["kind"] == "Ed25519"


def test_the_most_dangerous_come_first() -> None:
    """Critical before high before what is expired."""
    found = sheet({"t": jwt(exp=1700000000)}, {"password": "Sommer2719"}, {"u": "redis://:k7Rvq9z1@cache.sud.it:6379/0"})
    assert found["entity"].to_list() == ["SECRET_CONNECTION_STRING", "CREDENTIAL_PASSWORD", "SECRET_JWT"]


def test_a_documented_example_is_called_one() -> None:
    """It stands on the sheet, but nobody has to hurry."""
    row = sheet({"k": "AKIAIOSFODNN7EXAMPLE"}).row(0, named=True)
    assert (row["status"], row["severity"]) == ("documented_example", "low")


def test_a_private_key_cut_off_by_a_log_stays_as_grave_as_a_whole_one() -> None:
    """Half a key in the evidence means a whole one where it came from."""
    whole = rsa.generate_private_key(65537, 2048).private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    cut = whole[: len(whole) // 2]
    row = sheet({"tls.key": cut}).row(0, named=True)
    assert (row["severity"], row["status"]) == ("critical", "unknown")
    assert "cut or damaged" in row["kind"]


@pytest.mark.parametrize(
    ("data", "entity"),
    [
        ('{"value": "m0Rk3zV8pTq1yXwB5sLd7cJf2hGn9aEo4iUu6tKvQxY=", "salt": "Pq7cu2HJyFXl66t89VStVs=="}', "CREDENTIAL_PASSWORD_HASH"),
        ('{"value": "4kTq9RvXw2LmZp7cNs1y"}', "SECRET_GENERIC"),
    ],
)
def test_hashes_in_secret_data_are_told_from_seeds(data, entity):
    """Keycloak keeps both as JSON in a string; a seed of one-time codes is a secret still."""
    record = json.dumps({"username": "ana.lima", "credentials": [{"type": "any", "secretData": data}]}).encode()
    found = Kernel(load(), IncidentKey(bytes(range(32)))).find_batch(Batch(source="realm.json", first_record=0, records=1, lines=record))

    assert found.filter(pl.col("field").str.contains("secretData"))["entity"].to_list() == [entity]
