"""What a finder of names is given to read."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakscope.detection.names_gate import is_prose, only_prose


@pytest.mark.parametrize("text", ["hello there", "Anna", "my boss Karl fired me", "Привет, как дела", "我叫王伟，住在北京"])
def test_words_are_prose(text: str) -> None:
    """What people type is read."""
    assert pl.select(is_prose(pl.lit(text))).item()


@pytest.mark.parametrize(
    "text",
    ["", "12:30", "user_1234", "/usr/lib/john", "3f2b8c1e-1111-4222-8333-abcdefabcdef", "Mozilla/5.0 (Windows NT 10.0)", "SELECT name FROM users", "GET /john/smith 200", '{"a": "b"}', "at com.example.John.run(John.java:3)", "user=john action=view", "john@example.org"],
)
def test_machine_text_is_not(text: str) -> None:
    """Identifiers, paths, user agents, queries, requests, stack frames and pairs are not read."""
    assert not pl.select(is_prose(pl.lit(text))).item()


def test_code_and_traces_inside_a_message_are_blanked() -> None:
    """Fenced code, stack frames, addresses and paths leave only blanks where they stood."""
    text = "call Ann Lee\n```\nbob = Person()\n```\n  at com.x.Bob.run(Bob.java:1)\nsee https://bob.example.org and /home/bob/files"
    kept = only_prose(text)
    assert "Ann Lee" in kept
    assert "bob" not in kept.lower()


@given(st.text(max_size=200))
def test_blanking_keeps_every_place(text: str) -> None:
    """Offsets in the blanked text are offsets in the text."""
    kept = only_prose(text)
    assert len(kept) == len(text)
    assert all(new in (old, " ") for old, new in zip(text, kept, strict=True))
