"""Tables about anything in texts: places and firms in them are somebody's only beside a person."""

from __future__ import annotations

import orjson
import pytest

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey


@pytest.fixture(scope="module")
def kernel() -> Kernel:
    """All rules."""
    return Kernel(load(), IncidentKey(b"t" * 32))


def found_in(kernel: Kernel, text: str) -> list[str]:
    """Entities found in one record."""
    line = orjson.dumps({"text": text})
    return kernel.find_batch(Batch(source="x", first_record=0, records=1, lines=line + b"\n"))["entity"].to_list()


def test_places_in_a_table_about_anything_are_suppressed_and_counted(kernel: Kernel) -> None:
    """A list of states and their taxes."""
    assert found_in(kernel, "Here:\n| State | Tax |\n|---|---|\n| Texas | 0 |\n| Utah | 4.9 |") == []
    assert kernel.suppressed.filter(reason="nobody-beside")["count"].sum() == 2


def test_places_beside_people_are_findings(kernel: Kernel) -> None:
    """The same column in a table of customers."""
    found = found_in(kernel, "| Email | State |\n|---|---|\n| ana@fastmail.fm | Texas |\n| bo@fastmail.fm | Utah |")
    assert sorted(found) == ["EMAIL_ADDRESS", "EMAIL_ADDRESS", "LOCATION", "LOCATION"]
