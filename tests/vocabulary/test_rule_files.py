"""The catalogue's files are parsed once and kept, and what is kept is what stands in them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from leakscope.errors import CatalogueError
from leakscope.vocabulary import rule_files


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache folder of its own, and nothing remembered in the process."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    rule_files.contents.cache_clear()


def test_what_is_kept_between_runs_is_what_the_files_say() -> None:
    """Read from the files and read from the cache: both equal to what the standard library parses."""
    expected = {path: tomllib.loads(text) for path, text in rule_files.texts().items()}
    first = rule_files.contents()
    rule_files.contents.cache_clear()
    assert first == expected
    assert rule_files.contents() == expected


def test_another_text_is_not_answered_from_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that changed is read anew."""
    rule_files.contents()
    monkeypatch.setattr(rule_files, "texts", lambda: {"general/x.toml": "schema_version = 1"})
    rule_files.contents.cache_clear()
    assert rule_files.contents() == {"general/x.toml": {"schema_version": 1}}


def test_a_file_that_is_no_toml_is_named() -> None:
    """The message says which."""
    with pytest.raises(CatalogueError, match=r"secrets/x\.toml is not valid TOML"):
        rule_files.parsed("secrets/x.toml", "[")
