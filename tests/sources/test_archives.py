"""Archives, honest and hostile; sealed files."""

import io
import shutil
import subprocess
import tarfile
import warnings
import zipfile

import pytest
import zstandard

CSV = b"name,email\nAna,ana@x.org\nBo,bo@x.org\n"
LINES = b'{"a":1}\n{"a":2}\n'


def _zipped(members, **settings):
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, **settings) as archive:
        warnings.simplefilter("ignore")
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


def _tarred(members, mode="w"):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def _sevened(members):
    import py7zr

    target = io.BytesIO()
    with py7zr.SevenZipFile(target, "w") as archive:
        for name, content in members:
            archive.writestr(content, name)
    return target.getvalue()


MEMBERS = [("t/people.csv", CSV), ("log.ndjson", LINES)]


@pytest.mark.parametrize(("name", "pack"), [("a.zip", _zipped), ("a.tar", _tarred), ("a.tgz", lambda members: _tarred(members, "w:gz")), ("a.tar.xz", lambda members: _tarred(members, "w:xz")), ("a.7z", _sevened)])
def test_every_member_is_read_as_what_it_is(reading, name, pack):
    """Names tell archive and member; formats are told by content."""
    batches, aside, used = reading(name, pack(MEMBERS))

    assert (aside, sorted(used)) == ([], ["csv", "ndjson"])
    assert sum(batch.records for batch in batches) == 4
    assert [batch.source.rpartition(":")[2] for batch in batches] == ["t/people.csv", "log.ndjson"]


def test_archives_in_archives_are_opened(reading):
    """To a depth; the names say where."""
    batches, aside, _ = reading("a.zip", _zipped([("b.tar", _tarred([("c.zip", _zipped(MEMBERS))]))]))

    assert (aside, [batch.source for batch in batches]) == ([], ["a.zip:b.tar:c.zip:t/people.csv", "a.zip:b.tar:c.zip:log.ndjson"])


def test_zstandard_is_opened(reading):
    """Frames in a row are one file; a cut one gives what came before."""
    content = zstandard.compress(LINES) + zstandard.compress(LINES)
    batches, aside, _ = reading("x.ndjson.zst", content)

    assert (aside, sum(batch.records for batch in batches)) == ([], 4)


def test_members_with_tricks_in_their_names_stay_inside(reading, tmp_path, monkeypatch):
    """Parents, absolute paths, control characters: read, printed harmlessly, written nowhere."""
    monkeypatch.chdir(tmp_path)
    names = ["../../up.csv", "/etc/abs.csv", "a\x1b[31m.csv", "\u202etxt.csv", "C:\\x.csv", "*.csv", "con:.csv"]
    for pack in (_zipped, _tarred):
        batches, aside, _ = reading("a.arc", pack([(name, CSV) for name in names]))

        assert (aside, len(batches)) == ([], len(names))
        assert not any("\x1b" in batch.source or "\u202e" in batch.source for batch in batches)
    assert list(tmp_path.iterdir()) == []


