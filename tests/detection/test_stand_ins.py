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
    ],
)
def test_its_real_neighbour_is_found(text: str, entity: str) -> None:
    """The rule for the stand-in does not swallow what a person would write."""
    assert entity in read(text)[0]
