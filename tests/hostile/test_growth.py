"""What a hostile value costs grows with its length, not with the square of it; steps of the interpreter are counted, so that no clock decides."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import orjson
import pytest

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.detection.candidate import Candidate
from leakscope.detection.nearest import _covered
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey

#: One piece of each; a text repeats it.
PIECES = {
    "dates of birth": "born 12/03/1980 ",
    "street addresses": "12 Main Street, ",
    "tabs": "a\tb\tc\n",
    "tables of one row": "a|b\n-|-\n",
    "rows": "(1, 'a', 'b'),\n",
    "statements": "INSERT INTO t (a, b) VALUES (1, 'x');\n",
    "assignments": "a=b\n",
    "pairs": "a=b; ",
    "query parameters": "http://x.test/?a=b&",
    "tags": '<a b="c">',
    "entities": "&#65;&#x42;",
    "escapes": "\\x41\\u0042%41",
    "passwords": "password: hunter2! ",
    "private keys": "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n",
    "telephones": "+49 151 2345678 ",
    "mailboxes": "ana.b@corp-mail.test ",
    "objects": '{"a":"b"} ',
    "turns": "user: a\nassistant: b\n",
}


@pytest.fixture(scope="module")
def kernel() -> Kernel:
    """A kernel over the whole catalogue."""
    return Kernel(load(), IncidentKey(b"n" * 32))


def _steps(kernel: Kernel, text: str) -> int:
    """Steps of the interpreter that finding what stands in a text takes."""
    count = 0

    def step(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return step

    batch = Batch(source="s", first_record=0, records=1, lines=orjson.dumps({"text": text}) + b"\n")
    before = sys.gettrace()
    sys.settrace(step)
    try:
        kernel.find_batch(batch)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("piece", PIECES)
def test_four_times_the_text_is_not_sixteen_times_the_work(kernel: Kernel, piece: str) -> None:
    """Seconds become minutes where each piece is held against each other one."""
    texts = [f"{number} " + PIECES[piece] * count for number, count in enumerate((100, 100, 400))]
    _, once, fourfold = (_steps(kernel, text) for text in texts)

    assert fourfold < 7 * once


def test_an_object_of_many_fields_is_read_in_time_that_grows_with_them(kernel: Kernel) -> None:
    """Fields that could have names beside them are as many as an enemy likes."""
    lines = orjson.dumps({f"k{number}.values": ["ana.b@corp-mail.com"] for number in range(3000)}) + b"\n"
    found = kernel.find_batch(Batch(source="s", first_record=0, records=1, lines=lines))

    assert found.filter(found["entity"] == "EMAIL_ADDRESS").height == 3000


def _pairs(found: list[Any]) -> Iterator[tuple[int, int]]:
    for at, one in enumerate(found):
        yield from ((at, other) for other, over in enumerate(found) if at != other and over.start <= one.start and one.end <= over.end)


def test_candidates_are_held_against_those_that_cover_them() -> None:
    """All of them, and no others."""
    spans = [(0, 4), (0, 9), (2, 4), (2, 4), (4, 9), (5, 7), (8, 12), (9, 12), (6, 20)]
    found = [Candidate(start, end, "US_SSN", "id.us.ssn", 0.5) for start, end in spans]
    numbers = {id(one): at for at, one in enumerate(found)}

    assert sorted((numbers[id(one)], numbers[id(over)]) for one, over in _covered(found)) == sorted(_pairs(found))
