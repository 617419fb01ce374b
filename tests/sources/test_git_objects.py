"""Git repositories read as objects, held against what git writes."""

import io
import subprocess
import tarfile

import orjson
import pytest

from leakscope.model import Batch, SetAside
from leakscope.sources import expand, read
from leakscope.sources.evidence import gather
from tests.sources.live.servers import program

EMAIL = "deleted.person@northmail.example"


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A repository with a file that was deleted, a table, a picture, a tag and two authors; loose objects."""
    git, folder = program("git"), tmp_path_factory.mktemp("git") / "repo"
    folder.mkdir()
    settings = ["-c", "user.name=Ana Ruiz", "-c", "user.email=ana@northmail.example", "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main"]
    run = lambda *words: subprocess.run([git, *settings, *words], cwd=folder, check=True, capture_output=True).stdout  # noqa: E731
    run("init")
    (folder / "src").mkdir()
    (folder / "src" / "config.py").write_text(f"OWNER = '{EMAIL}'\nDEBUG = True\n")
    (folder / "people.csv").write_text("name,email,city\n" + "".join(f"Ana {n},a{n}@northmail.example,Lugo\n" for n in range(50)))
    (folder / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    run("add", "-A")
    run("commit", "-m", "First\n\nSays more.")
    (folder / "src" / "config.py").write_text("OWNER = None\nDEBUG = True\n")
    run("commit", "-am", "Remove the owner", "--author", "Bo Lund <bo@northmail.example>")
    run("rm", "people.csv")
    run("commit", "-m", "Drop people")
    run("tag", "-a", "v1", "-m", "Release for cy@northmail.example")
    return folder, run


def _read(path):
    pieces = []
    for evidence in gather([str(path)]):
        for found in [evidence] if isinstance(evidence, SetAside) else expand(evidence):
            pieces.extend([found] if isinstance(found, SetAside) else read(*found))
    return [one for one in pieces if isinstance(one, Batch)], [one for one in pieces if isinstance(one, SetAside)]


def _rows(batches, ending):
    return [row for batch in batches if batch.source.endswith(ending) for row in (batch.frame.to_dicts() if batch.frame is not None else map(orjson.loads, batch.lines.splitlines()))]


@pytest.mark.server
def test_loose_objects_give_history_with_its_deleted_files(repository):
    """A file that no commit holds any more, its table, and everybody who committed."""
    batches, aside = _read(repository[0] / ".git")
    lines = [row["line"] for row in _rows(batches, ":files")]
    commits = _rows(batches, ":commits")

    assert f"OWNER = '{EMAIL}'" in lines
    assert sum(batch.records for batch in batches if "a1@northmail" in str(batch.frame)) == 50
    assert {row["author_email"] for row in commits} == {"ana@northmail.example", "bo@northmail.example"}
    assert [row["tagger_name"] for row in _rows(batches, ":tags")] == ["Ana Ruiz"]
    assert "image-unread" in {piece.reason for piece in aside}


@pytest.mark.server
def test_a_bundle_gives_files_with_their_paths(repository, tmp_path):
    """Each line of each path once, whatever the number of versions; a table goes through its own reader."""
    run = repository[1]
    run("bundle", "create", str(tmp_path / "all.bundle"), "--all")
    batches, aside = _read(tmp_path / "all.bundle")
    files = _rows(batches, ":files")
    table = [batch for batch in batches if ":people.csv@" in batch.source]

    assert sorted((row["path"], row["line"]) for row in files) == [("src/config.py", "DEBUG = True"), ("src/config.py", f"OWNER = '{EMAIL}'"), ("src/config.py", "OWNER = None")]
    assert [(batch.records, batch.frame.columns) for batch in table] == [(50, ["name", "email", "city"])]
    assert [(piece.reason, piece.source.partition("@")[0]) for piece in aside] == [("image-unread", "all.bundle:logo.png")]
    assert sorted(row["message"] for row in _rows(batches, ":commits")) == ["Drop people\n", "First\n\nSays more.\n", "Remove the owner\n"]


@pytest.mark.server
def test_a_packed_repository_in_a_tar_is_read(repository, tmp_path):
    """As somebody downloads it from a web server."""
    folder = repository[0]
    subprocess.run([program("git"), "clone", "--bare", "--quiet", str(folder), str(tmp_path / "bare.git")], check=True)
    subprocess.run([program("git"), "repack", "-adq"], cwd=tmp_path / "bare.git", check=True)
    target = tmp_path / "bare.tar"
    with tarfile.open(target, "w") as archive:
        archive.add(tmp_path / "bare.git", "bare.git")
    batches, aside = _read(target)

    assert EMAIL in str(_rows(batches, ".pack:files"))
    assert len(_rows(batches, ".pack:commits")) == 3
    assert {piece.reason for piece in aside} <= {"no-values", "image-unread", "empty", "link"}


@pytest.mark.server
def test_a_cut_pack_is_said_to_be_damaged(repository, tmp_path, reading):
    """What was whole before the cut is read."""
    run = repository[1]
    run("bundle", "create", str(tmp_path / "all.bundle"), "--all")
    content = (tmp_path / "all.bundle").read_bytes()
    batches, aside, _ = reading("all.bundle", content[: len(content) - 700])

    assert sum(batch.records for batch in batches) >= 1
    assert "damaged" in {piece.reason for piece in aside}


@pytest.mark.server
def test_the_index_lists_paths(repository, reading):
    """Names of files that were staged."""
    batches, aside, used = reading("index", (repository[0] / ".git" / "index").read_bytes())

    assert (aside, used) == ([], ["git-index"])
    assert io.BytesIO(batches[0].lines).read().splitlines() == [b'{"path":"logo.png"}', b'{"path":"src/config.py"}']
