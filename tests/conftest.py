"""Fixtures that every part of the tests may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def labelled_data() -> Path:
    """Folder of labelled data that nobody of the project wrote; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("LEAKSCOPE_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("labelled data is not on this machine")
    return folder
