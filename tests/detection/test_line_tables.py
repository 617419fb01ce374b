"""Tables between the lines of a text: numbers that only their column's header explains."""

from __future__ import annotations

import polars as pl
import pytest

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey

LISTING = [" id | ssn       | order_no", "----+-----------+-----------", "  1 | 536221234 | 536221299", "  2 | 219098765 | 219091234", "(2 rows)"]


@pytest.fixture(scope="module")
def kernel() -> Kernel:
    """All rules."""
    return Kernel(load(), IncidentKey(b"t" * 32))


@pytest.mark.parametrize("lines", [LISTING, ["ssn,order_no,x", "536221234,536221299,7", "219098765,219091234,8"], [" ssn ", "-----------", " 536221234", " 219098765", "(2 rows)"]])
def test_a_bare_number_is_found_by_the_header_over_it(kernel: Kernel, lines: list[str]) -> None:
    """Nine digits under `ssn` are found in their own line, and those under `order_no` are not."""
    frame = pl.DataFrame({"line": ["2026-01-02 export follows", *lines, "done"]})
    found = kernel.find_batch(Batch(source="x.log", first_record=0, records=frame.height, frame=frame))
    assert [(entity, value) for entity, value in found.select("entity", "value").iter_rows()] == [("US_SSN", "536221234"), ("US_SSN", "219098765")]
    assert all(frame["line"][record][start:end] == value for record, start, end, value in found.select("record", "start", "end", "value").iter_rows())


def test_a_listing_in_a_chat_turn_is_read_by_its_header(kernel: Kernel) -> None:
    """The same in one value of a record."""
    frame = pl.DataFrame({"content": ["why is this slow?\n" + "\n".join(LISTING) + "\nthanks"], "more": [None]})
    found = kernel.find_batch(Batch(source="x", first_record=0, records=1, frame=frame))
    assert [("US_SSN", "536221234", "content->table[0].ssn"), ("US_SSN", "219098765", "content->table[1].ssn")] == found.select("entity", "value", "field").rows()


def test_what_a_line_tells_by_itself_is_found_once(kernel: Kernel) -> None:
    """An address in a row of a table is one finding."""
    frame = pl.DataFrame({"line": ["id,email,x", "1,ana@fastmail.fm,2"]})
    found = kernel.find_batch(Batch(source="x", first_record=0, records=2, frame=frame))
    assert found["entity"].to_list() == ["EMAIL_ADDRESS"]
