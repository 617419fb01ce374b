"""Paths of evidence in the manifest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from leakscope.assessment.paths import path_of, written
from leakscope.cli import main


@pytest.mark.parametrize("name", [b"plain.csv", "é ü.csv".encode(), b"\xff\xfe.csv", b"100%41.csv", b"a\xe9%20b.csv"])
def test_a_path_comes_back_as_it_was(name: bytes) -> None:
    """Whatever bytes a name is made of, what is written is text and leads to the same file."""
    path = Path(os.fsdecode(b"/evidence/" + name))

    assert written(path).encode()
    assert path_of(written(path)) == path


def test_evidence_whose_name_is_no_text_is_assessed_and_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file named in another encoding ends neither the run nor the check of its hash."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    try:
        (folder / os.fsdecode(b"kund\xe4n.csv")).write_text("email,city\nana@nordbank.dk,Odense\n")
    except OSError:
        pytest.skip("this file system takes no such name")
    case = tmp_path / "case"
    for arguments, expected in ((["assess", str(folder), "--case", str(case), "--names", "none"], 0), (["verify", str(case)], 0)):
        monkeypatch.setattr("sys.argv", ["leakscope", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code in (expected, None)
