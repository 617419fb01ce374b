"""Ids behind short names in text: people's in lines of logs, nobody's in code and listings of the system."""

from __future__ import annotations

import json

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


def found_in(kernel: Kernel, key: str, text: str) -> list[tuple[str, str, str]]:
    """Entity, value and the name before it."""
    line = orjson.dumps({key: text})
    frame = kernel.find_batch(Batch(source="x", first_record=0, records=1, lines=line + b"\n"))
    return [(entity, value, json.loads(attributes).get("named", "")) for entity, value, attributes in frame.select("entity", "value", "attributes").iter_rows()]


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("line", "2026-01-02 10:11:12 INFO ok user=123 order=124 pid=125 port=8080", [("ONLINE_IDENTIFIER", "123", "user")]),
        ("line", "10:11:13 WARN locked uid: 4711", [("ONLINE_IDENTIFIER", "4711", "uid")]),
        ("message", "paid customer_id=52 order_id=17", [("ONLINE_IDENTIFIER", "52", "customer id")]),
        ("path", "/basket?user_id=52&step=2", [("ONLINE_IDENTIFIER", "52", "user id")]),
        ("line", "2026-01-02 10:11:12 INFO user=ana.petrova logged in", [("USERNAME", "ana.petrova", "user")]),
        ("line", "User.objects.get(user_id=17)", []),
        ("text", "user: 123 ms, sys: 5 ms", []),
        ("line", "2026-01-02 10:11:12 audit: uid=1000 gid=1000 auid=1000", []),
        ("line", "2026-01-02 10:11:12 INFO user=root started", []),
        ("line", "2026-01-02 10:11:12 INFO user=12.5 sys=1.5", []),
    ],
)
def test_ids_in_logs_are_read_by_the_name_before_them(kernel: Kernel, key: str, text: str, expected: list[tuple[str, str, str]]) -> None:
    """With that name, by which records are linked."""
    assert found_in(kernel, key, text) == expected
