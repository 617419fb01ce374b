"""Text of two bytes a character that was read as single bytes."""

from __future__ import annotations

import pytest

from leakscope.text.layers import utf16


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["plain words only", "паспорт 4509 123456, as agreed", "the 😀 said: room 12 is free", "Übergröße, schon gut"])
def test_utf16_is_read_with_its_places(text: str, codec: str) -> None:
    """Letters of any script come back, and each is at the byte where it stood."""
    raw = text.encode(codec).decode("latin-1")

    layer = utf16(raw)

    assert layer is not None
    assert text == layer.text
    assert [raw.index(c.encode(codec).decode("latin-1"), at) for c, (_, at) in zip(text, layer.breaks or (), strict=True)] == [
        at for _, at in layer.breaks or ()
    ]


def test_bytes_without_a_pattern_are_no_utf16() -> None:
    """Scattered NULs do not make a text UTF-16."""
    assert utf16("abc\x00defgh\x00\x00ijklmn") is None
