"""Values that samples are written with are suppressed with a reason; values that look like them and are real stay."""

from __future__ import annotations

import orjson
import pytest

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey


def read(text: str) -> tuple[list[str], list[str]]:
    """The entities that stand in `text`, and the reasons for which others do not."""
    kernel = Kernel(load(), IncidentKey(b"s" * 32))
    found = kernel.find_batch(Batch(source="s", first_record=0, records=1, lines=orjson.dumps({"text": text}) + b"\n"))
    return found["entity"].to_list(), kernel.suppressed["reason"].to_list()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("user: 'your-email@gmail.com'", "placeholder-domain"),
        ("mail another@example.co.uk for it", "reserved-domain"),
        ("ships to 123 Main St, Anytown, USA", "placeholder-address"),
        ('username = profile.text', "code"),
        ("address 2001::db8::1 is down", "not-an-address"),
        ("SSN 078-05-1120 stood on wallet inserts", "documented-example"),
        ("postgresql://user:secret@localhost:5432/app", "placeholder"),
        ("https://ana:password@example.com/x", "placeholder"),
        ("https://user:password@host.net/db", "placeholder"),
        ("DB_PASSWORD=your_db_password", "placeholder"),
        ("'password' => 'required|string|min:8'", "code"),
        ('{"next_page_token": "k7Rvq9z1Gr33nTe4potSommer27"}', "identifier"),
        ("API_KEY = your_api_key_goes_here_1", "placeholder"),
        ("paciente exfumador desde hace 15 años de edad", "duration"),
    ],
)
def test_a_stand_in_is_suppressed_with_its_reason(text: str, reason: str) -> None:
    """Nothing stands, and the reason is counted."""
    assert (read(text)[0], reason in read(text)[1]) == ([], True)


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("mail yourke.jansen@west.nl for it", "EMAIL_ADDRESS"),
        ("lives at 127 Main St, Weatherford, TX 76087", "POSTAL_ADDRESS"),
        ("username: ana.rossi", "USERNAME"),
        ("address 2a02:908:13b0:d5a0::1 is down", "IP_ADDRESS"),
        ("export SMTP_PASS=gr33nTe4pot", "CREDENTIAL_PASSWORD"),
        ("SSN 512-34-6789 stood on the form", "US_SSN"),
        ("postgresql://shop:secret@db.nordbank.dk:5432/app", "SECRET_CONNECTION_STRING"),
        ("https://ana:password@forge.west.fr/x", "CREDENTIAL_BASIC_AUTH"),
        ("DB_PASSWORD=lavender", "CREDENTIAL_PASSWORD"),
        ('{"auth_token": "k7Rvq9z1Gr33nTe4potSommer27"}', "SECRET_GENERIC"),
        ("api_token = dafa7817-e246-48f3-91a7-e87653d58788", "SECRET_GENERIC"),
        ("trace: card 4539 5787 6362 1486 failed", "CREDIT_CARD"),
        ("paciente varón de 15 años de edad", "AGE"),
    ],
)
def test_its_real_neighbour_is_found(text: str, entity: str) -> None:
    """The rule for the stand-in does not swallow what a person would write."""
    assert entity in read(text)[0]


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [("battery", "0.4724530375800011", "fraction"), ("note", "level 0.4724530375800011 of 1", "fraction"), ("Id", "5818463147975", "other-number"), ("order", "20264615177545633", "other-number")],
)
def test_digits_of_other_numbers_are_no_card_and_no_vehicle(key, value, reason):
    """What stands behind a decimal point, in a row's `id`, or seventeen digits without a letter."""
    kernel = Kernel(load(), IncidentKey(b"s" * 32))
    found = kernel.find_batch(Batch(source="s", first_record=0, records=1, lines=orjson.dumps({key: value}) + b"\n"))
    assert (found.filter(found["entity"].is_in(["CREDIT_CARD", "VIN"])).height, reason in kernel.suppressed["reason"].to_list()) == (0, True)
