"""Logins and keys as people note them: in brackets, behind a stroke, in their language, in calls, and for an unset variable."""

from __future__ import annotations

import orjson
import pytest

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey


@pytest.fixture(scope="module")
def kernel() -> Kernel:
    """The whole catalogue."""
    return Kernel(load(), IncidentKey(b"n" * 32))


def found(kernel: Kernel, text: str) -> list[str]:
    """What is found in `text` as secret or credential, as it stands there."""
    line = orjson.dumps({"line": text}) + b"\n"
    frame = kernel.find_batch(Batch(source="notes", first_record=0, records=1, lines=line))
    return [text[start:end] for start, end, entity in frame.select("start", "end", "entity").iter_rows() if entity.startswith(("SECRET_", "CREDENTIAL_"))]


NOTED = (
    ("10.20.4.7 (deploy/k7#Rvq9z)", "k7#Rvq9z"),
    ("vm-build ID/PW : ops/Gr33n-Te4", "Gr33n-Te4"),
    ("계정/비밀번호 admin/tR4v3l-K1t", "tR4v3l-K1t"),
    ("Пароль: k7#Rvq9z", "k7#Rvq9z"),
    ("パスワード：Qm4!field", "Qm4!field"),
    ("password for the router: Gr33n-Te4", "Gr33n-Te4"),
    ("<PW>k7Rvq9z1</PW>", "k7Rvq9z1"),
    ("use token k7Rvq9z1Gr33nT for it", "k7Rvq9z1Gr33nT"),
    ('const apiToken: string = "k7Rvq9z1Gr33nTe4potSommer27";', "k7Rvq9z1Gr33nTe4potSommer27"),
    ("HMAC_SECRET = b'9f86d081884c7d659a2feaa0c55ad015a3bf4f1b'", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"),
    ('headers.Add("X-Api-Key", "k7Rvq9z1Gr33nTe4potSommer27")', "k7Rvq9z1Gr33nTe4potSommer27"),
    ("API_TOKEN=${API_TOKEN:-k7Rvq9z1Gr33nTe4}", "k7Rvq9z1Gr33nTe4"),
    ('os.environ.get("DB_PASSWORD", "k7#Rvq9z")', "k7#Rvq9z"),
    ("Calling the weather API\nUsing Key=k7rvq9z1gr33nte4potsommer27", "k7rvq9z1gr33nte4potsommer27"),
    ("https://tiles.nordbank.dk/v1/map?z=4&key=k7Rvq9z1Gr33nTe4potS", "k7Rvq9z1Gr33nTe4potS"),
    ("jdbc:oracle:thin:shop/gr33nTe4@pot@db.nordbank.dk:1521:ORCL", "gr33nTe4@pot"),
    ("GH_PAT: k7Rvq9z1Gr33nTe4potSommer27", "k7Rvq9z1Gr33nTe4potSommer27"),
    ("api_key = 8264013957204813659027", "8264013957204813659027"),
    ("ACCESS_TOKEN=aVhQnWdKpLXzRtYuBsMcEfGjKD", "aVhQnWdKpLXzRtYuBsMcEfGjKD"),
)


@pytest.mark.parametrize(("text", "secret"), NOTED)
def test_noted_secrets_are_found(kernel: Kernel, text: str, secret: str) -> None:
    """A secret noted so is found where it stands."""
    assert [one for one in found(kernel, text) if secret in one] != []


HARMLESS = (
    "10.20.4.7 (Linux/Ubuntu22)",
    "192.168.0.1 dedicated Pool(K4 room)",
    "http://192.168.0.1/main/iP38dT_o/api",
    "username/password authentication over TLS1.3",
    "password OAuth2 grant",
    "sha512-btTl+pWApI4WDcJSXsZ+FkMpYk+Xa0AAnDy798v2fxGZwvvQ8AakK5mU6pzlZGkJuvpSVD7ucSwVsbf+A+NKaA==",
    "cacheKey: 9f86d081884c7d659a2feaa0c55ad015",
    "user_key: d2db5ec4-6e7a-11ee-b962-0242ac120002",
    "https://docs.nordbank.dk/?key=introduction-to-the-topic",
    'SECRET = getenv("SERVICE_SECRET", "")',
    "MasterUserPassword: !Ref 'MasterUserPassword'",
    "jdbc:oracle:thin:@db.nordbank.dk:1521/ORCL",
    "secret=1234567890123456789012",
    "token endpoint returned 200OKforRequest",
)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_so_is_not(kernel: Kernel, text: str) -> None:
    """Addresses, names of entries, references and words are no secrets."""
    assert [] == found(kernel, text)
