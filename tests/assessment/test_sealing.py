"""Raw values are kept only for those who were named, and only sealed."""

import orjson
import pyrage
import pytest

from leakscope.assessment.case import open_case
from leakscope.assessment.sealing import FILE
from leakscope.assessment.verify import verify


@pytest.fixture(scope="module")
def identity():
    return pyrage.x25519.Identity.generate()


@pytest.fixture(scope="module")
def sealed(run, identity):
    """A case sealed to one key."""
    return open_case(run(seal_to=[str(identity.to_public())]).case)


def test_without_being_asked_no_value_is_kept(assessed):
    """There is no such folder, and the manifest says so."""
    assert not (assessed.case / "sealed").exists()
    assert open_case(assessed.case).read_json("manifest.json")["sealed"] is None


def test_the_sealed_file_gives_each_value_with_its_fingerprint_and_person(sealed, identity):
    """Whom to write to: the address behind a finding and the person it belongs to."""
    lines = [orjson.loads(line) for line in pyrage.decrypt((sealed.root / FILE).read_bytes(), [identity]).splitlines()]
    findings, people = sealed.findings(), sealed.individuals()
    mail = next(line for line in lines if line["value"] == "ana.lima41@correio.pt")

    assert {line["fingerprint"] for line in lines} == set(findings["fingerprint"])
    assert sum(line["findings"] for line in lines) == findings.height
    assert (mail["entity"], mail["source"], mail["record"], mail["field"]) == ("EMAIL_ADDRESS", "log.ndjson", 0, "email")
    assert set(mail["persons"]) <= set(people["person"]) and mail["persons"]


def test_the_sealed_file_is_private_named_in_the_manifest_and_verified(sealed, identity):
    """Mode 0600 in a folder 0700, its recipient on record, its hash in the ledger."""
    path = sealed.root / FILE

    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert sealed.read_json("manifest.json")["sealed"] == {"file": FILE, "recipients": [str(identity.to_public())]}
    assert [check.holds for check in verify(sealed) if check.name == FILE] == [True]


def test_the_rest_of_the_case_is_as_without_it(sealed, assessed):
    """Sealing adds a file and changes no result."""
    names = [path.name for path in sorted(assessed.case.glob("*.parquet"))]

    assert [name for name in names if (sealed.root / name).read_bytes() != (assessed.case / name).read_bytes()] == []