def test_links_and_devices_are_set_aside(reading):
    """They are not followed, in tar and in zip."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"m{kind!r}")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    _, aside, _ = reading("a.tar", target.getvalue())
    _, zip_aside, _ = reading("a.zip", _zipped([(link, "/etc/passwd")]))

    assert [piece.reason for piece in aside + zip_aside] == ["link"] * 5


def test_an_encrypted_member_is_named_with_what_opens_it(reading, tmp_path):
    """The others are read."""
    (tmp_path / "secret.csv").write_bytes(CSV)
    if not shutil.which("zip"):
        pytest.skip("zip is not installed")
    subprocess.run(["zip", "-q", "-P", "pw", "a.zip", "secret.csv"], cwd=tmp_path, check=True)
    with zipfile.ZipFile(tmp_path / "a.zip", "a") as archive:
        archive.writestr("open.csv", CSV)
    batches, aside, _ = reading("a.zip", (tmp_path / "a.zip").read_bytes())

    assert [(piece.source, piece.reason) for piece in aside] == [("a.zip:secret.csv", "encrypted")]
    assert [batch.source for batch in batches] == ["a.zip:open.csv"]


def test_overlapping_members_are_refused(reading):
    """A directory that names the same bytes many times is read once."""
    content = bytearray(_zipped([("a.csv", CSV), ("b.csv", CSV)]))
    start = content.rindex(b"PK\x01\x02")
    content[start + 42 : start + 46] = (0).to_bytes(4, "little")
    batches, aside, _ = reading("a.zip", bytes(content))

    assert sum(batch.records for batch in batches) <= 2
    assert [piece.reason for piece in aside] == ["bomb"]


def test_a_nested_bomb_ends_in_its_budget(reading):
    """Sixteen archives in each of sixteen archives, with ten megabytes of zeros in each: what comes out is bounded over all depths."""
    inner = _zipped([(f"{number}.txt", b"0" * (40 << 20)) for number in range(2)])
    middle = _zipped([(f"{number}.zip", inner) for number in range(16)])
    batches, aside, _ = reading("a.zip", _zipped([(f"{number}.zip", middle) for number in range(8)]))

    assert "bomb" in {piece.reason for piece in aside}
    assert len(batches) < 60


def test_a_quine_does_not_run_for_ever(reading):
    """An archive that holds itself by name and bytes at every depth ends at the depth limit."""
    content = LINES
    for _ in range(12):
        content = _zipped([("r.zip", content)])
    _, aside, _ = reading("r.zip", content)

    assert [piece.reason for piece in aside] == ["nested-too-deep"]


@pytest.mark.parametrize("pack", [_zipped, _tarred, _sevened])
def test_a_cut_archive_ends_in_a_reason(reading, pack):
    """Wherever it is cut."""
    whole = pack(MEMBERS)
    for share in (0.3, 0.6, 0.9):
        batches, aside, _ = reading("a.arc", whole[: int(len(whole) * share)])

        assert aside or sum(batch.records for batch in batches) == 4


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5" + bytes(50), "encrypted"),
        (b"age-encryption.org/v1\n-> X25519 abc\n", "encrypted"),
        (b"-----BEGIN PGP MESSAGE-----\n\nhQEM\n", "encrypted"),
        (b"$ANSIBLE_VAULT;1.1;AES256\n6162\n", "encrypted"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "image-unread"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "image-unread"),
        (b"Rar!\x1a\x07\x01\x00", "unsupported"),
        (b"\x7fELF\x02\x01\x01\x00", "program-unread"),
        (b"\x00\x00\x00\x18ftypmp42", "media-unread"),
        (b"!BDN" + bytes(60), "unsupported"),
        (b"\x00\x01\x00\x00Standard ACE DB\x00" + bytes(60), "unsupported"),
        (b"TAPE\x00\x00\x03\x00" + bytes(60), "unsupported"),
        (b"ElfFile\x00" + bytes(60), "unsupported"),
        (b"regf" + bytes(60), "unsupported"),
        (b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00" + bytes(60), "unsupported"),
        (b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}", "unsupported"),
        (b"\x01\x02\x03\x04\xef\xcd\xab\x89" + bytes(60), "unsupported"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "unsupported"),
        (b'{"encrypted": true, "passwordProtected": true, "kdfIterations": 600000, "data": "2.a|b|c"}', "encrypted"),
        (b'{\n  "encrypted": true,\n  "folders": [],\n  "items": [{"name": "2.a|b|c"}]\n}', "encrypted"),
    ],
)
def test_a_sealed_file_says_what_opens_it(reading, content, reason):
    """One reason for each kind."""
    batches, aside, _ = reading("x.bin", content)

    assert (batches, [piece.reason for piece in aside]) == ([], [reason])
    assert len(aside[0].detail) > 15


@pytest.mark.parametrize("name", ["all_namespaces/kind_users/output-0", "2024-05-01.overall_export_metadata"])
def test_an_export_of_firestore_is_refused_with_a_way_round(reading, name):
    """Blocks of LevelDB's log hold documents in a form that Google alone reads."""
    _, aside, _ = reading(name, b"\x12\x34\x56\x78\x20\x00\x01" + bytes(range(0x80, 0xA0)) * 4)

    assert [piece.reason for piece in aside] == ["unsupported"]
    assert "gcloud firestore import" in aside[0].detail


def test_a_record_that_says_encrypted_is_no_vault(reading):
    """Only a password manager's export has its other fields."""
    batches, aside, _ = reading("x.ndjson", b'{"encrypted": true, "email": "a@x.test"}\n' * 3)

    assert (sum(batch.records for batch in batches), aside) == (3, [])


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE])
def test_a_tar_header_that_claims_gigabytes_is_not_taken_into_memory(reading, kind):
    """Long names and attributes have a ceiling of 1 MiB; what stood before is read."""
    first, second = tarfile.TarInfo("a.csv"), tarfile.TarInfo("x")
    first.size, second.type, second.size = 20, kind, 4 << 30
    content = first.tobuf() + b"email\nana@x.org\n".ljust(512, b"\n") + second.tobuf(tarfile.GNU_FORMAT) + b"n" * 4096

    batches, aside, _ = reading("a.tar", content)

    assert ([piece.reason for piece in aside], sum(batch.records for batch in batches)) == (["bomb"], 1)
