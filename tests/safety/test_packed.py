"""Frames of open values, compressed in memory."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import polars as pl
import pytest

from leakscope.safety import packed
from leakscope.safety.packed import PackedFrame
from leakscope.schema import TURNS

ROWS = pl.DataFrame(
    [{"source": "s", "record": number, "field": f"messages[{number}].content", "text": f"a long text about nothing {number}", "offsets": [1, number], "timestamp": datetime(2026, 1, 1, tzinfo=UTC)} for number in range(50)],
    schema=TURNS,
)


def _packed(*frames: pl.DataFrame) -> PackedFrame:
    whole = PackedFrame(TURNS, "TURNS")
    for frame in frames:
        whole.add(frame)
    return whole


@pytest.mark.parametrize("together", [1, 4000, 32 << 20])
def test_what_was_put_in_comes_out(monkeypatch: pytest.MonkeyPatch, together: int) -> None:
    """A frame put in part by part comes out whole, in order and with its types, whenever parts are compressed."""
    monkeypatch.setattr(packed, "_TOGETHER", together)
    opened = _packed(ROWS[:20], ROWS[20:20], ROWS[20:]).reveal()
    assert opened.equals(ROWS)
    assert opened.schema == TURNS


def test_columns_come_alone() -> None:
    """Only the columns asked for are opened, in the order asked."""
    assert _packed(ROWS).reveal("text", "record").equals(ROWS.select("text", "record"))


def test_more_makes_another_frame() -> None:
    """What is put behind a frame is not in the frame it was put behind."""
    first = _packed(ROWS[:20])
    assert first.with_more(ROWS[20:]).reveal().equals(ROWS)
    assert first.reveal().equals(ROWS[:20])


def test_an_empty_frame_keeps_its_types() -> None:
    """A frame into which nothing was put has no rows and all columns."""
    assert _packed().reveal().schema == TURNS


def test_values_are_neither_printed_nor_pickled() -> None:
    """Printing tells how much there is, pickling fails."""
    whole = _packed(ROWS)
    assert repr(whole) == f"{whole}" == "Exposed(TURNS, 50 rows)"
    with pytest.raises(TypeError):
        pickle.dumps(whole)


def test_repeated_values_take_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log's repeating columns are held in less than a tenth of their size."""
    monkeypatch.setattr(packed, "_TOGETHER", 1)
    many = pl.concat([ROWS] * 200, rechunk=True)
    assert sum(map(len, _packed(many)._parts)) < many.estimated_size() / 10
