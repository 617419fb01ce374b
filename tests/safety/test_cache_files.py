"""What is slow to build is kept between runs, and nobody else can put anything in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakscope.safety import cache_files


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "leakscope"


def test_what_was_written_is_read_by_the_same_recipe_alone() -> None:
    """Another recipe is another file."""
    cache_files.write("kind", b"recipe", b"body")
    assert cache_files.read("kind", b"recipe") == b"body"
    assert cache_files.read("kind", b"other") is None
    assert cache_files.read("other", b"recipe") is None


def test_a_file_that_was_changed_is_not_read(cache: Path) -> None:
    """One byte more or less, and it is built anew."""
    cache_files.write("kind", b"recipe", b"body")
    (file,) = cache.iterdir()
    for content in (file.read_bytes() + b"x", file.read_bytes()[:-1], b""):
        file.write_bytes(content)
        assert cache_files.read("kind", b"recipe") is None


def test_a_file_that_others_may_write_is_not_read(cache: Path) -> None:
    """Nor one in a folder that they may write to."""
    cache_files.write("kind", b"recipe", b"body")
    (file,) = cache.iterdir()
    file.chmod(0o666)
    assert cache_files.read("kind", b"recipe") is None
    file.chmod(0o600)
    assert cache_files.read("kind", b"recipe") == b"body"
    cache.chmod(0o777)
    assert cache_files.read("kind", b"recipe") is None


def test_a_link_in_its_place_is_not_followed(cache: Path, tmp_path: Path) -> None:
    """A link could lead to anything."""
    cache_files.write("kind", b"recipe", b"body")
    (file,) = cache.iterdir()
    (tmp_path / "elsewhere").write_bytes(file.read_bytes())
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere")
    assert cache_files.read("kind", b"recipe") is None


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then everything is built each time."""
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    cache_files.write("kind", b"recipe", b"body")
    assert cache_files.read("kind", b"recipe") is None
